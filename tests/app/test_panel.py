"""The panel of settings: rows for every field, sliders over their ranges, what panes differ in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nvmeviz.app.messages import ChangeSetting, SelectPane, SetScope, TogglePanel
from nvmeviz.app.panes import SEED, scenario_of
from nvmeviz.app.present import present
from nvmeviz.app.present.panel import limits_for, position_of, text_at
from nvmeviz.engine.doorbell import MODE_BY_NAME
from nvmeviz.scenario.limits import limits_of
from nvmeviz.scenario.schema import SECTIONS
from nvmeviz.scenario.toml import load_scenario
from tests.app.drive import opened, send

if TYPE_CHECKING:
    from nvmeviz.app.present.panel_frame import PanelFrame, PanelRow

NUMBERS = [
    f"{section}.{key}"
    for section, cls in SECTIONS.items()
    for key, (_, limits) in limits_of(cls).items()
    if limits.unit in ("ns", "count", "percent")
]


def panel(state) -> PanelFrame:
    found = present(state).panel
    assert found is not None
    return found


def row(state, key: str) -> PanelRow:
    return next(row for group in panel(state).groups for row in group.rows if row.key == key)


def test_it_is_shown_when_asked_for():
    state = opened("first-steps")
    assert present(state).panel is None
    assert present(send(state, TogglePanel(), TogglePanel())).panel is None


def test_every_setting_of_a_scenario_has_one_row():
    state = send(opened("first-steps"), TogglePanel())
    keys = [row.key for group in panel(state).groups for row in group.rows]
    wanted = {f"{section}.{key}" for section, cls in SECTIONS.items() for key in limits_of(cls)}
    assert sorted(keys) == sorted({*wanted, SEED})


def test_a_row_says_what_it_is_and_what_the_scenario_has():
    state = send(opened("first-steps"), TogglePanel(), ChangeSetting("costs.process", "6us"))
    found = row(state, "costs.process")
    assert found.text == "6\u00a0µs"
    assert found.changed
    assert "In the scenario: " in found.hint
    assert "one command" in found.hint
    assert not row(state, "costs.post").changed
    assert "nvme-mdev" in row(state, "costs.post").hint


def test_panes_that_differ_are_said_to_and_a_wrong_value_stays_in_view():
    state = send(
        opened("first-steps"),
        TogglePanel(),
        SetScope(all_panes=False, from_here=False),
        ChangeSetting("doorbell.batch", "5"),
        SetScope(all_panes=True, from_here=False),
    )
    assert row(state, "doorbell.batch").mixed
    assert not row(state, "costs.process").mixed
    state = send(state, ChangeSetting("doorbell.batch", "many"))
    wrong = row(state, "doorbell.batch").wrong
    assert wrong is not None
    assert wrong[0] == "many"
    assert row(send(state, SelectPane(state.panes[1].pane_id)), "doorbell.batch").wrong is None


@pytest.mark.parametrize("key", [*NUMBERS, SEED])
@given(position=st.floats(0, 1))
def test_every_place_on_a_slider_is_a_good_value_near_it(key: str, position: float):
    base = load_scenario("first-steps", MODE_BY_NAME)
    text, limits = text_at(key, position), limits_for(key)
    value = int(text.removesuffix("ns"))
    assert limits.low <= value <= limits.high
    if key == SEED:
        assert scenario_of(base, ((SEED, text),)).seed == value
    assert position_of(text, limits) == pytest.approx(position, abs=0.26)


@pytest.mark.parametrize("key", NUMBERS)
def test_the_ends_of_a_slider_are_the_ends_of_the_range(key: str):
    limits = limits_for(key)
    assert int(text_at(key, 0.0).removesuffix("ns")) == limits.low
    assert int(text_at(key, 1.0).removesuffix("ns")) == limits.high
