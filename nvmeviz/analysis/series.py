"""What a log says, kept as sorted columns: when commands were posted and reaped, when the guest
left and came back, what vCPUs and threads did.

Fed piece by piece: `digest` does the work and is pure, so a worker thread can do it; `Series.take`
only appends. Every measure is a count, a sum or a distribution between two times. Times are int64
ns. This is all that graphs and figures need, so the log itself may be released.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nvmeviz.analysis.activity import Activity, Changes, Standing, at_rest, digest_activity
from nvmeviz.analysis.columns import Column, Counted, Moments
from nvmeviz.analysis.histogram import Histogram
from nvmeviz.log import kinds

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False, slots=True)
class SeriesChunk:
    """What a series takes from a piece of a log: columns as in `Series`, and what stands after
    it.
    """

    events: int
    posts: NDArray[np.int64]
    reaps: NDArray[np.int64]
    latencies: NDArray[np.uint32]
    sq_exits: NDArray[np.int64]
    cq_exits: NDArray[np.int64]
    returns: NDArray[np.int64]
    outside: NDArray[np.uint32]
    changes: Changes
    standing: Standing


def digest(events: NDArray[np.void], before: Standing) -> SeriesChunk:
    """What a series needs to know of `events`, which follow what `before` stands for. Pure."""
    kind = np.ascontiguousarray(events["kind"])
    t, a, b = events["t"], events["a"], events["b"]
    posts = np.flatnonzero(kind == kinds.SQ_POST)
    reaps = np.flatnonzero(kind == kinds.CQ_REAP)
    exits = np.flatnonzero(kind == kinds.VM_EXIT)
    returns = np.flatnonzero(kind == kinds.VM_ENTRY)
    reason, left = a[exits], t[exits]
    changes, standing = digest_activity(events, kind, before)
    return SeriesChunk(
        events=len(events),
        posts=t[posts],
        reaps=t[reaps],
        latencies=b[reaps],
        sq_exits=left[reason == kinds.EXIT_SQ_DOORBELL],
        cq_exits=left[reason == kinds.EXIT_CQ_DOORBELL],
        returns=t[returns],
        outside=b[returns],
        changes=changes,
        standing=standing,
    )


class Series:
    """The columns of one run.

    posts: when commands were written. reaps: value = latency ns. sq_exits, cq_exits: moments.
    returns: VM entries, value = ns outside. latencies: distribution of the reaps' values. activity:
    what processor time went into. standing: what the next digest starts from.
    """

    def __init__(
        self,
        vcpus: int,
        queue_threads: tuple[int, ...] = (),
        hardware: frozenset[int] = frozenset(),
    ) -> None:
        self.vcpus = vcpus
        self.events = 0
        self.posts = Counted()
        self.reaps = Column()
        self.latencies = Histogram(self.reaps.value)
        self.sq_exits = Moments()
        self.cq_exits = Moments()
        self.returns = Column()
        self.activity = Activity()
        self.standing = at_rest(queue_threads, hardware)

    def extend(self, events: NDArray[np.void]) -> None:
        """Digest and take in the next events of the log."""
        self.take(digest(events, self.standing))

    def take(self, chunk: SeriesChunk) -> None:
        """Append what was digested from `standing`."""
        self.events += chunk.events
        self.posts.add(chunk.posts)
        self.reaps.extend(chunk.reaps, chunk.latencies)
        self.latencies.update()
        self.sq_exits.add(chunk.sq_exits)
        self.cq_exits.add(chunk.cq_exits)
        self.returns.extend(chunk.returns, chunk.outside)
        self.activity.append(chunk.changes)
        self.standing = chunk.standing

    def exits(self, after_ns: int, until_ns: int) -> int:
        """VM exits for either doorbell in (after, until]."""
        return self.sq_exits.count(after_ns, until_ns) + self.cq_exits.count(after_ns, until_ns)

    def in_flight(self, t_ns: int) -> int:
        """Commands written and not reaped at t."""
        return int(self.posts.index(t_ns) - self.reaps.index(t_ns))

    @property
    def nbytes(self) -> int:
        """Bytes in use."""
        parts = (self.posts, self.reaps, self.sq_exits, self.cq_exits, self.returns)
        return sum(part.nbytes for part in parts) + self.latencies.nbytes + self.activity.nbytes
