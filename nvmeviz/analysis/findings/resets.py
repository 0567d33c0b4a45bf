"""Rules about resets of a controller: what was in flight, and buffers that survive it wrongly.

Doorbell buffers are lost at a Controller Level Reset: NVMe Base 2.1, 5.2.5.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nvmeviz.analysis.findings.rule import Hit, first, many
from nvmeviz.analysis.findings.seen import latest
from nvmeviz.log import kinds as k

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nvmeviz.analysis.findings.seen import Lane, Seen


def in_flight(seen: Seen) -> Iterator[Hit]:
    """A reset while commands are in flight: they are lost, and their CIDs free again."""
    begin = "SQ_POST" if seen.covers(k.SQ_POST) else "SQ_FETCH"
    end = seen.finished
    for lane in seen.sqs:
        resets = seen.resets(lane.pair)
        if lane.is_admin or not len(resets):
            continue
        flow = lane.only(getattr(k, begin), getattr(k, end))
        count = flow.count(**{begin: 1, end: -1})
        of = np.searchsorted(resets, flow.rows)
        last = np.diff(of, append=len(resets)) > 0
        for place in np.flatnonzero(last & (count > 0)).tolist():
            t_ns = int(seen.events["t"][resets[of[place]]])
            lost = many(int(count[place]), "command")
            yield Hit(lane.index, t_ns, f"The controller was reset with {lost} in flight.")


def stale_buffers(seen: Seen) -> Iterator[Hit]:
    """A driver that goes on with shadow buffers after a reset took them, or with old values."""
    for lane in seen.sqs:
        if lane.is_admin or not len(seen.resets(lane.pair)):
            continue
        stores = lane.only(k.SQ_SHADOW, k.SQ_STORE)
        stores = stores.pick(stores.b != k.DRAINED)
        after_reset = stores.rows > seen.resets(lane.pair)[0]
        nobody = after_reset & ~seen.shadowed(stores)

        def words(i: int, stores: Lane = stores) -> str:
            return (
                f"The driver stored tail {stores.a[i]} in a shadow buffer that the controller "
                "lost at its reset: nobody looks there until the buffers are handed over again."
            )

        yield from first(stores, nobody, words)
        old = after_reset & ~nobody & (latest(stores, stores) < 0) & (stores.b != 0)

        def stale(i: int, stores: Lane = stores) -> str:
            return (
                f"The shadow tail still held {stores.b[i]} from before the reset, and the new "
                "queue began at 0."
            )

        yield from first(stores, old, stale, "warning")
