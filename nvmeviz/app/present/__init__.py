"""From what the program is doing to what it shows: `Presenter.present(state)` makes the window's
frame.

A frame is a function of the state alone. What a person reads (figures, times, graphs) is remembered
for a tenth of a second of wall time while playing, because digits that change sixty times a second
can't be read; the caller says how much time has passed, nothing here looks at a clock.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from nvmeviz.app import playback
from nvmeviz.app.pane_runs import progress
from nvmeviz.app.predictions import is_prediction
from nvmeviz.app.present.about import About, WaitingPane
from nvmeviz.app.present.averaged import averaged, moved
from nvmeviz.app.present.findings import FindingsPart
from nvmeviz.app.present.frame import (
    INFERRED_MARK,
    LEGEND,
    Choice,
    PaneFrame,
    ReadingFrame,
    SlotState,
    Toolbar,
    WindowFrame,
)
from nvmeviz.app.present.graph_feed import GraphFeed
from nvmeviz.app.present.graphs import graph_tools
from nvmeviz.app.present.moment import Moments
from nvmeviz.app.present.pane import avoided_by, moved_on, pane_frame, summary_of
from nvmeviz.app.present.panel import epoch_choices, panel_frame
from nvmeviz.app.present.scrubber import Scrubber
from nvmeviz.app.present.start import StartPart, gallery, recent_choices
from nvmeviz.app.present.tokens import too_fast_for_tokens
from nvmeviz.app.present.told_apart import ToldApart, told_apart
from nvmeviz.app.present.words import event_words
from nvmeviz.engine.doorbell import MODE_BY_NAME
from nvmeviz.units import clock_text, grouped

if TYPE_CHECKING:
    from nvmeviz.analysis.summary import Summary
    from nvmeviz.app.present.moment import Moment
    from nvmeviz.app.present.rates import Avoided
    from nvmeviz.app.state import AppState

MOST_IN_TWO = 3  # so many panes are made whole in two frames, more in three
REFRESH_FRAMES = 6  # figures: 10 Hz at 60 frames a second


class Presenter:
    """Makes frames. Keeps nothing but the figures of the last tenth of a second."""

    def __init__(self) -> None:
        self._age = 0
        self._key: tuple[object, ...] = ()
        self._summaries: dict[int, Summary] = {}  # by the number of the pane
        self._graph_feed = GraphFeed()
        self._avoided: dict[int, Avoided | None] = {}
        self._averaged: tuple[PaneFrame, ...] = ()  # while too fast for the eye
        self._event_text = ""
        self._read_ns = self._events = 0  # when, and how many had happened in all runs
        self._described: tuple[object, ...] = ()
        self._about: dict[int, About] = {}
        self._number = 0  # frames made
        self._last: dict[int, PaneFrame] = {}  # made whole, at an instant
        self._moved: dict[int, PaneFrame] = {}  # averages with their streams
        self._told = ToldApart()
        self._scrubber = Scrubber()
        self._findings = FindingsPart()
        self._start = StartPart()

    @property
    def behind(self) -> bool:
        """True when another frame of the same state would show more: graphs catch up one a frame."""
        return self._graph_feed.behind

    def present(self, state: AppState) -> WindowFrame:
        """The frame of a state; call it once a frame."""
        t_ns, counts = state.head.shown()
        moments = Moments(state.runs, t_ns, counts)
        self._number += 1
        self._describe(state, counts)
        self._about = self._about_panes(state)
        self._refresh(state, t_ns, moments)
        playing = state.playing and not state.held
        return WindowFrame(
            workspace=state.workspace,
            toolbar=self._toolbar(state, t_ns),
            panes=self._panes(state, moments),
            graphs=self._graph_feed.frames(
                state.runs, t_ns, state.graphs, playing, self._told.titles, self._told.pairs
            ),
            status=_status(state, self._events, self._told.same_arrivals),
            notice=state.notice,
            notice_calm=bool(state.notice) and state.notice == state.told,
            reading=_reading(state),
            legend=_legend(state),
            solo=state.solo,
            floating=state.floating,
            panel=panel_frame(state),
            findings=self._findings.frame(state, self._told.titles),
            start=self._start.frame(state),
            waiting=_waiting(state, self._about),
            scrubber=self._scrubber.frame(state, t_ns, self._read_ns),
            graph_tools=graph_tools(state.graphs),
        )

    def _describe(self, state: AppState, counts: tuple[int, ...]) -> None:
        """What sets the panes apart, when that may have changed."""
        pairs = zip(state.runs, counts, strict=True)
        scenarios = tuple(run.scenario_at(count) for run, count in pairs)
        key = (state.panes, state.shown, *map(id, scenarios))
        if key == self._described:
            return
        self._described = key
        self._told = told_apart(state.shown, state.runs, scenarios)

    def _refresh(self, state: AppState, t_ns: int, moments: Moments) -> None:
        """Figures: at once when paused or something else is shown, else at 10 Hz, those of each pane
        in another frame, as all in one would take too long.
        """
        playing = state.playing and not state.held
        shown = None if playing else t_ns
        key = (state.generation, state.runs, shown, state.queue, state.speed)
        anew, count, speed = key != self._key, len(moments), _machine_ns_per_s(state)
        if anew:
            self._key, self._age = key, 0
            self._averaged = ()
            self._last.clear()
            self._moved.clear()
        elif playing:
            self._age = (self._age + 1) % REFRESH_FRAMES
        else:
            return
        due = [n for n in range(count) if anew or self._age == n * REFRESH_FRAMES // count]
        for n in due:
            self._summaries[n] = summary_of(moments[n])
            self._avoided[n] = avoided_by(moments[n], state.queue)
        if self._age == 0:
            self._event_text = event_words(state.runs, state.head.shown()[1])
            self._read_ns = t_ns
            self._events = sum(state.head.counts)
        if too_fast_for_tokens(speed):
            self._average(state, moments, speed, due)
        elif self._age == 0:
            self._averaged = ()

    def _about_panes(self, state: AppState) -> dict[int, About]:
        """What each pane is among the others, by its id."""
        numbers = {pane.pane_id: number for number, pane in enumerate(state.shown)}
        told = self._told
        coming = {making.pane.pane_id: progress(making, state) for making in state.making}
        return {
            pane.pane_id: About(
                place=place,
                apart=told.words[numbers[pane.pane_id]] if pane.pane_id in numbers else "",
                branch=f"branched at {clock_text(pane.past[-1].t_ns)}" if pane.past else "",
                alone=not told.same_arrivals,
                selected=pane.pane_id == state.selected,
                progress=coming.get(pane.pane_id),
                prediction=is_prediction(pane),
                epochs=epoch_choices(state.recorded, pane),
                epoch=pane.recording,
            )
            for place, pane in enumerate(state.panes)
        }

    def _average(self, state: AppState, moments: Moments, speed: int, due: list[int]) -> None:
        """The panes whose turn it is."""
        kept, count = self._averaged, len(moments)
        fresh = {
            n: averaged(self._whole(state, n, moments[n]), moments[n], state.queue, speed)
            for n in (due if kept else range(count))
        }
        self._averaged = tuple(fresh[n] if n in fresh else kept[n] for n in range(count))

    def _panes(self, state: AppState, moments: Moments) -> tuple[PaneFrame, ...]:
        speed = _machine_ns_per_s(state)
        if self._averaged and too_fast_for_tokens(speed):
            return tuple(self._streams(state, n, speed) for n in range(len(self._averaged)))
        return tuple(self._pane(state, number, moment) for number, moment in enumerate(moments))

    def _pane(self, state: AppState, number: int, moment: Moment) -> PaneFrame:
        pane_id = state.shown[number].pane_id
        kept = self._last.get(pane_id)
        if kept is not None and self._rests(state, number):
            return moved_on(kept, moment, self._about[pane_id])
        made = self._last[pane_id] = self._whole(state, number, moment)
        return made

    def _whole(self, state: AppState, number: int, moment: Moment) -> PaneFrame:
        pane_id = state.shown[number].pane_id
        return pane_frame(
            moment,
            pane_id,
            state.queue,
            _machine_ns_per_s(state),
            self._summaries[number],
            self._summaries[0],
            self._avoided[number],
            self._about[pane_id],
            state.follow,
        )

    def _streams(self, state: AppState, number: int, speed: int) -> PaneFrame:
        """Averages, with the streams where they are now."""
        pane_id = state.shown[number].pane_id
        kept = self._moved.get(pane_id)
        if kept is None or not self._rests(state, number) or kept.about != self._about[pane_id]:
            pane, about = self._averaged[number], self._about[pane_id]
            kept = self._moved[pane_id] = moved(pane, state.head.t_ns, speed, about)
        return kept

    def _rests(self, state: AppState, number: int) -> bool:
        """True when only the tokens of a pane move in this frame: of many panes, what they are is
        made in turns, 30 times a second or, of more than three, 20 times, where tokens move 60
        times; streams 30 times.
        """
        many, speed = len(state.shown), _machine_ns_per_s(state)
        playing = state.playing and not state.held and speed > 0
        if many == 1 or state.follow is not None or not playing:
            return False
        turns = 2 if many <= MOST_IN_TWO or too_fast_for_tokens(speed) else 3
        return (self._number + number) % turns != 0

    def _toolbar(self, state: AppState, t_ns: int) -> Toolbar:
        title = state.base.title if state.base is not None else "opening"
        return Toolbar(
            playing=state.playing,
            title=title,
            choices=_choices(),
            speed_position=state.speed / (len(playback.SPEEDS_NS) - 1),
            speed_text=playback.speed_text(state.speed),
            time_text=f"t = {clock_text(self._read_ns)}",
            at_start=t_ns == 0,
            at_live_edge=state.at_live_edge,
            event_text=self._event_text,
            recent=recent_choices(state.recent),
        )


def _machine_ns_per_s(state: AppState) -> int:
    """The speed that decides between tokens and flow: none while a step is being shown or all
    stands still.
    """
    if not state.playing or state.held or state.head.glide is not None:
        return 0
    per_second = playback.SPEEDS_NS[state.speed]
    return 10 * playback.REAL_TIME_NS if per_second == playback.AS_FAST_AS_IT_GOES else per_second


def _legend(state: AppState) -> tuple[tuple[int, str], ...]:
    """The key: for measured runs also how unknown and inferred look."""
    if all(run.about.kinds is None for run in state.runs):
        return LEGEND
    return (*LEGEND, (SlotState.UNKNOWN, "not in this trace"), (INFERRED_MARK, "inferred"))


def _reading(state: AppState) -> ReadingFrame | None:
    reading = state.reading
    if reading is None:
        return None
    return ReadingFrame(f"Reading {reading.title}", reading.words, reading.share)


def _status(state: AppState, events: int, same: bool) -> str:
    if not state.runs:
        return ""
    count = len(state.panes)
    what = "same arrivals" if same else "arrivals differ"
    panes = "1 pane" if count == 1 else f"{count} panes on one clock, {what}"
    kinds = {run.provenance for run in state.runs}
    seeds = {run.scenario.seed for run in state.runs}
    seed = f", seed {seeds.pop()}" if len(seeds) == 1 else ""
    how = " and ".join(sorted(kinds, reverse=True))
    left = " · panes as you left them" if any(s == state.source for s, _ in state.layouts) else ""
    return f"{how}{seed if 'simulated' in kinds else ''} · {grouped(events)} events · {panes}{left}"


def _waiting(state: AppState, about: dict[int, About]) -> tuple[WaitingPane, ...]:
    """Panes that have no picture yet."""
    shown = {pane.pane_id for pane in state.shown}
    return tuple(
        WaitingPane(
            pane.pane_id,
            MODE_BY_NAME[pane.mode].title,
            pane.mode,
            about[pane.pane_id].progress or 0.0,
            about[pane.pane_id],
        )
        for pane in state.panes
        if pane.pane_id not in shown
    )


@lru_cache(maxsize=1)
def _choices() -> tuple[Choice, ...]:
    scenarios, traces = gallery()
    return tuple(Choice(card.source, card.title, card.sentence) for card in (*scenarios, *traces))


def present(state: AppState) -> WindowFrame:
    """One frame on its own, all figures fresh."""
    return Presenter().present(state)
