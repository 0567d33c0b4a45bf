"""Distributions of values over any stretch of a column: how many fall into each of many buckets.

A bucket is a thirty-second of an octave: its ends lie 1.0 to 1.03 apart as a ratio, and a percentile
interpolates within it, so it is exact to about one per cent. The counts of all entries so far are
kept once per `SLOT` entries; a percentile over a minute costs no more than one over a millisecond.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nvmeviz.analysis.columns import Paged

SLOT = 1024
_PARTS_BITS = 5  # 32 buckets an octave
_MANTISSA_BITS = 52
_FIRST = 1023 << _PARTS_BITS  # the bucket of 1.0
BUCKETS = 32 << _PARTS_BITS  # up to 2^32


def bucket_of(values: NDArray[Any]) -> NDArray[np.int64]:
    """The bucket of each value; 0 counts as 1. The exponent and the first bits of a float64 are
    an octave and its parts.
    """
    floats = np.maximum(values, 1).astype(np.float64)
    return (floats.view(np.int64) >> (_MANTISSA_BITS - _PARTS_BITS)) - _FIRST


def edges() -> NDArray[np.float64]:
    """(BUCKETS + 1,) lower ends of the buckets, and the upper end of the last."""
    bits = (np.arange(BUCKETS + 1, dtype=np.int64) + _FIRST) << (_MANTISSA_BITS - _PARTS_BITS)
    return bits.view(np.float64)


EDGES = edges()


class Histogram:
    """Counts by bucket of the first i values of a growing column, for any i."""

    def __init__(self, column: Paged) -> None:
        self._column = column
        self._slots = [np.zeros(BUCKETS, np.uint32)]  # before each whole slot

    def update(self) -> None:
        """Take in the slots that have become whole."""
        for slot in range(len(self._slots) - 1, len(self._column) // SLOT):
            part = bucket_of(self._column.part(slot * SLOT, (slot + 1) * SLOT))
            counts = np.bincount(part, minlength=BUCKETS).astype(np.uint32)
            self._slots.append(self._slots[-1] + counts)

    def before(self, index: NDArray[np.int64]) -> NDArray[np.int64]:
        """(len(index), BUCKETS) counts of the first `index` values."""
        count = len(index)
        slots: list[int] = (index // SLOT).tolist()
        parts = [self._column.part(slot * SLOT, end) for slot, end in zip(slots, index.tolist())]
        row = np.repeat(np.arange(count), [len(part) for part in parts])
        flat = bucket_of(np.concatenate(parts)) + row * BUCKETS
        rest = np.bincount(flat, minlength=count * BUCKETS).reshape(count, BUCKETS)
        return rest + np.stack([self._slots[slot] for slot in slots])

    @property
    def nbytes(self) -> int:
        """Bytes in use, without the column itself."""
        return sum(slot.nbytes for slot in self._slots)


def percentiles(counts: NDArray[np.int64], share: float) -> NDArray[np.float64]:
    """The value that `share` (0..1) of the entries do not exceed; counts: (n, BUCKETS). Nan where
    there are none.
    """
    below = np.cumsum(counts, axis=1)
    total = below[:, -1]
    rank = np.maximum(np.ceil(share * total), 1.0)
    at = (below < rank[:, None]).sum(axis=1)
    at = np.minimum(at, BUCKETS - 1)
    inside = np.take_along_axis(counts, at[:, None], 1)[:, 0]
    under = np.take_along_axis(below, at[:, None], 1)[:, 0] - inside
    # Entries are thought of as evenly spread over their bucket.
    part = (rank - under - 0.5) / np.maximum(inside, 1)
    found = EDGES[at] + part * (EDGES[at + 1] - EDGES[at])
    return np.where(total > 0, found, np.nan)
