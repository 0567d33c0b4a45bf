"""What a graph says under the pointer: the moment, and every curve's value there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPen

from nvmeviz.ui.draw import canvas as kit
from nvmeviz.ui.draw.rect import Rect
from nvmeviz.ui.graphs.ticks import value_text
from nvmeviz.ui.theme import qcolor, with_alpha
from nvmeviz.units import clock_text, percent, time_text

if TYPE_CHECKING:
    from nvmeviz.app.present.graph_frame import GraphFrame
    from nvmeviz.ui.draw.canvas import Canvas

ROW = 15.0


@dataclass(frozen=True, slots=True)
class Reading:
    """A line of the label: whose value (accent "" for none), and where it lies in data units."""

    words: str
    value: str
    accent: str = ""
    y: float | None = None


def read_curves(frame: GraphFrame, x: float) -> list[Reading]:
    """The heading and the nearest value of every curve that reaches to x."""
    moment = f"t = {clock_text(round(x))}" if frame.x_label == "machine time" else time_text(x)
    found = [Reading(moment, "")]
    for series in frame.series:
        if not len(series.x) or not series.x[0] <= x <= series.x[-1]:
            continue
        right = int(np.searchsorted(series.x, x))
        left = max(0, right - 1)
        near = left if x - series.x[left] < series.x[right] - x else right
        y = float(series.y[near])
        if np.isfinite(y):
            found.append(Reading(series.name, value_text(y, frame.y_unit), series.accent, y))
    return found


def read_bar(frame: GraphFrame, number: int) -> list[Reading]:
    """A bar's total and every part of it that is more than nothing."""
    bar = frame.bars[number]
    total = sum(bar.values)
    found = [Reading(bar.label, value_text(total, frame.y_unit), bar.accent)]
    for segment, value in zip(frame.segments, bar.values, strict=True):
        if value > 0:
            share = percent(value / max(total, 1e-12))
            found.append(Reading(segment.label, f"{value_text(value, frame.y_unit)}, {share}"))
    return found


def paint_crosshair(
    c: Canvas, field: Rect, x: float, readings: list[Reading], heights: list[float]
) -> None:
    """A line at x and a dot on every curve; heights: of the readings that have one, px."""
    painter, u = c.painter, c.u
    painter.setPen(QPen(qcolor(with_alpha(c.theme.text, 0.45)), max(1.0, u)))
    painter.drawLine(QPointF(x, field.y), QPointF(x, field.bottom))
    there = [r for r in readings if r.y is not None]
    painter.setPen(QPen(qcolor(c.theme.pane), 1.2 * u))
    for reading, y in zip(there, heights, strict=True):
        painter.setBrush(qcolor(c.theme.accent(reading.accent)))
        painter.drawEllipse(QPointF(x, y), 3.4 * u, 3.4 * u)


def label_rect(
    field: Rect, pointer: tuple[float, float], size: tuple[float, float], u: float
) -> Rect:
    """Beside the pointer, on the side with room, within the field where it fits."""
    (px, py), (w, h) = pointer, size
    left = px + 14 * u if px + 14 * u + w <= field.right else px - 14 * u - w
    left = max(field.x, min(left, field.right - w))
    top = max(field.y, min(py - h / 2, field.bottom - h))
    return Rect(left, top, w, h)


def fitting(readings: list[Reading], rows: int, y: float | None) -> list[Reading]:
    """The heading and as many of the others as have room, those nearest the pointer's height."""
    head, rest = readings[:1], readings[1:]
    if len(rest) > rows - 1:
        near = rest if y is None else sorted(rest, key=lambda r: abs((r.y or 0.0) - y))
        kept = {id(reading) for reading in near[: max(0, rows - 1)]}
        rest = [reading for reading in rest if id(reading) in kept]
    return head + rest


def paint_label(
    c: Canvas, field: Rect, pointer: tuple[float, float], readings: list[Reading]
) -> Rect:
    """The readings in a box beside the pointer; returns the box."""
    u, style = c.u, kit.CAPTION_STRONG
    words = max(c.text_width(r.words, style) for r in readings) + 12 * u
    values = max(c.text_width(r.value, style) for r in readings)
    pad = 7 * u
    size = (min(field.w, words + values + 14 * u + 2 * pad), len(readings) * ROW * u + 2 * pad)
    box = label_rect(field, pointer, size, u)
    painter = c.painter
    painter.setPen(QPen(qcolor(c.theme.border_strong), 1.0))
    painter.setBrush(qcolor(c.theme.raised))
    painter.drawRoundedRect(QRectF(*box), 5 * u, 5 * u)
    for number, reading in enumerate(readings):
        row = Rect(box.x + pad, box.y + pad + number * ROW * u, box.w - 2 * pad, ROW * u)
        left = row.x
        if reading.accent:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(qcolor(c.theme.accent(reading.accent)))
            painter.drawEllipse(QPointF(left + 3.5 * u, row.cy), 3.5 * u, 3.5 * u)
            left += 12 * u
        room = row.w - (left - row.x) - c.text_width(reading.value, style) - 8 * u
        color = c.theme.text if number == 0 else c.theme.muted
        c.text_in(Rect(left, row.y, room, row.h), reading.words, style, color)
        c.text_in(row, reading.value, style, c.theme.text, kit.RIGHT)
    return box
