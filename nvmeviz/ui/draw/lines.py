"""Many lines in one call: a numpy array laid over `QLineF`s, with a list where memory cannot be
wrapped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shiboken6
from PySide6.QtCore import QLineF

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtGui import QPainter


def _can_wrap() -> bool:
    try:
        probe = np.arange(4, dtype=np.float64)
        line = shiboken6.wrapInstance(probe.ctypes.data, QLineF)
        return (line.x1(), line.y2()) == (0.0, 3.0)  # pyright: ignore[reportAttributeAccessIssue] - a QLineF
    except (AttributeError, TypeError, ValueError, RuntimeError):
        return False


CAN_WRAP = _can_wrap()


def draw_polyline(
    painter: QPainter, x: NDArray[np.float64], y: NDArray[np.float64], *, wrapped: bool = CAN_WRAP
) -> None:
    """Lines from point to point; x, y: (n,) in logical px. Painted with the painter's pen."""
    count = len(x) - 1
    if count < 1:
        return
    lines = np.empty((count, 4))
    lines[:, 0], lines[:, 1] = x[:-1], y[:-1]
    lines[:, 2], lines[:, 3] = x[1:], y[1:]
    draw_lines(painter, lines, wrapped=wrapped)


def draw_lines(painter: QPainter, lines: NDArray[np.float64], *, wrapped: bool = CAN_WRAP) -> None:
    """Lines; (n, 4) contiguous: x1, y1, x2, y2 in logical px."""
    if not len(lines):
        return
    if wrapped:
        first = shiboken6.wrapInstance(lines.ctypes.data, QLineF)
        painter.drawLines(first, len(lines))  # type: ignore[call-overload]
        return
    painter.drawLines([QLineF(*line) for line in lines.tolist()])


def per_column(
    x: NDArray[np.float64], y: NDArray[np.float64], columns: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """At most a lowest and a highest point per pixel column, in the order of time.

    x: (n,) ascending, in px; n at most 2 * columns comes back unchanged.
    """
    if len(x) <= 2 * columns:
        return x, y
    column = np.floor(x).astype(np.int64)
    starts = np.flatnonzero(np.diff(column, prepend=column[0] - 1))
    low = np.minimum.reduceat(y, starts)
    high = np.maximum.reduceat(y, starts)
    # The extreme that comes first in a column stays first, so that rises stay rises.
    ends = np.append(starts[1:], len(y)) - 1
    rising = y[ends] >= y[starts]
    out_y = np.empty(2 * len(starts))
    out_y[0::2] = np.where(rising, low, high)
    out_y[1::2] = np.where(rising, high, low)
    return np.repeat(x[starts], 2), out_y
