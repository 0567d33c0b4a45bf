"""The trap wall: two doorbell registers and how often they trap. The loudest thing when a vCPU is
stopped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF

from nvmeviz.ui.draw import canvas as kit
from nvmeviz.ui.draw.rect import Rect
from nvmeviz.ui.draw.sprites import paint_bell, paint_glow

if TYPE_CHECKING:
    from nvmeviz.app.present.frame import Bell, PaneFrame
    from nvmeviz.ui.draw.canvas import Canvas
    from nvmeviz.ui.draw.places import PaneLayout


def paint_static(c: Canvas, frame: PaneFrame, plan: PaneLayout) -> None:
    """The wall at rest."""
    c.box(plan.wall, c.theme.card, c.theme.border, 9.0)


def paint(c: Canvas, frame: PaneFrame, plan: PaneLayout) -> None:
    """The wall lit or not, bells, values, the rate of traps."""
    theme, u, wall = c.theme, c.u, plan.wall
    if frame.wall_lit:
        spread = 8 * u
        whole = Rect(spread, spread, wall.w, wall.h)

        def lit() -> None:
            for i in range(4):  # a glow that fades outwards
                grown = whole.inset(-(2 + 2 * i) * u * 0.9)
                c.box(grown, None, f"#{38 - 8 * i:02x}{theme.vm_exit[1:]}", 10.0 + i, 2.0)
            c.box(whole, theme.wall_lit, theme.vm_exit, 9.0, 1.8)

        picture = c.sprite(("wall",), wall.w + 2 * spread, wall.h + 2 * spread, lit)
        c.blit(wall.x - spread, wall.y - spread, picture)
    if plan.wall_title is not None:
        _paint_title(c, plan.wall_title, lit=frame.wall_lit, full=wall.h > 50 * u)
    for bell, icon, text in zip(frame.bells, plan.bells, plan.bell_texts, strict=True):
        _paint_bell(c, bell, icon, text)
    rate = plan.rate
    color = theme.vm_exit_text if frame.wall_lit else theme.accent(frame.accent)
    big = wall.h > 50 * u and c.mono_width(frame.traps_per_s, kit.MONO_RATE) <= rate.w
    style = kit.MONO_RATE if big else kit.MONO_STRONG
    c.mono(
        rate.right,
        rate.cy + (-1 if big else 0) * u,
        frame.traps_per_s,
        style,
        color,
        kit.RIGHT,
        rate.w,
    )
    c.text(rate.right, rate.cy + 15 * u, "traps / s", kit.CAPTION, theme.muted, kit.RIGHT, rate.w)


def _paint_title(c: Canvas, at: Rect, *, lit: bool, full: bool) -> None:
    theme, u = c.theme, c.u
    color = theme.vm_exit_text if lit else theme.muted
    if full and at.w >= 60 * u:
        c.text(at.x, at.y + 15 * u, "VMM", kit.SECTION, color)
        c.text(at.x, at.bottom - 8 * u, "stopped" if lit else "trap wall", kit.CAPTION,
               theme.vm_exit_text if lit else theme.faint, width=at.w)  # fmt: skip
    else:
        c.text_in(at, "VMM", kit.SECTION, color)


def _paint_bell(c: Canvas, bell: Bell, icon: Rect, text: Rect) -> None:
    theme, u = c.theme, c.u
    line = 1.8 * u
    reach = icon.w * 0.5 + 13 * u
    ringing = min(1.0, max(0.0, bell.ringing))

    def rest() -> None:
        paint_bell(
            c.painter, QRectF(0, 0, icon.w, icon.h), theme.bell, theme.bell, theme.raised, line
        )

    def rung() -> None:
        area = QRectF(reach - icon.w / 2, reach - icon.h / 2, icon.w, icon.h)
        paint_glow(c.painter, QPointF(reach, reach), reach, theme.vm_exit, 0.85)
        paint_bell(c.painter, area, theme.vm_exit, theme.vm_exit, theme.wall_lit, line * 1.2)

    c.blit(icon.x, icon.y, c.sprite(("bell",), icon.w, icon.h, rest))
    if ringing > 0.02:
        glow = c.sprite(("bell rung",), 2 * reach, 2 * reach, rung)
        c.blit(icon.cx - reach, icon.cy - reach, glow, ringing)
    label = c.fit(bell.label, kit.CAPTION, text.w, words=True)
    if not label:
        first = bell.label.split(" ")[0]
        label = first if c.text_width(first, kit.CAPTION) <= text.w else ""
    if label and text.h > 26 * u:
        c.text(text.x, text.cy - 2 * u, label, kit.CAPTION, theme.muted)
        c.mono(text.x, text.cy + 13.5 * u, bell.value, kit.MONO_BODY, theme.text, width=text.w)
    else:
        c.mono(text.x, text.cy + 4.5 * u, bell.value, kit.MONO_BODY, theme.text, width=text.w)
