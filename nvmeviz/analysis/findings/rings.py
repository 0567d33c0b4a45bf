"""Rules about the rings themselves: who may not overtake whom, and which phase a CQE must carry.

Source: NVMe Base 2.1, 3.3 (queues) and 4.2.4 (phase tag).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nvmeviz.analysis.findings.rule import Hit, first
from nvmeviz.analysis.findings.seen import running, value_at
from nvmeviz.log import kinds as k

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from nvmeviz.analysis.findings.seen import Lane, Seen


def tail_laps_head(seen: Seen) -> Iterator[Hit]:
    """More entries in an SQ than it has room for."""
    for lane in seen.sqs:
        room = lane.pair.sq_slots - 1
        ring = lane.only(k.SQ_POST, k.SQ_FETCH)
        held = ring.count(SQ_POST=1, SQ_FETCH=-1)
        over = (held > room) & ring.gapless & (ring.kind == k.SQ_POST)
        yield from first(
            ring,
            over & (not seen.guessed_clocks),
            lambda i, room=room: f"An SQE was written to a ring that holds {room} and was full.",
        )
        yield from _claims(seen, lane)


def _claims(seen: Seen, lane: Lane) -> Iterator[Hit]:
    """A tail doorbell that claims more than there is room for; with shadow buffers the controller
    may know a newer tail than the doorbell brings, so only without.
    """
    if not seen.covers(k.SQ_DOORBELL, k.SQ_FETCH):
        return
    size = lane.pair.sq_slots
    bells, fetches = lane.only(k.SQ_DOORBELL), lane.only(k.SQ_FETCH)
    before, fetched = value_at(bells, bells, -1), value_at(fetches, bells, -1)
    told = bells.known | ((before >= 0) & (fetched >= 0))
    before, head = np.maximum(before, 0), (fetched + 1) % size
    held = (before - head) % size + (bells.a - before) % size
    over = (held >= size) & told & ~seen.shadowed(bells) & (bells.a < size)

    def words(i: int) -> str:
        return (
            f"SQ tail {bells.a[i]} passes the head at {head[i]}: it claims {held[i]} entries of a "
            f"ring that holds {size - 1}."
        )

    yield from first(bells, over, words)


def cq_overrun(seen: Seen) -> Iterator[Hit]:
    """A CQE written over one that the guest has not taken yet."""
    for lane in seen.cqs:
        room = lane.pair.cq_slots - 1
        ring = lane.only(k.CQ_POST, k.CQ_REAP)
        held = ring.count(CQ_POST=1, CQ_REAP=-1)
        over = (held > room) & ring.gapless & (ring.kind == k.CQ_POST)
        yield from first(
            ring,
            over,
            lambda i, room=room: f"A CQE was written to a ring that holds {room} and was full.",
        )


def head_passes_tail(seen: Seen) -> Iterator[Hit]:
    """A CQ head doorbell that gives back entries that were never there."""
    posted = seen.posted
    if not seen.covers(getattr(k, posted)):
        return
    for lane in seen.cqs:
        size = lane.pair.cq_slots
        ring = lane.only(k.CQ_DOORBELL, getattr(k, posted))
        bells = ring.kind == k.CQ_DOORBELL
        moved = np.zeros(len(ring), np.int64)
        heads = ring.pick(bells)
        moved[bells] = (heads.a - value_at(heads, heads, 0)) % size
        given = running(moved, ring.span)
        there = ring.count(**{posted: 1})
        wrong = bells & (given > there) & ring.known & ~seen.shadowed(ring)

        def words(i: int, ring: Lane = ring) -> str:
            return f"CQ head {ring.a[i]} passes the tail: it gives back entries that never were."

        yield from first(ring, wrong, words)


def phase_error(seen: Seen) -> Iterator[Hit]:
    """A CQE whose phase tag does not fit its turn of the ring, or that stands in a wrong slot."""
    for lane in seen.cqs:
        size = lane.pair.cq_slots
        posts = lane.only(k.CQ_POST)
        if not len(posts):
            continue
        phase = (posts.b & k.CQE_PHASE) != 0
        follows = np.zeros(len(posts), np.bool_)
        follows[1:] = posts.span[1:] == posts.span[:-1]
        slot, turned = np.zeros(len(posts), np.int64), np.ones(len(posts), np.bool_)
        slot[1:] = (posts.a[:-1] + 1) % size
        turned[1:] = phase[:-1] ^ (posts.a[1:] == 0)
        slot[~follows], turned[~follows] = 0, True
        wrong = ((posts.a != slot) | (phase != turned)) & (follows | posts.known)

        def words(
            i: int,
            posts: Lane = posts,
            slot: NDArray[np.int64] = slot,
            turned: NDArray[np.bool_] = turned,
        ) -> str:
            found = int(posts.b[i] & k.CQE_PHASE != 0)
            return (
                f"A CQE stands in slot {posts.a[i]} with phase {found}; slot {slot[i]} with phase "
                f"{int(turned[i])} was due."
            )

        yield from first(posts, wrong, words)


def reaped_unposted(seen: Seen) -> Iterator[Hit]:
    """A CQE taken that the controller had not written: an entry of the last turn, taken for new."""
    for lane in seen.cqs:
        ring = lane.only(k.CQ_POST, k.CQ_REAP)
        held = ring.count(CQ_POST=1, CQ_REAP=-1)
        wrong = (held < 0) & ring.known & (ring.kind == k.CQ_REAP)

        def words(i: int, ring: Lane = ring) -> str:
            return f"The guest took a CQE (CID {ring.cid[i]}) that was not there yet."

        yield from first(ring, wrong, words)
