"""What the controller's threads and the device decide: threads that work off what is there.

The order follows QEMU hw/nvme/ctrl.c (nvme_process_sq, nvme_post_cqes) and SPDK lib/nvmf/vfio_user.c:
fetch while there is something, re-arm EventIdx as the mode says, post what is done, interrupt, sleep
or poll. Threads that run an event loop (QEMU) do the same pass by pass: `eventloop`. Nothing here
changes state.
"""

from __future__ import annotations

import cython

if not cython.compiled:
    # isort: off
    # fmt: off
    from nvmeviz.engine.choices import (
        CQ_REARM_BEHIND, DEVICE_CHANNELS, EVENTIDX_OFF, NO_CHANNEL, PATH_MAPPED, REARM_AHEAD,
        REARM_BEHIND, REARM_EACH, REARM_NEVER, REARM_OFF, SLEEP_AT_ONCE, SLEEP_NEVER, THREAD_IOTHREAD,
        THREAD_POLL_LOOP, URGENT_TURN,
    )
    from nvmeviz.engine.driver import wake_vcpu
    from nvmeviz.engine.eventloop import pass_next, start_pass
    from nvmeviz.engine.plan import (
        Plan, completes_at_once, first_cq_eventidx, first_eventidx, media_ns, schedule, schedule_at,
    )
    from nvmeviz.engine.steps import fetch, first_not_done, poll, post, set_eventidx
    from nvmeviz.log.kinds import (
        CQE_HELD, CQE_QUIET, CQ_EVENTIDX, CQ_POST, CQ_SHADOW_READ, CTRL_POLL, CTRL_SLEEP, CTRL_WAKE,
        DBBUF_CONFIG, DEV_DONE, DEV_START, DRAINED, EVENTIDX_STORE, EXIT_SQ_DOORBELL, FETCH_ROUND,
        FETCH_TURN, IRQ_RAISE, IRQ_TIMER, SQ_EVENTIDX, SQ_FETCH, SQ_SHADOW_READ, VM_ENTRY,
    )
    from nvmeviz.model.layout import T_DEV_BOUND, T_EVENTS
    from nvmeviz.model.ask import (
        controller_uses_shadow, is_config, queue_has_work, thread_has_work,
    )
    from nvmeviz.model.state import MachineState

    # fmt: on
    # isort: on


def thread_next(p: Plan, s: MachineState, w: int, t: int) -> int:
    """The thread has finished a step: on with its pass, or with its queues in turn, or to rest."""
    if p.thr_kind[w] <= THREAD_POLL_LOOP:
        return pass_next(p, s, w, t)
    first = s.thr_first[w]
    if first < 0:
        return schedule(p, t, 0, CTRL_SLEEP, w, 0, 0, 0, 0)
    if p.has_urgent:
        q = first
        while True:
            if p.turn[q] >= URGENT_TURN and _serve(p, s, w, q, t):
                return 0
            q = s.q_next_w[q]
            if q == first:
                break
    first = s.thr_queue[w]
    q = first
    while True:
        if _serve(p, s, w, q, t):
            return 0
        q = s.q_next_w[q]
        if q == first:
            break
    # Turns that are over begin again when nobody else has anything.
    while True:
        q = s.q_next_w[q]
        if s.sq_head[q] != s.sq_known[q]:
            begins = FETCH_TURN if p.sleep == SLEEP_AT_ONCE else FETCH_TURN | FETCH_ROUND
            return fetch(p, s, w, q, t, begins)
        if q == first:
            break
    if p.sleep != SLEEP_AT_ONCE:
        return poll(p, s, w, t)
    return schedule(p, t, 0, CTRL_SLEEP, w, first, 0, 0, 0)


def _serve(p: Plan, s: MachineState, w: int, q: int, t: int) -> int:
    """Plan the next step for queue q; returns 1 when there was one."""
    if controller_uses_shadow(s, q):
        if p.rearm == REARM_OFF and s.sq_armed[q] != EVENTIDX_OFF:
            set_eventidx(p, s, w, q, t, EVENTIDX_OFF, 0)
            return 1
        if p.rearm == REARM_BEHIND and s.sq_fresh[q]:
            behind = _before(s.sq_known[q], s.sq_size[q])
            if s.sq_armed[q] != behind:
                set_eventidx(p, s, w, q, t, behind, 0)
                return 1
        if s.sq_fresh[q] == 0:
            schedule(p, t, p.shared_ns, SQ_SHADOW_READ, w, q, 0, 0, 0)
            return 1
    elif p.way == PATH_MAPPED and s.sq_fresh[q] == 0 and s.q_admin[q] == 0:
        schedule(p, t, p.shared_ns, SQ_SHADOW_READ, w, q, 0, 0, 0)
        return 1
    if s.sq_head[q] != s.sq_known[q] and (s.thr_burst[w] < p.turn[q] or s.thr_queue[w] != q):
        # A poller looks at every tail again once a round; others are told when one moves.
        if p.sleep != SLEEP_AT_ONCE and q < s.thr_queue[w]:
            fetch(p, s, w, q, t, FETCH_ROUND)
        else:
            fetch(p, s, w, q, t, 0)
        return 1
    if s.q_done[q] != s.q_completed[q] and post(p, s, w, q, t):
        return 1
    if s.cq_unsignalled[q] != 0 and s.cq_held[q] == 0:
        schedule(p, t, p.msi_ns, IRQ_RAISE, w, q, 0, q, 0)
        return 1
    return 0


def queues_with_news(p: Plan, s: MachineState, w: int) -> int:
    """What a poll sweep finds: queues of thread w with something new, counted."""
    found = 0
    first = s.thr_first[w]
    q = first
    while q >= 0:
        tail = s.sq_known[q]
        if controller_uses_shadow(s, q):
            tail = s.sq_shadow[q]
        elif p.way == PATH_MAPPED:
            tail = s.sq_db[q]
        if s.sq_head[q] != tail or queue_has_work(s, q):
            found += 1
        elif p.thr_kind[w] == THREAD_POLL_LOOP and s.q_fetched[q] != s.q_done[q]:
            found += completes_at_once(p, q)
        q = s.q_next_w[q]
        if q == first:
            break
    return found


def _arm_next(p: Plan, s: MachineState, w: int, t: int) -> int:
    """On the way to sleep: EventIdx of a queue that is not armed becomes its tail; when all are,
    sleep.
    """
    first = s.thr_first[w]
    q = first
    while True:
        if controller_uses_shadow(s, q) and s.sq_armed[q] != s.sq_known[q]:
            return set_eventidx(p, s, w, q, t, s.sq_known[q], 1)
        q = s.q_next_w[q]
        if q == first:
            break
    return schedule(p, t, 0, CTRL_SLEEP, w, s.thr_queue[w], 0, 0, 0)


def _armed(p: Plan, s: MachineState, w: int, t: int, asleep: int) -> int:
    """An EventIdx was set and the tail read again: go on, on the way to sleep with the next."""
    if asleep and not thread_has_work(s, w):
        return _arm_next(p, s, w, t)
    return thread_next(p, s, w, t)


def _fetched(p: Plan, s: MachineState, w: int, q: int, t: int) -> int:
    """A command was fetched and handed on: re-arm as the mode says, then go on."""
    if controller_uses_shadow(s, q):
        size = s.sq_size[q]
        if p.rearm == REARM_EACH:
            return set_eventidx(p, s, w, q, t, s.sq_known[q], 0)
        if p.rearm == REARM_NEVER and p.loops:
            # QEMU looks for more after every command, also when it polls.
            return schedule(p, t, p.shared_ns, SQ_SHADOW_READ, w, q, 0, 0, 0)
        if p.rearm == REARM_AHEAD and (
            s.sq_head[q] == s.sq_known[q] or s.thr_burst[w] >= p.turn[q]
        ):
            # The hint: half a ring ahead, which the guest cannot pass before the next sweep.
            return set_eventidx(p, s, w, q, t, (s.sq_known[q] + (size >> 1)) % size, 0)
    return thread_next(p, s, w, t)


def _before(slot: int, size: int) -> int:
    """The slot before one of a ring of `size`."""
    return slot - 1 if slot > 0 else size - 1


def _after_fetch(p: Plan, s: MachineState, t: int, w: int, q: int, cid: int) -> int:
    """The command goes to whoever carries it out."""
    c = s.q_base[q] + cid
    if s.q_admin[q] and is_config(s.cmd_what[c]):
        io = q
        for i in range(s.queues):
            if s.q_guest[i] == s.q_guest[q] and s.q_admin[i] == 0:
                io = i
                break
        return schedule(
            p,
            t,
            p.shared_ns,
            DBBUF_CONFIG,
            w,
            q,
            0,
            first_eventidx(p, io),
            first_cq_eventidx(p, io),
        )
    if completes_at_once(p, q):
        if p.thr_kind[w] <= THREAD_POLL_LOOP:
            return _fetched(p, s, w, q, t)  # a bottom half of the next pass completes it
        return schedule(p, t, 0, DEV_DONE, w, q, cid, 0, 0)
    if p.device != DEVICE_CHANNELS:
        schedule(p, t, 0, DEV_START, w, q, cid, NO_CHANNEL, 0)
    elif s.cmd_chan[c] >= 0:
        schedule(p, t, 0, DEV_START, w, q, cid, s.cmd_chan[c], 0)
    return _fetched(p, s, w, q, t)


def _polled(p: Plan, s: MachineState, t: int, w: int, q: int, found: int) -> int:
    """After a sweep: to work, on polling, or to sleep."""
    if found or p.sleep == SLEEP_NEVER:
        return thread_next(p, s, w, t)
    if t - s.thr_poll_since[w] < p.poll_window_ns:
        return poll(p, s, w, t)
    return _arm_next(p, s, w, t)


def _looks_everywhere(p: Plan) -> bool:
    """True when a thread that wakes looks at every queue, whatever woke it."""
    return p.rearm == REARM_AHEAD or p.rearm == REARM_OFF


def _asleep(p: Plan, s: MachineState, t: int, w: int, q: int, timed: int, released: int) -> int:
    """The thread sleeps; whoever waited for its work goes on, and it may have lost a race."""
    if timed:
        return schedule(p, t, p.timer_ns, CTRL_WAKE, w, q, 0, 0, 0)
    if released:
        i = s.thr_first[w]
        while True:
            v = s.q_vcpu[i]
            if s.vcpu_kick[v] == s.totals[T_EVENTS] and s.vcpu_exit_queue[v] == i:
                schedule(p, t, p.doorbell_exit_ns >> 1, VM_ENTRY, v, i, 0, EXIT_SQ_DOORBELL, 0)
            i = s.q_next_w[i]
            if i == s.thr_first[w]:
                break
    if s.thr_kick[w] == s.totals[T_EVENTS]:
        # It never slept: the eventfd was signalled before it looked.
        return schedule(p, t, p.poll_ns, CTRL_WAKE, w, q, 0, 0, _looks_everywhere(p))
    return 0


def decide_controller(
    p: Plan, s: MachineState, t: int, kind: int, w: int, q: int, cid: int, a: int, b: int
) -> int:
    """What follows from an event of a controller thread."""
    if kind == SQ_FETCH:
        return _after_fetch(p, s, t, w, q, cid)
    if kind == SQ_EVENTIDX or kind == EVENTIDX_STORE:
        if kind == SQ_EVENTIDX and b == DRAINED:
            return 0
        if kind == EVENTIDX_STORE:
            schedule_at(p, t + p.drain_ns, SQ_EVENTIDX, w, q, a, DRAINED)
        elif p.rearm == REARM_BEHIND:
            return thread_next(p, s, w, t)  # a poller for ever: its next sweep looks again
        if not controller_uses_shadow(s, q):
            return _armed(p, s, w, t, b)  # a reset took the buffers while it armed
        if kind == EVENTIDX_STORE:
            # No barrier: the read of the tail overtakes the store.
            return schedule(p, t, 0, SQ_SHADOW_READ, w, q, 0, 0, b)
        return schedule(p, t, p.shared_ns, SQ_SHADOW_READ, w, q, 0, 0, b)
    if kind == SQ_SHADOW_READ and b:
        return _armed(p, s, w, t, b)
    if kind == CQ_SHADOW_READ and p.cq_rearm == CQ_REARM_BEHIND:
        behind = _before(s.cq_known[q], s.cq_size[q])
        return schedule(p, t, p.shared_ns, CQ_EVENTIDX, w, q, 0, behind, 0)
    if kind == CQ_EVENTIDX and p.cq_rearm == CQ_REARM_BEHIND:
        return thread_next(p, s, w, t)
    if kind == CQ_EVENTIDX:
        return schedule(p, t, p.shared_ns, CQ_SHADOW_READ, w, q, 0, 0, 0)
    if kind == CQ_POST:
        cq = s.q_cq[q]
        if b & CQE_QUIET:
            wake_vcpu(p, s, s.q_vcpu[cq], cq, t)
        elif b & CQE_HELD:
            if s.cq_unsignalled[cq] == 1:
                schedule_at(p, t + p.coalesce_ns, IRQ_TIMER, w, cq, 0, s.cq_signals[cq])
        elif p.irq_each:
            return schedule(p, t, p.msi_ns, IRQ_RAISE, w, cq, 0, cq, 0)
        return thread_next(p, s, w, t)
    if kind == IRQ_RAISE:
        wake_vcpu(p, s, s.q_vcpu[q], q, t)
        return thread_next(p, s, w, t)
    if kind == IRQ_TIMER:
        return thread_kicked(p, s, w, q, t)
    if kind == DBBUF_CONFIG:
        if p.thr_kind[w] <= THREAD_POLL_LOOP:
            return thread_next(p, s, w, t)
        return schedule(p, t, 0, DEV_DONE, w, q, first_not_done(s, q), 0, 0)
    if kind == CTRL_POLL:
        return _polled(p, s, t, w, q, a)
    if kind == CTRL_SLEEP:
        return _asleep(p, s, t, w, q, a, b)
    if kind == CTRL_WAKE:
        if p.thr_kind[w] <= THREAD_IOTHREAD:
            return start_pass(p, s, w, t, 0)
        return thread_next(p, s, w, t)
    return thread_next(p, s, w, t)


def thread_kicked(p: Plan, s: MachineState, w: int, q: int, t: int) -> int:
    """Plan the wake-up of a thread that the event applied last has woken, if it has."""
    if s.thr_kick[w] != s.totals[T_EVENTS]:
        return 0
    return schedule(p, t, p.wake_ns, CTRL_WAKE, w, q, 0, 0, _looks_everywhere(p))


def decide_device(
    p: Plan, s: MachineState, t: int, kind: int, w: int, q: int, cid: int, a: int, b: int
) -> int:
    """What follows from an event of the device."""
    if kind == DEV_START:
        done = t + media_ns(p, s, q, s.q_base[q] + cid)
        p.calendar.push(done, DEV_DONE, w, q, cid, a, 0, s.totals[T_EVENTS] - 1)
        return 0
    if completes_at_once(p, q):
        if p.thr_kind[w] <= THREAD_POLL_LOOP:
            return thread_next(p, s, w, t)
        return _fetched(p, s, w, q, t)
    waiting = s.totals[T_DEV_BOUND]
    if waiting >= 0:
        other = waiting >> 16
        schedule(p, t, 0, DEV_START, s.q_thread[other], other, waiting & 0xFFFF, a, 0)
    return thread_kicked(p, s, w, q, t)
