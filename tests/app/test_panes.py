"""Panes: added, removed, moved, branched, changed while the run plays; undone and remembered."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nvmeviz.app.change_panes import FULL, LAST, RECORDED
from nvmeviz.app.messages import (
    AddPane,
    AddRecording,
    Branch,
    ChangeMode,
    ChangeSetting,
    FloatPane,
    MovePane,
    OpenScenario,
    Pause,
    Redo,
    RemovePane,
    ResetPanes,
    ResetSettings,
    SaveRecording,
    Seek,
    SelectPane,
    SetPanes,
    SetScope,
    Solo,
    Undo,
)
from nvmeviz.app.opening import made_run
from nvmeviz.app.panes import scenario_of, setting_text, settings_between, with_value
from nvmeviz.app.present import present
from nvmeviz.engine.doorbell import MODE_BY_NAME
from nvmeviz.scenario.problems import ScenarioError
from nvmeviz.scenario.toml import load_scenario
from tests.app.drive import opened, send, settle, ticks

if TYPE_CHECKING:
    from nvmeviz.app.state import AppState

TRAP, GOOGLE = "mmio_trap", "google_2016"


def paused(source: str = "gce-local-ssd-2017") -> AppState:
    return send(opened(source), Pause())


def modes(state: AppState) -> list[str]:
    return [pane.mode for pane in state.panes]


def events(state: AppState, number: int, count: int) -> bytes:
    return state.runs[number].log.slice(0, count).tobytes()


def one_pane(state: AppState) -> AppState:
    return send(state, SetScope(all_panes=False, from_here=False))


def test_a_pane_is_added_beside_the_others_at_the_same_time():
    state = send(paused(), AddPane("batched"))
    assert modes(state) == [TRAP, GOOGLE, "batched"]
    assert [run.mode.name for run in state.runs] == modes(state)
    assert state.selected == state.panes[2].pane_id
    added = state.runs[2]
    assert added.frontier_ns > state.head.t_ns
    assert state.head.counts[2] == added.log.count_at(state.head.t_ns) > 0
    assert present(state).panes[2].about.place == 2


def test_there_is_room_for_six_panes_and_the_last_one_stays():
    state = paused()
    for _ in range(4):
        state = send(state, AddPane("polling"))
    assert len(state.panes) == 6
    full = send(state, AddPane("polling"))
    assert full.notice == FULL
    assert send(state, Branch()).notice == FULL
    for _ in range(5):
        state = send(state, RemovePane())
    assert len(state.panes) == 1
    assert send(state, RemovePane()).notice == LAST


def test_undo_and_redo_bring_panes_back_as_they_were():
    start = paused()
    state = send(start, AddPane("batched"), MovePane(-2), RemovePane(start.panes[1].pane_id))
    assert modes(state) == ["batched", TRAP]
    back = send(state, Undo(), Undo(), Undo())
    assert back.panes == start.panes
    assert [run.mode.name for run in back.runs] == [TRAP, GOOGLE]
    again = send(back, Redo(), Redo(), Redo())
    assert again.panes == state.panes
    assert [run.mode.name for run in again.runs] == ["batched", TRAP]
    assert send(back, Undo()).panes == start.panes


def test_runs_that_did_not_change_are_kept():
    state = paused()
    after = send(state, AddPane("batched"), MovePane(-1))
    assert after.runs[0] is state.runs[0]
    assert after.runs[2] is state.runs[1]


def test_another_mode_shows_the_old_picture_until_the_new_run_is_there():
    from nvmeviz.app.update import update

    state = paused()
    after, effects = update(state, ChangeMode("polling"))
    assert modes(after)[0] == "polling"
    assert after.runs[0].mode.name == TRAP
    frame = present(after)
    assert frame.panes[0].title == MODE_BY_NAME[TRAP].title
    assert frame.panes[0].about.progress == 0.0
    assert effects
    done = send(state, ChangeMode("polling"))
    assert done.runs[0].mode.name == "polling"
    assert present(done).panes[0].about.progress is None


def test_a_setting_changes_all_panes_or_one():
    state = send(paused(), ChangeSetting("workload.queue_depth", "4"))
    assert [run.scenario.workload.queue_depth for run in state.runs] == [4, 4]
    assert present(state).panes[0].about.apart == ""
    state = send(one_pane(state), ChangeSetting("workload.queue_depth", "2"))
    assert [run.scenario.workload.queue_depth for run in state.runs] == [2, 4]
    frame = present(state)
    assert [pane.about.apart for pane in frame.panes] == ["queue depth 2", "queue depth 4"]
    assert "arrivals differ" in frame.status
    assert "same arrivals" in present(send(state, Undo())).status


def test_a_change_from_the_start_is_the_run_of_the_changed_scenario():
    state = send(paused(), ChangeSetting("costs.doorbell_exit", "9us"))
    base = load_scenario("gce-local-ssd-2017", MODE_BY_NAME)
    wanted = replace(base, costs=replace(base.costs, doorbell_exit_ns=9_000))
    assert state.runs[0].scenario.costs == wanted.costs
    assert state.head.t_ns == paused().head.t_ns


def test_a_change_from_here_keeps_the_past():
    before = paused()
    count = before.head.counts[0]
    state = send(
        before, SetScope(all_panes=True, from_here=True), ChangeSetting("costs.process", "6us")
    )
    assert events(state, 0, count) == events(before, 0, count)
    assert state.head.counts == before.head.counts
    assert state.panes[0].past[0].count == count
    run = state.runs[0]
    assert run.scenario_at(count - 1).costs.process_ns != 6_000
    assert run.scenario_at(count).costs.process_ns == 6_000
    assert present(state).panes[0].about.branch.startswith("branched at 1")


def test_all_of_a_drag_is_one_step_to_undo():
    start = paused()
    state = send(start, SetScope(all_panes=True, from_here=True))
    for text in ("3us", "4us", "5us"):
        state = send(ticks(state, 1), ChangeSetting("costs.process", text, more=True))
    state = send(state, ChangeSetting("costs.process", "5500ns"))
    assert state.runs[0].scenario_at(1 << 40).costs.process_ns == 5_500
    assert len(state.panes[0].past) == 1
    assert len(state.history.past) == 1
    assert send(state, Undo()).panes == start.panes


def test_another_machine_begins_anew_even_from_here():
    state = send(
        paused(), SetScope(all_panes=True, from_here=True), ChangeSetting("machine.vcpus", "2")
    )
    assert state.panes[0].past == ()
    assert len(state.runs[0].topology.vcpus) == 2


def test_a_branch_shares_the_past_and_goes_its_own_way():
    before = paused()
    count = before.head.counts[0]
    state = send(before, Branch())
    assert modes(state) == [TRAP, TRAP, GOOGLE]
    assert state.selected == state.panes[1].pane_id
    assert state.head.counts[0] == state.head.counts[1] == count
    later = count + 2_000
    assert events(state, 0, later) == events(state, 1, later)
    state = send(state, ChangeSetting("costs.doorbell_exit", "9us"))
    assert [pane.settings for pane in state.panes] == [(), (("costs.doorbell_exit", "9000ns"),), ()]
    assert events(state, 0, count) == events(state, 1, count)
    assert events(state, 0, later) != events(state, 1, later)
    assert present(state).panes[1].about.apart == "doorbell exit 9.00\u00a0µs"
    earlier = send(state, Seek(state.head.t_ns - 20_000))
    assert present(earlier).panes[1].about.apart == ""


def test_a_branch_of_a_branch_and_an_earlier_branch_have_their_pasts():
    state = send(one_pane(paused()), SetScope(all_panes=False, from_here=True))
    first_ns = state.head.t_ns
    state = send(state, ChangeSetting("costs.process", "6us"), Seek(first_ns + 300_000), Branch())
    state = send(state, ChangeSetting("costs.process", "1us"))
    assert [epoch.t_ns for epoch in state.panes[1].past] == [first_ns, first_ns + 300_000]
    early = send(state, Seek(first_ns - 100_000), Branch())
    made = next(pane for pane in early.panes if pane.pane_id == early.selected)
    assert [epoch.t_ns for epoch in made.past] == [first_ns - 100_000]
    assert made.settings == ()


def test_a_wrong_value_says_so_and_changes_nothing():
    state = paused()
    after = send(state, ChangeSetting("costs.process", "5 parsecs"))
    assert after.panes == state.panes
    assert after.panel.wrong is not None
    assert "5 parsecs" in after.panel.wrong[2]
    assert send(after, ChangeSetting("costs.process", "5us")).panel.wrong is None
    far = send(state, ChangeSetting("workload.queue_depth", "0"))
    assert far.panel.wrong is not None
    assert "from 1 to" in far.panel.wrong[2]
    assert send(state, ChangeSetting("seed", "minus one")).panel.wrong is not None


def test_settings_go_back_to_the_scenarios():
    state = send(paused(), ChangeSetting("seed", "9"), ChangeSetting("workload.queue_depth", "4"))
    assert {run.scenario.seed for run in state.runs} == {9}
    assert send(state, ChangeSetting("seed", None)).panes[0].settings == (
        ("workload.queue_depth", "4"),
    )
    assert send(state, ResetSettings()).panes == paused().panes
    assert send(state, ResetPanes()).panes == paused().panes


def test_one_pane_is_shown_alone_and_all_again():
    state = send(paused(), Solo(1))
    assert present(state).solo == state.panes[1].pane_id == state.selected
    assert send(state, Solo(1)).solo is None
    assert send(state, Solo(None)).solo is None
    assert send(state, Solo(5)).solo == state.solo
    assert send(state, RemovePane()).solo is None


def test_a_pane_floats_and_comes_back():
    state = send(paused(), FloatPane())
    assert state.floating == {state.panes[0].pane_id}
    assert send(state, FloatPane()).floating == frozenset()
    assert send(state, RemovePane()).floating == frozenset()


def test_selecting_an_unknown_pane_changes_nothing():
    state = paused()
    assert send(state, SelectPane(77)) is state
    assert send(state, SelectPane(state.panes[1].pane_id)).selected == state.panes[1].pane_id


def test_panes_are_remembered_for_each_scenario():
    state = send(paused(), AddPane("batched"), ChangeSetting("workload.queue_depth", "4"))
    left = state.panes
    other = send(state, OpenScenario("first-steps"))
    assert [run.mode.name for run in other.runs] == [pane.mode for pane in other.panes]
    again = send(other, OpenScenario("gce-local-ssd-2017"))
    assert [replace(pane, pane_id=0) for pane in again.panes] == [
        replace(pane, pane_id=0) for pane in left
    ]
    assert again.runs[2].scenario.workload.queue_depth == 4
    assert "as you left them" in present(again).status
    assert send(again, ResetPanes()).layouts == ()


def test_a_recording_keeps_what_was_set_in_each_pane(tmp_path):
    path = str(tmp_path / "set.nvmeviz")
    state = send(one_pane(paused()), ChangeSetting("doorbell.batch", "3"), ChangeMode("batched"))
    state = send(state, Branch(), ChangeSetting("costs.process", "6us"), SaveRecording(path))
    again = send(opened(path), Pause(), Seek(state.head.t_ns))
    assert [run.provenance for run in again.runs] == ["recorded"] * 3
    assert present(again).panes[0].title == present(state).panes[0].title
    count = len(state.runs[1].log)
    assert again.runs[1].scenario_at(count).costs.process_ns == 6_000
    assert [p.about.branch for p in present(again).panes] == [
        p.about.branch for p in present(state).panes
    ]
    assert send(again, ChangeSetting("costs.process", "3us")).panes == again.panes
    assert send(again, ChangeMode("polling")).notice == RECORDED


def test_a_recording_stands_beside_a_simulation(tmp_path):
    path = str(tmp_path / "beside.nvmeviz")
    send(opened("first-steps"), SaveRecording(path))
    state = send(paused(), AddRecording(path))
    assert [run.provenance for run in state.runs] == ["simulated"] * 2 + ["recorded"] * 3
    assert state.head.t_ns <= min(run.frontier_ns for run in state.runs)
    undone = send(state, Undo())
    assert len(undone.runs) == 2
    assert len(send(undone, Redo()).runs) == 5
    wrong = send(state, AddRecording(str(tmp_path / "none.nvmeviz")))
    assert "no such file" in wrong.notice


@pytest.mark.parametrize("mode", sorted(MODE_BY_NAME))
def test_every_mode_can_be_branched_and_changed(mode: str):
    state = send(opened("first-steps"), Pause(), SetPanes((mode,)), Seek(150_000))
    state = send(state, Branch(), ChangeSetting("costs.submit", "1900ns"))
    assert len(state.runs) == 2
    present(send(state, Seek(300_000)))


KEYS = st.sampled_from(
    ["costs.process", "workload.queue_depth", "doorbell.batch", "machine.vcpus", "seed"]
)
CHANGES = st.one_of(
    st.builds(AddPane, st.sampled_from(["batched", "polling"])),
    st.just(RemovePane()),
    st.just(Branch()),
    st.builds(MovePane, st.integers(-2, 2)),
    st.builds(ChangeMode, st.sampled_from(["batched", "mmio_trap"])),
    st.builds(ChangeSetting, KEYS, st.sampled_from(["2", "3us", "nonsense", None])),
    st.builds(SetScope, st.booleans(), st.booleans()),
    st.builds(SelectPane, st.integers(0, 4)),
    st.builds(Seek, st.integers(0, 90_000)),
    st.just(Undo()),
    st.just(Redo()),
)


@settings(max_examples=20)
@given(st.lists(CHANGES, max_size=6))
def test_whatever_is_done_panes_and_runs_agree_and_undo_leads_back(changes: list):
    start = send(opened("first-steps", ("mmio_trap", "batched")), Pause())
    state = start
    for change in changes:
        state = send(state, change)
        assert 1 <= len(state.panes) <= 6
        assert len({pane.pane_id for pane in state.panes}) == len(state.panes)
        assert state.shown == state.panes
        assert not state.making
        assert any(pane.pane_id == state.selected for pane in state.panes)
    while state.history.past:
        state = send(state, Undo())
    assert state.panes == start.panes


def test_settings_between_two_scenarios_make_one_out_of_the_other():
    base = load_scenario("gce-local-ssd-2017", MODE_BY_NAME)
    other = load_scenario("first-steps", MODE_BY_NAME)
    made = scenario_of(base, settings_between(base, other))
    for section in ("machine", "workload", "doorbell", "costs"):
        assert getattr(made, section) == getattr(other, section)
    assert made.seed == other.seed


def test_a_value_typed_as_the_scenario_has_it_is_no_change():
    base = load_scenario("gce-local-ssd-2017", MODE_BY_NAME)
    text = setting_text(base, "costs.process")
    assert with_value(base, (), "costs.process", text) == ()
    with pytest.raises(ScenarioError, match="not a setting"):
        with_value(base, (), "costs.nothing", "1us")


def test_what_was_measured_is_not_drawn_beside_another_machine():
    state = paused()
    assert state.runs[0].scenario.measured
    assert send(state, ChangeSetting("seed", "9")).runs[0].scenario.measured
    assert not send(state, ChangeSetting("machine.vcpus", "2")).runs[0].scenario.measured


def test_good_news_and_bad_news_look_different(tmp_path):
    state = send(paused(), SaveRecording(str(tmp_path / "x.nvmeviz")))
    assert present(state).notice_calm
    state = send(state, SaveRecording(str(tmp_path / "no" / "x.nvmeviz")))
    assert present(state).notice
    assert not present(state).notice_calm


def pending(state: AppState, *messages) -> tuple[AppState, list]:
    """The state after messages whose effects nobody has performed yet, and those."""
    from nvmeviz.app.update import update

    waiting: list = []
    for message in messages:
        state, effects = update(state, message)
        waiting += effects
    return state, waiting


def test_a_wrong_file_strands_nothing_that_is_under_way():
    state, waiting = pending(paused(), AddPane("polling"), OpenScenario("nonexistent"))
    state = settle(state, tuple(waiting))
    assert "no such scenario" in state.notice
    assert [run.mode.name for run in state.runs] == [TRAP, GOOGLE, "polling"]
    assert not state.making
    assert not state.in_flight


def test_answers_for_what_was_open_never_reach_what_is_open_now():
    state, waiting = pending(
        paused(), OpenScenario("first-steps"), AddPane("polling"), Seek(1_300_000)
    )
    state = settle(state, tuple(waiting))
    assert state.base is not None
    assert state.base.name == "first-steps"
    assert [run.mode.name for run in state.runs] == modes(state)
    for pane, run in zip(state.panes, state.runs, strict=True):
        again = made_run(0, state.base, pane, 50_000)
        count = min(len(again.log), len(run.log))
        assert run.log.slice(0, count).tobytes() == again.log.slice(0, count).tobytes()


def test_a_run_that_can_not_be_made_says_why_and_the_pane_stays_as_it_was():
    state = send(paused(), ChangeSetting("workload.replay", "/nowhere.nvmeviz"))
    state = send(state, ChangeSetting("workload.kind", "replay"))
    assert "/nowhere.nvmeviz" in state.notice
    assert not state.making
    assert state.panes == state.shown


def test_a_pane_whose_run_is_on_its_way_is_not_branched():
    state, _ = pending(paused(), ChangeMode("polling"))
    state, _ = pending(state, Branch())
    assert len(state.panes) == 2
    assert "on its way" in state.notice


def test_a_change_from_here_on_a_run_that_is_on_its_way_is_for_all_of_it():
    state, first = pending(paused(), ChangeSetting("workload.queue_depth", "1"))
    state, second = pending(
        state, SetScope(all_panes=True, from_here=True), ChangeSetting("costs.process", "1us")
    )
    state = settle(state, (*first, *second))
    assert [pane.past for pane in state.panes] == [(), ()]
    assert {run.scenario.costs.process_ns for run in state.runs} == {1_000}


def test_a_recording_beside_another_scenario_keeps_its_past(tmp_path):
    path = str(tmp_path / "past.nvmeviz")
    state = send(paused(), SetScope(all_panes=True, from_here=True))
    send(state, ChangeSetting("costs.process", "6us"), SaveRecording(path))
    beside = send(opened("first-steps"), AddRecording(path))
    pane, run = beside.panes[-1], beside.runs[-1]
    assert len(pane.past) == 1
    assert dict(pane.settings)["costs.process"] == "6000ns"
    assert run.scenario_at(1 << 40).costs.process_ns == 6_000
    again = send(opened(path), ResetPanes())
    assert [len(pane.past) for pane in again.panes] == [1, 1]


def test_a_recording_read_again_is_another_one(tmp_path):
    path = str(tmp_path / "same.nvmeviz")
    send(opened("first-steps", ("mmio_trap",)), SaveRecording(path))
    state = send(paused(), AddRecording(path))
    send(opened("first-steps", ("polling",)), SaveRecording(path))
    state = send(state, AddRecording(path))
    for pane, run in zip(state.panes, state.runs, strict=True):
        assert pane.mode == run.mode.name


def test_a_layout_that_no_machine_can_have_opens_as_the_scenario_is():
    from nvmeviz.app.panes import Epoch, Pane
    from nvmeviz.app.state import initial_state

    past = (Epoch(900, 400_000, (("machine.ring_slots", "32"),)),)
    layouts = (("first-steps", (Pane(0, "mmio_trap", (), past),)),)
    state = settle(*initial_state("first-steps", layouts=layouts))
    assert len(state.runs) == 3
    assert "as they were left" in state.notice


def test_a_drag_back_to_where_it_began_is_nothing_to_undo():
    start = paused()
    value = setting_text(start.runs[0].scenario, "costs.process")
    state = start
    for text in ("3us", "4us", value):
        state = send(state, ChangeSetting("costs.process", text, more=True))
    state = send(state, ChangeSetting("costs.process", value))
    assert state.panes == start.panes
    assert state.history.past == ()
