"""Everything the program is doing, as one frozen value. Only `app.update` makes a new one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nvmeviz.app.findings_view import NO_FINDINGS, FindingsView
from nvmeviz.app.graph_view import DEFAULT_VIEW, GraphView
from nvmeviz.app.pane_files import MAX_LAYOUTS
from nvmeviz.app.panes import MAX_PANES, History, Pane, Panes
from nvmeviz.app.playback import DEFAULT_SPEED, Playhead
from nvmeviz.app.start_view import StartView
from nvmeviz.files import is_text

if TYPE_CHECKING:
    from nvmeviz.app.effects import Effect
    from nvmeviz.app.reading import Reading
    from nvmeviz.app.runs import Run
    from nvmeviz.scenario.schema import Scenario

Layouts = tuple[tuple[str, Panes], ...]
NO_HISTORY = History()
WORKSPACES = ("compare",)
FIRST_SCENARIO = "gce-local-ssd-2017"  # what is shown when nothing was asked for
NO_PLAYHEAD = Playhead(0, ())
NO_START = StartView()


@dataclass(frozen=True, eq=False, slots=True)
class Making:
    """A pane's run on its way to the playhead; None before its engine is there."""

    pane: Pane
    run_id: int
    run: Run | None = None


@dataclass(frozen=True, slots=True)
class Panel:
    """The panel of settings. wrong: (key, text, what is wrong with it) of the last thing typed."""

    open: bool = False
    all_panes: bool = True
    from_here: bool = False
    wrong: tuple[str, str, str] | None = None


@dataclass(frozen=True, slots=True)
class Gesture:
    """A slider being dragged: the panes and (pane_id, event count, t_ns) of each when it began."""

    key: str
    panes: Panes
    at: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, eq=False, slots=True)
class AppState:
    """source: what was opened. generation: number of the opening that is on show; opening: of the
    last one that was asked for, which may yet fail, or be of a file beside it. Late answers are told
    apart by them. asked: what is on its way, "" for nothing; reading: how far it is, when that is known.

    panes: what is to be shown. runs: what is shown, in the order of the panes; shown: the panes that
    they were made from, which may be older. making: runs that will take their places once they have
    come to the playhead. in_flight: runs that a worker is advancing. recorded: by name, those that
    came from files; opened: the panes of the recording that was opened, none for a scenario.
    layouts: the panes that each source was last left with. recent: files opened last. held: the
    playhead is being dragged; time stands still meanwhile, playing or not.
    """

    source: str = ""
    generation: int = 0
    opening: int = 0
    asked: str = ""
    reading: Reading | None = None
    base: Scenario | None = None
    panes: Panes = ()
    runs: tuple[Run, ...] = ()
    shown: Panes = ()
    making: tuple[Making, ...] = ()
    recorded: tuple[tuple[str, Run], ...] = ()
    opened: Panes = ()
    next_id: int = 0
    history: History = NO_HISTORY
    gesture: Gesture | None = None
    selected: int = 0
    solo: int | None = None
    floating: frozenset[int] = frozenset()
    panel: Panel = Panel()
    follow: tuple[int, int] | None = None
    layouts: Layouts = ()
    recent: tuple[str, ...] = ()
    head: Playhead = NO_PLAYHEAD
    playing: bool = False
    speed: int = DEFAULT_SPEED
    queue: int = 0
    workspace: str = "compare"
    notice: str = ""
    told: str = ""  # the last notice of something that went well
    in_flight: frozenset[int] = frozenset()
    at_live_edge: bool = False
    held: bool = False
    graphs: GraphView = DEFAULT_VIEW
    findings: FindingsView = NO_FINDINGS
    start: StartView = NO_START


def remembered(state: AppState) -> Layouts:
    """The layouts with that of what is open as it is now: none when it is the scenario's own.

    A recording is its own layout.
    """
    others = tuple(pair for pair in state.layouts if pair[0] != state.source)
    base = state.base
    if base is None or state.opened or not is_text(state.source):
        return others  # a name that no text file can hold is not remembered either
    plain = [(pane.mode, pane.settings, pane.past, pane.recording) for pane in state.panes]
    if plain == [(mode, (), (), "") for mode in base.modes[:MAX_PANES]]:
        return others
    return (*others, (state.source, state.panes))[-MAX_LAYOUTS:]


def initial_state(
    source: str,
    modes: tuple[str, ...] | None = None,
    seed: int | None = None,
    layouts: Layouts = (),
    graphs: GraphView = DEFAULT_VIEW,
    recent: tuple[str, ...] = (),
    start: StartView = NO_START,
) -> tuple[AppState, tuple[Effect, ...]]:
    """The program as it starts: opening `source` and then playing it."""
    from nvmeviz.app.effects import Open

    state = AppState(
        source=source,
        opening=1,
        asked=source,
        playing=True,
        layouts=layouts,
        graphs=graphs,
        recent=recent,
        start=start,
    )
    # What is asked for by name comes as the scenario has it, not as it was left.
    panes = () if modes or seed is not None else dict(layouts).get(source, ())
    return state, (Open(source, 1, modes, seed, panes),)
