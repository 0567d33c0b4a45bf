"""`apply_event`, the one function that changes machine state, and `fold`, which applies many.

Engine, time travel and imported traces all go through here, so `state == fold(log)` by
construction. It never raises on an event of the right dtype: what makes no sense (a queue that is
not there) is counted in `totals[T_IGNORED]`. It knows what an event *means*; who schedules it is
the engine's matter. Rings: NVMe Base 2.1, 3.3; shadow buffers: NVMe 1.3, 5.7 and 7.13.
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
        BATCH_TIMER, CQ_DOORBELL, CQ_EVENTIDX, CQ_EVENTIDX_READ, CQ_POST, CQ_REAP, CQ_SHADOW,
        CQ_SHADOW_READ, CTRL_POLL, CTRL_SLEEP, CTRL_WAKE, DEV_DONE, DEV_START, EXIT_CQ_DOORBELL,
        EXIT_SQ_DOORBELL, IRQ_ENTER, IRQ_EXIT, IRQ_RAISE, SQ_DOORBELL, SQ_EVENTIDX,
        SQ_EVENTIDX_READ, SQ_FETCH, SQ_POST, SQ_SHADOW, SQ_SHADOW_READ, VCPU_HALT, VCPU_WAKE,
        VM_ENTRY, VM_EXIT,
    )
    from nvmeviz.model.layout import (
        CMD_COMPLETED, CMD_DONE, CMD_FETCHED, CMD_FREE, CMD_IN_DEVICE, CMD_WRITTEN, T_CQ_EXITS,
        T_DEV_BOUND, T_DEV_WAIT_COUNT, T_DEV_WAIT_FIRST, T_EVENTS, T_EXIT_NS, T_FETCHED,
        T_HALT_NS, T_IGNORED, T_IRQS, T_LATENCY_NS, T_NOW_NS, T_POLL_HITS, T_POLLS, T_POSTED,
        T_REAPED, T_SHADOW_STORES, T_SQ_EXITS, T_WAKES, THR_ASLEEP, THR_POLLING, THR_WAKING,
        THR_WORKING, VCPU_EXITED, VCPU_GUEST, VCPU_HALTED, VCPU_IRQ, VCPU_WAKING,
    )

    # fmt: on
    # isort: on
    from nvmeviz.model.state import MachineState


def thread_has_work(s: MachineState, w: int) -> bool:
    """True when thread w knows of an SQE to fetch, a command to complete or an interrupt to
    raise.
    """
    for q in range(s.queues):
        if s.q_thread[q] == w and (
            s.sq_head[q] != s.sq_known[q]
            or s.q_done[q] != s.q_completed[q]
            or s.cq_unsignalled[q] != 0
        ):
            return True
    return False


def _wrapped(index: int, size: int) -> int:
    """`index % size` without the division, which is dear, where it is not needed."""
    return index if index < size else index % size


def _wake_thread(s: MachineState, w: int, t: int) -> int:
    if s.thr_act[w] == THR_ASLEEP:
        s.thr_act[w] = THR_WAKING
        s.thr_since[w] = t
        s.thr_kick[w] = s.totals[T_EVENTS]
    return 0


def _wake_vcpu(s: MachineState, v: int, t: int) -> int:
    if s.vcpu_act[v] == VCPU_HALTED:
        s.totals[T_HALT_NS] += t - s.vcpu_since[v]
        s.vcpu_act[v] = VCPU_WAKING
        s.vcpu_since[v] = t
        s.vcpu_kick[v] = s.totals[T_EVENTS]
    return 0


def _vcpu_does(s: MachineState, v: int, act: int, t: int) -> int:
    if s.vcpu_act[v] != act:
        s.vcpu_act[v] = act
        s.vcpu_since[v] = t
    return 0


def _bind_channel(s: MachineState, c: int) -> int:
    """Give command c a free device channel, or let it wait for one."""
    commands = s.queues * s.tags
    for chan in range(s.channels):
        if s.chan_cmd[chan] < 0:
            s.chan_cmd[chan] = c
            s.cmd_chan[c] = chan
            return 0
    if s.totals[T_DEV_WAIT_COUNT] < commands:
        last = s.totals[T_DEV_WAIT_FIRST] + s.totals[T_DEV_WAIT_COUNT]
        s.dev_wait[last % commands] = c
        s.totals[T_DEV_WAIT_COUNT] += 1
    return 0


def _leave_channel(s: MachineState, c: int) -> int:
    """Free the channel of command c and bind the longest waiting command to it."""
    chan = s.cmd_chan[c]
    commands = s.queues * s.tags
    s.cmd_chan[c] = -1
    if chan < 0 or s.channels == 0:
        return 0
    s.chan_cmd[chan] = -1
    if s.totals[T_DEV_WAIT_COUNT] > 0:
        waiting = s.dev_wait[s.totals[T_DEV_WAIT_FIRST]]
        s.totals[T_DEV_WAIT_FIRST] = (s.totals[T_DEV_WAIT_FIRST] + 1) % commands
        s.totals[T_DEV_WAIT_COUNT] -= 1
        s.chan_cmd[chan] = waiting
        s.cmd_chan[waiting] = chan
        s.totals[T_DEV_BOUND] = waiting
    return 0


def _apply_command(
    s: MachineState, t: int, kind: int, v: int, q: int, cid: int, a: int, b: int
) -> int:
    """The events in the life of one command."""
    c = q * s.tags + _wrapped(cid, s.tags)
    tags = s.tags
    w = s.q_thread[q]
    if kind == SQ_POST:
        if s.cmd_state[c] == CMD_FREE:
            s.q_inflight[q] += 1
        s.cmd_state[c] = CMD_WRITTEN
        s.cmd_slot[c] = a
        s.cmd_post_ns[c] = t
        s.cmd_seq[c] = s.q_posted[q]
        s.sqe_cid[q * tags + s.q_posted[q] % tags] = cid
        s.sq_tail[q] = _wrapped(a + 1, s.sq_size[q])
        s.sq_unrung[q] += 1
        s.q_next_tag[q] = _wrapped(cid + 1, tags)
        s.q_posted[q] += 1
        s.totals[T_POSTED] += 1
        _vcpu_does(s, v, VCPU_GUEST, t)
    elif kind == SQ_FETCH:
        s.cmd_state[c] = CMD_FETCHED
        s.sq_head[q] = _wrapped(a + 1, s.sq_size[q])
        s.q_fetched[q] += 1
        s.totals[T_FETCHED] += 1
        s.thr_queue[v] = q
        s.thr_burst[v] += 1
        if s.channels > 0:
            _bind_channel(s, c)
    elif kind == DEV_START:
        s.cmd_state[c] = CMD_IN_DEVICE
        if a < s.channels:
            s.chan_since[a] = t
    elif kind == DEV_DONE:
        s.cmd_state[c] = CMD_DONE
        s.done_cid[q * tags + s.q_done[q] % tags] = cid
        s.q_done[q] += 1
        s.totals[T_DEV_BOUND] = -1
        _leave_channel(s, c)
        _wake_thread(s, w, t)
    elif kind == CQ_POST:
        s.cmd_state[c] = CMD_COMPLETED
        s.cmd_cq_slot[c] = a
        s.cqe_cid[q * tags + s.q_completed[q] % tags] = cid
        s.q_completed[q] += 1
        s.cq_tail[q] = _wrapped(a + 1, s.cq_size[q])
        if s.cq_tail[q] == 0:
            s.cq_phase[q] ^= 1
        s.cq_unsignalled[q] += 1
        s.cq_fresh[q] = 0
        s.thr_queue[v] = q
        s.thr_burst[v] = 0
    else:  # CQ_REAP
        if s.cmd_state[c] != CMD_FREE:
            s.q_inflight[q] -= 1
        s.cmd_state[c] = CMD_FREE
        s.cq_head[q] = _wrapped(a + 1, s.cq_size[q])
        s.cq_unrung[q] += 1
        s.q_reaped[q] += 1
        s.totals[T_REAPED] += 1
        s.totals[T_LATENCY_NS] += b
    return 0


def _apply_doorbell(s: MachineState, t: int, kind: int, v: int, q: int, a: int, b: int) -> int:
    """Registers and both shared buffers, on either side."""
    if kind == SQ_SHADOW:
        s.sq_shadow_old[q] = s.sq_shadow[q]
        s.sq_shadow[q] = a
        s.sq_rung[q] = a
        s.sq_unrung[q] = 0
        s.sq_announced[q] += 1
        s.totals[T_SHADOW_STORES] += 1
    elif kind == SQ_EVENTIDX_READ:
        s.sq_seen[q] = a
        s.sq_verdict[q] = 1 + b
    elif kind == CQ_SHADOW:
        s.cq_shadow_old[q] = s.cq_shadow[q]
        s.cq_shadow[q] = a
        s.cq_unrung[q] = 0
        s.totals[T_SHADOW_STORES] += 1
    elif kind == CQ_EVENTIDX_READ:
        s.cq_seen[q] = a
        s.cq_verdict[q] = 1 + b
    elif kind == SQ_DOORBELL:
        s.sq_db[q] = a
        s.sq_known[q] = a
        if s.sq_unrung[q] != 0:
            s.sq_unrung[q] = 0
            s.sq_announced[q] += 1
        s.sq_rung[q] = a
        s.sq_fresh[q] = 0
        s.vcpu_handling[s.q_vcpu[q]] = b
        _wake_thread(s, s.q_thread[q], t)
    elif kind == CQ_DOORBELL:
        s.cq_db[q] = a
        s.cq_known[q] = a
        s.cq_unrung[q] = 0
    elif kind == SQ_SHADOW_READ:
        s.sq_known[q] = a
        s.sq_fresh[q] = 1
        s.thr_queue[v] = q
    elif kind == SQ_EVENTIDX:
        s.sq_eventidx[q] = a
        s.thr_armed[v] += b
    elif kind == CQ_SHADOW_READ:
        s.cq_known[q] = a
        s.cq_fresh[q] = 1
    else:  # CQ_EVENTIDX
        s.cq_eventidx[q] = a
    return 0


def _apply_vcpu(s: MachineState, t: int, kind: int, v: int, q: int, a: int, b: int) -> int:
    """A vCPU leaves, comes back, takes an interrupt, halts."""
    if kind == VM_EXIT:
        s.vcpu_exit_reason[v] = a
        s.vcpu_exit_queue[v] = q
        s.vcpu_exit_value[v] = b
        if a == EXIT_SQ_DOORBELL:
            s.sq_exits[q] += 1
            s.totals[T_SQ_EXITS] += 1
        elif a == EXIT_CQ_DOORBELL:
            s.cq_exits[q] += 1
            s.totals[T_CQ_EXITS] += 1
        _vcpu_does(s, v, VCPU_EXITED, t)
    elif kind == VM_ENTRY:
        s.vcpu_exit_ns[v] += b
        s.totals[T_EXIT_NS] += b
        if a == EXIT_SQ_DOORBELL:
            s.vcpu_flush[v] = 0
        _vcpu_does(s, v, VCPU_IRQ if s.vcpu_irq[v] else VCPU_GUEST, t)
    elif kind == IRQ_ENTER:
        s.vcpu_irq[v] = 1
        s.vcpu_pending[v] = 0
        _vcpu_does(s, v, VCPU_IRQ, t)
    elif kind == IRQ_EXIT:
        s.vcpu_irq[v] = 0
        _vcpu_does(s, v, VCPU_GUEST, t)
    elif kind == VCPU_HALT:
        _vcpu_does(s, v, VCPU_HALTED, t)
        # HLT with an interrupt pending does not sleep: the race between the last look and the halt.
        if s.vcpu_pending[v] or s.vcpu_flush[v]:
            _wake_vcpu(s, v, t)
    elif kind == VCPU_WAKE:
        _vcpu_does(s, v, VCPU_GUEST, t)
    else:  # BATCH_TIMER
        s.vcpu_flush[v] = 1
        _wake_vcpu(s, v, t)
    return 0


def _apply_thread(s: MachineState, t: int, kind: int, w: int, q: int, a: int, b: int) -> int:
    """A controller thread wakes, polls, sleeps, interrupts."""
    if kind == CTRL_WAKE:
        s.thr_act[w] = THR_WORKING
        s.thr_since[w] = t
        s.thr_burst[w] = 0
        s.thr_armed[w] = 0
        s.totals[T_WAKES] += 1
        if b:  # it looks at every queue, whatever woke it
            for i in range(s.queues):
                if s.q_thread[i] == w:
                    s.sq_fresh[i] = 0
    elif kind == CTRL_POLL:
        if s.thr_act[w] != THR_POLLING:
            s.thr_act[w] = THR_POLLING
            s.thr_since[w] = t
            s.thr_poll_since[w] = t
        s.thr_armed[w] = 0
        s.thr_burst[w] = 0
        s.thr_polls[w] += 1
        s.totals[T_POLLS] += 1
        if b:  # the sweep read the shadow tails
            for i in range(s.queues):
                if s.q_thread[i] == w:
                    s.sq_known[i] = s.sq_shadow[i]
        if a:
            s.thr_act[w] = THR_WORKING
            s.thr_since[w] = t
            s.totals[T_POLL_HITS] += 1
    elif kind == CTRL_SLEEP:
        s.thr_act[w] = THR_ASLEEP
        s.thr_since[w] = t
        s.thr_burst[w] = 0
        if b:  # the vCPUs that waited for its work go on
            for i in range(s.queues):
                if s.q_thread[i] == w:
                    s.vcpu_handling[s.q_vcpu[i]] = 0
        # A doorbell or a completion between the last look and the sleep leaves its eventfd
        # signalled.
        if thread_has_work(s, w):
            _wake_thread(s, w, t)
    else:  # IRQ_RAISE
        s.cq_unsignalled[q] = 0
        s.totals[T_IRQS] += 1
        i = s.q_vcpu[q]
        s.vcpu_pending[i] = 1
        s.vcpu_irq_queue[i] = q
        _wake_vcpu(s, i, t)
    return 0


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
            _apply_command(s, t, kind, v, q, cid, a, b)
    elif kind in (VM_EXIT, VM_ENTRY, IRQ_ENTER, IRQ_EXIT, VCPU_HALT, VCPU_WAKE, BATCH_TIMER):
        if v >= s.vcpus:
            s.totals[T_IGNORED] += 1
        else:
            _apply_vcpu(s, t, kind, v, q, a, b)
    elif kind in (CTRL_WAKE, CTRL_POLL, CTRL_SLEEP, IRQ_RAISE):
        if v >= s.threads:
            s.totals[T_IGNORED] += 1
        else:
            _apply_thread(s, t, kind, v, q, a, b)
    elif kind in (
        SQ_SHADOW,
        SQ_EVENTIDX_READ,
        CQ_SHADOW,
        CQ_EVENTIDX_READ,
        SQ_DOORBELL,
        CQ_DOORBELL,
        SQ_SHADOW_READ,
        SQ_EVENTIDX,
        CQ_SHADOW_READ,
        CQ_EVENTIDX,
    ):
        if kind in (SQ_SHADOW_READ, SQ_EVENTIDX) and v >= s.threads:
            s.totals[T_IGNORED] += 1
        else:
            _apply_doorbell(s, t, kind, v, q, a, b)
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
