"""Rules about single commands: their CIDs, their ends, their status, and how long they take.

Host and controller are judged apart, each by its own records, because their clocks may differ. An
Asynchronous Event Request waits for as long as nothing happens, and is never called late.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from nvmeviz.analysis.findings.rule import Hit, first
from nvmeviz.log import kinds as k
from nvmeviz.units import time_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from nvmeviz.analysis.findings.seen import Lane, Seen

OP_ABORT = 0x08  # NVMe Base 2.1, 5.1 (figure of admin opcodes)
OP_ASYNC_EVENT = 0x0C
TIMEOUT_NS = 30_000_000_000  # Linux drivers/nvme/host/core.c: nvme_io_timeout, 30 s
SLOW = 20  # times the queue's median latency
ENOUGH = 100  # commands, before one is called slow
PATIENCE = 10  # times the longest latency seen, before a command is called late
_STATUS = {  # SCT << 8 | SC: NVMe Base 2.1, 4.2.3
    0x001: "Invalid Command Opcode",
    0x002: "Invalid Field in Command",
    0x003: "Command ID Conflict",
    0x004: "Data Transfer Error",
    0x006: "Internal Error",
    0x007: "Command Abort Requested",
    0x008: "Command Aborted due to SQ Deletion",
    0x00B: "Invalid Namespace or Format",
    0x080: "LBA Out of Range",
    0x081: "Capacity Exceeded",
    0x101: "Invalid Queue Identifier",
    0x102: "Invalid Queue Size",
    0x280: "Write Fault",
    0x281: "Unrecovered Read Error",
    0x285: "Compare Failure",
}
_DO_NOT_RETRY = 0x4000


class Pairs(NamedTuple):
    """Begins and ends of commands, by span and CID. opens: this row is a begin. joined: the row
    before it has the same CID and span. ended: the next row is its end. last: no row follows it.
    """

    lane: Lane
    opens: NDArray[np.bool_]
    joined: NDArray[np.bool_]
    ended: NDArray[np.bool_]
    last: NDArray[np.bool_]

    def before_opens(self) -> NDArray[np.bool_]:
        """Rows whose CID was last seen beginning."""
        before = np.zeros(len(self.opens), np.bool_)
        before[1:] = self.opens[:-1]
        return before & self.joined

    def before_closes(self) -> NDArray[np.bool_]:
        """Rows whose CID was last seen ending."""
        return self.joined & ~self.before_opens()


def pairs(lane: Lane, begin: int, end: int) -> Pairs:
    """The events of two kinds, sorted so that a command's end stands behind its begin."""
    both = lane.only(begin, end)
    both = both.pick(np.lexsort((both.cid, both.span)))
    opens = both.kind == begin
    joined, ended = np.zeros(len(both), np.bool_), np.zeros(len(both), np.bool_)
    joined[1:] = (both.cid[1:] == both.cid[:-1]) & (both.span[1:] == both.span[:-1])
    ended[:-1] = opens[:-1] & ~opens[1:] & joined[1:]
    last = np.ones(len(both), np.bool_)
    last[:-1] = ~joined[1:]
    return Pairs(both, opens, joined, ended, last)


def _records(seen: Seen) -> tuple[tuple[int, int], ...]:
    """Begins and ends that stand in the records of one side."""
    sides = ((k.SQ_POST, k.CQ_REAP), (k.SQ_FETCH, k.DEV_DONE))
    return tuple(side for side in sides if seen.recorded(*side))


def cid_twice(seen: Seen) -> Iterator[Hit]:
    """A CID given to a second command while the first is in flight."""
    for lane in seen.sqs:
        strays = lane.only(k.STRAY)
        strays = strays.pick(strays.a == k.SQ_FETCH)
        found = [(strays, np.ones(len(strays), np.bool_))]
        for begin, end in _records(seen):
            made = pairs(lane, begin, end)
            found.append((made.lane, made.opens & made.before_opens()))
        for of, wrong in found:

            def words(i: int, of: Lane = of) -> str:
                return f"CID {of.cid[i]} was given to another command while one was in flight."

            yield from first(of, wrong, words)


def unknown_completion(seen: Seen) -> Iterator[Hit]:
    """A completion of a command that was not there."""
    for lane in seen.sqs:
        strays = lane.only(k.STRAY)
        strays = strays.pick((strays.a == k.DEV_DONE) | (strays.a == k.CQ_POST))
        found = [(strays, np.ones(len(strays), np.bool_))]
        for begin, end in _records(seen):
            made = pairs(lane, begin, end)
            fresh = ~made.joined & made.lane.known & seen.whole
            found.append((made.lane, ~made.opens & (made.before_closes() | fresh)))
        for of, wrong in found:

            def words(i: int, of: Lane = of) -> str:
                return f"A command with CID {of.cid[i]} was completed, and none was in flight."

            yield from first(of, wrong, words)


def _lives(seen: Seen, lane: Lane) -> Pairs | None:
    """From the first to the last that the log holds of each command; None when it holds neither,
    or may hold commands that wait for ever.
    """
    end = getattr(k, seen.finished)
    begin = k.SQ_POST if seen.covers(k.SQ_POST) else k.SQ_FETCH
    if not seen.covers(begin, end) or (lane.is_admin and begin != k.SQ_POST):
        return None
    return pairs(lane, begin, end)


def _may_wait(lives: Pairs) -> NDArray[np.bool_]:
    opcode = lives.lane.b & 0xFF
    return (opcode == OP_ASYNC_EVENT) & lives.lane.is_admin


def _latencies(lives: Pairs) -> NDArray[np.int64]:
    """(rows,) ns from each begin to its end; 0 where there is none."""
    taken = np.zeros(len(lives.opens), np.int64)
    taken[:-1] = np.diff(lives.lane.t_ns)
    return np.where(lives.ended, taken, 0)


def _open_for_ns(seen: Seen, lives: Pairs) -> NDArray[np.int64]:
    """(rows,) for how long commands have waited that nothing has ended up to the end of the log;
    0 for others.
    """
    end = np.array([len(seen.events)], np.int64)
    final = seen.spans(lives.lane.pair, end)[0][0]
    still = lives.opens & lives.last & (lives.lane.span == final) & ~_may_wait(lives)
    return np.where(still, seen.frontier_ns - lives.lane.t_ns, 0)


def never_completed(seen: Seen) -> Iterator[Hit]:
    """A command that is still open at the end of the log, and should long be done; when it is far
    too late, `timed_out` says so.
    """
    for lane in seen.sqs:
        lives = _lives(seen, lane)
        if lives is None or not len(lives.lane):
            continue
        patience_ns = max(seen.quiet_ns, PATIENCE * int(_latencies(lives).max()))
        waited = _open_for_ns(seen, lives)

        def words(i: int, of: Lane = lives.lane, waited: NDArray[np.int64] = waited) -> str:
            return (
                f"The command with CID {of.cid[i]} has not been completed in the "
                f"{time_text(int(waited[i]))} up to the end."
            )

        late = (waited > patience_ns) & (waited < TIMEOUT_NS)
        yield from first(lives.lane, late, words)


def timed_out(seen: Seen) -> Iterator[Hit]:
    """A command that takes longer than a driver waits."""
    for lane in seen.sqs:
        lives = _lives(seen, lane)
        if lives is None:
            continue
        waited = _open_for_ns(seen, lives)
        taken = np.maximum(_latencies(lives), waited)
        late = (taken >= TIMEOUT_NS) & ~_may_wait(lives)

        def words(
            i: int,
            of: Lane = lives.lane,
            taken: NDArray[np.int64] = taken,
            waited: NDArray[np.int64] = waited,
        ) -> str:
            verb = "has waited" if waited[i] else "took"
            return (
                f"The command with CID {of.cid[i]} {verb} {time_text(int(taken[i]))}; after "
                f"{time_text(TIMEOUT_NS)} Linux polls the CQ, aborts the command, or resets."
            )

        yield from first(lives.lane, late, words)


def aborts(seen: Seen) -> Iterator[Hit]:
    """The driver has given a command up."""
    for lane in seen.sqs:
        posts = lane.only(k.SQ_POST)
        gave_up = ((posts.b & 0xFF) == OP_ABORT) & lane.is_admin
        yield from first(posts, gave_up, lambda _: "Abort was sent: somebody gave a command up.")


def status_text(status: int) -> str:
    """The status of a completion in words; layout without the phase bit."""
    name = _STATUS.get(status & 0x7FF, f"type {status >> 8 & 7}, code {status & 0xFF:#x}")
    retry = ", do not retry" if status & _DO_NOT_RETRY else ""
    return f"{status:#x} ({name}{retry})"


def bad_status(seen: Seen) -> Iterator[Hit]:
    """A command that failed; on an admin queue a driver that asks what there is, often."""
    for lane in seen.sqs:
        done = lane.only(k.DEV_DONE)
        failed = done.b != 0

        def words(i: int, done: Lane = done) -> str:
            return (
                f"The command with CID {done.cid[i]} ended with status "
                f"{status_text(int(done.b[i]))}."
            )

        yield from first(done, failed, words, "note" if lane.is_admin else None)


def slow_command(seen: Seen) -> Iterator[Hit]:
    """The slowest command of a queue, when it is far from the others."""
    for lane in seen.sqs:
        lives = _lives(seen, lane)
        if lives is None or lane.is_admin:
            continue
        taken = _latencies(lives)
        ended = taken[lives.ended]
        if len(ended) < ENOUGH:
            continue
        median = int(np.median(ended))
        place, slow = int(np.argmax(taken)), taken > SLOW * max(1, median)
        if slow[place]:
            text = (
                f"The command with CID {lives.lane.cid[place]} took "
                f"{time_text(int(taken[place]))}; half of all take {time_text(median)} or less."
            )
            yield Hit(lane.index, int(lives.lane.t_ns[place]), text)
