"""What doorbells, shadow buffers, and the controller's set-up and reset do to the state.

A part of the reducer: only `reduce.apply_event` calls the functions that begin with `apply_`. Shadow
buffers: NVMe 1.3, 5.7 and 7.13.
"""

from __future__ import annotations

import cython

if not cython.compiled:
    # isort: off
    # fmt: off
    from nvmeviz.log.kinds import (
        CQ_DOORBELL, CQ_EVENTIDX_READ, CQ_SHADOW, CQ_SHADOW_READ, CQ_STORE,
        CTRL_RESET, DBBUF_CONFIG, DOORBELL_MAPPED, DOORBELL_VCPU_WORKS, DRAINED, EVENTIDX_STORE,
        SQ_DOORBELL, SQ_EVENTIDX, SQ_EVENTIDX_READ, SQ_KICK, SQ_SHADOW, SQ_SHADOW_READ, SQ_STORE,
    )
    from nvmeviz.model.apply_actor import thread_turns_to, wake_thread
    from nvmeviz.model.ask import cq_has_room, wrapped
    from nvmeviz.model.layout import (
        DBBUF_NONE, DBBUF_ON, DBBUF_STALE, DBBUF_TAKEN, T_SHADOW_STORES,
    )
    from nvmeviz.model.state import MachineState

    # fmt: on
    # isort: on


def announced(s: MachineState, q: int, tail: int) -> int:
    """The driver has told everybody about its SQ tail, as it was then: in a measured run another vCPU
    may have gone on meanwhile.
    """
    if s.sq_unrung[q] != 0:
        s.sq_unrung[q] = wrapped(s.sq_tail[q] - tail + s.sq_size[q], s.sq_size[q])
        s.sq_announced[q] += 1
    s.sq_rung[q] = tail
    s.q_flush[q] = 0
    return 0


def apply_shadow(s: MachineState, kind: int, v: int, q: int, a: int, b: int) -> int:
    """The shared buffers, on either side."""
    if kind == SQ_SHADOW or kind == SQ_STORE:
        if kind == SQ_SHADOW:
            s.sq_shadow[q] = a
            s.totals[T_SHADOW_STORES] += 1
        if b != DRAINED:
            s.sq_stored[q] = a
            s.sq_shadow_old[q] = b
            announced(s, q, a)
    elif kind == SQ_EVENTIDX_READ:
        s.sq_seen[q] = a
        s.sq_verdict[q] = 1 + b
    elif kind == CQ_SHADOW or kind == CQ_STORE:
        if kind == CQ_SHADOW:
            s.cq_shadow[q] = a
            s.totals[T_SHADOW_STORES] += 1
        if b != DRAINED:
            s.cq_stored[q] = a
            s.cq_shadow_old[q] = b
            s.cq_unrung[q] = wrapped(s.cq_head[q] - a + s.cq_size[q], s.cq_size[q])
    elif kind == CQ_EVENTIDX_READ:
        s.cq_seen[q] = a
        s.cq_verdict[q] = 1 + b
    elif kind == SQ_SHADOW_READ:
        s.sq_known[q] = a
        s.sq_fresh[q] = 1
        thread_turns_to(s, v, q)
    elif kind == EVENTIDX_STORE:
        s.sq_armed[q] = a
    elif kind == SQ_EVENTIDX:
        s.sq_eventidx[q] = a
        if b != DRAINED:
            s.sq_armed[q] = a
    elif kind == CQ_SHADOW_READ:
        s.cq_known[q] = a
        s.cq_fresh[q] = 1
    else:  # CQ_EVENTIDX
        s.cq_eventidx[q] = a
    return 0


def apply_doorbell(s: MachineState, t: int, kind: int, q: int, a: int, b: int) -> int:
    """Registers written, or the eventfds behind them signalled."""
    w = s.q_thread[q]
    if kind == SQ_DOORBELL:
        s.sq_db[q] = a
        announced(s, q, a)
        if b == DOORBELL_MAPPED:
            return 0  # the controller sees it when it polls
        s.sq_known[q] = a
        s.sq_fresh[q] = 0
        s.sq_kick_pass[q] = s.thr_pass[w]
        if b == DOORBELL_VCPU_WORKS:
            s.vcpu_handling[s.q_vcpu[q]] = 1
        wake_thread(s, w, t)
    elif kind == SQ_KICK:
        s.sq_fresh[q] = 0
        s.sq_kick_pass[q] = s.thr_pass[w]
        wake_thread(s, w, t)
    elif kind == CQ_DOORBELL:
        s.cq_db[q] = a
        s.cq_unrung[q] = wrapped(s.cq_head[q] - a + s.cq_size[q], s.cq_size[q])
        if b == DOORBELL_MAPPED:
            return 0
        if not cq_has_room(s, q):
            wake_thread(s, w, t)  # completions waited for it
        s.cq_known[q] = a
    else:  # CQ_KICK
        s.cq_fresh[q] = 0
        if not cq_has_room(s, q):
            wake_thread(s, w, t)
    return 0


def apply_controller(s: MachineState, t: int, kind: int, v: int, q: int, a: int, b: int) -> int:
    """The controller takes the shadow buffers over, or is reset and loses them."""
    guest = s.q_guest[q]
    if kind == CTRL_RESET:
        s.g_quiesce[guest] = 0
        s.g_ready[guest] = 0
    if kind == DBBUF_CONFIG:
        s.g_dbbuf[guest] = DBBUF_TAKEN
    elif s.g_dbbuf[guest] == DBBUF_ON and a:
        s.g_dbbuf[guest] = DBBUF_STALE
    else:
        s.g_dbbuf[guest] = DBBUF_NONE
    for i in range(s.queues):
        if s.q_guest[i] != guest or s.q_admin[i]:
            continue
        if kind == CTRL_RESET:
            s.sq_tail[i] = 0
            s.sq_head[i] = 0
            s.sq_db[i] = 0
            s.sq_rung[i] = 0
            s.sq_known[i] = 0
            s.sq_unrung[i] = 0
            s.cq_tail[i] = 0
            s.cq_head[i] = 0
            s.cq_phase[i] = 1
            s.cq_db[i] = 0
            s.cq_known[i] = 0
            s.cq_unrung[i] = 0
            s.cq_unsignalled[i] = 0
            s.cq_held[i] = 0
            s.cq_signals[i] += 1  # timers of coalescing become void
            if a:  # a driver that forgets leaves the old values in the buffers
                continue
        s.sq_stored[i] = s.sq_tail[i]
        s.sq_shadow[i] = s.sq_tail[i]
        s.sq_eventidx[i] = a if kind == DBBUF_CONFIG else 0
        s.sq_armed[i] = s.sq_eventidx[i]
        s.sq_fresh[i] = 0
        s.cq_stored[i] = s.cq_head[i]
        s.cq_shadow[i] = s.cq_head[i]
        s.cq_eventidx[i] = b if kind == DBBUF_CONFIG else 0
        s.cq_fresh[i] = 0
    return 0
