"""How many commands were faster than x: the distribution of latencies over a stretch of time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nvmeviz.analysis.measure import Curve, Measure, nothing

if TYPE_CHECKING:
    from nvmeviz.analysis.series import Series

POINTS = 200
FEWEST = 20


def _curve(series: Series, after_ns: int, until_ns: int) -> Curve:
    latencies = np.sort(series.reaps.values(after_ns, until_ns))
    if len(latencies) < FEWEST:
        return nothing(f"fewer than {FEWEST} commands have completed")
    share = np.linspace(0.0, 1.0, POINTS)
    x = latencies[np.minimum((share * len(latencies)).astype(np.int64), len(latencies) - 1)]
    return Curve(np.concatenate(([0.0], x)), np.concatenate(([0.0], share * 100)))


MEASURE = Measure("latency_cdf", "Latency CDF", "%", "further left is better", "latency", _curve)
