"""The parts of a trace: each can be shown in a pane, in place of another or beside it."""

from __future__ import annotations

import pytest

from nvmeviz.app.epochs import ShowEpoch, epochs_of
from nvmeviz.app.measured import source_of
from nvmeviz.app.messages import AddRecording, Pause, ResetPanes, Seek, Undo
from nvmeviz.app.panes import MAX_PANES
from nvmeviz.app.present import present
from tests.app.drive import opened, send
from tests.importers.traces import sample

CASE = sample("linux-dbbuf-qd16")
SOURCE = source_of(tuple(CASE.files))


def test_a_trace_brings_all_its_parts_and_shows_the_busiest():
    state = opened(SOURCE)
    (pane,) = state.panes
    parts = epochs_of(state.recorded, pane)
    assert [name for name, _ in parts] == [f"{SOURCE}#{n}" for n in range(len(parts))]
    assert len(parts) == 2
    assert state.runs[0].io_commands == max(run.io_commands for _, run in parts)
    about = present(state).panes[0].about
    assert [choice.title for choice in about.epochs] == [run.about.title for _, run in parts]
    assert all("I/O command" in choice.sentence for choice in about.epochs)
    assert about.epoch == pane.recording
    assert len({run.run_id for _, run in parts}) == 2


def test_another_part_takes_the_place_of_what_the_pane_shows():
    state = send(opened(SOURCE), Pause())
    before = state.panes
    other = next(n for n, _ in epochs_of(state.recorded, before[0]) if n != before[0].recording)
    state = send(state, ShowEpoch(other))
    assert [pane.recording for pane in state.panes] == [other]
    assert state.runs[0] is dict(state.recorded)[other]
    assert present(state).panes[0].subtitle.startswith(state.runs[0].about.title)
    assert send(state, Undo()).panes == before
    assert send(state, ResetPanes()).panes[0].recording == before[0].recording


def test_the_playhead_goes_to_where_the_work_begins():
    state = send(opened(SOURCE), Pause())
    main = state.panes[0].recording
    other = next(n for n, _ in epochs_of(state.recorded, state.panes[0]) if n != main)
    state = send(state, ShowEpoch(other), Seek(0), ShowEpoch(main))
    assert state.head.t_ns == state.runs[0].start_ns > 0
    later = state.head.t_ns + 1_000
    state = send(state, Seek(later), ShowEpoch(main))
    assert state.head.t_ns == later


def test_a_part_may_stand_beside_another_while_there_is_room():
    state = opened(SOURCE)
    other = next(n for n, _ in epochs_of(state.recorded, state.panes[0]) if n.endswith("#0"))
    state = send(state, ShowEpoch(other, beside=True))
    assert [pane.recording for pane in state.panes][1] == other
    assert state.selected == state.panes[1].pane_id
    for _ in range(MAX_PANES):
        state = send(state, ShowEpoch(other, beside=True))
    assert len(state.panes) == MAX_PANES
    assert "six" in state.notice


def test_a_part_that_is_not_there_changes_nothing():
    state = opened(SOURCE)
    assert send(state, ShowEpoch("elsewhere#7")).panes == state.panes
    assert epochs_of(state.recorded, opened("first-steps").panes[0]) == ()


@pytest.mark.parametrize("times", [1, 2])
def test_a_trace_read_beside_others_brings_its_parts_too(times):
    state = opened("first-steps")
    count = len(state.panes)
    for _ in range(times):
        state = send(state, AddRecording(CASE.qemu))
    assert len(state.panes) == min(MAX_PANES, count + times)
    assert len(epochs_of(state.recorded, state.panes[-1])) == 2
