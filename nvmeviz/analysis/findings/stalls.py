"""Rules about queues that stand still: a doorbell that was lost, an interrupt, or neither.

A queue stands still when commands are in flight, nobody has any of them in hand, and nothing happens
to them for longer than is right. What was said last, and who listens, tells the reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from nvmeviz.analysis.findings.rule import Hit, first, many
from nvmeviz.log import kinds as k
from nvmeviz.units import time_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from nvmeviz.analysis.findings.seen import Lane, Seen


class Stalls(NamedTuple):
    """Where a queue stands still. flow: the last thing that happened to a command before; (n,) for
    each: until_ns, until: time and place in the log of what ends it. unfetched, unreaped: commands
    that wait for the controller, and for the guest.
    """

    lane: Lane
    flow: Lane
    until_ns: NDArray[np.int64]
    until: NDArray[np.int64]
    unfetched: NDArray[np.int64]
    unreaped: NDArray[np.int64]

    def waited(self, place: int) -> str:
        """For how long, as text."""
        return time_text(int(self.until_ns[place] - self.flow.t_ns[place]))


def stalls(seen: Seen, lane: Lane) -> Stalls:
    """Where one queue stands still."""
    done = "CQ_POST" if seen.covers(k.CQ_POST) else "DEV_DONE"
    end = "CQ_REAP" if seen.covers(k.CQ_REAP) else done
    flow = lane.only(k.SQ_POST, k.SQ_FETCH, getattr(k, done), getattr(k, end))
    in_flight = flow.count(SQ_POST=1) - flow.count(**{end: 1})
    working = flow.count(SQ_FETCH=1) - flow.count(**{done: 1})
    until_ns = np.append(flow.t_ns[1:], seen.frontier_ns)
    until = np.append(flow.rows[1:], len(seen.events))
    still = (in_flight > 0) & (working == 0) & flow.gapless
    still &= until_ns - flow.t_ns >= seen.quiet_ns
    unfetched = flow.count(SQ_POST=1, SQ_FETCH=-1)
    unreaped = flow.count(**{done: 1}) - flow.count(**{end: 1})
    return Stalls(
        lane, flow.pick(still), until_ns[still], until[still], unfetched[still], unreaped[still]
    )


def _last_row(rows: NDArray[np.int64], before: NDArray[np.int64]) -> NDArray[np.int64]:
    """The last of the places `rows` before each place of the log, -1 when there is none."""
    return np.concatenate([[-1], rows])[np.searchsorted(rows, before)]


def _asleep(seen: Seen, thread: int, at: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether a thread sleeps, as far as the log can tell, at places of the log."""
    if not seen.recorded(k.CTRL_SLEEP):
        return np.ones(len(at), np.bool_)
    mine = np.flatnonzero(
        np.isin(seen.kind, (k.CTRL_SLEEP, k.CTRL_WAKE, k.CTRL_POLL, k.LOOP_PASS))
        & (seen.events["vcpu"] == thread)
    )
    last = _last_row(mine, at)
    return (last >= 0) & (seen.kind[last] == k.CTRL_SLEEP) if len(mine) else last >= 0


def _announced(seen: Seen, found: Stalls) -> NDArray[np.int64]:
    """Where the last of the waiting commands was announced in a shadow buffer, -1 where it was not.

    The store may stand in no record; then the SQE tells when it must have been.
    """
    stores = found.lane.only(k.SQ_SHADOW, k.SQ_STORE)
    if not seen.recorded(k.SQ_SHADOW):
        return np.where(seen.shadowed(found.flow), found.flow.rows, -1)
    row = _last_row(stores.rows, found.until)
    newest_post = _last_row(found.lane.only(k.SQ_POST).rows, found.until)
    return np.where(seen.shadowed(found.flow) & (row > newest_post), row, -1)


def _lost(seen: Seen, found: Stalls) -> NDArray[np.bool_]:
    """Stalls whose cause is a doorbell that was not written: announced in the shadow, no register
    written for it, no look at the shadow since, and a controller that sleeps.
    """
    announced = _announced(seen, found)
    lane = found.lane
    answers = lane.only(k.SQ_DOORBELL, k.SQ_KICK, k.SQ_SHADOW_READ, k.VM_EXIT)
    answers = answers.pick((answers.kind != k.VM_EXIT) | (answers.a == k.EXIT_SQ_DOORBELL))
    answered = _last_row(answers.rows, found.until)
    asleep = _asleep(seen, lane.pair.thread, found.until)
    return (found.unfetched > 0) & (announced >= 0) & (announced > answered) & asleep


def _each(seen: Seen) -> Iterator[tuple[Stalls, NDArray[np.bool_], NDArray[np.bool_]]]:
    """The stalls of each I/O queue: by a lost doorbell, by an interrupt that did not come."""
    for lane in seen.sqs:
        if lane.is_admin:
            continue
        found = stalls(seen, lane)
        if len(found.flow):
            lost = _lost(seen, found)
            yield found, lost, ~lost & (found.unreaped > 0) & (found.unfetched == 0)


def _eventidx(seen: Seen, of: Lane, before: int) -> str:
    """The last EventIdx before a place of the log, as text."""
    last = int(_last_row(of.rows, np.array([before], np.int64))[0])
    if last < 0:
        return "an EventIdx that stands in no record"
    value = int(seen.events["a"][last])
    return f"EventIdx {value}" if value < of.pair.sq_slots else "EventIdx switched off"


def lost_doorbell(seen: Seen) -> Iterator[Hit]:
    """A tail announced in the shadow of which the controller never heard."""
    for found, lost, _ in _each(seen):
        rows = _announced(seen, found)
        compared = found.lane.only(k.SQ_EVENTIDX_READ)
        armed = found.lane.only(k.SQ_EVENTIDX, k.EVENTIDX_STORE)
        for i in np.flatnonzero(lost).tolist():
            until, row = int(found.until[i]), int(rows[i])
            tail = f" {int(seen.events['a'][row])}" if seen.recorded(k.SQ_SHADOW) else ""
            text = (
                f"The shadow tail{tail} was stored, the driver saw "
                f"{_eventidx(seen, compared, until)} and wrote no doorbell, the controller sleeps "
                f"behind {_eventidx(seen, armed, until)}: "
                f"{many(int(found.unfetched[i]), 'command')} waited {found.waited(i)}."
            )
            yield Hit(found.lane.index, int(seen.events["t"][row]), text)


def lost_interrupt(seen: Seen) -> Iterator[Hit]:
    """CQEs that wait, and nobody comes to take them."""
    for found, _, deaf in _each(seen):

        def words(i: int, found: Stalls = found) -> str:
            count = int(found.unreaped[i])
            return f"{many(count, 'CQE')} waited {found.waited(i)} and nobody came: no interrupt?"

        yield from first(found.flow, deaf & seen.recorded(k.CQ_REAP), words)


def standing_still(seen: Seen) -> Iterator[Hit]:
    """A queue that stands still for another reason."""
    for found, lost, deaf in _each(seen):

        def words(i: int, found: Stalls = found) -> str:
            count = int(found.unfetched[i])
            what = many(count, "SQE not fetched") if count else many(int(found.unreaped[i]), "CQE")
            return f"The queue stood still for {found.waited(i)}: {what}, and nobody at work."

        yield from first(found.flow, ~lost & ~deaf, words)
