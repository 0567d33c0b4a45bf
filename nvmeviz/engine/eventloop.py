"""What a thread with an event loop decides: QEMU's main loop and IOThreads, one pass after another.

A pass of the main loop begins when the thread has the big lock; what was scheduled before it began is
its work: bottom halves that complete requests of a null backend, completion queues to post, submission
queues that were rung. What they schedule in turn waits for the next pass. Then the lock goes, and the
loop looks whether anything is left: at once, after a timer, or asleep until somebody writes its
eventfd. Sources: QEMU util/main-loop.c, util/async.c (aio_bh_poll), hw/nvme/ctrl.c.
"""

from __future__ import annotations

import cython

if not cython.compiled:
    # isort: off
    # fmt: off
    from nvmeviz.engine.choices import (
        PATH_IOEVENTFD, THREAD_MAIN_LOOP, THREAD_POLL_LOOP,
    )
    from nvmeviz.engine.plan import Plan, completes_at_once, schedule
    from nvmeviz.engine.steps import fetch, first_not_done, poll, post
    from nvmeviz.log.kinds import (
        BY_THREAD, CTRL_SLEEP, DEV_DONE, IRQ_RAISE, LOCK_RELEASE, LOCK_TAKE, LOOP_PASS,
        SQ_SHADOW_READ,
    )
    from nvmeviz.model.ask import controller_uses_shadow, cq_may_have_room
    from nvmeviz.model.state import MachineState

    # fmt: on
    # isort: on


def start_pass(p: Plan, s: MachineState, w: int, t: int, wait_ns: int) -> int:
    """Plan the next pass of thread w; wait_ns: what the loop does before it."""
    q = max(0, s.thr_first[w])
    if p.thr_kind[w] == THREAD_MAIN_LOOP:
        return schedule(p, t, wait_ns, LOCK_TAKE, w, q, 0, BY_THREAD, 0)
    return schedule(p, t, p.iothread_pass_ns, LOOP_PASS, w, q, 0, 0, 0)


def pass_begins(p: Plan, s: MachineState, w: int, q: int, t: int) -> int:
    """The main loop has the lock: its fixed work comes first."""
    return schedule(p, t, p.loop_locked_ns, LOOP_PASS, w, q, 0, 0, 0)


def pass_next(p: Plan, s: MachineState, w: int, t: int) -> int:
    """The next step of a pass: bottom halves, completion queues, interrupts, submission queues."""
    first = s.thr_first[w]
    q = first
    while q >= 0:
        if s.q_done[q] < s.q_bh_limit[q] and completes_at_once(p, q):
            return schedule(p, t, p.bh_ns, DEV_DONE, w, q, first_not_done(s, q), 0, 0)
        q = s.q_next_w[q]
        if q == first:
            break
    while q >= 0:
        limit = s.q_post_limit[q]
        if p.irq_each and completes_at_once(p, q):
            limit = s.q_done[q]  # posted from the bottom half; a device's wait for the next pass
        if s.q_completed[q] < limit and post(p, s, w, q, t):
            return 0
        q = s.q_next_w[q]
        if q == first:
            break
    while q >= 0:
        if s.cq_unsignalled[q] != 0 and s.cq_held[q] == 0:
            return schedule(p, t, p.msi_ns, IRQ_RAISE, w, q, 0, q, 0)
        q = s.q_next_w[q]
        if q == first:
            break
    while q >= 0:
        if s.sq_serving[q] == s.thr_pass[w]:
            if s.sq_fresh[q] == 0 and controller_uses_shadow(s, q):
                return schedule(p, t, p.shared_ns, SQ_SHADOW_READ, w, q, 0, 0, 0)
            if s.sq_head[q] != s.sq_known[q]:
                return fetch(p, s, w, q, t, 0)
        q = s.q_next_w[q]
        if q == first:
            break
    if p.thr_kind[w] == THREAD_MAIN_LOOP:
        return schedule(p, t, 0, LOCK_RELEASE, w, max(0, first), 0, BY_THREAD, 0)
    if p.thr_kind[w] == THREAD_POLL_LOOP:
        return poll(p, s, w, t)
    return pass_over(p, s, w, t)


def pass_over(p: Plan, s: MachineState, w: int, t: int) -> int:
    """A pass is over: the next one at once when something was scheduled meanwhile, else rest."""
    timers = 0
    first = s.thr_first[w]
    q = first
    while q >= 0:
        if s.q_done[q] != s.q_fetched[q] and completes_at_once(p, q):
            return start_pass(p, s, w, t, p.loop_ns)
        if p.way == PATH_IOEVENTFD and s.sq_kick_pass[q] == s.thr_pass[w]:
            # Its eventfd is signalled, though what it stands for may have been done already.
            return start_pass(p, s, w, t, p.loop_ns)
        if is_due(s, w, q):
            if not p.timers:
                return start_pass(p, s, w, t, p.loop_ns)
            timers += 1
        q = s.q_next_w[q]
        if q == first:
            break
    return schedule(p, t, p.loop_ns, CTRL_SLEEP, w, max(0, first), 0, 1 if timers else 0, 0)


def is_due(s: MachineState, w: int, q: int) -> bool:
    """True when queue q has completions to post, or was rung during this pass of thread w."""
    if s.q_completed[q] != s.q_done[q] and cq_may_have_room(s, q):
        return True
    if s.sq_head[q] != s.sq_known[q]:
        return True
    return (
        s.sq_kick_pass[q] == s.thr_pass[w] and s.sq_fresh[q] == 0 and controller_uses_shadow(s, q)
    )
