"""The trap wall: two doorbell registers, how often they trap, the VMM's lock. The loudest thing when
a vCPU is stopped.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPen

from nvmeviz.ui.draw import canvas as kit
from nvmeviz.ui.draw.places import Spot
from nvmeviz.ui.draw.rect import Rect
from nvmeviz.ui.draw.sprites import paint_bell, paint_glow, paint_padlock
from nvmeviz.ui.theme import qcolor
from nvmeviz.units import percent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtGui import QPixmap

    from nvmeviz.app.present.frame import Bell, Lock, PaneFrame
    from nvmeviz.ui.draw.canvas import Canvas
    from nvmeviz.ui.draw.places import PaneLayout


_TINY = kit.Style(9.0)
_GLOWS = 12  # steps between dark and lit
_FAINT = 0.02  # a strike that is no longer seen


def paint_static(c: Canvas, frame: PaneFrame, plan: PaneLayout) -> None:
    """The wall at rest; open where doorbells pass it by: only its two ends stand."""
    wall, u, theme = plan.wall, c.u, c.theme
    if not frame.wall_open:
        c.box(wall, theme.card, theme.border, 9.0)
        return
    # The way down and the way up lie between the two ends.
    title = plan.wall_title
    left_w = 20 * u if title is None else title.right + 5 * u - wall.x
    left = Rect(wall.x, wall.y, left_w, wall.h)
    right = Rect(plan.rate.x - 4 * u, wall.y, wall.right - plan.rate.x + 4 * u, wall.h)
    for end in (left, right):
        c.box(end, theme.card, theme.border, 9.0)
    pen = QPen(qcolor(theme.border_strong), max(1.0, u))
    pen.setDashPattern([2.0, 4.0])
    c.painter.setPen(pen)
    for y in (wall.y + 0.5, wall.bottom - 0.5):
        c.painter.drawLine(QPointF(left.right + 4 * u, y), QPointF(right.x - 4 * u, y))


def paint_lit(c: Canvas, frame: PaneFrame, plan: PaneLayout) -> None:
    """The wall lit, and beyond its edges."""
    theme, u, wall = c.theme, c.u, plan.wall
    glow = math.ceil(_GLOWS * _glow(frame))
    if glow:
        spread = 8 * u
        whole = Rect(spread, spread, wall.w, wall.h)

        def lit() -> None:
            c.painter.setOpacity(glow / _GLOWS)
            for i in range(4):  # a glow that fades outwards
                grown = whole.inset(-(2 + 2 * i) * u * 0.9)
                c.box(grown, None, f"#{38 - 8 * i:02x}{theme.vm_exit[1:]}", 10.0 + i, 2.0)
            c.box(whole, theme.wall_lit, theme.vm_exit, 9.0, 1.8)

        picture = c.sprite(("wall", glow), wall.w + 2 * spread, wall.h + 2 * spread, lit)
        c.blit(wall.x - spread, wall.y - spread, picture)


def paint_words(c: Canvas, frame: PaneFrame, plan: PaneLayout) -> None:
    """Bells, values, the lock, the rate of traps."""
    if "doorbells" in frame.hidden:
        return
    theme, u, wall = c.theme, c.u, plan.wall
    if plan.wall_title is not None:
        _paint_title(c, frame, plan.wall_title, full=wall.h > 50 * u)
    if plan.lock is not None and frame.lock is not None:
        _paint_lock(c, frame.lock, plan.lock)
    for bell, icon, text in zip(frame.bells, plan.bells, plan.bell_texts, strict=True):
        _paint_bell(c, bell, icon, text, theme.accent(frame.accent))
    rate = plan.rate
    color = theme.vm_exit_text if _glow(frame) > 0.5 else theme.accent(frame.accent)
    big = wall.h > 50 * u and c.mono_width(frame.traps_per_s, kit.MONO_RATE) <= rate.w
    style = kit.MONO_RATE if big else kit.MONO_STRONG
    avoided = frame.avoided_per_s and wall.h > 50 * u
    lift = 8 * u if avoided else 0.0
    if avoided:
        words = f"{frame.avoided_per_s} avoided"
        if c.text_width(words, kit.CAPTION) > rate.w:
            words = frame.avoided_per_s
        bell = 11 * u
        wide = c.text(rate.right, rate.cy + 21 * u, words, kit.CAPTION, theme.muted, kit.RIGHT)
        if wide + bell < rate.w:
            mark = _avoided_mark(c, bell, theme.muted, theme.card)
            c.blit(rate.right - wide - bell - 2 * u, rate.cy + 11.5 * u, mark)
    c.mono(
        rate.right,
        rate.cy - lift + (-1 if big else 0) * u,
        frame.traps_per_s,
        style,
        color,
        kit.RIGHT,
        rate.w,
    )
    c.text(
        rate.right,
        rate.cy - lift + (14 if avoided else 15) * u,
        "traps / s",
        kit.CAPTION,
        theme.muted,
        kit.RIGHT,
        rate.w,
    )


def _glow(frame: PaneFrame) -> float:
    """How brightly the wall is lit: all or nothing at an instant, else by the share of time."""
    if frame.wall_share is None:
        return 1.0 if frame.wall_lit else 0.0
    return frame.wall_share


def _avoided_mark(c: Canvas, size: float, color: str, ground: str) -> QPixmap:
    """A bell struck through: a doorbell that need not be rung."""
    line = max(1.0, size * 0.07)

    def draw() -> None:
        at = QRectF(0, 0, size, size)
        paint_bell(c.painter, at, color, color, ground, line)
        for ink, wide in ((ground, 3.2 * line), (color, 1.5 * line)):
            pen = QPen(qcolor(ink), wide)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            c.painter.setPen(pen)
            c.painter.drawLine(QPointF(size * 0.24, size * 0.24), QPointF(size * 0.76, size * 0.76))

    return c.sprite(("avoided", color, ground), size, size, draw)


def _paint_title(c: Canvas, frame: PaneFrame, at: Rect, *, full: bool) -> None:
    """The name, and below it, where no lock stands, what the wall is."""
    theme, u, lit = c.theme, c.u, _glow(frame) > 0.5
    color = theme.vm_exit_text if lit else theme.muted
    if not full or at.w < 60 * u:
        c.text_in(at, "VMM", kit.SECTION, color)
        return
    c.text(at.x, at.y + 15 * u, "VMM", kit.SECTION, color)
    calm = "trap wall" if frame.bells[0].traps else "no trap here"
    words = "stopped" if lit else "not in the way" if frame.wall_open else calm
    room = at.w if frame.lock is None else at.w - 40 * u
    if frame.wall_share:
        share = percent(frame.wall_share)
        words = f"stopped {share}"
        if c.text_width(words, kit.CAPTION) > room:
            words = f"{share} out"
    color = theme.vm_exit_text if lit else theme.faint
    if frame.lock is None:
        c.text(at.x, at.bottom - 8 * u, words, kit.CAPTION, color, width=at.w)
    elif at.w >= 110 * u:
        c.text(at.right, at.y + 15 * u, words, kit.CAPTION, color, kit.RIGHT, room)


def _paint_lock(c: Canvas, lock: Lock, at: Rect) -> None:
    """A padlock, open or closed, and who has it; where room is short, how many wait."""
    theme, u = c.theme, c.u
    color = theme.text if lock.held else theme.muted
    size = 13 * u

    def draw() -> None:
        paint_padlock(c.painter, QRectF(0, 0, size, size), color, closed=lock.held)

    c.blit(at.x, at.cy - size / 2, c.sprite(("lock", lock.held), size, size, draw))
    text = Rect(at.x + 17 * u, at.y, at.w - 17 * u, at.h)
    forms = [lock.words, lock.words.partition(" · ")[2]]
    if lock.waiting:
        forms += [f"{lock.waiting} {'waits' if lock.waiting == 1 else 'wait'}", str(lock.waiting)]
    for words in forms:
        if c.text_width(words, kit.CAPTION) <= text.w:
            c.text_in(text, words, kit.CAPTION, color)
            return


def _paint_bell(c: Canvas, bell: Bell, icon: Rect, text: Rect, accent: str) -> None:
    """Red when its ringing stops the vCPU, else in the mode's colour."""
    theme, u = c.theme, c.u
    line = 1.8 * u
    reach = icon.w * 0.5 + 13 * u
    loud, ground = (theme.vm_exit, theme.wall_lit) if bell.traps else (accent, theme.raised)
    ringing = min(1.0, max(0.0, bell.ringing))

    def rest() -> None:
        paint_bell(
            c.painter, QRectF(0, 0, icon.w, icon.h), theme.bell, theme.bell, theme.raised, line
        )

    def rung() -> None:
        area = QRectF(reach - icon.w / 2, reach - icon.h / 2, icon.w, icon.h)
        paint_glow(c.painter, QPointF(reach, reach), reach, loud, 0.85)
        paint_bell(c.painter, area, loud, loud, ground, line * 1.2)

    c.blit(icon.x, icon.y, c.sprite(("bell",), icon.w, icon.h, rest))
    if ringing > 0.02:
        glow = c.sprite(("bell rung", loud), 2 * reach, 2 * reach, rung)
        c.blit(icon.cx - reach, icon.cy - reach, glow, ringing)
    if bell.avoided > _FAINT:
        mark = _avoided_mark(c, icon.w, accent, theme.card)
        c.blit(icon.x, icon.y, mark, bell.avoided)
    label = c.fit(bell.label, kit.CAPTION, text.w, words=True).rstrip(" ·")
    if not label:
        first = bell.label.split(" ")[0]
        label = first if c.text_width(first, kit.CAPTION) <= text.w else ""
    value, style = _value_in(c, bell, text.w)
    if label and text.h > 26 * u:
        c.text(text.x, text.cy - 2 * u, label, kit.CAPTION, theme.muted)
        c.mono(text.x, text.cy + 13.5 * u, value, style, theme.text, width=text.w)
    else:
        c.mono(text.x, text.cy + 4.5 * u, value, style, theme.text, width=text.w)


def _value_in(c: Canvas, bell: Bell, room: float) -> tuple[str, kit.Style]:
    """The value in the longest form, and the largest letters, that fit."""
    for form in (bell.value, bell.value.removesuffix("/s"), bell.short or "–"):
        for style in (kit.MONO_BODY, kit.MONO_CAPTION, _TINY)[: 3 if form == bell.short else 2]:
            if c.mono_width(form, style) <= room:
                return form, style
    return "–", kit.MONO_CAPTION


def spots(c: Canvas, frame: PaneFrame, plan: PaneLayout, at: tuple[float, float]) -> Iterator[Spot]:
    """What its words mean."""
    if plan.lock is not None and frame.lock is not None:
        yield Spot(plan.lock, "vmm_lock", frame.lock.hint)
    for bell, icon, text in zip(frame.bells, plan.bells, plan.bell_texts, strict=True):
        both = text._replace(x=icon.x, w=text.right - icon.x)
        struck = " Struck through: it need not be rung now." if bell.avoided > _FAINT else ""
        yield Spot(both, "doorbell", f"{bell.label}: {bell.hint}{struck}")
    if frame.avoided_per_s and plan.wall.h > 50 * c.u:
        top = plan.rate.cy + 9 * c.u
        below = plan.rate._replace(y=top, h=plan.rate.bottom - top)
        yield Spot(below, "avoided", frame.traps_hint)
    yield Spot(plan.rate, "traps_per_s", frame.traps_hint)
    stops = frame.bells[0].traps and not frame.wall_open
    yield Spot(plan.wall, "vmm", "" if stops else "In this mode doorbells pass it by: no trap.")
