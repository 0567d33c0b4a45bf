"""The Compare workspace: panes side by side, graphs below them, or beside a single one.

It chooses the arrangement in which the panes' own scale stays largest; the graphs give way before
the panes become hard to read.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from nvmeviz.ui.draw import canvas as kit
from nvmeviz.ui.draw.layout import MIN_HEIGHT, MIN_WIDTH
from nvmeviz.ui.draw.rect import Rect
from nvmeviz.ui.graphs.graph_row import GraphRow
from nvmeviz.ui.panes.pane_widget import PaneWidget
from nvmeviz.ui.theme import Theme, qcolor

if TYPE_CHECKING:
    from collections.abc import Callable

    from nvmeviz.app.messages import Message
    from nvmeviz.app.present.frame import WindowFrame
    from nvmeviz.ui.draw.canvas import Canvas

GAP, MARGIN = 9, 12  # px at 100 %
EMPTY = "Open a scenario or a recording: Ctrl+O, or drop a file here"


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Rectangles (x, y, w, h) of panes and graphs in px."""

    panes: tuple[tuple[int, int, int, int], ...]
    graphs: tuple[tuple[int, int, int, int], ...]


def arrange(width: int, height: int, panes: int, graphs: int, scale: float) -> Arrangement:
    """Where `panes` and `graphs` stand in a workspace of that size (px)."""
    gap = round(GAP * scale)
    margin = round(MARGIN * scale)
    w, h = width - 2 * margin, height - 2 * gap
    if panes == 0:
        return Arrangement((), ())
    best: tuple[float, Arrangement] | None = None
    options = [
        (columns, kind) for columns in range(1, panes + 1) for kind in ("below", "beside", "none")
    ]
    for columns, kind in options:
        if kind != "none" and (graphs == 0 or (kind == "beside" and panes > 1)):
            continue
        area_w, area_h = w, h
        if kind == "below":
            area_h -= gap + max(round(132 * scale), min(round(h * 0.28), round(330 * scale)))
        elif kind == "beside":
            area_w -= gap + max(round(280 * scale), round(w * 0.36))
        rows = -(-panes // columns)
        pane_w = (area_w - gap * (columns - 1)) / columns
        pane_h = (area_h - gap * (rows - 1)) / rows
        if pane_w < 60 or pane_h < 80:
            continue
        u = min(scale, pane_w / MIN_WIDTH, pane_h / MIN_HEIGHT) / scale
        # Size beyond the least counts a little, in proportion to what a pane likes (1 : 1.1).
        roomy = min(1.0, min(pane_w / (620 * scale), pane_h / (660 * scale)))
        shape = abs(math.log(pane_w / pane_h))  # a square one is best
        score = u - 0.12 * shape + 0.25 * roomy + (0.2 if kind != "none" else 0.0)
        score -= 0.05 * (columns * rows - panes)
        if kind == "beside":
            score += 0.05 if area_w > 1.2 * area_h * 0.9 else -0.3
        if best is None or score > best[0] + 1e-9:
            best = (score, _cells(margin, gap, w, h, area_w, area_h, panes, graphs, columns, kind))
    return best[1] if best else Arrangement(((margin, gap, max(1, w), max(1, h)),) * panes, ())


def _cells(
    x: int, gap: int, w: int, h: int, area_w: int, area_h: int, panes: int, graphs: int, columns: int,
    kind: str,
) -> Arrangement:  # fmt: skip
    rows = -(-panes // columns)

    def cut(length: int, n: int, i: int) -> tuple[int, int]:
        """(start, size) of part i of n."""
        start = round(i * (length + gap) / n)
        return start, round((i + 1) * (length + gap) / n) - gap - start

    cells = []
    for i in range(panes):
        cx, cw = cut(area_w, columns, i % columns)
        cy, ch = cut(area_h, rows, i // columns)
        cells.append((x + cx, gap + cy, cw, ch))
    below: list[tuple[int, int, int, int]] = []
    if kind == "below":
        top = gap + area_h + gap
        for i in range(graphs):
            cx, cw = cut(w, graphs, i)
            below.append((x + cx, top, cw, h - area_h - gap))
    elif kind == "beside":
        left = x + area_w + gap
        for i in range(graphs):
            cy, ch = cut(h, graphs, i)
            below.append((left, gap + cy, w - area_w - gap, ch))
    return Arrangement(tuple(cells), tuple(below))


class CompareView(QWidget):
    """Panes and graphs of a `WindowFrame`."""

    def __init__(
        self, canvas_for: Callable[[float], Canvas], dispatch: Callable[[Message], None]
    ) -> None:
        super().__init__()
        self.setObjectName("central")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._canvas_for, self._dispatch = canvas_for, dispatch
        self._scale = 1.0
        self._placed: object = None
        self.panes: list[PaneWidget] = []
        self.graphs = GraphRow(self, canvas_for, dispatch)

    def set_look(self, theme: Theme, scale: float) -> None:
        self._scale = scale
        self._theme = theme
        self._placed = None
        self._place()
        for pane in self.panes:
            pane.update()
        self.update()

    def set_frame(self, frame: WindowFrame) -> None:
        """Show; makes and drops panes as needed."""
        while len(self.panes) > len(frame.panes):
            gone = self.panes.pop()
            gone.hide()
            gone.deleteLater()
        while len(self.panes) < len(frame.panes):
            pane = PaneWidget(self._canvas_for, self._dispatch)
            pane.setParent(self)
            self.panes.append(pane)
            pane.show()
        self.graphs.set_graphs(frame.graphs, frame.graph_tools)
        self._place()
        for widget, pane_frame in zip(self.panes, frame.panes, strict=True):
            widget.set_frame(pane_frame, self._scale)

    def _place(self) -> None:
        enlarged = bool(self.graphs.enlarged)
        key = (self.width(), self.height(), len(self.panes), self.graphs.count, self._scale)
        if (key, enlarged) == self._placed:
            return
        self._placed = (key, enlarged)
        plan = arrange(*key)
        for pane in self.panes:
            pane.setVisible(not enlarged)
        for widget, cell in zip(self.panes, plan.panes, strict=False):
            widget.setGeometry(*cell)
        self._place_graphs(plan, enlarged)
        self.update()

    def _place_graphs(self, plan: Arrangement, enlarged: bool) -> None:
        if not hasattr(self, "_theme"):
            return
        gap, area = round(GAP * self._scale), None
        if enlarged:
            margin = round(MARGIN * self._scale)
            area = Rect(0, 0, self.width(), self.height()).inset(margin, gap)
        elif plan.graphs:
            (x, y, _, _), (last_x, last_y, w, h) = plan.graphs[0], plan.graphs[-1]
            area = Rect(x, y, last_x + w - x, last_y + h - y)
        self.graphs.set_area(area, gap, self._theme, self._scale)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.graphs.wake()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        canvas = self._canvas_for(self.devicePixelRatioF())
        painter.fillRect(event.rect(), qcolor(canvas.theme.window))
        if not self.panes:
            canvas.begin(painter, self._scale)
            x, y, room = self.width() / 2, self.height() / 2, self.width() - 40
            canvas.text(x, y, EMPTY, kit.STRONG, canvas.theme.muted, kit.CENTER, room)
            canvas.end()
        painter.end()
