"""The start page without a window: when it is open, what it says, and what it offers."""

from __future__ import annotations

import pytest

from nvmeviz.app.change_panes import MAX_PANES
from nvmeviz.app.commands import COMMAND_BY_NAME
from nvmeviz.app.messages import (
    AddPane,
    ChangeSetting,
    OpenScenario,
    RemovePane,
    SaveRecording,
    SetPanes,
    Tick,
)
from nvmeviz.app.present import Presenter, present
from nvmeviz.app.present.start import HEAD, HEADS, MOST_RECENT, RED, UNKNOWN, gallery
from nvmeviz.app.samples import samples
from nvmeviz.app.start_view import StartView, ToggleStart
from nvmeviz.app.state import initial_state
from nvmeviz.engine.doorbell import MODE_BY_NAME
from nvmeviz.scenario.toml import builtin_names, load_scenario
from tests.app.drive import opened, send, settle

OPEN = ToggleStart(open=True)


def page(state):
    frame = present(state).start
    assert frame is not None
    return frame


def see(name: str) -> tuple[str, ...]:
    return load_scenario(name, MODE_BY_NAME).see


# ---- open and closed ----


def test_it_is_closed_until_somebody_opens_it():
    state = opened("first-steps")
    assert not state.start.open
    assert present(state).start is None


def test_what_a_person_does_with_it_holds_for_the_next_start_too():
    state = send(opened("first-steps"), OPEN)
    assert state.start == StartView(open=True, next_time=True)
    state = send(state, ToggleStart())
    assert state.start == StartView(open=False, next_time=False)
    assert send(state, ToggleStart()).start == StartView(open=True, next_time=True)
    assert send(state, ToggleStart(open=False)).start == StartView(open=False, next_time=False)


def test_a_start_with_something_asked_for_forgets_nothing():
    state, _ = initial_state("first-steps", start=StartView(next_time=True))
    assert state.start == StartView(open=False, next_time=True)


def test_it_has_a_command_with_a_key():
    command = COMMAND_BY_NAME["start_page"]
    assert command.keys == ("F2",)
    assert command.message is ToggleStart
    assert command.listed


def test_it_stays_open_from_scenario_to_scenario():
    state = send(opened("first-steps"), OPEN, OpenScenario("shared-cq"))
    assert page(state).see == see("shared-cq")
    assert page(state).current == "shared-cq"


# ---- what it says ----


@pytest.mark.parametrize("name", builtin_names())
def test_a_scenario_says_what_is_seen(name):
    assert page(send(opened(name), OPEN)).see == see(name)


def test_it_says_nothing_before_there_is_something_to_see():
    state, _ = initial_state("first-steps", start=StartView(open=True))
    assert page(state).see == ()
    assert page(state).current == ""


@pytest.mark.parametrize(
    "change",
    [
        SetPanes(("mmio_trap", "polling")),
        AddPane("polling"),
        RemovePane(),
        ChangeSetting("workload.queue_depth", "2"),
    ],
)
def test_other_panes_are_not_said_to_be_the_scenarios(change):
    state = send(opened("first-steps"), OPEN, change)
    first, red, heads = page(state).see
    count = {2: "Two", 3: "Three", 4: "Four"}[len(state.runs)]
    assert first.startswith(f"{count} panes on one clock")
    assert "simulated" in first
    assert (red, heads) == (RED, HEADS)


def test_a_single_pane_is_not_told_apart_from_others():
    first, _, head = page(send(opened("first-steps", ("polling",)), OPEN)).see
    assert first.startswith("One virtual machine")
    assert head == HEAD


def test_a_trace_is_said_to_be_measured():
    first, red, unknown = page(send(opened(samples()[0].source), OPEN)).see
    assert "measured on a real machine" in first
    assert (red, unknown) == (RED, UNKNOWN)


def test_a_recording_says_what_its_scenario_says(tmp_path):
    path = str(tmp_path / "a.nvmeviz")
    state = send(opened("shared-cq"), SaveRecording(path))
    assert page(send(state, OPEN, OpenScenario(path))).see == see("shared-cq")
    state = send(state, RemovePane(), SaveRecording(path), OPEN, OpenScenario(path))
    assert "recorded" in page(state).see[0]


def test_more_panes_than_there_is_room_for_have_a_count():
    modes = tuple(MODE_BY_NAME)[:MAX_PANES]
    assert page(send(opened("first-steps"), OPEN, SetPanes(modes))).see[0].startswith("Six panes")


# ---- what it offers ----


def test_a_card_for_all_that_comes_with_the_program():
    scenarios, traces = gallery()
    assert tuple(card.source for card in scenarios) == builtin_names()
    assert tuple(card.source for card in traces) == tuple(one.source for one in samples())
    for card in (*scenarios, *traces):
        assert card.title
        assert card.sentence


def test_no_two_cards_have_the_same_picture():
    cards = [card for part in gallery() for card in part]
    assert len({card.sketch for card in cards}) == len(cards)


def sketch(name: str):
    return next(card.sketch for card in gallery()[0] if card.source == name)


def test_the_picture_shows_the_machine_of_the_description():
    default = sketch("gce-local-ssd-2017")
    assert [pane.wall for pane in default.panes] == ["lit", "shut"]
    assert [pane.announce for pane in default.panes] == ["every", "shadow"]
    assert default.panes[0].sqs == (0.5,)
    assert default.channels > 0
    assert [pane.wall for pane in sketch("first-steps").panes] == ["lit", "part", "shut"]
    null = sketch("google-null-device-2016")
    assert null.channels == 0
    assert len(null.panes[0].sqs) == len(null.panes[0].cqs) == 4
    shared = sketch("shared-cq").panes[0]
    assert (len(shared.sqs), len(shared.cqs)) == (2, 1)
    noisy = sketch("noisy-neighbour").panes
    assert [fill == max(noisy[0].sqs) for fill in noisy[0].sqs] == [False, False, True]
    assert [pane.worker for pane in noisy] == ["naps", "polls", "card"]
    assert all(pane.torn for pane in sketch("lost-doorbell").panes)
    assert all(pane.cup for pane in sketch("coalescing").panes)
    assert all(pane.guest_polls for pane in sketch("spdk-vfio-user").panes)
    assert [pane.wall for pane in sketch("sriov-p4800x").panes] == ["open", "open", "part", "part"]


def test_files_opened_last_with_their_folders():
    files = tuple(f"/home/me/{n}.nvmeviz" for n in range(9))
    state = settle(*initial_state("first-steps", recent=files, start=StartView(open=True)))
    recent = page(state).recent
    assert [choice.name for choice in recent] == list(files[:MOST_RECENT])
    assert (recent[0].title, recent[0].sentence) == ("0.nvmeviz", "/home/me")


def test_while_it_plays_nothing_is_made_anew():
    presenter, state = Presenter(), send(opened("first-steps"), OPEN)
    first = presenter.present(state).start
    state = send(state, Tick(16_000_000), Tick(16_000_000))
    assert presenter.present(state).start is first
    assert presenter.present(send(state, OpenScenario("shared-cq"))).start is not first
