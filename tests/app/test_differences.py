"""What sets a prediction apart from its trace: a graph while there is a pair, and words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from nvmeviz.app.graph_view import FitGraphs, PinGraph, SetGraphWindow
from nvmeviz.app.messages import Pause, Place, RemovePane, Seek, SelectPane
from nvmeviz.app.predictions import Predict
from nvmeviz.app.present import present
from nvmeviz.app.present.differences import completed_words, latency_words
from tests.app.drive import opened, send
from tests.app.test_predictions import open_recording, paused

if TYPE_CHECKING:
    from pathlib import Path


def names(state) -> list[str]:
    return [frame.name for frame in present(state).graphs]


def graph(state, name: str = "residual"):
    return next(frame for frame in present(state).graphs if frame.name == name)


def at_live_edge(state):
    return send(state, Seek(Place.LIVE_EDGE), FitGraphs(4), SetGraphWindow(0))


def test_what_sets_a_pair_apart_stands_behind_the_first_graph_while_there_is_one():
    state = at_live_edge(paused())
    assert "residual" not in names(state)
    state = at_live_edge(send(state, Predict(mode="mmio_trap")))
    assert names(state)[:2] == ["iops", "residual"]
    found = graph(state)
    assert {series.part for series in found.series} == {"IOPS", "p50"}
    assert {series.accent for series in found.series} == {"mmio_trap"}
    assert found.y_range[0] == -found.y_range[1]
    assert "commands completed" in found.note
    assert "p50 latency" in found.note
    labels = {series.label for series in graph(state, "iops").series}
    assert labels == {"Doorbell Buffer Config, QEMU 7.1 · measured", "MMIO doorbells · predicted"}
    state = send(state, SelectPane(state.panes[0].pane_id), RemovePane())
    assert "residual" not in names(state)
    pinned = graph(send(state, PinGraph("residual", True)))
    assert "no prediction" in pinned.series[0].missing


def test_a_run_predicted_by_its_own_mode_differs_by_nothing(tmp_path: Path):
    state = send(opened(open_recording(tmp_path)), Pause(), Seek(Place.LIVE_EDGE), Predict())
    found = graph(at_live_edge(state))
    for series in found.series:
        assert len(series.y) > 3
        assert np.abs(series.y).max() < 1.0
    assert "as many commands completed as measured" in found.note
    both = graph(at_live_edge(state), "iops").series
    assert (both[0].x == both[1].x).all()
    assert both[0].y[:-1] == pytest.approx(both[1].y[:-1])
    assert both[0].dash != both[1].dash
    assert both[0].label.endswith("recorded")
    assert both[1].label.endswith("predicted")


def test_differences_are_said_in_words():
    nbsp = "\N{NO-BREAK SPACE}"
    assert completed_words(12.3) == f"12{nbsp}% more commands completed than measured"
    assert completed_words(-3.0) == f"3{nbsp}% fewer commands completed than measured"
    assert completed_words(0.1) == "as many commands completed as measured"
    assert latency_words(-40.0) == f"p50 latency 40{nbsp}% shorter"
    assert latency_words(0.0) == "p50 latency as measured"
    assert completed_words(None) == latency_words(None) == ""
