"""Rules about VM exits: doorbells that keep a vCPU outside far longer than others do.

What an exit costs, and where it waits: Linux arch/x86/kvm, QEMU's big lock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nvmeviz.analysis.findings.rule import Hit
from nvmeviz.log import kinds as k
from nvmeviz.units import time_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nvmeviz.analysis.findings.seen import Seen

LONG = 20  # times the queue's median
ENOUGH = 100  # exits, before one is called long


def long_exit(seen: Seen) -> Iterator[Hit]:
    """The longest exit for a doorbell of a queue, when it is far from the others."""
    for lane in seen.sqs:
        back = lane.only(k.VM_ENTRY)
        back = back.pick((back.a == k.EXIT_SQ_DOORBELL) | (back.a == k.EXIT_CQ_DOORBELL))
        if len(back) < ENOUGH:
            continue
        median, place = int(np.median(back.b)), int(np.argmax(back.b))
        outside_ns = int(back.b[place])
        if outside_ns > LONG * max(1, median):
            text = (
                f"A doorbell kept the vCPU outside the guest for {time_text(outside_ns)}; half of "
                f"all take {time_text(median)} or less."
            )
            yield Hit(lane.index, int(back.t_ns[place]) - outside_ns, text)
