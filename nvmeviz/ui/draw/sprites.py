"""Sprites painted once: ring wedges by slot and state, tokens, chips, bells, small marks.

Every slot state has its own shape besides its colour: written is hollow, fetched carries a dot, in
device a bar across, completed a notch, unknown is hatched. The legend uses the same marks.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPixmap, QRadialGradient

from nvmeviz.app.present.frame import SlotState
from nvmeviz.ui.draw.hatch import paint_lines
from nvmeviz.ui.draw.pixmaps import make_pixmap
from nvmeviz.ui.theme import Theme, mixed, qcolor, with_alpha

if TYPE_CHECKING:
    from numpy.typing import NDArray

STATES = len(SlotState)


def wedge_path(inner: float, outer: float, start: float, span: float) -> QPainterPath:
    """A piece of a ring around (0, 0); angles in degrees, 0 at twelve o'clock, clockwise."""
    path = QPainterPath()
    path.arcMoveTo(QRectF(-outer, -outer, 2 * outer, 2 * outer), 90 - start)
    path.arcTo(QRectF(-outer, -outer, 2 * outer, 2 * outer), 90 - start, -span)
    path.arcTo(QRectF(-inner, -inner, 2 * inner, 2 * inner), 90 - start - span, span)
    path.closeSubpath()
    return path


def at_angle(radius: float, degrees: float) -> QPointF:
    """The point of a circle around (0, 0), 0 degrees at twelve o'clock, clockwise."""
    turn = math.radians(degrees)
    return QPointF(radius * math.sin(turn), -radius * math.cos(turn))


def paint_wedge(
    painter: QPainter,
    theme: Theme,
    state: int,
    inner: float,
    outer: float,
    start: float,
    span: float,
) -> None:
    """One slot (or a run of slots) in the colour and shape of its state."""
    color = theme.slots[state]
    path = wedge_path(inner, outer, start, span)
    thick = outer - inner
    line = max(1.0, thick * 0.11)
    painter.setPen(Qt.PenStyle.NoPen)
    dark = qcolor(with_alpha(theme.on_slot, 0.62 if theme.dark else 0.9))
    middle, half = (inner + outer) / 2, start + span / 2
    if state == SlotState.FREE:
        if theme.slot_border != color:
            painter.setPen(QPen(qcolor(theme.slot_border), max(1.0, line * 0.6)))
        painter.setBrush(qcolor(color))
        painter.drawPath(path)
        return
    if state == SlotState.WRITTEN:
        grown = line * 0.5
        turn = math.degrees(grown / max(1.0, inner))
        path = wedge_path(inner + grown, outer - grown, start + turn, max(0.5, span - 2 * turn))
        painter.setBrush(qcolor(with_alpha(color, 0.34)))
        painter.setPen(QPen(qcolor(color), line))
        painter.drawPath(path)
        return
    if state == SlotState.UNKNOWN:
        painter.setBrush(qcolor(with_alpha(color, 0.18)))
        painter.setPen(QPen(qcolor(color), max(1.0, line * 0.8)))
        painter.drawPath(path)
        painter.save()
        painter.setClipPath(path, Qt.ClipOperation.IntersectClip)
        apart = max(3.0, thick * 0.3)
        paint_lines(painter, path.boundingRect(), color, apart, max(1.0, thick * 0.08))
        painter.restore()
        return
    painter.setBrush(qcolor(color))
    painter.drawPath(path)
    width = math.radians(span) * middle
    if state == SlotState.FETCHED:
        size = min(thick, width) * 0.16
        painter.setBrush(dark)
        painter.drawEllipse(at_angle(middle, half), size, size)
    elif state == SlotState.IN_DEVICE:
        painter.setBrush(dark)
        bar = thick * 0.09
        painter.drawPath(wedge_path(middle - bar, middle + bar, start + span * 0.2, span * 0.6))
    elif state == SlotState.COMPLETED:
        painter.setBrush(dark)
        notch = QPainterPath(at_angle(inner - 0.5, half - span * 0.2))
        notch.lineTo(at_angle(inner - 0.5, half + span * 0.2))
        notch.lineTo(at_angle(inner + thick * 0.3, half))
        notch.closeSubpath()
        painter.drawPath(notch)


class WedgeSheet:
    """All slots of a ring of `size` slots and `radius` (logical px), one row of cells per state."""

    def __init__(self, theme: Theme, size: int, radius: float, inner: float, dpr: float) -> None:
        self.size, self.dpr = size, dpr
        step = 360.0 / size
        gap = min(step * 0.22, math.degrees(max(1.0, radius * 0.026) / radius))
        self.gap = gap
        begin = np.radians(np.arange(size) * step + gap / 2)
        end = begin + math.radians(step - gap)
        middle = (begin + end) / 2
        angles = np.stack([begin, middle, end])
        xs = np.concatenate([r * np.sin(angles) for r in (inner, radius)])
        ys = np.concatenate([-r * np.cos(angles) for r in (inner, radius)])
        # Device pixels from the ring's centre; the centre stands on a whole pixel.
        self.left = np.floor(xs.min(axis=0) * dpr) - 2
        self.top = np.floor(ys.min(axis=0) * dpr) - 2
        self.cell_w = int((np.ceil(xs.max(axis=0) * dpr) + 2 - self.left).max())
        self.cell_h = int((np.ceil(ys.max(axis=0) * dpr) + 2 - self.top).max())

        def paint(painter: QPainter) -> None:
            for state in range(STATES):
                for slot in range(size):
                    painter.resetTransform()
                    painter.translate(
                        (slot * self.cell_w - self.left[slot]) / dpr,
                        (state * self.cell_h - self.top[slot]) / dpr,
                    )
                    start = slot * step + gap / 2
                    paint_wedge(painter, theme, state, inner, radius, start, step - gap)

        self.pixmap = make_pixmap(size * self.cell_w / dpr, STATES * self.cell_h / dpr, dpr, paint)

    def fill(self, rows: NDArray[np.float64], cx: float, cy: float, slots: NDArray[np.intp],
             states: NDArray[np.uint8]) -> None:  # fmt: skip
        """Fill fragment rows for `slots` in `states`, the ring's centre at (cx, cy)."""
        dpr = self.dpr
        rows[:, 0] = cx + (self.left[slots] + self.cell_w / 2) / dpr
        rows[:, 1] = cy + (self.top[slots] + self.cell_h / 2) / dpr
        rows[:, 2] = slots * self.cell_w
        rows[:, 3] = states * float(self.cell_h)
        rows[:, 4] = self.cell_w
        rows[:, 5] = self.cell_h


class TokenSheet:
    """Glowing dots, one per slot state, and smaller ones for flow in the second row."""

    def __init__(self, theme: Theme, u: float, dpr: float) -> None:
        self.cell = math.ceil(26 * u * dpr)
        size = self.cell / dpr

        def paint(painter: QPainter) -> None:
            for state in range(STATES):
                for row, share in enumerate((1.0, 0.55)):
                    at = QPointF((state + 0.5) * size, (row + 0.5) * size)
                    _paint_token(painter, theme, state, at, size / 2 * share, u)

        self.pixmap = make_pixmap(STATES * size, 2 * size, dpr, paint)


def _paint_token(
    painter: QPainter, theme: Theme, state: int, at: QPointF, reach: float, u: float
) -> None:
    color = theme.slots[state] if state != SlotState.FREE else theme.muted
    glow = QRadialGradient(at, reach)
    glow.setColorAt(0.0, qcolor(with_alpha(color, 0.75)))
    glow.setColorAt(0.55, qcolor(with_alpha(color, 0.30)))
    glow.setColorAt(1.0, qcolor(with_alpha(color, 0.0)))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(glow)
    painter.drawEllipse(at, reach, reach)
    core = reach * 0.5
    painter.setBrush(qcolor(color))
    painter.setPen(QPen(qcolor(theme.card), max(1.0, 1.4 * u)))
    painter.drawEllipse(at, core, core)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(qcolor(with_alpha(mixed(color, "#ffffff", 0.55), 0.9)))
    painter.drawEllipse(at + QPointF(-core * 0.28, -core * 0.28), core * 0.26, core * 0.26)


def paint_bell(painter: QPainter, at: QRectF, ring: str, bell: str, fill: str, line: float) -> None:
    """A doorbell in its ring."""
    painter.setPen(QPen(qcolor(ring), line))
    painter.setBrush(qcolor(fill))
    painter.drawEllipse(at.adjusted(line, line, -line, -line))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(qcolor(bell))
    painter.drawPath(bell_path(at.center(), at.width() * 0.25))


def bell_path(at: QPointF, size: float) -> QPainterPath:
    """A bell of half-height `size` around `at`."""
    x, y, s = at.x(), at.y(), size
    path = QPainterPath()
    path.moveTo(x - s * 0.92, y + s * 0.55)
    path.cubicTo(x - s * 0.55, y + s * 0.2, x - s * 0.7, y - s * 0.25, x - s * 0.55, y - s * 0.5)
    path.cubicTo(x - s * 0.4, y - s * 0.95, x + s * 0.4, y - s * 0.95, x + s * 0.55, y - s * 0.5)
    path.cubicTo(x + s * 0.7, y - s * 0.25, x + s * 0.55, y + s * 0.2, x + s * 0.92, y + s * 0.55)
    path.closeSubpath()
    path.addEllipse(QPointF(x, y + s * 0.78), s * 0.3, s * 0.24)
    path.addEllipse(QPointF(x, y - s * 0.9), s * 0.16, s * 0.16)
    path.setFillRule(Qt.FillRule.WindingFill)
    return path


def paint_padlock(painter: QPainter, at: QRectF, color: str, *, closed: bool) -> None:
    """A padlock; open, its shackle stands up and to one side."""
    x, y, w, h = at.x(), at.y(), at.width(), at.height()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(qcolor(color))
    painter.drawRoundedRect(
        QRectF(x + w * 0.14, y + h * 0.47, w * 0.72, h * 0.46), w * 0.1, w * 0.1
    )
    painter.setPen(QPen(qcolor(color), w * 0.13, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    left = x + w * (0.29 if closed else 0.53)
    right, ends_at = left + w * 0.42, y + h * (0.5 if closed else 0.38)
    shackle = QPainterPath(QPointF(left, y + h * 0.5))
    shackle.arcTo(QRectF(left, y + h * 0.1, right - left, h * 0.44), 180, -180)
    shackle.lineTo(right, ends_at)
    painter.drawPath(shackle)


def paint_moon(painter: QPainter, size: float, color: str) -> None:
    """A crescent in a square of `size`: somebody sleeps."""
    whole, bite = QPainterPath(), QPainterPath()
    whole.addEllipse(QRectF(size * 0.08, size * 0.08, size * 0.84, size * 0.84))
    bite.addEllipse(QRectF(size * 0.36, -size * 0.06, size * 0.8, size * 0.8))
    painter.fillPath(whole.subtracted(bite), qcolor(color))


def paint_glow(painter: QPainter, at: QPointF, reach: float, color: str, strength: float) -> None:
    """A soft disc."""
    glow = QRadialGradient(at, reach)
    glow.setColorAt(0.0, qcolor(with_alpha(color, strength)))
    glow.setColorAt(0.5, qcolor(with_alpha(color, strength * 0.55)))
    glow.setColorAt(1.0, qcolor(with_alpha(color, 0.0)))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(glow)
    painter.drawEllipse(at, reach, reach)


def paint_pointer(painter: QPainter, size: float, color: str, *, hollow: bool) -> None:
    """A triangle pointing up at (0, 0), standing below it: filled for the tail, hollow for the
    head.
    """
    path = QPainterPath(QPointF(0, 0))
    path.lineTo(size * 0.58, size)
    path.lineTo(-size * 0.58, size)
    path.closeSubpath()
    fill = QColor(0, 0, 0, 0) if hollow else qcolor(color)
    painter.setBrush(fill)
    painter.setPen(
        QPen(qcolor(color), max(1.0, size * 0.16), Qt.PenStyle.SolidLine,
             Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    )  # fmt: skip
    painter.drawPath(path)


def state_mark(theme: Theme, state: int, size: float, dpr: float) -> QPixmap:
    """A legend mark: a square slot in the state's colour and shape, `size` logical px."""

    def paint(painter: QPainter) -> None:
        if state < 0:  # inferred: an edge of dashes
            pen = QPen(qcolor(theme.muted), max(1.0, size * 0.1))
            pen.setDashPattern([2.0, 1.6])
            painter.setPen(pen)
            painter.drawRoundedRect(QRectF(1, 1, size - 2, size - 2), size * 0.2, size * 0.2)
            return
        # A wedge of a very large ring is a square for the eye.
        far = size * 60
        span = math.degrees(size * 0.92 / far)
        painter.translate(size / 2, far + size * 0.04)
        paint_wedge(painter, theme, state, far - size * 0.92, far, -span / 2, span)

    return make_pixmap(size, size, dpr, paint)
