"""Dash patterns and symbols of curves: how panes of the same mode, and percentiles, are told apart.

A pen's own pattern starts anew with every short line of a curve, so lines are cut here. Along time
the pattern is tied to the screen: dashes of a moving curve do not crawl.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtGui import QPainter

PATTERNS: tuple[tuple[float, ...], ...] = ((), (7.0, 5.0), (1.5, 4.0), (8.0, 4.0, 1.5, 4.0))
APART = 90.0  # between symbols


def dashed(
    x: NDArray[np.float64], y: NDArray[np.float64], pattern: tuple[float, ...], along_x: bool
) -> NDArray[np.float64]:
    """(n, 4) the parts of a polyline that are drawn. pattern: on, off, on, off ... in px.

    along_x: lengths count along x alone, from its origin; else along the line.
    """
    if len(x) < 2:
        return np.empty((0, 4))
    s = x if along_x else np.concatenate(([0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))))
    ends = np.cumsum(pattern)
    period = float(ends[-1])
    first, last = np.floor(s[0] / period), np.ceil(s[-1] / period)
    cuts = (np.arange(first, last)[:, None] * period + ends).ravel()
    cuts = cuts[(cuts > s[0]) & (cuts < s[-1])]
    at = np.searchsorted(s, cuts, side="right")
    share = (cuts - s[at - 1]) / np.maximum(s[at] - s[at - 1], 1e-12)
    xs = np.insert(x, at, x[at - 1] + share * (x[at] - x[at - 1]))
    ys = np.insert(y, at, y[at - 1] + share * (y[at] - y[at - 1]))
    middle = np.insert(s, at, cuts)
    middle = (middle[1:] + middle[:-1]) / 2 % period
    on = np.searchsorted(ends, middle, side="right") % 2 == 0
    return np.stack((xs[:-1], ys[:-1], xs[1:], ys[1:]), axis=1)[on]


def draw_symbols(
    painter: QPainter, x: NDArray[np.float64], y: NDArray[np.float64], symbol: int, unit: float
) -> None:
    """Rings (1) or squares (2) here and there on a curve, with the painter's pen and brush."""
    r = 3.0 * unit
    for at in np.arange(x[0] + APART * unit / 2, x[-1], APART * unit):
        height = float(np.interp(at, x, y))
        if symbol == 1:
            painter.drawEllipse(QPointF(at, height), r, r)
        else:
            painter.drawRect(QRectF(at - r, height - r, 2 * r, 2 * r))
