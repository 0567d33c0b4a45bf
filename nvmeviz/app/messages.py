"""The one alphabet of change: everything a person, a clicker, a tour or a worker thread can say.

Frozen values. `app.update.update(state, message)` is their only reader; `ui` and `cli` only make
them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from nvmeviz.app.graph_view import GraphMessage, SaveGraph

if TYPE_CHECKING:
    from nvmeviz.app.runs import Chunk, Run


class Place(Enum):
    """Named moments to seek to."""

    START = "start"
    LIVE_EDGE = "live edge"


class Unit(Enum):
    """What one step is."""

    EVENT = "event"
    COMMAND = "command"


@dataclass(frozen=True, slots=True)
class Tick:
    """Wall time passed since the last tick."""

    dt_ns: int


@dataclass(frozen=True, slots=True)
class TogglePlay:
    """Play when paused, pause when playing."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Pause; nothing when paused already."""


@dataclass(frozen=True, slots=True)
class Step:
    """Pause and go `count` units forward, or back when negative."""

    unit: Unit
    count: int


@dataclass(frozen=True, slots=True)
class Seek:
    """Put the playhead at a time (clamped to the runs) or a named place."""

    to: int | Place


@dataclass(frozen=True, slots=True)
class ChangeSpeed:
    """Faster (positive) or slower by notches of the speed table."""

    notches: int


@dataclass(frozen=True, slots=True)
class SetSpeedPosition:
    """The speed slider: 0 (one event at a time) .. 1 (as fast as it goes)."""

    position: float


@dataclass(frozen=True, slots=True)
class OpenScenario:
    """A built-in scenario's name or a file (scenario or recording)."""

    source: str


@dataclass(frozen=True, slots=True)
class SaveRecording:
    """Write all panes' runs into one recording file."""

    path: str


@dataclass(frozen=True, slots=True)
class SelectQueue:
    """Show queue pair `queue` large, in every pane."""

    queue: int


@dataclass(frozen=True, slots=True)
class SelectWorkspace:
    """Compare, Debug, Lab: those that exist."""

    name: str


@dataclass(frozen=True, slots=True)
class SetPanes:
    """Show these doorbell modes, one a pane."""

    modes: tuple[str, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Opened:
    """A scenario or recording has become runs, for opening number `generation`."""

    source: str
    generation: int
    runs: tuple[Run, ...]


@dataclass(frozen=True, eq=False, slots=True)
class RunAdvanced:
    """A worker finished an `Advance`: `chunk` belongs to run `run_id` of opening `generation`."""

    run_id: int
    generation: int
    chunk: Chunk


@dataclass(frozen=True, slots=True)
class Failed:
    """An effect failed; `text` says what, where and what to do."""

    text: str


@dataclass(frozen=True, slots=True)
class Told:
    """An effect succeeded and has something to say."""

    text: str


@dataclass(frozen=True, slots=True)
class Dismiss:
    """Take the notice away."""


Message = (
    Tick
    | TogglePlay
    | Pause
    | Step
    | Seek
    | ChangeSpeed
    | SetSpeedPosition
    | OpenScenario
    | SaveRecording
    | SelectQueue
    | SelectWorkspace
    | SetPanes
    | Opened
    | RunAdvanced
    | Failed
    | Told
    | Dismiss
    | GraphMessage
    | SaveGraph
)
