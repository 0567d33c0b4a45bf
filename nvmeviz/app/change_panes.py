"""What messages about panes do: add, remove, move, choose, branch, other modes and settings, undo.

Descriptions change at once; runs follow. A run whose description did not change is kept, and the
picture of one that did stays until the new run has come to the playhead.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, assert_never

from nvmeviz.app import playback
from nvmeviz.app.asking import asked
from nvmeviz.app.effects import ReadRecording
from nvmeviz.app.epochs import ShowEpoch
from nvmeviz.app.messages import (
    AddPane,
    AddRecording,
    Branch,
    ChangeMode,
    ChangeSetting,
    FloatPane,
    MovePane,
    PaneMessage,
    RecordingRead,
    Redo,
    RemovePane,
    ResetPanes,
    ResetSettings,
    SelectPane,
    SetPanes,
    SetScope,
    Solo,
    TogglePanel,
    Undo,
)
from nvmeviz.app.opening import panes_of
from nvmeviz.app.pane_runs import reconciled
from nvmeviz.app.panes import (
    MAX_PANES,
    History,
    Pane,
    Panes,
    branched,
    described,
    rebased,
    with_settings_from,
    with_value,
)
from nvmeviz.app.state import Gesture
from nvmeviz.engine.doorbell import MODE_BY_NAME
from nvmeviz.scenario.problems import ScenarioError

if TYPE_CHECKING:
    from collections.abc import Callable

    from nvmeviz.app.effects import Effect
    from nvmeviz.app.state import AppState
    from nvmeviz.scenario.schema import Scenario

Result = tuple["AppState", tuple["Effect", ...]]
ON_ITS_WAY = "This pane's new run is on its way. Branch once it is there."
FULL = "There is room for six panes only: remove one first (Ctrl+W)."
LAST = "The last pane stays. Choose another doorbell mode for it in the settings (Ctrl+P)."
RECORDED = "A recording is as it was: its settings can't be changed. Add a pane to simulate them."


def change_panes(state: AppState, message: PaneMessage) -> Result:
    """The state after a message about panes, and the engines to be made for it."""
    if state.base is None:
        return state, ()
    match message:
        case SetPanes():
            modes = [mode for mode in message.modes if mode in MODE_BY_NAME][:MAX_PANES]
            first = next_number(state)
            panes = tuple(Pane(first + n, mode) for n, mode in enumerate(modes))
            return _step(state, panes) if panes else (state, ())
        case ResetPanes():
            panes = _opened_panes(state) or panes_of(state.base)
            return _step(state, panes)
        case AddPane():
            return _added(state, message.mode)
        case AddRecording():
            state, stop = asked(state, message.path)
            return state, (*stop, ReadRecording(message.path, state.generation, state.opening))
        case RecordingRead():
            return _beside(state, message)
        case ShowEpoch():
            return _with_epoch(state, message)
        case Branch():
            return _branched(state)
        case RemovePane():
            return _removed(state, message.pane_id)
        case MovePane():
            return _moved(state, message)
        case SelectPane():
            known = any(pane.pane_id == message.pane_id for pane in state.panes)
            if not known or state.selected == message.pane_id:
                return state, ()
            return _calm(replace(state, selected=message.pane_id)), ()
        case Solo():
            return _alone(state, message.place), ()
        case FloatPane():
            return _floated(state, message.pane_id), ()
        case TogglePanel():
            is_open = not state.panel.open if message.open is None else message.open
            findings = replace(state.findings, open=state.findings.open and not is_open)
            panel = replace(state.panel, open=is_open)
            return _calm(replace(state, panel=panel, findings=findings)), ()
        case SetScope():
            panel = replace(state.panel, all_panes=message.all_panes, from_here=message.from_here)
            return _calm(replace(state, panel=panel)), ()
        case ChangeMode():
            return _with_mode(state, message)
        case ChangeSetting():
            return _set(state, message)
        case ResetSettings():
            return _step(
                state, _mapped(state, state.panes, lambda p: replace(p, settings=(), past=()))
            )
        case Undo():
            return _undone(state)
        case Redo():
            return _redone(state)
        case _:
            assert_never(message)


def _calm(state: AppState) -> AppState:
    """Without what was wrong a moment ago, and with no slider being dragged."""
    if state.panel.wrong is None and state.gesture is None:
        return state
    return replace(state, panel=replace(state.panel, wrong=None), gesture=None)


def _place_of(state: AppState, pane_id: int | None) -> int | None:
    wanted = state.selected if pane_id is None else pane_id
    return next((n for n, pane in enumerate(state.panes) if pane.pane_id == wanted), None)


def _mapped(state: AppState, panes: Panes, change: Callable[[Pane], Pane]) -> Panes:
    """The panes that settings are for, changed; recordings never are."""

    def is_meant(pane: Pane) -> bool:
        return not pane.recording and (state.panel.all_panes or pane.pane_id == state.selected)

    return tuple(change(pane) if is_meant(pane) else pane for pane in panes)


def next_number(state: AppState) -> int:
    """A number that no pane has or had: an undo must not bring it back twice."""
    steps = (*state.history.past, *state.history.future, state.panes)
    return 1 + max((pane.pane_id for panes in steps for pane in panes), default=-1)


def _opened_panes(state: AppState) -> Panes:
    """The panes of the recording that was opened, () when a scenario was."""
    return state.opened


def _added(state: AppState, mode: str) -> Result:
    if len(state.panes) >= MAX_PANES:
        return replace(state, notice=FULL), ()
    if mode not in MODE_BY_NAME:
        return state, ()
    number, place = next_number(state), _place_of(state, None)
    chosen = state.panes[place] if place is not None else Pane(0, mode)
    added = Pane(number, mode, chosen.settings, predicts=chosen.predicts)
    try:
        described(_base(state), added)
    except ScenarioError:  # settings of a recording that this program would not take
        added = Pane(number, mode)
    return _step(replace(state, solo=None, selected=number), (*state.panes, added))


def _base(state: AppState) -> Scenario:
    assert state.base is not None, "there are panes only of something open"
    return state.base


def _beside(state: AppState, message: RecordingRead) -> Result:
    if message.generation != state.generation or message.opening != state.opening:
        return state, ()
    state = replace(state, asked="", reading=None)
    room = MAX_PANES - len(state.panes)
    if room < 1:
        return replace(state, notice=FULL), ()
    number, base = next_number(state), _base(state)
    known = dict(state.recorded)
    panes: list[Pane] = []
    next_id = state.next_id
    for place, (run, read) in enumerate(zip(message.runs, message.panes, strict=True)):
        if place >= room:
            break
        name = read.recording
        while name in known:
            name += "~"  # read before, when the file may have held something else
        run.run_id, next_id = next_id, next_id + 1
        known[name] = run
        panes.append(rebased(replace(read, pane_id=number + place, recording=name), base, run))
    for read, run in message.others:
        name = read.recording
        while name in known:
            name += "~"
        run.run_id, next_id = next_id, next_id + 1
        known[name] = run
    state = replace(state, recorded=tuple(known.items()), next_id=next_id, solo=None)
    state = replace(state, selected=panes[0].pane_id)
    return _step(state, (*state.panes, *panes))


def _with_epoch(state: AppState, message: ShowEpoch) -> Result:
    run = dict(state.recorded).get(message.recording)
    place = _place_of(state, message.pane_id)
    if run is None or place is None:
        return state, ()
    shown = Pane(state.panes[place].pane_id, run.mode.name, recording=message.recording)
    panes = (*state.panes[:place], shown, *state.panes[place + 1 :])
    if message.beside:
        if len(state.panes) >= MAX_PANES:
            return replace(state, notice=FULL), ()
        shown = replace(shown, pane_id=next_number(state))
        panes = (*state.panes[: place + 1], shown, *state.panes[place + 1 :])
        state = replace(state, solo=None)
    state, effects = _step(replace(state, selected=shown.pane_id), panes)
    if run in state.runs and state.head.t_ns < run.start_ns:
        # Its work begins later: before that there is nothing to see.
        start_ns = min(run.start_ns, playback.limit_ns(state.runs))
        state = replace(state, head=playback.head_at(state.runs, start_ns), at_live_edge=False)
    return state, effects


def _branched(state: AppState) -> Result:
    place = _place_of(state, None)
    if place is None:
        return state, ()
    if len(state.panes) >= MAX_PANES:
        return replace(state, notice=FULL), ()
    pane = state.panes[place]
    here = _here(state, pane)
    if pane.recording or here is None:
        return replace(state, notice=RECORDED if pane.recording else ON_ITS_WAY), ()
    made = branched(pane, next_number(state), here)
    panes = (*state.panes[: place + 1], made, *state.panes[place + 1 :])
    # What is changed next is meant for the new branch alone.
    panel = replace(state.panel, all_panes=False)
    return _step(replace(state, solo=None, selected=made.pane_id, panel=panel), panes)


def _here(state: AppState, pane: Pane) -> tuple[int, int] | None:
    """Event count and time of the playhead in the run of a pane; None while that is on its way: what
    is still shown is another run, in which the same number is another event.
    """
    for shown, count in zip(state.shown, state.head.counts, strict=True):
        if shown.pane_id == pane.pane_id and shown.same_run(pane):
            return count, state.head.t_ns
    return None


def _removed(state: AppState, pane_id: int | None) -> Result:
    place = _place_of(state, pane_id)
    if place is None:
        return state, ()
    if len(state.panes) == 1:
        return replace(state, notice=LAST), ()
    return _step(state, (*state.panes[:place], *state.panes[place + 1 :]))


def _moved(state: AppState, message: MovePane) -> Result:
    place = _place_of(state, message.pane_id)
    if place is None:
        return state, ()
    to = max(0, min(place + message.by, len(state.panes) - 1))
    others = [*state.panes[:place], *state.panes[place + 1 :]]
    others.insert(to, state.panes[place])
    return _step(replace(state, selected=state.panes[place].pane_id), tuple(others))


def _alone(state: AppState, place: int | None) -> AppState:
    if place is None:
        return replace(state, solo=None) if state.solo is not None else state
    if not 0 <= place < len(state.panes):
        return state
    pane_id = state.panes[place].pane_id
    if state.solo == pane_id:
        return replace(state, solo=None)
    return _calm(replace(state, solo=pane_id, selected=pane_id))


def _floated(state: AppState, pane_id: int | None) -> AppState:
    place = _place_of(state, pane_id)
    if place is None:
        return state
    wanted = state.panes[place].pane_id
    solo = None if state.solo == wanted else state.solo
    return replace(state, floating=state.floating ^ {wanted}, solo=solo)


def _with_mode(state: AppState, message: ChangeMode) -> Result:
    place = _place_of(state, message.pane_id)
    if place is None or message.mode not in MODE_BY_NAME:
        return state, ()
    pane = state.panes[place]
    if pane.recording:
        return replace(state, notice=RECORDED), ()
    # Another mode is another machine from the start: the past of this one can't be its own.
    other = pane if pane.mode == message.mode else replace(pane, mode=message.mode, past=())
    return _step(state, (*state.panes[:place], other, *state.panes[place + 1 :]))


def _set(state: AppState, message: ChangeSetting) -> Result:
    place = _place_of(state, None)
    if place is not None and state.panes[place].recording and not state.panel.all_panes:
        return replace(state, notice=RECORDED), ()
    gesture = state.gesture
    if gesture is None or gesture.key != message.key:
        places = ((pane.pane_id, _here(state, pane)) for pane in state.panes)
        at = tuple((pane_id, *here) for pane_id, here in places if here is not None)
        gesture = Gesture(message.key, state.panes, at)
    here = {pane_id: (count, t_ns) for pane_id, count, t_ns in gesture.at}
    base = _base(state)

    def change(pane: Pane) -> Pane:
        settings = with_value(base, pane.settings, message.key, message.text)
        at = here.get(pane.pane_id) if state.panel.from_here else None
        return with_settings_from(base, pane, settings, at)

    try:
        panes = _mapped(state, gesture.panes, change)
    except ScenarioError as error:
        # The sentence stands beside the setting: its key would only be in the way.
        problem = error.problem.removeprefix(f'"{message.key}": ')
        problem = problem[:1].upper() + problem[1:]
        wrong = (message.key, message.text or "", problem)
        return replace(state, panel=replace(state.panel, wrong=wrong)), ()
    going_on = state.gesture is gesture
    history = state.history if going_on else state.history.after(gesture.panes)
    if panes == gesture.panes and not message.more:
        # Back where it began, or never away: nothing to undo.
        history = History(state.history.past[:-1]) if going_on else state.history
    panel = replace(state.panel, wrong=None)
    state = replace(state, panel=panel, history=history, gesture=gesture if message.more else None)
    return reconciled(state, panes) if panes != state.panes else (state, ())


def _undone(state: AppState) -> Result:
    history = state.history
    if not history.past:
        return state, ()
    kept = History(history.past[:-1], (*history.future, state.panes))
    return reconciled(replace(_calm(state), history=kept), history.past[-1])


def _redone(state: AppState) -> Result:
    history = state.history
    if not history.future:
        return state, ()
    kept = History((*history.past, state.panes), history.future[:-1])
    return reconciled(replace(_calm(state), history=kept), history.future[-1])


def _step(state: AppState, panes: Panes) -> Result:
    """One step that can be undone; none when nothing changed."""
    state = _calm(state)
    if panes == state.panes:
        return state, ()
    return reconciled(replace(state, history=state.history.after(state.panes)), panes)
