"""The scrubber's frame: range, strips, flags; and walking from mark to mark. No Qt."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nvmeviz.analysis.series import Column
from nvmeviz.app.effects import Advance, perform
from nvmeviz.app.messages import (
    Hold,
    Pause,
    RunAdvanced,
    SaveRecording,
    Seek,
    SeekMark,
    SetSpeedPosition,
    TogglePlay,
)
from nvmeviz.app.playback import SPEEDS_NS
from nvmeviz.app.present import Presenter, present
from nvmeviz.app.present.scrubber import Scrubber, round_end_ns
from nvmeviz.app.present.scrubber_frame import BINS, LandmarkKind
from nvmeviz.app.state import AppState
from tests.app.drive import opened, send, ticks


def paused(source: str = "first-steps", modes: tuple[str, ...] | None = None) -> AppState:
    return send(opened(source, modes), Pause())


def ground(state: AppState):
    made = Scrubber().frame(state, state.head.t_ns)
    assert made is not None
    return made.ground


def test_without_a_run_there_is_no_scrubber():
    assert present(AppState()).scrubber is None


@given(st.integers(1, 10**11))
def test_the_range_ends_at_a_round_number(t_ns: int):
    end = round_end_ns(t_ns)
    assert t_ns <= end <= 2.5 * t_ns
    assert str(end).rstrip("0") in ("1", "2", "5")


def test_the_range_grows_by_steps_and_never_shrinks():
    state, maker = opened("first-steps"), Scrubber()
    state = send(state, SetSpeedPosition(0.9))
    seen: list[int] = []
    for _ in range(120):
        state = ticks(state, 1)
        made = maker.frame(state, state.head.t_ns)
        assert made is not None
        assert made.t_ns <= made.ground.range_ns
        seen.append(made.ground.range_ns)
    assert seen == sorted(seen)
    assert 1 < len(set(seen)) <= 8
    back = maker.frame(send(state, Pause(), Seek(0)), 0)
    assert back is not None
    assert back.ground.range_ns == seen[-1]


def test_a_run_in_which_nothing_happens_any_more_does_not_stretch_the_range():
    state = send(paused("lost-doorbell"), Seek(3_000_000))
    made = ground(state)
    assert min(run.frontier_ns for run in state.runs) > 10**10
    assert made.range_ns == made.known_ns == 5_000_000
    stuck = [flag for flag in made.flags if flag.kind is LandmarkKind.STUCK]
    assert [flag.pane for flag in stuck] == [1, 0]
    assert all("nothing happens from here, 1 command in flight" in flag.words for flag in stuck)


def test_the_range_stays_when_the_playhead_comes_back():
    state, maker, seen = send(paused("lost-doorbell"), Seek(3_000_000)), Scrubber(), []
    for t_ns in (0, 8_000_000, 0):
        state = send(state, Seek(t_ns), TogglePlay())
        made = maker.frame(state, state.head.t_ns)
        assert made is not None
        seen.append(made.ground.range_ns)
    assert seen[0] < 8_000_000
    assert seen[1:] == [10_000_000, 10_000_000]


def test_a_recording_ends_where_it_ends(tmp_path):
    path = str(tmp_path / "run.nvmeviz")
    state = send(paused("gce-local-ssd-2017"), SaveRecording(path))
    recorded = paused(path)
    made = ground(recorded)
    assert made.range_ns == made.known_ns == min(run.frontier_ns for run in recorded.runs)
    live = [flag for flag in ground(state).flags if flag.t_ns <= made.known_ns]
    assert [flag.words for flag in made.flags] == [flag.words for flag in live]


def test_a_strip_is_the_share_of_time_outside_the_guest():
    state = paused("gce-local-ssd-2017")
    made = ground(state)
    width_ns = made.range_ns // BINS
    for strip, run in zip(made.strips, state.runs, strict=True):
        assert strip.outside.shape == (BINS,)
        assert strip.outside.min() >= 0
        assert strip.outside.max() <= 1
        assert not strip.outside[-(-made.known_ns // width_ns) + 1 :].any()
        total = float(strip.outside.sum()) * width_ns
        assert total == pytest.approx(run.series.returns.total(-1, made.known_ns), rel=0.02)
    traps, shadow = (float(strip.outside.sum()) for strip in made.strips)
    assert traps > 5 * shadow


@pytest.mark.parametrize("source", ["gce-local-ssd-2017", "google-null-device-2016"])
def test_strips_made_bit_by_bit_are_those_made_at_once(source: str):
    state, maker = opened(source), Scrubber()
    state = send(state, SetSpeedPosition(0.75))
    for _ in range(80):
        state = ticks(state, 1)
        made = maker.frame(state, state.head.t_ns)
    state = send(state, Pause())
    made = maker.frame(state, state.head.t_ns)
    assert made is not None
    for strip, other in zip(made.ground.strips, ground(state).strips, strict=True):
        assert (strip.outside == other.outside).all()


@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(1, 60)), max_size=40),
    st.lists(st.integers(-10, 6_000), min_size=1, max_size=20),
)
def test_what_has_passed_of_stretches_is_counted_to_the_nanosecond(stretches, times):
    """One vCPU: stretches outside the guest follow one another."""
    column, t_ns = Column(), 0
    inside = np.zeros(6_000, bool)
    for gap, length in stretches:
        inside[t_ns + gap : t_ns + gap + length] = True
        t_ns += gap + length
        column.extend(np.array([t_ns]), np.array([length]))
    found = column.passed(np.array(times))
    assert found.tolist() == [int(inside[: max(0, t)].sum()) for t in times]


def test_the_ground_stays_the_same_object_while_playing():
    state, maker = opened("gce-local-ssd-2017"), Presenter()
    grounds = []
    for _ in range(60):
        state = ticks(state, 1)
        frame = maker.present(state).scrubber
        assert frame is not None
        assert frame.t_ns == state.head.t_ns
        grounds.append(frame.ground)
    assert len({id(one) for one in grounds}) <= 5


def test_the_worker_finds_the_places_and_the_window_only_keeps_them():
    state = paused("gce-local-ssd-2017")
    run = state.runs[0]
    told = perform(Advance(run, state.generation, run.end_ns, 50_000))
    assert isinstance(told, RunAdvanced)
    assert told.chunk.landmarks is not None
    before = run.landmarks.places
    later = send(state, told).runs[0].landmarks
    assert set(later.places) == {*before, *told.chunk.landmarks.places}
    assert later.carry is told.chunk.landmarks.carry


def marks(state: AppState) -> list[int]:
    known_ns = min(run.frontier_ns for run in state.runs)
    found = {place.t_ns for run in state.runs for place in run.landmarks.places}
    return sorted(t_ns for t_ns in found if t_ns <= known_ns)


def test_ctrl_arrows_visit_every_mark_in_order_and_come_back():
    state = send(paused("qemu-2022"), Seek(-1))
    wanted = marks(state)
    visited: list[int] = []
    while len(visited) < len(wanted):
        state = send(state, SeekMark(forward=True))
        visited.append(state.head.t_ns)
    assert visited == wanted
    back = [visited[-1]]
    while len(back) < len(wanted):
        state = send(state, SeekMark(forward=False))
        back.append(state.head.t_ns)
    assert back[::-1] == wanted
    assert send(state, SeekMark(forward=False)) is state
    assert not state.playing


def test_going_to_a_mark_keeps_playing_and_twice_back_goes_one_further():
    state = send(opened("qemu-2022"), Seek(0))
    first, second, third = marks(state)[:3]
    for wanted in (first, second, third):
        state = send(state, SeekMark(forward=True))
        assert state.head.t_ns == wanted
    state = ticks(send(state, SeekMark(forward=False)), 1)
    assert state.playing
    assert state.head.t_ns > second
    assert SPEEDS_NS[state.speed] * 0.6 > state.head.t_ns - second
    state = ticks(send(state, SeekMark(forward=False)), 1)
    assert first < state.head.t_ns < second
    assert send(state, SeekMark(forward=False)).head.t_ns == first  # there is none before it


def test_a_held_playhead_stands_still_and_goes_on_when_it_is_let_go():
    state = ticks(opened("gce-local-ssd-2017"), 3)
    state = send(state, Hold(held=True), Seek(300_000))
    held = ticks(state, 30)
    assert held.playing
    assert held.head.t_ns == 300_000
    assert ticks(send(held, Hold(held=False)), 3).head.t_ns > 300_000


def test_a_held_playhead_does_not_let_the_range_grow():
    state, maker = paused("gce-local-ssd-2017"), Scrubber()
    before = maker.frame(state, 0)
    assert before is not None
    state = send(state, Hold(held=True))
    for _ in range(20):
        state = send(state, Seek(10**12))
        made = maker.frame(state, min(state.head.t_ns, before.ground.range_ns))
        assert made is not None
        assert made.ground.range_ns == before.ground.range_ns
    assert state.head.t_ns > before.ground.range_ns
