"""The parts of a pane of which a trace tells nothing: hatched, and said so; never drawn as at rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nvmeviz.app.glossary import key_shown
from nvmeviz.ui.draw import canvas as kit
from nvmeviz.ui.draw.hatch import hatch
from nvmeviz.ui.draw.places import Spot
from nvmeviz.ui.draw.rect import Rect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nvmeviz.app.present.frame import PaneFrame
    from nvmeviz.ui.draw.canvas import Canvas
    from nvmeviz.ui.draw.places import PaneLayout

WORDS = "not in this trace"


def paint_static(c: Canvas, frame: PaneFrame, plan: PaneLayout) -> None:
    """Veils over the cards that have nothing to show."""
    for name, at in places(frame, plan):
        _paint(c, name, at)


def places(frame: PaneFrame, plan: PaneLayout) -> tuple[tuple[str, Rect], ...]:
    """(what it is called, where it stands) of every hidden part."""
    foot = Rect(plan.controller.x, plan.device.y, plan.controller.w, plan.device.h)
    every = {
        "doorbells": ("VMM", plan.wall),
        "controller": ("CONTROLLER", plan.controller),
        "device": ("DEVICE", foot),
    }
    return tuple(every[name] for name in frame.hidden)


def _paint(c: Canvas, name: str, at: Rect) -> None:
    theme, u = c.theme, c.u
    c.box(at, theme.card, theme.border, 9.0)
    hatch(c, at, 9.0, 0.28)
    tag, words = _tag(c, name, at)
    c.box(tag, theme.card, None, 5.0)
    inner = tag.inset(7 * u, 0)
    c.text_in(inner, name, kit.SECTION, theme.muted)
    if words:
        c.text_in(inner, words, kit.CAPTION, theme.muted, kit.RIGHT)


def _tag(c: Canvas, name: str, at: Rect) -> tuple[Rect, str]:
    """Where the name stands on its veil, and the words beside it where there is room."""
    u = c.u
    title_w = c.text_width(name, kit.SECTION)
    words = WORDS if c.text_width(WORDS, kit.CAPTION) + title_w + 40 * u <= at.w else ""
    wide = title_w + (c.text_width(words, kit.CAPTION) + 12 * u if words else 0.0)
    high = min(at.h - 2, 20 * u)
    return Rect(at.x + 8 * u, at.cy - high / 2, wide + 14 * u, high), words


def spots(c: Canvas, frame: PaneFrame, plan: PaneLayout, at: tuple[float, float]) -> Iterator[Spot]:
    """What is missing, and what the part is that is missing."""
    for name, veil in places(frame, plan):
        tag, _ = _tag(c, name, veil)
        says = f"{name}: {WORDS}."
        yield Spot(
            tag._replace(w=c.text_width(name, kit.SECTION) + 10 * c.u), key_shown(name), says
        )
        yield Spot(veil, "not_in_trace", says)
