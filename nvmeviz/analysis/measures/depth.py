"""Commands in flight over machine time: written to an SQ and not yet reaped, all queues together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nvmeviz.analysis.measure import Curve, Measure, Stretch, nothing, rate_windows
from nvmeviz.log import kinds

if TYPE_CHECKING:
    from nvmeviz.analysis.series import Series

FINER = 10  # a level may change faster than a rate can be counted


def _curves(series: Series, stretch: Stretch) -> tuple[Curve, ...]:
    finer = Stretch(stretch.after_ns, stretch.until_ns, stretch.smooth_ns // FINER)
    windows = rate_windows(finer, steps=1)
    if windows is None or not len(series.posts):
        return (nothing("no commands in the log so far"),)
    at, since = windows
    edges, place = np.unique(np.concatenate((since, at)), return_inverse=True)
    area = (series.posts.area(edges) - series.reaps.area(edges))[place]
    mean = (area[len(at) :] - area[: len(at)]) / np.maximum(at - since, 1)
    return (Curve(at.astype(np.float64), mean),)


MEASURE = Measure(
    "depth",
    "Commands in flight",
    "",
    "mean of all queues",
    "time",
    _curves,
    counts=(kinds.SQ_POST, kinds.CQ_REAP),
)
