"""The state at any event: the nearest keyframe and a fold from there, forwards and backwards alike.

Going back is not an inverse of anything: it is another fold. A keyframe stands at the start of some
blocks, so a seek folds a few blocks at most.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nvmeviz.model.reduce import fold
from nvmeviz.model.state import MachineState

if TYPE_CHECKING:
    from collections.abc import Callable

    from nvmeviz.log.eventlog import EventLog
    from nvmeviz.model.topology import Topology

BLOCK_EVENTS = 65_536
KEYFRAME_BYTES_PER_EVENT = 2  # what keyframes may cost beside the 32 bytes of an event
KEYFRAMES_BUDGET_BYTES = 32 << 20  # of one run; past it they stand farther apart
FEWEST_KEYFRAMES = 16
FARTHEST_EVENTS = 16 * BLOCK_EVENTS  # a seek folds at most so many


def keyframe_is_due(index: int, last: int, state_bytes: int) -> bool:
    """True when a keyframe belongs before event `index`, the last one being before event `last`
    (-1: none yet). A large machine has them farther apart.
    """
    apart = min(FARTHEST_EVENTS, state_bytes // KEYFRAME_BYTES_PER_EVENT)
    return last < 0 or index - last >= apart


@dataclass(frozen=True, slots=True)
class Keyframe:
    """The state before event `index`. `checkpoint`: what an engine needs to go on from there, or
    None.
    """

    index: int
    state: bytes
    checkpoint: object | None = None
    checkpoint_bytes: int = 0

    @property
    def nbytes(self) -> int:
        """What it holds."""
        return len(self.state) + self.checkpoint_bytes


class Timeline:
    """A movable view of one log. `state` belongs to it: read it, don't keep it."""

    def __init__(self, log: EventLog, topology: Topology) -> None:
        self.log = log
        self.state = MachineState(topology)
        self.index = 0  # events folded into `state`
        self.keyframes = [Keyframe(0, self.state.snapshot())]
        # The state after some events as bytes, from a keyframe; whoever can simulate hands it in, so
        # that a long way through released blocks is made once and not block by block.
        self.leap: Callable[[Keyframe, int], bytes] | None = None
        self.budget_bytes = KEYFRAMES_BUDGET_BYTES
        self._held_bytes = 0

    def add_keyframe(self, keyframe: Keyframe) -> None:
        """Remember a keyframe at or after the last one; at the same event the newer one counts."""
        last = self.keyframes[-1]
        assert keyframe.index >= last.index, "keyframes come in order"
        if keyframe.index == last.index:
            self.keyframes[-1] = keyframe
            return
        self.keyframes.append(keyframe)
        self._held_bytes += keyframe.nbytes
        while self._held_bytes > self.budget_bytes and len(self.keyframes) > FEWEST_KEYFRAMES:
            self._thin()

    def _thin(self) -> None:
        """Let every second keyframe go: a seek into a long run folds twice as far."""
        # A new list in one step: a worker that makes a released block again may be looking.
        self.keyframes = [*self.keyframes[:-1:2], self.keyframes[-1]]
        self._held_bytes = sum(keyframe.nbytes for keyframe in self.keyframes[1:])

    def keyframe_before(self, index: int) -> Keyframe:
        """The last keyframe at or before event `index`."""
        found = self.keyframes
        return found[bisect_right(found, index, key=lambda keyframe: keyframe.index) - 1]

    def state_after(self, count: int) -> MachineState:
        """The state after the first `count` events (clamped to the log)."""
        count = max(0, min(count, len(self.log)))
        keyframe = self.keyframe_before(count)
        if not keyframe.index <= self.index <= count:
            self.state.restore(keyframe.state)
            self.index = keyframe.index
        if self.leap is not None and self._is_far(count):
            self.state.restore(self.leap(keyframe, count))
            self.index = count
        while self.index < count:
            number = self.log.block_of(self.index)
            block = self.log.blocks[number]
            stop = min(count, block.first + block.count)
            events = self.log.events_of(number)
            fold(self.state, events, self.index - block.first, stop - block.first)
            self.index = stop
        return self.state

    def _is_far(self, count: int) -> bool:
        """True when the way to `count` begins in a released block and leads beyond it."""
        if not self.log.is_released(self.index):
            return False
        block = self.log.blocks[self.log.block_of(self.index)]
        return count > block.first + block.count

    def state_at(self, t_ns: int) -> MachineState:
        """The state at time t, everything of that nanosecond included."""
        return self.state_after(self.log.count_at(t_ns))

    def index_keyframes(self) -> None:
        """Put keyframes at the starts of blocks: for a log that came from a file."""
        for block in self.log.blocks:
            last = self.keyframes[-1].index
            if block.first > last and keyframe_is_due(block.first, last, self.state.nbytes):
                self.add_keyframe(Keyframe(block.first, self.state_after(block.first).snapshot()))
