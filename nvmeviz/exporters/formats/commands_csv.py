"""Every command as a row of a CSV table, in the order in which they end; those under way last.

Times in ns since the run's origin: post (SQE written), ring (its tail announced: doorbell register
written or shadow tail stored, whichever the log shows first), fetch, start (by the device), done, cqe,
irq (the first of its CQ after the CQE), reap. latency_ns: post to reap. blocks: of 512 B. inferred:
times that stand in no record. An empty cell: it did not happen, or is unknown.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from nvmeviz.exporters.base import Exporter, events_of
from nvmeviz.exporters.lifetimes import Lifetimes, Step
from nvmeviz.exporters.opcodes import opcode_words
from nvmeviz.model.topology import ADMIN_QID

if TYPE_CHECKING:
    from typing import TextIO

    from nvmeviz.exporters.base import ExportRun
    from nvmeviz.exporters.lifetimes import Command
    from nvmeviz.model.topology import Topology

COLUMNS = (
    *("guest", "qid", "cid", "opcode", "blocks"),
    *(f"{step.name.lower()}_ns" for step in Step),
    *("latency_ns", "status", "inferred"),
)


def _cell(value: int | None) -> int | str:
    return "" if value is None else value


def _row(topology: Topology, command: Command) -> tuple[int | str, ...]:
    pair = topology.queues[command.queue]
    opcode = command.opcode
    return (
        topology.guests[pair.guest],
        pair.qid,
        command.cid,
        "" if opcode is None else opcode_words(opcode, admin=pair.qid == ADMIN_QID),
        _cell(command.blocks),
        *map(_cell, command.at),
        _cell(command.latency_ns),
        "" if command.status is None else f"0x{command.status:x}",
        " ".join(step.name.lower() for step in command.inferred),
    )


def write(run: ExportRun, out: TextIO) -> None:
    """The table."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    commands = Lifetimes(run.topology)
    for event in events_of(run.blocks):
        _, over = commands.take(event)
        for command in over:
            writer.writerow(_row(run.topology, command))
    writer.writerows(_row(run.topology, command) for command in commands.unfinished())


EXPORTER = Exporter("commands", "CSV of commands", "csv", write)
