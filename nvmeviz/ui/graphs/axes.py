"""Ranges, tick labels and grid of a graph's axes, from its frame and its size. Arithmetic only."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nvmeviz.ui.graphs.bars import NAME_BESIDE, names_beside
from nvmeviz.ui.graphs.ticks import log_ticks, tick_step, ticks, x_texts, y_texts

if TYPE_CHECKING:
    from nvmeviz.app.present.graph_frame import GraphFrame

X_APART, Y_APART = 110, 34  # px between ticks at 100 %, at least

Range = tuple[float, float]
Ticks = list[tuple[float, str]]


@dataclass(frozen=True, slots=True)
class Axes:
    """Ranges as the axes have them (logarithms where x is logarithmic), ticks, and the x and y that
    get a line.
    """

    x_range: Range
    y_range: Range
    bottom: Ticks
    left: Ticks
    grid: tuple[list[float], list[float]]


def plan_axes(frame: GraphFrame, width: float, height: float, scale: float) -> Axes:
    """The axes of a plot of that size, px."""
    x0, x1 = frame.x_range
    x_most = max(2, round(width / (X_APART * scale)))
    if frame.bars:
        if names_beside(len(frame.bars), height, scale):
            x0 = -x1 * NAME_BESIDE / (1 - NAME_BESIDE)
        xs = ticks(0.0, x1, x_most)
        bottom = list(zip(xs, x_texts(xs, frame.x_unit, x1), strict=True))
        return Axes((x0, x1), (0.0, 1.0), bottom, [], (xs, []))
    y0, y1 = frame.y_range
    y_most = max(2, round(height / (Y_APART * scale)))
    ys = ticks(y0, y1, y_most)
    step = tick_step(y0, y1, y_most)
    left = list(zip(ys, y_texts(ys, frame.y_unit, step, y1), strict=True))
    if frame.x_log:
        xs = log_ticks(x0, x1, x_most)
        at = [math.log10(x) for x in xs]
        bottom = [(a, x_texts([x], frame.x_unit, x)[0]) for a, x in zip(at, xs, strict=True)]
        return Axes((math.log10(x0), math.log10(x1)), (y0, y1), bottom, left, (at, ys))
    xs = ticks(x0, x1, x_most)
    bottom = list(zip(xs, x_texts(xs, frame.x_unit, x1), strict=True))
    return Axes((x0, x1), (y0, y1), bottom, left, ([], ys))
