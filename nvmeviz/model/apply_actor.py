"""What the events of vCPUs, controller threads, interrupts and the VMM's lock do to the state.

A part of the reducer: only `reduce.apply_event` calls the functions that begin with `apply_`.
"""

from __future__ import annotations

import cython

if not cython.compiled:
    # isort: off
    # fmt: off
    from nvmeviz.log.kinds import (
        BY_THREAD, CTRL_POLL, CTRL_WAKE, EXIT_CQ_DOORBELL,
        EXIT_SQ_DOORBELL, GUEST_READY, IRQ_ENTER, IRQ_EXIT, IRQ_TIMER, LOCK_TAKE,
        LOCK_WAIT, LOOP_PASS, POLL_PASS, POLL_REGISTERS, POLL_SHADOWS, REQUEST, RESET_DUE,
        VCPU_HALT, VCPU_POLL, VCPU_WAKE, VM_ENTRY, VM_EXIT,
    )
    from nvmeviz.model.ask import (
        controller_uses_shadow, guest_is_quiet, thread_has_news, vcpu_sees_work, waits_for_thread,
    )
    from nvmeviz.model.layout import (
        LOCK_FREE, LOCK_WAITERS, THREAD_ACTOR, THR_ASLEEP, THR_LOCK_WAIT, THR_POLLING, THR_TIMED,
        THR_WAKING, THR_WORKING, T_CQ_EXITS, T_EVENTS, T_EXIT_NS, T_HALT_NS, T_IRQS, T_LOCK_WAITS,
        T_PASSES, T_POLLS, T_POLL_HITS, T_SQ_EXITS, T_WAKES, VCPU_EXITED, VCPU_GUEST, VCPU_HALTED,
        VCPU_IRQ, VCPU_POLLING, VCPU_WAKING,
    )
    from nvmeviz.model.state import MachineState

    # fmt: on
    # isort: on


def wake_thread(s: MachineState, w: int, t: int) -> int:
    """Let thread w wake, if it sleeps."""
    if s.thr_act[w] == THR_ASLEEP:
        s.thr_act[w] = THR_WAKING
        s.thr_since[w] = t
        s.thr_kick[w] = s.totals[T_EVENTS]
    return 0


def wake_vcpu(s: MachineState, v: int, t: int) -> int:
    """Let vCPU v wake, if it is halted or polls."""
    if s.vcpu_act[v] == VCPU_HALTED or s.vcpu_act[v] == VCPU_POLLING:
        s.vcpu_slept_ns[v] = t - s.vcpu_since[v]
        if s.vcpu_act[v] == VCPU_HALTED:
            s.totals[T_HALT_NS] += t - s.vcpu_since[v]
        s.vcpu_act[v] = VCPU_WAKING
        s.vcpu_since[v] = t
        s.vcpu_kick[v] = s.totals[T_EVENTS]
    return 0


def vcpu_does(s: MachineState, v: int, act: int, t: int) -> int:
    """VCPU v does `act` from now on, or goes on doing it."""
    if s.vcpu_act[v] != act:
        s.vcpu_act[v] = act
        s.vcpu_since[v] = t
    return 0


def thread_turns_to(s: MachineState, w: int, q: int) -> int:
    """Thread w works on queue q; the turn of another one is over."""
    if s.thr_queue[w] != q:
        s.thr_queue[w] = q
        s.thr_burst[w] = 0
    return 0


def thread_does(s: MachineState, w: int, act: int, t: int) -> int:
    """Thread w does `act` from now on, or goes on doing it."""
    if s.thr_act[w] != act:
        s.thr_act[w] = act
        s.thr_since[w] = t
    return 0


def apply_vcpu(s: MachineState, t: int, kind: int, v: int, q: int, a: int, b: int) -> int:
    """A vCPU leaves, comes back, takes an interrupt, halts."""
    if kind == VM_EXIT:
        s.vcpu_exit_reason[v] = a
        s.vcpu_exit_queue[v] = q
        s.vcpu_exit_value[v] = b
        s.vcpu_left[v] = t
        if a == EXIT_SQ_DOORBELL:
            s.sq_exits[q] += 1
            s.totals[T_SQ_EXITS] += 1
        elif a == EXIT_CQ_DOORBELL:
            s.cq_exits[q] += 1
            s.totals[T_CQ_EXITS] += 1
        vcpu_does(s, v, VCPU_EXITED, t)
    elif kind == VM_ENTRY:
        s.vcpu_exit_ns[v] += b
        s.totals[T_EXIT_NS] += b
        vcpu_does(s, v, VCPU_IRQ if s.vcpu_irq[v] else VCPU_GUEST, t)
    elif kind == IRQ_ENTER:
        s.vcpu_irq[v] = 1
        s.vcpu_kicked[v] = 0
        if s.cq_pending[q]:
            s.cq_pending[q] = 0
            s.vcpu_pending[v] -= 1
        vcpu_does(s, v, VCPU_IRQ, t)
    elif kind == IRQ_EXIT:
        s.vcpu_irq[v] = 0
        vcpu_does(s, v, VCPU_GUEST, t)
    elif kind == VCPU_HALT or kind == VCPU_POLL:
        vcpu_does(s, v, VCPU_HALTED if kind == VCPU_HALT else VCPU_POLLING, t)
        # HLT with an interrupt pending does not sleep: the race between the last look and the halt.
        if s.vcpu_pending[v] or s.vcpu_recall[v] or vcpu_sees_work(s, v, kind == VCPU_POLL):
            wake_vcpu(s, v, t)
        s.vcpu_recall[v] = 0
        first = s.g_vcpu[s.v_guest[v]]
        if s.g_quiesce[s.v_guest[v]] and guest_is_quiet(s, first):
            wake_vcpu(s, first, t)  # it waited for all others to reset the controller
    elif kind == VCPU_WAKE:
        vcpu_does(s, v, VCPU_GUEST, t)
    elif kind == REQUEST:
        s.q_waiting[q] += 1
        s.q_requests[q] += 1
        wake_vcpu(s, v, t)
    elif kind == GUEST_READY:
        s.g_ready[s.v_guest[v]] = 1
        for i in range(s.vcpus):
            if s.v_guest[i] == s.v_guest[v] and i != v:
                s.vcpu_recall[i] = 1 if s.vcpu_act[i] == VCPU_GUEST else 0
                wake_vcpu(s, i, t)
    elif kind == RESET_DUE:
        s.g_quiesce[s.v_guest[v]] = 1
        wake_vcpu(s, v, t)
    else:  # BATCH_TIMER
        s.q_flush[q] = 1
        wake_vcpu(s, v, t)
    return 0


def apply_thread(s: MachineState, t: int, kind: int, w: int, q: int, a: int, b: int) -> int:
    """A controller thread wakes, polls, sleeps, starts a pass."""
    first = s.thr_first[w]
    i = first
    if kind == CTRL_WAKE:
        thread_does(s, w, THR_WORKING, t)
        s.thr_burst[w] = 0
        s.totals[T_WAKES] += 1
        if b:  # it looks at every queue, whatever woke it
            while i >= 0:
                s.sq_fresh[i] = 0
                i = s.q_next_w[i]
                if i == first:
                    break
    elif kind == CTRL_POLL or kind == LOOP_PASS:
        if kind == CTRL_POLL:
            if s.thr_act[w] != THR_POLLING:
                thread_does(s, w, THR_POLLING, t)
                s.thr_poll_since[w] = t
            s.thr_burst[w] = 0
            s.thr_polls[w] += 1
            s.totals[T_POLLS] += 1
            if a:
                thread_does(s, w, THR_WORKING, t)
                s.totals[T_POLL_HITS] += 1
        else:
            b = POLL_PASS
        if b & POLL_PASS:
            s.thr_pass[w] += 1
            s.totals[T_PASSES] += 1
        while i >= 0:
            if b & POLL_SHADOWS:
                if controller_uses_shadow(s, i):
                    s.sq_known[i] = s.sq_shadow[i]
                    s.sq_fresh[i] = 1
                    s.cq_known[i] = s.cq_shadow[i]
            elif b & POLL_REGISTERS:
                s.sq_known[i] = s.sq_db[i]
                s.sq_fresh[i] = 1
                s.cq_known[i] = s.cq_db[i]
            if b & POLL_PASS:
                s.q_bh_limit[i] = s.q_fetched[i]
                s.q_post_limit[i] = s.q_done[i]
                # What was rung since the last pass began, or is left over.
                if s.sq_kick_pass[i] < s.thr_pass[w] and (
                    s.sq_kick_pass[i] == s.thr_pass[w] - 1 or s.sq_head[i] != s.sq_known[i]
                ):
                    s.sq_serving[i] = s.thr_pass[w]
            i = s.q_next_w[i]
            if i == first:
                break
    else:  # CTRL_SLEEP
        if a:
            thread_does(s, w, THR_TIMED, t)
            return 0
        thread_does(s, w, THR_ASLEEP, t)
        s.thr_since[w] = t
        s.thr_burst[w] = 0
        if b:  # the vCPUs that waited for its work go on
            while i >= 0:
                if waits_for_thread(s, i):
                    s.vcpu_handling[s.q_vcpu[i]] = 0
                    s.vcpu_kick[s.q_vcpu[i]] = s.totals[T_EVENTS]
                i = s.q_next_w[i]
                if i == first:
                    break
        # A doorbell or a completion between the last look and the sleep leaves its eventfd
        # signalled.
        if thread_has_news(s, w):
            wake_thread(s, w, t)
    return 0


def apply_interrupt(s: MachineState, t: int, kind: int, q: int) -> int:
    """The controller signals a CQ, or is reminded to."""
    if kind == IRQ_TIMER:
        s.cq_held[q] = 0
        wake_thread(s, s.q_thread[q], t)
        return 0
    s.cq_unsignalled[q] = 0
    s.cq_held[q] = 0
    s.cq_signals[q] += 1
    s.totals[T_IRQS] += 1
    v = s.q_vcpu[q]
    if s.cq_pending[q] == 0:
        s.cq_pending[q] = 1
        s.vcpu_pending[v] += 1
    if s.vcpu_act[v] == VCPU_GUEST:
        s.vcpu_kicked[v] = 1
    wake_vcpu(s, v, t)
    return 0


def apply_lock(s: MachineState, t: int, kind: int, v: int, q: int, a: int, b: int) -> int:
    """The lock of a guest's VMM changes hands. b of LOCK_RELEASE: 0 nobody waits, 1 it is handed
    to the longest waiting, 2 that one is woken and must win it.
    """
    guest = s.q_guest[q]
    actor = v + THREAD_ACTOR if a == BY_THREAD else v
    ring = guest * LOCK_WAITERS
    if kind == LOCK_TAKE:
        s.g_lock_owner[guest] = actor
        s.g_lock_since[guest] = t
        if a == BY_THREAD:
            thread_does(s, v, THR_WORKING, t)
    elif kind == LOCK_WAIT:
        s.totals[T_LOCK_WAITS] += 1
        if a == BY_THREAD:
            thread_does(s, v, THR_LOCK_WAIT, t)
        if s.g_lock_waits[guest] < LOCK_WAITERS:
            last = (s.g_lock_first[guest] + s.g_lock_waits[guest]) % LOCK_WAITERS
            s.lock_wait[ring + last] = actor
            s.g_lock_waits[guest] += 1
    else:
        s.g_lock_owner[guest] = LOCK_FREE
        s.g_lock_since[guest] = t
        s.g_lock_next[guest] = LOCK_FREE
        if b and s.g_lock_waits[guest] > 0:
            following = s.lock_wait[ring + s.g_lock_first[guest]]
            s.g_lock_first[guest] = (s.g_lock_first[guest] + 1) % LOCK_WAITERS
            s.g_lock_waits[guest] -= 1
            s.g_lock_next[guest] = following
            if b == 1:
                s.g_lock_owner[guest] = following
    return 0
