"""Every event as a row of a CSV table, in the order of the log.

t_ns since the run's origin; event, flags: names; guest, qid: of the queue pair; actor: the vCPU or
controller thread; a, b: what they hold for each kind stands in `log.events`; cause: number of the row
(from 0) of the causing event. An empty cell: nothing, or unknown.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from nvmeviz.exporters.base import Exporter, events_of, is_of_thread
from nvmeviz.log import kinds as k
from nvmeviz.log.events import KIND_BY_NUMBER

if TYPE_CHECKING:
    from typing import TextIO

    from nvmeviz.exporters.base import Event, ExportRun
    from nvmeviz.model.topology import Topology

COLUMNS = ("t_ns", "event", "guest", "qid", "cid", "actor", "a", "b", "cause", "flags")
_FLAGS = (
    (k.INFERRED, "inferred"),
    (k.CLOCK_GUESSED, "clock guessed"),
    (k.LOST_BEFORE, "lost before"),
)


def _row(topology: Topology, event: Event) -> tuple[int | str, ...]:
    row = KIND_BY_NUMBER.get(event.kind)
    guest, qid, cid = "", "", event.cid if row is None or row.has_cid else ""
    if event.qid < len(topology.queues):
        pair = topology.queues[event.qid]
        guest, qid = topology.guests[pair.guest], pair.qid
    elif event.kind == k.STRAY and event.qid == k.NO_QUEUE:
        qid, cid = event.cid, ""
    actors = topology.threads if is_of_thread(event) else topology.vcpus
    named = (row is None or row.actor != "run") and event.vcpu < len(actors)
    return (
        event.t,
        row.name if row else f"kind {event.kind}",
        guest,
        qid,
        cid,
        actors[event.vcpu] if named else "",
        event.a if row is None or row.a else "",
        event.b if row is None or row.b else "",
        event.cause if event.cause >= 0 else "",
        " ".join(name for bit, name in _FLAGS if event.flags & bit),
    )


def write(run: ExportRun, out: TextIO) -> None:
    """The table."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_row(run.topology, event) for event in events_of(run.blocks))


EXPORTER = Exporter("csv", "CSV of events", "csv", write)
