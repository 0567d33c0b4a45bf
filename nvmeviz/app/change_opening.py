"""What opening does to the state: something is asked for, read, given up, or there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, assert_never

from nvmeviz.app import playback
from nvmeviz.app.asking import asked
from nvmeviz.app.effects import Open, StopOpening
from nvmeviz.app.findings_view import FindingsView
from nvmeviz.app.measured import source_of
from nvmeviz.app.messages import OpenScenario
from nvmeviz.app.panes import Pane
from nvmeviz.app.reading import (
    CancelOpening,
    NotOpened,
    OpenFiles,
    Progress,
    Reading,
    names_of,
    opened_together,
)
from nvmeviz.app.recent import with_recent
from nvmeviz.app.state import FIRST_SCENARIO, NO_HISTORY

if TYPE_CHECKING:
    from nvmeviz.app.effects import Effect
    from nvmeviz.app.messages import Opened
    from nvmeviz.app.reading import ReadingMessage
    from nvmeviz.app.state import AppState

Result = tuple["AppState", tuple["Effect", ...]]


def change_opening(state: AppState, message: OpenScenario | ReadingMessage) -> Result:
    """The state after a message about opening, and what is to be done for it."""
    match message:
        case OpenScenario():
            return _asked(state, message.source)
        case OpenFiles():
            files = opened_together(message.paths)
            return _asked(state, source_of(files)) if files else (state, ())
        case Progress():
            if message.opening != state.opening or not state.asked:
                return state, ()
            reading = Reading(names_of(state.asked), message.share, message.words)
            return replace(state, reading=reading), ()
        case CancelOpening():
            if state.reading is None:
                return state, ()
            stop = StopOpening(state.opening)
            return replace(state, opening=state.opening + 1, asked="", reading=None), (stop,)
        case NotOpened():
            if message.opening != state.opening:
                return state, ()
            state = replace(state, notice=message.text, asked="", reading=None)
            # A window that has nothing to show yet is no help to anyone.
            nothing = not state.runs and state.source != FIRST_SCENARIO
            return _asked(state, FIRST_SCENARIO) if nothing else (state, ())
        case _:
            assert_never(message)


def _asked(state: AppState, source: str) -> Result:
    panes = dict(state.layouts).get(source, ())
    state, stop = asked(state, source)
    return state, (*stop, Open(source, state.opening, panes=panes))


def opened(state: AppState, message: Opened) -> AppState:
    """What was asked for last is there and takes the place of all that was open."""
    runs = (*message.runs, *(run for _, run in message.others))
    for number, run in enumerate(runs):
        run.run_id = state.next_id + number  # of no run before: late answers for those are dropped
    base = message.base or message.runs[0].scenario
    start_ns = min(base.show_from_ns, playback.limit_ns(message.runs))
    panes = message.panes or tuple(
        Pane(number, run.mode.name) for number, run in enumerate(message.runs)
    )
    pairs = (*zip(panes, message.runs, strict=True), *message.others)
    return replace(
        state,
        source=message.source,
        recent=with_recent(state.recent, message.source),
        generation=message.generation,
        base=base,
        panes=panes,
        runs=message.runs,
        shown=panes,
        making=(),
        recorded=tuple((pane.recording, run) for pane, run in pairs if pane.recording),
        opened=panes if all(pane.recording for pane in panes) else (),
        next_id=state.next_id + len(runs),
        history=NO_HISTORY,
        gesture=None,
        selected=panes[0].pane_id,
        solo=None,
        floating=frozenset(),
        panel=replace(state.panel, wrong=None),
        follow=None,
        head=playback.head_at(message.runs, start_ns),
        playing=True,
        queue=0,
        notice=message.notice or ("" if state.runs else state.notice),
        in_flight=frozenset(),
        at_live_edge=False,
        held=False,
        findings=FindingsView(open=state.findings.open),
        asked="",
        reading=None,
    )
