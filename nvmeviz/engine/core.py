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
    from nvmeviz.engine.calendar import Calendar
    from nvmeviz.engine.choices import MAX_U4
    from nvmeviz.engine.controller import decide_controller, decide_device, queues_with_news
    from nvmeviz.engine.driver import decide_guest, rings, vcpu_next
    from nvmeviz.engine.plan import Plan
    from nvmeviz.log.kinds import (
        BATCH_TIMER,
        CQ_EVENTIDX_READ,
        CQ_REAP,
        CQ_SHADOW_READ,
        CTRL_POLL,
        CTRL_SLEEP,
        CTRL_WAKE,
        DEV_DONE,
        DEV_START,
        IRQ_RAISE,
        SQ_DOORBELL,
        SQ_EVENTIDX_READ,
        SQ_SHADOW_READ,
        VM_ENTRY,
    )
    from nvmeviz.model.layout import T_EVENTS
    from nvmeviz.model.reduce import apply_event
    from nvmeviz.model.state import MachineState

COMPILED = bool(cython.compiled)
_PACK = Struct("<qqIIHHBBH").pack_into


def _resolve(p: Plan, s: MachineState, c: Calendar) -> int:
    """Let the popped event read what it reads; returns 0 when it has become void."""
    kind = c.kind
    q = c.q
    if kind == SQ_EVENTIDX_READ:
        c.a = s.sq_eventidx[q]
        c.b = rings(p, c.a, s.sq_shadow[q], s.sq_shadow_old[q])
    elif kind == CQ_EVENTIDX_READ:
        c.a = s.cq_eventidx[q]
        c.b = rings(p, c.a, s.cq_shadow[q], s.cq_shadow_old[q])
    elif kind == SQ_SHADOW_READ:
        c.a = s.sq_shadow[q]
    elif kind == CQ_SHADOW_READ:
        c.a = s.cq_shadow[q]
    elif kind == CTRL_POLL:
        c.a = queues_with_news(p, s, c.v)
        c.b = p.uses_shadow
    elif kind == CQ_REAP:
        c.b = min(c.t - s.cmd_post_ns[q * s.tags + c.cid], MAX_U4)
    elif kind == VM_ENTRY:
        c.b = min(c.t - s.vcpu_since[c.v], MAX_U4)
    elif kind == CTRL_SLEEP:
        # One bit for each vCPU that waits for this thread to have done its work.
        c.b = 0
        for i in range(s.queues):
            if s.q_thread[i] == c.v and s.vcpu_handling[s.q_vcpu[i]]:
                c.b |= 1 << s.q_vcpu[i]
    elif kind == BATCH_TIMER:
        if (s.sq_announced[q] & MAX_U4) != c.b or s.sq_unrung[q] == 0:
            return 0
        c.a = s.sq_unrung[q]
    return 1


def _decide(p: Plan, s: MachineState, c: Calendar) -> int:
    """Schedule what follows from the event in `c`, which has been applied."""
    kind = c.kind
    if kind < SQ_DOORBELL:
        return decide_guest(p, s, c.t, kind, c.v, c.q, c.a, c.b)
    if kind < CTRL_WAKE:
        return decide_guest(p, s, c.t, kind, c.v, c.q, c.a, c.b)
    if kind in (DEV_START, DEV_DONE):
        return decide_device(p, s, c.t, kind, c.v, c.q, c.cid, c.a, c.b)
    if kind == IRQ_RAISE:
        v = s.q_vcpu[c.q]
        if s.vcpu_kick[v] == s.totals[T_EVENTS]:
            decide_guest(p, s, c.t, BATCH_TIMER, v, c.q, 0, 0)
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
    """Plan the first step of every vCPU, at t = 0."""
    for v in range(p.state.vcpus):
        vcpu_next(p, p.state, v, 0)


def advance(p: Plan, rows: NDArray[Any], until_ns: int) -> int:
    """Simulate up to and including `until_ns`, or until `rows` (log.events.EVENT) is full.

    Returns the number of events written to the front of `rows`.
    """
    plain: Any = rows  # a buffer, which numpy's stubs don't say
    target: Any = rows if COMPILED else memoryview(plain).cast("B")
    return _run(p, target, until_ns, len(rows))
