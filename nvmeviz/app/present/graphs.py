"""Graphs: a measure's curve for every run over the same axes, with the measured values drawn in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nvmeviz.analysis.measures import MEASURES
from nvmeviz.app.present.graph_frame import GraphFrame, Mark, Series

if TYPE_CHECKING:
    from nvmeviz.analysis.measure import Measure
    from nvmeviz.app.runs import Run

WINDOW_NS = 5_000_000
SHORTEST_X_NS = 1_000_000
_STEPS = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)


def nice_ceiling(value: float) -> float:
    """The next round number at or above a value."""
    if value <= 0:
        return 1.0
    decade = 10.0 ** np.floor(np.log10(value))
    for step in _STEPS:
        if value <= step * decade * 1.000001:
            return float(step * decade)
    return float(10 * decade)


def graph_frames(runs: tuple[Run, ...], t_ns: int) -> tuple[GraphFrame, ...]:
    """All graphs at a moment."""
    return tuple(_graph(measure, runs, t_ns) for measure in MEASURES)


def _graph(measure: Measure, runs: tuple[Run, ...], t_ns: int) -> GraphFrame:
    over_time = measure.over == "time"
    after_ns = max(0, t_ns - WINDOW_NS)
    series: list[Series] = []
    for run in runs:
        curve = measure.curve(run.series, after_ns, t_ns)
        series.append(Series(run.mode.title, run.mode.name, curve.x, curve.y, curve.missing))
    marks = _marks(runs) if measure.name == "iops" else ()
    highest = max((float(s.y.max()) for s in series if len(s.y)), default=0.0)
    top = nice_ceiling(1.08 * max(highest, *(mark.y for mark in marks), 0.0))
    x_range: tuple[float, float]
    if over_time:
        x_range = (float(after_ns), float(max(t_ns, after_ns + SHORTEST_X_NS)))
        if after_ns == 0:
            x_range = (0.0, nice_ceiling(x_range[1]))
    else:
        slowest = max(
            (float(np.percentile(s.x, 99)) for s in series if len(s.x)), default=SHORTEST_X_NS
        )
        x_range, top = (0.0, nice_ceiling(slowest)), 100.0
    return GraphFrame(
        name=measure.name,
        title=measure.title,
        note=measure.note,
        x_label="machine time" if over_time else "latency",
        y_unit=measure.y_unit,
        x_unit="ns",
        x_range=x_range,
        y_range=(0.0, top),
        series=tuple(series),
        marks=marks,
        cursor_x=None,
    )


def _marks(runs: tuple[Run, ...]) -> tuple[Mark, ...]:
    """Measured values of the modes on show, from the scenario."""
    if not runs:
        return ()
    shown = {run.mode.name for run in runs}
    rows = (row for row in runs[0].scenario.measured if row.mode in shown)
    return tuple(Mark(row.label, row.mode, float(row.iops)) for row in rows)
