"""Where processor time goes: how long vCPUs and controller threads have spent in each activity.

Every event that changes what an actor does becomes one change (time, from, to). Between changes the
number of actors in each activity is constant, so the time spent until t is exact for any t. Counts
and times are kept once per block of changes, a change itself in five bytes.

Time asleep and time of waking up is no processor time. Hardware has no processor; a trap handler
that does the controller's work itself is counted once, as the stopped vCPU.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

from nvmeviz.analysis.columns import Growing, Paged
from nvmeviz.log import kinds

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Doing(IntEnum):
    """What an actor does. REST is not counted: asleep, waking, or lent to somebody else."""

    REST = 0
    GUEST = 1  # a vCPU runs guest code
    IRQ = 2  # a vCPU handles an interrupt
    EXIT = 3  # a vCPU is stopped in the VMM
    LOCK = 4  # a vCPU or a thread waits for the VMM's lock
    GUEST_POLL = 5  # a vCPU polls its completion queues
    WORK = 6  # a controller thread works
    POLL = 7  # a controller thread polls and finds nothing


ACTIVITIES = len(Doing)
BLOCK = 256
LONGEST_NS = 1 << 32  # a change's time is kept as ns since its block began
VCPUS = 256  # actors: vCPUs first, then threads
ACTORS = 2 * VCPUS

_AFTER = np.zeros(256, np.uint8)
for _kind, _doing in (
    (kinds.VM_EXIT, Doing.EXIT),
    (kinds.VM_ENTRY, Doing.GUEST),
    (kinds.LOCK_WAIT, Doing.LOCK),
    (kinds.LOCK_TAKE, Doing.EXIT),
    (kinds.IRQ_ENTER, Doing.IRQ),
    (kinds.IRQ_EXIT, Doing.GUEST),
    (kinds.VCPU_POLL, Doing.GUEST_POLL),
    (kinds.VCPU_WAKE, Doing.GUEST),
    (kinds.CTRL_WAKE, Doing.WORK),
    (kinds.CTRL_POLL, Doing.WORK),
):
    _AFTER[_kind] = _doing
_RESTS = (kinds.VCPU_HALT, kinds.CTRL_SLEEP)
_CHANGES = _AFTER > 0
_CHANGES[[*_RESTS, kinds.SQ_DOORBELL]] = True
_THREADS = np.zeros(256, bool)
_THREADS[[kinds.CTRL_WAKE, kinds.CTRL_SLEEP, kinds.CTRL_POLL, kinds.SQ_DOORBELL]] = True
_LOCKS = np.zeros(256, bool)
_LOCKS[[kinds.LOCK_WAIT, kinds.LOCK_TAKE]] = True
# What sets an actor's mark and what takes it away: a vCPU is in its interrupt handler, a thread's
# work is done by a stopped vCPU.
_MARK = np.full(256, -1, np.int8)
_MARK[[kinds.IRQ_ENTER, kinds.SQ_DOORBELL]] = 1
_MARK[[kinds.IRQ_EXIT, kinds.CTRL_SLEEP]] = 0


@dataclass(frozen=True, eq=False, slots=True)
class Standing:
    """What everybody does after some events, and what it has cost so far; what the next digest
    starts from.

    doing: (ACTORS,) uint8. marked: (ACTORS,) bool. counted: (ACTORS,) bool, actors with a processor
    of their own. queue_threads: thread of each queue pair. t_ns: of the last change. numbers:
    (ACTIVITIES,) actors in each. spent: (ACTIVITIES,) int64 ns until t_ns.
    """

    doing: NDArray[np.uint8]
    marked: NDArray[np.bool_]
    counted: NDArray[np.bool_]
    queue_threads: NDArray[np.int64]
    t_ns: int
    numbers: NDArray[np.int64]
    spent: NDArray[np.int64]


def at_rest(
    queue_threads: tuple[int, ...] = (), hardware: frozenset[int] = frozenset()
) -> Standing:
    """Before the first event. queue_threads: by queue pair; hardware: threads that are none."""
    counted = np.ones(ACTORS, bool)
    counted[[VCPUS + thread for thread in hardware]] = False
    return Standing(
        doing=np.zeros(ACTORS, np.uint8),
        marked=np.zeros(ACTORS, bool),
        counted=counted,
        queue_threads=np.array(queue_threads or (0,), np.int64),
        t_ns=0,
        numbers=np.zeros(ACTIVITIES, np.int64),
        spent=np.zeros(ACTIVITIES, np.int64),
    )


@dataclass(frozen=True, eq=False, slots=True)
class Changes:
    """The changes among some events. since_ns: uint32 since the block began. code: uint8, from * 16
    + to. Per block: first change (in this piece), its time, numbers and spent before it.
    """

    since_ns: NDArray[np.uint32]
    code: NDArray[np.uint8]
    first: NDArray[np.int64]
    t_ns: NDArray[np.int64]
    numbers: NDArray[np.int16]
    spent: NDArray[np.int64]


def _rows(events: NDArray[np.void], kind: NDArray[np.uint8], before: Standing):  # noqa: ANN202
    """(time, actor, what it does from then on, mark: -1 as it was, 0 or 1) of what may change."""
    at = np.flatnonzero(_CHANGES[kind])
    kind = kind[at]
    a, actor = events["a"][at], events["vcpu"][at].astype(np.int64)
    after, mark = _AFTER[kind], _MARK[kind]
    threads = _THREADS[kind] | (_LOCKS[kind] & (a == kinds.BY_THREAD))
    after[(kind == kinds.CTRL_POLL) & (a == 0)] = Doing.POLL
    after[(kind == kinds.LOCK_TAKE) & threads] = Doing.WORK
    rung = np.flatnonzero(kind == kinds.SQ_DOORBELL)
    keep = before.counted[actor + threads * VCPUS]
    if len(rung):
        queue = np.minimum(events["qid"][at[rung]], len(before.queue_threads) - 1)
        actor[rung] = before.queue_threads[queue]
        keep[rung] = events["b"][at[rung]] == kinds.DOORBELL_VCPU_WORKS
    actor[threads] += VCPUS
    t = events["t"][at]
    if keep.all():
        return t, actor, after, mark
    return t[keep], actor[keep], after[keep], mark[keep]


def digest_activity(
    events: NDArray[np.void], kind: NDArray[np.uint8], before: Standing
) -> tuple[Changes, Standing]:
    """The changes among `events` (kind: theirs, contiguous) and what stands after them. Pure."""
    t, actor, after, mark = _rows(events, kind, before)
    order = np.argsort(actor.astype(np.uint16), kind="stable")  # each actor's, in time order
    actor, after, mark = actor[order], after[order], mark[order]
    count = len(order)
    begins = np.ones(count, bool)
    begins[1:] = actor[1:] != actor[:-1]
    # The last mark at or before each row, of the same actor; else the one it came with.
    number = np.arange(count)
    start = np.maximum.accumulate(np.where(begins, number, 0))
    last = np.maximum.accumulate(np.where(mark >= 0, number, -1))
    marked = np.where(last >= start, mark[last] == 1, before.marked[actor])
    threads = actor >= VCPUS
    after[marked & threads] = Doing.REST
    after[marked & ~threads & (after == Doing.GUEST)] = Doing.IRQ
    was = np.empty(count, np.uint8)
    was[1:] = after[:-1]
    was[begins] = before.doing[actor[begins]]
    ends = np.flatnonzero(np.append(begins[1:], True)) if count else number
    doing, marks = before.doing.copy(), before.marked.copy()
    doing[actor[ends]], marks[actor[ends]] = after[ends], marked[ends]
    changed = np.sort(order[was != after])
    code = np.empty(count, np.uint8)
    code[order] = (was << 4) | after
    return _blocked(t[changed], code[changed], before, doing, marks)


def _blocked(
    t: NDArray[np.int64], code: NDArray[np.uint8], before: Standing, doing: NDArray[np.uint8],
    marks: NDArray[np.bool_],
) -> tuple[Changes, Standing]:  # fmt: skip
    """The changes in blocks, each with what stands before it."""
    count = len(t)
    first = np.arange(0, count, BLOCK)
    block_t = t[first]
    ends = np.append(block_t[1:], t[-1:])  # a block's time ends where the next begins
    if (ends - block_t >= LONGEST_NS).any():
        first, block_t = np.arange(count), t  # few changes far apart: each its own block
        ends = np.append(t[1:], t[-1:])
    blocks = len(first)
    block = np.repeat(np.arange(blocks), np.diff(np.append(first, count)))
    size, cells = blocks * ACTIVITIES, block * ACTIVITIES
    left, entered = cells + (code >> 4), cells + (code & 15)
    rest = (ends[block] - t).astype(np.float64)  # exact: far below 2^53
    moved = np.bincount(entered, minlength=size) - np.bincount(left, minlength=size)
    gained = np.bincount(entered, rest, size) - np.bincount(left, rest, size)
    numbers = np.empty((blocks + 1, ACTIVITIES), np.int64)
    numbers[0] = before.numbers
    np.cumsum(moved.reshape(blocks, ACTIVITIES), axis=0, out=numbers[1:])
    numbers[1:] += before.numbers
    spent = np.empty((blocks + 1, ACTIVITIES), np.int64)
    until_first = int(block_t[0]) - before.t_ns if count else 0
    spent[0] = before.spent + before.numbers * until_first
    steps = gained.reshape(blocks, ACTIVITIES).astype(np.int64)
    steps += numbers[:-1] * (ends - block_t)[:, None]
    np.cumsum(steps, axis=0, out=spent[1:])
    spent[1:] += spent[0]
    made = Changes(
        since_ns=(t - block_t[block]).astype(np.uint32),
        code=code,
        first=first,
        t_ns=block_t,
        numbers=numbers[:-1].astype(np.int16),
        spent=spent[:-1],
    )
    last_ns = int(t[-1]) if count else before.t_ns
    standing = Standing(
        doing, marks, before.counted, before.queue_threads, last_ns, numbers[-1], spent[-1]
    )
    return made, standing


class Activity:
    """Time spent in each activity by all actors together, until any time."""

    def __init__(self) -> None:
        self._since, self._code = Paged(np.uint32), Paged(np.uint8)
        self._first, self._t = Growing(np.int64), Growing(np.int64)
        self._numbers = Paged(np.int16, ACTIVITIES)
        self._spent = Paged(np.int64, ACTIVITIES)

    def __len__(self) -> int:
        return len(self._code)

    def append(self, changes: Changes) -> None:
        """Take in what follows."""
        self._first.append(changes.first + len(self._code))
        self._since.append(changes.since_ns)
        self._code.append(changes.code)
        self._t.append(changes.t_ns)
        self._numbers.append(changes.numbers)
        self._spent.append(changes.spent)

    def spent(self, t_ns: int) -> NDArray[np.int64]:
        """(ACTIVITIES,) ns that all actors together have spent in each until t; REST is not kept."""
        block = int(np.searchsorted(self._t.rows, t_ns, side="right")) - 1
        if block < 0:
            return np.zeros(ACTIVITIES, np.int64)
        first = int(self._first.rows[block])
        end = int(self._first.rows[block + 1]) if block + 1 < len(self._first) else len(self)
        since = self._since.part(first, end)
        passed = t_ns - int(self._t.rows[block])
        until = int(np.searchsorted(since, passed, side="right"))
        code, rest = self._code.part(first, first + until), passed - since[:until].astype(float)
        found = self._spent[block] + self._numbers[block].astype(np.int64) * passed
        found = found + np.bincount(code & 15, rest, ACTIVITIES).astype(np.int64)
        found -= np.bincount(code >> 4, rest, ACTIVITIES).astype(np.int64)
        found[Doing.REST] = 0
        return found

    @property
    def nbytes(self) -> int:
        """Bytes in use."""
        parts = (self._since, self._code, self._first, self._t, self._numbers, self._spent)
        return sum(part.nbytes for part in parts)
