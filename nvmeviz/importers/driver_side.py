"""What the guest's driver did, as far as QEMU's log tells: entries, doorbells, completions taken.

The entry is written before its doorbell, and the CQE before it is taken: such events follow from others
and are marked INFERRED. With the guest's own trace their times are measured.
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
    from nvmeviz.importers.board import Board
    from nvmeviz.importers.records import (
        CMD_NONE, MISSING, NO_CID, U16,
    )
    from nvmeviz.log.kinds import (
        CQ_DOORBELL, CQ_EVENTIDX_READ, CQ_REAP, CQ_SHADOW, EXIT_CQ_DOORBELL, EXIT_SQ_DOORBELL,
        INFERRED, IRQ_ENTER, IRQ_EXIT, SQ_DOORBELL, SQ_EVENTIDX_READ, SQ_POST, SQ_SHADOW,
        VM_ENTRY, VM_EXIT,
    )

    # fmt: on
    # isort: on


class DriverSide(Board):
    """The half of a lifter that is about the guest."""

    def post(self, t: int, v: int, q: int, count: int, flags: int) -> int:
        """`count` entries are written; their CIDs are told when they are fetched."""
        size = self.sq_size[q]
        for _ in range(count):
            n = self.posted[q]
            slot = (self.slot0[q] + n) % size
            event = self.emit(t, SQ_POST, v, q, NO_CID, slot, 0, flags)
            self.post_event[self.post_base[q] + (n & self.post_mask[q])] = event
            self.posted[q] = n + 1
        self.tail[q] = (self.slot0[q] + self.posted[q]) % size
        return 0

    def ahead(self, q: int, value: int) -> int:
        """How many entries a new tail announces; -1 when it lies behind or laps the head."""
        size = self.sq_size[q]
        if self.started[q] == 0:
            # The log begins in the middle: of what lies before nothing is known.
            self.started[q] = 1
            self.slot0[q] = (value + size - 1) % size
            self.tail[q] = self.slot0[q]
        n = (value - self.tail[q] + size) % size
        if n > size - 1 - (self.posted[q] - self.fetched[q]):
            return -1
        return n

    def sq_doorbell(self, t: int, who: int, q: int, value: int) -> int:
        """The tail register was written, and the write reached QEMU."""
        v = self.vcpu_of(who, q)
        if value >= self.sq_size[q]:
            self.stray(t, SQ_DOORBELL, v, q, 0, value)
            return 0
        out_ns = self.left_at(t, v, value)
        n = self.ahead(q, value)
        if n < 0 and not self.uses_dbbuf(q):
            self.stray(t, SQ_DOORBELL, v, q, 0, value)
            return 0
        if n > 0:
            old = self.tail[q]
            self.post(out_ns, v, q, n, INFERRED)
            if self.uses_dbbuf(q):
                self.emit(out_ns, SQ_SHADOW, v, q, 0, value, old, INFERRED)
                if self.sq_eventidx[q] >= 0:
                    self.emit(out_ns, SQ_EVENTIDX_READ, v, q, 0, self.sq_eventidx[q], 1, INFERRED)
            self.verdict[q] = MISSING
            self.learnt(q)
        elif self.verdict[q] >= 0 and self.verdict_tail[q] == value:
            # The controller had found this tail already, and the doorbell was on its way.
            self.out[self.verdict[q], 2] = 1
            self.verdict[q] = MISSING
        self.leave(out_ns, v, q, EXIT_SQ_DOORBELL, value)
        self.emit(t, SQ_DOORBELL, v, q, 0, value, 0, 0)
        self.come_back(t, v, q, EXIT_SQ_DOORBELL, out_ns)
        return 0

    def learnt(self, q: int) -> int:
        """The controller is told of everything that is written."""
        self.thread_work[self.q_thread[q]] += self.posted[q] - self.known[q]
        self.known[q] = self.posted[q]
        return 0

    def left_at(self, t: int, v: int, value: int) -> int:
        """When vCPU v left the guest for the register write that is told at t."""
        found = t
        if self.exit_ns[v] >= 0 and self.exit_told[v] == 0:
            found = self.exit_ns[v]
        elif self.write_ns[v] >= 0 and self.write_value[v] == value:
            found = self.write_ns[v]
        self.write_ns[v] = MISSING
        return min(found, t)

    def leave(self, t: int, v: int, q: int, reason: int, value: int) -> int:
        """VCPU v leaves the guest; measured only when the host's log shows it."""
        flags = 0 if self.exits and self.exit_ns[v] >= 0 else INFERRED
        self.exit_told[v], self.exit_queue[v] = reason, q
        self.emit(t, VM_EXIT, v, q, 0, reason, value, flags)
        return 0

    def come_back(self, t: int, v: int, q: int, reason: int, out_ns: int) -> int:
        """VCPU v is in the guest again. Without the host's log: not before t, that much is known."""
        if not (self.exits and self.exit_ns[v] >= 0):
            self.emit(t, VM_ENTRY, v, q, 0, reason, t - out_ns, INFERRED)
        return 0

    def cq_doorbell(self, t: int, who: int, q: int, value: int) -> int:
        """The head register was written, and the write reached QEMU. q: owner of the CQ."""
        v = self.vcpu_of(who, q)
        if value >= self.cq_size[q]:
            self.stray(t, CQ_DOORBELL, v, q, 0, value)
            return 0
        out_ns = self.left_at(t, v, value)
        old = self.told[q]
        if not self.reap_to(out_ns, v, q, value) and not self.uses_dbbuf(q):
            self.stray(t, CQ_DOORBELL, v, q, 0, value)
            return 0
        if self.uses_dbbuf(q) and self.told[q] != old:
            self.emit(out_ns, CQ_SHADOW, v, q, 0, value, old, INFERRED)
            if self.cq_eventidx[q] >= 0:
                self.emit(out_ns, CQ_EVENTIDX_READ, v, q, 0, self.cq_eventidx[q], 1, INFERRED)
        self.leave(out_ns, v, q, EXIT_CQ_DOORBELL, value)
        self.emit(t, CQ_DOORBELL, v, q, 0, value, 0, 0)
        self.come_back(t, v, q, EXIT_CQ_DOORBELL, out_ns)
        self.irq_over(t, v)
        return 0

    def irq_over(self, t: int, v: int) -> int:
        """The handler of vCPU v is done, as far as can be told."""
        if self.irq_queue[v] >= 0:
            self.emit(t, IRQ_EXIT, v, self.irq_queue[v], 0, 0, 0, INFERRED)
            self.irq_queue[v] = MISSING
        return 0

    def reap_to(self, t: int, v: int, q: int, value: int) -> bool:
        """Everything before CQ index `value` has been taken. False when that can't be."""
        size = self.cq_size[q]
        if self.cstarted[q] == 0:
            self.cstarted[q] = 1
            waiting = self.done[q] - self.reaped[q]
            self.cslot0[q] = (value + size - min(waiting, 1) + size) % size
            self.head[q] = self.told[q] = self.cslot0[q]
        n = (value - self.head[q] + size) % size
        if n > self.done[q] - self.reaped[q]:
            # Behind the head, if CIDs that serve again have shown how far that is.
            ahead = (self.head[q] - self.told[q] + size) % size
            if (value - self.told[q] + size) % size > ahead:
                return False
            n = 0
        self.told[q] = value
        self.take(t, v, q, n)
        return True

    def take(self, t: int, v: int, q: int, n: int) -> int:
        """The driver takes n completions off CQ q."""
        if n == 0:
            return 0
        while self.completed[q] - self.reaped[q] < n:
            self.complete(t, q, self.q_thread[q], INFERRED)
        if self.pending[q]:
            # The handler must have begun. Where the guest tells of it, that line is still to come.
            self.pending[q] = 0
            self.foreseen[q] += self.guest
            self.irq_over(t, v)
            self.irq_queue[v] = q
            self.emit(t, IRQ_ENTER, v, q, 0, 0, 0, INFERRED)
        for _ in range(n):
            self.reap(t, v, q)
        return 0

    def serves_again(self, q: int, c: int, event: int) -> int:
        """The CID of a command that is done stands in a new entry, that of `event`: its completion was
        taken before that was written, though the head does not say so yet.
        """
        cq = self.owner[q]
        first, mask = self.reaped[cq], self.cqe_mask[cq]
        if self.cmd_state[c] == CMD_NONE:
            # It has been said meanwhile: those events belong before the entry.
            n = self.cmd_reaps[c]
            while n > 0 and first - n <= mask:
                n -= 1
                place = self.cqe_base[cq] + (n & mask)
                if not self.put_before(self.reap_event, place, event, True):
                    break
                self.put_before(self.cqe_event, place, event, False)
            return 0
        for n in range(min(self.done[cq] - first, mask + 1)):
            if self.done_entry[self.cqe_base[cq] + ((first + n) & mask)] == c:
                self.before = event
                self.take(self.time_of(event), self.q_vcpu[cq], cq, n + 1)
                self.before = MISSING
                return 0
        return 0

    def put_before(self, events: Any, place: int, event: int, reap: bool) -> bool:
        """Put the event whose number stands in events[place] before another; False when it is."""
        n, t = events[place], self.out[event, 0]
        if n <= event or self.out[n, 0] < t or n >= self.most:
            return False
        if reap:  # it says how long its command took
            self.out[n, 2] = max(self.out[n, 2] - (self.out[n, 0] - t), 0)
        self.out[n, 0] = t
        self.earlier.append((n, event))
        events[place] = event
        return True

    def reap(self, last_ns: int, v: int, cq: int) -> int:
        """The driver takes the next CQE: when the guest's log says so, or at the latest moment."""
        entry = self.cqe_entry[self.cqe_base[cq] + (self.reaped[cq] & self.cqe_mask[cq])]
        q, cid = entry >> 16, entry & U16
        c = (q << 16) | cid
        slot = (self.cslot0[cq] + self.reaped[cq]) % self.cq_size[cq]
        flags = INFERRED
        t = last_ns
        place = self.cqe_base[cq] + (self.reaped[cq] & self.cqe_mask[cq])
        if self.matched[cq] < self.handled[cq]:
            # The guest says so once for each CQE, in their order, before the doorbell. Two clocks
            # were put together: what can't have been is moved to where it can.
            at = self.handled_ns[self.cqe_base[cq] + (self.matched[cq] & self.cqe_mask[cq])]
            t = min(max(at, self.cqe_ns[place], self.reap_ns[cq]), last_ns)
            self.matched[cq] += 1
            flags = 0
        elif self.guest_seen:
            self.owed[cq] += 1
        self.reap_ns[cq] = t
        event = self.emit(t, CQ_REAP, v, q, cid, slot, t - self.cmd_time[c], flags)
        self.reap_event[place] = self.before if self.before >= 0 else event
        self.reaped[cq] += 1
        self.cmd_reaps[c] = self.reaped[cq]
        self.head[cq] = (self.cslot0[cq] + self.reaped[cq]) % self.cq_size[cq]
        self.free_ns[(q << 12) | (cid & 4095)] = t
        self.set_state(q, cid, CMD_NONE)
        return 0
