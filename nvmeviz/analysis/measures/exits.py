"""Doorbell exits over machine time: per command, and per second."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nvmeviz.analysis.measure import (
    NO_COMPLETIONS,
    Curve,
    Measure,
    Stretch,
    no_vcpu_events,
    nothing,
    rate_windows,
)
from nvmeviz.log import kinds

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nvmeviz.analysis.series import Series

FEWEST = 5  # a ratio over fewer commands says nothing
_NO_EXITS = "no events of vCPUs in the log so far"


def _exits(series: Series, since: NDArray[np.int64], at: NDArray[np.int64]) -> NDArray[np.int64]:
    return series.sq_exits.counts(since, at) + series.cq_exits.counts(since, at)


def _per_io(series: Series, stretch: Stretch) -> tuple[Curve, ...]:
    windows = rate_windows(stretch)
    if no_vcpu_events(series):
        return (nothing(_NO_EXITS),)
    if windows is None or not len(series.reaps):
        return (nothing(NO_COMPLETIONS),)
    at, since = windows
    commands = series.reaps.counts(since, at)
    some = commands >= FEWEST
    exits = _exits(series, since, at)
    return (Curve(at[some].astype(np.float64), exits[some] / commands[some]),)


def _per_s(series: Series, stretch: Stretch) -> tuple[Curve, ...]:
    windows = rate_windows(stretch)
    if windows is None or no_vcpu_events(series):
        return (nothing(_NO_EXITS),)
    at, since = windows
    exits = _exits(series, since, at)
    return (Curve(at.astype(np.float64), exits * 1e9 / np.maximum(at - since, 1)),)


PER_IO = Measure(
    "exits_per_io",
    "Traps per I/O",
    "",
    "lower is better",
    "time",
    _per_io,
    counts=(kinds.VM_EXIT, kinds.CQ_REAP),
)
PER_S = Measure(
    "exits_per_s",
    "Traps per second",
    "1/s",
    "lower is better",
    "time",
    _per_s,
    counts=(kinds.VM_EXIT,),
)
