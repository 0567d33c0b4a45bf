"""From trace files to runs that any pane can show.

Several files of one run are named together, put on one clock and lifted together; each epoch of a
controller becomes a run. The scenario that a trace is opened with describes its machine as far as
the trace tells, so that panes simulated beside it begin there.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from nvmeviz.app.panes import Pane
from nvmeviz.app.runs import recorded_run, topology_to_json
from nvmeviz.app.samples import files_of_sample, samples
from nvmeviz.importers.read import ImportProblem, looks_like_trace, read_traces
from nvmeviz.log.recording import RunRecord, is_recording
from nvmeviz.scenario.schema import UNTIL_MAX_NS, Machine, Scenario, Workload
from nvmeviz.scenario.toml import builtin_names
from nvmeviz.units import grouped

if TYPE_CHECKING:
    from collections.abc import Callable

    from nvmeviz.app.panes import Panes
    from nvmeviz.app.runs import Run
    from nvmeviz.importers.read import Imported, MeasuredRun

JOINED = " + "  # between the names of files that belong together
UNKNOWN_MODE = "mmio_trap"  # the panes of a trace that does not tell how doorbells travel
LIFTED = 0.95  # of the work is done when all events are there; figures and graphs come then
_MOST_TITLE = 120


def trace_files(source: str) -> tuple[str, ...]:
    """The trace files that `source` names; none when it names something else."""
    if files := files_of_sample(source):
        return files
    names = source.split(JOINED) if JOINED in source and not Path(source).exists() else [source]
    try:
        if not all(Path(name).is_file() and not is_recording(name) for name in names):
            return ()
    except (OSError, ValueError):
        return ()
    if len(names) > 1 or looks_like_trace(names[0]):
        return tuple(names)
    return ()


def source_of(files: tuple[str, ...]) -> str:
    """How files that belong together are named as one source."""
    return JOINED.join(files)


def whole_paths(names: tuple[str, ...]) -> tuple[str, ...]:
    """File names that hold wherever they are read, by another process too; other names as they are."""

    def whole(name: str) -> str:
        try:
            there = bool(name) and name not in builtin_names() and Path(name).exists()
        except (OSError, ValueError):
            return name  # whoever opens it says what is wrong
        return os.path.abspath(name) if there else name

    return tuple(
        whole(name) if JOINED not in name else JOINED.join(map(whole, name.split(JOINED)))
        for name in names
    )


def read_measured(
    files: tuple[str, ...],
    progress: Callable[[float, str], None] | None = None,
    source: str = "",
) -> tuple[Scenario, Panes, tuple[Run, ...], Imported]:
    """The scenario, panes and runs of trace files, in the order of their epochs. source: what they
    were opened as. Raises ImportProblem, and what `progress` raises.
    """
    imported = read_traces(files, progress) if progress else read_traces(files)
    main = imported.runs[main_run(imported)]
    base = _scenario(files, imported, main)
    source = source or source_of(files)
    for sample in samples():
        if sample.source == source:
            base = replace(base, title=sample.title, sentence=sample.sentence)
    panes: list[Pane] = []
    runs: list[Run] = []
    for number, measured in enumerate(imported.runs):
        part = _part(progress, measured, number, len(imported.runs))
        mode = measured.mode or UNKNOWN_MODE
        record = RunRecord(
            mode=mode,
            topology=topology_to_json(measured.topology),
            frontier_ns=measured.frontier_ns,
            events=measured.events,
            about=measured.about,
        )
        panes.append(Pane(number, mode, recording=f"{source}#{number}"))
        runs.append(recorded_run(number, base, _plain(record), progress=part))
    return base, tuple(panes), tuple(runs), imported


def _part(
    progress: Callable[[float, str], None] | None, measured: MeasuredRun, number: int, count: int
) -> Callable[[float], None] | None:
    """How far the making of run `number` of `count` is, as a part of the whole."""
    if progress is None:
        return None
    words = f"{measured.title}, I/O commands: {grouped(measured.io_commands)}"
    return lambda share: progress(LIFTED + (1.0 - LIFTED) * (number + share) / count, words)


def _plain(record: RunRecord) -> RunRecord:
    """The record as a file would give it back: lists where a topology has tuples."""
    topology = {**record.topology, "queues": [dict(q) for q in record.topology["queues"]]}
    return replace(record, topology=topology)


def main_run(imported: Imported) -> int:
    """The number of the run with the most I/O, which is shown first."""
    work = [run.io_commands for run in imported.runs]
    return work.index(max(work))


def _scenario(files: tuple[str, ...], imported: Imported, main: MeasuredRun) -> Scenario:
    topology = main.topology
    name = " and ".join(Path(file).name for file in files)
    printable = "".join(c for c in name if c.isprintable())[:_MOST_TITLE] or "trace"
    io = [queue for queue in topology.queues if queue.qid]
    slots = max((queue.sq_slots for queue in io), default=1024)
    flying = max((_most_in_flight(imported, main, queue.qid) for queue in io), default=1)
    return Scenario(
        name=Path(files[0]).name.split(".")[0] or "trace",
        title=printable,
        sentence=f"Measured: {main.io_commands} I/O commands of a real run, {main.title}.",
        source=f"the trace {printable}",
        modes=(main.mode or UNKNOWN_MODE,),
        until_ns=max(1_000, min(main.frontier_ns, UNTIL_MAX_NS)),
        show_from_ns=min(main.start_ns, UNTIL_MAX_NS),
        machine=Machine(
            vcpus=max(1, min(len(topology.vcpus), 8)),
            queues=max(1, min(len(io), 8)),
            ring_slots=slots,
        ),
        workload=Workload(queue_depth=max(1, min(flying, slots - 1))),
    )


def _most_in_flight(imported: Imported, main: MeasuredRun, qid: int) -> int:
    if main.epoch >= 0:
        queue = imported.tally.epochs[main.epoch].queues.get(qid)
        return queue.most_in_flight if queue else 0
    return max(
        (g.most_in_flight for (_, q), g in imported.tally.guest.items() if q == qid), default=0
    )


__all__ = ["ImportProblem", "main_run", "read_measured", "source_of", "trace_files"]
