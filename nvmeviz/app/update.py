"""The one function that changes what the program is doing: `update(state, message)`.

Pure but for two things that only ever grow: a run's log takes the chunk that a worker made, and
looking up a time may refill a released block. Effects are returned, never performed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, assert_never

from nvmeviz.app import graph_view, playback
from nvmeviz.app.effects import LOOKAHEAD_NS, Advance, Open, Save, SaveText
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
    Failed,
    Opened,
    OpenScenario,
    Pause,
    Place,
    RunAdvanced,
    SaveRecording,
    Seek,
    SelectQueue,
    SelectWorkspace,
    SetPanes,
    SetSpeedPosition,
    Step,
    Tick,
    TogglePlay,
    Told,
    Unit,
)
from nvmeviz.app.present.graph_csv import csv_text
from nvmeviz.app.state import WORKSPACES
from nvmeviz.engine.core import COMPILED

if TYPE_CHECKING:
    from nvmeviz.app.effects import Effect
    from nvmeviz.app.messages import Message
    from nvmeviz.app.runs import Run
    from nvmeviz.app.state import AppState

Result = tuple["AppState", tuple["Effect", ...]]

LOOKAHEAD_S = 0.25
SMALL_CHUNK = 4096 if COMPILED else 1024
LARGE_CHUNK = 65_536 if COMPILED else 2048
MAX_TICK_NS = 100_000_000  # after a stall the picture goes on where it was; it does not jump


def update(state: AppState, message: Message) -> Result:
    """The next state and what is to be done for it."""
    match message:
        case Tick():
            return _fed(_ticked(state, min(message.dt_ns, MAX_TICK_NS)))
        case TogglePlay():
            return _toggled(state)
        case Pause():
            return replace(state, playing=False), ()
        case Step():
            return _fed(_stepped(state, message))
        case Seek():
            return _fed(_sought(state, message.to))
        case ChangeSpeed():
            return _with_speed(state, state.speed + message.notches)
        case SetSpeedPosition():
            last = len(playback.SPEEDS_NS) - 1
            return _with_speed(state, round(message.position * last))
        case OpenScenario():
            generation = state.generation + 1
            return replace(state, generation=generation), (Open(message.source, generation),)
        case SetPanes():
            generation = state.generation + 1
            effect = Open(state.source, generation, message.modes)
            return replace(state, generation=generation), (effect,)
        case Opened():
            return _opened(state, message)
        case RunAdvanced():
            return _fed(_advanced(state, message))
        case SaveRecording():
            return (state, (Save(message.path, state.runs),)) if state.runs else (state, ())
        case SelectQueue():
            last = max((len(run.topology.queues) for run in state.runs), default=1) - 1
            return replace(state, queue=max(0, min(message.queue, last))), ()
        case SelectWorkspace():
            known = message.name in WORKSPACES
            return (replace(state, workspace=message.name) if known else state), ()
        case Failed() | Told():
            return replace(state, notice=message.text), ()
        case Dismiss():
            return replace(state, notice=""), ()
        case SetGraphWindow() | ShowGraph() | PinGraph() | EnlargeGraph() | FitGraphs():
            return replace(state, graphs=graph_view.changed(state.graphs, message)), ()
        case SaveGraph():
            return state, (SaveText(message.path, csv_text(message.frame)),)
        case _:
            assert_never(message)


def _ticked(state: AppState, dt_ns: int) -> AppState:
    if state.head.glide is not None:
        return replace(state, head=playback.glided(state.head, dt_ns))
    if not state.playing or not state.runs:
        return state
    if playback.SPEEDS_NS[state.speed] == playback.BY_EVENT:
        return replace(state, head=playback.step_event(state.head, state.runs, forward=True))
    head = playback.moved(state.head, state.runs, state.speed, dt_ns)
    state = replace(state, head=head, at_live_edge=head.t_ns >= playback.limit_ns(state.runs))
    ended = state.at_live_edge and all(run.complete for run in state.runs)
    return replace(state, playing=False) if ended else state


def _toggled(state: AppState) -> Result:
    if not state.playing and _at_end(state):
        # Play at the end means: again from the start.
        return replace(state, playing=True, head=playback.head_at(state.runs, 0)), ()
    return replace(state, playing=not state.playing), ()


def _at_end(state: AppState) -> bool:
    complete = bool(state.runs) and all(run.complete for run in state.runs)
    return complete and state.head.t_ns >= playback.limit_ns(state.runs)


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


def _with_speed(state: AppState, speed: int) -> Result:
    speed = max(0, min(speed, len(playback.SPEEDS_NS) - 1))
    return _fed(replace(state, speed=speed))


def _opened(state: AppState, message: Opened) -> Result:
    if message.generation != state.generation:
        return state, ()
    recorded = all(run.complete for run in message.runs)
    start_ns = min(message.runs[0].scenario.show_from_ns, playback.limit_ns(message.runs))
    state = replace(
        state,
        source=message.source,
        runs=message.runs,
        head=playback.head_at(message.runs, start_ns),
        playing=True,
        queue=0,
        notice="",
        in_flight=frozenset(),
        at_live_edge=False,
    )
    return (state, ()) if recorded else _fed(state)


def _advanced(state: AppState, message: RunAdvanced) -> AppState:
    if message.generation != state.generation:
        return state
    for run in state.runs:
        if run.run_id == message.run_id:
            run.take(message.chunk)
    return replace(state, in_flight=state.in_flight - {message.run_id})


def _fed(state: AppState) -> Result:
    """Ask for more where an engine's lead over the playhead has become short."""
    per_second = playback.SPEEDS_NS[state.speed]
    fast = per_second == playback.AS_FAST_AS_IT_GOES
    lead_ns = LOOKAHEAD_NS + int(max(0, per_second) * LOOKAHEAD_S)
    flat_out = fast and state.playing
    wanted_ns = state.head.t_ns + (500 * LOOKAHEAD_NS if flat_out else lead_ns)
    limit = SMALL_CHUNK if 0 <= per_second <= 2_000_000 else LARGE_CHUNK
    effects: list[Effect] = []
    for run in state.runs:
        if run.complete or run.run_id in state.in_flight or run.frontier_ns >= wanted_ns:
            continue
        # Beyond what is wanted: a whole block costs little more than a part of one.
        effects.append(Advance(run, state.generation, run.end_ns, limit))
    if not effects:
        return state, ()
    started = frozenset(effect.run.run_id for effect in effects if isinstance(effect, Advance))
    return replace(state, in_flight=state.in_flight | started), tuple(effects)
