"""What is drawn over the panes: the tether between the places of one command, and where a pane that
is dragged would stand.

Shown only while there is something to draw; the pointer goes through it.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from nvmeviz.ui.draw import canvas as kit
from nvmeviz.ui.draw.rect import Rect
from nvmeviz.ui.theme import qcolor

if TYPE_CHECKING:
    from collections.abc import Callable

    from nvmeviz.ui.draw.canvas import Canvas

Place = tuple[QPointF, int]  # where, and how many commands were submitted after it


class Overlay(QWidget):
    """Covers the workspace."""

    def __init__(self, home: QWidget, canvas_for: Callable[[float], Canvas]) -> None:
        super().__init__(home)
        self._canvas_for = canvas_for
        self._scale = 1.0
        self._places: list[Place] = []
        self._drop: QRect | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.hide()

    def show_over(self, places: list[Place], drop: QRect | None, scale: float) -> None:
        """places: of one command, pane by pane; drop: a line."""
        tether = places if len(places) > 1 else []
        if not tether and drop is None:
            if self.isVisible():
                self.hide()
            self._places, self._drop = [], None
            return
        self._places, self._drop, self._scale = tether, drop, scale
        if not self.isVisible():
            self.show()
            self.raise_()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        canvas = self._canvas_for(self.devicePixelRatioF())
        canvas.begin(painter, self._scale)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        color = canvas.theme.focus
        if self._drop is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(qcolor(color))
            painter.drawRoundedRect(QRectF(self._drop), 2, 2)
        u = canvas.u
        paths: list[tuple[QPainterPath, int]] = []
        for (a, first), (b, second) in itertools.pairwise(self._places):
            path = QPainterPath(a)
            bend = (b.x() - a.x()) * 0.4
            path.cubicTo(a.x() + bend, a.y(), b.x() - bend, b.y(), b.x(), b.y())
            painter.setPen(QPen(qcolor(color), 1.8 * u, Qt.PenStyle.DashLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPath(path)
            paths.append((path, second - first))
        for path, lead in paths:  # over all lines
            self._lead(canvas, path.pointAtPercent(0.5), lead)
        canvas.end()
        painter.end()

    def _lead(self, c: Canvas, at: QPointF, by: int) -> None:
        """Who is ahead, in the middle of a tether."""
        if by == 0:
            words = "level"
        else:
            noun = "command" if abs(by) == 1 else "commands"
            words = f"{'right' if by > 0 else 'left'} is {abs(by)} {noun} ahead"
        width = c.text_width(words, kit.CAPTION_STRONG) + 18 * c.u
        tag = Rect(at.x() - width / 2, at.y() - 10 * c.u, width, 20 * c.u)
        c.box(tag, c.theme.raised, c.theme.focus, 8.0)
        c.text_in(tag, words, kit.CAPTION_STRONG, c.theme.text, kit.CENTER)
