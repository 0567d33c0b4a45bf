"""What the controller's threads and the device decide.

The loop follows QEMU hw/nvme/ctrl.c (nvme_process_sq, nvme_post_cqes): fetch while there is
something, re-arm EventIdx as the mode says, post what is done, interrupt once, sleep or poll. A
null device completes inside the fetch; a real one later, which wakes the thread. Nothing here
changes state.
"""

from __future__ import annotations

import cython

if not cython.compiled:
    from nvmeviz.engine.choices import REARM_BATCH_AHEAD, REARM_EACH, SLEEP_ADAPTIVE
    from nvmeviz.engine.plan import Plan, media_ns, schedule
    from nvmeviz.log.kinds import (
        CQ_EVENTIDX,
        CQ_POST,
        CQ_SHADOW_READ,
        CTRL_POLL,
        CTRL_SLEEP,
        CTRL_WAKE,
        DEV_DONE,
        DEV_START,
        EXIT_SQ_DOORBELL,
        IRQ_RAISE,
        SQ_EVENTIDX,
        SQ_FETCH,
        SQ_SHADOW_READ,
        VM_ENTRY,
    )
    from nvmeviz.model.layout import T_DEV_BOUND, T_EVENTS
    from nvmeviz.model.reduce import thread_has_work
    from nvmeviz.model.state import MachineState


def _serve(p: Plan, s: MachineState, w: int, q: int, t: int) -> int:
    """Plan the next step for queue q; returns 1 when there was one."""
    if p.uses_shadow and not s.sq_fresh[q]:
        schedule(p, t, p.shared_ns, SQ_SHADOW_READ, w, q, 0, 0, 0)
    elif s.sq_head[q] != s.sq_known[q] and s.thr_burst[w] < p.burst:
        cid = _cid_at_head(p, s, q)
        schedule(p, t, p.process_ns + p.backend_ns, SQ_FETCH, w, q, cid, s.sq_head[q], 0)
    elif s.q_done[q] != s.q_completed[q]:
        if p.cq_reads_shadow and not s.cq_fresh[q]:
            # QEMU 8.0 writes EventIdx and then reads the head; 7.1 only reads. nvme_post_cqes.
            if p.cq_rearms:
                schedule(p, t, p.shared_ns, CQ_EVENTIDX, w, q, 0, s.cq_known[q], 0)
            else:
                schedule(p, t, p.shared_ns, CQ_SHADOW_READ, w, q, 0, 0, 0)
        else:
            cid = s.done_cid[q * s.tags + s.q_completed[q] % s.tags]
            schedule(
                p,
                t,
                p.post_ns,
                CQ_POST,
                w,
                q,
                cid,
                s.cq_tail[q],
                s.sq_head[q] | (s.cq_phase[q] << 16),
            )
    elif s.cq_unsignalled[q] != 0:
        schedule(p, t, p.msi_ns, IRQ_RAISE, w, q, 0, q, 0)
    elif s.sq_head[q] != s.sq_known[q]:
        # A burst is over and nothing was there to post: go on fetching.
        cid = _cid_at_head(p, s, q)
        schedule(p, t, p.process_ns + p.backend_ns, SQ_FETCH, w, q, cid, s.sq_head[q], 0)
    else:
        return 0
    return 1


def _cid_at_head(p: Plan, s: MachineState, q: int) -> int:
    """The CID in the SQE at the head: the driver writes tags in turn, so it is looked up by
    slot.
    """
    return s.sqe_cid[q * s.tags + s.q_fetched[q] % s.tags]


def thread_next(p: Plan, s: MachineState, w: int, t: int) -> int:
    """The thread has finished a step: serve its queues in turn, else poll or sleep."""
    q = s.thr_queue[w]
    for _ in range(s.queues):
        if q == s.queues:
            q = 0
        if s.q_thread[q] == w and _serve(p, s, w, q, t):
            return 0
        q += 1
    if p.sleep == SLEEP_ADAPTIVE:
        return schedule(p, t, p.poll_ns, CTRL_POLL, w, s.thr_queue[w], 0, 0, 0)
    return schedule(p, t, 0, CTRL_SLEEP, w, s.thr_queue[w], 0, 0, 0)


def queues_with_news(p: Plan, s: MachineState, w: int) -> int:
    """What a poll sweep finds: queues of thread w with something new, counted."""
    found = 0
    for q in range(s.queues):
        if s.q_thread[q] == w and (
            s.sq_head[q] != (s.sq_shadow[q] if p.uses_shadow else s.sq_known[q])
            or s.q_done[q] != s.q_completed[q]
        ):
            found += 1
    return found


def _arm_next(p: Plan, s: MachineState, w: int, t: int) -> int:
    """On the way to sleep: EventIdx of the next queue becomes its tail; after the last one,
    sleep.
    """
    seen = 0
    for q in range(s.queues):
        if s.q_thread[q] == w:
            if seen == s.thr_armed[w]:
                return schedule(p, t, p.shared_ns, SQ_EVENTIDX, w, q, 0, s.sq_known[q], 1)
            seen += 1
    return schedule(p, t, 0, CTRL_SLEEP, w, s.thr_queue[w], 0, 0, 0)


def _fetched(p: Plan, s: MachineState, w: int, q: int, t: int) -> int:
    """A command was fetched and handed on: re-arm as the mode says, then go on."""
    if p.uses_shadow:
        if p.rearm == REARM_EACH:
            return schedule(p, t, p.shared_ns, SQ_EVENTIDX, w, q, 0, s.sq_known[q], 0)
        if p.rearm == REARM_BATCH_AHEAD and s.sq_head[q] == s.sq_known[q]:
            # The hint: half a ring ahead, which the guest cannot pass before the next sweep.
            ahead = (s.sq_known[q] + (s.sq_size[q] >> 1)) % s.sq_size[q]
            return schedule(p, t, p.shared_ns, SQ_EVENTIDX, w, q, 0, ahead, 0)
    return thread_next(p, s, w, t)


def decide_controller(
    p: Plan, s: MachineState, t: int, kind: int, w: int, q: int, cid: int, a: int, b: int
) -> int:
    """What follows from an event of a controller thread."""
    if kind == SQ_FETCH:
        if p.null_device:
            return schedule(p, t, 0, DEV_DONE, w, q, cid, 0, 0)
        c = q * s.tags + cid
        if s.cmd_chan[c] >= 0:
            schedule(p, t, 0, DEV_START, w, q, cid, s.cmd_chan[c], 0)
        return _fetched(p, s, w, q, t)
    if kind == SQ_EVENTIDX:
        return schedule(p, t, p.shared_ns, SQ_SHADOW_READ, w, q, 0, 0, b)
    if kind == SQ_SHADOW_READ and b:
        if thread_has_work(s, w):
            return thread_next(p, s, w, t)
        return _arm_next(p, s, w, t)
    if kind == CQ_EVENTIDX:
        return schedule(p, t, p.shared_ns, CQ_SHADOW_READ, w, q, 0, 0, 0)
    if kind == CTRL_POLL:
        if a == 0:
            if t - s.thr_poll_since[w] < p.poll_window_ns:
                return schedule(p, t, p.poll_ns, CTRL_POLL, w, q, 0, 0, 0)
            if p.uses_shadow:
                return _arm_next(p, s, w, t)
            return schedule(p, t, 0, CTRL_SLEEP, w, q, 0, 0, 0)
        return thread_next(p, s, w, t)
    if kind == CTRL_SLEEP:
        if b:
            for i in range(s.queues):
                v = s.q_vcpu[i]
                if s.q_thread[i] == w and (b >> v) & 1:
                    schedule(p, t, p.doorbell_exit_ns >> 1, VM_ENTRY, v, i, 0, EXIT_SQ_DOORBELL, 0)
        if s.thr_kick[w] == s.totals[T_EVENTS]:
            # It never slept: the eventfd was signalled before it looked.
            return schedule(p, t, p.poll_ns, CTRL_WAKE, w, q, 0, 0, p.rearm == REARM_BATCH_AHEAD)
        return 0
    return thread_next(p, s, w, t)


def decide_device(
    p: Plan, s: MachineState, t: int, kind: int, w: int, q: int, cid: int, a: int, b: int
) -> int:
    """What follows from an event of the device."""
    if kind == DEV_START:
        p.calendar.push(t + media_ns(p, q, cid), DEV_DONE, w, q, cid, a, 0, s.totals[T_EVENTS] - 1)
        return 0
    if p.null_device:
        return _fetched(p, s, w, q, t)
    waiting = s.totals[T_DEV_BOUND]
    if waiting >= 0:
        other = waiting // s.tags
        schedule(p, t, 0, DEV_START, s.q_thread[other], other, waiting % s.tags, a, 0)
    if s.thr_kick[w] == s.totals[T_EVENTS]:
        schedule(p, t, p.wake_ns, CTRL_WAKE, w, q, 0, 0, p.rearm == REARM_BATCH_AHEAD)
    return 0
