"""The whole run in one line: how far it is known, where vCPUs stand outside the guest, and the
places worth a look.

Its ground (range, strips, flags) is made a few times a second and is the same object until then;
only the playhead's time is new in every frame. The range grows by round steps, so that what is on
it stays where it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nvmeviz.analysis.landmarks import LandmarkKind
from nvmeviz.app import playback
from nvmeviz.app.present.names import run_accent, run_title
from nvmeviz.app.present.scrubber_frame import BINS, Flag, ScrubberFrame, ScrubberGround, Strip
from nvmeviz.app.present.words import queue_name
from nvmeviz.log import kinds
from nvmeviz.units import time_text

if TYPE_CHECKING:
    from nvmeviz.analysis.landmarks import Landmark
    from nvmeviz.app.runs import Run
    from nvmeviz.app.state import AppState
    from nvmeviz.model.topology import Topology

REFRESH_FRAMES = 15  # while playing: 4 Hz at 60 frames a second
SHORTEST_NS = 1_000_000


@dataclass(frozen=True, eq=False, slots=True)
class _Settled:
    """A run's strip, whose first `bins` will not change any more in this range."""

    range_ns: int
    bins: int
    strip: Strip


class Scrubber:
    """Makes frames; keeps the ground, and the range of one opening, which only grows."""

    def __init__(self) -> None:
        self._age = 0
        self._key: tuple[object, ...] = ()
        self._generation = -1
        self._range_ns = 0
        self._ground = ScrubberGround(SHORTEST_NS, 0, (), ())
        self._flags: dict[tuple[int, int, Landmark], Flag] = {}
        self._strips: dict[int, _Settled] = {}
        self._spoken = ""

    def frame(self, state: AppState, t_ns: int, read_ns: int | None = None) -> ScrubberFrame | None:
        """The scrubber of a state whose playhead is shown at t; None without a run. read_ns: the time
        that is written at it, where not the same.
        """
        if not state.runs:
            return None
        playing = state.playing and not state.held
        if self._generation != state.generation:
            self._generation, self._range_ns = state.generation, 0
            self._flags.clear()
            self._strips.clear()
        key = (state.generation, playing, state.runs, tuple(run.frontier_ns for run in state.runs))
        self._age += 1
        outside = t_ns > self._range_ns
        ahead = t_ns > self._ground.known_ns  # the picture lags behind the playhead
        wait = REFRESH_FRAMES // 3 if ahead else REFRESH_FRAMES
        early = playing and self._age < wait and key[:3] == self._key[:3]
        if outside or (key != self._key and not early):
            self._key, self._age = key, 0
            self._range_ns = self._range(state, t_ns)
            self._ground = self._new_ground(state.runs)
        if not playing or self._age == 0:
            self._spoken = _spoken(self._ground, t_ns)
        words = time_text(t_ns if read_ns is None else read_ns)
        return ScrubberFrame(self._ground, t_ns, words, self._spoken)

    def _range(self, state: AppState, t_ns: int) -> int:
        """The right end: past everything that happens and the playhead, a round number."""
        if state.held and self._range_ns:
            return self._range_ns  # it does not slip away under the pointer
        limit_ns = playback.limit_ns(state.runs)
        # Of a run in which nothing happens any more all is known, a minute long.
        lively_ns = max(
            (run.log.blocks[-1].last_ns for run in state.runs if run.log.blocks), default=0
        )
        reach_ns = max(t_ns, min(limit_ns, max(lively_ns, SHORTEST_NS)))
        range_ns = max(self._range_ns, round_end_ns(reach_ns))
        ended = all(run.complete for run in state.runs)
        return min(range_ns, max(1, limit_ns)) if ended else range_ns

    def _new_ground(self, runs: tuple[Run, ...]) -> ScrubberGround:
        range_ns = self._range_ns
        known_ns = min(playback.limit_ns(runs), range_ns)
        flags = [
            self._flag(number, run, place)
            for number, run in enumerate(runs)
            for place in run.landmarks.places
            if place.t_ns <= known_ns
        ]
        flags.sort(key=lambda flag: (flag.t_ns, flag.pane))
        for run in runs:
            before = self._strips.get(run.run_id)
            self._strips[run.run_id] = _strip(run, range_ns, known_ns, before)
        strips = tuple(self._strips[run.run_id].strip for run in runs)
        return ScrubberGround(range_ns, known_ns, strips, tuple(flags))

    def _flag(self, number: int, run: Run, place: Landmark) -> Flag:
        """A place as a flag, worded once."""
        flag = self._flags.get((number, run.run_id, place))
        if flag is None:
            words = landmark_words(place, run.topology)
            flag = Flag(place.t_ns, place.kind, number, run_title(run), run_accent(run), words)
            self._flags[number, run.run_id, place] = flag
        return flag


def _strip(run: Run, range_ns: int, known_ns: int, before: _Settled | None) -> _Settled:
    """A run's strip; only what can have changed since `before` is counted anew."""
    edges = np.arange(BINS + 1, dtype=np.int64) * range_ns // BINS
    same = before is not None and before.range_ns == range_ns
    kept = before.strip.outside[: before.bins] if before is not None and same else np.empty(0)
    edges_left = edges[len(kept) :]
    outside = np.diff(run.series.returns.passed(np.minimum(edges_left, known_ns)))
    share = outside / (np.maximum(1, np.diff(edges_left)) * max(1, run.series.vcpus))
    if not run.about.tells(kinds.VM_ENTRY):
        share = np.zeros_like(share)  # how long exits took is not known
    whole = np.concatenate([kept, np.minimum(1.0, share)]).astype(np.float32)
    # Before the last return every exit is known to its end.
    last_ns = run.series.returns.before(known_ns + 1) or 0
    settled = int(np.searchsorted(edges[1:], last_ns, side="left"))
    return _Settled(range_ns, settled, Strip(run_accent(run), whole))


def round_end_ns(t_ns: int) -> int:
    """The smallest of 1, 2, 5, 10, 20 ... at or above t."""
    decade = 1
    while True:
        for digit in (1, 2, 5):
            if digit * decade >= t_ns:
                return digit * decade
        decade *= 10


def landmark_words(place: Landmark, topology: Topology) -> str:
    """A place as a sentence."""
    queue = queue_name(topology, place.queue)
    subject = queue[0].upper() + queue[1:]
    vcpu = _of(topology.vcpus, place.actor)
    since = f", for the first time in {time_text(place.value)}" if place.value else ""
    thread = _of(topology.threads, place.actor)
    match place.kind:
        case LandmarkKind.TRAP:
            return f"First trap: {vcpu} leaves the guest to ring a doorbell"
        case LandmarkKind.HANDED_OVER:
            return f"Shadow buffers handed over ({queue})"
        case LandmarkKind.AVOIDED:
            return f"First doorbell avoided ({queue}): EventIdx says none is needed"
        case LandmarkKind.SLEEP:
            return f"The controller falls asleep for the first time ({thread})"
        case LandmarkKind.WAKE:
            return f"The controller wakes for the first time ({thread})"
        case LandmarkKind.LONGEST_EXIT:
            return f"Longest VM exit so far: {time_text(place.value)}, {vcpu}"
        case LandmarkKind.SLOWEST:
            return f"Slowest command so far: {time_text(place.value)}, {queue}"
        case LandmarkKind.FULL:
            return f"{subject} is full, commands wait for room{since}"
        case LandmarkKind.LOCK:
            return f"{vcpu} has to wait for the VMM's lock{since}"
        case LandmarkKind.CHANGED:
            return "Settings change from here"
        case LandmarkKind.RESET:
            return "The controller is reset" + (
                "; the driver forgets its buffers" if place.value else ""
            )
        case LandmarkKind.STUCK:
            count = "1 command" if place.value == 1 else f"{place.value} commands"
            return f"{subject}: nothing happens from here, {count} in flight"


def _of(names: tuple[str, ...], number: int) -> str:
    return names[number] if number < len(names) else f"number {number}"


def _spoken(ground: ScrubberGround, t_ns: int) -> str:
    """Where we are, and what was marked last."""
    where = f"{time_text(t_ns)} of {time_text(ground.range_ns)}"
    past = [flag for flag in ground.flags if flag.t_ns <= t_ns]
    count = f"{len(ground.flags)} marked places"
    return f"{where}, {count}" + (f", last: {past[-1].title}: {past[-1].words}" if past else "")
