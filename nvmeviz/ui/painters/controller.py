"""The controller card: what its thread does, the commands it owns, the poller's dial."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainterPath, QPen

from nvmeviz.app.glossary import key_shown
from nvmeviz.app.present.frame import Activity, Controller, Cup, PaneFrame, SlotState
from nvmeviz.ui.draw import canvas as kit
from nvmeviz.ui.draw.places import Spot
from nvmeviz.ui.draw.rect import Rect
from nvmeviz.ui.draw.sprites import at_angle, paint_glow, paint_moon
from nvmeviz.ui.theme import mixed, qcolor, with_alpha

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nvmeviz.ui.draw.canvas import Canvas
    from nvmeviz.ui.draw.places import PaneLayout

_SECTOR = 38.0  # degrees swept by the dial's hand


def paint_static(c: Canvas, frame: PaneFrame, plan: PaneLayout) -> None:
    """Card, title, empty places, the dial without its hand."""
    theme, u = c.theme, c.u
    c.box(plan.controller, theme.card, theme.border, 9.0)
    if plan.controller_title is not None:
        c.text_in(plan.controller_title, "CONTROLLER", kit.SECTION, theme.muted)
    if plan.controller_name is not None:
        c.text_in(plan.controller_name, frame.controller.name, kit.CAPTION_STRONG, theme.text)
    for rect in plan.in_flight:
        border = theme.border if theme.name == "contrast" else None
        c.box(rect, theme.raised, border, 5.0)
    if plan.dial is not None:
        d = plan.dial
        c.painter.setBrush(Qt.BrushStyle.NoBrush)
        c.painter.setPen(QPen(qcolor(theme.border_strong), 1.6 * u))
        c.painter.drawEllipse(QRectF(*d).adjusted(4 * u, 4 * u, -4 * u, -4 * u))


def paint(c: Canvas, frame: PaneFrame, plan: PaneLayout) -> None:
    """Words, commands in flight, the dial's hand and hits."""
    if "controller" in frame.hidden:
        return
    theme, u, controller = c.theme, c.u, frame.controller
    color = theme.text
    if controller.activity in (Activity.IDLE, Activity.UNKNOWN):
        color = theme.faint
    elif controller.activity == Activity.POLLING:
        color = theme.accent(frame.accent)
    words = controller.words
    while ", " in words and c.text_width(words, kit.CAPTION_STRONG) > plan.words.w:
        words = words.rpartition(", ")[0]  # what it does, without the lock and the pass
    if controller.sleeps:
        _paint_sleep(c, plan, c.text_width(words, kit.CAPTION_STRONG))
    c.text_in(plan.words, words, kit.CAPTION_STRONG, color, kit.RIGHT)
    if controller.shares:
        _paint_shares(c, controller, plan.words, theme.accent(frame.accent))
    if plan.cup is not None and frame.cup is not None:
        _paint_cup(c, frame.cup, plan.cup)
    places = plan.in_flight
    shown, hidden = _chips(controller, len(places))
    for rect, label, state in zip(places, shown, controller.in_flight_state, strict=False):
        _paint_chip(c, rect, label, state)
    if hidden and len(shown) < len(places):
        rect = places[len(shown)]
        style = kit.MONO_CAPTION
        if c.mono_width(f"+{hidden}", style) > rect.w:
            style = kit.Style(9.0)
        c.mono(
            rect.cx,
            rect.cy + 4.2 * u,
            f"+{hidden}",
            style,
            theme.text,
            kit.CENTER,
            rect.w,
        )
    if plan.in_flight_caption is not None:
        text = controller.caption
        if plan.controller_name is None:
            text = f"{text} · {controller.name}"
        c.text_in(plan.in_flight_caption, text, kit.CAPTION, theme.muted)


def _chips(controller: Controller, room: int) -> tuple[tuple[str, ...], int]:
    """(commands that have a place of their own, how many others there are)."""
    shown = controller.in_flight
    hidden = controller.more + max(0, len(shown) - room)
    if hidden and len(shown) >= room:
        hidden = controller.more + len(shown) - (room - 1)
        shown = shown[: room - 1]
    return shown, hidden


def _paint_sleep(c: Canvas, plan: PaneLayout, words: float) -> None:
    """The card goes dark, and a moon stands before the words."""
    theme, u, card = c.theme, c.u, plan.controller
    shade = c.sprite(
        ("sleep",), card.w, card.h,
        lambda: c.box(Rect(0, 0, card.w, card.h), with_alpha(theme.window, 0.5), None, 9.0),
    )  # fmt: skip
    c.blit(card.x, card.y, shade)
    size = 11 * u
    if plan.words.w - words < size + 4 * u:
        return
    moon = c.sprite(("moon",), size, size, lambda: paint_moon(c.painter, size, theme.muted))
    c.blit(plan.words.right - words - size - 4 * u, plan.words.cy - size / 2, moon)


def _paint_cup(c: Canvas, cup: Cup, at: Rect) -> None:
    """A cup that fills with the completions held back, and empties with the interrupt."""
    theme, u = c.theme, c.u
    high = min(at.h, 26 * u)
    wide, top = 20 * u, at.cy - high / 2
    full = theme.slots[SlotState.COMPLETED]
    level = round(12 * min(1.0, cup.held / max(1, cup.of)))
    spilled = round(6 * cup.spilled)

    def draw() -> None:
        outline = QPainterPath(QPointF(1.5 * u, 1.5 * u))
        outline.lineTo(4.5 * u, high - 1.5 * u)
        outline.lineTo(wide - 4.5 * u, high - 1.5 * u)
        outline.lineTo(wide - 1.5 * u, 1.5 * u)
        if level:
            c.painter.save()
            c.painter.setClipRect(QRectF(0, high - (high - 4 * u) * level / 12, wide, high))
            c.painter.fillPath(outline, qcolor(full))
            c.painter.restore()
        edge = mixed(theme.muted, full, spilled / 6)
        c.painter.setBrush(Qt.BrushStyle.NoBrush)
        c.painter.setPen(QPen(qcolor(edge), (1.5 + spilled / 6) * u))
        c.painter.drawPath(outline)

    c.blit(at.x, top, c.sprite(("cup", level, spilled), wide, high, draw))
    x, room = at.x + wide + 6 * u, at.w - wide - 6 * u
    words = cup.words
    if c.mono_width(words, kit.MONO_CAPTION) > room:
        words = words.replace(" of ", "/")
    if at.h < 30 * u or not cup.until or room < 60 * u:
        c.mono(x, at.cy + 4 * u, words, kit.MONO_CAPTION, theme.text, width=room)
        return
    c.mono(x, at.cy - 3 * u, words, kit.MONO_CAPTION, theme.text, width=room)
    c.text(x, at.cy + 12 * u, cup.until, kit.CAPTION, theme.muted, width=room)


def _paint_shares(c: Canvas, controller: Controller, words: Rect, accent: str) -> None:
    """What the thread spent its time on: a thin bar under the words."""
    theme, u = c.theme, c.u
    fills = {Activity.GUEST: theme.text, Activity.POLLING: accent, Activity.LOCK_WAIT: theme.muted}
    wide = min(words.w, 132 * u)
    x, y, high = words.right - wide, words.bottom - 0.5 * u, max(2.0, round(3 * u))
    c.painter.fillRect(QRectF(x, y, wide, high), qcolor(theme.track))
    for activity, share in controller.shares:
        if activity in fills:
            part = round(wide * share * c.dpr) / c.dpr
            c.painter.fillRect(QRectF(x, y, part, high), qcolor(fills[activity]))
            x += part


def _paint_chip(c: Canvas, rect: Rect, label: str, state: SlotState) -> None:
    theme, u = c.theme, c.u
    color = theme.slots[state]

    def draw() -> None:
        box = Rect(0, 0, rect.w, rect.h)
        c.box(box, color, None, 5.0)
        if state == SlotState.IN_DEVICE:  # a bar across, as on the ring
            c.painter.setPen(Qt.PenStyle.NoPen)
            c.painter.setBrush(qcolor(with_alpha(theme.on_slot, 0.6)))
            c.painter.drawRect(QRectF(rect.w * 0.2, rect.h - 4.0 * u, rect.w * 0.6, 1.6 * u))

    c.blit(rect.x, rect.y, c.sprite(("chip", state), rect.w, rect.h, draw))
    style = kit.Style(11.0, 600)
    c.mono(rect.cx, rect.cy + 4.0 * u, label, style, theme.on_slot, kit.CENTER, rect.w - 2 * u)


def paint_dial(c: Canvas, frame: PaneFrame, plan: PaneLayout) -> None:
    """The hand sweeps past one dot per queue; a hit lights the dot it points at. Asleep, and without
    motion: no hand, and a hit lights them all.
    """
    if plan.dial is None or "controller" in frame.hidden:
        return
    theme, u, painter, at, controller = c.theme, c.u, c.painter, plan.dial, frame.controller
    accent = theme.accent(frame.accent)
    radius, hit = at.w / 2 - 4 * u, controller.hit
    n, near = max(1, min(controller.queues, 16)), -1
    if controller.dial is not None and not c.reduced_motion:
        angle = controller.dial * 360.0
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(qcolor(with_alpha(accent, 0.55)))
        inner = radius - 2.5 * u
        area = QRectF(at.cx - inner, at.cy - inner, 2 * inner, 2 * inner)
        painter.drawPie(area, int((90 - angle) * 16), int(_SECTOR * 16))
        near = round(controller.dial * n) % n
    for i in range(n):
        here = hit > 0.02 and (i == near or c.reduced_motion)
        spot = at_angle(radius, i * 360.0 / n)
        point = QPointF(at.cx + spot.x(), at.cy + spot.y())
        if here:
            paint_glow(painter, point, 8 * u, accent, 0.9 * hit)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(qcolor(accent if here else theme.muted))
        size = 3.4 * u if n <= 8 else 2.4 * u
        painter.drawEllipse(point, size, size)


def spots(c: Canvas, frame: PaneFrame, plan: PaneLayout, at: tuple[float, float]) -> Iterator[Spot]:
    """What its words mean."""
    controller = frame.controller
    says = f"{controller.name}: {controller.words}"
    if plan.controller_name is not None:
        yield Spot(
            plan.controller_name, key_shown(controller.name.rstrip(" 0123456789"), "controller")
        )
    yield Spot(plan.words, "controller_does", says)
    if plan.cup is not None and frame.cup is not None:
        yield Spot(plan.cup, "coalescing", frame.cup.hint)
    if plan.dial is not None:
        yield Spot(plan.dial, "dial", controller.rate)
    shown, hidden = _chips(controller, len(plan.in_flight))
    for rect, label, state in zip(plan.in_flight, shown, controller.in_flight_state, strict=False):
        which = f"Command {label}." if label else controller.caption
        yield Spot(rect, f"slot_{state.name.lower()}", which)
    if hidden:
        yield Spot(plan.in_flight[len(shown)], "in_flight", f"{hidden} more.")
    if plan.in_flight_caption is not None:
        yield Spot(plan.in_flight_caption, "in_flight", controller.caption)
    yield Spot(plan.controller, "controller", says)
