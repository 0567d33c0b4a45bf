"""Where labels stand in a graph so that they touch neither a curve nor one another. Arithmetic
only.

A label tries places along its line, above and below, from the right end to the left, and takes the
first free one; the place it had last time comes first, so that labels do not jump while a curve
grows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nvmeviz.ui.draw.rect import Rect

if TYPE_CHECKING:
    from collections.abc import Iterator

Curve = tuple[NDArray[np.float64], NDArray[np.float64]]
_ALONG = (1.0, 0.85, 0.7, 0.55, 0.4, 0.25, 0.1)
_LIFT = (3.0, 12.0)
_FARTHEST = 16.0  # units between a label and its curve


def crosses(rect: Rect, curve: Curve, margin: float) -> bool:
    """True when the curve runs through the rectangle (px, x ascending)."""
    x, y = curve
    if not len(x):
        return False
    lo = int(np.searchsorted(x, rect.x - margin)) - 1
    hi = int(np.searchsorted(x, rect.right + margin)) + 1
    part = y[max(0, lo) : hi]
    if not len(part) or x[-1] < rect.x - margin or x[0] > rect.right + margin:
        return False
    return bool(part.max() >= rect.y - margin and part.min() <= rect.bottom + margin)


def places(
    curve: Curve, width: float, height: float, field: Rect, unit: float
) -> Iterator[tuple[int, Rect]]:
    """(number, rectangle) of the places a label of that size may take along a curve."""
    x, y = curve
    if not len(x):
        return
    number = 0
    right = min(float(x[-1]), field.right - 10 * unit)
    for share in _ALONG:
        end = field.x + (right - field.x) * share
        left = max(field.x + 2 * unit, min(end - width, field.right - width - 2 * unit))
        near = y[
            max(0, int(np.searchsorted(x, left)) - 1) : int(np.searchsorted(x, left + width)) + 1
        ]
        if not len(near):
            near = y[-1:]
        for lift in _LIFT:
            for top in (float(near.min()) - height - lift * unit, float(near.max()) + lift * unit):
                yield number, Rect(left, top, width, height)
                number += 1


def place_label(
    curve: Curve, size: tuple[float, float], field: Rect, curves: list[Curve], taken: list[Rect],
    unit: float, last: int | None,
) -> tuple[int, Rect] | None:  # fmt: skip
    """The place for a label, or None when there is no free one."""
    options = list(places(curve, *size, field, unit))
    first = options[last : last + 1] if last is not None else []
    return next((o for o in (*first, *options) if is_free(o[1], field, curves, taken, unit)), None)


def is_free(
    rect: Rect, field: Rect, curves: list[Curve], taken: list[Rect], unit: float
) -> bool:  # fmt: skip
    """True when nothing else stands there and no curve runs through."""
    if not rect.inside(field):
        return False
    if any(rect.inset(-2 * unit).overlap(other) > 0 for other in taken):
        return False
    return not any(crosses(rect, other, 1.5 * unit) for other in curves)


def is_near(rect: Rect, curve: Curve, unit: float) -> bool:
    """True when a label that stands there still reads as the curve's."""
    x, y = curve
    lo, hi = int(np.searchsorted(x, rect.x)), int(np.searchsorted(x, rect.right))
    near = y[max(0, lo - 1) : hi + 1]
    if not len(near):
        return False
    above, below = float(near.min()) - rect.bottom, rect.y - float(near.max())
    return max(above, below) <= _FARTHEST * unit
