"""What a graph shows: a frozen curve with its name, unit and the reason when there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from nvmeviz.analysis.series import Series


POINTS = 160
SMOOTH_STEPS = 8
SMOOTH_NS = 1_000_000  # a rate counts at least this much time, or bursts look like noise


@dataclass(frozen=True, eq=False, slots=True)
class Curve:
    """x, y: float64 (n,). `missing`: why there is nothing to draw."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """A graph's row. over: "time" (x is ns, between two times) or "latency" (x is ns of
    latency).
    """

    name: str
    title: str
    y_unit: str
    note: str
    over: str
    curve: Callable[[Series, int, int], Curve]


def nothing(reason: str) -> Curve:
    """A curve that isn't there."""
    empty = np.empty(0)
    return Curve(empty, empty, reason)


def grid(after_ns: int, until_ns: int, points: int) -> NDArray[np.int64]:
    """`points` moments from after (excluded) to until, on whole multiples of the step.

    Tied to absolute time, so that a moving window shows the same values again and a curve does not
    shimmer.
    """
    step = max(1, (until_ns - after_ns) // points)
    first = (after_ns // step + 1) * step
    return np.arange(first, until_ns + 1, step, dtype=np.int64)


def rate_windows(
    after_ns: int, until_ns: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]] | None:
    """(ends, starts) of the stretches that the points of a rate count; None when there are too few."""
    ends = grid(after_ns, until_ns, POINTS)
    if len(ends) < 2:
        return None
    width = max(SMOOTH_NS, int(ends[1] - ends[0]) * SMOOTH_STEPS)
    return ends, np.maximum(ends - width, 0)
