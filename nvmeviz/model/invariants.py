"""What must hold in every state of a simulated machine, whichever event came last.

Sentences about rings, phase tags, CIDs, EventIdx, actors, locks and channels, each checked on the
state alone; nothing here knows how the state came about, so a reducer and an engine that agree with
each other can still be wrong before it. The tests fold a log event by event and ask after each.
Rings and phase: NVMe Base 2.1, 3.3; EventIdx: Base 2.2, Annex B.5.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nvmeviz.model import layout as m
from nvmeviz.model.state import FIELDS
from nvmeviz.nvme.eventidx import linux_rings, spec_rings

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from nvmeviz.model.state import MachineState

EVENTIDX_OFF = 0xFFFF  # names no slot of a ring that has fewer than 65 536


class StateView:
    """The arrays of one state as Python memoryviews: the compiled class hands out slower ones.

    Attributes: the names of `FIELDS`. They show the state as it is now, not as it was.
    """

    def __init__(self, s: MachineState) -> None:
        whole = memoryview(s.buffer)
        start = 0
        for name in FIELDS:
            end = start + len(getattr(s, name))
            setattr(self, name, whole[start:end])
            start = end

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> memoryview[int]: ...


def _broken(name: str, claims: Iterable[tuple[bool, str]]) -> list[str]:
    return [f"{name}: {words}" for holds, words in claims if not holds]


def controller_uses_shadow(f: StateView, q: int) -> bool:
    """True when the controller looks for queue q in the shadow buffers."""
    taken = f.g_dbbuf[f.q_guest[q]] in (m.DBBUF_TAKEN, m.DBBUF_ON)
    return taken and not f.q_admin[q]


def driver_uses_shadow(f: StateView, q: int) -> bool:
    """True when the driver announces queue q in the shadow buffers."""
    return f.g_dbbuf[f.q_guest[q]] in (m.DBBUF_ON, m.DBBUF_STALE) and not f.q_admin[q]


def sq_violations(f: StateView, q: int) -> list[str]:
    """What is wrong with submission queue q."""
    size, head, tail = f.sq_size[q], f.sq_head[q], f.sq_tail[q]
    held = (tail - head) % size
    known, rung = (f.sq_known[q] - head) % size, (f.sq_rung[q] - head) % size
    shadow = controller_uses_shadow(f, q)
    indices = (head, tail, f.sq_db[q], f.sq_rung[q], f.sq_known[q], f.sq_shadow[q], f.sq_stored[q])
    counts = (f.q_posted[q], f.q_fetched[q], f.q_done[q], f.q_completed[q], f.q_reaped[q])
    return _broken(
        f"queue {q}",
        (
            (min(indices) >= 0 and max(indices) < size, "an index lies outside the SQ"),
            (list(counts) == sorted(counts, reverse=True), "a command overtook itself"),
            (held == counts[0] - counts[1], "SQ head and tail don't span the commands written"),
            (counts[0] - counts[4] == f.q_inflight[q], "the commands in flight are miscounted"),
            (0 <= f.q_inflight[q] <= f.q_tags[q], "more commands in flight than tags"),
            (known <= held, "the controller knows of entries that are not between head and tail"),
            (rung <= held, "the driver announced entries that are not between head and tail"),
            (f.sq_unrung[q] == held - rung, "entries not yet announced are miscounted"),
            (f.q_waiting[q] >= 0, "fewer than no requests wait"),
            (
                not shadow or f.sq_eventidx[q] < size or f.sq_eventidx[q] == EVENTIDX_OFF,
                "SQ EventIdx names no slot",
            ),
            (
                not (shadow and driver_uses_shadow(f, q)) or f.sq_stored[q] == f.sq_rung[q],
                "the shadow tail is not what the driver announced",
            ),
            (
                not shadow or (f.sq_shadow[q] - f.sq_known[q]) % size <= (held - known) % size,
                "the shadow tail lies behind what the controller knows",
            ),
        ),
    )


def cq_violations(f: StateView, q: int, posted_before_reset: int = 0) -> list[str]:
    """What is wrong with completion queue q, which must be the owner's own.

    posted_before_reset: entries that it took before its controller was last reset; they decide
    which phase is due.
    """
    size, head, tail = f.cq_size[q], f.cq_head[q], f.cq_tail[q]
    held = f.cq_posted[q] - f.cq_taken[q]
    known = f.cq_known[q]
    indices = (head, tail, f.cq_db[q], known, f.cq_shadow[q], f.cq_stored[q])
    turned = f.cq_posted[q] - posted_before_reset
    told = f.cq_stored[q] if driver_uses_shadow(f, q) else f.cq_db[q]
    shadow = controller_uses_shadow(f, q)
    return _broken(
        f"CQ {q}",
        (
            (min(indices) >= 0 and max(indices) < size, "an index lies outside the CQ"),
            (0 <= held < size, "more entries wait than the CQ holds"),
            ((tail - head) % size == held, "CQ head and tail don't span the entries that wait"),
            (turned % size == tail, "the CQ tail is not where the entries posted lead"),
            (f.cq_phase[q] == 1 - turned // size % 2, "the phase tag does not fit the turn"),
            (
                (head - known) % size <= (tail - known) % size,
                "the controller's head leads the head",
            ),
            (f.cq_unrung[q] == (head - told) % size, "heads not yet announced are miscounted"),
            (0 <= f.cq_unsignalled[q] <= f.cq_posted[q], "unsignalled entries are miscounted"),
            (not f.cq_held[q] or f.cq_unsignalled[q] > 0, "an interrupt for nothing is held back"),
            (
                not shadow or f.cq_eventidx[q] < size or f.cq_eventidx[q] == EVENTIDX_OFF,
                "CQ EventIdx names no slot",
            ),
        ),
    )


def command_violations(f: StateView, q: int) -> list[str]:
    """What is wrong with the commands of queue q: each CID is at one place, in one ring."""
    base, tags, size = f.q_base[q], f.q_tags[q], f.sq_size[q]
    states = f.cmd_state[base : base + tags].tolist()
    stages = (f.q_posted[q], f.q_fetched[q], f.q_done[q], f.q_completed[q], f.q_reaped[q])
    written = [f.sqe_cid[base + n % tags] for n in range(stages[1], stages[0])]
    done = [f.done_cid[base + n % tags] for n in range(stages[3], stages[2])]
    records = [base + cid % tags for cid in written]
    slots = [(f.sq_head[q] + i) % size for i in range(len(written))]
    in_device = states.count(m.CMD_FETCHED) + states.count(m.CMD_IN_DEVICE)
    return _broken(
        f"queue {q}",
        (
            (len(set(written)) == len(written), "a CID stands twice in the SQ"),
            (len(set(done)) == len(done), "a CID is done twice"),
            (states.count(m.CMD_WRITTEN) == len(written), "commands written don't match the SQ"),
            (in_device == stages[1] - stages[2], "commands at work are miscounted"),
            (states.count(m.CMD_DONE) == len(done), "commands done are miscounted"),
            (states.count(m.CMD_COMPLETED) == stages[3] - stages[4], "CQEs are miscounted"),
            (
                all(states[cid % tags] == m.CMD_WRITTEN for cid in written),
                "an SQE's command is somewhere else",
            ),
            (
                all(states[cid % tags] == m.CMD_DONE for cid in done),
                "a command that waits for its CQE is somewhere else",
            ),
            ([f.cmd_slot[c] for c in records] == slots, "SQEs are not in the order of their slots"),
        ),
    )


def cqe_violations(f: StateView, q: int) -> list[str]:
    """What is wrong with the entries that wait in completion queue q."""
    base, room = f.q_base[q], f.cq_room[q]
    entries = [f.cqe_cid[base + n % room] for n in range(f.cq_taken[q], f.cq_posted[q])]
    states = [f.cmd_state[f.q_base[e >> 16] + (e & 0xFFFF) % f.q_tags[e >> 16]] for e in entries]
    return _broken(
        f"CQ {q}",
        (
            (len(set(entries)) == len(entries), "a CID stands twice in the CQ"),
            (all(s == m.CMD_COMPLETED for s in states), "an entry's command is somewhere else"),
            (all(f.q_cq[e >> 16] == q for e in entries), "an entry belongs to another CQ"),
        ),
    )


def eventidx_violations(f: StateView, q: int, *, sq: bool, spec_rule: bool) -> list[str]:
    """What is wrong with queue q's last comparison, of its SQ tail or its CQ head. Holds between a
    comparison and the next store: the verdict is what the rule says of EventIdx, the old value and
    the new one.
    """
    rule = spec_rings if spec_rule else linux_rings
    if sq:
        rings = rule(f.sq_seen[q], f.sq_stored[q], f.sq_shadow_old[q])
        return _broken(
            f"queue {q}", [(f.sq_verdict[q] == 1 + rings, "SQ doorbell against the rule")]
        )
    rings = rule(f.cq_seen[q], f.cq_stored[q], f.cq_shadow_old[q])
    return _broken(f"queue {q}", [(f.cq_verdict[q] == 1 + rings, "CQ doorbell against the rule")])


def sleep_violations(f: StateView, w: int) -> list[str]:
    """What is wrong with thread w's sleep: only somebody who will be woken may sleep.

    It knows of nothing to do, and EventIdx of each queue that it looks up in the shadow buffers
    stands at the tail it knows, so that the next store rings.
    """
    if f.thr_act[w] != m.THR_ASLEEP:
        return []
    found: list[str] = []
    for q in range(len(f.sq_size)):
        if f.q_thread[q] != w:
            continue
        shadow = controller_uses_shadow(f, q)
        cq, idle = f.q_cq[q], f.q_done[q] == f.q_completed[q]
        full = (f.cq_tail[cq] + 1) % f.cq_size[cq] == f.cq_known[cq]
        claims = (
            (idle or full, "its thread sleeps over a command that is done"),
            (full or f.sq_head[q] == f.sq_known[q], "its thread sleeps over a command it knows"),
            (
                f.cq_unsignalled[cq] == 0 or f.cq_held[cq] == 1,
                "an interrupt is due, nobody raises it",
            ),
            (not shadow or f.sq_armed[q] == f.sq_known[q], "its thread sleeps, EventIdx not armed"),
        )
        found += _broken(f"queue {q}", claims)
    return found


def actor_violations(f: StateView) -> list[str]:
    """What is wrong with vCPUs, locks and device channels."""
    found: list[str] = []
    queues = range(len(f.sq_size))
    for v in range(len(f.v_guest)):
        pending = sum(f.cq_pending[q] for q in queues if f.q_vcpu[q] == v)
        claims = (
            (f.vcpu_pending[v] == pending, "its pending interrupts are miscounted"),
            (
                not f.vcpu_irq[v] or f.vcpu_act[v] in (m.VCPU_IRQ, m.VCPU_EXITED),
                "its interrupt handler stands still",
            ),
        )
        found += _broken(f"vCPU {v}", claims)
    for g in range(len(f.g_vcpu)):
        first = g * m.LOCK_WAITERS
        waiting = [
            f.lock_wait[first + (f.g_lock_first[g] + i) % m.LOCK_WAITERS]
            for i in range(f.g_lock_waits[g])
        ]
        claims = (
            (len(set(waiting)) == len(waiting), "somebody waits twice for the lock"),
            (f.g_lock_owner[g] not in waiting, "the owner of the lock waits for it"),
            (
                f.g_inflight[g] == sum(f.q_inflight[q] for q in queues if f.q_guest[q] == g),
                "its commands in flight are miscounted",
            ),
        )
        found += _broken(f"guest {g}", claims)
    bound = [(chan, c) for chan, c in enumerate(f.chan_cmd) if c >= 0]
    waiting_for_one = f.totals[m.T_DEV_WAIT_COUNT] > 0
    claims = (
        (len(bound) == f.totals[m.T_DEV_BUSY], "busy channels are miscounted"),
        (all(f.cmd_chan[c] == chan for chan, c in bound), "a channel serves another's command"),
        (
            not waiting_for_one or len(bound) == len(f.chan_cmd),
            "a command waits, a channel is free",
        ),
    )
    return found + _broken("device", claims)


def total_violations(f: StateView) -> list[str]:
    """What is wrong with the totals."""
    counts = ((m.T_POSTED, f.q_posted), (m.T_FETCHED, f.q_fetched), (m.T_REAPED, f.q_reaped))
    claims = (
        (f.totals[m.T_IGNORED] == 0, "an event named nothing"),
        (all(f.totals[i] == sum(each) for i, each in counts), "a total is not the sum"),
    )
    return _broken("totals", claims)


def queue_violations(f: StateView, q: int, posted_before_reset: int = 0) -> list[str]:
    """What is wrong with queue q, its commands, and the CQ that takes them."""
    cq = f.q_cq[q]
    found = sq_violations(f, q) + command_violations(f, q)
    return found + cq_violations(f, cq, posted_before_reset) + cqe_violations(f, cq)


def violations(f: StateView, posted_before_reset: Sequence[int] = ()) -> list[str]:
    """Everything that is wrong with a machine, in sentences; empty when nothing is.

    posted_before_reset: for each queue, entries its CQ took before its controller was last reset.
    """
    found: list[str] = []
    for q in range(len(f.sq_size)):
        found += queue_violations(
            f, q, posted_before_reset[f.q_cq[q]] if posted_before_reset else 0
        )
    for w in range(len(f.thr_first)):
        found += sleep_violations(f, w)
    return found + actor_violations(f) + total_violations(f)
