"""The clock: speeds, the playhead, single steps. Pure functions of numbers; no wall clock in here.

A playhead is a time and, for each run, how many of its events have happened: several events may
share a nanosecond, and a single step must be able to stand between them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nvmeviz.units import NBSP, plain_time

if TYPE_CHECKING:
    from nvmeviz.app.runs import Run

STEP_WALL_NS = 400_000_000  # a single step is shown over 400 ms
BY_EVENT = 0
AS_FAST_AS_IT_GOES = -1
_DECADES = (1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000)
# Machine time that one second of wall time shows, ns; the first is "one event at a time".
SPEEDS_NS: tuple[int, ...] = (
    BY_EVENT,
    *(decade * digit for decade in _DECADES for digit in (1, 2, 5)),
    1_000_000_000,
    AS_FAST_AS_IT_GOES,
)
DEFAULT_SPEED = SPEEDS_NS.index(20_000)
REAL_TIME_NS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Glide:
    """A step being shown: from a moment to the playhead. counts: events shown meanwhile, per
    run.
    """

    from_ns: int
    counts: tuple[int, ...]
    left_wall_ns: int


@dataclass(frozen=True, slots=True)
class Playhead:
    """Where we look. carry: machine time not yet shown, in ns * 1e-9."""

    t_ns: int
    counts: tuple[int, ...]
    carry: int = 0
    glide: Glide | None = None

    def shown(self) -> tuple[int, tuple[int, ...]]:
        """The time and the event counts to draw: those of the glide while a step is being shown."""
        if self.glide is None:
            return self.t_ns, self.counts
        done = STEP_WALL_NS - self.glide.left_wall_ns
        way = self.t_ns - self.glide.from_ns
        return self.glide.from_ns + way * done // STEP_WALL_NS, self.glide.counts


def speed_text(speed: int) -> str:
    """What the toolbar says about a speed (index into SPEEDS_NS)."""
    per_second = SPEEDS_NS[speed]
    if per_second == BY_EVENT:
        return "one event at a time"
    if per_second == AS_FAST_AS_IT_GOES:
        return "as fast as it goes"
    if per_second == REAL_TIME_NS:
        return "real time"
    return f"1{NBSP}s shows {plain_time(per_second)}"


def head_at(runs: tuple[Run, ...], t_ns: int, carry: int = 0) -> Playhead:
    """The playhead at a time, everything of that nanosecond included."""
    return Playhead(t_ns, tuple(run.log.count_at(t_ns) for run in runs), carry)


def limit_ns(runs: tuple[Run, ...]) -> int:
    """How far all runs are known: the playhead never goes past it."""
    return min((run.frontier_ns for run in runs), default=0)


def moved(head: Playhead, runs: tuple[Run, ...], speed: int, dt_ns: int) -> Playhead:
    """The playhead after dt_ns of wall time at a speed that is not BY_EVENT."""
    known_ns = limit_ns(runs)
    per_second = SPEEDS_NS[speed]
    if per_second == AS_FAST_AS_IT_GOES:
        return head_at(runs, max(head.t_ns, known_ns))
    ahead = dt_ns * per_second + head.carry
    t_ns = head.t_ns + ahead // 1_000_000_000
    if t_ns > known_ns:
        return head_at(runs, max(head.t_ns, known_ns))
    return head_at(runs, t_ns, ahead % 1_000_000_000)


def glided(head: Playhead, dt_ns: int) -> Playhead:
    """The playhead after dt_ns of showing a step."""
    if head.glide is None or head.glide.left_wall_ns <= dt_ns:
        return Playhead(head.t_ns, head.counts)
    left = Glide(head.glide.from_ns, head.glide.counts, head.glide.left_wall_ns - dt_ns)
    return Playhead(head.t_ns, head.counts, 0, left)


def step_event(
    head: Playhead, runs: tuple[Run, ...], forward: bool, glide: bool = True
) -> Playhead:
    """The next event over all runs happens, or the last one has not happened. Same head at an
    end.
    """
    return _step_forward(head, runs, glide) if forward else _step_back(head, runs, glide)


def _step_forward(head: Playhead, runs: tuple[Run, ...], glide: bool) -> Playhead:
    candidates = [
        (run.log.time_of(count), number)
        for number, (run, count) in enumerate(zip(runs, head.counts, strict=True))
        if count < len(run.log)
    ]
    if not candidates:
        return head
    t_ns, number = min(candidates)
    if t_ns > limit_ns(runs):
        return head
    counts = _changed(head.counts, number, 1)
    shown = Glide(head.t_ns, head.counts, STEP_WALL_NS) if glide else None
    return Playhead(t_ns, counts, 0, shown)


def _step_back(head: Playhead, runs: tuple[Run, ...], glide: bool) -> Playhead:
    candidates = [
        (run.log.time_of(count - 1), number)
        for number, (run, count) in enumerate(zip(runs, head.counts, strict=True))
        if count > 0
    ]
    if not candidates:
        return Playhead(0, head.counts)
    _, number = max(candidates)
    counts = _changed(head.counts, number, -1)
    times = [
        run.log.time_of(count - 1) for run, count in zip(runs, counts, strict=True) if count > 0
    ]
    shown = Glide(head.t_ns, counts, STEP_WALL_NS) if glide else None
    return Playhead(max(times, default=0), counts, 0, shown)


def _changed(counts: tuple[int, ...], number: int, by: int) -> tuple[int, ...]:
    return (*counts[:number], counts[number] + by, *counts[number + 1 :])
