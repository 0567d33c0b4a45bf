"""The command that is followed: where it stands in a pane, its mark, and what the pointer is on."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPen

from nvmeviz.ui.draw import canvas as kit
from nvmeviz.ui.draw.pointers import slot_angle
from nvmeviz.ui.draw.rect import Rect
from nvmeviz.ui.theme import qcolor

if TYPE_CHECKING:
    from nvmeviz.app.present.frame import PaneFrame
    from nvmeviz.ui.draw.canvas import Canvas
    from nvmeviz.ui.draw.places import PaneLayout, RingPlace

_IN_DEVICE = 3
_COMPLETED = 5


def _on_ring(place: RingPlace, slot: int, size: int) -> tuple[float, float]:
    turn = math.radians(slot_angle(slot, size))
    radius = (place.radius + place.inner) / 2
    return place.cx + radius * math.sin(turn), place.cy - radius * math.cos(turn)


def follow_point(frame: PaneFrame, plan: PaneLayout) -> tuple[float, float] | None:
    """Where the followed command stands, in px; None when none is followed here."""
    found = frame.followed
    if found is None:
        return None
    if found.queue != frame.live.queue:  # its queue pair is a small one
        for queue, rect in zip(frame.queues, plan.queues, strict=False):
            if queue.index == found.queue:
                return rect.cx, rect.cy
        return None
    strip = plan.lanes[0] if plan.lanes else plan.guest_head
    if found.stage < 0:
        return plan.sq.cx, strip.cy
    if found.stage > _COMPLETED:
        return plan.cq.cx, strip.cy
    if found.stage == _COMPLETED and found.cq_slot >= 0:
        return _on_ring(plan.cq, found.cq_slot, frame.cq.size)
    if found.stage == _IN_DEVICE and plan.channels:
        return plan.device.cx, plan.channels[0].cy
    if found.stage >= 2 and found.stage != _IN_DEVICE:
        label = f"{found.cid:02x}"
        for text, rect in zip(frame.controller.in_flight, plan.in_flight, strict=False):
            if text == label:
                return rect.cx, rect.cy
    return _on_ring(plan.sq, found.slot, frame.sq.size)


def paint_followed(c: Canvas, frame: PaneFrame, plan: PaneLayout) -> None:
    """A ring around the command's slot and one where it is now, with words beside it."""
    at, found = follow_point(frame, plan), frame.followed
    if at is None or found is None:
        return
    theme, u, painter = c.theme, c.u, c.painter
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(qcolor(theme.focus), 2.2 * u))
    if found.slot >= 0 and found.queue == frame.live.queue:
        painter.drawEllipse(QPointF(*_on_ring(plan.sq, found.slot, frame.sq.size)), 8 * u, 8 * u)
    painter.drawEllipse(QPointF(*at), 10 * u, 10 * u)
    words = f"#{found.number} · {found.words}"
    width = min(c.text_width(words, kit.CAPTION_STRONG) + 16 * u, plan.pane.w - 16 * u)
    x = min(max(at[0] - width / 2, 8 * u), plan.pane.w - width - 8 * u)
    below = at[1] + 15 * u
    y = below if below + 20 * u < plan.pane.h else at[1] - 35 * u
    tag = Rect(x, y, width, 20 * u)
    c.box(tag, theme.raised, theme.focus, 6.0)
    c.text_in(tag, c.fit(words, kit.CAPTION_STRONG, width - 12 * u), kit.CAPTION_STRONG, theme.text,
              kit.CENTER)  # fmt: skip


def command_at(frame: PaneFrame, plan: PaneLayout, x: float, y: float) -> int | None:
    """The number of the command under the pointer: on its slot, or in the controller's hands."""
    for label, rect in zip(frame.controller.in_flight, plan.in_flight, strict=False):
        if rect.contains(x, y):
            return frame.live.with_cid(int(label, 16))
    dx, dy = x - plan.sq.cx, y - plan.sq.cy
    if not plan.sq.inner * 0.9 <= math.hypot(dx, dy) <= plan.sq.radius * 1.08:
        return None
    turn = math.degrees(math.atan2(dx, -dy)) % 360.0
    return frame.live.at_slot(int(turn * frame.sq.size / 360.0))


def field_of(plan: PaneLayout) -> QRectF:
    """Where a pointer may be on a command at all: a quick first look."""
    return QRectF(*plan.sq.field).united(QRectF(*plan.controller))
