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
    from nvmeviz.log.eventlog import EventLog
    from nvmeviz.model.topology import Topology

BLOCK_EVENTS = 65_536
KEYFRAME_BYTES_PER_EVENT = 2  # what keyframes may cost beside the 32 bytes of an event
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


class Timeline:
    """A movable view of one log. `state` belongs to it: read it, don't keep it."""

    def __init__(self, log: EventLog, topology: Topology) -> None:
        self.log = log
        self.state = MachineState(topology)
        self.index = 0  # events folded into `state`
        self.keyframes = [Keyframe(0, self.state.snapshot())]
        self._starts = [0]

    def add_keyframe(self, keyframe: Keyframe) -> None:
        """Remember a keyframe at or after the last one; at the same event the newer one counts."""
        assert keyframe.index >= self._starts[-1], "keyframes come in order"
        if keyframe.index == self._starts[-1]:
            self.keyframes[-1] = keyframe
            return
        self.keyframes.append(keyframe)
        self._starts.append(keyframe.index)

    def keyframe_before(self, index: int) -> Keyframe:
        """The last keyframe at or before event `index`."""
        return self.keyframes[bisect_right(self._starts, index) - 1]

    def state_after(self, count: int) -> MachineState:
        """The state after the first `count` events (clamped to the log)."""
        count = max(0, min(count, len(self.log)))
        keyframe = self.keyframe_before(count)
        if not keyframe.index <= self.index <= count:
            self.state.restore(keyframe.state)
            self.index = keyframe.index
        while self.index < count:
            number = self.log.block_of(self.index)
            block = self.log.blocks[number]
            stop = min(count, block.first + block.count)
            events = self.log.events_of(number)
            fold(self.state, events, self.index - block.first, stop - block.first)
            self.index = stop
        return self.state

    def state_at(self, t_ns: int) -> MachineState:
        """The state at time t, everything of that nanosecond included."""
        return self.state_after(self.log.count_at(t_ns))

    def index_keyframes(self) -> None:
        """Put keyframes at the starts of blocks: for a log that came from a file."""
        for block in self.log.blocks:
            last = self._starts[-1]
            if block.first > last and keyframe_is_due(block.first, last, self.state.nbytes):
                self.add_keyframe(Keyframe(block.first, self.state_after(block.first).snapshot()))
