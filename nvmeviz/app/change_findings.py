"""What messages about findings do, and when a run is looked at without being asked.

A recording is looked at once when it is opened. A simulated run is looked at while the list is open,
again whenever it has grown by a quarter, so that all looks together cost about five times the last.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, assert_never

from nvmeviz.app import playback
from nvmeviz.app.effects import Judge
from nvmeviz.app.findings import counts_text
from nvmeviz.app.findings_view import (
    FindingsMessage,
    Judged,
    LookAgain,
    SeekFinding,
    ShowFinding,
    ToggleFindings,
)

if TYPE_CHECKING:
    from nvmeviz.app.findings_view import FindingsView
    from nvmeviz.app.runs import Run
    from nvmeviz.app.state import AppState

# A simulated run with more events is looked at when somebody asks: a look takes a second and more.
MOST_UNASKED = 600_000
KEY = "Ctrl+L"


def change_findings(state: AppState, message: FindingsMessage) -> AppState:
    """The state after a message about findings."""
    match message:
        case ToggleFindings():
            is_open = not state.findings.open if message.open is None else message.open
            panel = replace(state.panel, open=state.panel.open and not is_open)
            return replace(state, findings=replace(state.findings, open=is_open), panel=panel)
        case LookAgain():
            again = frozenset(run.run_id for run in state.runs)
            return replace(state, findings=replace(state.findings, again=again))
        case ShowFinding():
            return _shown(state, message)
        case SeekFinding():
            to_ns = _neighbour(state, message.forward)
            return _none_there(state, message.forward) if to_ns is None else _at(state, to_ns)
        case Judged():
            return _judged(state, message)
        case _:
            assert_never(message)


def _none_there(state: AppState, forward: bool) -> AppState:
    """Look for findings where nobody has yet; else say that there is none."""
    known = dict(state.findings.found)
    if any(run.run_id not in known for run in state.runs):
        return change_findings(state, ToggleFindings(True))  # which looks
    words = f"There is no finding {'after' if forward else 'before'} this time."
    return replace(state, notice=words, told=words)


def _at(state: AppState, t_ns: int) -> AppState:
    head = playback.head_at(state.runs, max(0, min(t_ns, playback.limit_ns(state.runs))))
    return replace(state, head=head, playing=False, at_live_edge=False)


def _shown(state: AppState, message: ShowFinding) -> AppState:
    if message.pane_id not in [pane.pane_id for pane in state.shown]:
        return state
    state = replace(_at(state, message.t_ns), selected=message.pane_id)
    return replace(state, queue=message.pair) if message.pair >= 0 else state


def _neighbour(state: AppState, forward: bool) -> int | None:
    """When the next finding of a run on show happened, or the last one; None: there is none."""
    known = dict(state.findings.found)
    times = [
        one.t_ns
        for run in state.runs
        if run.run_id in known
        for one in known[run.run_id].report.findings
    ]
    t_ns = state.head.t_ns
    if forward:
        return min((at for at in times if at > t_ns), default=None)
    return max((at for at in times if at < t_ns), default=None)


def _judged(state: AppState, message: Judged) -> AppState:
    view = state.findings
    if message.generation != state.generation:
        return state
    view = replace(view, looking=view.looking - {message.run_id})
    runs = {run.run_id: run for run in state.runs}
    if message.run_id not in runs:
        return replace(state, findings=view)
    others = tuple(pair for pair in view.found if pair[0] in runs and pair[0] != message.run_id)
    view = replace(view, found=(*others, (message.run_id, message.findings)))
    report, notice = message.findings.report, state.notice
    errors = any(one.severity == "error" for one in report.findings)
    if errors and not view.open and not notice and runs[message.run_id].simulation is None:
        notice = f"{message.findings.title}: {counts_text(report)}. {KEY} lists what went wrong."
    return replace(state, findings=view, notice=notice)


def look(state: AppState) -> tuple[AppState, tuple[Judge, ...]]:
    """Ask for a look at each run that is due."""
    view = state.findings
    due = [run for run in state.runs if _is_due(view, run)]
    if not due:
        return state, ()
    ids = frozenset(run.run_id for run in due)
    view = replace(view, looking=view.looking | ids, again=view.again - ids)
    return replace(state, findings=view), tuple(Judge(run, state.generation) for run in due)


def _is_due(view: FindingsView, run: Run) -> bool:
    if run.run_id in view.looking:
        return False
    if run.run_id in view.again:
        return True
    known = next((found for run_id, found in view.found if run_id == run.run_id), None)
    if run.simulation is None:
        return known is None
    if not view.open or len(run.log) > MOST_UNASKED:
        return False
    return known is None or 4 * run.frontier_ns > 5 * known.until_ns
