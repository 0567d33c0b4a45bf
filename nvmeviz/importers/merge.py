"""Records of several files in one order of time, block by block, in bounded memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nvmeviz.importers.records import WIDTH, T

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

Rows = "NDArray[np.int64]"


def merged(sources: Sequence[Iterator[NDArray[np.int64]]]) -> Iterator[NDArray[np.int64]]:
    """Blocks (n, WIDTH) of all sources, T rising within and over the blocks that come out.

    What a source gives must rise too. Of equal times the earlier source comes first.
    """
    if len(sources) == 1:
        yield from sources[0]
        return
    empty = np.empty((0, WIDTH), np.int64)
    held: list[NDArray[np.int64]] = [next(source, empty) for source in sources]
    alive = [len(rows) > 0 for rows in held]
    while any(alive):
        # Up to the earliest end of what is held, nothing more can come from anywhere.
        limit = min(int(rows[-1, T]) for rows, going in zip(held, alive, strict=True) if going)
        parts: list[NDArray[np.int64]] = []
        for number, rows in enumerate(held):
            end = int(np.searchsorted(rows[:, T], limit, "right"))
            parts.append(rows[:end])
            held[number] = rows[end:]
            while alive[number] and not len(held[number]):
                more = next(sources[number], None)
                if more is None:
                    alive[number] = False
                    break
                held[number] = more
        block = np.concatenate(parts)
        yield block[np.argsort(block[:, T], kind="stable")]
