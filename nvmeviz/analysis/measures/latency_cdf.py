"""How many commands were faster than x: the distribution of latencies over a stretch of time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nvmeviz.analysis.histogram import EDGES
from nvmeviz.analysis.measure import Curve, Measure, Stretch, nothing
from nvmeviz.log import kinds

if TYPE_CHECKING:
    from nvmeviz.analysis.series import Series

POINTS = 200
FEWEST = 20
EXACT = 16_384  # more are taken from buckets: a minute holds millions


def _curves(series: Series, stretch: Stretch) -> tuple[Curve, ...]:
    reaps = series.reaps
    ends = np.array([reaps.index(stretch.after_ns), reaps.index(stretch.until_ns)])
    commands = int(ends[1] - ends[0])
    if commands < FEWEST:
        return (nothing(f"fewer than {FEWEST} commands have completed"),)
    if commands <= EXACT:
        latencies = np.sort(reaps.values(stretch.after_ns, stretch.until_ns))
        share = np.linspace(0.0, 1.0, POINTS)
        x = latencies[np.minimum((share * commands).astype(np.int64), commands - 1)]
    else:
        before = series.latencies.before(ends)
        below = np.cumsum(before[1] - before[0])
        first, last = np.searchsorted(below, [1, commands])
        x = EDGES[first : last + 2]
        share = np.concatenate(([0.0], below[first : last + 1] / commands))
    return (Curve(np.concatenate(([0.0], x)), np.concatenate(([0.0], share * 100))),)


MEASURE = Measure(
    "latency_cdf",
    "Latency CDF",
    "%",
    "further left is better",
    "latency",
    _curves,
    counts=(kinds.SQ_POST, kinds.CQ_REAP),
)
