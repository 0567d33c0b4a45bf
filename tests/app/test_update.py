"""What the program does with messages: play, step, seek, open, save. No Qt, no clock."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nvmeviz.app import playback
from nvmeviz.app.messages import (
    ChangeSpeed,
    Dismiss,
    OpenScenario,
    Pause,
    Place,
    SaveRecording,
    Seek,
    SelectQueue,
    SetPanes,
    SetSpeedPosition,
    Step,
    TogglePlay,
    Unit,
)
from nvmeviz.app.present import present
from tests.app.drive import opened, send, ticks


def paused(source: str = "first-steps"):
    return send(opened(source), Pause())


def at_rest(state):
    """The step's glide is over."""
    return ticks(state, 40)


def test_it_opens_playing_where_the_scenario_says():
    state = opened("gce-local-ssd-2017")
    assert state.playing
    assert [run.mode.name for run in state.runs] == ["mmio_trap", "google_2016"]
    assert state.head.t_ns == state.runs[0].scenario.show_from_ns > 0


def test_a_second_of_wall_time_shows_what_the_toolbar_says():
    state = opened("first-steps")
    before = state.head.t_ns
    state = ticks(state, 60)
    shown = state.head.t_ns - before
    assert shown == pytest.approx(20_000, rel=0.001)
    assert "20\u00a0µs" in playback.speed_text(state.speed)


def test_the_engine_stays_ahead_of_the_playhead_at_every_speed():
    state = opened("first-steps")
    for position in np.linspace(0.05, 0.95, 7):
        state = ticks(send(state, SetSpeedPosition(float(position))), 10)
        for run in state.runs:
            assert run.frontier_ns > state.head.t_ns or run.complete


def test_one_step_is_one_event_and_back_is_the_same_picture():
    state = paused()
    state = at_rest(send(state, Seek(50_000)))
    counts, frame = state.head.counts, present(state)
    on = at_rest(send(state, Step(Unit.EVENT, 1)))
    assert sum(on.head.counts) == sum(counts) + 1
    back = at_rest(send(on, Step(Unit.EVENT, -1)))
    assert back.head.counts == counts
    again = at_rest(send(back, Seek(50_000)))
    assert again.head.counts == counts
    for one, other in zip(frame.panes, present(again).panes, strict=True):
        assert one.sq.tail == other.sq.tail
        assert (one.sq.slots == other.sq.slots).all()
        assert one.center == other.center


def test_steps_pass_through_events_of_one_nanosecond_singly():
    state = paused()
    for _ in range(150):
        before = sum(state.head.counts)
        state = send(state, Step(Unit.EVENT, 1))
        assert sum(state.head.counts) == before + 1
    for _ in range(150):
        before = sum(state.head.counts)
        state = send(state, Step(Unit.EVENT, -1))
        assert sum(state.head.counts) == before - 1
    assert state.head.counts == (0, 0, 0)


def test_stepping_back_at_the_start_stays_there():
    state = send(paused(), Seek(Place.START))
    while sum(state.head.counts):
        state = send(state, Step(Unit.EVENT, -1))
    state = at_rest(send(state, Step(Unit.EVENT, -1)))
    assert state.head.t_ns == 0


def test_a_command_step_ends_just_after_a_command_was_reaped():
    state = send(paused("gce-local-ssd-2017"), Step(Unit.COMMAND, 1))
    reaped = [
        int(run.timeline.state_after(count).q_reaped[0])
        for run, count in zip(state.runs, state.head.counts, strict=True)
    ]
    later = send(state, Step(Unit.COMMAND, 1))
    reaped_later = [
        int(run.timeline.state_after(count).q_reaped[0])
        for run, count in zip(later.runs, later.head.counts, strict=True)
    ]
    assert sum(reaped_later) >= sum(reaped) + 1
    assert later.head.t_ns > state.head.t_ns
    assert send(later, Step(Unit.COMMAND, -1)).head.t_ns == state.head.t_ns


def test_a_step_is_shown_over_400_ms_of_simulated_motion():
    state = send(paused("gce-local-ssd-2017"), Step(Unit.EVENT, 1))
    start, _ = state.head.shown()
    middle, _ = ticks(state, 12).head.shown()
    end, counts = at_rest(state).head.shown()
    assert start < middle < end or start == end
    assert counts == state.head.counts


@settings(max_examples=25)
@given(st.lists(st.integers(0, 400_000), min_size=1, max_size=6))
def test_a_time_shows_the_same_whatever_was_shown_before(times: list[int]):
    state = paused()
    for t_ns in times:
        state = send(state, Seek(t_ns))
    fresh = send(paused(), Seek(times[-1]))
    assert state.head == fresh.head
    for run, other, count in zip(state.runs, fresh.runs, state.head.counts, strict=True):
        mine = run.timeline.state_after(count).snapshot()
        assert mine == other.timeline.state_after(count).snapshot()


def test_as_fast_as_it_goes_runs_on_and_never_past_what_is_known():
    state = send(opened("first-steps"), SetSpeedPosition(1.0))
    last = state.head.t_ns
    for _ in range(5):
        state = ticks(state, 1)
        assert state.head.t_ns > last
        assert state.head.t_ns <= playback.limit_ns(state.runs)
        last = state.head.t_ns


def test_one_event_at_a_time_plays_itself():
    state = send(opened("first-steps"), SetSpeedPosition(0.0))
    before = sum(state.head.counts)
    state = ticks(state, 60)
    assert 1 <= sum(state.head.counts) - before <= 4


def test_speed_notches_stop_at_both_ends():
    state = opened("first-steps")
    assert send(state, ChangeSpeed(-100)).speed == 0
    assert send(state, ChangeSpeed(100)).speed == len(playback.SPEEDS_NS) - 1


def test_a_wrong_file_says_so_and_nothing_else_happens(tmp_path):
    state = opened("first-steps")
    bad = tmp_path / "bad.toml"
    bad.write_text('title = "x"\nmodess = 3\n')
    after = send(state, OpenScenario(str(bad)))
    assert "modess" in after.notice
    assert "modes" in after.notice
    assert after.runs is state.runs
    assert send(after, Dismiss()).notice == ""


def test_a_saved_recording_opens_with_the_same_picture(tmp_path):
    state = send(paused("google-null-device-2016"), Seek(450_000), SelectQueue(2))
    path = tmp_path / "run.nvmeviz"
    state = send(state, SaveRecording(str(path)))
    assert str(path) in state.notice
    again = send(opened(str(path)), Pause(), Seek(450_000), SelectQueue(2))
    assert again.runs[0].provenance == "recorded"
    assert again.head == state.head
    for one, other in zip(present(state).panes, present(again).panes, strict=True):
        assert one.center == other.center
        assert one.chips == other.chips
        assert (one.sq.slots == other.sq.slots).all()


def test_a_recording_ends_and_plays_again_from_the_start(tmp_path):
    path = tmp_path / "run.nvmeviz"
    send(opened("first-steps"), SaveRecording(str(path)))
    state = send(opened(str(path)), SetSpeedPosition(1.0))
    state = ticks(state, 3)
    assert not state.playing
    assert send(state, TogglePlay()).head.t_ns == 0


def test_saving_where_nothing_can_be_saved_keeps_everything(tmp_path):
    state = send(opened("first-steps"), SaveRecording(str(tmp_path / "no" / "x.nvmeviz")))
    assert "not saved" in state.notice
    assert len(state.runs) == 3


def test_panes_can_be_chosen():
    state = send(opened("first-steps"), SetPanes(("dbbuf_qemu71", "dbbuf_qemu80")))
    assert [run.mode.name for run in state.runs] == ["dbbuf_qemu71", "dbbuf_qemu80"]


def test_released_blocks_come_back_the_same():
    state = send(opened("first-steps"), SetSpeedPosition(1.0))
    state = ticks(state, 8)
    run = state.runs[2]
    wanted = [run.log.events_of(i).copy() for i in range(len(run.log.blocks))]
    for block in run.log.blocks[:-1]:
        block.events = None
    for number, events in enumerate(wanted):
        assert run.log.events_of(number).tobytes() == events.tobytes()


def test_a_late_answer_for_something_closed_changes_nothing():
    state = opened("first-steps")
    from nvmeviz.app.effects import Advance, perform
    from nvmeviz.app.update import update

    run = state.runs[0]
    answer = perform(Advance(run, state.generation, run.end_ns, 100))
    assert answer is not None
    newer = send(state, OpenScenario("gce-local-ssd-2017"))
    length = len(newer.runs[0].log)
    after, effects = update(newer, answer)
    assert len(after.runs[0].log) == length
    assert not effects


def test_a_run_that_is_full_ends_with_a_word_and_plays_again_from_the_start():
    state = send(opened("first-steps"), SetSpeedPosition(1.0))
    state.runs[1].most_events = len(state.runs[1].log) + 10
    for _ in range(60):
        state = ticks(state, 1)
    assert not state.playing
    assert "as many events as are kept" in state.notice
    assert state.head.t_ns == playback.limit_ns(state.runs) == state.runs[1].frontier_ns
    lengths = [len(run.log) for run in state.runs]
    again = ticks(state, 20)
    assert [len(run.log) for run in again.runs] == lengths
    state = send(state, TogglePlay())
    assert state.playing
    assert state.head.t_ns == 0
