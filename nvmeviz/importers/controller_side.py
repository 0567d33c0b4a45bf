"""What QEMU's controller did: tails and heads that it read, commands, completions, interrupts.

It looks at the CQ head just before each CQE that it writes, and writes those that are due before it
interrupts; an eventfd that woke it shows as a look at a tail outside its loop.
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
    from nvmeviz.importers.driver_side import DriverSide
    from nvmeviz.importers.records import (
        B, C, CMD_AT_WORK, CMD_DONE, CMD_NONE, D, MISSING, PACKED_CID, PACKED_INFERRED,
        R_SQ_EVENTIDX, U16, WHO,
    )
    from nvmeviz.log.kinds import (
        CQ_SHADOW, CQ_SHADOW_READ, DEV_DONE, DEV_START, EXIT_SQ_DOORBELL, INFERRED, IRQ_RAISE,
        SQ_EVENTIDX_READ, SQ_FETCH, SQ_KICK, SQ_SHADOW, SQ_SHADOW_READ, VM_ENTRY, VM_EXIT,
    )

    # fmt: on
    # isort: on


class ControllerSide(DriverSide):
    """The half of a lifter that is about the controller."""

    def tail_read(self, t: int, who: int, q: int, value: int) -> int:
        """The controller found a tail in the shadow buffer."""
        w = self.thread_at(who, q, t)
        if value >= self.sq_size[q]:
            self.stray(t, SQ_SHADOW_READ, w, q, 0, value)
            return w
        looped = self.last_kind[w] == R_SQ_EVENTIDX and self.last_queue[w] == q
        woken = self.eventfd and q != self.admin and not looped
        n = self.ahead(q, value)
        if n > 0:
            v = self.q_vcpu[q]
            old = self.tail[q]
            self.post(t, v, q, n, INFERRED)
            if self.uses_dbbuf(q):
                self.emit(t, SQ_SHADOW, v, q, 0, value, old, INFERRED)
                if self.sq_eventidx[q] >= 0:
                    # Silent, unless the doorbell for just this tail turns up behind it.
                    rings = 1 if woken else 0
                    self.verdict[q] = self.emit(
                        t, SQ_EVENTIDX_READ, v, q, 0, self.sq_eventidx[q], rings, INFERRED
                    )
                    self.verdict_tail[q] = value
        if woken and not (self.exits and self.bar >= 0):
            v = self.q_vcpu[q]
            self.emit(t, VM_EXIT, v, q, 0, EXIT_SQ_DOORBELL, value, INFERRED)
            self.emit(t, SQ_KICK, v, q, 0, 0, 0, INFERRED)
            self.emit(t, VM_ENTRY, v, q, 0, EXIT_SQ_DOORBELL, 0, INFERRED)
        self.learnt(q)
        self.emit(t, SQ_SHADOW_READ, w, q, 0, value, 0, 0)
        return w

    def head_read(self, t: int, who: int, q: int, value: int) -> int:
        """The controller found a CQ head in the shadow buffer."""
        w = self.thread_at(who, q, t)
        if value >= self.cq_size[q]:
            self.stray(t, CQ_SHADOW_READ, w, q, 0, value)
            return w
        old = self.told[q]
        if self.reap_to(t, self.q_vcpu[q], q, value) and self.told[q] != old:
            v = self.q_vcpu[q]
            if self.uses_dbbuf(q):
                self.emit(t, CQ_SHADOW, v, q, 0, value, old, INFERRED)
            self.irq_over(t, v)
        self.emit(t, CQ_SHADOW_READ, w, q, 0, value, 0, 0)
        if not self.eventfd and self.done[q] > self.completed[q]:
            self.complete(t, q, w, INFERRED)  # QEMU looks before each CQE that it writes
        return w

    def fetch(self, t: int, who: int, q: int, cid: int, opcode: int) -> int:
        """The controller takes the next SQE."""
        w = self.thread_at(who, q, t)
        c = (q << 16) | cid
        if self.fetched[q] >= self.posted[q]:
            if self.started[q] == 0:
                self.started[q] = 1
            self.post(t, self.q_vcpu[q], q, 1, INFERRED)
            self.learnt(q)
        n = self.fetched[q]
        event = self.post_event[self.post_base[q] + (n & self.post_mask[q])]
        if self.cmd_state[c] == CMD_DONE or self.cmd_reaps[c]:
            self.serves_again(q, c, event)
        if self.cmd_state[c] != CMD_NONE:
            self.stray(t, SQ_FETCH, w, q, cid, self.cmd_state[c])
        at_ns = self.time_of(event)
        rest = self.out[event, 3] - (self.out[event, 3] & PACKED_CID) + (cid << 16)
        if self.guest and self.setup_ns[c]:
            # Slots are filled in their order, and a tag is free before it serves again.
            least = max(self.post_ns[q], self.free_ns[(q << 12) | (cid & 4095)])
            at_ns = min(max(self.setup_ns[c], least), at_ns)
            self.setup_ns[c] = 0
            rest -= rest & PACKED_INFERRED
        self.post_ns[q] = at_ns
        self.out[event, 0] = max(at_ns - self.origin, 0)
        self.out[event, 2] = opcode & 255
        self.out[event, 3] = rest
        self.cmd_event[c] = event
        self.cmd_time[c] = at_ns
        self.set_state(q, cid, CMD_AT_WORK)
        slot = (self.slot0[q] + n) % self.sq_size[q]
        self.fetched[q] = n + 1
        if self.fetched[q] > self.known[q]:
            self.known[q] = self.fetched[q]
        else:
            self.thread_work[w] -= 1
        self.emit(t, SQ_FETCH, w, q, cid, slot, 0, 0)
        if q != self.admin:
            self.emit(t, DEV_START, w, q, cid, 0, 0, INFERRED)
        self.last_cmd[w] = c
        return w

    def device_done(self, t: int, who: int, cq: int, cid: int, status: int) -> int:
        """The device is done with a command; its CQE is still to be written."""
        w = self.thread_at(who, cq, t)
        q = MISSING
        for i in range(self.n_queues):
            if self.owner[i] == cq and self.cmd_state[(i << 16) | cid] == CMD_AT_WORK:
                q = i
                break
        if q < 0:
            self.stray(t, DEV_DONE, w, cq, cid, status)
            return w
        self.emit(t, DEV_DONE, w, q, cid, 0, status, 0)
        self.set_state(q, cid, CMD_DONE)
        self.done_entry[self.cqe_base[cq] + (self.done[cq] & self.cqe_mask[cq])] = (q << 16) | cid
        self.done[cq] += 1
        self.thread_work[w] += 1
        return w

    def interrupt(self, t: int, who: int, vector: int) -> int:
        """The controller interrupts: what is done on the CQs of the vector is written by then."""
        owners = self.plan.vectors.get(vector)
        if owners is None:
            self.stray(t, IRQ_RAISE, 0, MISSING, 0, vector)
            return 0
        w = self.thread_at(who, owners[0], t)
        raised = 0
        for q in owners:
            while self.completed[q] < self.done[q]:
                self.complete(t, q, w, INFERRED)
            if self.unsignalled[q]:
                self.raised(t, q, w, vector)
                raised += 1
        if raised == 0:
            self.raised(t, owners[0], w, vector)
        return w

    def raised(self, t: int, q: int, w: int, vector: int) -> int:
        """One CQ is signalled."""
        self.unsignalled[q] = 0
        self.pending[q] = 1
        self.emit(t, IRQ_RAISE, w, q, 0, vector, 0, 0)
        return 0

    def sized(self, rows: Any, i: int) -> int:
        """How long the command is that was fetched last."""
        w = self.plan.threads.get(rows[i, WHO], 0)
        c = self.last_cmd[w]
        if c < 0 or (c & U16) != rows[i, B]:
            return 0
        # In 512 B blocks, which is what an event says.
        blocks = rows[i, C]
        if rows[i, D] >= 512:
            blocks = rows[i, D] // 512
        blocks = min(max(blocks, 0), U16)
        self.out[self.cmd_event[c], 2] = (self.out[self.cmd_event[c], 2] & 255) | (blocks << 8)
        return 0
