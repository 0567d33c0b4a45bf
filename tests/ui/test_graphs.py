"""Graphs: redrawn only when they changed, labels apart, everything said in words as well."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from nvmeviz.app.settings import Settings
from nvmeviz.ui.draw.rect import Rect
from nvmeviz.ui.graphs.labels import crosses, place_label
from nvmeviz.ui.main_window import MainWindow
from tests.ui import sample_frames


@pytest.fixture
def window(qtbot):
    made = MainWindow(lambda message: None, Settings(theme="dark"))
    qtbot.addWidget(made)
    made.resize(1600, 900)
    made.set_frame(sample_frames.window(3))
    made.show()
    QApplication.processEvents()
    return made


def test_graphs_appear_after_the_first_frame_and_then_rest(qtbot, window):
    row = window.compare.graphs
    qtbot.waitUntil(
        lambda: len(row.widgets) == 3 and all(w.frame for w in row.widgets), timeout=5000
    )
    qtbot.wait(100)  # the last one shows its frame again once it has its size
    shown = []
    for widget in row.widgets:
        original = widget.set_frame
        widget.set_frame = lambda frame, original=original: (shown.append(frame), original(frame))
    frame = sample_frames.window(3)
    same = tuple(row.wanted)
    window.set_frame(replace(frame, graphs=row.wanted))
    qtbot.wait(250)
    assert shown == []
    changed = replace(same[1], title="Traps, changed")
    window.set_frame(replace(frame, graphs=(same[0], changed, same[2])))
    qtbot.waitUntil(lambda: bool(shown), timeout=2000)
    qtbot.wait(200)
    assert shown == [changed]


def test_a_graph_says_its_values_and_what_is_missing(qtbot, window):
    window.compare.graphs.flush()
    names = [w.accessibleName() for w in window.compare.graphs.widgets]
    assert "MMIO" in names[0]
    assert "184 k measured" in names[0]
    assert "no completion records" in names[2]
    assert "no completion records" in window.compare.graphs.widgets[2].note.text()


def test_labels_touch_neither_curves_nor_one_another():
    field = Rect(0, 0, 400, 160)
    x = np.linspace(0, 380, 381)
    curves = [(x, 40 + 6 * np.sin(x / 11)), (x, 90 + 0 * x), (x, 130 + 4 * np.cos(x / 7))]
    taken: list[Rect] = []
    for curve in curves:
        found = place_label(curve, (90, 15), field, curves, taken, 1.0, None)
        assert found is not None
        taken.append(found[1])
    for first, second in combinations(taken, 2):
        assert first.overlap(second) == 0
    for rect in taken:
        assert rect.inside(field)
        assert not any(crosses(rect, curve, 0.0) for curve in curves)


def test_a_label_keeps_its_place_while_that_is_free():
    field = Rect(0, 0, 400, 160)
    x = np.linspace(0, 300, 301)
    curve = (x, 80 + 0 * x)
    first = place_label(curve, (60, 15), field, [curve], [], 1.0, None)
    assert first is not None
    again = place_label(curve, (60, 15), field, [curve], [], 1.0, first[0])
    assert again == first


def test_no_free_place_means_no_label():
    field = Rect(0, 0, 100, 20)
    x = np.linspace(0, 100, 101)
    curve = (x, 10 + 9 * np.sin(x))
    assert place_label(curve, (60, 15), field, [curve], [], 1.0, None) is None


@pytest.mark.parametrize("n", [0, 1])
def test_graphs_with_hardly_any_points_paint(qtbot, n):
    graphs = tuple(
        replace(g, series=tuple(replace(s, x=s.x[:n], y=s.y[:n]) for s in g.series))
        for g in sample_frames.graphs()
    )
    made = MainWindow(lambda message: None, Settings(theme="light"))
    qtbot.addWidget(made)
    made.resize(1000, 700)
    made.set_frame(replace(sample_frames.window(2), graphs=graphs))
    made.show()
    QApplication.processEvents()
    made.compare.graphs.flush()
    assert not made.grab().isNull()


def test_unknown_values_leave_a_gap_and_do_not_raise(qtbot):
    graph = sample_frames.graphs()[0]
    y = graph.series[0].y.copy()
    y[500:900] = np.nan
    changed = replace(graph, series=(replace(graph.series[0], y=y),))
    made = MainWindow(lambda message: None, Settings(theme="dark"))
    qtbot.addWidget(made)
    made.resize(1000, 700)
    made.set_frame(replace(sample_frames.window(1), graphs=(changed,)))
    made.show()
    QApplication.processEvents()
    made.compare.graphs.flush()
    assert not made.grab().isNull()
