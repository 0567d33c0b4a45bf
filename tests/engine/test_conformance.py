"""Every doorbell mode keeps the rules of NVMe and loses nothing, whatever the machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings

from nvmeviz.engine.doorbell import MODES
from tests.engine.conformance import check_log, check_progress
from tests.engine.runs import first_events, scenarios

if TYPE_CHECKING:
    from nvmeviz.engine.mode import DoorbellMode
    from nvmeviz.scenario.schema import Scenario

EVENTS = 8_000

each_mode = pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)


@each_mode
@given(scenario=scenarios())
@settings(max_examples=25)
def test_every_command_completes_once_and_nothing_stops(mode: DoorbellMode, scenario: Scenario):
    events = first_events(scenario, mode, EVENTS)
    assert len(events) == EVENTS, "the simulation ran out of things to come"
    check_log(events, scenario)
    check_progress(events, scenario)
