"""What the events in the life of a command do to the state, from SQE written to CQE reaped.

A part of the reducer: only `reduce.apply_event` calls `apply_command`. Rings: NVMe Base 2.1, 3.3.
"""

from __future__ import annotations

import cython

if not cython.compiled:
    # isort: off
    # fmt: off
    from nvmeviz.log.kinds import (
        CQE_HELD, CQE_QUIET, CQ_POST, DEV_DONE, DEV_START, FETCH_ROUND, FETCH_TURN,
        SQ_FETCH, SQ_POST,
    )
    from nvmeviz.model.apply_actor import thread_turns_to, vcpu_does, wake_thread, wake_vcpu
    from nvmeviz.model.ask import is_config, wrapped
    from nvmeviz.model.layout import (
        CMD_COMPLETED, CMD_DONE, CMD_FETCHED, CMD_FREE, CMD_IN_DEVICE, CMD_WRITTEN, DBBUF_NONE,
        DBBUF_ON, DBBUF_SENT, DBBUF_TAKEN, T_DEV_BOUND, T_DEV_BUSY, T_DEV_WAIT_COUNT,
        T_DEV_WAIT_FIRST, T_FETCHED, T_LATENCY_NS, T_POSTED, T_REAPED, VCPU_GUEST,
    )
    from nvmeviz.model.state import MachineState

    # fmt: on
    # isort: on


def bind_channel(s: MachineState, q: int, c: int, cid: int) -> int:
    """Give command c a free device channel, or let it wait for one."""
    if s.totals[T_DEV_BUSY] < s.channels:
        for chan in range(s.channels):
            if s.chan_cmd[chan] < 0:
                s.chan_cmd[chan] = c
                s.cmd_chan[c] = chan
                s.totals[T_DEV_BUSY] += 1
                return 0
    if s.totals[T_DEV_WAIT_COUNT] < s.commands:
        last = s.totals[T_DEV_WAIT_FIRST] + s.totals[T_DEV_WAIT_COUNT]
        s.dev_wait[wrapped(last, s.commands)] = (q << 16) | cid
        s.totals[T_DEV_WAIT_COUNT] += 1
    return 0


def leave_channel(s: MachineState, c: int) -> int:
    """Free the channel of command c and bind the longest waiting command to it."""
    chan = s.cmd_chan[c]
    s.cmd_chan[c] = -1
    if chan < 0 or s.channels == 0:
        return 0
    s.chan_cmd[chan] = -1
    s.totals[T_DEV_BUSY] -= 1
    if s.totals[T_DEV_WAIT_COUNT] > 0:
        waiting = s.dev_wait[s.totals[T_DEV_WAIT_FIRST]]
        s.totals[T_DEV_WAIT_FIRST] = wrapped(s.totals[T_DEV_WAIT_FIRST] + 1, s.commands)
        s.totals[T_DEV_WAIT_COUNT] -= 1
        q = waiting >> 16
        other = s.q_base[q] + wrapped(waiting & 0xFFFF, s.q_tags[q])
        s.chan_cmd[chan] = other
        s.cmd_chan[other] = chan
        s.totals[T_DEV_BUSY] += 1
        s.totals[T_DEV_BOUND] = waiting
    return 0


def apply_command(
    s: MachineState, t: int, kind: int, v: int, q: int, cid: int, a: int, b: int
) -> int:
    """The events in the life of one command."""
    base = s.q_base[q]
    tags = s.q_tags[q]
    c = base + wrapped(cid, tags)
    if kind == SQ_POST:
        if s.cmd_state[c] == CMD_FREE:
            s.q_inflight[q] += 1
            s.g_inflight[s.q_guest[q]] += 1
        s.cmd_state[c] = CMD_WRITTEN
        s.cmd_slot[c] = a
        s.cmd_post_ns[c] = t
        s.cmd_seq[c] = s.q_posted[q]
        s.cmd_what[c] = b
        s.sqe_cid[base + s.q_posted[q] % tags] = cid
        s.sq_tail[q] = wrapped(a + 1, s.sq_size[q])
        s.sq_unrung[q] += 1
        s.q_next_tag[q] = wrapped(cid + 1, tags)
        s.q_posted[q] += 1
        if s.q_waiting[q] > 0:
            s.q_waiting[q] -= 1
        s.totals[T_POSTED] += 1
        s.vcpu_queue[v] = q
        if s.q_admin[q] and s.g_dbbuf[s.q_guest[q]] == DBBUF_NONE and is_config(b):
            s.g_dbbuf[s.q_guest[q]] = DBBUF_SENT
        vcpu_does(s, v, VCPU_GUEST, t)
    elif kind == SQ_FETCH:
        s.cmd_state[c] = CMD_FETCHED
        s.sq_head[q] = wrapped(a + 1, s.sq_size[q])
        s.q_fetched[q] += 1
        s.totals[T_FETCHED] += 1
        thread_turns_to(s, v, q)
        if b & FETCH_TURN:
            s.thr_burst[v] = 0
        s.thr_burst[v] += 1
        if b & FETCH_ROUND:
            i = q
            while True:
                s.sq_fresh[i] = 0
                s.cq_fresh[i] = 0
                i = s.q_next_w[i]
                if i == q:
                    break
        if s.channels > 0 and s.q_admin[q] == 0:
            bind_channel(s, q, c, cid)
    elif kind == DEV_START:
        s.cmd_state[c] = CMD_IN_DEVICE
        if a < s.channels:
            s.chan_since[a] = t
    elif kind == DEV_DONE:
        s.cmd_state[c] = CMD_DONE
        s.done_cid[base + s.q_done[q] % tags] = cid
        s.q_done[q] += 1
        s.totals[T_DEV_BOUND] = -1
        leave_channel(s, c)
        wake_thread(s, s.q_thread[q], t)
    elif kind == CQ_POST:
        cq = s.q_cq[q]
        s.cmd_state[c] = CMD_COMPLETED
        s.cmd_cq_slot[c] = a
        s.cqe_cid[s.q_base[cq] + s.cq_posted[cq] % s.cq_room[cq]] = (q << 16) | cid
        s.q_completed[q] += 1
        s.cq_posted[cq] += 1
        s.cq_tail[cq] = wrapped(a + 1, s.cq_size[cq])
        if s.cq_tail[cq] == 0:
            s.cq_phase[cq] ^= 1
        if b & CQE_QUIET:
            wake_vcpu(s, s.q_vcpu[cq], t)
        else:
            s.cq_unsignalled[cq] += 1
            s.cq_held[cq] = 1 if b & CQE_HELD else 0
        s.cq_fresh[cq] = 0
    else:  # CQ_REAP
        cq = s.q_cq[q]
        guest = s.q_guest[q]
        if s.cmd_state[c] != CMD_FREE:
            s.q_inflight[q] -= 1
            s.g_inflight[guest] -= 1
        s.cmd_state[c] = CMD_FREE
        s.cq_head[cq] = wrapped(a + 1, s.cq_size[cq])
        s.cq_unrung[cq] += 1
        s.cq_taken[cq] += 1
        s.q_reaped[q] += 1
        s.totals[T_REAPED] += 1
        s.totals[T_LATENCY_NS] += b
        if s.q_admin[q]:
            if s.g_dbbuf[guest] == DBBUF_TAKEN:
                s.g_dbbuf[guest] = DBBUF_ON
    return 0
