"""Which graphs are on show and over how much machine time: a part of the state, with its messages.

`app.update` passes the messages on to `changed`; nothing else makes a new `GraphView`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, assert_never, cast

from nvmeviz.analysis.measures import MEASURE_BY_NAME

if TYPE_CHECKING:
    from nvmeviz.app.present.graph_frame import GraphFrame

WHOLE_RUN = 0
WINDOWS_NS = (1_000_000, 5_000_000, 20_000_000, 100_000_000, WHOLE_RUN)
ALL_GRAPHS = tuple(MEASURE_BY_NAME)
MOST = len(ALL_GRAPHS)
OF_PAIRS = tuple(name for name, measure in MEASURE_BY_NAME.items() if measure.between)


@dataclass(frozen=True, slots=True)
class GraphView:
    """window_ns: machine time that the graphs cover, 0 = the whole run. shown: names, in the
    registry's order. pinned: names, the first one first. enlarged: the one that fills the
    workspace, "" for none. room: how many have a place in the row.
    """

    window_ns: int = WINDOWS_NS[1]
    shown: tuple[str, ...] = ALL_GRAPHS
    pinned: tuple[str, ...] = ()
    enlarged: str = ""
    room: int = 5


DEFAULT_VIEW = GraphView()


@dataclass(frozen=True, slots=True)
class SetGraphWindow:
    """Let graphs cover the last `window_ns` of machine time, one of WINDOWS_NS."""

    window_ns: int


@dataclass(frozen=True, slots=True)
class ShowGraph:
    """Show a graph in the row, or take it out."""

    name: str
    shown: bool


@dataclass(frozen=True, slots=True)
class PinGraph:
    """Keep a graph at the front of the row, or no more."""

    name: str
    pinned: bool


@dataclass(frozen=True, slots=True)
class EnlargeGraph:
    """Let a graph fill the workspace; "" goes back to the row."""

    name: str


@dataclass(frozen=True, slots=True)
class FitGraphs:
    """So many graphs have a place in the row."""

    count: int


@dataclass(frozen=True, eq=False, slots=True)
class SaveGraph:
    """Write a graph's values into a CSV file. It changes nothing of the view."""

    path: str
    frame: GraphFrame


GraphMessage = SetGraphWindow | ShowGraph | PinGraph | EnlargeGraph | FitGraphs


def view_table(view: GraphView) -> dict[str, object]:
    """What of a view is kept from one start to the next, as a plain table."""
    return {"window_ns": view.window_ns, "shown": [*view.shown], "pinned": [*view.pinned]}


def view_of(table: object) -> GraphView:
    """The view of a table from the settings file; what makes no sense in it is left out."""
    values = cast("dict[str, object]", table) if isinstance(table, dict) else {}
    view = DEFAULT_VIEW
    shown = _names(values.get("shown"))
    if shown:
        view = replace(view, shown=tuple(name for name in ALL_GRAPHS if name in shown))
    window_ns = values.get("window_ns")
    if isinstance(window_ns, int):
        view = changed(view, SetGraphWindow(window_ns))
    for name in _names(values.get("pinned")):
        view = changed(view, PinGraph(name, True))
    return view


def _names(value: object) -> tuple[str, ...]:
    found = cast("list[object]", value) if isinstance(value, list) else []
    names = [name for name in found if isinstance(name, str) and name in MEASURE_BY_NAME]
    return tuple(dict.fromkeys(names))


def in_order(view: GraphView) -> tuple[str, ...]:
    """All graphs that may be shown: pinned ones first, then the registry's order."""
    return view.pinned + tuple(name for name in view.shown if name not in view.pinned)


def on_show(view: GraphView) -> tuple[str, ...]:
    """The graphs to be made now."""
    return (view.enlarged,) if view.enlarged else in_order(view)[: view.room]


def with_pairs(view: GraphView, paired: bool) -> GraphView:
    """The view as it is made. Graphs of pairs stand behind the first one while there are pairs; else
    only where they are pinned or enlarged, or nothing else is to be shown.
    """
    rest = tuple(name for name in view.shown if name not in OF_PAIRS)
    if not rest:
        return view
    chosen = tuple(name for name in view.shown if name in OF_PAIRS) if paired else ()
    return replace(view, shown=(*rest[:1], *chosen, *rest[1:]))


def changed(view: GraphView, message: GraphMessage) -> GraphView:
    """The view after a message; unknown names and windows change nothing."""
    match message:
        case SetGraphWindow():
            known = message.window_ns in WINDOWS_NS
            return replace(view, window_ns=message.window_ns) if known else view
        case ShowGraph():
            return _with_shown(view, message)
        case PinGraph():
            rest = tuple(name for name in view.pinned if name != message.name)
            if not message.pinned:
                return replace(view, pinned=rest)
            if message.name not in MEASURE_BY_NAME or message.name in view.pinned:
                return view
            shown = _with_shown(view, ShowGraph(message.name, True)).shown
            return replace(view, shown=shown, pinned=(*rest, message.name))
        case EnlargeGraph():
            known = not message.name or message.name in MEASURE_BY_NAME
            return replace(view, enlarged=message.name) if known else view
        case FitGraphs():
            return replace(view, room=max(1, min(message.count, MOST)))
        case _:
            assert_never(message)


def _with_shown(view: GraphView, message: ShowGraph) -> GraphView:
    names = {*view.shown, message.name} if message.shown else {*view.shown} - {message.name}
    shown = tuple(name for name in ALL_GRAPHS if name in names)
    if not shown:
        return view  # the last one stays: an empty row would look broken
    return replace(view, shown=shown, pinned=tuple(name for name in view.pinned if name in shown))
