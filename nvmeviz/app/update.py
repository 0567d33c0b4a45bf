"""The one function that changes what the program is doing: `update(state, message)`.

Pure but for two things that only ever grow: a run's log takes the chunk that a worker made, and
looking up a time may refill a released block. Effects are returned, never performed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, assert_never

from nvmeviz.app import graph_view, playback
from nvmeviz.app.change_findings import change_findings, look
from nvmeviz.app.change_opening import change_opening, opened
from nvmeviz.app.change_panes import change_panes
from nvmeviz.app.change_predictions import change_predictions
from nvmeviz.app.crashes import Crashed, what_is_open
from nvmeviz.app.diagnostics import SaveDiagnostics
from nvmeviz.app.effects import (
    LOOKAHEAD_NS,
    Advance,
    Save,
    SaveText,
    WriteDiagnostics,
    WriteExport,
)
from nvmeviz.app.exporting import export_of, format_named
from nvmeviz.app.findings_view import (
    Judged,
    LookAgain,
    SeekFinding,
    ShowFinding,
    ToggleFindings,
)
from nvmeviz.app.graph_view import (
    EnlargeGraph,
    FitGraphs,
    PinGraph,
    SaveGraph,
    SetGraphWindow,
    ShowGraph,
)
from nvmeviz.app.messages import (
    ChangeSpeed,
    Dismiss,
    Export,
    Failed,
    Follow,
    FollowNewest,
    Hold,
    Made,
    NotMade,
    Opened,
    OpenScenario,
    PaneMessage,
    Pause,
    Place,
    RunAdvanced,
    SaveRecipe,
    SaveRecording,
    Seek,
    SeekMark,
    SelectQueue,
    SelectWorkspace,
    SetSpeedPosition,
    Step,
    Tick,
    TogglePlay,
    Told,
    Unit,
)
from nvmeviz.app.opening import left_out, sources_of
from nvmeviz.app.pane_runs import arrived, made, not_made
from nvmeviz.app.predictions import Predict, ReplayWritten
from nvmeviz.app.present.graph_csv import csv_text
from nvmeviz.app.reading import CancelOpening, NotOpened, OpenFiles, Progress
from nvmeviz.app.recent import with_recent
from nvmeviz.app.recipe import as_script, recipe
from nvmeviz.app.start_view import ToggleStart, change_start
from nvmeviz.app.state import WORKSPACES
from nvmeviz.engine.core import COMPILED

if TYPE_CHECKING:
    from nvmeviz.app.effects import Effect
    from nvmeviz.app.messages import Message
    from nvmeviz.app.runs import Run
    from nvmeviz.app.state import AppState

Result = tuple["AppState", tuple["Effect", ...]]

LOOKAHEAD_S = 0.25
MARK_GRACE_S = 0.6  # wall time
SMALL_CHUNK = 4096 if COMPILED else 1024
LARGE_CHUNK = 65_536 if COMPILED else 2048
FULL = "A run ends here: it has as many events as are kept. Play starts again from the beginning."
NOT_YET = "The pane's run is still being made: export it when the pane shows it."
MAX_TICK_NS = 100_000_000  # after a stall the picture goes on where it was; it does not jump


def update(state: AppState, message: Message) -> Result:
    """The next state and what is to be done for it."""
    match message:
        case Tick():
            return _fed(_ticked(state, max(0, min(message.dt_ns, MAX_TICK_NS))))
        case TogglePlay():
            return _toggled(state)
        case Pause():
            return replace(state, playing=False), ()
        case Step():
            return _fed(_stepped(state, message))
        case Seek():
            return _fed(_sought(state, message.to))
        case SeekMark():
            return _fed(_to_mark(state, message.forward))
        case Hold():
            return replace(state, held=message.held), ()
        case ChangeSpeed():
            return _with_speed(state, state.speed + message.notches)
        case SetSpeedPosition():
            last = len(playback.SPEEDS_NS) - 1
            known = message.position == message.position  # not a number is no place
            return _with_speed(state, round(message.position * last) if known else state.speed)
        case OpenScenario() | OpenFiles() | Progress() | CancelOpening() | NotOpened():
            return change_opening(state, message)
        case Opened():
            return _opened(state, message)
        case Made() | NotMade():
            if message.generation != state.generation:
                return state, ()
            if isinstance(message, NotMade):
                return _fed(not_made(state, message.run_id, message.text))
            return _fed(made(state, message.run))
        case RunAdvanced():
            return _fed(_advanced(state, message))
        case SaveRecording():
            return _saved(state, message.path)
        case Crashed():
            state = replace(state, notice=message.text)
            return _saved(state, message.session, message.text) if message.session else (state, ())
        case SaveDiagnostics():
            return state, (WriteDiagnostics(message.path, what_is_open(state)),)
        case Export():
            return _exported(state, message)
        case SaveRecipe():
            return state, (SaveText(message.path, as_script(recipe(message.choice))),)
        case SelectQueue():
            last = max((len(run.topology.queues) for run in state.runs), default=1) - 1
            return replace(state, queue=max(0, min(message.queue, last))), ()
        case SelectWorkspace():
            known = message.name in WORKSPACES
            return (replace(state, workspace=message.name) if known else state), ()
        case Follow():
            follow = None if message.number is None else (message.queue, message.number)
            return (state if follow == state.follow else replace(state, follow=follow)), ()
        case FollowNewest():
            return _with_newest(state), ()
        case Failed():
            return replace(state, notice=message.text), ()
        case Told():
            recent = with_recent(state.recent, message.saved) if message.saved else state.recent
            return replace(state, notice=message.text, told=message.text, recent=recent), ()
        case Dismiss():
            return replace(state, notice=""), ()
        case ToggleFindings() | LookAgain() | ShowFinding() | SeekFinding() | Judged():
            return _fed(change_findings(state, message))
        case ToggleStart():
            return change_start(state, message), ()
        case SetGraphWindow() | ShowGraph() | PinGraph() | EnlargeGraph() | FitGraphs():
            return replace(state, graphs=graph_view.changed(state.graphs, message)), ()
        case SaveGraph():
            return state, (SaveText(message.path, csv_text(message.frame)),)
        case _:
            if isinstance(message, Predict | ReplayWritten):
                state, effects = change_predictions(state, message)
            else:
                assert isinstance(message, PaneMessage)
                state, effects = change_panes(state, message)
            state, more = _fed(state)
            return state, (*effects, *more)


def _with_newest(state: AppState) -> AppState:
    if state.follow is not None or not state.runs:
        return replace(state, follow=None)
    number = _selected(state) or 0
    machine = state.runs[number].timeline.state_after(state.head.counts[number])
    queue = min(state.queue, machine.queues - 1)
    posted = int(machine.q_posted[queue])
    return replace(state, follow=(queue, posted - 1) if posted else None)


def _selected(state: AppState) -> int | None:
    """The number of the selected pane's run; None while it is being made."""
    chosen = [n for n, pane in enumerate(state.shown) if pane.pane_id == state.selected]
    return chosen[0] if chosen else None


def _exported(state: AppState, message: Export) -> Result:
    number = _selected(state)
    if number is None:
        return replace(state, notice=NOT_YET), ()
    run = state.runs[number]
    queue = run.topology.queues[min(state.queue, len(run.topology.queues) - 1)]
    exported = export_of(run, queue.guest)  # of the guest that is shown large
    return state, (WriteExport(message.path, format_named(message.format), exported),)


def _saved(state: AppState, path: str, after: str = "") -> Result:
    if not state.runs or state.base is None:
        return state, ()
    sources = sources_of(state.runs, state.shown)
    return state, (Save(path, state.base, sources, after, left_out(state.runs)),)


def _ticked(state: AppState, dt_ns: int) -> AppState:
    if state.head.glide is not None:
        return replace(state, head=playback.glided(state.head, dt_ns))
    if not state.playing or state.held or not state.runs:
        return state
    if playback.SPEEDS_NS[state.speed] == playback.BY_EVENT:
        return replace(state, head=playback.step_event(state.head, state.runs, forward=True))
    head = playback.moved(state.head, state.runs, state.speed, dt_ns)
    state = replace(state, head=head, at_live_edge=head.t_ns >= playback.limit_ns(state.runs))
    if not _at_end(state):
        return state
    full = any(run.simulation is not None and len(run.log) >= run.most_events for run in state.runs)
    return replace(state, playing=False, notice=FULL if full else state.notice)


def _toggled(state: AppState) -> Result:
    if not state.playing and _at_end(state):
        # Play at the end means: again from the start.
        return replace(state, playing=True, head=playback.head_at(state.runs, 0)), ()
    return replace(state, playing=not state.playing), ()


def _at_end(state: AppState) -> bool:
    """True when a run that is complete keeps the playhead from going on."""
    return any(run.complete and run.frontier_ns <= state.head.t_ns for run in state.runs)


def _stepped(state: AppState, step: Step) -> AppState:
    state = replace(state, playing=False, head=replace(state.head, glide=None))
    head, forward = state.head, step.count > 0
    for _ in range(abs(step.count)):
        match step.unit:
            case Unit.EVENT:
                head = playback.step_event(head, state.runs, forward)
            case Unit.COMMAND:
                head = _to_completion(head, state.runs, forward)
            case _:
                assert_never(step.unit)
    return replace(state, head=head, at_live_edge=False)


def _to_completion(
    head: playback.Playhead, runs: tuple[Run, ...], forward: bool
) -> playback.Playhead:
    """On to just after the next command is reaped in any run, or back to just after the last
    one.
    """
    best: int | None = None
    for run in runs:
        reaps = run.series.reaps
        if forward:
            at = reaps.after(head.t_ns)
            best = at if at is not None and (best is None or at < best) else best
        else:
            at = reaps.before(head.t_ns)
            best = at if at is not None and (best is None or at > best) else best
    if best is None:
        return head if forward else playback.head_at(runs, 0)
    return playback.head_at(runs, min(best, playback.limit_ns(runs)))


def _sought(state: AppState, to: int | Place) -> AppState:
    known_ns = playback.limit_ns(state.runs)
    match to:
        case Place.START:
            t_ns = 0
        case Place.LIVE_EDGE:
            t_ns = known_ns
        case int():
            t_ns = max(0, min(to, known_ns))
        case _:
            assert_never(to)
    head = playback.head_at(state.runs, t_ns)
    return replace(state, head=head, at_live_edge=t_ns >= known_ns)


def _to_mark(state: AppState, forward: bool) -> AppState:
    """The next or last marked place over all runs; the same state when there is none."""
    to_ns = _mark_after(state.runs, state.head.t_ns) if forward else _last_mark(state)
    if to_ns is None or to_ns > playback.limit_ns(state.runs) or to_ns == state.head.t_ns:
        return state
    return _sought(state, to_ns)


def _last_mark(state: AppState) -> int | None:
    """Where going back leads. Who stands at a mark, or has just played on from it, has been there."""
    t_ns = state.head.t_ns
    last_ns = _mark_before(state.runs, t_ns + 1)
    if last_ns is None:
        return None
    grace_ns = MARK_GRACE_S * max(0, playback.SPEEDS_NS[state.speed]) if state.playing else 0
    if t_ns - last_ns > grace_ns:
        return last_ns
    before_ns = _mark_before(state.runs, last_ns)
    return last_ns if before_ns is None else before_ns


def _mark_after(runs: tuple[Run, ...], t_ns: int) -> int | None:
    found = (run.landmarks.after(t_ns) for run in runs)
    return min((at for at in found if at is not None), default=None)


def _mark_before(runs: tuple[Run, ...], t_ns: int) -> int | None:
    found = (run.landmarks.before(t_ns) for run in runs)
    return max((at for at in found if at is not None), default=None)


def _with_speed(state: AppState, speed: int) -> Result:
    speed = max(0, min(speed, len(playback.SPEEDS_NS) - 1))
    return _fed(replace(state, speed=speed))


def _opened(state: AppState, message: Opened) -> Result:
    if message.generation != state.opening:
        return state, ()
    state = opened(state, message)
    return look(state) if all(run.complete for run in state.runs) else _fed(state)


def _advanced(state: AppState, message: RunAdvanced) -> AppState:
    if message.generation != state.generation:
        return state
    for run in _living(state):
        if run.run_id == message.run_id:
            run.take(message.chunk)
    return replace(state, in_flight=state.in_flight - {message.run_id})


def _living(state: AppState) -> tuple[Run, ...]:
    """Runs that grow: those on their way to the playhead first, then those on show."""
    coming = tuple(making.run for making in state.making if making.run is not None)
    return (*coming, *state.runs)


def _fed(state: AppState) -> Result:
    """Ask for more where an engine's lead over the playhead has become short."""
    if state.making:
        state = arrived(state)
    per_second = playback.SPEEDS_NS[state.speed]
    fast = per_second == playback.AS_FAST_AS_IT_GOES
    lead_ns = LOOKAHEAD_NS + int(max(0, per_second) * LOOKAHEAD_S)
    # Flat out, those on show would run away from those that are to catch up with them.
    flat_out = fast and state.playing and not state.making
    wanted_ns = state.head.t_ns + (500 * LOOKAHEAD_NS if flat_out else lead_ns)
    limit = SMALL_CHUNK if 0 <= per_second <= 2_000_000 else LARGE_CHUNK
    coming = sum(making.run is not None for making in state.making)
    effects: list[Advance] = []
    for place, run in enumerate(_living(state)):
        if run.complete or run.run_id in state.in_flight or run.frontier_ns >= wanted_ns:
            continue
        # Beyond what is wanted: a whole block costs little more than a part of one.
        size = LARGE_CHUNK if place < coming else limit
        effects.append(Advance(run, state.generation, run.end_ns, size))
    if effects:
        started = frozenset(effect.run.run_id for effect in effects)
        state = replace(state, in_flight=state.in_flight | started)
    state, looks = look(state)
    return state, (*effects, *looks)
