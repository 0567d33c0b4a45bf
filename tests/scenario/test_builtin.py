"""The scenarios that come with the program keep what their titles promise."""

from __future__ import annotations

import numpy as np
import pytest

from nvmeviz.engine.doorbell import MODE_BY_NAME
from nvmeviz.log import kinds as k
from nvmeviz.scenario.schema import SECTIONS, Measured, Scenario, limits_of
from nvmeviz.scenario.toml import builtin_names, load_scenario
from tests.engine.conformance import check_log, check_progress
from tests.engine.runs import first_events, run_until

SCENARIOS = {name: load_scenario(name, MODE_BY_NAME) for name in builtin_names()}
HANGS = {"lost-doorbell"}  # that is what it shows
MEASURED = [(scenario, row) for scenario in SCENARIOS.values() for row in scenario.measured]


@pytest.mark.parametrize(
    ("scenario", "row"), MEASURED, ids=[f"{scenario.name} {row.mode}" for scenario, row in MEASURED]
)
def test_simulated_iops_lie_within_15_percent_of_the_measured(scenario: Scenario, row: Measured):
    until_ns = 20_000_000
    events = run_until(scenario, MODE_BY_NAME[row.mode], until_ns)
    iops = np.count_nonzero(events["kind"] == k.CQ_REAP) * 1e9 / until_ns
    assert iops == pytest.approx(row.iops, rel=0.15)


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_every_value_lies_in_its_range(scenario: Scenario):
    for section, cls in SECTIONS.items():
        for key, (name, limits) in limits_of(cls).items():
            value = getattr(getattr(scenario, section), name)
            if limits.unit not in ("choice", "text"):
                assert limits.low <= value <= limits.high, f"{section}.{key}"


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_every_mode_of_it_runs_by_the_rules(scenario: Scenario):
    for name in scenario.modes:
        mode = MODE_BY_NAME[name]
        events = first_events(scenario, mode, 10_000)
        check_log(events, scenario, mode)
        if scenario.name != "lost-doorbell":
            check_progress(events, scenario, mode)


def test_the_two_published_figures_are_there():
    iops = {name: {row.mode: row.iops for row in s.measured} for name, s in SCENARIOS.items()}
    assert iops["gce-local-ssd-2017"] == {"mmio_trap": 43_900, "google_2016": 184_000}
    assert iops["google-null-device-2016"] == {"mmio_trap": 200_000, "google_2016": 1_000_000}


def test_the_scenarios_of_the_issue_are_there():
    qemu = SCENARIOS["qemu-2022"]
    assert qemu.profile == "qemu-2022"
    assert {"mmio_trap", "dbbuf_qemu71", "dbbuf_ioeventfd", "dbbuf_iothread"} <= set(qemu.modes)
    assert SCENARIOS["gce-local-ssd-2017"].profile == "google-2017"
    assert SCENARIOS["google-null-device-2016"].profile == "google-2017"


def test_the_lost_doorbell_is_lost():
    scenario = SCENARIOS["lost-doorbell"]
    for mode in scenario.modes:
        events = run_until(scenario, MODE_BY_NAME[mode], scenario.until_ns)
        assert events["t"][-1] < scenario.until_ns // 2
        assert np.count_nonzero(events["kind"] == k.SQ_POST) > np.count_nonzero(
            events["kind"] == k.CQ_REAP
        )
