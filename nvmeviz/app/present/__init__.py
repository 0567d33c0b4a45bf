"""From what the program is doing to what it shows: `Presenter.present(state)` makes the window's
frame.

A frame is a function of the state alone. What a person reads (figures, graphs) is remembered for a
tenth of a second of wall time while playing, because digits that change sixty times a second can't
be read; the caller says how much time has passed, nothing here looks at a clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nvmeviz.app import playback
from nvmeviz.app.present.averaged import averaged, moved
from nvmeviz.app.present.frame import (
    Choice,
    GraphFrame,
    PaneFrame,
    Toolbar,
    WindowFrame,
)
from nvmeviz.app.present.graphs import graph_frames
from nvmeviz.app.present.moment import Moments
from nvmeviz.app.present.pane import avoided_by, pane_frame, summary_of
from nvmeviz.app.present.tokens import too_fast_for_tokens
from nvmeviz.app.present.words import event_words
from nvmeviz.engine.doorbell import MODE_BY_NAME
from nvmeviz.scenario.toml import ScenarioError, builtin_names, load_scenario
from nvmeviz.units import clock_text, grouped

if TYPE_CHECKING:
    from nvmeviz.analysis.summary import Summary
    from nvmeviz.app.present.moment import Moment
    from nvmeviz.app.present.rates import Avoided
    from nvmeviz.app.state import AppState

REFRESH_FRAMES = 6  # figures: 10 Hz at 60 frames a second


class Presenter:
    """Makes frames. Keeps nothing but the figures of the last tenth of a second."""

    def __init__(self) -> None:
        self._age = REFRESH_FRAMES
        self._key: tuple[object, ...] = ()
        self._summaries: tuple[Summary, ...] = ()
        self._avoided: tuple[Avoided | None, ...] = ()
        self._graphs: tuple[GraphFrame, ...] = ()
        self._averaged: tuple[PaneFrame, ...] = ()  # while too fast for the eye
        self._event_text = ""
        self._choices: tuple[Choice, ...] | None = None

    def present(self, state: AppState) -> WindowFrame:
        """The frame of a state; call it once a frame."""
        t_ns, counts = state.head.shown()
        moments = Moments(state.runs, t_ns, counts)
        self._refresh(state, t_ns, moments)
        return WindowFrame(
            workspace=state.workspace,
            toolbar=self._toolbar(state, t_ns),
            panes=self._panes(state, moments),
            graphs=self._graphs,
            status=_status(state),
            notice=state.notice,
        )

    def _refresh(self, state: AppState, t_ns: int, moments: Moments) -> None:
        """Figures and graphs: at once when paused or something else is shown, else at 10 Hz."""
        shown = None if state.playing else t_ns
        key = (state.generation, state.runs, shown, state.queue, state.speed)
        self._age += 1
        speed = _machine_ns_per_s(state)
        rests = key == self._key and (not state.playing or self._age < REFRESH_FRAMES)
        if not rests:
            if key != self._key or not too_fast_for_tokens(speed):
                self._averaged = ()
            self._key, self._age = key, 0
            self._summaries = tuple(summary_of(moment) for moment in moments)
            self._avoided = tuple(avoided_by(moment, state.queue) for moment in moments)
            self._graphs = graph_frames(state.runs, t_ns)
            self._event_text = event_words(moments)
        if too_fast_for_tokens(speed):
            self._average(state, moments, speed)

    def _average(self, state: AppState, moments: Moments, speed: int) -> None:
        """The panes whose turn it is: each in another frame, as all in one would take too long."""
        kept, count = self._averaged, len(moments)
        due = [n for n in range(count) if not kept or self._age == n * REFRESH_FRAMES // count]
        fresh = {
            n: averaged(self._pane(state, n, moments[n]), moments[n], state.queue, speed)
            for n in due
        }
        self._averaged = tuple(fresh[n] if n in fresh else kept[n] for n in range(count))

    def _panes(self, state: AppState, moments: Moments) -> tuple[PaneFrame, ...]:
        speed = _machine_ns_per_s(state)
        if self._averaged and too_fast_for_tokens(speed):
            t_ns = state.head.t_ns
            return tuple(moved(pane, t_ns, speed) for pane in self._averaged)
        return tuple(self._pane(state, number, moment) for number, moment in enumerate(moments))

    def _pane(self, state: AppState, number: int, moment: Moment) -> PaneFrame:
        return pane_frame(
            moment,
            number,
            state.queue,
            _machine_ns_per_s(state),
            self._summaries[number],
            self._summaries[0],
            self._avoided[number],
        )

    def _toolbar(self, state: AppState, t_ns: int) -> Toolbar:
        if self._choices is None:
            self._choices = _choices()
        title = state.runs[0].scenario.title if state.runs else "opening"
        return Toolbar(
            playing=state.playing,
            title=title,
            choices=self._choices,
            speed_position=state.speed / (len(playback.SPEEDS_NS) - 1),
            speed_text=playback.speed_text(state.speed),
            time_text=f"t = {clock_text(t_ns)}",
            at_start=t_ns == 0,
            at_live_edge=state.at_live_edge,
            event_text=self._event_text,
        )


def _machine_ns_per_s(state: AppState) -> int:
    """The speed that decides between tokens and flow: none while a step is being shown or all
    stands still.
    """
    if not state.playing or state.head.glide is not None:
        return 0
    per_second = playback.SPEEDS_NS[state.speed]
    return 10 * playback.REAL_TIME_NS if per_second == playback.AS_FAST_AS_IT_GOES else per_second


def _status(state: AppState) -> str:
    if not state.runs:
        return ""
    events = sum(state.head.counts)
    count = len(state.runs)
    panes = "1 pane" if count == 1 else f"{count} panes on one clock, same arrivals"
    run = state.runs[0]
    how = "recorded" if run.provenance == "recorded" else f"simulated, seed {run.scenario.seed}"
    return f"{how} · {grouped(events)} events · {panes}"


def _choices() -> tuple[Choice, ...]:
    found: list[Choice] = []
    for name in builtin_names():
        try:
            scenario = load_scenario(name, MODE_BY_NAME)
        except ScenarioError:
            continue  # `scenarios` tells what is wrong with it
        found.append(Choice(name, scenario.title, scenario.sentence))
    return tuple(found)


def present(state: AppState) -> WindowFrame:
    """One frame on its own, all figures fresh."""
    return Presenter().present(state)
