"""Runs on their way into other formats: which run is meant, how far, and the file.

What the formats look like is `exporters`' matter. Errors are ExportError, or what opening raises.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np

from nvmeviz.app.opening import read_runs
from nvmeviz.engine.mode import Worker
from nvmeviz.engine.simulation import Simulation
from nvmeviz.exporters import EXPORTER_BY_NAME, EXPORTERS
from nvmeviz.exporters.base import ExportError, ExportRun
from nvmeviz.files import reason, whole_file
from nvmeviz.model.timeline import BLOCK_EVENTS
from nvmeviz.scenario.problems import nearest
from nvmeviz.units import time_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from nvmeviz.app.runs import Run
    from nvmeviz.engine.mode import DoorbellMode
    from nvmeviz.exporters.base import Exporter
    from nvmeviz.scenario.schema import Scenario

FORMATS = EXPORTERS


def format_named(name: str) -> Exporter:
    """The format that a command line names."""
    if name not in EXPORTER_BY_NAME:
        advice = nearest(name, EXPORTER_BY_NAME)
        raise ExportError(f'"{name}" is not a format to export.{advice} (--to {name})')
    return EXPORTER_BY_NAME[name]


def export_of(run: Run, guest: int = 0, until_ns: int | None = None) -> ExportRun:
    """A run as it is known now, up to `until_ns`; it may go on growing while a worker writes."""
    # The last block may hold a part of what happens in the nanosecond after the frontier.
    until_ns = run.frontier_ns if until_ns is None else until_ns
    blocks = (run.log.read(number) for number in range(len(run.log.blocks)))
    return ExportRun(
        title=run.scenario.title,
        mode=run.mode.name,
        topology=run.topology,
        blocks=_cut(blocks, until_ns),
        until_ns=until_ns,
        guest=guest,
        emulated=run.mode.worker is not Worker.HARDWARE,
    )


def _cut(blocks: Iterable[NDArray[np.void]], until_ns: int) -> Iterator[NDArray[np.void]]:
    for block in blocks:
        count = int(np.searchsorted(block["t"], until_ns, side="right"))
        yield block[:count]
        if count < len(block):
            return


def simulated_export(scenario: Scenario, mode: DoorbellMode, until_ns: int) -> ExportRun:
    """A run that is simulated while it is written, a block at a time."""
    simulation = Simulation(scenario, mode)

    def blocks() -> Iterator[NDArray[np.void]]:
        while True:
            events = simulation.advance(until_ns, BLOCK_EVENTS)
            yield events
            if len(events) < BLOCK_EVENTS:
                return

    return ExportRun(
        title=scenario.title,
        mode=mode.name,
        topology=simulation.topology,
        blocks=blocks(),
        until_ns=until_ns,
        emulated=mode.worker is not Worker.HARDWARE,
    )


def recorded_export(
    path: str, mode: str | None, number: int | None, until_ns: int | None
) -> ExportRun:
    """A run of a recording: the first of a mode, or run `number` (from 1), or the first."""
    runs = read_runs(path).runs
    found = [run for run in runs if mode is None or run.mode.name == mode]
    if not found:
        advice = nearest(mode or "", {run.mode.name for run in runs})
        raise ExportError(f'The recording holds no run of "{mode}".{advice} ({path})')
    run = found[place_of(number, len(found), path)]
    if until_ns is not None and until_ns > run.frontier_ns:
        end = f"The run ends at {time_text(run.frontier_ns)}"
        raise ExportError(f"{end}; --until must not be later. ({path})")
    return export_of(run, until_ns=until_ns)


def place_of(number: int | None, count: int, source: str) -> int:
    """The place (from 0) of run `number` (from 1) among `count`; None means the first."""
    if number is not None and not 1 <= number <= count:
        allowed = f"lie between 1 and {count}" if count > 1 else "be 1: there is one run"
        raise ExportError(f"--run must {allowed}. ({source})")
    return (number or 1) - 1


def guest_of(export: ExportRun, exporter: Exporter, number: int | None) -> int:
    """The guest (from 0) whose number (from 1) a command line gives, for formats that hold one."""
    count = len(export.topology.guests)
    if not exporter.one_guest:
        if number is not None:
            raise ExportError(f"--guest is for formats that hold one guest, not {exporter.name}.")
        return 0
    if number is None and count > 1:
        problem = f"The run has {count} guests, and {exporter.name} holds one"
        raise ExportError(f"{problem}: choose with --guest 1 to {count}.")
    if number is not None and not 1 <= number <= count:
        raise ExportError(f"--guest must lie between 1 and {count}.")
    return (number or 1) - 1


def write_export(path: str, exporter: Exporter, run: ExportRun) -> None:
    """Write a run whole, or leave what was there. ExportError."""
    try:
        with whole_file(path) as file:
            text = io.TextIOWrapper(file, "utf-8", "backslashreplace", newline="")
            exporter.write(run, text)
            text.flush()
            text.detach()
    except OSError as error:
        raise ExportError(f"The run was not exported: {reason(error)} ({path})") from None
