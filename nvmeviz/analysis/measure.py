"""What a graph shows: frozen curves with their name, unit and the reason when there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from nvmeviz.log import kinds

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from nvmeviz.analysis.series import Series
    from nvmeviz.log.about import About

POINTS = 160
SMOOTH_STEPS = 8
SMOOTH_NS = 1_000_000  # a rate counts at least this much time, or bursts look like noise
NO_COMPLETIONS = "no completions in the log so far"

Over = Literal["time", "latency", "parts"]


@dataclass(frozen=True, slots=True)
class Stretch:
    """(after, until], ns, and the least time that a rate within it counts."""

    after_ns: int
    until_ns: int
    smooth_ns: int = SMOOTH_NS


@dataclass(frozen=True, eq=False, slots=True)
class Curve:
    """x, y: float64 (n,). `missing`: why there is nothing to draw."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """A graph's row. over: "time" (x is ns, between two times), "latency" (x is ns of latency) or
    "parts" (x counts `parts`, y is what each takes: a stacked bar).

    curves: one curve for each of `parts`, which have the same unit; over "parts" a single one.
    between: of a graph that shows what sets two runs apart, the curves of (prediction, what it
    predicts); its values lie around 0.
    counts: event kinds without which there is nothing to count; times: those whose times it adds up,
    which must stand in the log themselves: how long something took can't be inferred.
    """

    name: str
    title: str
    y_unit: str
    note: str
    over: Over
    curves: Callable[[Series, Stretch], tuple[Curve, ...]]
    parts: tuple[str, ...] = ("",)
    between: Callable[[Series, Series, Stretch], tuple[Curve, ...]] | None = None
    counts: tuple[int, ...] = ()
    times: tuple[int, ...] = ()


_LACKS = {
    kinds.SQ_POST: "no submissions in this trace",
    kinds.CQ_REAP: "no completions in this trace",
    kinds.VM_EXIT: "no kvm_exit records in this trace",
    kinds.VM_ENTRY: "no kvm_exit records in this trace",
    kinds.CTRL_SLEEP: "this trace does not tell when threads sleep",
}


def missing_in(measure: Measure, about: About) -> str:
    """Why a log can't give a measure its events; "" when it can."""
    lacking = [kind for kind in measure.counts if not about.covers(kind)]
    lacking += [kind for kind in measure.times if not about.tells(kind)]
    return _LACKS.get(lacking[0], "no such events in this trace") if lacking else ""


def inferred_in(measure: Measure, about: About) -> bool:
    """True when what a measure counts stands in no record of the log, but follows from others."""
    return not about.tells(*measure.counts)


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
    stretch: Stretch, steps: int = SMOOTH_STEPS, points: int = POINTS
) -> tuple[NDArray[np.int64], NDArray[np.int64]] | None:
    """(ends, starts) of the stretches that the points of a rate count; None when there are too few.

    steps: how many steps of the grid each counts at least.
    """
    ends = grid(stretch.after_ns, stretch.until_ns, points)
    if len(ends) < 2:
        return None
    width = max(stretch.smooth_ns, int(ends[1] - ends[0]) * steps)
    return ends, np.maximum(ends - width, 0)


def no_vcpu_events(series: Series) -> bool:
    """True when a log tells nothing of vCPUs, so that no exits does not mean none happened."""
    return not len(series.activity) and not len(series.returns)
