"""How unknown and inferred look: hatched lines, a dashed edge. Both say the same in any theme."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QPainterPath, QPen

from nvmeviz.ui.theme import qcolor, with_alpha

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from nvmeviz.ui.draw.canvas import Canvas
    from nvmeviz.ui.draw.rect import Rect

APART = 7.0  # units between two lines


def paint_lines(painter: QPainter, at: QRectF, color: str, apart: float, line: float) -> None:
    """Lines falling to the left, inside what is clipped."""
    painter.setPen(QPen(qcolor(color), line))
    high, x = at.height(), at.x()
    lines: list[QLineF] = []
    while x < at.right() + high:
        lines.append(QLineF(x, at.y(), x - high, at.bottom()))
        x += apart
    painter.drawLines(lines)


def hatch(c: Canvas, at: Rect, radius: float = 0.0, strength: float = 0.5) -> None:
    """Hatch a rounded box; radius in units. For static layers and sprites."""
    painter, u = c.painter, c.u
    box = QRectF(*at)
    clip = QPainterPath()
    clip.addRoundedRect(box, radius * u, radius * u)
    painter.save()
    painter.setClipPath(clip, Qt.ClipOperation.IntersectClip)
    color = with_alpha(c.theme.muted, strength)
    paint_lines(painter, box, color, APART * u, max(1.0, 1.0 * u))
    painter.restore()


def dashed(c: Canvas, at: Rect, color: str, radius: float = 7.0) -> None:
    """The edge of a box that holds something inferred."""
    painter = c.painter
    width = max(1.0, c.u)
    pen = QPen(qcolor(color), width)
    pen.setDashPattern([3.0, 3.0])
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    half = width / 2
    edge = QRectF(*at).adjusted(half, half, -half, -half)
    painter.drawRoundedRect(edge, radius * c.u, radius * c.u)
