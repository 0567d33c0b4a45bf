"""The calendar: events to come, ordered by (t, sequence number), so ties never depend on chance.

Compiled it is two binary heaps of integers over typed arrays: one for the few next steps of vCPUs and
threads, which come and go all the time, and one for the many commands in the device and the timers,
which wait long. Plain it is one `heapq`. The order is total, so both give the same events. `entries`
and `load` are its checkpoint.
"""

# The compiled heap's arrays are declared in calendar.pxd, where pyright can't see them.
# pyright: reportAttributeAccessIssue=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false

from __future__ import annotations

from array import array
from heapq import heappop, heappush
from typing import Any

import cython

if not cython.compiled:
    from nvmeviz.engine.choices import NEVER_NS
    from nvmeviz.log.kinds import BATCH_TIMER, DEV_DONE, IRQ_TIMER, REQUEST, RESET_DUE

WIDTH = 9
Entry = tuple[int, int, int, int, int, int, int, int, int]  # t, seq, kind, v, q, cid, a, b, cause


class Heap:
    """Slot numbers ordered by (t, seq); only the compiled calendar uses it."""

    def __init__(self, capacity: int) -> None:
        empty = bytes(8 * capacity)
        self.n = 0
        self.key_t = array("q", empty)
        self.key_seq = array("q", empty)
        self.slot = array("q", empty)

    def grow(self) -> None:
        """Twice the room."""
        empty = bytes(8 * len(self.slot))
        self.key_t = array("q", bytes(self.key_t) + empty)
        self.key_seq = array("q", bytes(self.key_seq) + empty)
        self.slot = array("q", bytes(self.slot) + empty)

    def put(self, t: int, seq: int, s: int) -> int:
        """Add slot s; `seq` is higher than every one before, so it stays below equals."""
        i = self.n
        self.n += 1
        while i > 0:
            up = (i - 1) >> 1
            if self.key_t[up] <= t:
                break
            self.key_t[i] = self.key_t[up]
            self.key_seq[i] = self.key_seq[up]
            self.slot[i] = self.slot[up]
            i = up
        self.key_t[i] = t
        self.key_seq[i] = seq
        self.slot[i] = s
        return 0

    def take(self) -> int:
        """Remove the first and return its slot."""
        s = self.slot[0]
        i = 0
        self.n -= 1
        n = self.n
        last_t = self.key_t[n]
        last_seq = self.key_seq[n]
        last_slot = self.slot[n]
        while True:
            down = 2 * i + 1
            if down >= n:
                break
            if down + 1 < n and (
                self.key_t[down + 1] < self.key_t[down]
                or (
                    self.key_t[down + 1] == self.key_t[down]
                    and self.key_seq[down + 1] < self.key_seq[down]
                )
            ):
                down += 1
            if last_t < self.key_t[down] or (
                last_t == self.key_t[down] and last_seq < self.key_seq[down]
            ):
                break
            self.key_t[i] = self.key_t[down]
            self.key_seq[i] = self.key_seq[down]
            self.slot[i] = self.slot[down]
            i = down
        self.key_t[i] = last_t
        self.key_seq[i] = last_seq
        self.slot[i] = last_slot
        return s


class Calendar:
    """Room for `capacity` events to come, and more when needed (timers that became void stay until due).

    After `pop` the entry stands in t, kind, v, q, cid, a, b, cause.
    """

    def __init__(self, capacity: int) -> None:
        self.seq = 0
        self.n = 0
        self.heap: list[Entry] = []
        if cython.compiled:
            empty = bytes(8 * capacity)
            self.near = Heap(capacity)
            self.far = Heap(capacity)
            self.e_cause = array("q", empty)
            self.e_a = array("q", empty)
            self.e_b = array("q", empty)
            self.e_kind = array("q", empty)
            self.e_v = array("q", empty)
            self.e_q = array("q", empty)
            self.e_cid = array("q", empty)
            self.free = array("q", range(capacity))
            self.n_free = capacity

    def push(self, t: int, kind: int, v: int, q: int, cid: int, a: int, b: int, cause: int) -> int:
        """Plan an event."""
        if not cython.compiled:
            heappush(self.heap, (t, self.seq, kind, v, q, cid, a, b, cause))
            self.seq += 1
            self.n += 1
            return 0
        if self.n_free == 0:
            with cython.gil:
                self._grow()
        self.n_free -= 1
        s = self.free[self.n_free]
        self.e_cause[s] = cause
        self.e_kind[s] = kind
        self.e_v[s] = v
        self.e_q[s] = q
        self.e_cid[s] = cid
        self.e_a[s] = a
        self.e_b[s] = b
        if kind in (DEV_DONE, BATCH_TIMER, REQUEST, IRQ_TIMER, RESET_DUE):
            self.far.put(t, self.seq, s)
        else:
            self.near.put(t, self.seq, s)
        self.n += 1
        self.seq += 1
        return 0

    def _grow(self) -> None:
        """Twice the room."""
        size = len(self.free)
        empty = bytes(8 * size)
        self.near.grow()
        self.far.grow()
        self.e_cause = array("q", bytes(self.e_cause) + empty)
        self.e_a = array("q", bytes(self.e_a) + empty)
        self.e_b = array("q", bytes(self.e_b) + empty)
        self.e_kind = array("q", bytes(self.e_kind) + empty)
        self.e_v = array("q", bytes(self.e_v) + empty)
        self.e_q = array("q", bytes(self.e_q) + empty)
        self.e_cid = array("q", bytes(self.e_cid) + empty)
        self.free = array("q", empty + empty)
        for i in range(size):
            self.free[i] = size + i
        self.n_free = size

    def _far_is_first(self) -> bool:
        if self.far.n == 0:
            return False
        return (
            self.near.n == 0
            or self.far.key_t[0] < self.near.key_t[0]
            or (
                self.far.key_t[0] == self.near.key_t[0]
                and self.far.key_seq[0] < self.near.key_seq[0]
            )
        )

    def pop(self) -> int:
        """Take out the first event."""
        self.n -= 1
        if not cython.compiled:
            entry = heappop(self.heap)
            self.t, _, self.kind, self.v, self.q, self.cid, self.a, self.b, self.cause = entry
            return 0
        if self._far_is_first():
            self.t = self.far.key_t[0]
            s = self.far.take()
        else:
            self.t = self.near.key_t[0]
            s = self.near.take()
        self.kind = self.e_kind[s]
        self.v = self.e_v[s]
        self.q = self.e_q[s]
        self.cid = self.e_cid[s]
        self.a = self.e_a[s]
        self.b = self.e_b[s]
        self.cause = self.e_cause[s]
        self.free[self.n_free] = s
        self.n_free += 1
        return 0

    def next_t(self) -> int:
        """When the first event happens; NEVER_NS when none is to come."""
        if self.n == 0:
            return NEVER_NS
        if not cython.compiled:
            return self.heap[0][0]
        if self._far_is_first():
            return self.far.key_t[0]
        return self.near.key_t[0]

    def entries(self) -> array[int]:
        """Everything to come: WIDTH numbers an entry, in no order."""
        if not cython.compiled:
            return array("q", [number for entry in self.heap for number in entry])
        found = array("q", bytes(8 * WIDTH * self.n))
        self._copy(found, self.near, 0)
        self._copy(found, self.far, self.near.n)
        return found

    def _copy(self, found: Any, heap: Heap, first: int) -> int:
        """Write what a heap holds into `found`, from its entry `first` on."""
        for i in range(heap.n):
            s = heap.slot[i]
            at = WIDTH * (first + i)
            found[at] = heap.key_t[i]
            found[at + 1] = heap.key_seq[i]
            found[at + 2] = self.e_kind[s]
            found[at + 3] = self.e_v[s]
            found[at + 4] = self.e_q[s]
            found[at + 5] = self.e_cid[s]
            found[at + 6] = self.e_a[s]
            found[at + 7] = self.e_b[s]
            found[at + 8] = self.e_cause[s]
        return 0

    def load(self, entries: list[Entry], seq: int) -> None:
        """Hold exactly `entries` (in the order of their sequence numbers), the next sequence number
        being `seq`.
        """
        if cython.compiled:
            for heap in (self.near, self.far):
                for i in range(heap.n):
                    self.free[self.n_free] = heap.slot[i]
                    self.n_free += 1
            self.near.n = 0
            self.far.n = 0
        self.n = 0
        self.heap = []
        for t, number, kind, v, q, cid, a, b, cause in entries:
            self.seq = number
            self.push(t, kind, v, q, cid, a, b, cause)
        self.seq = seq
