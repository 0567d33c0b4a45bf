"""What the guest decides: its NVMe driver and the program above it, one vCPU at a time.

The order follows Linux drivers/nvme/host/pci.c (nvme_queue_rq, nvme_write_sq_db, nvme_irq) under a
fio-like closed loop: keep `depth` commands in flight, submit `batch_submit` per system call, halt
when there is nothing to do. Interrupts are taken between steps. Nothing here changes state.
"""

from __future__ import annotations

import cython

if not cython.compiled:
    from nvmeviz.engine.choices import ANNOUNCE_BATCH, MAX_U4
    from nvmeviz.engine.plan import Plan, schedule
    from nvmeviz.log.kinds import (
        BATCH_TIMER,
        CQ_DOORBELL,
        CQ_EVENTIDX_READ,
        CQ_REAP,
        CQ_SHADOW,
        CTRL_WAKE,
        EXIT_CQ_DOORBELL,
        EXIT_SQ_DOORBELL,
        IRQ_ENTER,
        IRQ_EXIT,
        SQ_DOORBELL,
        SQ_EVENTIDX_READ,
        SQ_POST,
        SQ_SHADOW,
        VCPU_HALT,
        VCPU_WAKE,
        VM_ENTRY,
        VM_EXIT,
    )
    from nvmeviz.model.layout import CMD_FREE, T_EVENTS
    from nvmeviz.model.state import MachineState


def rings(p: Plan, eventidx: int, new: int, old: int) -> bool:
    """The EventIdx rule of the guest's driver; both forms are explained in `nvme.eventidx`."""
    if p.spec_rule:
        return ((new - eventidx) & 0xFFFF) <= ((new - old) & 0xFFFF)
    return ((new - eventidx - 1) & 0xFFFF) < ((new - old) & 0xFFFF)


def _sq_post(p: Plan, s: MachineState, v: int, q: int, t: int) -> int:
    """Plan the next SQE: the first free tag at or after the one tried last."""
    base = q * s.tags
    tag = s.q_next_tag[q]
    while s.cmd_state[base + tag] != CMD_FREE:
        tag += 1
        if tag == s.tags:
            tag = 0
    return schedule(p, t, p.submit_ns, SQ_POST, v, q, tag, s.sq_tail[q], 2)


def _sq_announce(p: Plan, s: MachineState, v: int, q: int, t: int) -> int:
    """SQEs are written: tell the controller, in the way of the mode."""
    if p.uses_shadow:
        return schedule(p, t, p.shadow_ns, SQ_SHADOW, v, q, 0, s.sq_tail[q], s.sq_shadow[q])
    if p.announce == ANNOUNCE_BATCH and s.sq_unrung[q] < p.batch:
        return vcpu_next(p, s, v, t)
    return schedule(p, t, 0, VM_EXIT, v, q, 0, EXIT_SQ_DOORBELL, s.sq_tail[q])


def _sq_posted(p: Plan, s: MachineState, v: int, q: int, t: int) -> int:
    """After an SQE: fio queues `batch_submit` requests per io_submit; the driver announces at its
    end.
    """
    if s.sq_unrung[q] % p.batch_submit != 0 and s.q_inflight[q] < p.depth:
        return _sq_post(p, s, v, q, t)
    return _sq_announce(p, s, v, q, t)


def _cq_announce(p: Plan, s: MachineState, v: int, q: int, t: int) -> int:
    """CQEs are reaped: tell the controller the new head, in the way of the mode."""
    if s.cq_unrung[q] == 0 or (p.announce == ANNOUNCE_BATCH and s.cq_unrung[q] < p.cq_batch):
        return schedule(p, t, p.irq_ns >> 1, IRQ_EXIT, v, q, 0, q, 0)
    if p.uses_shadow:
        return schedule(p, t, p.shadow_ns, CQ_SHADOW, v, q, 0, s.cq_head[q], s.cq_shadow[q])
    return schedule(p, t, 0, VM_EXIT, v, q, 0, EXIT_CQ_DOORBELL, s.cq_head[q])


def _cq_reap(p: Plan, s: MachineState, v: int, q: int, t: int) -> int:
    """In the interrupt handler: the next CQE whose phase is new, or the end of the scan."""
    if s.q_reaped[q] == s.q_completed[q]:
        return _cq_announce(p, s, v, q, t)
    cid = s.cqe_cid[q * s.tags + s.q_reaped[q] % s.tags]
    return schedule(p, t, p.reap_ns, CQ_REAP, v, q, cid, s.cq_head[q], 0)


def vcpu_next(p: Plan, s: MachineState, v: int, t: int) -> int:
    """The vCPU has finished a step: interrupt first, then an overdue batch, then work, else
    halt.
    """
    if s.vcpu_pending[v]:
        q = s.vcpu_irq_queue[v]
        return schedule(p, t, p.irq_ns >> 1, IRQ_ENTER, v, q, 0, q, 0)
    for q in range(s.queues):
        if s.q_vcpu[q] == v:
            if s.sq_unrung[q] > 0 and p.announce != ANNOUNCE_BATCH:
                return _sq_posted(p, s, v, q, t)  # an interrupt came between SQE and doorbell
            if s.vcpu_flush[v] and s.sq_unrung[q] > 0:
                return schedule(p, t, 0, VM_EXIT, v, q, 0, EXIT_SQ_DOORBELL, s.sq_tail[q])
            if s.q_inflight[q] < p.depth:
                return _sq_post(p, s, v, q, t)
    return schedule(p, t, 0, VCPU_HALT, v, 0, 0, 0, 0)


def decide_guest(
    p: Plan, s: MachineState, t: int, kind: int, v: int, q: int, a: int, b: int
) -> int:
    """What follows from an event of the guest or of its VM exit."""
    if kind == SQ_POST:
        if p.announce != ANNOUNCE_BATCH:
            if s.vcpu_pending[v]:
                return vcpu_next(p, s, v, t)  # interrupts are on while a program submits
        elif s.sq_unrung[q] == 1 and p.batch > 1:
            # A batch begins. `b` makes its timer void once it has been rung.
            number = s.sq_announced[q] & MAX_U4
            p.calendar.push(
                t + p.batch_limit_ns, BATCH_TIMER, v, q, 0, 0, number, s.totals[T_EVENTS] - 1
            )
        return _sq_posted(p, s, v, q, t)
    if kind == SQ_SHADOW:
        return schedule(p, t, p.barrier_ns, SQ_EVENTIDX_READ, v, q, 0, 0, 0)
    if kind == SQ_EVENTIDX_READ:
        if b:
            return schedule(p, t, 0, VM_EXIT, v, q, 0, EXIT_SQ_DOORBELL, s.sq_shadow[q])
        return vcpu_next(p, s, v, t)
    if kind == CQ_SHADOW:
        return schedule(p, t, p.barrier_ns, CQ_EVENTIDX_READ, v, q, 0, 0, 0)
    if kind == CQ_EVENTIDX_READ:
        if b:
            return schedule(p, t, 0, VM_EXIT, v, q, 0, EXIT_CQ_DOORBELL, s.cq_shadow[q])
        return schedule(p, t, p.irq_ns >> 1, IRQ_EXIT, v, q, 0, q, 0)
    if kind == VM_EXIT:
        # The register takes the value half-way; the vCPU is stopped for the whole round trip.
        if a == EXIT_SQ_DOORBELL:
            return schedule(p, t, p.doorbell_exit_ns >> 1, SQ_DOORBELL, v, q, 0, b, p.vcpu_handles)
        return schedule(p, t, p.doorbell_exit_ns >> 1, CQ_DOORBELL, v, q, 0, b, 0)
    if kind == SQ_DOORBELL:
        w = s.q_thread[q]
        back_ns = p.doorbell_exit_ns >> 1
        if p.vcpu_handles:
            # The vCPU's own thread does the work; it returns when that is done (CTRL_SLEEP).
            if s.thr_kick[w] == s.totals[T_EVENTS]:
                return schedule(p, t, 0, CTRL_WAKE, w, q, 0, 0, 0)
            return 0
        if s.thr_kick[w] == s.totals[T_EVENTS]:
            # The handler pays for the wake-up (an eventfd write) before it returns to the guest.
            back_ns += p.kick_ns
            schedule(p, t, p.kick_ns + p.wake_ns, CTRL_WAKE, w, q, 0, 0, 0)
        return schedule(p, t, back_ns, VM_ENTRY, v, q, 0, EXIT_SQ_DOORBELL, 0)
    if kind == CQ_DOORBELL:
        return schedule(p, t, p.doorbell_exit_ns >> 1, VM_ENTRY, v, q, 0, EXIT_CQ_DOORBELL, 0)
    if kind == VM_ENTRY and s.vcpu_irq[v]:
        return schedule(p, t, p.irq_ns >> 1, IRQ_EXIT, v, q, 0, q, 0)
    if kind in (IRQ_ENTER, CQ_REAP):
        return _cq_reap(p, s, v, q, t)
    if kind in (VM_ENTRY, IRQ_EXIT, VCPU_WAKE):
        return vcpu_next(p, s, v, t)
    if kind in (VCPU_HALT, BATCH_TIMER) and s.vcpu_kick[v] == s.totals[T_EVENTS]:
        # A halt that lost the race never slept.
        cost = 0 if kind == VCPU_HALT else p.halt_wake_ns
        return schedule(p, t, cost, VCPU_WAKE, v, q, 0, 0, 0)
    return 0
