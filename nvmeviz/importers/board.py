"""What is known of a controller and its driver while a trace is lifted, and the events so far.

Rings as the protocol has them (NVMe Base 2.1, 3.3.1): for each queue the numbers of commands that came
to each stage, their slots, and by CID where each command stands. An ordinary file that is compiled where
it can be; so are the classes that build on it: `driver_side`, `controller_side`, `lifting`.
"""

# The compiled class's attributes are declared in the .pxd, where pyright can't see them.
# pyright: reportAttributeAccessIssue=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any

import cython
import numpy as np

from nvmeviz.importers.plan import power_of_two

if TYPE_CHECKING:
    from nvmeviz.importers.plan import Plan

if not cython.compiled:
    # isort: off
    # fmt: off
    from nvmeviz.importers.records import (
        CMD_NONE, IDLE_NS, MISSING, U16, U32,
    )
    from nvmeviz.log.kinds import (
        CQE_PHASE, CQ_POST, CTRL_SLEEP, CTRL_WAKE, INFERRED, LOST_BEFORE, NO_QUEUE, STRAY,
    )

    # fmt: on
    # isort: on


FIELDS = 4  # of an event on its way: t, a, b, and qid | cid << 16 | kind << 32 | vcpu << 40 | flags << 48


def _zeros(n: int, kind: Any = np.int64) -> Any:
    """An array of zeros; pages of it that nobody touches cost nothing."""
    return np.zeros(n, kind).data


class Board:
    """Arrays over the pairs of a plan. `emit` writes events, in any order; `events` sorts them."""

    def __init__(self, plan: Plan) -> None:
        n = len(plan.sq_size)
        self.plan = plan
        self.n_queues = n
        self.sq_size = array("q", plan.sq_size)
        self.cq_size = array("q", plan.cq_size)
        self.owner = array("q", plan.owner)
        self.q_vcpu = array("q", plan.vcpu)
        self.q_thread = array("q", plan.thread)
        self.interrupts = array("q", plan.interrupts)
        zeros = bytes(8 * n)
        # Driver's tail and head as indices; numbers of commands, from 0 on, of how far each stage came.
        self.tail, self.head = array("q", zeros), array("q", zeros)
        self.told = array("q", zeros)  # head as the controller was told it
        self.posted, self.fetched = array("q", zeros), array("q", zeros)
        self.known = array("q", zeros)
        self.slot0, self.cslot0 = array("q", zeros), array("q", zeros)
        self.started, self.cstarted = array("q", plan.started), array("q", plan.started)
        self.done, self.completed, self.reaped = (array("q", zeros) for _ in range(3))
        self.unsignalled, self.pending = array("q", zeros), array("q", zeros)
        self.foreseen = array("q", zeros)  # 1: its handler was told before the guest's line
        self.sq_eventidx = array("q", [MISSING] * n)
        self.cq_eventidx = array("q", [MISSING] * n)
        self.verdict = array("q", [MISSING] * n)  # event that says the last comparison was silent
        self.verdict_tail = array("q", [MISSING] * n)
        # Rings of events and commands in flight, a power of two of places for each queue.
        rooms = [power_of_two(max(2, size)) for size in plan.sq_size]
        held = [0] * n
        for q, room in enumerate(rooms):
            held[plan.owner[q]] += room
        held = [power_of_two(max(2, places)) for places in held]
        self.post_mask = array("q", [room - 1 for room in rooms])
        self.cqe_mask = array("q", [room - 1 for room in held])
        starts, cqe_starts = [0], [0]
        for room, places in zip(rooms, held, strict=True):
            starts.append(starts[-1] + room)
            cqe_starts.append(cqe_starts[-1] + places)
        self.post_base = array("q", starts)
        self.cqe_base = array("q", cqe_starts)
        self.post_event = _zeros(starts[-1])
        self.done_entry = _zeros(cqe_starts[-1])  # queue << 16 | CID
        self.cqe_entry = _zeros(cqe_starts[-1])
        self.cqe_ns = _zeros(cqe_starts[-1])  # when it was written
        self.handled_ns = _zeros(cqe_starts[-1])  # when the guest said it read one
        self.cqe_event = _zeros(cqe_starts[-1])  # its CQ_POST, or the event that it was put before
        self.reap_event = _zeros(cqe_starts[-1])  # its CQ_REAP, likewise
        self.handled, self.matched = array("q", zeros), array("q", zeros)
        self.reap_ns = array("q", zeros)  # when the last entry was taken
        self.owed = array("q", zeros)  # entries taken before the guest's line about them
        self.post_ns = array("q", zeros)  # when the entry was written that was fetched last
        # By queue and CID.
        size = n << 16
        self.cmd_state = _zeros(size, np.int8)
        self.cmd_event = _zeros(size)  # its SQ_POST
        self.cmd_time = _zeros(size)  # when it was written
        self.cmd_reaps = _zeros(size)  # completions taken off its CQ, its own as the last
        self.setup_ns = _zeros(size if plan.guest else 1)  # 0: not seen
        self.free_ns = _zeros(n << 12)  # when its last command was over, likewise
        self.low_state = _zeros(n << 12, np.int16)  # in flight, by the CID's low 12 bits
        self.highest = array("q", zeros)  # CID; of its low 12 bits as long as those tell all apart
        self.highest_low = array("q", zeros)
        self.collided = array("q", zeros)
        # By vCPU and thread.
        self.write_ns = array("q", [MISSING] * 256)  # of a register write whose doorbell is to come
        self.write_value = array("q", [MISSING] * 256)
        self.exit_ns = array("q", [MISSING] * 256)  # of an exit that no event tells yet
        self.exit_reason = array("q", bytes(8 * 256))
        self.exit_told = array("q", bytes(8 * 256))
        self.exit_queue = array("q", bytes(8 * 256))
        self.irq_queue = array("q", [MISSING] * 256)
        self.thread_ns = array("q", [MISSING] * 256)
        self.thread_work = array("q", bytes(8 * 256))
        self.last_kind = array("q", bytes(8 * 256))
        self.last_queue = array("q", [MISSING] * 256)
        self.last_cmd = array("q", [MISSING] * 256)
        self.q_of = array("q", [MISSING]) * 65536
        for qid, q in plan.index.items():
            self.q_of[qid] = q
        self.cq_of = array("q", [MISSING]) * 65536
        for qid, q in plan.cq_index.items():
            self.cq_of[qid] = q
        self.admin = plan.admin
        self.qemu, self.guest = plan.qemu, plan.guest
        self.eventfd, self.exits = plan.eventfd, plan.exits
        self.device_number = plan.device
        self.bar = plan.bar
        self.origin = plan.origin_ns
        self.dbbuf = plan.dbbuf
        self.enabled = True
        self.guest_seen = False
        self.lost = 0
        self.kept = 0
        self.dropped = 0
        # Events that belong before another one: (its number, that of the other).
        self.earlier: list[tuple[int, int]] = []
        self.before = MISSING
        self.most = plan.most
        self.room = 4096
        self.out: Any = np.empty((self.room, FIELDS), np.int64).data

    def grow(self) -> int:
        """Twice the room for events."""
        more = np.empty((2 * self.room, FIELDS), np.int64)
        more[: self.room] = np.asarray(self.out)
        self.out = more.data
        self.room *= 2
        return 0

    def emit(self, t: int, kind: int, v: int, q: int, cid: int, a: int, b: int, flags: int) -> int:
        """Append an event; returns its number. One too many stands behind the others until the next:
        who changes it later changes nothing that is kept.
        """
        if self.kept >= self.room:
            self.grow()
        n = self.kept
        t -= self.origin
        if self.lost:
            flags |= LOST_BEFORE
            self.lost = 0
        self.out[n, 0] = max(t, 0)
        self.out[n, 1] = min(max(a, 0), U32)
        self.out[n, 2] = min(max(b, 0), U32)
        self.out[n, 3] = q | (cid << 16) | (kind << 32) | (v << 40) | (flags << 48)
        if n < self.most:
            self.kept += 1
            if self.before >= 0:
                self.earlier.append((n, self.before))
        else:
            self.dropped += 1
        return n

    def stray(self, t: int, kind: int, v: int, q: int, cid: int, value: int) -> int:
        """Append what fits nothing."""
        self.emit(t, STRAY, v, q if q >= 0 else NO_QUEUE, cid & U16, kind, value, 0)
        return 0

    def time_of(self, event: int) -> int:
        """When an event happened, by the clock of the records."""
        return self.out[event, 0] + self.origin

    def vcpu_of(self, who: int, q: int) -> int:
        """The vCPU of a thread id, else the one that owns the queue."""
        found = self.plan.vcpus.get(who, MISSING)
        return found if found >= 0 else self.q_vcpu[q]

    def thread_at(self, who: int, q: int, t: int) -> int:
        """The controller thread of a thread id, which is awake at t: it works now."""
        w = self.plan.threads.get(who, MISSING)
        if w < 0:
            w = self.q_thread[q]
        last = self.thread_ns[w]
        if last < 0:
            self.emit(t, CTRL_WAKE, w, q, 0, 0, 0, INFERRED)
        elif self.thread_work[w] <= 0 and t - last > IDLE_NS:
            self.emit(last, CTRL_SLEEP, w, q, 0, 0, 0, INFERRED)
            self.emit(t, CTRL_WAKE, w, q, 0, 0, 0, INFERRED)
        self.thread_ns[w] = t
        return w

    def uses_dbbuf(self, q: int) -> bool:
        """True when the driver announces queue q in the shadow buffers."""
        return self.dbbuf and q != self.admin

    def set_state(self, q: int, cid: int, state: int) -> int:
        """Where a command stands from now on."""
        c = (q << 16) | cid
        low = (q << 12) | (cid & 4095)
        if (self.cmd_state[c] == CMD_NONE) != (state == CMD_NONE):
            self.low_state[low] += 1 if state else -1
            if self.low_state[low] > 1:
                self.collided[q] = 1
            self.highest[q] = max(self.highest[q], cid)
            self.highest_low[q] = max(self.highest_low[q], cid & 4095)
        self.cmd_state[c] = state
        return 0

    def complete(self, t: int, cq: int, w: int, flags: int) -> int:
        """The controller writes the next CQE."""
        n = self.completed[cq]
        entry = self.done_entry[self.cqe_base[cq] + (n & self.cqe_mask[cq])]
        q, cid = entry >> 16, entry & U16
        number = self.cslot0[cq] + n
        size = self.cq_size[cq]
        phase = CQE_PHASE if number // size % 2 == 0 else 0
        head = (self.slot0[q] + self.fetched[q]) % self.sq_size[q]
        event = self.emit(t, CQ_POST, w, q, cid, number % size, phase | head, flags)
        self.cqe_event[self.cqe_base[cq] + (n & self.cqe_mask[cq])] = (
            self.before if self.before >= 0 else event
        )
        self.cqe_entry[self.cqe_base[cq] + (n & self.cqe_mask[cq])] = entry
        self.cqe_ns[self.cqe_base[cq] + (n & self.cqe_mask[cq])] = t
        self.completed[cq] = n + 1
        self.unsignalled[cq] += 1
        self.thread_work[w] -= 1
        return 0

    def events(self) -> Any:
        """(n, FIELDS) int64: all events so far, as they were written."""
        return np.asarray(self.out)[: self.kept]

    def order(self) -> Any:
        """(n,) int64: the numbers of the events in the order of their times."""
        times = self.events()[:, 0]
        if not self.earlier:
            return np.argsort(times, kind="stable")
        moved = np.array(self.earlier)
        place = 2 * np.arange(self.kept)
        place[moved[:, 0]] = 2 * moved[:, 1] - 1
        return np.lexsort((place, times))

    def tags(self) -> list[int]:
        """For each queue a power of two by which the CIDs in flight could always be told apart: the
        low bits where those do, as Linux' generations in the upper ones make them.
        """
        return [
            power_of_two((self.highest[q] if self.collided[q] else self.highest_low[q]) + 1)
            for q in range(self.n_queues)
        ]
