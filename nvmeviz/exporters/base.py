"""What an exporter is given and what it must be: a run, block by block, and a text file to fill.

Leaves files and where runs come from to `app`, and what each format looks like to `formats`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from nvmeviz.log import kinds as k
from nvmeviz.log.events import KIND_BY_NUMBER
from nvmeviz.model.topology import ADMIN_QID

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import TextIO

    import numpy as np
    from numpy.typing import NDArray

    from nvmeviz.model.topology import Topology


class ExportError(Exception):
    """Why a run can't be written in a format, and what to do."""


@dataclass(frozen=True, eq=False, slots=True)
class ExportRun:
    """A run on its way out. blocks: `log.events.EVENT` records in time order, read once.

    until_ns: everything up to there is in the blocks. guest: for formats that hold one guest.
    emulated: False when hardware serves the queues, so that no VMM sees what happens to them.
    """

    title: str
    mode: str
    topology: Topology
    blocks: Iterable[NDArray[np.void]]
    until_ns: int
    guest: int = 0
    emulated: bool = True


@dataclass(frozen=True, slots=True)
class Exporter:
    """One format. name: as a command line has it. suffix: of its files. one_guest: a file holds one
    guest of the run, `ExportRun.guest`. write: raises ExportError when the run can't be written so.
    """

    name: str
    title: str
    suffix: str
    write: Callable[[ExportRun, TextIO], None]
    one_guest: bool = False


class Event(NamedTuple):
    """One event as plain integers, in the order of `log.events.EVENT`."""

    t: int
    cause: int
    a: int
    b: int
    qid: int
    cid: int
    kind: int
    vcpu: int
    flags: int


def events_of(blocks: Iterable[NDArray[np.void]]) -> Iterator[Event]:
    """The events one by one; no more than one block is unpacked at a time."""
    for block in blocks:
        yield from map(Event._make, block.tolist())


_LOCKS = frozenset((k.LOCK_TAKE, k.LOCK_WAIT, k.LOCK_RELEASE))


def is_of_thread(event: Event) -> bool:
    """True when the event's `vcpu` is a controller thread, False when it is a vCPU."""
    if event.kind in _LOCKS:
        return event.a == k.BY_THREAD
    row = KIND_BY_NUMBER.get(event.kind)
    return row is not None and row.actor in ("controller", "device")


def queue_name(topology: Topology, queue: int, ring: str = "SQ") -> str:
    """What a ring is called within its guest: "SQ 3", "admin SQ"."""
    qid = topology.queues[queue].qid
    return f"admin {ring}" if qid == ADMIN_QID else f"{ring} {qid}"


def cq_of(topology: Topology, queue: int) -> int:
    """Index of the pair whose CQ takes the completions of SQ `queue`."""
    cq = topology.queues[queue].cq
    return queue if cq < 0 else cq
