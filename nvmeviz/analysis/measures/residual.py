"""What a prediction makes otherwise than the run that it predicts, over machine time: commands
completed and median latency, as (predicted - measured) / measured.

Both are counted over the same stretches of the same clock. Where few commands were measured there is
no value: a share of almost nothing says nothing. The admin commands of setting a driver up are not
replayed, so counting begins where the prediction's I/O does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nvmeviz.analysis.histogram import percentiles
from nvmeviz.analysis.measure import Curve, Measure, Stretch, nothing, rate_windows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nvmeviz.analysis.series import Series

POINTS = 32
STEPS = 4
FEWEST = 10  # commands in a stretch, for a share of them and for a median
ADMIN = 2  # commands of a simulated driver that come before its I/O, at most
NO_PAIR = "no prediction stands beside its trace (Ctrl+Shift+P)"
_FEW = f"fewer than {FEWEST} commands in each point's stretch"


@dataclass(frozen=True, slots=True)
class Difference:
    """Of a whole stretch, in percent of what was measured; None where too few commands tell.

    completed: commands that completed. p50: median latency.
    """

    completed: float | None
    p50: float | None


def _medians(series: Series, edges: tuple[NDArray[np.int64], NDArray[np.int64]]) -> np.ndarray:
    """The median latency of the commands reaped in each (since, at], ns; nan where there are none."""
    at, since = edges
    ends, starts = series.reaps.index_each(at), series.reaps.index_each(since)
    index, place = np.unique(np.concatenate((starts, ends)), return_inverse=True)
    before = series.latencies.before(index)
    return percentiles(before[place[len(at) :]] - before[place[: len(at)]], 0.5)


def _percent(
    predicted: Series, measured: Series, edges: tuple[NDArray[np.int64], NDArray[np.int64]]
) -> tuple[np.ndarray, np.ndarray]:
    """(completed, p50) of each (since, at], in percent; nan where too few commands tell."""
    at, since = edges
    now, then = predicted.reaps.counts(since, at), measured.reaps.counts(since, at)
    completed = np.where(then >= FEWEST, 100.0 * (now - then) / np.maximum(then, 1), np.nan)
    both = np.minimum(now, then) >= FEWEST
    own, told = _medians(predicted, edges), _medians(measured, edges)
    return completed, np.where(both, 100.0 * (own / np.maximum(told, 1.0) - 1.0), np.nan)


def difference(predicted: Series, measured: Series, stretch: Stretch) -> Difference:
    """The whole stretch as one."""
    begins_ns = predicted.posts.time_of(ADMIN)
    if begins_ns is None or not len(measured.reaps):
        return Difference(None, None)
    after_ns = min(max(stretch.after_ns, begins_ns), stretch.until_ns)
    edges = np.array([stretch.until_ns]), np.array([after_ns])
    found = [float(part[0]) for part in _percent(predicted, measured, edges)]
    completed, p50 = (None if np.isnan(value) else value for value in found)
    return Difference(completed, p50)


def between(predicted: Series, measured: Series, stretch: Stretch) -> tuple[Curve, ...]:
    """The curves of a pair."""
    edges = rate_windows(stretch, STEPS, POINTS)
    if edges is None or not len(measured.reaps):
        return tuple(nothing("no completions were measured so far") for _ in MEASURE.parts)
    begins_ns = predicted.posts.time_of(ADMIN)
    if begins_ns is None:
        return tuple(nothing("the prediction has begun nothing so far") for _ in MEASURE.parts)
    edges = edges[0], np.minimum(np.maximum(edges[1], begins_ns), edges[0])
    x = edges[0].astype(np.float64)
    curves: list[Curve] = []
    for y in _percent(predicted, measured, edges):
        known = np.isfinite(y)
        curves.append(Curve(x[known], y[known]) if known.any() else nothing(_FEW))
    return tuple(curves)


def _alone(_series: Series, _stretch: Stretch) -> tuple[Curve, ...]:
    return tuple(nothing(NO_PAIR) for _ in MEASURE.parts)


MEASURE = Measure(
    "residual",
    "Predicted − measured",
    "%",
    "0 is as measured",
    "time",
    _alone,
    parts=("IOPS", "p50"),
    between=between,
)
