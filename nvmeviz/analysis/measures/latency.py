"""Latency over machine time: percentiles of the last commands at each moment.

A point looks back over as much time as a rate does, or over the last hundred commands where those
took longer. A percentile is left out where fewer commands than would show it were reaped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nvmeviz.analysis.histogram import percentiles
from nvmeviz.analysis.measure import (
    NO_COMPLETIONS,
    Curve,
    Measure,
    Stretch,
    nothing,
    rate_windows,
)
from nvmeviz.log import kinds

if TYPE_CHECKING:
    from nvmeviz.analysis.series import Series

POINTS = 32
STEPS = 4
LOOK_BACK = 100  # commands
_SHARES = ((0.5, 10), (0.99, 100), (0.999, 1000))  # percentile, fewest commands


def _curves(series: Series, stretch: Stretch) -> tuple[Curve, ...]:
    windows = rate_windows(stretch, STEPS, POINTS)
    if windows is None or not len(series.reaps):
        return tuple(nothing(NO_COMPLETIONS) for _ in _SHARES)
    at, since = windows
    ends = series.reaps.index_each(at)
    starts = np.maximum(np.minimum(series.reaps.index_each(since), ends - LOOK_BACK), 0)
    edges, place = np.unique(np.concatenate((starts, ends)), return_inverse=True)
    before = series.latencies.before(edges)
    counts = before[place[len(at) :]] - before[place[: len(at)]]
    commands, x = ends - starts, at.astype(np.float64)
    curves: list[Curve] = []
    for share, fewest in _SHARES:
        some = commands >= fewest
        if some.any():
            curves.append(Curve(x[some], percentiles(counts[some], share)))
        else:
            curves.append(nothing(f"fewer than {fewest} commands in each point's stretch"))
    return tuple(curves)


MEASURE = Measure(
    "latency",
    "Latency over time",
    "ns",
    "lower is better",
    "time",
    _curves,
    parts=("p50", "p99", "p99.9"),
    counts=(kinds.SQ_POST, kinds.CQ_REAP),
)
