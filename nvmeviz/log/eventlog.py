"""The event log: blocks of events in time order, appended and never edited.

Knows nothing of who wrote it. Old blocks may be *released* when memory is short; whoever owns the
log can hand in a `refill` that makes the same events again.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nvmeviz.log.events import EVENT

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

BUDGET_BYTES = 1 << 30


@dataclass(slots=True)
class Block:
    """A stretch of the log. `events` is None while released."""

    first: int
    count: int
    first_ns: int
    last_ns: int
    events: NDArray[np.void] | None


class EventLog:
    """Events of one run. len(): how many; `frontier_ns`: everything up to there is in the log."""

    def __init__(self, budget_bytes: int = BUDGET_BYTES) -> None:
        self.blocks: list[Block] = []
        self.frontier_ns = 0
        self.budget_bytes = budget_bytes
        self.refill: Callable[[int], NDArray[np.void]] | None = None
        self._firsts: list[int] = []
        self._first_times: list[int] = []
        self._held_bytes = 0
        self._oldest_held = 0  # no block before it holds events

    def __len__(self) -> int:
        if not self.blocks:
            return 0
        last = self.blocks[-1]
        return last.first + last.count

    def append(self, events: NDArray[np.void], frontier_ns: int) -> None:
        """Add events that follow the last one; the log is known up to `frontier_ns` from now on."""
        assert frontier_ns >= self.frontier_ns, "time in a log never goes back"
        if len(events):
            first_ns, last_ns = int(events["t"][0]), int(events["t"][-1])
            assert not self.blocks or first_ns >= self.blocks[-1].last_ns, (
                "blocks are in time order"
            )
            events.flags.writeable = False
            block = Block(len(self), len(events), first_ns, last_ns, events)
            self.blocks.append(block)
            self._firsts.append(block.first)
            self._first_times.append(first_ns)
            self._held_bytes += events.nbytes
            self._release(keep=len(self.blocks) - 1)
        self.frontier_ns = frontier_ns

    def _release(self, keep: int) -> None:
        """Let old blocks go while over budget, if they can be made again."""
        if self.refill is None:
            return
        number = self._oldest_held
        while self._held_bytes > self.budget_bytes and number < len(self.blocks):
            block = self.blocks[number]
            if block.events is not None and number != keep:
                self._held_bytes -= block.events.nbytes
                block.events = None
            number += 1
        self._oldest_held = min(number, keep)

    def events_of(self, number: int) -> NDArray[np.void]:
        """The events of block `number`, made again when released."""
        block = self.blocks[number]
        if block.events is None:
            assert self.refill is not None, "only a log that can be refilled releases blocks"
            block.events = self.refill(number)
            self._held_bytes += block.events.nbytes
            self._oldest_held = min(self._oldest_held, number)
            self._release(keep=number)
        return block.events

    def read(self, number: int) -> NDArray[np.void]:
        """The events of block `number` without keeping them: safe beside the thread that appends."""
        events = self.blocks[number].events
        if events is None:
            assert self.refill is not None, "only a log that can be refilled releases blocks"
            events = self.refill(number)
        return events

    def is_released(self, index: int) -> bool:
        """True when the block of event `index` would have to be made again."""
        return index < len(self) and self.blocks[self.block_of(index)].events is None

    def block_of(self, index: int) -> int:
        """Number of the block that holds event `index`."""
        return bisect_right(self._firsts, index) - 1

    def slice(self, start: int, stop: int) -> NDArray[np.void]:
        """Events start..stop-1 (clamped) as one array."""
        start, stop = max(0, start), min(len(self), stop)
        parts: list[NDArray[np.void]] = []
        while start < stop:
            number = self.block_of(start)
            block = self.blocks[number]
            end = min(stop, block.first + block.count)
            parts.append(self.events_of(number)[start - block.first : end - block.first])
            start = end
        if not parts:
            return np.empty(0, EVENT)
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def count_at(self, t_ns: int) -> int:
        """How many events happened up to and including t: the index of the first one after t."""
        number = bisect_right(self._first_times, t_ns) - 1
        if number < 0:
            return 0
        block = self.blocks[number]
        if t_ns >= block.last_ns:
            return block.first + block.count
        return block.first + int(np.searchsorted(self.events_of(number)["t"], t_ns, side="right"))

    def time_of(self, index: int) -> int:
        """When event `index` happened."""
        number = self.block_of(index)
        return int(self.events_of(number)["t"][index - self.blocks[number].first])
