"""From records to events: what each line of a trace says, and what follows from it with necessity.

One `Lifter` lifts one epoch of one controller: from its being enabled to its next reset. Who is there,
it is told (`plan`). What fits nothing becomes a STRAY event. Nothing raises: a hostile trace makes
strays.
"""

# The compiled class's attributes are declared in the .pxd, where pyright can't see them.
# pyright: reportAttributeAccessIssue=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

from typing import Any

import cython

if not cython.compiled:
    # isort: off
    # fmt: off
    from nvmeviz.importers.controller_side import ControllerSide
    from nvmeviz.importers.records import (
        A, B, C, CMD_AT_WORK, CMD_DONE, CMD_NONE, CMD_POSTED, CPU, D, DEV, G_COMPLETE,
        G_IRQ_ENTER, G_IRQ_EXIT, G_SETUP, G_SQ, KIND, K_ENTRY, K_EXIT, K_FAST_MMIO, K_MMIO,
        MISSING, REASON_HALT, REASON_INTERRUPT, R_ADMIN_CMD, R_BAD_CQ_DOORBELL, R_BAD_SQ_DOORBELL,
        R_BLOCKS, R_CQ_DOORBELL, R_CQ_EVENTIDX, R_DBBUF_CONFIG, R_DISABLE, R_DONE, R_HEAD_READ,
        R_IO_CMD, R_IRQ, R_IRQ_PIN, R_MMIO_WRITE, R_PCI_RESET, R_SQ_DOORBELL, R_SQ_EVENTIDX,
        R_TAIL_READ, T, U16, WHO,
    )
    from nvmeviz.log.kinds import (
        CQ_DOORBELL, CQ_EVENTIDX, CQ_KICK, CQ_REAP, CQ_SHADOW_READ, CTRL_RESET, DBBUF_CONFIG,
        DEV_DONE, EXIT_CQ_DOORBELL, EXIT_INTERRUPT, EXIT_OTHER, EXIT_SQ_DOORBELL, INFERRED, IRQ_ENTER,
        SQ_DOORBELL, SQ_EVENTIDX, SQ_FETCH, SQ_KICK, SQ_POST, SQ_SHADOW_READ, VCPU_HALT, VCPU_WAKE,
        VM_ENTRY, VM_EXIT,
    )

    # fmt: on
    # isort: on


class Lifter(ControllerSide):
    """Takes the records of an epoch in the order of their times; `events` gives what they became."""

    def begin(self, w: int) -> int:
        """The controller has just been enabled: all its rings are empty, which the events begin with.
        w: the thread of its admin queue. Returns 0.
        """
        self.emit(self.origin, CTRL_RESET, w, self.admin, 0, 0, 0, 0)
        return 0

    def lift(self, rows: Any, start: int, stop: int) -> int:
        """Take records start..stop-1 of rows, (n, WIDTH) int64. Returns 0."""
        if not cython.compiled:
            rows = rows.data  # of Python's integers, which don't overflow
        for i in range(start, stop):
            kind = rows[i, KIND]
            if kind < 40:
                self.qemu_record(rows, i, kind)
            elif kind < 60:
                self.guest_record(rows, i, kind)
            elif kind < 80:
                self.host_record(rows, i, kind)
            else:
                self.lost = 1
        return 0

    def qemu_record(self, rows: Any, i: int, kind: int) -> int:
        """A line of QEMU's log."""
        t, who, qid = rows[i, T], rows[i, WHO], rows[i, A]
        q = self.q_of[qid] if 0 <= qid < 65536 else MISSING
        cq = self.cq_of[qid] if 0 <= qid < 65536 else MISSING
        w = MISSING
        if self.homeless(t, kind, q, cq, rows[i, B]):
            return 0
        if kind == R_MMIO_WRITE:
            v = self.plan.vcpus.get(who, MISSING)
            if v >= 0:
                self.write_ns[v] = t
                self.write_value[v] = rows[i, B]
        elif kind == R_SQ_DOORBELL:
            self.sq_doorbell(t, who, q, rows[i, B])
        elif kind == R_CQ_DOORBELL:
            self.cq_doorbell(t, who, cq, rows[i, B])
        elif kind == R_TAIL_READ:
            w = self.tail_read(t, who, q, rows[i, B])
        elif kind == R_SQ_EVENTIDX:
            w = self.thread_at(who, q, t)
            self.sq_eventidx[q] = rows[i, B]
            self.emit(t, SQ_EVENTIDX, w, q, 0, rows[i, B], 0, 0)
        elif kind == R_HEAD_READ:
            w = self.head_read(t, who, cq, rows[i, B])
        elif kind == R_CQ_EVENTIDX:
            w = self.thread_at(who, cq, t)
            self.cq_eventidx[cq] = rows[i, B]
            self.emit(t, CQ_EVENTIDX, w, cq, 0, rows[i, B], 0, 0)
        elif kind == R_IO_CMD or kind == R_ADMIN_CMD:
            q = self.admin if kind == R_ADMIN_CMD else q
            if 0 <= rows[i, B] < 65536:
                w = self.fetch(t, who, q, rows[i, B], rows[i, C])
        elif kind == R_BLOCKS:
            self.sized(rows, i)
        elif kind == R_DONE:
            if 0 <= rows[i, B] < 65536:
                w = self.device_done(t, who, cq, rows[i, B], rows[i, C])
        elif kind == R_IRQ:
            w = self.interrupt(t, who, qid)
        elif kind == R_IRQ_PIN:
            w = self.interrupt(t, who, 0)
        elif kind == R_BAD_SQ_DOORBELL:
            self.stray(t, SQ_DOORBELL, 0, q, qid, rows[i, B])
        elif kind == R_BAD_CQ_DOORBELL:
            self.stray(t, CQ_DOORBELL, 0, cq, qid, rows[i, B])
        elif kind == R_DBBUF_CONFIG:
            self.dbbuf = True
            self.emit(t, DBBUF_CONFIG, self.q_thread[self.admin], self.admin, 0, 0, 0, 0)
        elif kind == R_DISABLE or kind == R_PCI_RESET:
            if self.enabled:
                self.enabled = False
                self.emit(t, CTRL_RESET, self.q_thread[self.admin], self.admin, 0, 0, 0, 0)
        if w >= 0 and kind != R_BLOCKS:
            self.last_kind[w] = kind
            self.last_queue[w] = q
        return 0

    def homeless(self, t: int, kind: int, q: int, cq: int, value: int) -> bool:
        """True for a line about a queue that is not looked at, which becomes a stray."""
        what = 0
        if q < 0:
            if kind == R_SQ_DOORBELL:
                what = SQ_DOORBELL
            elif kind == R_TAIL_READ:
                what = SQ_SHADOW_READ
            elif kind == R_SQ_EVENTIDX:
                what = SQ_EVENTIDX
            elif kind == R_IO_CMD:
                what = SQ_FETCH
        if cq < 0:
            if kind == R_CQ_DOORBELL:
                what = CQ_DOORBELL
            elif kind == R_HEAD_READ:
                what = CQ_SHADOW_READ
            elif kind == R_CQ_EVENTIDX:
                what = CQ_EVENTIDX
            elif kind == R_DONE:
                what = DEV_DONE
        if what:
            self.stray(t, what, 0, MISSING, 0, value)
        return what != 0

    def guest_record(self, rows: Any, i: int, kind: int) -> int:
        """A line of the guest's kernel."""
        t, qid, cid = rows[i, T], rows[i, A], rows[i, B]
        if kind == G_IRQ_ENTER:
            qid = rows[i, B]
        elif kind == G_IRQ_EXIT:
            v = self.plan.cpus.get(rows[i, CPU], 0)
            self.irq_over(t, v)
            return 0
        self.guest_seen = True
        if self.device_number >= 0 and rows[i, DEV] >= 0 and rows[i, DEV] != self.device_number:
            return 0
        q = self.q_of[qid] if 0 <= qid < 65536 else MISSING
        if q < 0:
            return 0
        if kind == G_IRQ_ENTER:
            v = self.q_vcpu[q]
            q = self.owner[q]
            if self.foreseen[q] and not self.pending[q]:
                self.foreseen[q] = 0
                return 0
            self.irq_over(t, v)
            self.pending[q] = self.foreseen[q] = 0
            self.irq_queue[v] = q
            self.emit(t, IRQ_ENTER, v, q, 0, 0, 0, 0)
            return 0
        if kind != G_SQ and not 0 <= cid < 65536:
            return 0
        c = (q << 16) | cid
        if self.qemu:
            if not self.guest:
                return 0  # it tells of several controllers, and QEMU does not say which is its own
            if kind == G_SETUP:
                self.setup_ns[c] = t
            elif kind == G_SQ and self.owner[q] == q:
                if self.owed[q]:
                    self.owed[q] -= 1
                    return 0
                n = self.handled[q]
                self.handled_ns[self.cqe_base[q] + (n & self.cqe_mask[q])] = t
                self.handled[q] = n + 1
            return 0
        v = self.plan.cpus.get(rows[i, CPU], self.q_vcpu[q])
        if kind == G_SETUP:
            self.setup_alone(t, v, q, cid, rows[i, C], rows[i, D])
        elif kind == G_SQ:
            self.head_alone(t, q, cid, rows[i, C])
        elif kind == G_COMPLETE:
            self.complete_alone(t, v, q, cid, rows[i, C])
        return 0

    def setup_alone(self, t: int, v: int, q: int, cid: int, opcode: int, length: int) -> int:
        """A command is set up, and there is no log of QEMU's."""
        c = (q << 16) | cid
        if self.cmd_state[c] != CMD_NONE:
            self.stray(t, SQ_POST, v, q, cid, self.cmd_state[c])
            return 0
        if self.posted[q] - self.fetched[q] >= self.sq_size[q] - 1:
            self.stray(t, SQ_POST, v, q, cid, 0)
            return 0
        self.irq_over(t, v)
        n = self.posted[q]
        slot = (self.slot0[q] + n) % self.sq_size[q]
        blocks = min(max(length + 1, 0), U16) if length >= 0 else 0
        what = (max(opcode, 0) & 255) | (blocks << 8)
        event = self.emit(t, SQ_POST, v, q, cid, slot, what, 0)
        self.post_event[self.post_base[q] + (n & self.post_mask[q])] = event
        self.posted[q] = n + 1
        self.tail[q] = (slot + 1) % self.sq_size[q]
        self.cmd_time[c] = t
        self.set_state(q, cid, CMD_POSTED)
        return 0

    def head_alone(self, t: int, q: int, head: int, tail: int) -> int:
        """The driver reads a CQE: everything before its SQ head has been fetched."""
        size = self.sq_size[q]
        if head >= size or tail >= size or head < 0 or tail < 0:
            return 0
        if self.started[q] == 0:
            # The driver's tail tells which slot comes next.
            self.started[q] = 1
            self.slot0[q] = (tail - self.posted[q] % size + size) % size
        waiting = self.posted[q] - self.fetched[q]
        at = (self.slot0[q] + self.fetched[q]) % size
        n = (head - at + size) % size
        for _ in range(n if n <= waiting else 0):
            self.fetch_alone(t, q)
        return 0

    def fetch_alone(self, t: int, q: int) -> int:
        """The next entry was fetched, at t at the latest."""
        n = self.fetched[q]
        event = self.post_event[self.post_base[q] + (n & self.post_mask[q])]
        cid = (self.out[event, 3] >> 16) & U16
        self.fetched[q] = n + 1
        if self.cmd_state[(q << 16) | cid] == CMD_POSTED:
            self.set_state(q, cid, CMD_AT_WORK)
        slot = (self.slot0[q] + n) % self.sq_size[q]
        self.emit(t, SQ_FETCH, self.q_thread[q], q, cid, slot, 0, INFERRED)
        return 0

    def complete_alone(self, t: int, v: int, q: int, cid: int, status: int) -> int:
        """The driver has taken the completion of a command."""
        c = (q << 16) | cid
        if self.cmd_state[c] == CMD_NONE:
            self.stray(t, CQ_REAP, v, q, cid, status)
            return 0
        while self.cmd_state[c] == CMD_POSTED and self.fetched[q] < self.posted[q]:
            self.fetch_alone(t, q)
        cq, w = self.owner[q], self.q_thread[q]
        self.emit(t, DEV_DONE, w, q, cid, 0, status, INFERRED)
        self.done_entry[self.cqe_base[cq] + (self.done[cq] & self.cqe_mask[cq])] = c
        self.done[cq] += 1
        self.set_state(q, cid, CMD_DONE)
        self.complete(t, cq, w, INFERRED)
        slot = (self.cslot0[cq] + self.reaped[cq]) % self.cq_size[cq]
        self.emit(t, CQ_REAP, v, q, cid, slot, t - self.cmd_time[c], 0)
        self.reaped[cq] += 1
        self.head[cq] = (slot + 1) % self.cq_size[cq]
        self.set_state(q, cid, CMD_NONE)
        return 0

    def host_record(self, rows: Any, i: int, kind: int) -> int:
        """A line of the host's kernel about KVM."""
        t, number = rows[i, T], rows[i, A]
        v = self.plan.vcpus.get(rows[i, WHO], MISSING)
        if v < 0:
            return 0
        q = self.first_queue(v)
        if kind == K_EXIT:
            self.exit_ns[v] = t
            self.exit_reason[v] = max(rows[i, B], 0)
            self.exit_told[v] = 0
        elif kind == K_ENTRY:
            if self.exit_ns[v] < 0:
                return 0
            reason, told, out_ns = self.exit_reason[v], self.exit_told[v], self.exit_ns[v]
            self.exit_ns[v] = MISSING
            if reason == REASON_HALT:
                self.emit(out_ns, VCPU_HALT, v, q, 0, 0, 0, 0)
                self.emit(t, VCPU_WAKE, v, q, 0, 0, 0, 0)
                return 0
            if told:
                q = self.exit_queue[v]
            else:
                told = EXIT_INTERRUPT if reason == REASON_INTERRUPT else EXIT_OTHER
                self.emit(out_ns, VM_EXIT, v, q, 0, told, 0, 0)
            self.emit(t, VM_ENTRY, v, q, 0, told, t - out_ns, 0)
        elif (kind == K_MMIO or kind == K_FAST_MMIO) and self.bar >= 0:
            at = number - self.bar - 4096
            if at < 0 or at >= 524288 or at % 4 or (kind == K_MMIO and rows[i, D] == 0):
                return 0
            self.doorbell_seen(t, v, at // 8, at % 8 == 0, rows[i, B])
        return 0

    def first_queue(self, v: int) -> int:
        """A queue of vCPU v, for events that are about none."""
        for q in range(self.n_queues):
            if self.q_vcpu[q] == v and q != self.admin:
                return q
        return self.admin

    def doorbell_seen(self, t: int, v: int, qid: int, sq: bool, value: int) -> int:
        """KVM saw a doorbell being written: an exit for a known queue. When no line of QEMU's will
        tell, its eventfd is signalled inside the kernel.
        """
        q = self.q_of[qid] if sq else self.cq_of[qid]
        if q < 0 or self.exit_ns[v] < 0:
            return 0
        if self.qemu and not (self.eventfd and q != self.admin):
            return 0  # the exit is told with QEMU's line, which follows
        out_ns = self.exit_ns[v]
        reason = EXIT_SQ_DOORBELL if sq else EXIT_CQ_DOORBELL
        self.leave(out_ns, v, q, reason, value)
        if self.eventfd and q != self.admin:
            self.emit(t, SQ_KICK if sq else CQ_KICK, v, q, 0, 0, 0, 0)
        else:
            self.emit(t, SQ_DOORBELL if sq else CQ_DOORBELL, v, q, 0, max(value, 0), 0, 0)
        return 0
