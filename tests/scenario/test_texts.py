"""Fields that are written as text, drives, and profiles: what is right, and what is said of the rest."""

from __future__ import annotations

import pytest

from nvmeviz.engine.doorbell import MODE_BY_NAME
from nvmeviz.engine.draw import latency_factors
from nvmeviz.scenario.drives import drives
from nvmeviz.scenario.limits import limits_of
from nvmeviz.scenario.profiles import profile_named, profile_names, read_profile, write_profile
from nvmeviz.scenario.schema import Costs
from nvmeviz.scenario.texts import URGENT, latency_points, weight_list
from nvmeviz.scenario.toml import ScenarioError, read_scenario, with_setting

HEAD = 'title = "T"\nsentence = "S"\nsource = "made"\nmodes = ["mmio_trap"]\n'


def read(text: str):
    return read_scenario(HEAD + text, "test", "test.toml", MODE_BY_NAME)


def test_weights():
    assert weight_list("4 1 urgent") == (4, 1, URGENT)
    for wrong in ("", "0", "256", "4,1", "high", " ".join("1" * 17)):
        with pytest.raises(ValueError, match="1 to"):
            weight_list(wrong)


def test_a_latency_table_rises():
    assert latency_points("0: 8us, 50: 8.8us, 99.9: 10us") == (
        (0, 8000),
        (50_000, 8800),
        (99_900, 10_000),
    )
    for wrong in (
        "8us",
        "50: 8us, 50: 9us",
        "50: 9us, 99: 8us",
        "0: 1us, 101: 2us",
        "x: 1us, 2: y",
    ):
        with pytest.raises(ValueError, match=r"[a-z]"):
            latency_points(wrong)


def test_latencies_are_drawn_as_the_table_says():
    factors, mean_ns = latency_factors("0: 10us, 50: 10us, 100: 30us", 0)
    values = sorted(factor * mean_ns / 1024 for factor in factors)
    assert mean_ns == pytest.approx(15_000, rel=0.01)
    assert values[100] == pytest.approx(10_000, rel=0.01)
    assert values[768] == pytest.approx(20_000, rel=0.02)
    assert values[-1] == pytest.approx(30_000, rel=0.01)


def test_a_drive_brings_its_figures_and_a_scenario_may_change_them():
    scenario = read('[device]\ndrive = "p4800x"\nchannels = 3\n')
    assert scenario.device.kind == "channels"
    assert scenario.device.channels == 3
    assert scenario.device.latency_ns or scenario.device.latency_table
    assert with_setting(read(""), "device.drive=p4800x").device.kind == "channels"


def test_every_drive_has_a_source():
    assert len(drives()) >= 5
    for drive in drives().values():
        assert drive.source


@pytest.mark.parametrize("name", profile_names())
def test_every_profile_names_the_source_of_each_cost_and_is_written_back_equal(name: str):
    profile = profile_named(name, "test")
    known = limits_of(Costs)
    for key, source in profile.sources:
        assert key in known
        assert source.strip()
    for key, (field_name, limits) in known.items():
        assert limits.low <= getattr(profile.costs, field_name) <= limits.high, key
    assert read_profile(write_profile(profile), name, "test") == profile
    assert set(profile.free) <= set(known)


def test_a_scenario_starts_from_its_profile_and_may_change_a_cost():
    profile = profile_named("qemu-2022", "test")
    scenario = read("profile = 'qemu-2022'\n[costs]\nirq = { value = '2us', source = 'mine' }\n")
    assert scenario.costs.handover_ns == profile.costs.handover_ns
    assert scenario.costs.irq_ns == 2_000
    sources = dict(scenario.cost_sources)
    assert sources["irq"] == "mine"
    assert "3.4" in sources["handover"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "title = 3",
        'title = "T"\n[costs.irq]\nvalue = "1h"\nsource = "s"',
        "\0",
        "[costs]\nx = 1",
    ],
)
def test_a_wrong_profile_is_an_error_of_ours(text: str):
    with pytest.raises(ScenarioError):
        read_profile(text, "test", "test.toml")
