"""The places of a run that are worth a look: the first trap, the slowest command so far, a queue
that stands still.

Found block by block: `digest_landmarks` is pure and runs in the worker that made the block;
`Landmarks.take` keeps what it found. However a log is cut into blocks, the same places come out.
Sentences are the business of `app.present`.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, fields, replace
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

from nvmeviz.log import kinds as k
from nvmeviz.model.topology import ADMIN_QID
from nvmeviz.scenario.texts import latency_points

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nvmeviz.model.topology import Topology
    from nvmeviz.scenario.schema import Device, Scenario

QUIET_NS = 1_000_000  # a queue on which nothing happens for longer stands still
EPISODE_NS = 1_000_000  # what happens again within a millisecond goes on; it does not begin anew
SURPRISE = 1.5  # it begins anew after a pause so much longer than the longest before
WARM_UP = 64  # so many exits or commands only set the bar for records
RECORD = 1.1  # a record is marked when it beats the last one marked by a tenth
BUDGET = 48  # places kept of a kind that may come again and again


class LandmarkKind(IntEnum):
    """What happens at a place; a larger number is the more serious one."""

    WAKE = 0
    SLEEP = 1
    HANDED_OVER = 2
    AVOIDED = 3
    TRAP = 4
    SLOWEST = 5
    LONGEST_EXIT = 6
    LOCK = 7
    FULL = 8
    CHANGED = 9
    RESET = 10
    STUCK = 11


_EACH = (
    (k.DBBUF_CONFIG, LandmarkKind.HANDED_OVER),
    (k.CTRL_RESET, LandmarkKind.RESET),
    (k.SCENARIO_CHANGE, LandmarkKind.CHANGED),
)
RECORDS = (LandmarkKind.SLOWEST, LandmarkKind.LONGEST_EXIT)  # few by what a record is


@dataclass(frozen=True, slots=True)
class Landmark:
    """One place. queue: index of the pair it is about. actor: vCPU or thread. value: ns of a
    record, commands in flight of a queue that stands still, ns that lock and queue had been free
    (0: from the start), else what the event says.
    """

    t_ns: int
    kind: LandmarkKind
    queue: int = 0
    actor: int = 0
    value: int = 0


@dataclass(frozen=True, slots=True)
class Record:
    """The bar that the next record has to beat, and how many values have been seen."""

    bar: int = 0
    seen: int = 0


@dataclass(frozen=True, slots=True)
class Episode:
    """When something happened last, and the longest time from one such moment to the next."""

    last_ns: int = -1
    pause_ns: int = 0


@dataclass(frozen=True, eq=False, slots=True)
class Carry:
    """What the next block has to know of those before it.

    tags, in_flight, working, progress_ns: (queues,) int64. working: commands that the controller
    or the device has in hand. progress_ns: when something last happened to a command. told:
    (queues,) bool, standing still since then has been told.
    """

    quiet_ns: int
    tags: NDArray[np.int64]
    in_flight: NDArray[np.int64]
    working: NDArray[np.int64]
    progress_ns: NDArray[np.int64]
    told: NDArray[np.bool_]
    firsts: frozenset[LandmarkKind] = frozenset()
    exits: Record = Record()
    commands: Record = Record()
    full: Episode = Episode()
    lock: Episode = Episode()


@dataclass(frozen=True, eq=False, slots=True)
class Found:
    """The places of one block, and what the next block has to know."""

    places: tuple[Landmark, ...]
    carry: Carry


def quiet_ns_of(scenario: Scenario) -> int:
    """How long a queue may be silent for good reasons: batches, coalescing and slow steps wait."""
    costs = scenario.costs
    waits = [getattr(costs, f.name) for f in fields(costs) if f.name.endswith("_ns")]
    waits.remove(costs.reset_ns)  # nothing is in flight meanwhile
    waits.append(scenario.doorbell.batch_limit_ns)
    if scenario.machine.coalesce > 1:
        waits.append(scenario.machine.coalesce_time_ns)
    return max(QUIET_NS, 4 * max(waits), 2 * _slowest_ns(scenario.device))


def _slowest_ns(device: Device) -> int:
    """About as long as a device may take: the end of its table, or eight times its mean, which an
    exponential exceeds once in 3000 times.
    """
    points = latency_points(device.latency_table)
    if not points:
        return 8 * max(device.latency_ns, device.write_latency_ns)
    # The table is that of reads; that of writes is as much longer as their mean.
    longer = max(1.0, device.write_latency_ns / device.latency_ns) if device.latency_ns else 1.0
    return round(points[-1][1] * longer)


def carry_of(topology: Topology, quiet_ns: int = QUIET_NS) -> Carry:
    """Before the first event."""
    tags = [0 if queue.qid == ADMIN_QID else queue.tags for queue in topology.queues]
    none = np.zeros(len(tags), np.int64)
    return Carry(quiet_ns, np.array(tags, np.int64), none, none, none, none.astype(np.bool_))


def digest_landmarks(events: NDArray[np.void], frontier_ns: int, carry: Carry) -> Found:
    """The places in the next block of a log that is known up to `frontier_ns` with it."""
    kind = np.ascontiguousarray(events["kind"])
    places = _firsts(events, kind, carry.firsts)
    firsts = carry.firsts | {place.kind for place in places}
    for wanted, of in _EACH:
        places += _marked(events, np.flatnonzero(kind == wanted), of)
    returns, reaps = np.flatnonzero(kind == k.VM_ENTRY), np.flatnonzero(kind == k.CQ_REAP)
    rows, exits = _records(events["b"][returns], carry.exits)
    places += _marked(events, returns[rows], LandmarkKind.LONGEST_EXIT, "b")
    rows, commands = _records(events["b"][reaps], carry.commands)
    places += _marked(events, reaps[rows], LandmarkKind.SLOWEST, "b")
    waits = np.flatnonzero(kind == k.LOCK_WAIT)
    waits = waits[events["a"][waits] == k.BY_VCPU]
    begun, lock = _begins(events, waits, LandmarkKind.LOCK, carry.lock)
    places += begun
    asked, still, carry = _queues(events, kind, frontier_ns, carry)
    begun, full = _begins(events, asked, LandmarkKind.FULL, carry.full)
    places += begun
    carry = replace(carry, firsts=firsts, exits=exits, commands=commands, lock=lock, full=full)
    return Found((*places, *still), carry)


def _marked(
    events: NDArray[np.void], rows: NDArray[np.intp], kind: LandmarkKind, value: str = "a"
) -> list[Landmark]:
    """The events of these rows as places of a kind; value: the field that says how much."""
    return [
        Landmark(int(e["t"]), kind, int(e["qid"]), int(e["vcpu"]), int(e[value]))
        for e in events[rows]
    ]


def _firsts(
    events: NDArray[np.void], kind: NDArray[np.uint8], seen: frozenset[LandmarkKind]
) -> list[Landmark]:
    """What happens for the first time."""
    places: list[Landmark] = []

    def look(
        of: LandmarkKind, wanted: tuple[int, ...], field: str = "", values: tuple[int, ...] = ()
    ) -> None:
        if of in seen:
            return
        rows = np.flatnonzero(np.isin(kind, wanted))
        if field:
            rows = rows[np.isin(events[field][rows], values)]
        places.extend(_marked(events, rows[:1], of))

    look(LandmarkKind.TRAP, (k.VM_EXIT,), "a", (k.EXIT_SQ_DOORBELL, k.EXIT_CQ_DOORBELL))
    look(LandmarkKind.AVOIDED, (k.SQ_EVENTIDX_READ, k.CQ_EVENTIDX_READ), "b", (0,))
    look(LandmarkKind.SLEEP, (k.CTRL_SLEEP,))
    look(LandmarkKind.WAKE, (k.CTRL_WAKE,))
    return places


def _records(value: NDArray[np.uint32], record: Record) -> tuple[list[int], Record]:
    """Rows that beat all before by far, and the bar after them."""
    if not len(value):
        return [], record
    highest = np.maximum.accumulate(value)
    before = np.concatenate([[record.bar], highest[:-1]])
    rows: list[int] = []
    bar = record.bar
    for row in np.flatnonzero(value > np.maximum(before, record.bar)).tolist():
        candidate = int(value[row])
        if record.seen + row < WARM_UP:
            bar = candidate
        elif candidate >= RECORD * bar:
            bar = candidate
            rows.append(row)
    return rows, Record(bar, record.seen + len(value))


def _begins(
    events: NDArray[np.void], rows: NDArray[np.intp], kind: LandmarkKind, episode: Episode
) -> tuple[list[Landmark], Episode]:
    """Where it happens after it had not for longer than ever; value: for how long, ns."""
    if not len(rows):
        return [], episode
    t_ns = events["t"][rows]
    places: list[Landmark] = []
    longest_ns = episode.pause_ns
    first = episode.last_ns < 0
    if first:
        places += _marked(events, rows[:1], kind)
    pauses = np.diff(t_ns, prepend=t_ns[0] if first else episode.last_ns)
    for row in np.flatnonzero(pauses > max(EPISODE_NS - 1, longest_ns)).tolist():
        pause_ns = int(pauses[row])
        if pause_ns >= SURPRISE * longest_ns:
            places += [
                replace(place, value=pause_ns)
                for place in _marked(events, rows[row : row + 1], kind)
            ]
        longest_ns = max(longest_ns, pause_ns)
    return places, Episode(int(t_ns[-1]), longest_ns)


def _by_kind(**changes: int) -> NDArray[np.int64]:
    table = np.zeros(256, np.int64)
    for name, change in changes.items():
        table[getattr(k, name)] = change
    return table


_FLOW = _by_kind(SQ_POST=1, SQ_FETCH=1, CQ_POST=1, CQ_REAP=1, REQUEST=1).astype(np.bool_)
_IN_FLIGHT = _by_kind(SQ_POST=1, CQ_REAP=-1)
_WORKING = _by_kind(SQ_FETCH=1, CQ_POST=-1)


def _queues(
    events: NDArray[np.void], kind: NDArray[np.uint8], frontier_ns: int, carry: Carry
) -> tuple[NDArray[np.intp], list[Landmark], Carry]:
    """Rows at which a request finds its queue full; queues that stand still; the queues after it."""
    rows = np.flatnonzero(_FLOW[kind])
    rows = rows[events["qid"][rows] < len(carry.tags)]
    # By queue, in the order of time within one; what is known of a queue begins with the carry.
    rows = rows[np.argsort(events["qid"][rows], kind="stable")]
    queue, what, t_ns = events["qid"][rows], kind[rows], events["t"][rows]
    first = np.flatnonzero(np.diff(queue, prepend=-1))
    sizes = np.diff(first, append=len(rows))

    def running(change: NDArray[np.int64], begin: NDArray[np.int64]) -> NDArray[np.int64]:
        """The count after each row."""
        total = np.cumsum(change)
        return total + np.repeat(begin[queue[first]] - (total[first] - change[first]), sizes)

    in_flight = running(_IN_FLIGHT[what], carry.in_flight)
    working = running(_WORKING[what], carry.working)
    asks = what == k.REQUEST
    full = np.sort(rows[asks & (in_flight >= carry.tags[queue])])
    after = replace(
        carry,
        in_flight=_last(carry.in_flight, queue, in_flight),
        working=_last(carry.working, queue, working),
    )
    # A request is no progress: the program asks on while its queue stands still.
    done = ~asks
    queue, t_ns, what = queue[done], t_ns[done], what[done]
    still, after = _standing_still(
        queue,
        t_ns,
        in_flight[done] - _IN_FLIGHT[what],
        working[done] - _WORKING[what],
        frontier_ns,
        after,
    )
    return full, still, after


def _last(
    old: NDArray[np.int64], queue: NDArray[np.uint16], value: NDArray[np.int64]
) -> NDArray[np.int64]:
    """The newest value of each queue; rows lie by queue, in the order of time."""
    new = old.copy()
    ends = np.flatnonzero(np.diff(queue.astype(np.int64), append=-1))
    new[queue[ends]] = value[ends]
    return new


def _standing_still(
    queue: NDArray[np.uint16],
    t_ns: NDArray[np.int64],
    in_flight: NDArray[np.int64],
    working: NDArray[np.int64],
    frontier_ns: int,
    carry: Carry,
) -> tuple[list[Landmark], Carry]:
    """Queues whose commands wait while nobody has any of them in hand, for longer than is right.

    Rows lie by queue; in_flight, working: before each row.
    """
    first = np.diff(queue.astype(np.int64), prepend=-1) != 0
    since = np.empty_like(t_ns)
    since[1:] = t_ns[:-1]
    since[first] = carry.progress_ns[queue[first]]
    quiet = (t_ns - since >= carry.quiet_ns) & (in_flight > 0) & (working == 0)
    quiet &= ~(first & carry.told[queue])
    rows = np.flatnonzero(quiet)
    found = [(int(since[row]), int(queue[row]), int(in_flight[row])) for row in rows]
    progress_ns, told = _last(carry.progress_ns, queue, t_ns), carry.told.copy()
    told[queue] = False
    late = (frontier_ns - progress_ns >= carry.quiet_ns) & (carry.in_flight > 0)
    for number in np.flatnonzero(late & (carry.working == 0) & ~told).tolist():
        found.append((int(progress_ns[number]), number, int(carry.in_flight[number])))
        told[number] = True
    places = [
        Landmark(since_ns, LandmarkKind.STUCK, number, 0, count)
        for since_ns, number, count in sorted(found)
    ]
    return places, replace(carry, progress_ns=progress_ns, told=told)


class _Kept:
    """Places of one kind in the order of time, thinned out evenly when they become too many."""

    def __init__(self, budget: int) -> None:
        self.places: list[Landmark] = []
        self._budget, self._spacing_ns = budget, 0

    def add(self, place: Landmark) -> None:
        if self.places and place.t_ns - self.places[-1].t_ns < self._spacing_ns:
            return
        self.places.append(place)
        while len(self.places) > self._budget:
            self._spacing_ns = max(EPISODE_NS, 2 * self._spacing_ns)
            thinned = self.places[:1]
            for one in self.places[1:]:
                if one.t_ns - thinned[-1].t_ns >= self._spacing_ns:
                    thinned.append(one)
            self.places = thinned


class Landmarks:
    """The places of one run. `places` lie in the order of time; `carry` goes with the next block."""

    def __init__(self, carry: Carry) -> None:
        self.carry = carry
        self.places: tuple[Landmark, ...] = ()
        self._times: list[int] = []
        self._kept = {kind: _Kept(1 << 16 if kind in RECORDS else BUDGET) for kind in LandmarkKind}

    def take(self, found: Found) -> None:
        """Keep what a block held; blocks come in the order of the log."""
        self.carry = found.carry
        if not found.places:
            return
        for place in found.places:
            self._kept[place.kind].add(place)
        everything = (place for kept in self._kept.values() for place in kept.places)
        self.places = tuple(sorted(everything, key=lambda place: (place.t_ns, place.kind)))
        self._times = [place.t_ns for place in self.places]

    def after(self, t_ns: int) -> int | None:
        """Time of the first place later than t."""
        at = bisect_right(self._times, t_ns)
        return self._times[at] if at < len(self._times) else None

    def before(self, t_ns: int) -> int | None:
        """Time of the last place earlier than t."""
        at = bisect_left(self._times, t_ns)
        return self._times[at - 1] if at > 0 else None
