"""Any moment from anywhere: a seek gives the state that a fold from the start gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nvmeviz.engine.doorbell import MODES
from nvmeviz.engine.simulation import Simulation
from nvmeviz.log.eventlog import EventLog
from nvmeviz.model.reduce import fold
from nvmeviz.model.state import MachineState
from nvmeviz.model.timeline import Keyframe, Timeline
from nvmeviz.scenario.schema import Machine, Workload
from tests.engine.runs import FAR_NS, channels, modes, scenario_of

if TYPE_CHECKING:
    from nvmeviz.engine.mode import DoorbellMode

SCENARIO = scenario_of(
    machine=Machine(vcpus=2, ring_slots=16),
    workload=Workload(queue_depth=8),
    device=channels(4, 9_000, 50),
)
BLOCK = 150
BLOCKS = 5
EVENTS = BLOCK * BLOCKS


def recorded(mode: DoorbellMode, *, keyframes: bool, budget_bytes: int = 1 << 30) -> Timeline:
    """A run of a few small blocks, with keyframes as the app keeps them or with none."""
    simulation = Simulation(SCENARIO, mode)
    log = EventLog(budget_bytes)
    timeline = Timeline(log, simulation.topology)
    blocks: list[np.ndarray] = []

    def refill(number: int) -> np.ndarray:
        return blocks[number].copy()

    log.refill = refill
    for _ in range(BLOCKS):
        events = simulation.advance(FAR_NS, BLOCK)
        blocks.append(events)
        log.append(events, int(events["t"][-1]))
        if keyframes:
            state = simulation.state.snapshot()
            timeline.add_keyframe(Keyframe(len(log), state, simulation.checkpoint()))
    return timeline


def fresh(timeline: Timeline, count: int) -> bytes:
    simulation = Simulation(SCENARIO, MODES[0])
    state = MachineState(simulation.topology)
    events = timeline.log.slice(0, count)
    fold(state, events, 0, len(events))
    return state.snapshot()


@given(
    mode=modes,
    keyframes=st.booleans(),
    budget_bytes=st.sampled_from([1 << 30, 0]),
    seeks=st.lists(st.integers(-3, EVENTS + 3), min_size=1, max_size=12),
)
@settings(max_examples=40)
def test_a_seek_from_any_history_gives_the_same_state(
    mode: DoorbellMode, keyframes: bool, budget_bytes: int, seeks: list[int]
):
    timeline = recorded(mode, keyframes=keyframes, budget_bytes=budget_bytes)
    for count in seeks:
        assert timeline.state_after(count).snapshot() == fresh(timeline, max(0, count))


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)
def test_one_step_back_is_the_state_before(mode: DoorbellMode):
    timeline = recorded(mode, keyframes=True)
    forward = [timeline.state_after(count).snapshot() for count in range(EVENTS + 1)]
    backward = [timeline.state_after(count).snapshot() for count in range(EVENTS, -1, -1)]
    assert forward == backward[::-1]


def test_state_at_holds_everything_of_that_nanosecond():
    timeline = recorded(MODES[0], keyframes=True)
    times = timeline.log.slice(0, EVENTS)["t"]
    for t in (-1, 0, int(times[0]), int(times[0]) - 1, int(times[300]), int(times[-1]), FAR_NS):
        count = int(np.searchsorted(times, t, side="right"))
        assert timeline.state_at(t).snapshot() == fresh(timeline, count)


def test_keyframes_made_from_a_file_stand_at_the_blocks():
    timeline = recorded(MODES[2], keyframes=False)
    timeline.index_keyframes()
    assert [frame.index for frame in timeline.keyframes] == [BLOCK * i for i in range(BLOCKS)]
    for frame in timeline.keyframes:
        assert frame.state == fresh(timeline, frame.index)


def test_a_newer_keyframe_of_the_same_event_counts():
    timeline = recorded(MODES[2], keyframes=True)
    newer = Keyframe(EVENTS, timeline.keyframes[-1].state, "a branch")
    timeline.add_keyframe(newer)
    assert timeline.keyframe_before(EVENTS) is newer
    assert timeline.keyframe_before(EVENTS - 1).index == EVENTS - BLOCK
    with pytest.raises(AssertionError, match="in order"):
        timeline.add_keyframe(Keyframe(3, newer.state))
