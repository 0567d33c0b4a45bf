"""Paints the scrubber: strips where vCPUs stand outside the guest, flags above them, times below,
and the playhead across.

Everything but the playhead and the times is painted once for each ground. Flags that would touch
one another become one, with their number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPen

from nvmeviz.app.present.scrubber_frame import LandmarkKind
from nvmeviz.ui.draw import canvas as kit
from nvmeviz.ui.draw.flags import paint_flag
from nvmeviz.ui.draw.rect import Rect
from nvmeviz.ui.graphs.ticks import ticks, x_texts
from nvmeviz.ui.theme import Theme, mixed, qcolor, with_alpha

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nvmeviz.app.present.scrubber_frame import Flag, ScrubberFrame, ScrubberGround, Strip
    from nvmeviz.ui.draw.canvas import Canvas

HEIGHT = 47  # units
APART = 32  # units between flags that stand alone
LABEL_APART = 120  # units between times
LONGEST_TIME = 70  # units: no time along the range is wider
LEVELS = 64


@dataclass(frozen=True, slots=True)
class ScrubberPlan:
    """Where things stand, in logical px. field: all strips; time runs along its width."""

    u: float
    all: Rect
    field: Rect
    strips: tuple[Rect, ...]
    flags_y: float
    times_y: float

    def x(self, t_ns: int, range_ns: int) -> float:
        """Where a time stands."""
        return self.field.x + self.field.w * min(1.0, t_ns / max(1, range_ns))

    def t_ns(self, x: float, range_ns: int) -> int:
        """The time at a place, within the range."""
        share = (x - self.field.x) / max(1.0, self.field.w)
        return round(max(0.0, min(1.0, share)) * range_ns)


@dataclass(frozen=True, slots=True)
class FlagGroup:
    """Flags that stand at one place; the first one decides where, the most serious one how."""

    x: float
    flags: tuple[Flag, ...]

    @property
    def lead(self) -> Flag:
        return max(self.flags, key=lambda flag: flag.kind)


def scrubber_plan(width: float, height: float, u: float, panes: int) -> ScrubberPlan:
    """The plan for a widget of that size; panes: how many strips."""
    field = Rect(22 * u, 20 * u, max(1.0, width - 36 * u), 14 * u)
    gap = max(1, round(u))  # whole pixels: strips are too thin to be blurred
    each = max(1, int(min(6 * u, (field.h - gap * (panes - 1)) / max(1, panes))))
    top = round(field.cy - (panes * each + (panes - 1) * gap) / 2)
    strips = tuple(Rect(field.x, top + i * (each + gap), field.w, each) for i in range(panes))
    return ScrubberPlan(u, Rect(0, 0, width, height), field, strips, 10.5 * u, 43.7 * u)


def flag_groups(plan: ScrubberPlan, ground: ScrubberGround) -> tuple[FlagGroup, ...]:
    """Flags in the order of time, those that would touch taken together."""
    groups: list[tuple[float, list[Flag]]] = []
    for flag in ground.flags:
        x = plan.x(flag.t_ns, ground.range_ns)
        if groups and x - groups[-1][0] < APART * plan.u:
            groups[-1][1].append(flag)
        else:
            groups.append((x, [flag]))
    return tuple(FlagGroup(x, tuple(flags)) for x, flags in groups)


def paint_ground(
    c: Canvas, plan: ScrubberPlan, ground: ScrubberGround, groups: tuple[FlagGroup, ...]
) -> None:
    """Strips, the end of what is known, flags."""
    t, u = c.theme, plan.u
    end = plan.x(ground.known_ns, ground.range_ns)
    edge = t.border_strong if t.name == "contrast" else t.border
    for rect, strip in zip(plan.strips, ground.strips, strict=True):
        line = 1.0 / c.dpr  # filled, because outlines this long are slow: 2 ms
        c.painter.fillRect(QRectF(*rect), qcolor(edge))
        c.painter.fillRect(QRectF(*rect.inset(line)), qcolor(t.window))
        _paint_strip(c, Rect(rect.x, rect.y, end - rect.x, rect.h), rect, strip)
        c.box(Rect(rect.x - 8 * u, rect.y, 5 * u, rect.h), t.accent(strip.accent), radius=1.5)
    if ground.known_ns < ground.range_ns:
        c.painter.setPen(QPen(qcolor(t.faint), max(1.0, u)))
        c.painter.drawLine(QPointF(end, plan.field.y), QPointF(end, plan.field.bottom))
    for group in groups:
        _paint_group(c, plan, group)


def _paint_strip(c: Canvas, known: Rect, whole: Rect, strip: Strip) -> None:
    painter = c.painter
    painter.fillRect(QRectF(*known), qcolor(c.theme.track))
    colors = _reds(c.theme)
    level = np.ceil(np.sqrt(strip.outside) * LEVELS).astype(np.intp)
    row = np.ascontiguousarray(colors[level])
    image = QImage(row.data, len(row), 1, 4 * len(row), QImage.Format.Format_ARGB32)
    painter.save()
    painter.setClipRect(QRectF(*known))
    painter.drawImage(QRectF(*whole), image)
    painter.restore()


def _reds(theme: Theme) -> NDArray[np.uint32]:
    """(LEVELS + 1,) colours from nothing to a vCPU that is never in the guest."""
    shares = [0.0, *(0.25 + 0.75 * level / LEVELS for level in range(1, LEVELS + 1))]
    return np.array(
        [qcolor(mixed(theme.track, theme.vm_exit, s)).rgba() for s in shares], np.uint32
    )


def _paint_group(c: Canvas, plan: ScrubberPlan, group: FlagGroup) -> None:
    t, u, lead = c.theme, plan.u, group.lead
    one_pane = len({flag.pane for flag in group.flags}) == 1
    color = t.accent(lead.accent) if one_pane else t.text
    if lead.kind is LandmarkKind.STUCK:
        color = t.vm_exit
    c.painter.setPen(QPen(qcolor(with_alpha(color, 0.6)), max(1.0, u)))
    c.painter.drawLine(QPointF(group.x, plan.flags_y), QPointF(group.x, plan.field.y))
    paint_flag(c.painter, lead.kind, group.x, plan.flags_y, u, color, t.on_primary)
    count = len(group.flags)
    if count > 1:
        words = str(count) if count < 100 else "99+"
        c.text(group.x + 9 * u, plan.flags_y + 4 * u, words, kit.CAPTION_STRONG, t.muted)


def head_label(c: Canvas, plan: ScrubberPlan, frame: ScrubberFrame) -> Rect:
    """Where the playhead's time stands."""
    u = plan.u
    wide = c.text_width(frame.time_text, kit.CAPTION_STRONG) + 14 * u
    x = _head_x(c, plan, frame)
    left = max(2 * u, min(x - wide / 2, plan.all.w - wide - 2 * u))
    return Rect(left, plan.field.bottom, wide, 12.5 * u)


def _head_x(c: Canvas, plan: ScrubberPlan, frame: ScrubberFrame) -> float:
    return round(plan.x(frame.t_ns, frame.ground.range_ns) * c.dpr) / c.dpr


def paint_head(c: Canvas, plan: ScrubberPlan, frame: ScrubberFrame, shown: Rect) -> None:
    """The playhead with its time, and the times that it leaves room for. shown: where something is
    to be painted at all.
    """
    t, u, painter = c.theme, plan.u, c.painter
    x, label = _head_x(c, plan, frame), head_label(c, plan, frame)
    _paint_times(c, plan, frame.ground.range_ns, label, shown)
    painter.setPen(QPen(qcolor(t.text), max(1.0, 1.6 * u)))
    painter.drawLine(QPointF(x, 3 * u), QPointF(x, label.y + u))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(qcolor(t.text))
    painter.drawRoundedRect(QRectF(*label), 4 * u, 4 * u)
    c.text(label.cx, plan.times_y, frame.time_text, kit.CAPTION_STRONG, t.window, kit.CENTER)


def _paint_times(c: Canvas, plan: ScrubberPlan, range_ns: int, label: Rect, shown: Rect) -> None:
    """Round times along the range, but where the playhead's own stands."""
    u, field = plan.u, plan.field
    values = ticks(0, range_ns, max(1, round(field.w / (LABEL_APART * u))))
    for value, words in zip(values, x_texts(values, "ns", range_ns), strict=True):
        wide = c.text_width(words, kit.CAPTION)
        x = plan.x(round(value), range_ns)
        left = max(field.x, min(x - wide / 2, field.right - wide))
        if left > shown.right or left + wide < shown.x:
            continue
        if left + wide < label.x - 4 * u or left > label.right + 4 * u:
            c.text(left, plan.times_y, words, kit.CAPTION, c.theme.muted)
