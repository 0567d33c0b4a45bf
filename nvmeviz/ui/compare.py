"""The Compare workspace: panes side by side, graphs below them, or beside a single one.

It chooses the arrangement in which the panes' own scale stays largest; the graphs give way before
the panes become hard to read.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from nvmeviz.ui.draw import canvas as kit
from nvmeviz.ui.draw.layout import MIN_HEIGHT, MIN_WIDTH
from nvmeviz.ui.draw.rect import Rect
from nvmeviz.ui.graphs.graph_row import GraphRow
from nvmeviz.ui.overlay import Overlay, Place
from nvmeviz.ui.pane_board import PaneBoard
from nvmeviz.ui.theme import Theme, qcolor

if TYPE_CHECKING:
    from collections.abc import Callable

    from nvmeviz.app.messages import Message
    from nvmeviz.app.present.frame import WindowFrame
    from nvmeviz.ui.draw.canvas import Canvas
    from nvmeviz.ui.panes.pane_widget import PaneWidget

GAP, MARGIN = 9, 12  # px at 100 %
EMPTY = "Open a scenario, a recording or traces: Ctrl+O, or drop files here"
FLOATING = "All panes have windows of their own; closing one puts its pane back here"


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
        self._canvas_for = canvas_for
        self._scale = 1.0
        self._placed: object = None
        self.board = PaneBoard(self, canvas_for, dispatch)
        self.board.moved = self.draw_over
        self.graphs = GraphRow(self, canvas_for, dispatch)
        self._overlay = Overlay(self, canvas_for)

    @property
    def panes(self) -> list[PaneWidget]:
        """All panes, in order."""
        return self.board.panes

    def set_look(self, theme: Theme, scale: float) -> None:
        self._scale = scale
        self._theme = theme
        self._placed = None
        self.board.set_look(theme, scale)
        self._place()
        self.update()

    def set_frame(self, frame: WindowFrame) -> None:
        """Show; makes and drops panes as needed."""
        self.graphs.set_graphs(frame.graphs, frame.graph_tools)
        self.board.set_frame(frame, self._scale, hidden=bool(self.graphs.enlarged))
        self._place()
        self.draw_over()

    def _place(self) -> None:
        docked, enlarged = self.board.docked, bool(self.graphs.enlarged)
        key = (self.width(), self.height(), len(docked), self.graphs.count, self._scale)
        order = tuple(pane.pane_id for pane in docked)
        if (key, order, enlarged) == self._placed:
            return
        self._placed = (key, order, enlarged)
        plan = arrange(*key)
        for widget, cell in zip(docked, plan.panes, strict=False):
            widget.setGeometry(*cell)
        for before, after in itertools.pairwise(docked):
            QWidget.setTabOrder(before, after)
        self._place_graphs(plan, enlarged)
        self._overlay.setGeometry(self.rect())
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

    def draw_over(self) -> None:
        """The tether between the places of the command that is followed, and the drop line."""
        places: list[Place] = []
        for pane in () if self.graphs.enlarged else self.board.docked:
            at, lead = pane.follow_point(), pane.follow_lead()
            if at is not None and lead is not None:
                places.append((at + QPointF(pane.pos()), lead))
        self._overlay.show_over(places, self.board.drop_line(), self._scale)

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
        if not self.board.docked:
            canvas.begin(painter, self._scale)
            x, y, room = self.width() / 2, self.height() / 2, self.width() - 40
            words = FLOATING if self.board.panes else EMPTY
            canvas.text(x, y, words, kit.STRONG, canvas.theme.muted, kit.CENTER, room)
            canvas.end()
        painter.end()
