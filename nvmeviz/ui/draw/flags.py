"""The shapes of marked places, one a kind, so that colour never says it alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen, QPolygonF

from nvmeviz.app.present.scrubber_frame import LandmarkKind
from nvmeviz.ui.theme import qcolor

if TYPE_CHECKING:
    from collections.abc import Callable

# A shape fills a box of 12 x 12 around (0, 0); a line in it is 1.7 wide.
SERIOUS = 1.35  # how much larger the most serious kind is


def _triangle(p: QPainter) -> None:
    """Down, out of the guest."""
    p.drawPolygon(QPolygonF([QPointF(-6, -5), QPointF(6, -5), QPointF(0, 5.5)]))


def _pages(p: QPainter) -> None:
    p.drawRect(QRectF(-5.5, -5.5, 7.5, 7.5))
    _lines(p)
    p.drawPolyline(QPolygonF([QPointF(-1.5, 5), QPointF(5, 5), QPointF(5, -1.5)]))


def _struck_circle(p: QPainter) -> None:
    _lines(p)
    p.drawEllipse(QPointF(0, 0), 4.8, 4.8)
    p.drawLine(QPointF(-3.4, 3.4), QPointF(3.4, -3.4))


def _crescent(p: QPainter) -> None:
    moon, shade = QPainterPath(), QPainterPath()
    moon.addEllipse(QPointF(-0.5, 0), 5.6, 5.6)
    shade.addEllipse(QPointF(2.6, -1.6), 5.0, 5.0)
    p.drawPath(moon.subtracted(shade))


def _sun(p: QPainter) -> None:
    p.drawEllipse(QPointF(0, 0), 3.0, 3.0)
    _lines(p)
    for x, y in (
        (1, 0),
        (0.7, 0.7),
        (0, 1),
        (-0.7, 0.7),
        (-1, 0),
        (-0.7, -0.7),
        (0, -1),
        (0.7, -0.7),
    ):
        p.drawLine(QPointF(4.6 * x, 4.6 * y), QPointF(6 * x, 6 * y))


def _hourglass(p: QPainter) -> None:
    for sign in (-1, 1):
        p.drawPolygon(QPolygonF([QPointF(-5, 6 * sign), QPointF(5, 6 * sign), QPointF(0, 0)]))


def _span(p: QPainter) -> None:
    """As long as this."""
    p.drawRect(QRectF(-6, -5, 2, 10))
    p.drawRect(QRectF(4, -5, 2, 10))
    p.drawRect(QRectF(-5, -1.3, 10, 2.6))


def _padlock(p: QPainter) -> None:
    p.drawRoundedRect(QRectF(-5, -1, 10, 7), 1, 1)
    _lines(p)
    p.drawArc(QRectF(-3.2, -5.6, 6.4, 8), 0, 180 * 16)


def _stack(p: QPainter) -> None:
    for y in (-5.5, -1.5, 2.5):
        p.drawRect(QRectF(-5.5, y, 11, 3))


def _sliders(p: QPainter) -> None:
    """Settings: two sliders."""
    p.drawEllipse(QPointF(2, -3), 2.4, 2.4)
    p.drawEllipse(QPointF(-2, 3), 2.4, 2.4)
    _lines(p)
    for y in (-3, 3):
        p.drawLine(QPointF(-6, y), QPointF(6, y))


def _turn(p: QPainter) -> None:
    p.drawPolygon(QPolygonF([QPointF(0.5, -7), QPointF(5.5, -4), QPointF(0.5, -0.6)]))
    _lines(p)
    p.drawArc(QRectF(-4.8, -4, 9.6, 9.6), 90 * 16, 300 * 16)


def _octagon(p: QPainter) -> None:
    a, b = 6.0, 2.5
    corners = ((-b, -a), (b, -a), (a, -b), (a, b), (b, a), (-b, a), (-a, b), (-a, -b))
    p.drawPolygon(QPolygonF([QPointF(x, y) for x, y in corners]))


def _lines(p: QPainter) -> None:
    """From here on outlines in the colour that filled."""
    p.setPen(QPen(p.brush().color(), 1.7))
    p.setBrush(Qt.BrushStyle.NoBrush)


_SHAPES: dict[LandmarkKind, Callable[[QPainter], None]] = {
    LandmarkKind.TRAP: _triangle,
    LandmarkKind.HANDED_OVER: _pages,
    LandmarkKind.AVOIDED: _struck_circle,
    LandmarkKind.SLEEP: _crescent,
    LandmarkKind.WAKE: _sun,
    LandmarkKind.SLOWEST: _hourglass,
    LandmarkKind.LONGEST_EXIT: _span,
    LandmarkKind.LOCK: _padlock,
    LandmarkKind.FULL: _stack,
    LandmarkKind.CHANGED: _sliders,
    LandmarkKind.RESET: _turn,
    LandmarkKind.STUCK: _octagon,
}


def paint_flag(
    p: QPainter, kind: LandmarkKind, x: float, y: float, u: float, color: str, inside: str
) -> None:
    """The shape of a kind around (x, y); inside: the colour of what is written into it."""
    size = u * (SERIOUS if kind is LandmarkKind.STUCK else 0.92)
    p.save()
    p.translate(x, y)
    p.scale(size, size)
    p.setPen(Qt.PenStyle.NoPen)
    p.setBrush(qcolor(color))
    _SHAPES[kind](p)
    if kind is LandmarkKind.STUCK:
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(qcolor(inside))
        p.drawRoundedRect(QRectF(-0.9, -4, 1.8, 5), 0.9, 0.9)
        p.drawEllipse(QPointF(0, 3), 1.1, 1.1)
    p.restore()
