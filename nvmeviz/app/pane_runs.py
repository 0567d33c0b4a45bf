"""From descriptions of panes to runs on show: which serve already, which are to be made.

A run whose description did not change is kept. The picture of a pane that did change stays until its
new run has come to the playhead.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from nvmeviz.app import playback
from nvmeviz.app.effects import LOOKAHEAD_NS, Make
from nvmeviz.app.state import Making, remembered

if TYPE_CHECKING:
    from nvmeviz.app.effects import Effect
    from nvmeviz.app.panes import Pane, Panes
    from nvmeviz.app.runs import Run
    from nvmeviz.app.state import AppState


def reconciled(state: AppState, panes: Panes) -> tuple[AppState, tuple[Effect, ...]]:
    """The runs that serve, kept; for the others engines are asked for."""
    base, recorded = state.base, dict(state.recorded)
    assert base is not None, "there are panes only of something open"
    shown = {p.pane_id: (p, run) for p, run in zip(state.shown, state.runs, strict=True)}
    on_the_way = {making.pane.pane_id: making for making in state.making}
    served: dict[int, tuple[Pane, Run]] = {}
    making: list[Making] = []
    effects: list[Effect] = []
    next_id = state.next_id
    for pane in panes:
        known = shown.get(pane.pane_id)
        if pane.recording:
            known = (pane, recorded[pane.recording])
        if known is not None:
            served[pane.pane_id] = known
            if known[0].same_run(pane):
                continue
        before = on_the_way.get(pane.pane_id)
        if before is not None and before.pane.same_run(pane):
            making.append(before)
            continue
        making.append(Making(pane, next_id))
        effects.append(Make(pane, base, next_id, state.generation))
        next_id += 1
    ids = {pane.pane_id for pane in panes}
    before_ids = [pane.pane_id for pane in state.panes]
    at = before_ids.index(state.selected) if state.selected in before_ids else 0
    selected = state.selected if state.selected in ids else panes[min(at, len(panes) - 1)].pane_id
    state = replace(
        state,
        panes=panes,
        making=tuple(making),
        next_id=next_id,
        selected=selected,
        solo=state.solo if state.solo in ids else None,
        floating=state.floating & ids,
    )
    state = showing(state, served)
    return replace(state, layouts=remembered(state)), tuple(effects)


def showing(state: AppState, served: dict[int, tuple[Pane, Run]]) -> AppState:
    """The state with these runs on show, in the order of the panes; the playhead stays."""
    order = [served[pane.pane_id] for pane in state.panes if pane.pane_id in served]
    runs = tuple(run for _, run in order)
    state = replace(state, shown=tuple(pane for pane, _ in order))
    if runs == state.runs:
        return state
    head = state.head
    t_ns = min(head.t_ns, playback.limit_ns(runs)) if runs else head.t_ns
    counted = {run.run_id: n for run, n in zip(state.runs, head.counts, strict=True)}
    if t_ns != head.t_ns:
        counted = {}
    counts = tuple(
        counted[run.run_id] if run.run_id in counted else run.log.count_at(t_ns) for run in runs
    )
    last = max((len(run.topology.queues) for run in runs), default=1) - 1
    return replace(
        state,
        runs=runs,
        head=playback.Playhead(t_ns, counts, head.carry),
        queue=min(state.queue, max(0, last)),
    )


def made(state: AppState, run: Run) -> AppState:
    """A worker has made the engine of a pane, which may be gone by now."""
    making = tuple(
        replace(m, run=run) if m.run_id == run.run_id and m.run is None else m for m in state.making
    )
    return replace(state, making=making)


def not_made(state: AppState, run_id: int, text: str) -> AppState:
    """A pane whose run can't be made is again what it shows; one that shows nothing goes."""
    gone = next((m.pane.pane_id for m in state.making if m.run_id == run_id), None)
    if gone is None:
        return state
    shown = {pane.pane_id: pane for pane in state.shown}
    panes = [shown.get(pane.pane_id) if pane.pane_id == gone else pane for pane in state.panes]
    kept = tuple(pane for pane in panes if pane is not None)
    making = tuple(m for m in state.making if m.run_id != run_id)
    ids = {pane.pane_id for pane in kept}
    selected = state.selected if state.selected in ids or not kept else kept[0].pane_id
    return replace(state, panes=kept or state.panes, making=making, selected=selected, notice=text)


def arrived(state: AppState) -> AppState:
    """Runs that have come to the playhead take their places."""
    target_ns = state.head.t_ns + LOOKAHEAD_NS
    ready: dict[int, tuple[Pane, Run]] = {}
    for making in state.making:
        run = making.run
        if run is not None and (run.complete or run.frontier_ns >= target_ns):
            ready[making.pane.pane_id] = (making.pane, run)
    if not ready:
        return state
    shown = {p.pane_id: (p, run) for p, run in zip(state.shown, state.runs, strict=True)}
    left = tuple(making for making in state.making if making.pane.pane_id not in ready)
    return showing(replace(state, making=left), shown | ready)


def progress(making: Making, state: AppState) -> float:
    """How far a run has come on its way to the playhead, 0..1."""
    if making.run is None:
        return 0.0
    return min(1.0, making.run.frontier_ns / (state.head.t_ns + LOOKAHEAD_NS))
