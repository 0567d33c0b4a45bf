"""Everything the program is doing, as one frozen value. Only `app.update` makes a new one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nvmeviz.app.graph_view import DEFAULT_VIEW, GraphView
from nvmeviz.app.playback import DEFAULT_SPEED, Playhead

if TYPE_CHECKING:
    from nvmeviz.app.effects import Effect
    from nvmeviz.app.runs import Run

WORKSPACES = ("compare",)
NO_PLAYHEAD = Playhead(0, ())


@dataclass(frozen=True, eq=False, slots=True)
class AppState:
    """source: what was opened. generation: counts openings, so that a late answer can be told
    apart.

    in_flight: runs that a worker is advancing.
    """

    source: str = ""
    generation: int = 0
    runs: tuple[Run, ...] = ()
    head: Playhead = NO_PLAYHEAD
    playing: bool = False
    speed: int = DEFAULT_SPEED
    queue: int = 0
    workspace: str = "compare"
    notice: str = ""
    in_flight: frozenset[int] = frozenset()
    at_live_edge: bool = False
    graphs: GraphView = DEFAULT_VIEW


def initial_state(
    source: str, modes: tuple[str, ...] | None = None, seed: int | None = None
) -> tuple[AppState, tuple[Effect, ...]]:
    """The program as it starts: opening `source` and then playing it."""
    from nvmeviz.app.effects import Open

    state = AppState(source=source, generation=1, playing=True)
    return state, (Open(source, 1, modes, seed),)
