"""Growing columns of a run: times of events, values with them, and sums over any stretch of time.

Entries lie in pages, so that appending never copies. Sums and the times to search by are kept once
per `BLOCK` entries; what is left of a block is looked at when it is asked for, so a column costs its
entries and hardly more. Times are int64 ns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

GROWTH = 1.2  # a column grows by a fifth: room that is not used yet counts against the log's budget
BLOCK = 64
PAGE = 65_536  # a whole number of blocks


class Growing:
    """A contiguous array that is appended to; for little, since growing copies it."""

    def __init__(self, dtype: Any) -> None:
        self._n = 0
        self._all = np.empty(BLOCK, dtype)

    def __len__(self) -> int:
        return self._n

    @property
    def rows(self) -> NDArray[Any]:
        """What is there: a view, to be used before the next `append`."""
        return self._all[: self._n]

    def append(self, rows: NDArray[Any]) -> None:
        """Add rows at the end."""
        end = self._n + len(rows)
        if end > len(self._all):
            # The rest is not touched, so it takes no memory yet.
            larger = np.empty(max(end, int(GROWTH * len(self._all))), self._all.dtype)
            larger[: self._n] = self.rows
            self._all = larger
        self._all[self._n : end] = rows
        self._n = end

    @property
    def nbytes(self) -> int:
        """Bytes in use."""
        return self.rows.nbytes


class Paged:
    """Rows in pages: appending never copies what is there, however much that is."""

    def __init__(self, dtype: Any, *shape: int) -> None:
        self._n = 0
        self._dtype, self._shape = np.dtype(dtype), shape
        self._pages: list[np.ndarray[Any, Any]] = []

    def __len__(self) -> int:
        return self._n

    def __getitem__(self, index: int) -> Any:
        return self._pages[index // PAGE][index % PAGE]

    def append(self, rows: NDArray[Any]) -> None:
        """Add rows at the end."""
        while len(rows):
            inside = self._n % PAGE
            if inside == 0:
                self._pages.append(np.empty((PAGE, *self._shape), self._dtype))
            part = rows[: PAGE - inside]
            self._pages[-1][inside : inside + len(part)] = part
            self._n += len(part)
            rows = rows[len(part) :]

    def part(self, first: int, end: int) -> NDArray[Any]:
        """Rows first..end: a view where they lie in one page."""
        page = first // PAGE
        if end <= (page + 1) * PAGE and page < len(self._pages):
            return self._pages[page][first - page * PAGE : end - page * PAGE]
        parts = [
            self._pages[p][max(0, first - p * PAGE) : end - p * PAGE]
            for p in range(page, -(-end // PAGE))
        ]
        return np.concatenate(parts) if parts else np.empty((0, *self._shape), self._dtype)

    def blocks(self, numbers: NDArray[np.int64]) -> NDArray[Any]:
        """(len(numbers), BLOCK) the blocks with these numbers; beyond the end stands anything."""
        first = numbers * BLOCK
        page, inside = first // PAGE, first % PAGE
        if (page == page[0]).all():
            rows = self._pages[int(page[0])].reshape(-1, BLOCK)
            return rows[inside // BLOCK]
        pairs: list[tuple[int, int]] = list(zip(page.tolist(), inside.tolist()))
        return np.stack([self._pages[p][at : at + BLOCK] for p, at in pairs])

    def at(self, index: NDArray[np.int64]) -> NDArray[Any]:
        """The rows with these numbers; none may lie beyond the end."""
        if not len(index):
            return np.empty(0, self._dtype)
        return self.blocks(index // BLOCK)[np.arange(len(index)), index % BLOCK]

    @property
    def nbytes(self) -> int:
        """Bytes in use."""
        return self._n * self._dtype.itemsize * int(np.prod(self._shape))


class Sums:
    """Sums of the first i entries of a column of integers, for any i."""

    def __init__(self, column: Paged) -> None:
        self._column = column
        self._blocks = Growing(np.int64)  # before each whole block
        self._blocks.append(np.zeros(1, np.int64))

    def update(self) -> None:
        """Take in the blocks that have become whole."""
        first = len(self._blocks) - 1
        end = len(self._column) // BLOCK
        if end > first:
            whole = self._column.part(first * BLOCK, end * BLOCK).reshape(-1, BLOCK)
            sums = np.cumsum(whole.sum(axis=1, dtype=np.int64)) + self._blocks.rows[-1]
            self._blocks.append(sums)

    def before(self, index: int) -> int:
        """Sum of the first `index` entries."""
        block = index // BLOCK
        part = self._column.part(block * BLOCK, index)
        return int(self._blocks.rows[block]) + int(part.sum(dtype=np.int64))

    def before_each(self, index: NDArray[np.int64]) -> NDArray[np.int64]:
        """The same for every entry of `index`."""
        if not len(self._column) or not len(index):
            return np.zeros(len(index), np.int64)
        block = index // BLOCK
        # An index at the end of the last page has its block in no page yet: nothing of it is taken.
        rows = self._column.blocks(np.minimum(block, (len(self._column) - 1) // BLOCK))
        taken = np.arange(BLOCK) < (index - block * BLOCK)[:, None]
        part = rows.sum(axis=1, where=taken, dtype=np.int64)
        return self._blocks.rows[block] + part

    @property
    def nbytes(self) -> int:
        """Bytes in use, without the column itself."""
        return self._blocks.nbytes


class Moments:
    """Times, sorted; counts over a stretch cost two look-ups."""

    def __init__(self) -> None:
        self._t = Paged(np.int64)
        self._starts = Growing(np.int64)  # of every block

    def __len__(self) -> int:
        return len(self._t)

    def add(self, t: NDArray[Any]) -> None:
        """Append times not earlier than the last."""
        self._starts.append(t[-len(self) % BLOCK :: BLOCK])
        self._t.append(t)

    def _place(self, t_ns: int, side: Literal["left", "right"]) -> int:
        block = int(np.searchsorted(self._starts.rows, t_ns, side)) - 1
        if block < 0:
            return 0
        rows = self._t.part(block * BLOCK, min(len(self), (block + 1) * BLOCK))
        return block * BLOCK + int(np.searchsorted(rows, t_ns, side))

    def index(self, t_ns: int) -> int:
        """How many entries lie at or before t."""
        return self._place(t_ns, "right")

    def index_each(self, t_ns: NDArray[np.int64]) -> NDArray[np.int64]:
        """The same for every entry of `t_ns`."""
        if not len(self) or not len(t_ns):
            return np.zeros(len(t_ns), np.int64)
        first, end = self.index(int(t_ns.min())), self.index(int(t_ns.max()))
        if (
            first // PAGE == end // PAGE
        ):  # near one another, as in a graph: no need to gather blocks
            return first + np.searchsorted(self._t.part(first, end), t_ns, "right")
        block = np.searchsorted(self._starts.rows, t_ns, "right") - 1
        first = np.maximum(block, 0) * BLOCK
        rows = self._t.blocks(first // BLOCK)
        there = np.arange(BLOCK) < (len(self) - first)[:, None]
        return first + ((rows <= t_ns[:, None]) & there).sum(axis=1)

    def count(self, after_ns: int, until_ns: int) -> int:
        """Entries in (after, until]."""
        return self.index(until_ns) - self.index(after_ns)

    def counts(self, after_ns: NDArray[np.int64], until_ns: NDArray[np.int64]) -> NDArray[np.int64]:
        """Entries in each (after, until]."""
        index = self.index_each(np.concatenate((after_ns, until_ns)))
        return index[len(after_ns) :] - index[: len(after_ns)]

    def time_of(self, index: int) -> int | None:
        """Time of entry number `index`, None where there are fewer."""
        return int(self._t[index]) if index < len(self) else None

    def after(self, t_ns: int) -> int | None:
        """Time of the first entry later than t."""
        index = self.index(t_ns)
        return int(self._t[index]) if index < len(self) else None

    def before(self, t_ns: int) -> int | None:
        """Time of the last entry earlier than t."""
        index = self._place(t_ns, "left")
        return int(self._t[index - 1]) if index > 0 else None

    @property
    def nbytes(self) -> int:
        """Bytes in use."""
        return self._t.nbytes + self._starts.nbytes


class Counted(Moments):
    """Times, and for how long each entry has been there: the integral of their number over time."""

    def __init__(self) -> None:
        super().__init__()
        self._sums = Sums(self._t)

    def add(self, t: NDArray[Any]) -> None:
        """Append times not earlier than the last."""
        super().add(t)
        self._sums.update()

    def area(self, t_ns: NDArray[np.int64]) -> NDArray[np.int64]:
        """Sum of (t - time) over the entries up to each t, ns."""
        index = self.index_each(t_ns)
        return index * t_ns - self._sums.before_each(index)

    @property
    def nbytes(self) -> int:
        """Bytes in use."""
        return super().nbytes + self._sums.nbytes


class Column(Counted):
    """Times with a value each (below 2^32) and sums of the values over a stretch."""

    def __init__(self) -> None:
        super().__init__()
        self.value = Paged(np.uint32)
        self._value_sums = Sums(self.value)

    def extend(self, t: NDArray[Any], value: NDArray[Any]) -> None:
        """Append entries not earlier than the last."""
        self.add(t)
        self.value.append(value)
        self._value_sums.update()

    def total(self, after_ns: int, until_ns: int) -> int:
        """Sum of the values in (after, until]."""
        sums = self._value_sums
        return sums.before(self.index(until_ns)) - sums.before(self.index(after_ns))

    def passed(self, t_ns: NDArray[np.int64]) -> NDArray[np.int64]:
        """Values being ns that end at their times: how many of them had passed by each time.

        Of those still under way at a time, the one that ends next counts for its part.
        """
        at = self.index_each(t_ns)
        total = self._value_sums.before_each(at)
        open_ = np.flatnonzero(at < len(self))
        begins = self._t.at(at[open_]) - self.value.at(at[open_])
        total[open_] += np.maximum(0, t_ns[open_] - begins)
        return total

    def values(self, after_ns: int, until_ns: int) -> NDArray[np.uint32]:
        """Values in (after, until], in time order."""
        first = self.index(after_ns)
        return self.value.part(first, max(first, self.index(until_ns)))

    @property
    def nbytes(self) -> int:
        """Bytes in use."""
        return super().nbytes + self.value.nbytes + self._value_sums.nbytes
