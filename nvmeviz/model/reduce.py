"""`apply_event`, the one function that changes machine state, and `fold`, which applies many.

Engine, time travel and imported traces all go through here, so `state == fold(log)` by
construction. It never raises on an event of the right dtype: what makes no sense (a queue that is
not there) is counted in `totals[T_IGNORED]`. It knows what an event *means*; who schedules it is
the engine's matter. What each kind does stands in `apply_command`, `apply_queue` and `apply_actor`.
"""

from __future__ import annotations

from struct import iter_unpack
from typing import TYPE_CHECKING, Any

import cython

if TYPE_CHECKING:
    from numpy.typing import NDArray

if not cython.compiled:
    # isort: off
    # fmt: off
    from nvmeviz.log.kinds import (
        BATCH_TIMER, BY_THREAD, CQ_DOORBELL, CQ_EVENTIDX, CQ_EVENTIDX_READ, CQ_KICK, CQ_POST,
        CQ_REAP, CQ_SHADOW, CQ_SHADOW_READ, CQ_STORE, CTRL_POLL, CTRL_RESET, CTRL_SLEEP, CTRL_WAKE,
        DBBUF_CONFIG, DEV_DONE, DEV_START, EVENTIDX_STORE, GUEST_READY, IRQ_ENTER, IRQ_EXIT,
        IRQ_RAISE, IRQ_TIMER, LOCK_RELEASE, LOCK_TAKE, LOCK_WAIT, LOOP_PASS, REQUEST, RESET_DUE,
        SQ_DOORBELL, SQ_EVENTIDX, SQ_EVENTIDX_READ, SQ_FETCH, SQ_KICK, SQ_POST, SQ_SHADOW,
        SQ_SHADOW_READ, SQ_STORE, VCPU_HALT, VCPU_POLL, VCPU_WAKE, VM_ENTRY, VM_EXIT,
    )
    from nvmeviz.model.apply_actor import apply_interrupt, apply_lock, apply_thread, apply_vcpu
    from nvmeviz.model.apply_command import apply_command
    from nvmeviz.model.apply_queue import apply_controller, apply_doorbell, apply_shadow
    from nvmeviz.model.layout import (
        T_EVENTS, T_IGNORED, T_NOW_NS,
    )
    from nvmeviz.model.state import MachineState

    # fmt: on
    # isort: on


def apply_event(
    s: MachineState, t: int, kind: int, v: int, q: int, cid: int, a: int, b: int
) -> int:
    """Change the state by one event: t in ns, the other arguments as in `log.events.EVENT`.

    Indices beyond the topology make the event count as ignored. Returns 0.
    """
    s.totals[T_NOW_NS] = t
    s.totals[T_EVENTS] += 1
    if q >= s.queues:
        s.totals[T_IGNORED] += 1
        return 0
    if kind in (SQ_POST, SQ_FETCH, DEV_START, DEV_DONE, CQ_POST, CQ_REAP):
        if v >= (s.vcpus if kind in (SQ_POST, CQ_REAP) else s.threads):
            s.totals[T_IGNORED] += 1
        else:
            apply_command(s, t, kind, v, q, cid, a, b)
    elif kind in (
        VM_EXIT,
        VM_ENTRY,
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
        if v >= s.vcpus:
            s.totals[T_IGNORED] += 1
        else:
            apply_vcpu(s, t, kind, v, q, a, b)
    elif kind in (CTRL_WAKE, CTRL_POLL, CTRL_SLEEP, LOOP_PASS):
        if v >= s.threads:
            s.totals[T_IGNORED] += 1
        else:
            apply_thread(s, t, kind, v, q, a, b)
    elif kind in (SQ_DOORBELL, CQ_DOORBELL, SQ_KICK, CQ_KICK):
        apply_doorbell(s, t, kind, q, a, b)
    elif kind in (
        SQ_SHADOW,
        SQ_STORE,
        SQ_EVENTIDX_READ,
        CQ_SHADOW,
        CQ_STORE,
        CQ_EVENTIDX_READ,
        SQ_SHADOW_READ,
        EVENTIDX_STORE,
        SQ_EVENTIDX,
        CQ_SHADOW_READ,
        CQ_EVENTIDX,
    ):
        if kind in (SQ_SHADOW_READ, SQ_EVENTIDX, EVENTIDX_STORE) and v >= s.threads:
            s.totals[T_IGNORED] += 1
        else:
            apply_shadow(s, kind, v, q, a, b)
    elif kind in (IRQ_RAISE, IRQ_TIMER):
        if v >= s.threads:
            s.totals[T_IGNORED] += 1
        else:
            apply_interrupt(s, t, kind, q)
    elif kind in (LOCK_TAKE, LOCK_WAIT, LOCK_RELEASE):
        if v >= (s.threads if a == BY_THREAD else s.vcpus):
            s.totals[T_IGNORED] += 1
        else:
            apply_lock(s, t, kind, v, q, a, b)
    elif kind in (DBBUF_CONFIG, CTRL_RESET):
        apply_controller(s, t, kind, v, q, a, b)
    return 0


def fold(s: MachineState, events: NDArray[Any], start: int, stop: int) -> None:
    """Apply events[start:stop] in order; `events` is an array of `log.events.EVENT`."""
    if cython.compiled:
        fold_rows(s, events, start, stop)
    else:
        rows = iter_unpack("<qqIIHHBBH", events[start:stop].tobytes())
        for t, _cause, a, b, qid, cid, kind, vcpu, _flags in rows:
            apply_event(s, t, kind, vcpu, qid, cid, a, b)


def fold_rows(s: MachineState, rows: Any, start: int, stop: int) -> int:
    """`fold` over typed rows; only the compiled module can read them one by one."""
    with cython.nogil:
        for i in range(start, stop):
            apply_event(
                s,
                rows[i].t,
                rows[i].kind,
                rows[i].vcpu,
                rows[i].qid,
                rows[i].cid,
                rows[i].a,
                rows[i].b,
            )
    return 0
