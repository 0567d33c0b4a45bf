"""Doorbell exits per command over machine time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nvmeviz.analysis.measure import Curve, Measure, nothing, rate_windows

if TYPE_CHECKING:
    from nvmeviz.analysis.series import Series

FEWEST = 5  # a ratio over fewer commands says nothing


def _curve(series: Series, after_ns: int, until_ns: int) -> Curve:
    windows = rate_windows(after_ns, until_ns)
    if windows is None:
        return nothing("nothing has completed yet")
    at, since = windows
    commands = series.reaps.counts(since, at)
    exits = series.sq_exits.counts(since, at) + series.cq_exits.counts(since, at)
    some = commands >= FEWEST
    return Curve(at[some].astype(np.float64), exits[some] / commands[some])


MEASURE = Measure("exits_per_io", "Traps per I/O", "", "lower is better", "time", _curve)
