"""Commands per second over machine time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nvmeviz.analysis.measure import Curve, Measure, nothing, rate_windows

if TYPE_CHECKING:
    from nvmeviz.analysis.series import Series


def _curve(series: Series, after_ns: int, until_ns: int) -> Curve:
    windows = rate_windows(after_ns, until_ns)
    if windows is None:
        return nothing("nothing has completed yet")
    at, since = windows
    counts = series.reaps.counts(since, at)
    return Curve(at.astype(np.float64), counts * 1e9 / np.maximum(at - since, 1))


MEASURE = Measure("iops", "IOPS", "IOPS", "", "time", _curve)
