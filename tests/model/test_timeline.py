"""Any moment from anywhere: a seek gives the state that a fold from the start gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nvmeviz.engine.doorbell import MODES
from nvmeviz.engine.simulation import Simulation, topology_of
from nvmeviz.log.eventlog import EventLog
from nvmeviz.model.reduce import fold
from nvmeviz.model.state import MachineState
from nvmeviz.model.timeline import (
    FARTHEST_EVENTS,
    FEWEST_KEYFRAMES,
    Keyframe,
    Timeline,
    keyframe_is_due,
)
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


def recorded(
    mode: DoorbellMode, *, keyframes: bool, budget_bytes: int = 1 << 30, count: int = BLOCKS
) -> Timeline:
    """A run of a few small blocks, with keyframes as the app keeps them or with none."""
    simulation = Simulation(SCENARIO, mode)
    log = EventLog(budget_bytes)
    timeline = Timeline(log, simulation.topology)
    blocks: list[np.ndarray] = []

    def refill(number: int) -> np.ndarray:
        return blocks[number].copy()

    log.refill = refill
    for _ in range(count):
        events = simulation.advance(FAR_NS, BLOCK)
        blocks.append(events)
        log.append(events, int(events["t"][-1]))
        if keyframes:
            state = simulation.state.snapshot()
            timeline.add_keyframe(Keyframe(len(log), state, simulation.checkpoint()))
    return timeline


def fresh(timeline: Timeline, mode: DoorbellMode, count: int) -> bytes:
    state = MachineState(topology_of(SCENARIO, mode))
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
        assert timeline.state_after(count).snapshot() == fresh(timeline, mode, max(0, count))


def test_keyframes_keep_to_their_budget_and_seeks_stay_right():
    mode = MODES[0]
    timeline = recorded(mode, keyframes=True, count=60)
    whole = len(timeline.keyframes)
    fewer = Timeline(timeline.log, topology_of(SCENARIO, mode))
    fewer.budget_bytes = 20 * timeline.keyframes[1].nbytes
    for keyframe in timeline.keyframes[1:]:
        fewer.add_keyframe(keyframe)
        held = sum(kept.nbytes for kept in fewer.keyframes[1:])
        assert held <= fewer.budget_bytes or len(fewer.keyframes) <= FEWEST_KEYFRAMES
    assert FEWEST_KEYFRAMES <= len(fewer.keyframes) < whole
    assert fewer.keyframes[-1] is timeline.keyframes[-1]
    for count in (0, 1, 4_321, 149, 8_999, 9_000):
        assert fewer.state_after(count).snapshot() == fresh(timeline, mode, count)


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
        assert timeline.state_at(t).snapshot() == fresh(timeline, MODES[0], count)


def test_keyframes_made_from_a_file_stand_at_the_starts_of_some_blocks():
    """As far apart as their size allows."""
    timeline = recorded(MODES[2], keyframes=False, count=80)
    timeline.index_keyframes()
    indices = [frame.index for frame in timeline.keyframes]
    nbytes = timeline.state.nbytes
    expected = [0]
    for block in range(80):
        if block and keyframe_is_due(block * BLOCK, expected[-1], nbytes):
            expected.append(block * BLOCK)
    assert indices == expected
    assert len(indices) > 2
    for frame in timeline.keyframes:
        assert frame.state == fresh(timeline, MODES[2], frame.index)


@pytest.mark.parametrize("nbytes", [1, 10_000, 10**9])
def test_keyframes_cost_little_beside_the_events_and_are_never_too_far_apart(nbytes: int):
    assert keyframe_is_due(0, -1, nbytes)
    assert keyframe_is_due(FARTHEST_EVENTS, 0, nbytes)
    apart = min(FARTHEST_EVENTS, nbytes // 2)
    assert keyframe_is_due(apart, 0, nbytes)
    assert apart == 0 or not keyframe_is_due(apart - 1, 0, nbytes)


def test_a_newer_keyframe_of_the_same_event_counts():
    timeline = recorded(MODES[2], keyframes=True)
    newer = Keyframe(EVENTS, timeline.keyframes[-1].state, "a branch")
    timeline.add_keyframe(newer)
    assert timeline.keyframe_before(EVENTS) is newer
    assert timeline.keyframe_before(EVENTS - 1).index == EVENTS - BLOCK
    with pytest.raises(AssertionError, match="in order"):
        timeline.add_keyframe(Keyframe(3, newer.state))


def test_a_long_way_through_released_blocks_is_made_in_one_leap():
    mode = MODES[0]
    timeline = recorded(mode, keyframes=False, count=8)
    leaps: list[tuple[int, int]] = []

    def leap(keyframe: Keyframe, count: int) -> bytes:
        leaps.append((keyframe.index, count))
        return fresh(timeline, mode, count)

    timeline.leap = leap
    assert timeline.state_after(700).snapshot() == fresh(timeline, mode, 700)
    assert leaps == []  # nothing is released
    timeline.state_after(0)
    for block in timeline.log.blocks[:-1]:
        block.events = None
    assert timeline.state_after(900).snapshot() == fresh(timeline, mode, 900)
    assert leaps == [(0, 900)]
