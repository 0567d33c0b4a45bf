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


GROWTH = 1.2  # a column grows by a fifth: room that is not used yet counts against the log's budget


def _grown(array: NDArray[Any], size: int, used: int) -> NDArray[Any]:
    """A larger array with the same beginning; the rest is not touched, so it takes no memory yet."""
    larger = np.empty(size, array.dtype)
    larger[:used] = array[:used]
    return larger


class Moments:
    """A growing array of times, sorted; counts over a stretch cost two look-ups."""

    def __init__(self) -> None:
        self._n = 0
        self._t = np.empty(256, np.int64)

    def __len__(self) -> int:
        return self._n

    def add(self, t: NDArray[Any]) -> None:
        """Append times not earlier than the last."""
        end = self._n + len(t)
        if end > len(self._t):
            self._resize(max(end, int(GROWTH * len(self._t))))
        self._t[self._n : end] = t
        self._n = end

    def _resize(self, size: int) -> None:
        self._t = _grown(self._t, size, self._n)

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


class Column(Moments):
    """The same with a value each (below 2^32); sums over a stretch cost two look-ups as well."""

    def __init__(self) -> None:
        super().__init__()
        self._value = np.empty(256, np.uint32)
        self._sum = np.zeros(257, np.int64)

    def extend(self, t: NDArray[Any], value: NDArray[Any]) -> None:
        """Append entries not earlier than the last."""
        first = self._n
        self.add(t)
        self._value[first : self._n] = value
        np.cumsum(value, out=self._sum[first + 1 : self._n + 1], dtype=np.int64)
        self._sum[first + 1 : self._n + 1] += self._sum[first]

    def _resize(self, size: int) -> None:
        super()._resize(size)
        self._value = _grown(self._value, size, self._n)
        self._sum = _grown(self._sum, size + 1, self._n + 1)

    def total(self, after_ns: int, until_ns: int) -> int:
        """Sum of the values in (after, until]."""
        return int(self._sum[self.index(until_ns)] - self._sum[self.index(after_ns)])

    def passed(self, t_ns: NDArray[np.int64]) -> NDArray[np.int64]:
        """Values being ns that end at their times: how many of them had passed by each time.

        Of those still under way at a time, the one that ends next counts for its part.
        """
        at = self.index(t_ns)
        total = self._sum[at]
        open_ = np.flatnonzero(at < self._n)
        ends = at[open_]
        begins = self._t[ends] - self._value[ends]
        total[open_] += np.maximum(0, t_ns[open_] - begins)
        return total

    def values(self, after_ns: int, until_ns: int) -> NDArray[np.uint32]:
        """Values in (after, until], in time order."""
        return self._value[int(self.index(after_ns)) : int(self.index(until_ns))]


class Series:
    """The columns of one run.

    reaps: value = latency ns. sq_exits, cq_exits: moments. returns: VM entries, value = ns
    outside.
    """

    def __init__(self, vcpus: int) -> None:
        self.vcpus = vcpus
        self.events = 0
        self.reaps = Column()
        self.sq_exits = Moments()
        self.cq_exits = Moments()
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
            column.extend(rows["t"], rows[value])
        exits = events[kind == kinds.VM_EXIT]
        for column, reason in (
            (self.sq_exits, kinds.EXIT_SQ_DOORBELL),
            (self.cq_exits, kinds.EXIT_CQ_DOORBELL),
        ):
            column.add(exits["t"][exits["a"] == reason])

    def exits(self, after_ns: int, until_ns: int) -> int:
        """VM exits for either doorbell in (after, until]."""
        return self.sq_exits.count(after_ns, until_ns) + self.cq_exits.count(after_ns, until_ns)
