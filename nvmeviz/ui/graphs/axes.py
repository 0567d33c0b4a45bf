"""Ranges and tick labels of a graph's axes, from its frame; lines of the grid come back."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from nvmeviz.ui.graphs.bars import NAME_BESIDE, names_beside
from nvmeviz.ui.graphs.ticks import log_ticks, tick_step, ticks, x_texts, y_texts

if TYPE_CHECKING:
    import pyqtgraph as pg

    from nvmeviz.app.present.graph_frame import GraphFrame

X_APART, Y_APART = 110, 34  # px between ticks at 100 %, at least


def show_axes(
    frame: GraphFrame, box: pg.ViewBox, axes: dict[str, pg.AxisItem], scale: float
) -> tuple[list[float], list[float]]:
    """Set ranges and ticks; returns the x and y values that get a line, x as the axis has it."""
    (x0, x1), (y0, y1) = frame.x_range, frame.y_range
    x_most = max(2, round(box.width() / (X_APART * scale)))
    if frame.bars:
        if names_beside(len(frame.bars), box.height(), scale):
            x0 = -x1 * NAME_BESIDE / (1 - NAME_BESIDE)
        xs = ticks(0.0, x1, x_most)
        texts, at = x_texts(xs, frame.x_unit, x1), xs
        box.setRange(xRange=(x0, x1), yRange=(0, 1), padding=0, disableAutoRange=True)
        axes["bottom"].setTicks([list(zip(at, texts, strict=True))])
        axes["left"].setTicks([[]])
        return at, []
    if frame.x_log:
        xs = log_ticks(x0, x1, x_most)
        texts = [x_texts([x], frame.x_unit, x)[0] for x in xs]
        at = [math.log10(x) for x in xs]
        x0, x1 = math.log10(x0), math.log10(x1)
    else:
        xs = ticks(x0, x1, x_most)
        texts, at = x_texts(xs, frame.x_unit, x1), xs
    y_most = max(2, round(box.height() / (Y_APART * scale)))
    ys = ticks(y0, y1, y_most)
    step = tick_step(y0, y1, y_most)
    box.setRange(xRange=(x0, x1), yRange=(y0, y1), padding=0, disableAutoRange=True)
    axes["bottom"].setTicks([list(zip(at, texts, strict=True))])
    axes["left"].setTicks([list(zip(ys, y_texts(ys, frame.y_unit, step, y1), strict=True))])
    return (at if frame.x_log else []), ys
