"""The loop: pop, resolve, apply, log, decide. One popped entry is one logged event.

Compiled, the loop runs without the GIL, so a worker thread can simulate while the window paints.
The same text runs plain, slower. Nothing is logged ahead of its time: an event that *reads*
something (a poll, a shadow, EventIdx) learns the value when it is popped, so the race between a
store and a read lives between two events.
"""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING, Any

import cython

if TYPE_CHECKING:
    from numpy.typing import NDArray

if not cython.compiled:
    # isort: off
    # fmt: off
    from nvmeviz.engine.calendar import Calendar
    from nvmeviz.engine.choices import (
        MAX_U4, PATH_MAPPED, SLEEP_NEVER, THREAD_POLL_LOOP,
    )
    from nvmeviz.engine.controller import (
        decide_controller, decide_device, queues_with_news, thread_next,
    )
    from nvmeviz.engine.driver import decide_guest, decide_store, rings
    from nvmeviz.engine.eventloop import pass_begins, pass_over
    from nvmeviz.engine.plan import Plan, cqe_word, schedule_at
    from nvmeviz.engine.vmm import decide_vmm, lock_released
    from nvmeviz.log.kinds import (
        BATCH_TIMER, BY_THREAD, CQ_DOORBELL, CQ_EVENTIDX_READ, CQ_KICK, CQ_POST, CQ_REAP, CQ_SHADOW,
        CQ_SHADOW_READ, CQ_STORE, CTRL_POLL, CTRL_RESET, CTRL_SLEEP, CTRL_WAKE, DEV_DONE,
        DEV_START, GUEST_READY, IRQ_ENTER, IRQ_EXIT, IRQ_TIMER, LOCK_RELEASE, LOCK_TAKE,
        LOCK_WAIT, LOOP_PASS, REQUEST, RESET_DUE, SQ_DOORBELL, SQ_EVENTIDX_READ, SQ_KICK, SQ_POST,
        SQ_SHADOW, SQ_SHADOW_READ, SQ_STORE, VCPU_HALT, VCPU_POLL, VCPU_WAKE, VM_ENTRY, VM_EXIT,
    )
    from nvmeviz.model.layout import LOCK_FREE, THREAD_ACTOR
    from nvmeviz.model.ask import waits_for_thread
    from nvmeviz.model.reduce import apply_event
    from nvmeviz.model.state import MachineState

    # fmt: on
    # isort: on

COMPILED = bool(cython.compiled)
_PACK = Struct("<qqIIHHBBH").pack_into


def _resolve(p: Plan, s: MachineState, c: Calendar) -> int:
    """Let the popped event read what it reads; returns 0 when it has become void."""
    kind = c.kind
    q = c.q
    if kind == SQ_EVENTIDX_READ:
        c.a = s.sq_eventidx[q]
        c.b = rings(p, c.a, s.sq_stored[q], s.sq_shadow_old[q])
    elif kind == CQ_EVENTIDX_READ:
        c.a = s.cq_eventidx[q]
        c.b = rings(p, c.a, s.cq_stored[q], s.cq_shadow_old[q])
    elif kind == SQ_SHADOW_READ:
        c.a = s.sq_db[q] if p.way == PATH_MAPPED else s.sq_shadow[q]
    elif kind == CQ_SHADOW_READ:
        c.a = s.cq_db[q] if p.way == PATH_MAPPED else s.cq_shadow[q]
    elif kind == CTRL_POLL:
        c.a = queues_with_news(p, s, c.v)
    elif kind == CQ_POST:
        c.b = cqe_word(p, s, q)
    elif kind == CQ_REAP:
        c.b = min(c.t - s.cmd_post_ns[s.q_base[q] + c.cid], MAX_U4)
    elif kind == VM_ENTRY:
        c.b = min(c.t - s.vcpu_left[c.v], MAX_U4)
    elif kind == LOCK_TAKE:
        owner = s.g_lock_owner[s.q_guest[q]]
        mine = c.v + THREAD_ACTOR if c.a == BY_THREAD else c.v
        if owner != LOCK_FREE and owner != mine:
            c.kind = LOCK_WAIT
    elif kind == LOCK_RELEASE:
        if s.g_lock_waits[s.q_guest[q]] > 0:
            c.b = 2 if p.barging else 1
    elif kind == CTRL_SLEEP:
        return _resolve_sleep(s, c)
    elif kind == BATCH_TIMER:
        if (s.sq_announced[q] & MAX_U4) != c.b or s.sq_unrung[q] == 0:
            return 0
        c.a = s.sq_unrung[q]
    elif kind == IRQ_TIMER:
        if s.cq_signals[q] != c.b or s.cq_unsignalled[q] == 0:
            return 0
        c.a = s.cq_unsignalled[q]
        c.b = 0
    elif kind == REQUEST:
        c.a = (s.q_requests[q] + 1) & MAX_U4
    elif kind == LOOP_PASS:
        c.a = (s.thr_pass[c.v] + 1) & MAX_U4
    return 1


def _resolve_sleep(s: MachineState, c: Calendar) -> int:
    """Whether vCPUs wait for the thread that goes to sleep."""
    first = s.thr_first[c.v]
    i = first
    while i >= 0:
        if waits_for_thread(s, i):
            c.b = 1
        i = s.q_next_w[i]
        if i == first:
            break
    return 1


def _decide(p: Plan, s: MachineState, c: Calendar) -> int:
    """Schedule what follows from the event in `c`, which has been applied."""
    kind = c.kind
    if kind in (
        SQ_POST,
        CQ_REAP,
        IRQ_ENTER,
        IRQ_EXIT,
        VCPU_HALT,
        VCPU_POLL,
        VCPU_WAKE,
        BATCH_TIMER,
        REQUEST,
        GUEST_READY,
        RESET_DUE,
    ):
        return decide_guest(p, s, c.t, kind, c.v, c.q, c.a, c.b)
    if kind in (SQ_SHADOW, SQ_STORE, SQ_EVENTIDX_READ, CQ_SHADOW, CQ_STORE, CQ_EVENTIDX_READ):
        return decide_store(p, s, c.t, kind, c.v, c.q, c.a, c.b)
    if kind in (VM_EXIT, VM_ENTRY, SQ_DOORBELL, CQ_DOORBELL, SQ_KICK, CQ_KICK, CTRL_RESET):
        return decide_vmm(p, s, c.t, kind, c.v, c.q, c.a, c.b)
    if kind in (LOCK_TAKE, LOCK_WAIT, LOCK_RELEASE):
        if kind == LOCK_WAIT:
            return 0
        if c.a != BY_THREAD:
            return decide_vmm(p, s, c.t, kind, c.v, c.q, c.a, c.b)
        if kind == LOCK_TAKE:
            return pass_begins(p, s, c.v, c.q, c.t)
        lock_released(p, s, c.q, c.t)
        return pass_over(p, s, c.v, c.t)
    if kind in (DEV_START, DEV_DONE):
        return decide_device(p, s, c.t, kind, c.v, c.q, c.cid, c.a, c.b)
    if kind == LOOP_PASS:
        return thread_next(p, s, c.v, c.t)
    return decide_controller(p, s, c.t, kind, c.v, c.q, c.cid, c.a, c.b)


def _loop(p: Plan, s: MachineState, c: Calendar, rows: Any, until_ns: int, limit: int) -> int:
    n = 0
    while n < limit and c.n > 0 and c.next_t() <= until_ns:
        c.pop()
        if not _resolve(p, s, c):
            continue
        apply_event(s, c.t, c.kind, c.v, c.q, c.cid, c.a, c.b)
        if cython.compiled:
            rows[n].t = c.t
            rows[n].cause = c.cause
            rows[n].a = c.a
            rows[n].b = c.b
            rows[n].qid = c.q
            rows[n].cid = c.cid
            rows[n].kind = c.kind
            rows[n].vcpu = c.v
            rows[n].flags = 0
        else:
            _PACK(rows, n * 32, c.t, c.cause, c.a, c.b, c.q, c.cid, c.kind, c.v, 0)
        n += 1
        _decide(p, s, c)
    return n


def _run(p: Plan, rows: Any, until_ns: int, limit: int) -> int:
    s = p.state
    c = p.calendar
    with cython.nogil:
        n = _loop(p, s, c, rows, until_ns, limit)
    return n


def start(p: Plan) -> None:
    """Plan the first step of every guest and of every thread that never sleeps, at t = 0."""
    s = p.state
    for guest in range(s.guests):
        v = s.g_vcpu[guest]
        schedule_at(p, 0, VCPU_WAKE, v, max(0, s.v_first[v]), 0, 0)
    if p.sleep == SLEEP_NEVER:
        for w in range(s.threads):
            if p.thr_kind[w] >= THREAD_POLL_LOOP:
                schedule_at(p, 0, CTRL_WAKE, w, max(0, s.thr_first[w]), 0, 0)
    if p.reset_at_ns > 0:
        schedule_at(p, p.reset_at_ns, RESET_DUE, s.g_vcpu[0], s.g_admin[0], 0, 0)


def advance(p: Plan, rows: NDArray[Any], until_ns: int) -> int:
    """Simulate up to and including `until_ns`, or until `rows` (log.events.EVENT) is full.

    Returns the number of events written to the front of `rows`.
    """
    plain: Any = rows  # a buffer, which numpy's stubs don't say
    target: Any = rows if COMPILED else memoryview(plain).cast("B")
    return _run(p, target, until_ns, len(rows))
