"""Rules about doorbell registers: values they may not have, and writes that nobody asked for.

Sources: NVMe Base 2.1, 3.3.1.2 (invalid doorbell writes), and the EventIdx rule of `nvme.eventidx`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from nvmeviz.analysis.findings.rule import Hit, first
from nvmeviz.analysis.findings.seen import latest, value_at
from nvmeviz.log import kinds as k

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from nvmeviz.analysis.findings.seen import Lane, Seen


class Side(NamedTuple):
    """The kinds of events by which one index of a queue pair is told and heard."""

    name: str
    bell: int
    shadow: int
    store: int
    shadow_read: int
    eventidx: int
    eventidx_read: int


SQ = Side(
    "SQ tail",
    k.SQ_DOORBELL,
    k.SQ_SHADOW,
    k.SQ_STORE,
    k.SQ_SHADOW_READ,
    k.SQ_EVENTIDX,
    k.SQ_EVENTIDX_READ,
)
CQ = Side(
    "CQ head",
    k.CQ_DOORBELL,
    k.CQ_SHADOW,
    k.CQ_STORE,
    k.CQ_SHADOW_READ,
    k.CQ_EVENTIDX,
    k.CQ_EVENTIDX_READ,
)
SIDES = (SQ, CQ)
_MASK = 0xFFFF


def slots(lane: Lane, side: Side) -> int:
    """The size of the ring that a side is about."""
    return lane.pair.sq_slots if side is SQ else lane.pair.cq_slots


def rule_rings(
    seen: Seen, eventidx: NDArray[np.int64], new: NDArray[np.int64], old: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """`nvme.eventidx` of the run's driver, for arrays."""
    if seen.spec_rule:
        return ((new - eventidx) & _MASK) <= ((new - old) & _MASK)
    return ((new - eventidx - 1) & _MASK) < ((new - old) & _MASK)


def out_of_range(seen: Seen) -> Iterator[Hit]:
    """An index that names no slot of its ring."""
    for lane in seen.sqs:
        for side in SIDES:
            size = slots(lane, side)
            told = lane.only(side.bell, side.shadow, k.STRAY)
            stray = told.kind == k.STRAY
            value = np.where(stray, told.b, told.a)
            wrong = (value >= size) & (~stray | (told.a == side.bell))

            def words(
                i: int, side: Side = side, value: NDArray[np.int64] = value, size: int = size
            ) -> str:
                return f"{side.name} {value[i]} was written to a ring of {size} slots."

            yield from first(told, wrong, words)


def unknown_queue(seen: Seen) -> Iterator[Hit]:
    """A doorbell of a queue that does not exist."""
    rows = np.flatnonzero(seen.kind == k.STRAY)
    stray = seen.events[rows]
    bells = (stray["a"] == k.SQ_DOORBELL) | (stray["a"] == k.CQ_DOORBELL)
    stray = stray[bells & (stray["qid"] == k.NO_QUEUE)]
    for cid in np.unique(stray["cid"]).tolist():
        of = stray["t"][stray["cid"] == cid]
        text = f"A doorbell of queue {cid} was written, and there is no such queue."
        yield Hit(-1, int(of[0]), text, len(of), int(of[-1]))


def repeated(seen: Seen) -> Iterator[Hit]:
    """The same value twice, and the index has not moved between."""
    moves = {
        SQ: (k.SQ_POST, k.SQ_FETCH),
        CQ: (k.CQ_REAP,) if seen.recorded(k.CQ_REAP) else (k.CQ_REAP, k.CQ_POST, k.DEV_DONE),
    }
    for side, lanes in ((SQ, seen.sqs), (CQ, seen.cqs)):
        for lane in lanes:
            told = lane.only(side.bell, side.shadow, side.store, side.shadow_read, *moves[side])
            bell = told.kind == side.bell
            again = np.zeros(len(told), np.bool_)
            again[1:] = bell[1:] & bell[:-1] & (told.a[1:] == told.a[:-1])
            again[1:] &= told.span[1:] == told.span[:-1]

            def words(i: int, side: Side = side, told: Lane = told) -> str:
                return (
                    f"{side.name} {told.a[i]} was written twice in a row; a strict controller "
                    "calls that invalid and may stop the queue."
                )

            yield from first(told, again, words)


def not_asked(seen: Seen) -> Iterator[Hit]:
    """A doorbell beside shadow buffers that EventIdx did not ask for, or no longer."""
    for side, lanes in ((SQ, seen.sqs), (CQ, seen.cqs)):
        if not seen.recorded(side.bell, side.shadow_read):
            continue
        for lane in lanes:
            bells = lane.only(side.bell)
            heard = lane.only(side.bell, side.shadow_read)
            known = value_at(heard, bells, -1)
            shadowed = seen.shadowed(bells)

            def words(i: int, side: Side = side, bells: Lane = bells) -> str:
                return (
                    f"The doorbell brought {side.name} {bells.a[i]}, which the controller had "
                    "read from the shadow already: a harmless race."
                )

            yield from first(bells, shadowed & (known == bells.a), words, "note")
            if seen.recorded(side.eventidx) and not seen.recorded(side.eventidx_read):
                yield from _unasked(seen, lane, side, bells, known, shadowed)


def _unasked(
    seen: Seen,
    lane: Lane,
    side: Side,
    bells: Lane,
    known: NDArray[np.int64],
    shadowed: NDArray[np.bool_],
) -> Iterator[Hit]:
    """Where the guest's own comparison stands in no record: what it must have come out as."""
    eventidx = value_at(lane.only(side.eventidx), bells, -1)
    judged = shadowed & (known >= 0) & (eventidx >= 0) & (known != bells.a)
    wrong = judged & ~rule_rings(seen, eventidx, bells.a, known)

    def words(i: int) -> str:
        return (
            f"{side.name} {bells.a[i]} came by doorbell, though EventIdx stood at {eventidx[i]} "
            f"and the controller knew {known[i]}: nobody asked for it."
        )

    yield from first(bells, wrong, words, "warning")


def rule_broken(seen: Seen) -> Iterator[Hit]:
    """A comparison with EventIdx that came out otherwise than the driver's rule says."""
    for side in SIDES:
        if not seen.recorded(side.eventidx_read, side.shadow):
            continue
        for lane in seen.sqs:
            stores = lane.only(side.shadow, side.store)
            stores = stores.pick(stores.b != k.DRAINED)
            reads = lane.only(side.eventidx_read)
            place = latest(stores, reads)
            reads, place = reads.pick(place >= 0), place[place >= 0]
            new, old = stores.a[place], stores.b[place]
            asked = rule_rings(seen, reads.a, new, old)

            def words(
                i: int,
                side: Side = side,
                reads: Lane = reads,
                new: NDArray[np.int64] = new,
                old: NDArray[np.int64] = old,
            ) -> str:
                rang = "rang" if reads.b[i] else "did not ring"
                return (
                    f"{side.name} went from {old[i]} to {new[i]}, EventIdx was {reads.a[i]}, and "
                    f"the driver {rang}: the rule says otherwise."
                )

            yield from first(reads, asked & (reads.b == 0), words)
            yield from first(reads, ~asked & (reads.b != 0), words, "warning")
