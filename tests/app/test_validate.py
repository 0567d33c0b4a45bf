"""`validate` simulates what was published, with one profile a machine, and says what is what."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from nvmeviz.app import calibrate
from nvmeviz.app.trial import Length, trial
from nvmeviz.app.validate import PointResult, Validation, chosen_points, validate
from nvmeviz.app.validate_report import footnotes, point_rows, sentences
from nvmeviz.engine import core
from nvmeviz.scenario.problems import ScenarioError
from nvmeviz.scenario.profiles import profile_named, profile_names

POINTS = chosen_points(())


def named(section: str, name: str, quantity: str = "iops") -> list[PointResult]:
    chosen = [p for p in POINTS if (p.section, p.name, p.quantity) == (section, name, quantity)]
    assert chosen
    return list(validate(chosen, lambda _name, _share: None).points)


def test_the_tables_that_were_asked_for_are_there():
    sections = {point.section for point in POINTS}
    assert {"3.1", "3.2", "3.4", "3.5", "3.9", "3.13", "3.18"} <= sections
    rates = [p for p in POINTS if p.section == "3.4" and p.quantity == "mmio_per_io"]
    assert len(rates) == 8


def test_each_section_rests_on_one_profile():
    for section in {point.section for point in POINTS}:
        assert len({p.scenario.profile for p in POINTS if p.section == section}) == 1


def test_qemu_2022_is_fitted_on_its_first_table_alone_with_five_costs():
    profile = profile_named("qemu-2022", "test")
    assert len(profile.free) <= 5
    assert all(label.startswith("3.4, ") for label in profile.fitted_on)
    fitted = {p.section for p in POINTS if p.fitted and p.scenario.profile == "qemu-2022"}
    assert fitted == {"3.4"}


@pytest.mark.parametrize("name", profile_names())
def test_what_a_profile_says_it_was_fitted_on_is_what_is_marked(name: str):
    profile = profile_named(name, "test")
    marked = {p.label for p in POINTS if p.fitted and p.scenario.profile == name}
    assert marked >= set(profile.fitted_on)


def test_a_point_is_simulated_and_compared():
    found = [one for one in named("3.4", "QD 1") if one.point.mode == "mmio_trap"]
    assert len(found) == 1
    row = found[0].as_json()
    assert row["measured"] == 25_100
    assert row["error"] == pytest.approx(row["simulated"] / row["measured"] - 1)
    assert abs(row["error"]) < 0.1
    assert row["fitted"] is True
    assert row["profile"] == "qemu-2022"


def test_the_ioeventfd_row_is_predicted():
    """Fitted on 3.4 alone; the bound that was asked for is 12 %."""
    (one,) = [r for r in named("3.5", "QD 4") if r.point.mode == "dbbuf_ioeventfd"]
    assert one.status == "tested"
    assert one.error is not None
    assert abs(one.error) < 0.12


def test_an_unstable_point_is_a_band():
    found = [one for one in named("3.4", "QD 8") if one.point.mode == "dbbuf_qemu71"]
    assert found[0].status == "band"
    assert found[0].high > 2 * found[0].low
    assert found[0].in_band


def test_what_is_not_modelled_is_said_and_not_counted():
    points = [p for p in POINTS if p.not_modelled]
    assert points
    found = validate(points[:2], lambda _name, _share: None)
    made = found.as_json()
    assert made["points"] == []
    assert len(made["not_modelled"]) == 2
    assert all(row["reason"] for row in made["not_modelled"])


def test_the_report_has_a_row_a_point_and_names_the_free_costs():
    found = validate(chosen_points(("3.13",)), lambda _name, _share: None)
    assert len(point_rows(found)) == len(found.points)
    assert any("vfio-user-2025" in sentence for sentence in sentences(found))
    assert isinstance(footnotes(found), tuple)


def test_a_broken_bound_is_found():
    (one,) = [r for r in named("3.5", "QD 4") if r.point.mode == "dbbuf_ioeventfd"]
    wrong = replace(one, point=replace(one.point, value=1.0, bound=0.12))
    assert wrong.broken
    assert Validation((wrong,), ()).broken == (wrong,)


def test_an_unknown_table_is_said():
    with pytest.raises(ScenarioError, match="not a table of measurements"):
        chosen_points(("9.9",))


def test_a_trial_of_a_guest_that_hangs_ends():
    point = next(p for p in POINTS if p.section == "3.4")
    machine = replace(point.scenario.machine, reset_at_ns=50_000, reset_driver="forgets")
    stuck = replace(point.scenario, machine=machine)
    found = trial(stuck, "dbbuf_qemu71", Length(10, 100_000))
    assert found.iops >= 0


@pytest.mark.skipif(not core.COMPILED, reason="hundreds of runs")
def test_calibration_gives_a_profile_that_says_how_it_was_made(tmp_path):
    pytest.importorskip("scipy")
    found = calibrate.calibrate(
        "kvmforum-2020", date(2026, 1, 2), lambda runs: runs >= 3, lambda _name, _share: None
    )
    assert found.profile.made == date(2026, 1, 2)
    assert found.profile.fitted_on
    path = tmp_path / "new.toml"
    calibrate.save_profile(found, str(path))
    assert "fitted" in path.read_text(encoding="utf-8")
    assert set(found.fit.values) == set(found.profile.free)


def test_a_profile_without_free_costs_is_not_fitted():
    with pytest.raises(ScenarioError, match="no free costs"):
        calibrate.calibrate("vfio-user-2025", date(2026, 1, 2), lambda _: True, lambda *_: None)


def test_an_unknown_profile_is_said():
    with pytest.raises(ScenarioError, match="qemu-2022"):
        calibrate.calibrate("qemu-2021", date(2026, 1, 2), lambda _: True, lambda *_: None)
