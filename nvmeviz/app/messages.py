"""The one alphabet of change: everything a person, a clicker, a tour or a worker thread can say.

Frozen values. `app.update.update(state, message)` is their only reader; `ui` and `cli` only make
them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from nvmeviz.app.crashes import Crashed
from nvmeviz.app.diagnostics import SaveDiagnostics
from nvmeviz.app.epochs import ShowEpoch
from nvmeviz.app.findings_view import FindingsMessage
from nvmeviz.app.graph_view import GraphMessage, SaveGraph
from nvmeviz.app.predictions import PredictionMessage
from nvmeviz.app.reading import ReadingMessage
from nvmeviz.app.start_view import ToggleStart
from nvmeviz.app.writing import Export, SaveRecipe, SaveRecording

if TYPE_CHECKING:
    from nvmeviz.app.panes import Pane, Panes
    from nvmeviz.app.runs import Chunk, Run
    from nvmeviz.scenario.schema import Scenario


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
class SeekMark:
    """Put the playhead at the next marked place, or back at the last one."""

    forward: bool


@dataclass(frozen=True, slots=True)
class Hold:
    """Somebody holds the playhead (it stands still under the pointer), or lets go of it."""

    held: bool


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
class SelectQueue:
    """Show queue pair `queue` large, in every pane."""

    queue: int


@dataclass(frozen=True, slots=True)
class SelectWorkspace:
    """Compare, Debug, Lab: those that exist."""

    name: str


@dataclass(frozen=True, slots=True)
class SetPanes:
    """Show these doorbell modes, one a pane, each as the scenario has it."""

    modes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ResetPanes:
    """The panes that the scenario itself asks for."""


@dataclass(frozen=True, slots=True)
class AddPane:
    """One more pane, in a doorbell mode, with the settings of the selected pane."""

    mode: str


@dataclass(frozen=True, slots=True)
class AddRecording:
    """The runs of a recording as further panes."""

    path: str


@dataclass(frozen=True, slots=True)
class Branch:
    """The selected pane goes on twice from the playhead: as it is, and as one more pane."""


@dataclass(frozen=True, slots=True)
class RemovePane:
    """Take a pane away; None: the selected one."""

    pane_id: int | None = None


@dataclass(frozen=True, slots=True)
class MovePane:
    """Put a pane `by` places further on (or back); None: the selected one."""

    by: int
    pane_id: int | None = None


@dataclass(frozen=True, slots=True)
class SelectPane:
    """What keys and the panel are about."""

    pane_id: int


@dataclass(frozen=True, slots=True)
class Solo:
    """Show the pane at a place (0 is the first) alone, or all again; None: all again."""

    place: int | None


@dataclass(frozen=True, slots=True)
class FloatPane:
    """Give a pane a window of its own, or take it back; None: the selected one."""

    pane_id: int | None = None


@dataclass(frozen=True, slots=True)
class TogglePanel:
    """Show or hide the panel of settings; None: the other of the two."""

    open: bool | None = None


@dataclass(frozen=True, slots=True)
class SetScope:
    """What a changed setting is for: all panes or the selected one; the whole run or what comes."""

    all_panes: bool
    from_here: bool


@dataclass(frozen=True, slots=True)
class ChangeMode:
    """Another doorbell mode for a pane; None: the selected one."""

    mode: str
    pane_id: int | None = None


@dataclass(frozen=True, slots=True)
class ChangeSetting:
    """Another value for a setting, as `--set` writes it; None: as in the scenario.

    more: a slider is still being dragged; all of a drag is one step to undo.
    """

    key: str
    text: str | None
    more: bool = False


@dataclass(frozen=True, slots=True)
class ResetSettings:
    """All settings as in the scenario."""


@dataclass(frozen=True, slots=True)
class Undo:
    """Panes as they were before the last change to them."""


@dataclass(frozen=True, slots=True)
class Redo:
    """Once more what was undone."""


@dataclass(frozen=True, slots=True)
class Follow:
    """Follow the command that was the `number`-th of queue pair `queue`, in every pane; None: none."""

    queue: int
    number: int | None


@dataclass(frozen=True, slots=True)
class FollowNewest:
    """Follow the command that the selected pane's large queue pair submitted last; or none, when one
    is followed already.
    """


@dataclass(frozen=True, eq=False, slots=True)
class Opened:
    """A scenario or recording has become runs, for opening number `generation`.

    panes: what each run was made from; none: the runs' modes as they are. others: no pane shows them yet.
    """

    source: str
    generation: int
    runs: tuple[Run, ...]
    base: Scenario | None = None
    panes: Panes = ()
    notice: str = ""
    others: tuple[tuple[Pane, Run], ...] = ()


@dataclass(frozen=True, eq=False, slots=True)
class Made:
    """The run of a pane has an engine and begins."""

    run: Run
    generation: int


@dataclass(frozen=True, slots=True)
class NotMade:
    """A pane's run can't be made; `text` says why."""

    run_id: int
    generation: int
    text: str


@dataclass(frozen=True, eq=False, slots=True)
class RecordingRead:
    """The runs of a recording, to be shown beside what is open; panes: how they were set there."""

    path: str
    generation: int
    opening: int
    runs: tuple[Run, ...]
    panes: Panes
    others: tuple[tuple[Pane, Run], ...] = ()


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
    """An effect succeeded and has something to say. saved: the recording that it wrote, "" for none."""

    text: str
    saved: str = ""


@dataclass(frozen=True, slots=True)
class Dismiss:
    """Take the notice away."""


PaneMessage = (
    SetPanes
    | ResetPanes
    | AddPane
    | AddRecording
    | RecordingRead
    | ShowEpoch
    | Branch
    | RemovePane
    | MovePane
    | SelectPane
    | Solo
    | FloatPane
    | TogglePanel
    | SetScope
    | ChangeMode
    | ChangeSetting
    | ResetSettings
    | Undo
    | Redo
)
Message = (
    Tick
    | TogglePlay
    | Pause
    | Step
    | Seek
    | SeekMark
    | Hold
    | ChangeSpeed
    | SetSpeedPosition
    | OpenScenario
    | SaveRecording
    | Export
    | SaveRecipe
    | SaveDiagnostics
    | Crashed
    | SelectQueue
    | SelectWorkspace
    | Follow
    | FollowNewest
    | Opened
    | Made
    | NotMade
    | RunAdvanced
    | Failed
    | Told
    | Dismiss
    | PaneMessage
    | ReadingMessage
    | FindingsMessage
    | ToggleStart
    | PredictionMessage
    | GraphMessage
    | SaveGraph
)
