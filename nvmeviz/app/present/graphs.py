"""Graphs: a measure's curves for every run over the same axes, with the measured values drawn in."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from nvmeviz.analysis.activity import Doing
from nvmeviz.analysis.measure import SMOOTH_NS, Curve, Stretch, inferred_in, missing_in, nothing
from nvmeviz.analysis.measures import MEASURE_BY_NAME
from nvmeviz.analysis.measures.cpu import ORDER
from nvmeviz.app.graph_view import (
    DEFAULT_VIEW,
    WHOLE_RUN,
    WINDOWS_NS,
    GraphView,
    in_order,
    on_show,
    with_pairs,
)
from nvmeviz.app.present.differences import difference_words
from nvmeviz.app.present.frame import Activity
from nvmeviz.app.present.graph_frame import (
    Bar,
    GraphChoice,
    GraphFrame,
    GraphTools,
    Mark,
    Segment,
    Series,
)
from nvmeviz.app.present.names import run_accent, run_title
from nvmeviz.units import NBSP

if TYPE_CHECKING:
    from nvmeviz.analysis.measure import Curve, Measure
    from nvmeviz.app.runs import Run

SHORTEST_X_NS = 1_000_000
WIDE = 30.0  # from this ratio of latencies on, their axis is logarithmic
_STEPS = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
_LOG_STEPS = (1.0, 2.0, 5.0)
_STYLES = ("solid", "dashed", "dotted")
_LOOKS: dict[Doing, tuple[Activity, bool]] = {
    Doing.GUEST: (Activity.GUEST, False),
    Doing.IRQ: (Activity.IRQ, False),
    Doing.GUEST_POLL: (Activity.POLLING, False),
    Doing.EXIT: (Activity.VM_EXIT, False),
    Doing.LOCK: (Activity.LOCK_WAIT, False),
    Doing.WORK: (Activity.GUEST, True),
    Doing.POLL: (Activity.POLLING, True),
}
Pairs = tuple[int | None, ...]  # for each pane the place of the one that it predicts
LEAST_PERCENT = 5.0  # what sets a pair apart is not drawn larger than that
_SEGMENTS = tuple(Segment(words, *_LOOKS[doing]) for doing, words in ORDER)


def nice_ceiling(value: float, steps: tuple[float, ...] = _STEPS) -> float:
    """The next round number at or above a value."""
    if value <= 0:
        return 1.0
    decade = 10.0 ** np.floor(np.log10(value))
    for step in steps:
        if value <= step * decade * 1.000001:
            return float(step * decade)
    return float(10 * decade)


def window_words(window_ns: int) -> str:
    """A window as it is chosen: "5 ms"."""
    return f"{window_ns // 1_000_000}{NBSP}ms" if window_ns != WHOLE_RUN else "whole run"


def graph_tools(view: GraphView) -> GraphTools:
    """What stands beside the graphs."""
    row = in_order(view)
    choices = tuple(
        GraphChoice(name, measure.title, name in row, name in view.pinned)
        for name, measure in MEASURE_BY_NAME.items()
    )
    windows = tuple((ns, window_words(ns)) for ns in WINDOWS_NS)
    return GraphTools(choices, windows, view.window_ns, view.enlarged, view.room)


def default_titles(runs: tuple[Run, ...]) -> tuple[str, ...]:
    """The modes' titles; panes of one mode are told apart by their part of a trace, their depth, or
    by number.
    """
    modes = Counter(run.mode.name for run in runs)
    pairs = Counter((run.mode.name, run.scenario.workload.queue_depth) for run in runs)
    parts = Counter(run.about.title for run in runs if run.about.title)
    titles: list[str] = []
    for number, run in enumerate(runs):
        depth = run.scenario.workload.queue_depth
        title = run_title(run)
        if modes[run.mode.name] > 1:
            own = f"depth {depth}" if pairs[run.mode.name, depth] == 1 else str(number + 1)
            title += f" · {run.about.title if parts[run.about.title] == 1 else own}"
        titles.append(title)
    return tuple(titles)


def same_before(runs: tuple[Run, ...]) -> tuple[int, ...]:
    """How many panes of the same mode stand before each."""
    names = [run.mode.name for run in runs]
    return tuple(names[:number].count(name) for number, name in enumerate(names))


def graph_frames(
    runs: tuple[Run, ...],
    t_ns: int,
    view: GraphView = DEFAULT_VIEW,
    titles: tuple[str, ...] = (),
    pairs: Pairs = (),
) -> tuple[GraphFrame, ...]:
    """The graphs on show at a moment. titles: of the panes, where not those of the modes."""
    titles = titles or default_titles(runs)
    names = on_show(with_pairs(view, any(pair is not None for pair in pairs)))
    return tuple(graph_frame(name, runs, t_ns, view, titles, pairs) for name in names)


def graph_frame(
    name: str,
    runs: tuple[Run, ...],
    t_ns: int,
    view: GraphView,
    titles: tuple[str, ...],
    pairs: Pairs = (),
) -> GraphFrame:
    """One graph at a moment."""
    measure = MEASURE_BY_NAME[name]
    whole = view.window_ns == WHOLE_RUN
    after_ns = 0 if whole else max(0, t_ns - view.window_ns)
    smooth_ns = SMOOTH_NS if whole else min(SMOOTH_NS, view.window_ns // 5)
    stretch = Stretch(after_ns, t_ns, smooth_ns)
    window = "the whole run" if after_ns == 0 else f"the last {window_words(view.window_ns)}"
    if measure.over == "parts":
        found = _bar_graph(measure, runs, stretch, titles)
    else:
        found = _curve_graph(measure, runs, stretch, titles, pairs)
    marks = _marks(runs) if name == "iops" else ()
    x_range, top, x_log, series, bars = found
    # A measured value needs room above for its name.
    top = nice_ceiling(max(1.08 * top, *(1.2 * mark.y for mark in marks), 0.0))
    around = measure.between is not None
    told = difference_words(_paired(runs, pairs), titles, stretch) if around else ""
    return GraphFrame(
        name=name,
        title=measure.title,
        note=" · ".join(w for w in (told, measure.note) if w),
        x_label={"time": "machine time", "latency": "latency", "parts": "time per I/O"}[
            measure.over
        ],
        y_unit=measure.y_unit,
        x_unit="ns",
        x_range=(0.0, top) if bars else x_range,
        y_range=(-top if around else 0.0, 100.0 if measure.over == "latency" else top),
        series=series,
        marks=marks,
        x_log=x_log,
        segments=_SEGMENTS if bars else (),
        bars=bars,
        styles=_styles(measure, series),
        window="" if measure.over == "time" and not told else window,
        pinned=name in view.pinned,
        enlarged=name == view.enlarged,
    )


def _styles(measure: Measure, series: tuple[Series, ...]) -> tuple[str, ...]:
    """What the dashes of a pane's several curves stand for, where there are such curves."""
    there = {s.part for s in series if s.part and len(s.x)}
    named = zip(measure.parts, _STYLES, strict=False)
    return tuple(f"{part} {how}" for part, how in named if part in there)


Found = tuple[tuple[float, float], float, bool, tuple[Series, ...], tuple[Bar, ...]]


def _paired(runs: tuple[Run, ...], pairs: Pairs) -> tuple[tuple[int, Run, Run], ...]:
    """(place, prediction, what it predicts) of every pair on show."""
    found = ((n, run, pair) for n, (run, pair) in enumerate(zip(runs, pairs, strict=False)))
    return tuple((n, run, runs[pair]) for n, run, pair in found if pair is not None)


def _curves_of(
    measure: Measure, runs: tuple[Run, ...], stretch: Stretch, pairs: Pairs
) -> list[tuple[int, tuple[Curve, ...]]]:
    """(place of the pane, its curves) of every pane that has some in this graph."""
    if measure.between is None:
        return [(n, _curves(measure, run, stretch)) for n, run in enumerate(runs)]
    between = measure.between
    found = _paired(runs, pairs)
    if not found:
        return [(0, measure.curves(run.series, stretch)) for run in runs[:1]]  # says why not
    return [(n, between(own.series, other.series, stretch)) for n, own, other in found]


def _curve_graph(
    measure: Measure,
    runs: tuple[Run, ...],
    stretch: Stretch,
    titles: tuple[str, ...],
    pairs: Pairs,
) -> Found:
    """(x range, highest y, x logarithmic, curves, no bars)."""
    series: list[Series] = []
    several = len(measure.parts) > 1
    twins = same_before(runs)
    for place, curves in _curves_of(measure, runs, stretch, pairs):
        run, title, twin = runs[place], titles[place], twins[place]
        note = " · inferred" if inferred_in(measure, run.about) else ""
        for number, (part, curve) in enumerate(zip(measure.parts, curves, strict=True)):
            series.append(
                Series(
                    label=title + note,
                    accent=run_accent(run),
                    x=curve.x,
                    y=curve.y,
                    missing=curve.missing,
                    part=part,
                    dash=number if several else twin,
                    symbol=twin if several else 0,
                )
            )
    highest = max((float(s.y.max()) for s in series if len(s.y)), default=0.0)
    if measure.between is not None:
        lowest = min((float(s.y.min()) for s in series if len(s.y)), default=0.0)
        highest = max(highest, -lowest, LEAST_PERCENT)
    if measure.over == "latency":
        x_range, x_log = _latency_range(series)
        return x_range, highest, x_log, tuple(series), ()
    x_range = (
        float(stretch.after_ns),
        float(max(stretch.until_ns, stretch.after_ns + SHORTEST_X_NS)),
    )
    if stretch.after_ns == 0:
        x_range = (0.0, nice_ceiling(x_range[1]))
    return x_range, highest, False, tuple(series), ()


def _curves(measure: Measure, run: Run, stretch: Stretch) -> tuple[Curve, ...]:
    """A measure's curves of a run, or why its log can't have any."""
    missing = missing_in(measure, run.about)
    if missing:
        return tuple(
            nothing(missing) for _ in (measure.parts if measure.over != "parts" else ("",))
        )
    return measure.curves(run.series, stretch)


def _latency_range(series: list[Series]) -> tuple[tuple[float, float], bool]:
    """(low, high) of the latency axis, and whether it is logarithmic."""
    known = [s for s in series if len(s.x)]
    if not known:
        return (0.0, float(SHORTEST_X_NS)), False
    slowest = max(float(np.interp(99.0, s.y, s.x)) for s in known)
    fastest = min(float(np.interp(1.0, s.y[1:], s.x[1:])) for s in known)
    if slowest < WIDE * fastest:
        return (0.0, nice_ceiling(slowest)), False
    last = max(float(np.interp(99.9, s.y, s.x)) for s in known)
    decade = 10.0 ** np.floor(np.log10(max(1.0, fastest)))
    low = max(step for step in _LOG_STEPS if step * decade <= max(1.0, fastest)) * decade
    return (float(low), nice_ceiling(last, _LOG_STEPS)), True


def _bar_graph(
    measure: Measure, runs: tuple[Run, ...], stretch: Stretch, titles: tuple[str, ...]
) -> Found:
    """(no range, longest bar, linear, no curves, bars)."""
    bars: list[Bar] = []
    for run, title in zip(runs, titles, strict=True):
        (curve,) = _curves(measure, run, stretch)
        bars.append(Bar(title, run_accent(run), tuple(curve.y.tolist()), curve.missing))
    longest = max((sum(bar.values) for bar in bars), default=0.0)
    return (0.0, 1.0), longest, False, (), tuple(bars)


def _marks(runs: tuple[Run, ...]) -> tuple[Mark, ...]:
    """Measured values of the modes on show, from their scenarios."""
    rows = (row for run in runs for row in run.scenario.measured if row.mode == run.mode.name)
    return tuple(Mark(row.label, row.mode, float(row.iops)) for row in dict.fromkeys(rows))
