"""How far one file's clock is ahead of another's, from what both files tell.

A guest counts from its own start and QEMU by the wall: the difference is constant over a short run.
Both tell the same commands (queue and CID) or the same register writes (address and value). What is
told later can only be later: a command is fetched after it was set up, which bounds the offset from
above, and it is handled after it was done, which bounds it from below. The truth lies between.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

BAND_NS = 20_000_000  # from the telling of one file to that of the other takes less
BULK_NS = 1_000_000  # and mostly less than that: where differences lie densest, delays begin
MOST = 20_000  # tellings of each file that are compared each with several
_PARTNERS = 32  # of each telling
LEAST = 3  # that must agree
COMPANY_NS = 50_000


@dataclass(frozen=True, slots=True)
class Offset:
    """ns to add to a file's times; at most `within_ns` off, as far as known (-1: bounded from one
    side alone); how many tellings agree.
    """

    ns: int
    within_ns: int
    matched: int


Told = tuple["NDArray[np.int64]", "NDArray[np.int64]"]  # keys, times ns in their order


def find_offset(
    first: Told, second: Told, first_again: Told | None = None, second_again: Told | None = None
) -> Offset | None:
    """The offset of the file of `first` against that of `second`, in which the same keys come later.
    With `again`, things that come later in the first file than in the second. None when too few
    agree.
    """
    above = _band(first, second)
    if above is None:
        return None
    high = _edge(above)
    if first_again is None or second_again is None:
        return Offset(high, -1, len(above))
    below = _band(first_again, second_again, near=high)
    if below is None:
        return Offset(high, -1, len(above))
    low = min(-_edge(-below[::-1]), high)
    return Offset((low + high) // 2, (high - low + 1) // 2, min(len(above), len(first[0])))


def _edge(rising: NDArray[np.int64]) -> int:
    """The least difference that is not alone: a stray pair may lie below all others."""
    company = rising[LEAST:] - rising[:-LEAST] < COMPANY_NS
    return int(rising[int(np.argmax(company))]) if company.any() else int(rising[0])


def _band(first: Told, second: Told, near: int | None = None) -> NDArray[np.int64] | None:
    """The differences of times, second less first, of the same things; rising. near: an offset that
    they lie below.
    """
    if not len(first[0]) or not len(second[0]):
        return None
    enough = max(LEAST, min(len(first[0]), len(second[0])) // 4)
    band = first[1][:0]
    for pairs in (_from_the_end(first, second), _all_pairs(first, second)):
        differences = np.sort(pairs)
        if near is not None:
            band = differences[(differences > near - BAND_NS) & (differences <= near + BULK_NS)]
        else:
            ends = np.searchsorted(differences, differences + BULK_NS, "right")
            if not len(ends):
                continue
            densest = int(differences[int(np.argmax(ends - np.arange(len(differences))))])
            least = densest - 3 * BULK_NS
            band = differences[(differences > least) & (differences <= densest + BAND_NS)]
        # Where pairs of the same rank agree, they are the pairs.
        if len(band) >= max(enough, len(differences) * 9 // 10):
            return band
    return band if len(band) >= (enough if near is None else LEAST) else None


def _from_the_end(first: Told, second: Told) -> NDArray[np.int64]:
    """The last telling of a key in one file beside the last in the other, and so on backwards: a CID
    comes again and again, and files of one run end together more often than they begin together.
    """
    ids = np.unique(np.concatenate([first[0], second[0]]), return_inverse=True)[1]
    count = len(first[0])
    ranked = [ids[:count] << 32 | _rank(ids[:count]), ids[count:] << 32 | _rank(ids[count:])]
    _, at, partner = np.intersect1d(ranked[0], ranked[1], assume_unique=True, return_indices=True)
    return second[1][partner] - first[1][at]


def _rank(ids: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many tellings of the same thing are still to come after each."""
    order = np.argsort(ids, kind="stable")
    ordered = ids[order]
    last = np.searchsorted(ordered, ordered, "right")
    rank = np.empty(len(ids), np.int64)
    rank[order] = last - 1 - np.arange(len(ids))
    return rank


def _all_pairs(first: Told, second: Told) -> NDArray[np.int64]:
    """Every telling of a key beside each of the other file's, up to a number of them."""
    keys_a, times_a = (column[:MOST] for column in first)
    keys_b, times_b = (column[:MOST] for column in second)
    order = np.argsort(keys_b, kind="stable")
    sorted_b, sorted_times = keys_b[order], times_b[order]
    low = np.searchsorted(sorted_b, keys_a, "left")
    high = np.searchsorted(sorted_b, keys_a, "right")
    parts: list[NDArray[np.int64]] = [np.empty(0, np.int64)]
    for n in range(_PARTNERS):
        there = low + n < high
        if not there.any():
            break
        parts.append(sorted_times[(low + n)[there]] - times_a[there])
    return np.concatenate(parts)
