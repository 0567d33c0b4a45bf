"""Icons painted as shapes in the theme's colours, sharp at every scale: no image files to keep in
step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPen, QPolygonF

from nvmeviz.ui.draw.pixmaps import make_pixmap
from nvmeviz.ui.theme import qcolor

if TYPE_CHECKING:
    from collections.abc import Callable


def _triangle(p: QPainter, left: float, right: float) -> None:
    p.drawPolygon(QPolygonF([QPointF(left, 3), QPointF(right, 8), QPointF(left, 13)]))


def _start(p: QPainter) -> None:
    p.drawRect(QRectF(2.5, 3, 2, 10))
    _triangle(p, 13, 5)


def _end(p: QPainter) -> None:
    p.drawRect(QRectF(11.5, 3, 2, 10))
    _triangle(p, 3, 11)


def _pause(p: QPainter) -> None:
    p.drawRoundedRect(QRectF(3.5, 3, 3.2, 10), 1, 1)
    p.drawRoundedRect(QRectF(9.3, 3, 3.2, 10), 1, 1)


def _corners(p: QPainter, inner: float, outer: float) -> None:
    """Two opposite corners, their tips at `inner`, their ends at `outer` (of 16)."""
    pen = QPen(p.brush().color(), 1.6)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    p.setPen(pen)
    for tip, end in ((inner, outer), (16 - inner, 16 - outer)):
        x, y, far_x, far_y = 16 - tip, tip, 16 - end, end
        p.drawLine(QPointF(x, y), QPointF(far_x, y))
        p.drawLine(QPointF(x, y), QPointF(x, far_y))


def _dots(p: QPainter) -> None:
    for y in (3.5, 8.0, 12.5):
        p.drawEllipse(QPointF(8, y), 1.4, 1.4)


def _cut(p: QPainter) -> None:
    """From here on lines take away what was filled."""
    p.setCompositionMode(QPainter.CompositionMode.CompositionMode_Clear)
    pen = QPen(Qt.GlobalColor.black, 1.9)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    p.setPen(pen)


def _error(p: QPainter) -> None:
    """An octagon with a cross."""
    a, b = 1.0, 5.2
    corners = ((b, a), (16 - b, a), (16 - a, b), (16 - a, 16 - b))
    p.drawPolygon(
        QPolygonF(
            [QPointF(x, y) for x, y in corners] + [QPointF(16 - x, 16 - y) for x, y in corners]
        )
    )
    _cut(p)
    p.drawLine(QPointF(5.4, 5.4), QPointF(10.6, 10.6))
    p.drawLine(QPointF(10.6, 5.4), QPointF(5.4, 10.6))


def _warning(p: QPainter) -> None:
    """A triangle with an exclamation mark."""
    p.drawPolygon(QPolygonF([QPointF(8, 0.8), QPointF(15.6, 14.8), QPointF(0.4, 14.8)]))
    _cut(p)
    p.drawLine(QPointF(8, 6), QPointF(8, 9.4))
    p.drawPoint(QPointF(8, 12.4))


def _note(p: QPainter) -> None:
    """A ring with an i."""
    p.drawEllipse(QPointF(8, 8), 7, 7)
    _cut(p)
    p.drawPoint(QPointF(8, 4.6))
    p.drawLine(QPointF(8, 7.6), QPointF(8, 11.6))


def _bars(p: QPainter) -> None:
    for y in (3.6, 8.0, 12.4):
        p.drawRoundedRect(QRectF(2, y - 0.9, 12, 1.8), 0.9, 0.9)


_SHAPES: dict[str, Callable[[QPainter], None]] = {
    "start": _start,
    "end": _end,
    "back": lambda p: _triangle(p, 12, 4),
    "on": lambda p: _triangle(p, 4, 12),
    "play": lambda p: _triangle(p, 4, 13),
    "pause": _pause,
    "enlarge": lambda p: _corners(p, 3.0, 7.0),
    "shrink": lambda p: _corners(p, 7.0, 3.0),
    "more": _dots,
    "menu": _bars,
    "error": _error,
    "warning": _warning,
    "note": _note,
}


def icon(name: str, color: str, faint: str, px: float, dpr: float) -> QIcon:
    """An icon `px` logical pixels wide; `faint` is the colour of the disabled one."""
    made = QIcon()
    for mode, tint in ((QIcon.Mode.Normal, color), (QIcon.Mode.Disabled, faint)):

        def paint(painter: QPainter, tint: str = tint) -> None:
            painter.scale(px / 16.0, px / 16.0)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(qcolor(tint))
            _SHAPES[name](painter)

        made.addPixmap(make_pixmap(px, px, dpr, paint), mode)
    return made
