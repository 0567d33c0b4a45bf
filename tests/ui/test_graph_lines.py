"""Dashes, hatches and ticks: arithmetic that a picture rests on."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nvmeviz.app.present.frame import Activity
from nvmeviz.app.present.graph_frame import Bar, GraphFrame, Segment
from nvmeviz.ui.draw.rect import Rect
from nvmeviz.ui.graphs.axes import plan_axes
from nvmeviz.ui.graphs.bars import hatch_lines
from nvmeviz.ui.graphs.dashes import PATTERNS, dashed
from nvmeviz.ui.graphs.hover import label_rect
from nvmeviz.ui.graphs.ticks import log_ticks, value_text, y_texts

POINTS = st.lists(st.tuples(st.floats(0, 9), st.floats(0, 300)), max_size=40)


def length(lines: np.ndarray) -> float:
    return float(np.hypot(lines[:, 2] - lines[:, 0], lines[:, 3] - lines[:, 1]).sum())


@pytest.mark.parametrize("pattern", PATTERNS[1:])
@pytest.mark.parametrize("along_x", [True, False])
@given(points=POINTS)
def test_dashes_lie_on_the_curve_and_leave_gaps(pattern, along_x, points):
    x = np.cumsum([step for step, _ in points]) if points else np.empty(0)
    y = np.array([height for _, height in points])
    lines = dashed(x, y, pattern, along_x)
    whole = float(np.hypot(np.diff(x), np.diff(y)).sum()) if len(x) > 1 else 0.0
    assert length(lines) <= whole + 1e-6
    for x1, y1, x2, y2 in lines.tolist():
        assert x1 <= x2 + 1e-9
        for at, height in ((x1, y1), (x2, y2)):
            near = np.abs(x - at) < 1e-6
            if not near.any():  # at a rise straight up any height in between is right
                assert height == pytest.approx(np.interp(at, x, y), abs=1e-5)


def test_a_straight_line_is_drawn_in_the_share_of_its_pattern():
    x = np.array([0.0, 1200.0])
    lines = dashed(x, x * 0, (7.0, 5.0), along_x=True)
    assert length(lines) == pytest.approx(700.0)
    assert len(lines) == 100


def test_dashes_along_time_stand_still_on_the_screen():
    x = np.arange(0.0, 400.0, 3.0)
    first = dashed(x, np.sin(x), (7.0, 5.0), along_x=True)
    second = dashed(x, np.cos(x / 9), (7.0, 5.0), along_x=True)
    assert set(first[:, 0] % 12 < 7 + 1e-9) == set(second[:, 0] % 12 < 7 + 1e-9) == {True}


@given(st.floats(0.5, 200), st.floats(1, 60), st.floats(2, 12))
def test_hatches_stay_inside_what_they_fill(w, h, step):
    rect = Rect(30, 40, w, h)
    lines = hatch_lines(rect, step)
    for x1, y1, x2, y2 in lines.tolist():
        for x, y in ((x1, y1), (x2, y2)):
            assert rect.x - 1e-6 <= x <= rect.right + 1e-6
            assert rect.y - 1e-6 <= y <= rect.bottom + 1e-6
    if w > step:
        assert len(lines)


@given(st.floats(1, 1e6), st.floats(1.5, 1e4), st.integers(2, 12))
def test_logarithmic_ticks_are_round_and_within(low, ratio, most):
    found = log_ticks(low, low * ratio, most)
    assert all(low * 0.998 <= tick <= low * ratio * 1.002 for tick in found)
    assert all(tick / 10 ** math.floor(math.log10(tick) + 1e-9) <= 5.01 for tick in found)


def test_values_are_said_with_their_unit():
    assert value_text(8300.0, "ns") == "8.30\u00a0µs"
    assert value_text(43_900.0, "IOPS") == "43.9\u00a0k\u00a0IOPS"
    assert value_text(43_900.0, "1/s") == "43.9\u00a0k/s"
    assert value_text(12.34, "%") == "12.3\u00a0%"
    assert value_text(1.621, "") == "1.62"
    assert y_texts([0.0, 50_000.0, 100_000.0], "ns", 5e4, 1e5)[1:] == ["50\u00a0µs", "100\u00a0µs"]


@given(st.floats(0, 300), st.floats(0, 120), st.floats(10, 400), st.floats(10, 200))
def test_the_label_at_the_pointer_stays_in_the_graph_where_it_fits(x, y, w, h):
    field = Rect(0, 0, 300, 120)
    rect = label_rect(field, (x, y), (w, h), 1.0)
    assert rect.x >= 0
    assert rect.y >= 0
    if w <= 300 and h <= 120:
        assert rect.inside(field)


def bars(count: int) -> GraphFrame:
    segment = Segment("guest", Activity.GUEST, False)
    return GraphFrame(
        "cpu_per_io", "CPU", "", "time per I/O", "ns", "ns", (0.0, 10_000.0), (0.0, 1.0), (),
        segments=(segment,), bars=tuple(Bar(str(i), "polling", (5e3,)) for i in range(count)),
    )  # fmt: skip


def test_many_bars_in_little_room_have_their_names_beside_them():
    few, many = plan_axes(bars(2), 300, 100, 1.0), plan_axes(bars(6), 300, 100, 1.0)
    assert few.x_range == (0.0, 10_000.0)
    assert many.x_range[0] < 0
    assert all(tick >= 0 for tick, _ in many.bottom)
