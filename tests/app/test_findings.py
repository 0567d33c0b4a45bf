"""Findings in the program: when runs are looked at, what the list shows, and where it leads."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nvmeviz.app import change_findings, findings
from nvmeviz.app.effects import Judge, perform
from nvmeviz.app.findings_view import (
    Judged,
    LookAgain,
    SeekFinding,
    ShowFinding,
    ToggleFindings,
)
from nvmeviz.app.messages import Opened, Pause, Place, Seek, TogglePanel
from nvmeviz.app.opening import open_source, save_runs
from nvmeviz.app.present import Presenter, present
from nvmeviz.app.present.findings import ASK, LOOKING, NOTHING
from nvmeviz.app.runs import simulated_run
from nvmeviz.app.state import initial_state
from nvmeviz.app.update import update
from nvmeviz.engine.doorbell import MODE_BY_NAME
from nvmeviz.log import kinds as k
from nvmeviz.log.about import About
from nvmeviz.log.events import KINDS
from nvmeviz.scenario.toml import load_scenario
from tests.app.drive import opened, send, settle

MS = 1_000_000


def lost(until_ns: int = 20 * MS):
    """The program with both runs of the lost doorbell, known up to a time."""
    scenario = load_scenario("lost-doorbell", MODE_BY_NAME)
    runs = tuple(
        simulated_run(number, scenario, MODE_BY_NAME[mode], until_ns)
        for number, mode in enumerate(scenario.modes)
    )
    state, _ = initial_state("lost-doorbell")
    return send(state, Opened("lost-doorbell", state.opening, runs), Pause())


def rules(state) -> list[tuple[str, str]]:
    frame = present(state).findings
    assert frame is not None
    return [(row.severity, row.rule) for row in frame.rows]


def test_a_simulated_run_is_looked_at_when_the_list_opens():
    state = lost()
    assert state.findings.found == ()
    assert present(state).findings is None
    state = send(state, ToggleFindings())
    assert not state.findings.looking
    assert rules(state).count(("error", "lost-doorbell")) == 2
    assert send(state, ToggleFindings()).findings.open is False
    frame = present(state).findings
    assert frame is not None
    first = frame.rows[0]
    assert first.place == "queue 1 · Adaptive polling"
    assert first.spoken.startswith("error, lost-doorbell, queue 1 · Adaptive polling, at 576")


def test_the_list_and_the_settings_take_turns():
    state = send(lost(), TogglePanel(), ToggleFindings())
    assert (state.panel.open, state.findings.open) == (False, True)
    state = send(state, TogglePanel())
    assert (state.panel.open, state.findings.open) == (True, False)
    state = send(state, ToggleFindings(False))
    assert state.panel.open


def test_a_run_is_looked_at_again_when_it_has_grown_by_a_quarter():
    state = send(opened("first-steps", ("mmio_trap",)), Pause(), ToggleFindings())
    until_ns = state.findings.found[0][1].until_ns
    assert until_ns == state.runs[0].frontier_ns
    state = send(state, Seek(Place.LIVE_EDGE))
    assert state.findings.found[0][1].until_ns > 5 * until_ns // 4
    closed = send(state, ToggleFindings(False), Seek(Place.LIVE_EDGE), Seek(Place.LIVE_EDGE))
    assert closed.findings.found == state.findings.found


def test_a_long_run_is_looked_at_only_when_somebody_asks(monkeypatch):
    monkeypatch.setattr(change_findings, "MOST_UNASKED", 100)
    state = send(lost(), ToggleFindings())
    assert state.findings.found == ()
    frame = present(state).findings
    assert frame is not None
    assert frame.empty == ASK
    state = send(state, LookAgain())
    assert len(state.findings.found) == 2
    assert not state.findings.again


def test_only_what_fits_is_looked_at_and_said_so(monkeypatch):
    monkeypatch.setattr(findings, "MOST_EVENTS", 500)
    made = findings.judged(lost().runs[0])
    assert (made.whole, made.events) == (False, 500)
    assert findings.sentences(made) == ["Only the first 500 events were looked at."]
    assert made.until_ns < MS


def test_a_finding_leads_to_its_time_its_pane_and_its_queue():
    state = send(opened("google-null-device-2016"), Pause(), ToggleFindings())
    frame = present(state).findings
    assert frame is not None
    row = next(row for row in frame.rows if row.pair == 2)
    state = send(state, Seek(0), ShowFinding(row.pane_id, row.pair, row.t_ns))
    assert (state.head.t_ns, state.selected, state.queue) == (row.t_ns, row.pane_id, row.pair)
    assert not state.playing
    assert send(state, ShowFinding(99, 0, 5)).head.t_ns == row.t_ns


def test_keys_lead_from_finding_to_finding_of_all_panes():
    state = send(lost(), ToggleFindings(), Seek(0))
    times = sorted({one.t_ns for _, f in state.findings.found for one in f.report.findings})
    assert len(times) >= 2
    there = []
    for _ in times:
        state = send(state, SeekFinding(forward=True))
        there.append(state.head.t_ns)
    assert there == times
    assert send(state, SeekFinding(forward=True)).head.t_ns == times[-1]
    assert send(state, SeekFinding(forward=False)).head.t_ns == times[-2]
    state = send(state, SeekFinding(forward=True))
    assert state.notice == state.told == "There is no finding after this time."


def test_a_key_for_the_next_finding_looks_when_nobody_has():
    state = send(lost(), SeekFinding(forward=True))
    assert state.head.t_ns == 0
    assert state.findings.open
    state = send(state, SeekFinding(forward=True))
    assert state.head.t_ns > 0


def recording(tmp_path, about: About | None = None) -> str:
    path = str(tmp_path / "x.nvmeviz")
    runs = lost(4 * MS).runs
    if about is not None:
        for run in runs:
            run.about = about
    save_runs(path, runs)
    return path


def test_a_recording_is_looked_at_when_it_is_opened_and_an_error_is_told(tmp_path):
    state = opened(recording(tmp_path))
    assert len(state.findings.found) == 2
    assert "1 error" in state.notice
    assert "Ctrl+L" in state.notice


def test_rules_that_cannot_judge_a_log_are_counted(tmp_path):
    kinds = frozenset(row.kind for row in KINDS) - {k.VM_ENTRY, k.IRQ_ENTER}
    path = recording(tmp_path, About(title="measured", kinds=kinds))
    state = send(opened(path), ToggleFindings())
    frame = present(state).findings
    assert frame is not None
    assert frame.limits.startswith("2 of ")
    assert "long-exit: The log can't hold: back in the guest." in frame.limits_hint
    # Four milliseconds of silence are nothing for a queue that was measured.
    assert ("error", "lost-doorbell") not in rules(state)


def test_a_late_answer_for_another_opening_is_dropped():
    state = send(lost(), ToggleFindings())
    found = state.findings.found[0][1]
    assert update(state, Judged(0, state.generation - 1, found))[0].findings is state.findings
    gone = update(state, Judged(99, state.generation, found))[0]
    assert gone.findings.found == state.findings.found


def test_a_run_under_a_look_is_not_looked_at_twice():
    state = lost()
    state, effects = update(state, ToggleFindings())
    assert [isinstance(effect, Judge) for effect in effects] == [True, True]
    _, more = update(state, LookAgain())
    assert not [effect for effect in more if isinstance(effect, Judge)]
    frame = present(state).findings
    assert frame is not None
    assert frame.empty == LOOKING
    state = settle(state, effects)
    assert len(state.findings.found) == 2


def test_nothing_wrong_is_said_in_plain_words():
    state = send(opened("first-steps", ("mmio_trap",)), Pause(), ToggleFindings())
    frame = present(state).findings
    assert frame is not None
    assert (frame.rows, frame.empty) == ((), NOTHING)
    assert frame.summary.startswith("no findings in ")


def test_the_frame_is_the_same_until_something_else_is_found():
    state, presenter = send(lost(), ToggleFindings()), Presenter()
    before = presenter.present(state).findings
    assert presenter.present(send(state, Seek(5))).findings is before
    assert presenter.present(send(state, LookAgain())).findings is before
    less = replace(state, findings=replace(state.findings, found=state.findings.found[:1]))
    assert presenter.present(less).findings is not before


def test_opening_something_else_forgets_what_was_found():
    state = send(lost(), ToggleFindings())
    known = {run_id for run_id, _ in state.findings.found}
    found = open_source("first-steps")
    state, effects = update(
        replace(state, opening=9), Opened("first-steps", 9, found.runs, found.base)
    )
    assert state.findings.open
    assert state.findings.found == ()
    assert not known & {effect.run.run_id for effect in effects if isinstance(effect, Judge)}


@pytest.mark.parametrize("mode", ["google_2016", "adaptive_polling"])
def test_a_look_in_a_worker_answers_with_what_it_found(mode: str):
    scenario = load_scenario("lost-doorbell", MODE_BY_NAME)
    run = simulated_run(7, scenario, MODE_BY_NAME[mode], 20 * MS)
    answer = perform(Judge(run, 3))
    assert isinstance(answer, Judged)
    assert (answer.run_id, answer.generation) == (7, 3)
    assert answer.findings.report.findings[0].rule == "lost-doorbell"
