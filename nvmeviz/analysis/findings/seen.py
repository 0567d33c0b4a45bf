"""What a rule looks at: a run's events cut into lanes, one a queue pair, and what the log can't tell.

A lane's events stand in the order of the log. Each belongs to a *span*: a stretch in which nothing
was lost and no reset came between. Counts run within a span only, so that a rule never reasons
across events that are missing.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from nvmeviz.log import kinds as k
from nvmeviz.log.about import SIMULATED, About
from nvmeviz.model.topology import ADMIN_QID

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nvmeviz.model.topology import QueuePair, Topology

QUIET_NS = 1_000_000


@dataclass(frozen=True, eq=False, slots=True)
class Lane:
    """Events of one queue pair. index: of the pair in the topology. Columns: (n,), in the order of
    the log unless picked otherwise. rows: places in the log. known: the span began with a reset or
    with the log of a whole run, so that indices and counts start at 0.
    """

    index: int
    pair: QueuePair
    rows: NDArray[np.int64]
    t_ns: NDArray[np.int64]
    kind: NDArray[np.uint8]
    a: NDArray[np.int64]
    b: NDArray[np.int64]
    cid: NDArray[np.int64]
    span: NDArray[np.int64]
    known: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def is_admin(self) -> bool:
        """True for an admin queue."""
        return self.pair.qid == ADMIN_QID

    @property
    def gapless(self) -> NDArray[np.bool_]:
        """(n,) nothing was lost since the span began. Where it began in the middle, more may be in
        flight than is counted, never less.
        """
        return self.known | (self.span == 0)

    def pick(self, chosen: NDArray[np.bool_] | NDArray[np.intp]) -> Lane:
        """The events of a mask, or of places in the lane."""
        columns = {f.name: getattr(self, f.name)[chosen] for f in fields(self)[2:]}
        return Lane(self.index, self.pair, **columns)

    def only(self, *kinds: int) -> Lane:
        """The events of these kinds."""
        table = np.zeros(256, np.bool_)
        table[list(kinds)] = True
        return self.pick(table[self.kind])

    def count(self, **changes: int) -> NDArray[np.int64]:
        """A count after each event, from 0 in each span; changes: by kind, SQ_POST=1, CQ_REAP=-1."""
        table = np.zeros(256, np.int64)
        for name, change in changes.items():
            table[getattr(k, name)] = change
        return running(table[self.kind], self.span)


def running(change: NDArray[np.int64], span: NDArray[np.int64]) -> NDArray[np.int64]:
    """The sum up to and with each event, from 0 in each span; spans lie one after the other."""
    total = np.cumsum(change)
    if not len(total):
        return total
    first = np.flatnonzero(np.diff(span, prepend=span[0] - 1))
    sizes = np.diff(first, append=len(total))
    return total - np.repeat(total[first] - change[first], sizes)


def latest(of: Lane, at: Lane) -> NDArray[np.int64]:
    """For each event of `at`: the place in `of` of the last one before it in its span, or -1."""
    if not len(of):
        return np.full(len(at), -1)
    place = np.searchsorted(of.rows, at.rows) - 1
    return np.where((place >= 0) & (of.span[place] == at.span), place, -1)


def value_at(of: Lane, at: Lane, otherwise: int) -> NDArray[np.int64]:
    """`a` of the last event of `of` before each of `at`, in its span; otherwise: when none came."""
    place = latest(of, at)
    if not len(of):
        return np.full(len(at), otherwise)
    return np.where(place >= 0, of.a[place], otherwise)


@dataclass(frozen=True, eq=False)
class Seen:
    """One run. events: `log.events.EVENT` in time order. frontier_ns: up to there all is known.
    quiet_ns: how long a queue may be silent for good reasons. spec_rule: the driver compares with
    EventIdx as the specification's example does, not as Linux does.
    """

    events: NDArray[np.void]
    topology: Topology
    frontier_ns: int
    about: About = SIMULATED
    quiet_ns: int = QUIET_NS
    spec_rule: bool = False

    @property
    def whole(self) -> bool:
        """True when the log begins with the machine and holds everything: a simulated one."""
        return self.about.kinds is None

    def covers(self, *kinds: int) -> bool:
        """True when the log would hold events of all these kinds."""
        return self.about.covers(*kinds)

    def recorded(self, *kinds: int) -> bool:
        """The same, and that they stand in records: their times and order are evidence."""
        return self.covers(*kinds) and not self.about.inferred.intersection(kinds)

    @property
    def posted(self) -> str:
        """The kind that says that a completion was queued for the guest, as evidence."""
        return "CQ_POST" if self.recorded(k.CQ_POST) else "DEV_DONE"

    @property
    def finished(self) -> str:
        """The last kind in a command's life that the log holds."""
        for name in ("CQ_REAP", "CQ_POST"):
            if self.recorded(getattr(k, name)):
                return name
        return "DEV_DONE"

    @cached_property
    def guessed_clocks(self) -> bool:
        """True when some events lie in the log where their clock was guessed to be."""
        return bool(np.any(self.events["flags"] & k.CLOCK_GUESSED))

    @cached_property
    def kind(self) -> NDArray[np.uint8]:
        """(events,) their kinds."""
        return np.ascontiguousarray(self.events["kind"])

    @cached_property
    def _lost(self) -> NDArray[np.intp]:
        return np.flatnonzero(self.events["flags"] & k.LOST_BEFORE)

    def guest_rows(self, guest: int, kind: int) -> NDArray[np.intp]:
        """Where events of this kind concern the controller of a guest."""
        rows = np.flatnonzero(self.kind == kind)
        qid = self.events["qid"][rows].astype(np.int64)
        rows, qid = rows[qid < len(self.topology.queues)], qid[qid < len(self.topology.queues)]
        guests = np.array([queue.guest for queue in self.topology.queues], np.int64)
        return rows[guests[qid] == guest]

    @cached_property
    def _resets(self) -> dict[int, NDArray[np.intp]]:
        guests = {queue.guest for queue in self.topology.queues}
        return {guest: self.guest_rows(guest, k.CTRL_RESET) for guest in guests}

    @cached_property
    def _configs(self) -> dict[int, NDArray[np.intp]]:
        guests = {queue.guest for queue in self.topology.queues}
        return {guest: self.guest_rows(guest, k.DBBUF_CONFIG) for guest in guests}

    def resets(self, pair: QueuePair) -> NDArray[np.intp]:
        """Where the controller of a queue pair is reset."""
        return self._resets[pair.guest]

    def spans(
        self, pair: QueuePair, rows: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """The span of a queue pair that each place of the log lies in, and whether it is known from
        its beginning.
        """
        resets, lost = self.resets(pair), self._lost
        after = np.searchsorted(resets, rows, side="right")
        gaps = np.searchsorted(lost, rows, side="right")
        begin = np.concatenate([[-1 if self.whole else -3], resets])[after]
        known = begin >= np.concatenate([[-2], lost])[gaps]
        if pair.qid == ADMIN_QID:
            known &= after == 0  # a simulated reset leaves the admin queue as it is
        return (after + gaps).astype(np.int64), known

    def shadowed(self, lane: Lane) -> NDArray[np.bool_]:
        """For each event: the controller has taken shadow buffers over, and no reset came since."""
        configs, resets = self._configs[lane.pair.guest], self.resets(lane.pair)
        config = np.concatenate([[-1], configs])[np.searchsorted(configs, lane.rows)]
        reset = np.concatenate([[-1], resets])[np.searchsorted(resets, lane.rows)]
        return (config > reset) & (not lane.is_admin)

    def _lanes(self, owner: NDArray[np.int64]) -> tuple[Lane, ...]:
        """A lane for each queue pair that has events; owner: whose lane a pair's events lie in."""
        qid = self.events["qid"].astype(np.int64)
        rows = np.flatnonzero(qid < len(owner))
        group = owner[qid[rows]]
        order = np.argsort(group.astype(np.uint16), kind="stable")
        rows, group = rows[order], group[order]
        ends = np.searchsorted(group, np.arange(len(owner) + 1))
        columns = {
            name: self.events[of][rows].astype(dtype)
            for name, of, dtype in (
                ("t_ns", "t", np.int64),
                ("kind", "kind", np.uint8),
                ("a", "a", np.int64),
                ("b", "b", np.int64),
                ("cid", "cid", np.int64),
            )
        }
        lanes: list[Lane] = []
        for index, pair in enumerate(self.topology.queues):
            part = slice(int(ends[index]), int(ends[index + 1]))
            if part.start == part.stop:
                continue
            span, known = self.spans(pair, rows[part])
            cut = cast("dict[str, Any]", {name: each[part] for name, each in columns.items()})
            lanes.append(Lane(index, pair, rows=rows[part], span=span, known=known, **cut))
        return tuple(lanes)

    @cached_property
    def sqs(self) -> tuple[Lane, ...]:
        """A lane for each queue pair."""
        return self._lanes(np.arange(len(self.topology.queues)))

    @cached_property
    def cqs(self) -> tuple[Lane, ...]:
        """A lane for each CQ: the events of all pairs that share it."""
        queues = self.topology.queues
        owner = [index if queue.cq < 0 else queue.cq for index, queue in enumerate(queues)]
        return self._lanes(np.array(owner, np.int64))
