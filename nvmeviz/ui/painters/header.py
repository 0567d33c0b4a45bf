"""The top of a pane: accent bar, title, the rate in large type, the row of figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainterPath

from nvmeviz.app.glossary import key_shown
from nvmeviz.ui.draw import canvas as kit
from nvmeviz.ui.draw.hatch import dashed
from nvmeviz.ui.draw.places import Spot
from nvmeviz.ui.draw.rect import Rect
from nvmeviz.ui.theme import qcolor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nvmeviz.app.present.frame import PaneFrame
    from nvmeviz.ui.draw.canvas import Canvas
    from nvmeviz.ui.draw.places import PaneLayout


def paint_static(c: Canvas, frame: PaneFrame, plan: PaneLayout) -> None:
    """Pane background, accent bar, titles, empty chips with their names."""
    theme, u, pane = c.theme, c.u, plan.pane
    accent = theme.accent(frame.accent)
    c.box(pane, theme.pane, theme.border, 10.0)
    path = QPainterPath()
    path.addRoundedRect(QRectF(*pane), 10.0 * u, 10.0 * u)
    c.painter.save()
    c.painter.setClipPath(path)
    c.painter.setPen(Qt.PenStyle.NoPen)
    c.painter.setBrush(qcolor(accent))
    c.painter.drawRect(QRectF(0, 0, 5.0 * u, pane.h))
    c.painter.restore()
    title, style, at, badge = _title(c, frame, plan)
    c.text_in(at, title, style, theme.text)
    if badge is not None:
        c.box(badge, theme.raised, theme.border_strong, 8.0)
        c.text_in(badge, frame.provenance, kit.CAPTION, theme.muted, kit.CENTER)
    if plan.subtitle is not None:
        c.text_in(plan.subtitle, frame.subtitle, kit.BODY, theme.muted)
    c.text_in(plan.iops_label, "IOPS", kit.CAPTION, theme.muted, kit.RIGHT)
    for rect, chip in zip(plan.chips, frame.chips, strict=False):
        c.box(rect, theme.raised, None if theme.name != "contrast" else theme.border, 7.0)
        if chip.inferred:
            dashed(c, rect, theme.muted)
        inner = rect.inset(_chip_pad(rect, u), 0)
        c.text(inner.x, rect.y + 16 * u, chip.label, kit.CAPTION, theme.muted, width=inner.w)


def _title(
    c: Canvas, frame: PaneFrame, plan: PaneLayout
) -> tuple[str, kit.Style, Rect, Rect | None]:
    """The title as it fits, its style and place, and the place of the badge beside it."""
    u = c.u
    small = plan.subtitle is None or plan.title.w < 240 * u
    room = plan.title.w
    badge_w = 0.0
    if frame.provenance != "simulated" and room > 200 * u:
        badge_w = c.text_width(frame.provenance, kit.CAPTION) + 14 * u
    title = frame.title
    own = frame.about.apart or frame.about.branch
    if plan.subtitle is None and own:
        title = f"{title} · {own}"  # what sets it apart is never shed
    # A smaller title rather than a cut one.
    sizes = (kit.TITLE, kit.SUBHEAD, kit.STRONG, kit.BODY_STRONG, kit.CAPTION_STRONG)
    fitting = (z for z in sizes[small:] if c.text_width(title, z) <= room - badge_w - 8 * u)
    style = next(fitting, kit.CAPTION_STRONG)
    title = c.fit(title, style, room - badge_w - 8 * u)
    width = c.text_width(title, style)
    badge = None
    if badge_w:
        badge = Rect(plan.title.x + width + 8 * u, plan.title.cy - 8 * u, badge_w, 17 * u)
    return title, style, plan.title._replace(w=width + 1), badge


def _chip_pad(rect: Rect, u: float) -> float:
    return (10 if rect.w >= 88 * u else 6) * u


def paint(c: Canvas, frame: PaneFrame, plan: PaneLayout) -> None:
    """The rate and the figures of the chips."""
    theme, u = c.theme, c.u
    style = kit.FIGURE if plan.iops.h >= 32 * u else kit.FIGURE_SMALL
    for smaller in (kit.FIGURE_SMALL, kit.TITLE):
        if c.text_width(frame.iops, style) > plan.iops.w:
            style = smaller
    c.text_in(plan.iops, frame.iops, style, theme.accent(frame.accent), kit.RIGHT)
    for rect, chip in zip(plan.chips, frame.chips, strict=False):
        c.mono(
            rect.x + _chip_pad(rect, u), rect.y + 32.5 * u, chip.value, kit.MONO_STRONG,
            theme.text, width=rect.w - 10 * u,
        )  # fmt: skip


def spots(c: Canvas, frame: PaneFrame, plan: PaneLayout, at: tuple[float, float]) -> Iterator[Spot]:
    """What its words mean."""
    *_, badge = _title(c, frame, plan)
    if badge is not None:
        yield Spot(badge, f"provenance_{frame.provenance}")
    mode = f"mode:{frame.accent}"
    yield Spot(plan.title, mode, frame.subtitle)
    if plan.subtitle is not None:
        own = frame.about.apart or frame.about.branch
        told = f"provenance_{frame.provenance}" if frame.provenance == "measured" else mode
        yield Spot(plan.subtitle, "what_differs" if own else told, frame.subtitle)
    for rect in (plan.iops, plan.iops_label):
        yield Spot(rect, "iops", frame.iops_hint)
    for rect, chip in zip(plan.chips, frame.chips, strict=False):
        yield Spot(rect, key_shown(chip.label), chip.hint)
