"""Between the rings: the exit under way, the batch that fills, or the two shared buffers and their
rule.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nvmeviz.app.present.frame import BatchBox, CenterBox, ShadowBox, TrapBox
from nvmeviz.engine.mode import Announce
from nvmeviz.log import kinds
from nvmeviz.model import layout
from nvmeviz.units import time_text

if TYPE_CHECKING:
    from nvmeviz.app.present.moment import Moment

FRESH_EVENTS = 12  # a change glows while it is among the last events of its queue


def center_box(moment: Moment, queue: int) -> CenterBox:
    """What stands between the rings of a queue pair."""
    mode = moment.run.mode
    if mode.uses_shadow:
        return _shadow(moment, queue)
    if mode.announce is Announce.BATCH:
        return _batch(moment, queue)
    return _trap(moment, queue)


def _exit_under_way(moment: Moment, vcpu: int) -> tuple[float, str] | None:
    """Progress 0..1 of the exit that stops a vCPU, and its time in words; None while it runs."""
    s = moment.state
    if s.vcpu_act[vcpu] != layout.VCPU_EXITED:
        return None
    since = int(s.vcpu_since[vcpu])
    passed = moment.t_ns - since
    back = moment.next_of(kinds.VM_ENTRY, vcpu)
    if back is None or back <= since:
        return 0.5, time_text(passed)
    whole = back - since
    return min(1.0, passed / whole), f"{time_text(passed)} of {time_text(whole)}"


def _doorbell_words(moment: Moment, vcpu: int) -> str:
    s = moment.state
    which = "SQ" if s.vcpu_exit_reason[vcpu] == kinds.EXIT_SQ_DOORBELL else "CQ"
    pointer = "tail" if which == "SQ" else "head"
    qid = moment.run.topology.queues[int(s.vcpu_exit_queue[vcpu])].qid
    return f"{which} {qid} {pointer} ← {int(s.vcpu_exit_value[vcpu])}"


def _trap(moment: Moment, queue: int) -> TrapBox:
    s = moment.state
    vcpu = int(s.q_vcpu[queue])
    exiting = _exit_under_way(moment, vcpu)
    if exiting is not None:
        progress, timing = exiting
        return TrapBox("VM exit", _doorbell_words(moment, vcpu), progress, timing)
    if s.vcpu_exit_reason[vcpu] == 0:
        return TrapBox("no exit yet", "", None, "")
    ago = _since_last(moment, kinds.VM_ENTRY, vcpu)
    timing = "" if ago is None else f"back for {time_text(ago)}"
    return TrapBox("in the guest", _doorbell_words(moment, vcpu), None, timing)


def _since_last(moment: Moment, kind: int, vcpu: int) -> int | None:
    rows = (moment.past["kind"] == kind) & (moment.past["vcpu"] == vcpu)
    times = moment.past["t"][rows]
    return moment.t_ns - int(times[-1]) if len(times) else None


def _batch(moment: Moment, queue: int) -> BatchBox:
    s, settings = moment.state, moment.run.scenario.doorbell
    waiting = int(s.sq_unrung[queue])
    more = max(0, settings.batch - waiting)
    if waiting == 0:
        detail = f"rings every {settings.batch} commands"
    elif more == 0:
        detail = "rings now"
    else:
        base = queue * s.tags
        written = [
            int(s.cmd_post_ns[base + tag])
            for tag in range(s.tags)
            if s.cmd_state[base + tag] == layout.CMD_WRITTEN
            and (int(s.cmd_slot[base + tag]) - int(s.sq_rung[queue])) % int(s.sq_size[queue])
            < waiting
        ]
        left = settings.batch_limit_ns - (moment.t_ns - min(written, default=moment.t_ns))
        noun = "command" if more == 1 else "commands"
        detail = f"rings in {more} {noun} or {time_text(max(0, left))}"
    return BatchBox(waiting, settings.batch, detail, _trap(moment, queue))


def _freshness(moment: Moment, queue: int, kind: int) -> float:
    """1 for the queue's very last event, falling to 0 over FRESH_EVENTS events."""
    mine = moment.past["kind"][-8 * FRESH_EVENTS :][
        moment.past["qid"][-8 * FRESH_EVENTS :] == queue
    ]
    recent = mine[-FRESH_EVENTS:]
    for age, found in enumerate(recent[::-1]):
        if found == kind:
            return 1.0 - age / FRESH_EVENTS
    return 0.0


def _shadow(moment: Moment, queue: int) -> ShadowBox:
    s = moment.state
    vcpu = int(s.q_vcpu[queue])
    exiting = _exit_under_way(moment, vcpu)
    words, verdict, rang = _rule_words(moment, queue)
    return ShadowBox(
        shadow_sq=str(int(s.sq_shadow[queue])),
        shadow_cq=str(int(s.cq_shadow[queue])),
        eventidx_sq=str(int(s.sq_eventidx[queue])),
        eventidx_cq=str(int(s.cq_eventidx[queue])),
        fresh=(
            _freshness(moment, queue, kinds.SQ_SHADOW),
            _freshness(moment, queue, kinds.CQ_SHADOW),
            _freshness(moment, queue, kinds.SQ_EVENTIDX),
            _freshness(moment, queue, kinds.CQ_EVENTIDX),
        ),
        words=words,
        verdict=verdict,
        rang=rang,
        progress=None if exiting is None else exiting[0],
    )


def _rule_words(moment: Moment, queue: int) -> tuple[str, str, bool]:
    """The last comparison with EventIdx in words: tails first, heads when they were compared
    last.
    """
    s = moment.state
    compared = moment.past[
        (moment.past["qid"] == queue)
        & (
            (moment.past["kind"] == kinds.SQ_EVENTIDX_READ)
            | (moment.past["kind"] == kinds.CQ_EVENTIDX_READ)
        )
    ]
    on_cq = len(compared) > 0 and compared["kind"][-1] == kinds.CQ_EVENTIDX_READ
    if on_cq:
        name, value, seen = "CQ head", int(s.cq_shadow[queue]), int(s.cq_seen[queue])
        verdict = int(s.cq_verdict[queue])
    else:
        name, value, seen = "SQ tail", int(s.sq_shadow[queue]), int(s.sq_seen[queue])
        verdict = int(s.sq_verdict[queue])
    if verdict == 0:
        return "nothing compared yet", "", False
    if verdict == 1:
        return f"{name} {value} has not passed {seen}", "no trap needed", False
    return f"{name} {value} has passed {seen}", "ring: the vCPU traps", True
