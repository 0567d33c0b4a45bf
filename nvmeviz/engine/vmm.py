"""What the VMM decides: a vCPU thread that left the guest, the lock it may need, its way back.

QEMU handles a doorbell on the vCPU's thread under the big lock, which the main loop holds during
each of its passes; whoever finds it taken waits and is woken (a thread wake-up) when it is
released. KVM turns a doorbell with an ioeventfd into a signal and goes straight back. Sources: QEMU
hw/nvme/ctrl.c (nvme_process_db), system/cpus.c (bql_lock); Linux virt/kvm/eventfd.c.
"""

from __future__ import annotations

import cython

if not cython.compiled:
    # isort: off
    # fmt: off
    from nvmeviz.engine.choices import PATH_IOEVENTFD
    from nvmeviz.engine.driver import handler_end, vcpu_next
    from nvmeviz.engine.plan import Plan, schedule
    from nvmeviz.log.kinds import (
        BY_THREAD, BY_VCPU, CQ_DOORBELL, CQ_KICK, CTRL_RESET, CTRL_WAKE, DOORBELL_MAPPED,
        DOORBELL_TRAPPED, DOORBELL_VCPU_WORKS, EXIT_CQ_DOORBELL, EXIT_INTERRUPT, EXIT_RESET,
        EXIT_SQ_DOORBELL, IRQ_ENTER, LOCK_RELEASE, LOCK_TAKE, SQ_DOORBELL, SQ_KICK, VM_ENTRY,
    )
    from nvmeviz.model.layout import LOCK_FREE, THREAD_ACTOR, T_EVENTS, VCPU_EXITED
    from nvmeviz.model.ask import driver_uses_shadow
    from nvmeviz.model.state import MachineState

    # fmt: on
    # isort: on


def _left(p: Plan, s: MachineState, v: int, q: int, t: int, reason: int, value: int) -> int:
    """A vCPU has left the guest."""
    if reason == EXIT_INTERRUPT:
        return schedule(p, t, p.irq_exit_ns, VM_ENTRY, v, q, 0, reason, 0)
    if p.way == PATH_IOEVENTFD and reason != EXIT_RESET and driver_uses_shadow(s, q):
        kind = SQ_KICK if reason == EXIT_SQ_DOORBELL else CQ_KICK
        return schedule(p, t, p.ioeventfd_exit_ns >> 1, kind, v, q, 0, 0, 0)
    if p.loops:
        return schedule(p, t, p.doorbell_exit_ns >> 1, LOCK_TAKE, v, q, 0, BY_VCPU, 0)
    return _handle(p, s, v, q, t, p.doorbell_exit_ns >> 1)


def _handle(p: Plan, s: MachineState, v: int, q: int, t: int, cost_ns: int) -> int:
    """The VMM's handler of the write that made the vCPU leave."""
    reason = s.vcpu_exit_reason[v]
    value = s.vcpu_exit_value[v]
    if reason == EXIT_SQ_DOORBELL:
        how = DOORBELL_VCPU_WORKS if p.vcpu_works else DOORBELL_TRAPPED
        return schedule(p, t, cost_ns, SQ_DOORBELL, v, q, 0, value, how)
    if reason == EXIT_CQ_DOORBELL:
        return schedule(p, t, cost_ns, CQ_DOORBELL, v, q, 0, value, DOORBELL_TRAPPED)
    return schedule(p, t, cost_ns, CTRL_RESET, v, q, 0, p.forgets, 0)


def _kicked(s: MachineState, q: int) -> bool:
    """True when the event applied last has woken the thread of queue q."""
    return s.thr_kick[s.q_thread[q]] == s.totals[T_EVENTS]


def _go_back(p: Plan, s: MachineState, v: int, q: int, t: int, cost_ns: int) -> int:
    """The handler is done after `cost_ns`: let the lock go, and then back to the guest."""
    if p.loops:
        return schedule(p, t, cost_ns, LOCK_RELEASE, v, q, 0, BY_VCPU, 0)
    return _enter(p, s, v, q, t, cost_ns)


def _enter(p: Plan, s: MachineState, v: int, q: int, t: int, cost_ns: int) -> int:
    back_ns = cost_ns + (p.doorbell_exit_ns >> 1)
    if s.vcpu_exit_reason[v] == EXIT_RESET:
        back_ns += p.reset_ns
    return schedule(p, t, back_ns, VM_ENTRY, v, q, 0, s.vcpu_exit_reason[v], 0)


def _doorbell(p: Plan, s: MachineState, t: int, kind: int, v: int, q: int, how: int) -> int:
    """A doorbell register has its value."""
    w = s.q_thread[q]
    if how == DOORBELL_MAPPED or s.vcpu_act[v] != VCPU_EXITED:
        if _kicked(s, q):
            schedule(p, t, p.wake_ns, CTRL_WAKE, w, q, 0, 0, 0)
        return vcpu_next(p, s, v, t) if kind == SQ_DOORBELL else handler_end(p, s, v, q, t)
    if how == DOORBELL_VCPU_WORKS:
        # The vCPU's own thread does the work; it returns when that is done (CTRL_SLEEP).
        if _kicked(s, q):
            return schedule(p, t, 0, CTRL_WAKE, w, q, 0, 0, 0)
        return 0
    if _kicked(s, q):
        # The handler pays for the wake-up (an eventfd write) before it returns to the guest.
        schedule(p, t, p.kick_ns + p.wake_ns, CTRL_WAKE, w, q, 0, 0, 0)
        return _go_back(p, s, v, q, t, p.kick_ns)
    return _go_back(p, s, v, q, t, 0)


def lock_released(p: Plan, s: MachineState, q: int, t: int) -> int:
    """Wake the thread that the release chose: it runs, with the lock or to win it, a thread
    wake-up later.
    """
    actor = s.g_lock_next[s.q_guest[q]]
    if actor == LOCK_FREE:
        return 0
    if actor >= THREAD_ACTOR:
        return schedule(p, t, p.handover_ns, LOCK_TAKE, actor - THREAD_ACTOR, q, 0, BY_THREAD, 0)
    return schedule(p, t, p.handover_ns, LOCK_TAKE, actor, s.vcpu_exit_queue[actor], 0, BY_VCPU, 0)


def decide_vmm(p: Plan, s: MachineState, t: int, kind: int, v: int, q: int, a: int, b: int) -> int:
    """What follows from an event of a vCPU outside the guest, or of a doorbell register."""
    if kind in (SQ_DOORBELL, CQ_DOORBELL):
        return _doorbell(p, s, t, kind, v, q, b)
    if kind in (SQ_KICK, CQ_KICK):
        if _kicked(s, q):
            schedule(p, t, p.wake_ns, CTRL_WAKE, s.q_thread[q], q, 0, 0, 0)
        reason = s.vcpu_exit_reason[v]
        return schedule(p, t, p.ioeventfd_exit_ns >> 1, VM_ENTRY, v, q, 0, reason, 0)
    if kind == LOCK_TAKE:
        return _handle(p, s, v, q, t, p.trap_work_ns)
    if kind == LOCK_RELEASE:
        lock_released(p, s, q, t)
        return _enter(p, s, v, q, t, 0)
    if kind == CTRL_RESET:
        return _go_back(p, s, v, q, t, 0)
    if kind == VM_ENTRY:
        if a == EXIT_INTERRUPT:
            return schedule(p, t, p.irq_ns >> 1, IRQ_ENTER, v, q, 0, q, 0)
        if a == EXIT_CQ_DOORBELL:
            return handler_end(p, s, v, q, t)
        return vcpu_next(p, s, v, t)
    return _left(p, s, v, q, t, a, b)
