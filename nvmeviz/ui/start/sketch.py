"""A machine in small, painted from its description: rings above, the trap wall, controller, device.

It has the grammar of a pane: the left ring is the submission queue, the right one the completion
queue, red is a guest that is stopped, the stripe at the left is the mode's colour.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPen, QPolygonF

from nvmeviz.app.present.frame import SlotState
from nvmeviz.ui.theme import qcolor, with_alpha

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from nvmeviz.app.present.start_frame import Sketch, SketchPane
    from nvmeviz.ui.theme import Theme

HEIGHT = 100.0  # units
_GAP, _PAD, _STRIPE = 5.0, 5.0, 2.5
_RINGS, _WALL, _CARD = 40.0, 11.0, 15.0  # heights of the parts; the device has the rest
_STATES = (SlotState.RUNG, SlotState.FETCHED, SlotState.IN_DEVICE)  # the newest first
_SHEET = 0.34  # of a trace's picture: the log


class _Pen:
    """A painter with the theme's colours, in units."""

    def __init__(self, painter: QPainter, theme: Theme) -> None:
        self.p, self.theme = painter, theme

    def fill(self, rect: QRectF, color: str, radius: float = 0.0, edge: str = "") -> None:
        self.p.setPen(QPen(qcolor(edge), 0.8) if edge else Qt.PenStyle.NoPen)
        self.p.setBrush(qcolor(color))
        self.p.drawRoundedRect(rect, radius, radius)

    def line(self, color: str, width: float, *points: QPointF, dashed: bool = False) -> None:
        pen = QPen(qcolor(color), width)
        if dashed:
            pen.setDashPattern([1.6, 1.4])
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        self.p.setPen(pen)
        self.p.setBrush(Qt.BrushStyle.NoBrush)
        self.p.drawPolyline(QPolygonF(list(points)))

    def dot(self, at: QPointF, radius: float, color: str) -> None:
        self.p.setPen(Qt.PenStyle.NoPen)
        self.p.setBrush(qcolor(color))
        self.p.drawEllipse(at, radius, radius)


def paint_sketch(painter: QPainter, theme: Theme, width: float, sketch: Sketch) -> None:
    """Paint at the origin, `width` by HEIGHT units."""
    pen, left = _Pen(painter, theme), 0.0
    if sketch.traced:
        left = width * _SHEET + 16
        _sheet(pen, QRectF(0, 0, width * _SHEET, HEIGHT))
        middle = HEIGHT / 2
        tip, back = QPointF(left - 4, middle), left - 10
        pen.line(theme.faint, 1.2, QPointF(left - 13, middle), tip)
        pen.line(theme.faint, 1.2, QPointF(back, middle - 4), tip, QPointF(back, middle + 4))
    count = len(sketch.panes)
    each = (width - left - _GAP * (count - 1)) / count
    for number, pane in enumerate(sketch.panes):
        room = QRectF(left + number * (each + _GAP), 0, each, HEIGHT)
        _pane(pen, room, pane, sketch.channels)


def _pane(pen: _Pen, room: QRectF, pane: SketchPane, channels: int) -> None:
    theme, accent = pen.theme, pen.theme.accent(pane.accent)
    pen.fill(room, theme.card, 4, theme.border)
    pen.fill(QRectF(room.left(), room.top(), _STRIPE, room.height()), accent, 1)
    inner = room.adjusted(_STRIPE + _PAD, _PAD, -_PAD, -_PAD)
    side = min(_RINGS, (inner.width() - 13) / 2)
    top = inner.top() + (_RINGS - side) / 2
    sq = QRectF(inner.left(), top, side, side)
    cq = QRectF(inner.right() - side, top, side, side)
    if inner.width() > 3.2 * _RINGS:  # in a wide pane they don't cling to the edges
        sq.translate(inner.width() * 0.08, 0)
        cq.translate(-inner.width() * 0.08, 0)
    wall = QRectF(inner.left(), inner.top() + _RINGS + 9, inner.width(), _WALL)
    card = QRectF(inner.left(), wall.bottom() + 5, inner.width(), _CARD)
    down, up = sq.center().x(), cq.center().x()
    _ways(pen, pane, sq.bottom(), wall, card, down, up)
    _block(pen, sq, pane.sqs, completed=False)
    _block(pen, cq, pane.cqs, completed=True)
    if pane.guest_polls and len(pane.cqs) == 1:
        _dial(pen, cq.center(), side * 0.2, accent, whole=True)
    _between(pen, pane, QRectF(sq.right(), inner.top(), cq.left() - sq.right(), _RINGS), accent)
    _wall(pen, pane, wall, down, accent)
    _controller(pen, pane, card, accent)
    _device(pen, QRectF(inner.left(), card.bottom() + 4, inner.width(), 4), channels)


def _ways(
    pen: _Pen, pane: SketchPane, top: float, wall: QRectF, card: QRectF, down: float, up: float
) -> None:
    """Commands go down, completions come up."""
    theme = pen.theme
    pen.line(theme.border_strong, 1, QPointF(down, top), QPointF(down, card.top()))
    pen.line(theme.border_strong, 1, QPointF(up, top), QPointF(up, card.top()))
    if pane.wall == "lit":
        pen.dot(QPointF(down, wall.top() - 3), 2.2, theme.slots[SlotState.RUNG])
    else:
        pen.dot(QPointF(down, wall.bottom() + 2.5), 2.2, theme.slots[SlotState.FETCHED])
    pen.dot(QPointF(up, (wall.top() + top) / 2), 2.2, theme.slots[SlotState.COMPLETED])


def _block(pen: _Pen, room: QRectF, fills: tuple[float, ...], *, completed: bool) -> None:
    """One ring, or several small ones one below another, four two by two."""
    columns = 2 if len(fills) == 4 else 1
    rows = math.ceil(len(fills) / columns)
    side = min(room.width() / columns, _RINGS / rows)
    left = room.center().x() - columns * side / 2
    top = room.center().y() - rows * side / 2
    for number, fill in enumerate(fills):
        x, y = left + (number % columns + 0.5) * side, top + (number // columns + 0.5) * side
        _ring(pen, QPointF(x, y), side / 2 - (0.8 if len(fills) > 1 else 0), fill, completed)


def _ring(pen: _Pen, middle: QPointF, radius: float, fill: float, completed: bool) -> None:
    """Slots from twelve o'clock, clockwise."""
    slots = 24 if radius > 15 else 16 if radius > 9 else 10
    thick = max(1.8, radius * 0.3)
    used = max(1, round(fill * slots))
    theme, p = pen.theme, pen.p
    rect = QRectF(middle.x() - radius, middle.y() - radius, 2 * radius, 2 * radius)
    rect.adjust(thick / 2, thick / 2, -thick / 2, -thick / 2)
    step = 360 / slots
    first = slots // 3 if completed else slots // 12
    p.setBrush(Qt.BrushStyle.NoBrush)
    for slot in range(slots):
        place = (slot - first) % slots
        color = theme.slot_border
        if place < used:
            state = _STATES[min(2, 3 * (used - 1 - place) // max(1, used))]
            color = theme.slots[SlotState.COMPLETED if completed else state]
        line = QPen(qcolor(color), thick)
        line.setCapStyle(Qt.PenCapStyle.FlatCap)
        p.setPen(line)
        begin = 90 - (slot + 0.12) * step
        p.drawArc(rect, round(begin * 16), round(-0.76 * step * 16))


def _between(pen: _Pen, pane: SketchPane, room: QRectF, accent: str) -> None:
    """Between the rings: what is shared, or how many commands wait to be rung."""
    theme, middle = pen.theme, room.center()
    wide = min(26.0, room.width() - 4)
    if wide < 4:
        return
    if pane.announce == "shadow":
        box = QRectF(middle.x() - wide / 2, middle.y() - 13, wide, 26)
        pen.fill(box, with_alpha(accent, 0.14), 2.5, accent)
        for row in (0, 1):
            cell = QRectF(box.left() + wide * 0.2, box.top() + 5 + 9 * row, wide * 0.6, 6)
            pen.fill(cell, accent if row == 0 else theme.slot_border, 1, accent)
        if pane.torn:  # something crosses between the two that should not
            a, b, y = box.left() - 1, box.right() + 1, middle.y()
            bolt = [QPointF(a + (b - a) * n / 4, y + (2.2 if n % 2 else -2.2)) for n in range(5)]
            pen.line(theme.card, 3.4, *bolt)
            pen.line(theme.text, 1.3, *bolt)
    elif pane.announce == "batched":
        side = min(7.0, wide)
        for n in range(3):
            y = middle.y() + (n - 1) * (side + 2) - side / 2
            color = theme.slots[SlotState.WRITTEN if n else SlotState.FREE]
            pen.fill(QRectF(middle.x() - side / 2, y, side, side), color, 1)


def _wall(pen: _Pen, pane: SketchPane, wall: QRectF, down: float, accent: str) -> None:
    theme = pen.theme
    if pane.wall == "open":  # only its ends stand; what passes is not stopped
        for x in (wall.left(), wall.right() - 7):
            pen.fill(QRectF(x, wall.top() + 2, 7, wall.height() - 4), theme.track, 2)
        x, y = down, wall.center().y()
        pen.line(accent, 1.4, QPointF(x - 3, y - 2.5), QPointF(x, y + 1), QPointF(x + 3, y - 2.5))
        return
    if pane.wall == "lit":
        pen.fill(wall.adjusted(-2, -2, 2, 2), with_alpha(theme.vm_exit, 0.22), 4)
        pen.fill(wall, theme.vm_exit, 2.5)
        _bell(pen, QPointF(down, wall.center().y()), theme.on_primary)
        return
    pen.fill(wall, theme.raised, 2.5, theme.border_strong)
    if pane.wall == "part":
        part = QRectF(down - 9, wall.top(), 18, wall.height())
        pen.fill(part, theme.vm_exit, 2.5)
        _bell(pen, part.center(), theme.on_primary)
    else:
        _bell(pen, QPointF(down, wall.center().y()), theme.bell)
        y = wall.center().y()
        pen.line(theme.text, 1.1, QPointF(down - 4.2, y + 3.8), QPointF(down + 4.2, y - 3.8))


def _bell(pen: _Pen, at: QPointF, color: str) -> None:
    x, y = at.x(), at.y()
    pen.p.setPen(Qt.PenStyle.NoPen)
    pen.p.setBrush(qcolor(color))
    pen.p.drawChord(QRectF(x - 2.4, y - 3.6, 4.8, 6.4), 0, 180 * 16)
    pen.p.drawPolygon(
        QPolygonF(
            [
                QPointF(x - 2.4, y - 0.6),
                QPointF(x + 2.4, y - 0.6),
                QPointF(x + 3.4, y + 2),
                QPointF(x - 3.4, y + 2),
            ]
        )
    )
    pen.dot(QPointF(x, y + 2.9), 0.9, color)


def _controller(pen: _Pen, pane: SketchPane, card: QRectF, accent: str) -> None:
    """Commands in hand at the left; who works at the right."""
    theme = pen.theme
    pen.fill(card, theme.raised, 2.5, theme.border)
    right = QPointF(card.right() - 8, card.center().y())
    count = int((card.width() - 18 - (12 if pane.cup else 0)) // 8)
    busy = max(1, round(count * min(1.0, 2 * sum(pane.sqs) / len(pane.sqs))))
    for n in range(count):
        color = theme.slots[SlotState.FETCHED if n < busy else SlotState.FREE]
        pen.fill(QRectF(card.left() + 4 + 8 * n, card.center().y() - 3, 6, 6), color, 1.2)
    if pane.worker in ("polls", "naps"):
        _dial(pen, right, 5.2, accent, whole=pane.worker == "polls")
    elif pane.worker == "card":
        _chip(pen, right, accent)
    else:
        _moon(pen, right)
    if pane.cup:
        _cup(pen, QPointF(right.x() - 13, right.y()))


def _dial(pen: _Pen, at: QPointF, radius: float, accent: str, *, whole: bool) -> None:
    """A thread that looks again and again; one that may sleep has half a circle."""
    p, rect = pen.p, QRectF(at.x() - radius, at.y() - radius, 2 * radius, 2 * radius)
    p.setPen(Qt.PenStyle.NoPen)
    p.setBrush(qcolor(with_alpha(accent, 0.55)))
    p.drawPie(rect, 90 * 16, (-300 if whole else -110) * 16)
    p.setPen(QPen(qcolor(accent), 1.1))
    p.setBrush(Qt.BrushStyle.NoBrush)
    p.drawEllipse(rect)
    p.drawLine(at, QPointF(at.x(), at.y() - radius))


def _chip(pen: _Pen, at: QPointF, accent: str) -> None:
    for n in (-2.4, 0.0, 2.4):
        pen.line(accent, 0.9, QPointF(at.x() - 5.6, at.y() + n), QPointF(at.x() + 5.6, at.y() + n))
    pen.fill(QRectF(at.x() - 4, at.y() - 4, 8, 8), pen.theme.raised, 1.2, accent)
    pen.fill(QRectF(at.x() - 1.8, at.y() - 1.8, 3.6, 3.6), accent, 0.6)


def _moon(pen: _Pen, at: QPointF) -> None:
    pen.dot(at, 4, pen.theme.muted)
    pen.dot(QPointF(at.x() + 1.9, at.y() - 1.4), 3.4, pen.theme.raised)


def _cup(pen: _Pen, at: QPointF) -> None:
    x, y = at.x(), at.y()
    done = pen.theme.slots[SlotState.COMPLETED]
    for n in range(2):
        pen.fill(QRectF(x - 3, y + 1.6 - 3 * n, 6, 2.2), done, 0.6)
    sides = [QPointF(x - 4.4, y - 5), QPointF(x - 3.6, y + 5), QPointF(x + 3.6, y + 5)]
    pen.line(pen.theme.muted, 1, *sides, QPointF(x + 4.4, y - 5))


def _device(pen: _Pen, room: QRectF, channels: int) -> None:
    """One bar a channel; a thin line where there is nothing to wait for."""
    theme = pen.theme
    if not channels:
        y = room.center().y()
        pen.line(
            theme.border_strong, 1, QPointF(room.left(), y), QPointF(room.right(), y), dashed=True
        )
        return
    count = min(channels, max(1, int(room.width() // 11)))
    each = (room.width() + 3) / count
    for n in range(count):
        bar = QRectF(room.left() + n * each, room.top(), each - 3, room.height())
        pen.fill(bar, theme.track, 2)
        bar.setWidth(bar.width() * (0.35 + 0.6 * ((5 * n + 3) % 7) / 6))
        pen.fill(bar, theme.slots[SlotState.IN_DEVICE], 2)


def _sheet(pen: _Pen, room: QRectF) -> None:
    """A log: lines of text, some of them about an exit."""
    theme = pen.theme
    corner = 12.0
    page = [
        room.topLeft(), QPointF(room.right() - corner, room.top()),
        QPointF(room.right(), room.top() + corner), room.bottomRight(), room.bottomLeft(),
    ]  # fmt: skip
    pen.p.setPen(QPen(qcolor(theme.border_strong), 0.8))
    pen.p.setBrush(qcolor(theme.card))
    pen.p.drawPolygon(QPolygonF(page))
    fold = QPointF(room.right() - corner, room.top() + corner)
    pen.line(theme.border_strong, 0.8, page[1], fold, page[2])
    for n in range(9):
        y = room.top() + 14 + 9 * n
        head = QRectF(room.left() + 8, y, 14, 2.6)
        pen.fill(head, theme.border_strong, 1.3)
        share = (0.9, 0.55, 0.75, 0.4)[n % 4]
        wide = (room.width() - 34) * share - (4 if n == 0 else 0)
        color = theme.vm_exit if n % 3 == 1 else theme.slots[SlotState.FETCHED]
        pen.fill(QRectF(room.left() + 26, y, wide, 2.6), color, 1.3)
