"""Rules about interrupts: those that find nothing, those that say nothing new, and too many.

One interrupt too many costs time; a missing one is the business of `stalls`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nvmeviz.analysis.findings.rule import Hit, first
from nvmeviz.log import kinds as k

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nvmeviz.analysis.findings.seen import Lane, Seen

STORM = 64  # interrupts, before they are called a storm


def empty_handler(seen: Seen) -> Iterator[Hit]:
    """A handler that ran and found no CQE."""
    rows = np.flatnonzero(np.isin(seen.kind, (k.IRQ_ENTER, k.IRQ_EXIT, k.CQ_REAP)))
    vcpu = seen.events["vcpu"][rows]
    rows, vcpu = (column[np.argsort(vcpu, kind="stable")] for column in (rows, vcpu))
    edges = np.flatnonzero(seen.kind[rows] != k.CQ_REAP)
    enters = edges[:-1][seen.kind[rows[edges[:-1]]] == k.IRQ_ENTER]
    following = edges[np.searchsorted(edges, enters) + 1]
    nothing = enters[(following == enters + 1) & (vcpu[enters] == vcpu[following])]
    events = seen.events[np.sort(rows[nothing])]
    for index in np.unique(events["qid"]).tolist():
        if index < len(seen.topology.queues):
            t_ns = events["t"][events["qid"] == index]
            text = "An interrupt handler ran and found no CQE: it was reaped before."
            yield Hit(index, int(t_ns[0]), text, len(t_ns), int(t_ns[-1]))


def raised_again(seen: Seen) -> Iterator[Hit]:
    """An interrupt although nothing was posted since the last one."""
    posted = getattr(k, seen.posted)
    if not seen.covers(posted):
        return
    for lane in seen.cqs:
        told = lane.only(k.IRQ_RAISE, posted)
        raised = told.kind == k.IRQ_RAISE
        again = np.zeros(len(told), np.bool_)
        again[1:] = raised[1:] & raised[:-1] & (told.span[1:] == told.span[:-1])
        yield from first(
            told, again, lambda _: "An interrupt was raised, and no CQE is new since the last one."
        )


def storm(seen: Seen) -> Iterator[Hit]:
    """An interrupt for each CQE, although CQEs wait already."""
    posted = getattr(k, seen.posted)
    for lane in seen.cqs:
        ring = lane.only(k.IRQ_RAISE, posted, k.CQ_REAP)
        waiting = ring.count(**{seen.posted: 1}, CQ_REAP=-1)
        raised = ring.kind == k.IRQ_RAISE
        count = np.cumsum(ring.kind == posted)[raised]
        one_each = np.zeros(len(ring), np.bool_)
        one_each[raised] = np.diff(count, prepend=0) == 1
        needless = one_each & (waiting >= 2)
        if needless.sum() < max(STORM, raised.sum() / 2):
            continue

        def words(i: int, ring: Lane = ring, waiting: object = waiting) -> str:
            return (
                f"An interrupt was raised for one CQE while {np.asarray(waiting)[i] - 1} waited "
                "already: one for all would do."
            )

        yield from first(ring, needless, words)
