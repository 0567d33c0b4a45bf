"""Columns and figures against a plain count over the log."""

from __future__ import annotations

import numpy as np
import pytest

from nvmeviz.analysis.series import Series, digest
from nvmeviz.analysis.summary import summarise
from nvmeviz.engine.doorbell import MODE_BY_NAME
from nvmeviz.engine.simulation import Simulation
from nvmeviz.log import kinds
from nvmeviz.scenario.toml import load_scenario


@pytest.fixture(scope="module")
def run():
    scenario = load_scenario("google-null-device-2016", MODE_BY_NAME)
    simulation = Simulation(scenario, MODE_BY_NAME["mmio_trap"])
    events = simulation.advance(2_000_000, 1_000_000)
    series = Series(4)
    for start in range(0, len(events), 999):
        series.extend(events[start : start + 999])
    return events, series


def test_a_summary_is_what_the_log_says(run):
    events, series = run
    found = summarise(series, 500_000, 1_500_000)
    inside = events[(events["t"] > 500_000) & (events["t"] <= 1_500_000)]
    reaps = inside[inside["kind"] == kinds.CQ_REAP]
    exits = inside[inside["kind"] == kinds.VM_EXIT]
    assert found.commands == len(reaps)
    assert found.iops == pytest.approx(len(reaps) * 1000)
    assert found.sq_exits + found.cq_exits == len(exits)
    assert found.latency_us is not None
    assert found.latency_us[0] == np.sort(reaps["b"])[(len(reaps) - 1) // 2] / 1e3
    returns = inside[inside["kind"] == kinds.VM_ENTRY]
    assert found.vmm_share == pytest.approx(returns["b"].sum() / 4e6)


def test_commands_in_flight_are_those_posted_and_not_reaped(run):
    events, series = run
    for t in (0, 1_000, 777_777, 2_000_000):
        until = events[events["t"] <= t]["kind"]
        posts, reaps = (until == kinds.SQ_POST).sum(), (until == kinds.CQ_REAP).sum()
        assert series.in_flight(t) == posts - reaps


def test_a_piece_is_digested_without_touching_the_series(run):
    events, _ = run
    series = Series(4)
    before = series.standing
    chunk = digest(events[:5000], before)
    again = digest(events[:5000], before)
    assert series.standing is before
    assert series.events == 0
    assert chunk.changes.code.tolist() == again.changes.code.tolist()
    series.take(chunk)
    assert series.events == 5000
    assert series.standing is chunk.standing


def test_nothing_completed_is_said_and_not_zero():
    found = summarise(Series(1), 0, 1000)
    assert found.latency_us is None
    assert found.exits_per_io is None
