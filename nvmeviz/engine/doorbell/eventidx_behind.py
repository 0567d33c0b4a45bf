"""EventIdx one behind the tail, for a poller that never sleeps."""

from nvmeviz.engine.mode import DBBUF_CONFIG, Announce, CqRearm, DoorbellMode, Rearm, Sleep, Worker

MODE = DoorbellMode(
    name="eventidx_behind",
    title="EventIdx one behind",
    subtitle="FEMU 2026: a poller that sweeps for ever",
    sentence="The controller keeps EventIdx one slot behind the tail, which the guest's rule does not "
    "meet: hardly a doorbell is rung, and none is needed, because the poller never sleeps.",
    source="FEMU commit 2b230f4ec813 (18 Jun 2026); before it, EventIdx = tail made every I/O trap "
    "for nothing",
    limits="Only right for a poller that never sleeps. A doorbell is rung for nothing when EventIdx is "
    "published between the guest's store and its look at EventIdx. With the rule of SPDK and of the "
    "specification's example a jump of a whole ring but one still rings.",
    announce=Announce.EVENTIDX_LINUX,
    worker=Worker.POLLER,
    rearm=Rearm.BEHIND,
    cq_rearm=CqRearm.BEHIND,
    cq_reads_shadow=True,
    sleep=Sleep.NEVER,
    opcode=DBBUF_CONFIG,
)
