"""Curves against hand-made events, against the summary of the same stretch, and when data lack."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nvmeviz.analysis.activity import Doing
from nvmeviz.analysis.measure import Stretch, grid
from nvmeviz.analysis.measures import MEASURE_BY_NAME, MEASURES
from nvmeviz.analysis.measures.cpu import ORDER
from nvmeviz.analysis.measures.residual import between, difference
from nvmeviz.analysis.series import Series
from nvmeviz.analysis.summary import summarise
from nvmeviz.engine.doorbell import MODE_BY_NAME
from nvmeviz.engine.simulation import Simulation
from nvmeviz.log import kinds
from nvmeviz.log.events import EVENT
from nvmeviz.scenario.toml import load_scenario

END_NS = 8_000_000
NAMES = [measure.name for measure in MEASURES]


@pytest.fixture(scope="module")
def series() -> Series:
    scenario = load_scenario("google-null-device-2016", MODE_BY_NAME)
    simulation = Simulation(scenario, MODE_BY_NAME["mmio_trap"])
    made = Series(4, tuple(queue.thread for queue in simulation.topology.queues))
    made.extend(simulation.advance(END_NS, 10_000_000))
    return made


def curves(name: str, series: Series, after_ns: int, until_ns: int):
    return MEASURE_BY_NAME[name].curves(series, Stretch(after_ns, until_ns))


@pytest.mark.parametrize("measure", MEASURES, ids=NAMES)
def test_every_graph_has_curves_or_says_why_not(series, measure):
    if measure.between is not None:
        found = measure.between(series, series, Stretch(0, END_NS))
    else:
        found = measure.curves(series, Stretch(0, END_NS))
    assert len(found) == (1 if measure.over == "parts" else len(measure.parts))
    assert not found[0].missing
    for curve in found:
        assert len(curve.x) == len(curve.y)
        assert (len(curve.x) > 5) != bool(curve.missing)
        assert (np.diff(curve.x) >= 0).all()
        assert np.isfinite(curve.y).all()
    for curve in measure.curves(Series(1), Stretch(0, END_NS)):
        assert curve.missing
        assert not len(curve.x)


@pytest.mark.parametrize("name", ["iops", "exits_per_s", "exits_per_io"])
def test_a_rate_is_that_of_the_summary(series, name):
    (curve,) = curves(name, series, 3_000_000, END_NS)
    for number in (0, 40, -1):
        until = int(curve.x[number])
        summary = summarise(series, until - 1_000_000, until)
        per_s = (summary.sq_exits + summary.cq_exits) * 1000
        expected = {
            "iops": summary.iops,
            "exits_per_s": per_s,
            "exits_per_io": summary.exits_per_io,
        }
        assert curve.y[number] == pytest.approx(expected[name])


def test_percentiles_are_those_of_the_summary(series):
    found = curves("latency", series, 3_000_000, END_NS)
    assert [len(curve.x) > 0 for curve in found] == [True, True, False]
    for number in (0, 15, -1):
        until = int(found[0].x[number])
        expected = summarise(series, until - 1_000_000, until).latency_us
        assert expected is not None
        assert found[0].y[number] == pytest.approx(expected[0] * 1e3, rel=0.016)
        assert found[1].y[number] == pytest.approx(expected[1] * 1e3, rel=0.016)
    assert "fewer than 1000" in found[2].missing


def test_the_distribution_holds_the_summary_s_median(series):
    (curve,) = curves("latency_cdf", series, 3_000_000, END_NS)
    expected = summarise(series, 3_000_000, END_NS).latency_us
    assert expected is not None
    assert np.interp(50.0, curve.y, curve.x) == pytest.approx(expected[0] * 1e3, rel=0.02)
    assert curve.y[0] == 0.0
    assert curve.y[-1] == 100.0


def test_a_distribution_of_many_is_that_of_few(series, monkeypatch):
    (exact,) = curves("latency_cdf", series, 0, END_NS)
    monkeypatch.setattr("nvmeviz.analysis.measures.latency_cdf.EXACT", 100)
    (buckets,) = curves("latency_cdf", series, 0, END_NS)
    assert buckets.y[-1] == 100.0
    for share in (10.0, 50.0, 90.0, 99.0):
        near = np.interp(share, buckets.y, buckets.x)
        assert near == pytest.approx(np.interp(share, exact.y, exact.x), rel=0.035)


def test_time_in_exits_per_command_is_that_of_the_summary(series):
    (curve,) = curves("cpu_per_io", series, 2_000_000, END_NS)
    place = [doing for doing, _ in ORDER].index(Doing.EXIT)
    summary = summarise(series, 2_000_000, END_NS)
    outside_ns = summary.vmm_share * 6_000_000 * 4
    # The summary counts whole exits that end inside, the bar the time inside.
    assert curve.y[place] * summary.commands == pytest.approx(outside_ns, rel=0.01)
    assert curve.y.sum() * summary.commands < 6_000_000 * (4 + 5)


def posted_and_reaped(*rows: tuple[int, int]) -> Series:
    events = np.zeros(len(rows), EVENT)
    events["t"] = [t for t, _ in rows]
    events["kind"] = [kind for _, kind in rows]
    events["b"] = 1000
    series = Series(1)
    series.extend(events)
    return series


def test_depth_is_the_mean_number_in_flight():
    series = posted_and_reaped(
        (0, kinds.SQ_POST), (100_000, kinds.SQ_POST), (150_000, kinds.CQ_REAP)
    )
    (curve,) = MEASURE_BY_NAME["depth"].curves(series, Stretch(0, 400_000, 2_000_000))
    at = {int(x): y for x, y in zip(curve.x, curve.y)}
    # Each point is the mean of the 200 us before it, or of what there is.
    assert at[100_000] == pytest.approx(1.0)
    assert at[200_000] == pytest.approx(1.25)
    assert at[400_000] == pytest.approx(1.0)


def test_a_machine_that_does_not_leave_the_guest_has_no_exits_and_not_no_data():
    series = posted_and_reaped(
        (1, kinds.VCPU_WAKE), *((10 + i, kinds.CQ_REAP) for i in range(20)), (3_000_000, 0)
    )
    (per_s,) = curves("exits_per_s", series, 0, 3_000_000)
    assert not per_s.missing
    assert not per_s.y.any()
    bare = posted_and_reaped(*((10 + i, kinds.CQ_REAP) for i in range(20)))
    for name in ("exits_per_s", "exits_per_io", "cpu_per_io"):
        (curve,) = curves(name, bare, 0, 3_000_000)
        assert "no events of vCPUs" in curve.missing
    assert not curves("iops", bare, 0, 3_000_000)[0].missing


@given(st.integers(0, 10**11), st.integers(1, 10**11), st.integers(1, 200))
def test_the_points_of_a_moving_window_stay_where_they_are(after, length, points):
    at = grid(after, after + length, points)
    step = max(1, length // points)
    assert (at % step == 0).all()
    assert ((at > after) & (at <= after + length)).all()
    later = grid(after + 3 * step, after + length + 3 * step, points)
    common = at[at > after + 3 * step]
    assert later[: len(common)].tolist() == common.tolist()


def reaped(times: np.ndarray, latency_ns: int) -> Series:
    """A run whose commands were reaped at these times, each after so long."""
    posts, reaps = np.zeros(len(times), EVENT), np.zeros(len(times), EVENT)
    posts["t"], posts["kind"] = np.maximum(times - latency_ns, 0), kinds.SQ_POST
    reaps["t"], reaps["kind"], reaps["b"] = times, kinds.CQ_REAP, latency_ns
    events = np.concatenate((posts, reaps))
    events = events[np.argsort(events["t"], kind="stable")]
    made = Series(1)
    made.extend(events)
    return made


def test_what_sets_a_prediction_apart_is_a_share_of_what_was_measured():
    measured = reaped(np.arange(10_000, 20_000_000, 10_000), 50_000)
    predicted = reaped(np.arange(8_000, 20_000_000, 8_000), 75_000)
    stretch = Stretch(2_000_000, 18_000_000)
    completed, p50 = between(predicted, measured, stretch)
    assert completed.y == pytest.approx(25.0, abs=1.0)
    assert p50.y == pytest.approx(50.0, abs=3.0)
    whole = difference(predicted, measured, stretch)
    assert whole.completed == pytest.approx(25.0, abs=0.1)
    assert whole.p50 == pytest.approx(50.0, abs=3.0)
    back = difference(measured, predicted, stretch)
    assert back.completed == pytest.approx(-20.0, abs=0.1)


def test_a_run_is_not_set_apart_from_itself(series):
    for curve in between(series, series, Stretch(0, END_NS)):
        assert len(curve.y) > 5
        assert not curve.y.any()
    assert difference(series, series, Stretch(0, END_NS)).completed == 0.0


def test_few_commands_tell_no_share():
    few = reaped(np.arange(0, 20_000_000, 1_000_000), 50_000)
    many = reaped(np.arange(0, 20_000_000, 10_000), 50_000)
    assert all("fewer than" in c.missing for c in between(many, few, Stretch(0, 5_000_000)))
    completed, p50 = between(few, many, Stretch(0, 5_000_000))
    assert completed.y.max() < -90.0
    assert "fewer than" in p50.missing
    assert difference(Series(1), many, Stretch(0, 5_000_000)).completed is None


def test_what_came_before_the_first_replayed_command_does_not_count():
    setup = reaped(np.arange(10_000, 1_000_000, 10_000), 5_000)
    work = np.arange(5_000_000, 8_000_000, 10_000)
    measured = reaped(np.concatenate((np.arange(10_000, 1_000_000, 10_000), work)), 5_000)
    predicted = reaped(np.concatenate(([20_000, 30_000], work)), 5_000)
    completed, _ = between(predicted, measured, Stretch(0, 8_000_000))
    assert completed.x[0] > 5_000_000
    assert np.abs(completed.y).max() < 10.0
    assert difference(predicted, measured, Stretch(0, 8_000_000)).completed == pytest.approx(
        0, abs=1
    )
    assert difference(Series(1), setup, Stretch(0, 8_000_000)).completed is None
