"""Questions about a machine's state that reducer and engine both ask; none of them changes it."""

from __future__ import annotations

import cython

if not cython.compiled:
    # isort: off
    # fmt: off
    from nvmeviz.log.kinds import (
        OP_DBBUF_CONFIG, OP_GOOGLE_DOORBELLS,
    )
    from nvmeviz.model.layout import (
        DBBUF_ON, DBBUF_TAKEN, VCPU_HALTED, VCPU_POLLING,
    )
    from nvmeviz.model.state import MachineState

    # fmt: on
    # isort: on


def driver_uses_shadow(s: MachineState, q: int) -> bool:
    """True when the guest's driver announces queue q in the shadow buffers."""
    return s.g_dbbuf[s.q_guest[q]] >= DBBUF_ON and s.q_admin[q] == 0


def controller_uses_shadow(s: MachineState, q: int) -> bool:
    """True when the controller looks for queue q in the shadow buffers."""
    d = s.g_dbbuf[s.q_guest[q]]
    return (d == DBBUF_ON or d == DBBUF_TAKEN) and s.q_admin[q] == 0


def is_config(what: int) -> bool:
    """True for an admin command that hands the shadow buffers over: `b` of its SQ_POST."""
    return what & 0xFF == OP_DBBUF_CONFIG or what & 0xFF == OP_GOOGLE_DOORBELLS


def waits_for_thread(s: MachineState, q: int) -> bool:
    """True when the vCPU of queue q is outside, and its own thread works on the doorbell of q."""
    v = s.q_vcpu[q]
    return s.vcpu_handling[v] != 0 and s.vcpu_exit_queue[v] == q


def guest_is_quiet(s: MachineState, v: int) -> bool:
    """True when vCPU v's guest has nothing in flight and no interrupt to come, and all its other
    vCPUs are idle.
    """
    guest = s.v_guest[v]
    if s.g_inflight[guest] != 0:
        return False
    for q in range(s.queues):
        if s.q_guest[q] == guest and s.cq_unsignalled[q] != 0:
            return False
    for other in range(s.vcpus):
        if s.v_guest[other] == guest and other != v:
            if s.vcpu_act[other] != VCPU_HALTED and s.vcpu_act[other] != VCPU_POLLING:
                return False
    return True


def cq_has_room(s: MachineState, q: int) -> bool:
    """True when queue q's CQ can take an entry, as far as the controller knows its head."""
    cq = s.q_cq[q]
    return wrapped(s.cq_tail[cq] + 1, s.cq_size[cq]) != s.cq_known[cq]


def cq_may_have_room(s: MachineState, q: int) -> bool:
    """The same, or the head stands in a shadow that the controller has not looked at since."""
    if cq_has_room(s, q):
        return True
    return s.cq_fresh[s.q_cq[q]] == 0 and controller_uses_shadow(s, q)


def cq_is_full(s: MachineState, q: int) -> bool:
    """True when queue q has nothing but completions to post and its CQ, as the controller knows
    it, has no room.
    """
    return (
        s.sq_head[q] == s.sq_known[q]
        and s.cq_unsignalled[q] == 0
        and s.q_done[q] != s.q_completed[q]
        and not cq_may_have_room(s, q)
    )


def queue_has_work(s: MachineState, q: int) -> bool:
    """True when its thread knows of an SQE to fetch, a command to complete or an interrupt to
    raise.
    """
    return (
        s.sq_head[q] != s.sq_known[q]
        or s.q_done[q] != s.q_completed[q]
        or (s.cq_unsignalled[q] != 0 and s.cq_held[q] == 0)
    )


def thread_has_work(s: MachineState, w: int) -> bool:
    """True when `queue_has_work` for a queue of thread w."""
    first = s.thr_first[w]
    q = first
    while q >= 0:
        if queue_has_work(s, q):
            return True
        q = s.q_next_w[q]
        if q == first:
            break
    return False


def thread_has_news(s: MachineState, w: int) -> bool:
    """True when thread w was told of something since it last looked."""
    first = s.thr_first[w]
    q = first
    while q >= 0:
        if (queue_has_work(s, q) and not cq_is_full(s, q)) or (
            s.sq_kick_pass[q] == s.thr_pass[w] and s.thr_pass[w] > 0 and not s.sq_fresh[q]
        ):
            return True
        q = s.q_next_w[q]
        if q == first:
            break
    return False


def may_submit(s: MachineState, q: int) -> bool:
    """True when queue q's driver takes I/O: it is set up, and not about to reset."""
    guest = s.q_guest[q]
    return s.g_ready[guest] != 0 and s.g_quiesce[guest] == 0


def vcpu_sees_work(s: MachineState, v: int, polls: bool) -> bool:
    """True when something came between vCPU v's last look around and now: a request or, when it
    polls, an entry in one of its CQs.
    """
    first = s.v_first[v]
    q = first
    while q >= 0:
        if s.q_flush[q]:
            return True
        if s.q_waiting[q] > 0 and s.q_inflight[q] < s.q_tags[q] and may_submit(s, q):
            return True
        if polls and s.cq_posted[q] != s.cq_taken[q]:
            return True
        q = s.q_next_v[q]
        if q == first:
            break
    return False


def wrapped(index: int, size: int) -> int:
    """`index % size` without the division, which is dear, where it is not needed."""
    return index if index < size else index % size
