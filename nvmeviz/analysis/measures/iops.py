"""Commands per second over machine time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

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


def _curves(series: Series, stretch: Stretch) -> tuple[Curve, ...]:
    windows = rate_windows(stretch)
    if windows is None or not len(series.reaps):
        return (nothing(NO_COMPLETIONS),)
    at, since = windows
    counts = series.reaps.counts(since, at)
    return (Curve(at.astype(np.float64), counts * 1e9 / np.maximum(at - since, 1)),)


MEASURE = Measure(
    "iops", "IOPS", "IOPS", "higher is better", "time", _curves, counts=(kinds.CQ_REAP,)
)
