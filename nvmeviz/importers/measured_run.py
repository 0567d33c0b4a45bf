"""One run out of a trace: what a lifter made of an epoch, as the rest of the program takes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nvmeviz.importers.causes import link
from nvmeviz.log.events import EVENT
from nvmeviz.log.kinds import CLOCK_GUESSED, SQ_POST

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from nvmeviz.importers.lifting import Lifter
    from nvmeviz.importers.planning import Planned
    from nvmeviz.log.about import About
    from nvmeviz.model.topology import Topology

PIECE = 1 << 18  # events that are packed at a time


@dataclass(frozen=True, eq=False, slots=True)
class MeasuredRun:
    """One epoch of one controller. mode: the doorbell mode that it looks like, "" when the log can't
    tell. epoch: its number in `Imported.tally`, -1 when only the guest tells of it. start_ns: where
    its work begins.
    """

    title: str
    mode: str
    topology: Topology
    events: NDArray[np.void]
    frontier_ns: int
    about: About
    epoch: int
    io_commands: int
    start_ns: int


def measured_run(
    lifter: Lifter,
    planned: Planned,
    about: About,
    mode: str,
    still_wanted: Callable[[], None],
    *,
    timeless: bool,
) -> MeasuredRun:
    """The run of what was lifted. about: with its title. timeless: its lines have no times, only an
    order. still_wanted is called now and then and may raise.
    """
    events = packed(lifter, still_wanted)
    link(events, still_wanted)
    if timeless:
        events["flags"] |= CLOCK_GUESSED
    last_ns = int(events["t"][-1]) if len(events) else 0
    io = events[(events["kind"] == SQ_POST) & (events["qid"] != planned.plan.admin)]
    # A driver reads a little when it starts; the work is what comes behind that.
    start_ns = int(io["t"][min(len(io) - 1, max(3, len(io) // 100))]) if len(io) else 0
    return MeasuredRun(
        title=about.title,
        mode=mode,
        topology=planned.topology(lifter.tags()),
        events=events,
        frontier_ns=last_ns + 1,
        about=about,
        epoch=-1,
        io_commands=len(io),
        start_ns=start_ns,
    )


def packed(lifter: Lifter, still_wanted: Callable[[], None]) -> NDArray[np.void]:
    """Its events as `log.events.EVENT` in the order of their times; piece by piece, for they may be
    half a gigabyte.
    """
    rows, order = lifter.events(), lifter.order()
    packed_events = np.zeros(len(rows), EVENT)
    for start in range(0, len(rows), PIECE):
        still_wanted()
        piece = rows[order[start : start + PIECE]]
        events = packed_events[start : start + PIECE]
        events["t"] = piece[:, 0]
        events["a"] = piece[:, 1]
        events["b"] = piece[:, 2]
        rest = piece[:, 3]
        events["qid"] = rest & 0xFFFF
        events["cid"] = rest >> 16 & 0xFFFF
        events["kind"] = rest >> 32 & 0xFF
        events["vcpu"] = rest >> 40 & 0xFF
        events["flags"] = rest >> 48 & 0xFFFF
    return packed_events
