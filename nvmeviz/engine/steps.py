"""Single steps that every controller thread takes, whatever drives it: fetch, post, sweep, re-arm.

The order of reads and writes within a step follows QEMU hw/nvme/ctrl.c (nvme_process_sq,
nvme_post_cqes). Who takes which step when stands in `controller` and `eventloop`. Nothing here changes
state.
"""

from __future__ import annotations

import cython

if not cython.compiled:
    # isort: off
    # fmt: off
    from nvmeviz.engine.choices import (
        CQ_REARM_HEAD, PATH_MAPPED, THREAD_POLL_LOOP,
    )
    from nvmeviz.engine.plan import Plan, schedule
    from nvmeviz.log.kinds import (
        CQ_EVENTIDX, CQ_POST, CQ_SHADOW_READ, CTRL_POLL, EVENTIDX_STORE, POLL_PASS, POLL_REGISTERS,
        POLL_SHADOWS, SQ_EVENTIDX, SQ_FETCH,
    )
    from nvmeviz.model.ask import controller_uses_shadow, cq_has_room
    from nvmeviz.model.state import MachineState

    # fmt: on
    # isort: on


def first_not_done(s: MachineState, q: int) -> int:
    """CID of the first fetched command that is not done, where commands are done in order: a null
    backend, the admin queue.
    """
    return s.sqe_cid[s.q_base[q] + s.q_done[q] % s.q_tags[q]]


def fetch(p: Plan, s: MachineState, w: int, q: int, t: int, begins: int) -> int:
    """Plan the fetch of the SQE at the head. The driver writes tags in turn, so the CID is looked
    up by slot.
    """
    base = s.q_base[q]
    cid = s.sqe_cid[base + s.q_fetched[q] % s.q_tags[q]]
    cost_ns = p.fetch_ns
    if p.copy_ns > 0 and s.q_admin[q] == 0:
        cost_ns += (p.copy_ns * (s.cmd_what[base + cid] >> 8)) >> 1
    return schedule(p, t, cost_ns, SQ_FETCH, w, q, cid, s.sq_head[q], begins)


def post(p: Plan, s: MachineState, w: int, q: int, t: int) -> int:
    """Plan the next CQE of queue q, or what has to be read before it; 0 when the CQ is full."""
    cq = s.q_cq[q]
    if p.cq_reads_shadow and s.cq_fresh[cq] == 0 and controller_uses_shadow(s, q):
        # QEMU 8.0 writes EventIdx and then reads the head; 7.1 only reads. nvme_post_cqes.
        if p.cq_rearm == CQ_REARM_HEAD:
            schedule(p, t, p.shared_ns, CQ_EVENTIDX, w, cq, 0, s.cq_known[cq], 0)
        else:
            schedule(p, t, p.shared_ns, CQ_SHADOW_READ, w, cq, 0, 0, 0)
        return 1
    if not cq_has_room(s, q):
        if s.cq_fresh[cq] == 0 and sees_head(p, s, q):
            return schedule(p, t, p.shared_ns, CQ_SHADOW_READ, w, cq, 0, 0, 0) + 1
        return 0
    cid = s.done_cid[s.q_base[q] + s.q_completed[q] % s.q_tags[q]]
    schedule(p, t, p.post_ns, CQ_POST, w, q, cid, s.cq_tail[cq], 0)
    return 1


def sees_head(p: Plan, s: MachineState, q: int) -> bool:
    """True when the controller can read queue q's CQ head from memory."""
    if p.way == PATH_MAPPED and s.q_admin[q] == 0:
        return True
    return controller_uses_shadow(s, q)


def set_eventidx(p: Plan, s: MachineState, w: int, q: int, t: int, value: int, arming: int) -> int:
    """Plan a new SQ EventIdx; without a barrier it waits in the store buffer at first."""
    kind = SQ_EVENTIDX if p.controller_barrier else EVENTIDX_STORE
    return schedule(p, t, p.shared_ns, kind, w, q, 0, value, arming)


def poll(p: Plan, s: MachineState, w: int, t: int) -> int:
    """Plan a sweep over the thread's queues."""
    looks = POLL_REGISTERS if p.way == PATH_MAPPED else POLL_SHADOWS
    if p.thr_kind[w] == THREAD_POLL_LOOP:
        looks |= POLL_PASS
    return schedule(p, t, p.poll_ns, CTRL_POLL, w, s.thr_queue[w], 0, 0, looks)
