"""What a pane is among the others: its place, what sets it apart, the command that is followed in it,
and a pane that has no picture yet. Plain, frozen values.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Choice:
    """An entry of a list: what it is called, its title, and a sentence about it."""

    name: str
    title: str
    sentence: str


@dataclass(frozen=True, slots=True)
class About:
    """What a pane is among the others.

    place: 0 is the first. apart: the settings that set it apart, "" when nothing does. branch: since
    when its past is no longer shared, or "". alone: what comes to it is not what comes to the others.
    prediction: it simulates what another run measured.
    progress: 0..1 of a new run on its way, None when what is shown is what is wanted. epochs: the parts
    of the trace that it shows a part of; epoch: the name of that part.
    """

    place: int = 0
    apart: str = ""
    branch: str = ""
    alone: bool = False
    selected: bool = False
    progress: float | None = None
    prediction: bool = False
    epochs: tuple[Choice, ...] = ()
    epoch: str = ""


PLAIN = About()


@dataclass(frozen=True, slots=True)
class Followed:
    """The command that is followed, in one pane.

    stage: how far it is, -1 before it is submitted, len(STAGES) once reaped. slot: its place in the
    SQ, cq_slot: in the CQ, -1 when it has none. ahead: commands of its queue pair submitted after it.
    """

    queue: int
    number: int
    stage: int
    slot: int
    cq_slot: int
    cid: int
    words: str
    ahead: int


@dataclass(frozen=True, eq=False, slots=True)
class LiveCommands:
    """The commands of the queue pair on show: SQ slot, number and CID, int64 (n,) each."""

    queue: int
    slot: NDArray[np.int64]
    number: NDArray[np.int64]
    cid: NDArray[np.int64]

    def at_slot(self, slot: int) -> int | None:
        """The number of the command in an SQ slot, None when it is free."""
        found: list[int] = self.number[self.slot == slot].tolist()
        return found[-1] if found else None

    def with_cid(self, cid: int) -> int | None:
        """The number of the command that has a CID."""
        found: list[int] = self.number[self.cid == cid].tolist()
        return found[-1] if found else None


_NONE = np.empty(0, np.int64)
NO_COMMANDS = LiveCommands(0, _NONE, _NONE, _NONE)


@dataclass(frozen=True, slots=True)
class WaitingPane:
    """A pane whose run is not there yet. progress: 0..1."""

    pane_id: int
    title: str
    accent: str
    progress: float
    about: About = PLAIN
