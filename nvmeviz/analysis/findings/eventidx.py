"""Rules about what a controller writes into EventIdx: never, too much, or not before it sleeps.

The policies and what follows from them: NVMe Base 2.2, Annex B.5; QEMU hw/nvme/ctrl.c; FEMU.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nvmeviz.analysis.findings.rule import Hit, first
from nvmeviz.analysis.findings.seen import value_at
from nvmeviz.log import kinds as k
from nvmeviz.units import grouped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nvmeviz.analysis.findings.seen import Seen

ENOUGH = 64  # reads or comparisons, before they say how a controller does it


def never_written(seen: Seen) -> Iterator[Hit]:
    """A controller that reads CQ heads from the shadow and never writes the CQ EventIdx."""
    for lane in seen.cqs:
        reads = lane.only(k.CQ_SHADOW_READ)
        reads = reads.pick(seen.shadowed(reads))
        configs = seen.guest_rows(lane.pair.guest, k.DBBUF_CONFIG)
        off = len(configs) and int(seen.events["b"][configs[-1]]) >= lane.pair.cq_slots
        if off or len(reads) < ENOUGH or len(lane.only(k.CQ_EVENTIDX)):
            continue
        text = (
            f"The controller read the CQ head from the shadow {grouped(len(reads))} times and "
            "never wrote EventIdx: it asks for a doorbell once a turn of the ring, no more."
        )
        yield Hit(lane.index, int(reads.t_ns[0]), text)


def sleeps_unarmed(seen: Seen) -> Iterator[Hit]:
    """A controller that sleeps although EventIdx does not stand at the tail that it knows."""
    sleeps = np.flatnonzero((seen.kind == k.CTRL_SLEEP) & (seen.events["a"] == 0))
    threads = seen.events["vcpu"][sleeps]
    for lane in seen.sqs:
        mine = sleeps[threads == lane.pair.thread]
        if lane.is_admin or not len(mine):
            continue
        span, known = seen.spans(lane.pair, mine)
        none = np.zeros(len(mine), np.int64)
        at = type(lane)(
            lane.index,
            lane.pair,
            rows=mine,
            t_ns=seen.events["t"][mine],
            kind=seen.kind[mine],
            a=none,
            b=none,
            cid=none,
            span=span,
            known=known,
        )
        tail = value_at(lane.only(k.SQ_SHADOW_READ, k.SQ_DOORBELL), at, -1)
        armed = value_at(lane.only(k.SQ_EVENTIDX, k.EVENTIDX_STORE), at, -1)
        wrong = (tail >= 0) & (armed >= 0) & (tail != armed) & seen.shadowed(at)
        yield from first(
            at,
            wrong,
            lambda i, armed=armed, tail=tail: (
                f"The controller went to sleep with EventIdx {armed[i]} although the tail it "
                f"knows is {tail[i]}: the next command may not wake it."
            ),
        )


def asks_always(seen: Seen) -> Iterator[Hit]:
    """Comparisons that all ring, for a controller that never sleeps."""
    awake = set(np.unique(seen.events["vcpu"][seen.kind == k.CTRL_POLL]).tolist())
    awake -= set(np.unique(seen.events["vcpu"][seen.kind == k.CTRL_SLEEP]).tolist())
    for lane in seen.sqs:
        reads = lane.only(k.SQ_EVENTIDX_READ)
        rang = int((reads.b != 0).sum())
        if lane.pair.thread not in awake or rang < max(ENOUGH, 0.9 * len(reads)):
            continue
        text = (
            f"{grouped(rang)} of {grouped(len(reads))} comparisons with EventIdx rang, though the "
            "controller polls and never sleeps: exits for nothing."
        )
        yield Hit(lane.index, int(reads.t_ns[0]), text)
