"""Graphs as they are shown: windows, twins, axes, bars, and as a table."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import numpy as np
import pytest

from nvmeviz.app.graph_view import (
    DEFAULT_VIEW,
    EnlargeGraph,
    GraphView,
    PinGraph,
    SaveGraph,
    SetGraphWindow,
)
from nvmeviz.app.messages import Pause, Seek, SetSpeedPosition
from nvmeviz.app.present import Presenter, present
from nvmeviz.app.present.graph_csv import csv_text
from nvmeviz.app.present.graph_frame import Series
from nvmeviz.app.present.graphs import default_titles, graph_frame, graph_frames
from nvmeviz.app.runs import simulated_run
from nvmeviz.engine.doorbell import MODE_BY_NAME
from nvmeviz.scenario.toml import load_scenario
from tests.app.drive import opened, send, ticks

NOW_NS = 9_000_000


@pytest.fixture(scope="module")
def runs():
    scenario = load_scenario("gce-local-ssd-2017", MODE_BY_NAME)
    shallow = replace(scenario, workload=replace(scenario.workload, queue_depth=8))
    modes = [("mmio_trap", scenario), ("google_2016", scenario), ("google_2016", shallow)]
    return tuple(
        simulated_run(number, of, MODE_BY_NAME[name], NOW_NS)
        for number, (name, of) in enumerate(modes)
    )


def graph(name: str, runs, window_ns: int = 5_000_000, t_ns: int = NOW_NS):
    view = GraphView(window_ns=window_ns)
    return graph_frame(name, runs, t_ns, view, default_titles(runs))


def test_a_window_is_what_the_x_axis_spans(runs):
    assert graph("iops", runs, 1_000_000).x_range == (8_000_000, NOW_NS)
    assert graph("iops", runs, 5_000_000).x_range == (4_000_000, NOW_NS)
    assert graph("iops", runs, 20_000_000).x_range == (0.0, 10_000_000)
    assert graph("iops", runs, 0).x_range == (0.0, 10_000_000)
    for series in graph("iops", runs, 1_000_000).series:
        assert series.x[0] > 8_000_000


def test_a_window_is_said_where_the_axis_does_not_say_it(runs):
    assert graph("latency_cdf", runs, 1_000_000).window == "the last 1\u00a0ms"
    assert graph("cpu_per_io", runs, 0).window == "the whole run"
    assert graph("iops", runs).window == ""


def test_panes_of_one_mode_differ_in_dash_and_name_and_not_in_colour(runs):
    first, second, third = graph("iops", runs).series
    assert first.accent != second.accent == third.accent
    assert (first.dash, second.dash, third.dash) == (0, 0, 1)
    assert len({first.label, second.label, third.label}) == 3
    assert "depth 8" in third.label
    named = graph_frames(runs, NOW_NS, DEFAULT_VIEW, ("a", "b", "c"))[0]
    assert [series.label for series in named.series] == ["a", "b", "c"]


def test_equal_panes_are_told_apart_by_number(runs):
    twins = (runs[1], runs[1])
    assert len(set(default_titles(twins))) == 2


def test_percentiles_are_told_apart_by_dash_and_twins_by_symbol(runs):
    found = graph("latency", runs)
    assert [series.part for series in found.series] == ["p50", "p99", "p99.9"] * 3
    assert [series.dash for series in found.series] == [0, 1, 2] * 3
    assert [series.symbol for series in found.series] == [0] * 6 + [1] * 3
    assert found.styles == ("p50 solid", "p99 dashed")  # too few commands for the third


def test_a_bar_adds_up_to_the_processor_time(runs):
    found = graph("cpu_per_io", runs)
    assert [len(bar.values) for bar in found.bars] == [len(found.segments)] * 3
    exits = [segment.label for segment in found.segments].index("VM exits")
    mmio, shadow, _ = found.bars
    assert mmio.values[exits] > 10 * shadow.values[exits]
    assert max(sum(bar.values) for bar in found.bars) <= found.x_range[1]
    assert any(segment.hatched for segment in found.segments)


def test_latencies_far_apart_get_a_logarithmic_axis(runs):
    assert not graph("latency_cdf", runs).x_log
    series = runs[0].series
    wide = replace(runs[0], series=series)
    rows = series.reaps.value.part(0, len(series.reaps))
    kept = rows.copy()
    rows[len(rows) // 2 :] *= 100
    try:
        found = graph("latency_cdf", (wide,))
    finally:
        rows[:] = kept
    assert found.x_log
    low, high = found.x_range
    assert 0 < low < high


def read(text: str) -> tuple[list[str], list[list[str]]]:
    header, *rows = csv.reader(io.StringIO(text))
    return header, rows


@pytest.mark.parametrize("name", ["iops", "latency", "latency_cdf", "depth"])
def test_a_table_reads_back_as_what_is_plotted(runs, name):
    found = graph(name, runs)
    header, rows = read(csv_text(found))
    curves = [series for series in found.series if len(series.x)]
    assert len(header) == 1 + len(curves) + len(found.marks)
    assert header[0].endswith("(ns)")
    for column, series in enumerate(curves, 1):
        assert found.title in header[column]
        assert series.name in header[column]
        there = [(float(row[0]), float(row[column])) for row in rows if row[column]]
        # A curve that rises straight up has several values at one x: the table keeps the last.
        expected = dict(zip(series.x.tolist(), series.y.tolist(), strict=True))
        assert dict(there) == expected
    assert [row[0] for row in rows] == sorted((row[0] for row in rows), key=float)


def test_a_table_of_bars_has_a_row_for_every_part(runs):
    found = graph("cpu_per_io", runs)
    header, rows = read(csv_text(found))
    assert "CPU time per I/O (ns)" in header[1]
    assert [row[0] for row in rows] == [segment.label for segment in found.segments]
    for column, bar in enumerate(found.bars, 1):
        assert tuple(float(row[column]) for row in rows) == bar.values


def test_a_curve_that_is_missing_has_no_column(runs):
    found = graph("iops", runs)
    empty = Series("gone", "batched", np.empty(0), np.empty(0), "not there")
    header, _ = read(csv_text(replace(found, series=(*found.series, empty))))
    assert not any("gone" in words for words in header)


def test_saving_says_where_or_what_went_wrong(runs, tmp_path):
    state = opened("first-steps")
    path = tmp_path / "iops.csv"
    done = send(state, SaveGraph(str(path), graph("iops", runs)))
    assert str(path) in done.notice
    assert path.read_text(encoding="utf-8").startswith("machine time (ns),")
    failed = send(state, SaveGraph(str(tmp_path / "no" / "iops.csv"), graph("iops", runs)))
    assert "not saved" in failed.notice


def test_only_what_is_on_show_is_made_and_a_change_shows_at_once():
    presenter = Presenter()
    state = opened("gce-local-ssd-2017")
    assert len(presenter.present(state).graphs) == state.graphs.room
    state = send(state, EnlargeGraph("depth"), PinGraph("depth", True))
    frame = presenter.present(state)
    assert [(g.name, g.enlarged, g.pinned) for g in frame.graphs] == [("depth", True, True)]
    assert frame.graph_tools.enlarged == "depth"
    state = send(state, EnlargeGraph(""), SetGraphWindow(0))
    frame = presenter.present(state)
    assert frame.graphs[0].name == "depth"
    assert frame.graph_tools.window_ns == 0


def test_graphs_catch_up_one_a_frame_while_the_playhead_is_moved():
    presenter = Presenter()
    state = send(ticks(opened("gce-local-ssd-2017"), 5), Pause())
    last = presenter.present(state).graphs
    state = send(state, Seek(1_000_000))
    for count in range(1, len(last) + 1):
        now = presenter.present(state).graphs
        assert sum(a is not b for a, b in zip(last, now, strict=True)) == 1
        assert presenter.behind == (count < len(last))
        last = now
    assert presenter.present(state).graphs is last
    assert [g.x_range for g in last] == [g.x_range for g in present(state).graphs]


def test_while_playing_each_graph_is_renewed_about_ten_times_a_second():
    presenter = Presenter()
    state = send(opened("gce-local-ssd-2017"), SetSpeedPosition(0.4))
    renewed = np.zeros(state.graphs.room, int)
    last = presenter.present(state).graphs
    for _ in range(60):
        state = ticks(state, 1)
        now = presenter.present(state).graphs
        fresh = [a is not b for a, b in zip(last, now, strict=True)]
        assert sum(fresh) <= 1
        renewed += fresh
        last = now
    assert ((renewed >= 8) & (renewed <= 11)).all(), renewed
