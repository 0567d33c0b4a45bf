"""Columns and figures against a plain count over the log."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nvmeviz.analysis.measures import MEASURES
from nvmeviz.analysis.series import Column, Series
from nvmeviz.analysis.summary import summarise
from nvmeviz.engine.doorbell import MODE_BY_NAME
from nvmeviz.engine.simulation import Simulation
from nvmeviz.log import kinds
from nvmeviz.scenario.toml import load_scenario


@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(0, 1000)), max_size=60),
    st.integers(-1, 3000),
    st.integers(0, 3000),
    st.integers(1, 7),
)
def test_a_column_counts_and_sums_like_a_list(steps, after, length, cut):
    times = np.cumsum([step for step, _ in steps], dtype=np.int64)
    values = np.array([value for _, value in steps], np.int64)
    column = Column()
    for start in range(0, len(steps), cut):
        column.extend(times[start : start + cut], values[start : start + cut])
    until = after + length
    inside = (times > after) & (times <= until)
    assert column.count(after, until) == inside.sum()
    assert column.total(after, until) == values[inside].sum()
    assert column.values(after, until).tolist() == values[inside].tolist()
    later, earlier = times[times > after], times[times < after]
    assert column.after(after) == (later[0] if len(later) else None)
    assert column.before(after) == (earlier[-1] if len(earlier) else None)


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


def test_nothing_completed_is_said_and_not_zero():
    found = summarise(Series(1), 0, 1000)
    assert found.latency_us is None
    assert found.exits_per_io is None


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.name)
def test_every_graph_has_a_curve_or_says_why_not(run, measure):
    _, series = run
    curve = measure.curve(series, 0, 2_000_000)
    assert len(curve.x) == len(curve.y) > 10
    assert (np.diff(curve.x) >= 0).all()
    assert np.isfinite(curve.y).all()
    nothing = measure.curve(Series(1), 0, 2_000_000)
    assert nothing.missing or not nothing.y.any()
