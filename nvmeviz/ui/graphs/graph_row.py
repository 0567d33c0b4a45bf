"""The graphs of the window and the tools beside them, redrawn one at a time at 12 Hz, and only those
whose frame changed.

pyqtgraph takes a third of a second to import; it is imported when the first graph is made, which
the row puts off until the window has been painted once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from nvmeviz.app.graph_view import EnlargeGraph, FitGraphs
from nvmeviz.app.present.graph_frame import NO_TOOLS, GraphTools
from nvmeviz.ui.graphs.graph_places import divide, enlarged
from nvmeviz.ui.graphs.graph_tools import LEAST, WIDE, GraphToolsWidget

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from nvmeviz.app.messages import Message
    from nvmeviz.app.present.graph_frame import GraphFrame
    from nvmeviz.ui.draw.canvas import Canvas
    from nvmeviz.ui.draw.rect import Rect
    from nvmeviz.ui.graphs.graph_widget import GraphWidget
    from nvmeviz.ui.theme import Theme

RATE_HZ = 12
LEAST_WIDTH, LEAST_HEIGHT = 250, 118  # below that, its text becomes smaller
LARGER = 1.15  # text of an enlarged graph


class GraphRow(QObject):
    """Makes, places and feeds the `GraphWidget`s that live in `parent`."""

    def __init__(
        self,
        parent: QWidget,
        canvas_for: Callable[[float], Canvas],
        dispatch: Callable[[Message], None],
    ) -> None:
        super().__init__(parent)
        self._home, self._canvas_for, self._dispatch = parent, canvas_for, dispatch
        self.tools = GraphToolsWidget(parent, dispatch)
        self.tools.hide()
        self._of: dict[str, GraphWidget] = {}  # by the graph's name
        self.wanted: tuple[GraphFrame, ...] = ()
        self._on_screen: dict[str, GraphFrame] = {}
        self._area: tuple[Rect, int, Theme, float] | None = None
        self._places: tuple[Rect, ...] = ()
        self._look: tuple[Theme, float] | None = None
        self._next = 0
        self._room = 0
        self.enlarged = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.turn)

    @property
    def count(self) -> int:
        return len(self.wanted)

    @property
    def widgets(self) -> list[GraphWidget]:
        """Those that are shown, in their order."""
        return [self._of[f.name] for f in self._visible() if f.name in self._of]

    def _visible(self) -> tuple[GraphFrame, ...]:
        return self.wanted[: len(self._places)]

    def set_graphs(self, graphs: tuple[GraphFrame, ...], tools: GraphTools = NO_TOOLS) -> None:
        """Show these soon."""
        self.tools.set_tools(tools)
        self._room = tools.room
        was, self.enlarged = self.enlarged, tools.enlarged
        if graphs is self.wanted and was == self.enlarged:
            return
        before, self.wanted = [graph.name for graph in self.wanted], graphs
        if was != self.enlarged:
            self._focus(was or self.enlarged)
        elif before != [graph.name for graph in graphs]:
            self._place()
        self._arm()

    def _focus(self, name: str) -> None:
        """Enter enlarges what has the focus and brings it back: it keeps the focus meanwhile."""
        widget = self._of.get(name)
        if widget is not None and self._home.window().isActiveWindow():
            QTimer.singleShot(0, widget, widget.setFocus)

    def toggle_enlarged(self) -> None:
        """Enlarge the graph with the focus, else the first one; or go back to the row."""
        focused = [name for name, widget in self._of.items() if widget.hasFocus()]
        name = next(iter([*focused, *(graph.name for graph in self.wanted)]), "")
        self._dispatch(EnlargeGraph("" if self.enlarged else name))

    def set_area(self, area: Rect | None, gap: int, theme: Theme, scale: float) -> None:
        """Where tools and graphs stand, px; None: they are hidden."""
        self._area = None if area is None else (area, gap, theme, scale)
        self._place()
        self.wake()

    def _place(self) -> None:
        self._places = () if self._area is None else self._divide(*self._area)
        self.tools.setVisible(bool(self._places and self.wanted))
        places = dict(zip([graph.name for graph in self._visible()], self._places, strict=False))
        for name, widget in self._of.items():
            if name in places:
                widget.setGeometry(*(round(v) for v in places[name]))
            if widget.isVisibleTo(self._home) != (name in places):
                widget.setVisible(name in places)

    def _divide(self, area: Rect, gap: int, theme: Theme, scale: float) -> tuple[Rect, ...]:
        """Places the tools; returns the places of graphs."""
        if self.enlarged:
            plan = enlarged(area, gap, scale)
        else:
            plan = divide(area, gap, scale, len(self.wanted))
            if self._room not in (0, plan.room):
                self._room = plan.room  # ask once
                self._dispatch(FitGraphs(plan.room))
        cell = plan.cells[0]
        largest = scale * (LARGER if self.enlarged else 1.0)
        self._look = (theme, min(largest, cell.w / LEAST_WIDTH, cell.h / LEAST_HEIGHT))
        self.tools.setGeometry(*(round(v) for v in plan.tools))
        tools_scale = min(scale, area.h / LEAST if plan.upright else area.w / WIDE)
        self.tools.set_look(theme, tools_scale, upright=plan.upright)
        for widget in self._of.values():
            widget.set_look(*self._look)
        return plan.cells

    def _arm(self) -> None:
        if not self._timer.isActive() and self._home.isVisible():
            self._timer.start(round(1000 / RATE_HZ / max(1, len(self.wanted))))

    def wake(self) -> None:
        """The window is on screen: begin."""
        self._arm()

    def _make(self) -> None:
        """Widgets for all graphs that have a place."""
        from nvmeviz.ui.graphs.graph_widget import GraphWidget

        new = [graph.name for graph in self._visible() if graph.name not in self._of]
        for name in new:
            widget = self._of[name] = GraphWidget(self._canvas_for, self._dispatch)
            widget.setParent(self._home)
            if self._look is not None:
                widget.set_look(*self._look)
        if new:
            self._place()

    def turn(self) -> None:
        """Redraw the next graph that changed; stop when none is left."""
        if not self._places:
            return
        self._make()
        graphs = self._visible()
        for i in range(len(graphs)):
            at = (self._next + i) % len(graphs)
            if self._on_screen.get(graphs[at].name) is not graphs[at]:
                self._show(graphs[at])
                self._next = at + 1
                self._arm()
                return

    def _show(self, graph: GraphFrame) -> None:
        self._of[graph.name].set_frame(graph)
        self._on_screen[graph.name] = graph

    def flush(self) -> None:
        """Show everything now: for pictures and tests."""
        if not self._places:
            return
        self._make()
        for graph in self._visible():
            self._show(graph)
