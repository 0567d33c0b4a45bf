"""What a log says, kept as sorted columns: when commands were reaped, when the guest left and came
back.

Fed block by block; every measure is a count or a sum between two times. Times are int64 ns. This is
all that graphs and figures need, so the log itself may be released.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np

from nvmeviz.log import kinds

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Column:
    """A growing array of (time, value), sorted by time; sums over a stretch cost two look-ups."""

    def __init__(self) -> None:
        self._n = 0
        self._t = np.empty(256, np.int64)
        self._value = np.empty(256, np.int64)
        self._sum = np.zeros(257, np.int64)

    def __len__(self) -> int:
        return self._n

    def extend(self, t: NDArray[Any], value: NDArray[Any]) -> None:
        """Append entries not earlier than the last."""
        end = self._n + len(t)
        if end > len(self._t):
            size = max(end, 2 * len(self._t))
            self._t = np.resize(self._t, size)
            self._value = np.resize(self._value, size)
            self._sum = np.resize(self._sum, size + 1)
        self._t[self._n : end] = t
        self._value[self._n : end] = value
        np.cumsum(value, out=self._sum[self._n + 1 : end + 1], dtype=np.int64)
        self._sum[self._n + 1 : end + 1] += self._sum[self._n]
        self._n = end

    def index(self, t_ns: Any) -> Any:
        """How many entries lie at or before t (a number or an array of them)."""
        return cast("Any", np.searchsorted(self._t[: self._n], t_ns, side="right"))

    def count(self, after_ns: int, until_ns: int) -> int:
        """Entries in (after, until]."""
        return int(self.index(until_ns) - self.index(after_ns))

    def after(self, t_ns: int) -> int | None:
        """Time of the first entry later than t."""
        index = int(self.index(t_ns))
        return int(self._t[index]) if index < self._n else None

    def before(self, t_ns: int) -> int | None:
        """Time of the last entry earlier than t."""
        index = int(np.searchsorted(self._t[: self._n], t_ns, side="left"))
        return int(self._t[index - 1]) if index > 0 else None

    def total(self, after_ns: int, until_ns: int) -> int:
        """Sum of the values in (after, until]."""
        return int(self._sum[self.index(until_ns)] - self._sum[self.index(after_ns)])

    def values(self, after_ns: int, until_ns: int) -> NDArray[np.int64]:
        """Values in (after, until], in time order."""
        return self._value[int(self.index(after_ns)) : int(self.index(until_ns))]


class Series:
    """The columns of one run.

    reaps: value = latency ns. sq_exits, cq_exits: value = 1. returns: VM entries, value = ns
    outside.
    """

    def __init__(self, vcpus: int) -> None:
        self.vcpus = vcpus
        self.events = 0
        self.reaps = Column()
        self.sq_exits = Column()
        self.cq_exits = Column()
        self.returns = Column()

    def extend(self, events: NDArray[np.void]) -> None:
        """Take in the next block of the log."""
        self.events += len(events)
        kind = events["kind"]
        for column, wanted, value in (
            (self.reaps, kinds.CQ_REAP, "b"),
            (self.returns, kinds.VM_ENTRY, "b"),
        ):
            rows = events[kind == wanted]
            column.extend(rows["t"], rows[value].astype(np.int64))
        exits = events[kind == kinds.VM_EXIT]
        for column, reason in (
            (self.sq_exits, kinds.EXIT_SQ_DOORBELL),
            (self.cq_exits, kinds.EXIT_CQ_DOORBELL),
        ):
            t = exits["t"][exits["a"] == reason]
            column.extend(t, np.ones(len(t), np.int64))

    def exits(self, after_ns: int, until_ns: int) -> int:
        """VM exits for either doorbell in (after, until]."""
        return self.sq_exits.count(after_ns, until_ns) + self.cq_exits.count(after_ns, until_ns)
