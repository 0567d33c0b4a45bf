"""What messages about predictions do: ask for the submissions of a run, then simulate them in the
pane beside it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, assert_never

from nvmeviz.app.change_panes import FULL, next_number
from nvmeviz.app.effects import WriteReplay
from nvmeviz.app.pane_runs import reconciled
from nvmeviz.app.panes import MAX_PANES, Pane, described, settings_between
from nvmeviz.app.predictions import Predict, PredictionMessage, ReplayWritten
from nvmeviz.engine.doorbell import MODE_BY_NAME
from nvmeviz.scenario.problems import ScenarioError

if TYPE_CHECKING:
    from nvmeviz.app.effects import Effect
    from nvmeviz.app.state import AppState

Result = tuple["AppState", tuple["Effect", ...]]
NOT_RECORDED = (
    "This pane is a simulation already. Predict is for a pane that shows a trace or a recording."
)


def change_predictions(state: AppState, message: PredictionMessage) -> Result:
    """The state after a message about predictions."""
    match message:
        case Predict():
            return _asked(state, message)
        case ReplayWritten():
            return _beside(state, message)
        case _:
            assert_never(message)


def _asked(state: AppState, message: Predict) -> Result:
    wanted = state.selected if message.pane_id is None else message.pane_id
    pane = next((pane for pane in state.panes if pane.pane_id == wanted), None)
    if pane is None or state.base is None:
        return state, ()
    # A prediction stands for the run that it predicts: one more of the same.
    recording = pane.recording or pane.predicts
    run = dict(state.recorded).get(recording)
    if run is None:
        return replace(state, notice=NOT_RECORDED), ()
    if len(state.panes) >= MAX_PANES:
        return replace(state, notice=FULL), ()
    mode = message.mode if message.mode in MODE_BY_NAME else run.mode.name
    return state, (WriteReplay(run, recording, mode, state.base, state.generation),)


def _beside(state: AppState, message: ReplayWritten) -> Result:
    if message.generation != state.generation or state.base is None:
        return state, ()
    if len(state.panes) >= MAX_PANES:
        return replace(state, notice=FULL), ()
    settings = settings_between(state.base, message.scenario)
    made = Pane(next_number(state), message.mode, settings, predicts=message.recording)
    try:
        described(state.base, made)
    except ScenarioError as error:
        return replace(state, notice=f"This run can't be simulated: {error}"), ()
    near = [n for n, p in enumerate(state.panes) if message.recording in (p.recording, p.predicts)]
    place = 1 + max(near, default=len(state.panes) - 1)
    state = replace(
        state,
        solo=None,
        selected=made.pane_id,
        notice=message.words,
        told=message.words,
        history=state.history.after(state.panes),
    )
    return reconciled(state, (*state.panes[:place], made, *state.panes[place:]))
