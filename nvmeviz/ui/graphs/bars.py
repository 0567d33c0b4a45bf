"""Stacked bars in a graph: one a pane, a legend of their parts above. Colour says what was done, a
hatch that a controller thread did it; parts that are wide enough say so themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPen

from nvmeviz.ui.draw import canvas as kit
from nvmeviz.ui.draw.lines import draw_lines
from nvmeviz.ui.draw.rect import Rect
from nvmeviz.ui.graphs.ticks import value_text
from nvmeviz.ui.theme import contrast, qcolor, with_alpha

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nvmeviz.app.present.graph_frame import Bar, GraphFrame, Segment
    from nvmeviz.ui.draw.canvas import Canvas
    from nvmeviz.ui.theme import Theme

STYLE = kit.CAPTION_STRONG
SWATCH, GAP, LINE = 9.0, 4.0, 15.0  # units
NAME_ABOVE = 27.0  # from this height of a row on, the pane's name stands above its bar
NAME_BESIDE = 0.3  # else beside it, on this share of the width


@dataclass(frozen=True, slots=True)
class BarPlan:
    """Where names and bars stand, one each a pane, and the legend's entries: (x, y, segment)."""

    names: tuple[Rect, ...]
    bars: tuple[Rect, ...]
    legend: tuple[tuple[float, float, Segment], ...]


def names_beside(panes: int, height: float, unit: float) -> bool:
    """True when so many panes in that height leave no room for names above bars."""
    return (height - 2 * LINE * unit) / max(1, panes) < NAME_ABOVE * unit


def used_segments(frame: GraphFrame) -> list[Segment]:
    """The parts that are more than nothing in some pane."""
    return [
        segment
        for number, segment in enumerate(frame.segments)
        if any(bar.values and bar.values[number] > 0 for bar in frame.bars)
    ]


def plan_bars(c: Canvas, frame: GraphFrame, field: Rect) -> BarPlan:
    """Where everything stands in `field` (px)."""
    u, panes = c.u, max(1, len(frame.bars))
    x, y = field.x, field.y
    legend: list[tuple[float, float, Segment]] = []
    for segment in used_segments(frame):
        wide = (SWATCH + GAP) * u + c.text_width(segment.label, STYLE)
        if x > field.x and x + wide > field.right:
            x, y = field.x, y + LINE * u
        legend.append((x, y, segment))
        x += wide + 12 * u
    top = y + (LINE + 4) * u if legend else field.y
    row = (field.bottom - top) / panes
    beside = names_beside(panes, field.h, u)
    names: list[Rect] = []
    bars: list[Rect] = []
    for number in range(panes):
        begin = top + number * row
        if beside:
            left = field.w * NAME_BESIDE
            thick = min(20 * u, row * 0.8)
            names.append(Rect(field.x, begin, left - 6 * u, row))
            bars.append(Rect(field.x + left, begin + (row - thick) / 2, field.w - left, thick))
        else:
            thick = min(44 * u, max(0.5 * row, 12 * u), row - LINE * u - 2 * u)
            slack = (row - LINE * u - thick) / 2
            names.append(Rect(field.x, begin + slack, field.w, LINE * u))
            bars.append(Rect(field.x, begin + slack + LINE * u, field.w, thick))
    return BarPlan(tuple(names), tuple(bars), tuple(legend))


def text_color(theme: Theme, ground: str) -> str:
    """The colour of text on a segment."""
    return max((theme.on_slot, theme.text, theme.pane), key=lambda color: contrast(color, ground))


def _fill(c: Canvas, rect: Rect, segment: Segment) -> None:
    color = c.theme.activities[segment.activity]
    area = QRectF(*rect)
    c.painter.fillRect(area, qcolor(color))
    if segment.hatched:
        _hatch(c, rect, text_color(c.theme, color))


def hatch_lines(rect: Rect, step: float) -> NDArray[np.float64]:
    """(n, 4) slanted lines that fill a rectangle. Cut here: SVG knows no clipping, and patterns of a
    brush ignore scale.
    """
    foot = np.arange(rect.x - rect.h + step / 2, rect.right, step)  # x at the bottom
    left, right = np.maximum(foot, rect.x), np.minimum(foot + rect.h, rect.right)
    lines = np.stack(
        (left, rect.bottom - (left - foot), right, rect.bottom - (right - foot)), axis=1
    )
    return np.ascontiguousarray(lines[left < right])


def _hatch(c: Canvas, rect: Rect, color: str) -> None:
    c.painter.setPen(QPen(qcolor(with_alpha(color, 0.45)), 1.2 * c.u))
    draw_lines(c.painter, hatch_lines(rect, 6.0 * c.u))


def segment_rects(bar: Bar, rect: Rect, top: float) -> list[Rect]:
    """The rectangle of every segment; `rect` is a bar as long as `top`."""
    x, found = rect.x, list[Rect]()
    for value in bar.values:
        wide = rect.w * value / max(top, 1e-12)
        found.append(Rect(x, rect.y, wide, rect.h))
        x += wide
    return found


def paint_bars(c: Canvas, frame: GraphFrame, field: Rect) -> None:
    """Legend, names and bars."""
    plan, u, top = plan_bars(c, frame, field), c.u, frame.x_range[1]
    c.painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for x, y, segment in plan.legend:
        box = Rect(x, y + (LINE - SWATCH) / 2 * u, SWATCH * u, SWATCH * u)
        _fill(c, box, segment)
        at = x + (SWATCH + GAP) * u
        c.text_in(Rect(at, y, field.right - at, LINE * u), segment.label, STYLE, c.theme.muted)
    for bar, name, rect in zip(frame.bars, plan.names, plan.bars):
        color = c.theme.accent(bar.accent)
        above = name.bottom <= rect.y + 0.5
        if bar.missing:
            c.text_in(name, bar.label, STYLE, color)
            c.text_in(rect, bar.missing, kit.CAPTION, c.theme.faint)
            continue
        total = value_text(sum(bar.values), frame.y_unit)
        beside = c.text_width(total, STYLE) + 8 * u if above else 0.0
        used = c.text_in(name._replace(w=name.w - beside), bar.label, STYLE, color)
        if above:
            after = name._replace(x=name.x + used + 8 * u)
            c.text_in(after, total, STYLE, c.theme.text)
        for segment, part in zip(frame.segments, segment_rects(bar, rect, top)):
            if part.w < 0.3:
                continue
            _fill(c, part, segment)
            ground = c.theme.activities[segment.activity]
            if not segment.hatched and c.text_width(segment.label, STYLE) + 8 * u < part.w:
                label = part.inset(4 * u, 0)
                c.text_in(label, segment.label, STYLE, text_color(c.theme, ground))


def bar_at(c: Canvas, frame: GraphFrame, field: Rect, y: float) -> int | None:
    """Which bar a pointer at that height means."""
    plan = plan_bars(c, frame, field)
    for number, (name, rect) in enumerate(zip(plan.names, plan.bars)):
        if min(name.y, rect.y) <= y <= rect.bottom:
            return number if frame.bars and frame.bars[number].values else None
    return None
