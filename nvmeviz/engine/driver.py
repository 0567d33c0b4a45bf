"""What the guest decides: its NVMe driver and the program above it, one vCPU at a time.

The order follows Linux drivers/nvme/host/pci.c (nvme_queue_rq, nvme_write_sq_db, nvme_irq,
nvme_dbbuf_set) under a fio-like program: submit `batch_submit` commands per system call, collect
completions, halt or poll when there is nothing to do. Interrupts are taken between steps. What a
trap leads to stands in `vmm`. Nothing here changes state.
"""

from __future__ import annotations

import cython

if not cython.compiled:
    # isort: off
    # fmt: off
    from nvmeviz.engine.choices import (
        ANNOUNCE_BATCH, MAX_U4, PATH_MAPPED, PATH_REGISTER, WORK_THINK,
    )
    from nvmeviz.engine.plan import (
        Plan, gap_to_request, is_open, schedule, schedule_at, what_next,
    )
    from nvmeviz.log.kinds import (
        BATCH_TIMER, CQ_DOORBELL, CQ_EVENTIDX_READ, CQ_REAP, CQ_SHADOW, CQ_STORE, DOORBELL_MAPPED,
        DRAINED, EXIT_CQ_DOORBELL, EXIT_INTERRUPT, EXIT_RESET, EXIT_SQ_DOORBELL, GUEST_READY,
        IRQ_ENTER, IRQ_EXIT, REQUEST, RESET_DUE, SQ_DOORBELL, SQ_EVENTIDX_READ, SQ_POST, SQ_SHADOW,
        SQ_STORE, VCPU_HALT, VCPU_POLL, VCPU_WAKE, VM_EXIT,
    )
    from nvmeviz.model.layout import CMD_FREE, DBBUF_NONE, T_EVENTS, VCPU_WAKING
    from nvmeviz.model.ask import driver_uses_shadow, guest_is_quiet
    from nvmeviz.model.state import MachineState

    # fmt: on
    # isort: on


def rings(p: Plan, eventidx: int, new: int, old: int) -> bool:
    """The EventIdx rule of the guest's driver; both forms are explained in `nvme.eventidx`."""
    if p.spec_rule:
        return ((new - eventidx) & 0xFFFF) <= ((new - old) & 0xFFFF)
    return ((new - eventidx - 1) & 0xFFFF) < ((new - old) & 0xFFFF)


# ---- submitting ----


def _wants(p: Plan, s: MachineState, q: int) -> bool:
    """True when a command may be submitted to an I/O queue now."""
    if s.q_inflight[q] >= p.limit[q]:
        return False
    return s.q_waiting[q] > 0 if is_open(p, q) else True


def _fills(p: Plan, s: MachineState, q: int) -> bool:
    """True when a program that polls submits first: fio and bdevperf reach their depth before they
    look for completions.
    """
    guest = s.q_guest[q]
    if s.q_admin[q] or s.g_ready[guest] == 0 or s.g_quiesce[guest]:
        return False
    return _wants(p, s, q)


def _sq_post(p: Plan, s: MachineState, v: int, q: int, t: int) -> int:
    """Plan the next SQE: the first free tag at or after the one tried last."""
    base = s.q_base[q]
    tag = s.q_next_tag[q]
    while s.cmd_state[base + tag] != CMD_FREE:
        tag += 1
        if tag == s.q_tags[q]:
            tag = 0
    what = p.opcode if s.q_admin[q] else what_next(p, q)
    return schedule(p, t, p.submit_ns, SQ_POST, v, q, tag, s.sq_tail[q], what)


def _sq_announce(p: Plan, s: MachineState, v: int, q: int, t: int) -> int:
    """SQEs are written: tell the controller, in the way of the mode."""
    if s.q_admin[q] == 0:
        if driver_uses_shadow(s, q):
            kind = SQ_SHADOW if p.guest_barrier else SQ_STORE
            return schedule(p, t, p.shadow_ns, kind, v, q, 0, s.sq_tail[q], s.sq_stored[q])
        if p.announce == ANNOUNCE_BATCH and s.sq_unrung[q] < p.batch and s.q_flush[q] == 0:
            return vcpu_next(p, s, v, t)
        if p.way == PATH_MAPPED:
            return schedule(p, t, p.mmio_ns, SQ_DOORBELL, v, q, 0, s.sq_tail[q], DOORBELL_MAPPED)
        if p.way == PATH_REGISTER:
            return schedule(p, t, p.mmio_ns, SQ_DOORBELL, v, q, 0, s.sq_tail[q], 0)
    return schedule(p, t, 0, VM_EXIT, v, q, 0, EXIT_SQ_DOORBELL, s.sq_tail[q])


def _sq_posted(p: Plan, s: MachineState, v: int, q: int, t: int) -> int:
    """After an SQE: fio queues `batch_submit` requests per io_submit; the driver announces at its
    end.
    """
    if s.q_admin[q] == 0 and s.sq_unrung[q] % p.batch_submit != 0 and _wants(p, s, q):
        return _sq_post(p, s, v, q, t)
    return _sq_announce(p, s, v, q, t)


def _first_submission(p: Plan, s: MachineState, v: int, q: int, t: int) -> int:
    """After the first SQE of a batch: its time limit starts. `b` makes the timer void once the
    batch has been rung.
    """
    number = s.sq_announced[q] & MAX_U4
    return schedule_at(p, t + p.batch_limit_ns, BATCH_TIMER, v, q, 0, number)


# ---- completions ----


def handler_end(p: Plan, s: MachineState, v: int, q: int, t: int) -> int:
    """Everything visible is reaped and announced: back to what was interrupted."""
    if s.vcpu_irq[v]:
        return schedule(p, t, p.irq_ns >> 1, IRQ_EXIT, v, q, 0, q, 0)
    return vcpu_next(p, s, v, t)


def _cq_announce(p: Plan, s: MachineState, v: int, q: int, t: int) -> int:
    """CQEs are reaped: tell the controller the new head, in the way of the mode. q: the CQ."""
    if s.cq_unrung[q] == 0:
        return handler_end(p, s, v, q, t)
    if s.q_admin[q] == 0:
        if driver_uses_shadow(s, q):
            kind = CQ_SHADOW if p.guest_barrier else CQ_STORE
            return schedule(p, t, p.shadow_ns, kind, v, q, 0, s.cq_head[q], s.cq_stored[q])
        if p.announce == ANNOUNCE_BATCH and s.cq_unrung[q] < p.cq_batch[q]:
            return handler_end(p, s, v, q, t)
        if p.way == PATH_MAPPED:
            return schedule(p, t, p.mmio_ns, CQ_DOORBELL, v, q, 0, s.cq_head[q], DOORBELL_MAPPED)
        if p.way == PATH_REGISTER:
            return schedule(p, t, p.mmio_ns, CQ_DOORBELL, v, q, 0, s.cq_head[q], 0)
    return schedule(p, t, 0, VM_EXIT, v, q, 0, EXIT_CQ_DOORBELL, s.cq_head[q])


def _cq_reap(p: Plan, s: MachineState, v: int, q: int, t: int) -> int:
    """The next CQE whose phase is new, or the end of the scan. q: the CQ."""
    if s.cq_taken[q] == s.cq_posted[q]:
        return _cq_announce(p, s, v, q, t)
    entry = s.cqe_cid[s.q_base[q] + s.cq_taken[q] % s.cq_room[q]]
    return schedule(p, t, p.reap_ns, CQ_REAP, v, entry >> 16, entry & 0xFFFF, s.cq_head[q], 0)


def _take_interrupt(p: Plan, s: MachineState, v: int, t: int, woken: bool) -> int:
    """An interrupt waits: into its handler, through the host when that takes it first. woken: it
    came with the wake-up of a halted vCPU.
    """
    q = s.v_first[v]
    while s.cq_pending[q] == 0:
        q = s.q_next_v[q]
        if q == s.v_first[v]:
            break
    if woken:
        return schedule(p, t, p.irq_ns >> 1, IRQ_ENTER, v, q, 0, q, 0)
    if p.irq_traps:
        return schedule(p, t, 0, VM_EXIT, v, q, 0, EXIT_INTERRUPT, q)
    kick_ns = p.irq_kick_ns if s.vcpu_kicked[v] else 0
    return schedule(p, t, (p.irq_ns >> 1) + kick_ns, IRQ_ENTER, v, q, 0, q, 0)


def wake_vcpu(p: Plan, s: MachineState, v: int, q: int, t: int) -> int:
    """Plan the wake-up of a vCPU that the event applied last has woken, if it has."""
    if s.vcpu_act[v] != VCPU_WAKING or s.vcpu_kick[v] != s.totals[T_EVENTS]:
        return 0
    cost_ns = p.halt_wake_ns + p.resched_ns
    if p.guest_polls:
        cost_ns = p.guest_poll_ns
    elif s.vcpu_slept_ns[v] <= p.halt_poll_ns and p.halt_poll_ns > 0:
        cost_ns = p.poll_wake_ns + p.resched_ns
    if p.irq_traps:
        cost_ns += p.forward_ns
    return schedule(p, t, cost_ns, VCPU_WAKE, v, q, 0, 0, 0)


# ---- one step after the other ----


def _setup_next(p: Plan, s: MachineState, v: int, t: int) -> int:
    """Before I/O: the guest's first vCPU hands the shadow buffers over, if the mode has any."""
    guest = s.v_guest[v]
    admin = s.g_admin[guest]
    if v != s.g_vcpu[guest] or s.q_inflight[admin] > 0:
        return _idle(p, s, v, t)
    if p.opcode and s.g_dbbuf[guest] == DBBUF_NONE and not p.g_plain[guest]:
        return _sq_post(p, s, v, admin, t)
    return schedule(p, t, 0, GUEST_READY, v, admin, 0, 0, 0)


def _idle(p: Plan, s: MachineState, v: int, t: int) -> int:
    """Nothing to do: poll the CQ, or block and halt."""
    q = s.v_first[v] if s.v_first[v] >= 0 else s.g_admin[s.v_guest[v]]
    if p.guest_polls:
        return schedule(p, t, 0, VCPU_POLL, v, q, 0, 0, 0)
    return schedule(p, t, p.block_ns, VCPU_HALT, v, q, 0, 0, 0)


def vcpu_next(p: Plan, s: MachineState, v: int, t: int) -> int:
    """The vCPU has finished a step: interrupt first, then doorbells that are due, then work, else
    idle.
    """
    if s.vcpu_pending[v] > 0:
        return _take_interrupt(p, s, v, t, False)
    first = s.v_first[v]
    q = first
    while q >= 0:
        if s.sq_unrung[q] > 0:
            if p.announce != ANNOUNCE_BATCH or s.q_admin[q]:
                return _sq_posted(p, s, v, q, t)  # an interrupt came between SQE and doorbell
            if s.q_flush[q]:
                return _sq_announce(p, s, v, q, t)
        if p.guest_polls and s.cq_taken[q] != s.cq_posted[q] and not _fills(p, s, q):
            return _cq_reap(p, s, v, q, t)
        q = s.q_next_v[q]
        if q == first:
            break
    guest = s.v_guest[v]
    if s.g_ready[guest] == 0:
        return _setup_next(p, s, v, t)
    if s.g_quiesce[guest]:
        if v == s.g_vcpu[guest] and guest_is_quiet(s, v):
            return schedule(p, t, 0, VM_EXIT, v, s.g_admin[guest], 0, EXIT_RESET, 0)
        return _idle(p, s, v, t)
    if first >= 0:
        q = s.q_next_v[s.vcpu_queue[v]]
        first = q
        while True:
            if s.q_admin[q] == 0 and _wants(p, s, q):
                return _sq_post(p, s, v, q, t)
            q = s.q_next_v[q]
            if q == first:
                break
    return _idle(p, s, v, t)


def _start_guest(p: Plan, s: MachineState, guest: int, t: int) -> int:
    """The driver is set up: wake the guest's vCPUs, and let the requests begin."""
    for v in range(s.vcpus):
        if s.v_guest[v] == guest and s.vcpu_kick[v] == s.totals[T_EVENTS]:
            q = s.v_first[v] if s.v_first[v] >= 0 else s.g_admin[guest]
            schedule(p, t, p.halt_wake_ns if t > 0 else 0, VCPU_WAKE, v, q, 0, 0, 0)
    for q in range(s.queues):
        if s.q_guest[q] != guest or s.q_admin[q] or not is_open(p, q) or s.q_requests[q] > 0:
            continue
        if p.work[q] == WORK_THINK:
            for _ in range(p.limit[q]):
                schedule_at(p, t, REQUEST, s.q_vcpu[q], q, 0, 0)
        elif p.limit[q] > 0:
            plan_request(p, s, q, t)
    return 0


def plan_request(p: Plan, s: MachineState, q: int, t: int) -> int:
    """Plan the next request of an open queue; q_requests of them have come."""
    gap_ns = gap_to_request(p, q, s.q_requests[q])
    if gap_ns >= 0:
        schedule_at(p, t + gap_ns, REQUEST, s.q_vcpu[q], q, 0, 0)
    return 0


def decide_store(
    p: Plan, s: MachineState, t: int, kind: int, v: int, q: int, a: int, b: int
) -> int:
    """What follows from a value in a shadow buffer and from the comparison with EventIdx."""
    if kind == SQ_SHADOW or kind == CQ_SHADOW:
        if b == DRAINED:
            return 0
        read = SQ_EVENTIDX_READ if kind == SQ_SHADOW else CQ_EVENTIDX_READ
        return schedule(p, t, p.barrier_ns, read, v, q, 0, 0, 0)
    if kind == SQ_STORE or kind == CQ_STORE:
        # No barrier: the read of EventIdx overtakes the store, which waits in its buffer. Stores
        # leave it in order, so they all take the same time.
        drained = SQ_SHADOW if kind == SQ_STORE else CQ_SHADOW
        schedule_at(p, t + p.drain_ns, drained, v, q, a, DRAINED)
        read = SQ_EVENTIDX_READ if kind == SQ_STORE else CQ_EVENTIDX_READ
        return schedule(p, t, 0, read, v, q, 0, 0, 0)
    if b:
        reason = EXIT_SQ_DOORBELL if kind == SQ_EVENTIDX_READ else EXIT_CQ_DOORBELL
        value = s.sq_stored[q] if kind == SQ_EVENTIDX_READ else s.cq_stored[q]
        # An exit empties the store buffer first.
        wait_ns = 0 if p.guest_barrier else p.drain_ns
        return schedule_at(p, t + wait_ns, VM_EXIT, v, q, reason, value)
    if kind == SQ_EVENTIDX_READ:
        return vcpu_next(p, s, v, t)
    return handler_end(p, s, v, q, t)


def decide_guest(
    p: Plan, s: MachineState, t: int, kind: int, v: int, q: int, a: int, b: int
) -> int:
    """What follows from an event of the guest."""
    if kind == SQ_POST:
        if s.q_admin[q] == 0 and p.announce == ANNOUNCE_BATCH:
            if s.sq_unrung[q] == 1 and p.batch > 1:
                _first_submission(p, s, v, q, t)
        elif s.vcpu_pending[v] > 0:
            return vcpu_next(p, s, v, t)  # interrupts are on while a program submits
        return _sq_posted(p, s, v, q, t)
    if kind == CQ_REAP:
        if s.q_admin[q] == 0:
            if p.work[q] == WORK_THINK:
                schedule_at(p, t + p.gap_ns[q], REQUEST, v, q, 0, 0)
        return _cq_reap(p, s, v, s.q_cq[q], t)
    if kind == IRQ_ENTER:
        return _cq_reap(p, s, v, q, t)
    if kind == IRQ_EXIT:
        return vcpu_next(p, s, v, t)
    if kind == VCPU_WAKE:
        if s.vcpu_pending[v] > 0:
            return _take_interrupt(p, s, v, t, True)
        return vcpu_next(p, s, v, t)
    if kind == VCPU_HALT or kind == VCPU_POLL:
        if s.g_vcpu[s.v_guest[v]] != v:
            wake_vcpu(p, s, s.g_vcpu[s.v_guest[v]], q, t)
        if s.vcpu_kick[v] == s.totals[T_EVENTS]:
            return schedule(p, t, 0, VCPU_WAKE, v, q, 0, 0, 0)  # lost the race, never slept
        return 0
    if kind == REQUEST:
        wake_vcpu(p, s, v, q, t)
        return plan_request(p, s, q, t) if p.work[q] != WORK_THINK else 0
    if kind == BATCH_TIMER or kind == RESET_DUE:
        return wake_vcpu(p, s, v, q, t)
    if kind == GUEST_READY:
        _start_guest(p, s, s.v_guest[v], t)
        return vcpu_next(p, s, v, t) if s.vcpu_kick[v] != s.totals[T_EVENTS] else 0
    return 0
