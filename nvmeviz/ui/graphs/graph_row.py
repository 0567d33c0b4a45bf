"""The graphs of the window, redrawn one at a time at 12 Hz, and only those whose frame changed.

pyqtgraph takes a third of a second to import; it is imported when the first graph is made, which
the row puts off until the window has been painted once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRect, QTimer

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from nvmeviz.app.present.graph_frame import GraphFrame
    from nvmeviz.ui.draw.canvas import Canvas
    from nvmeviz.ui.graphs.graph_widget import GraphWidget
    from nvmeviz.ui.theme import Theme

RATE_HZ = 12


class GraphRow(QObject):
    """Makes, places and feeds the `GraphWidget`s that live in `parent`."""

    def __init__(self, parent: QWidget, canvas_for: Callable[[float], Canvas]) -> None:
        super().__init__(parent)
        self._home, self._canvas_for = parent, canvas_for
        self.widgets: list[GraphWidget] = []
        self._wanted: tuple[GraphFrame, ...] = ()
        self._shown: list[GraphFrame | None] = []
        self._places: list[QRect] = []
        self._look: tuple[Theme, float] | None = None
        self._next = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.turn)

    @property
    def count(self) -> int:
        return len(self._wanted)

    def set_graphs(self, graphs: tuple[GraphFrame, ...]) -> None:
        """Show these soon."""
        if graphs is self._wanted:
            return
        self._wanted = graphs
        self._arm()

    def set_look(self, theme: Theme, scale: float) -> None:
        self._look = (theme, scale)
        for widget in self.widgets:
            widget.set_look(theme, scale)

    def set_places(self, places: list[QRect]) -> None:
        """Where the graphs stand; none: they are hidden."""
        self._places = places
        self._place()

    def _place(self) -> None:
        for i, widget in enumerate(self.widgets):
            visible = i < len(self._places) and i < len(self._wanted)
            if visible:
                widget.setGeometry(self._places[i])
            if widget.isVisibleTo(self._home) != visible:
                widget.setVisible(visible)

    def _arm(self) -> None:
        if not self._timer.isActive() and self._home.isVisible():
            self._timer.start(round(1000 / RATE_HZ / max(1, len(self._wanted))))

    def wake(self) -> None:
        """The window is on screen: begin."""
        self._arm()

    def _make(self) -> None:
        """Widgets for all graphs wanted."""
        from nvmeviz.ui.graphs.graph_widget import GraphWidget

        while len(self.widgets) < len(self._wanted):
            widget = GraphWidget(self._canvas_for)
            widget.setParent(self._home)
            self.widgets.append(widget)
            self._shown.append(None)
            if self._look is not None:
                widget.set_look(*self._look)
        self._place()

    def turn(self) -> None:
        """Redraw the next graph that changed; stop when none is left."""
        if not self._places:
            return
        self._make()
        count = len(self._wanted)
        for i in range(count):
            at = (self._next + i) % count
            if self._shown[at] is not self._wanted[at]:
                self._show(at)
                self._next = at + 1
                self._arm()
                return

    def _show(self, at: int) -> None:
        self.widgets[at].set_frame(self._wanted[at])
        self._shown[at] = self._wanted[at]

    def flush(self) -> None:
        """Show everything now: for pictures and tests."""
        if not self._places:
            return
        self._make()
        for i in range(len(self._wanted)):
            self._show(i)
