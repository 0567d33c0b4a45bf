"""From a name or a file to panes and their runs; and from runs back to a file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from nvmeviz import __version__
from nvmeviz.app.measured import main_run, read_measured, trace_files
from nvmeviz.app.pane_files import pane_of, pane_table
from nvmeviz.app.panes import MAX_PANES, Pane, Panes, described
from nvmeviz.app.runs import Run, recorded_run, room_ns, run_source, simulated_run
from nvmeviz.engine.doorbell import MODE_BY_NAME
from nvmeviz.log.recording import (
    MOST_EVENTS,
    RecordingError,
    is_recording,
    read_recording,
    write_recording,
)
from nvmeviz.scenario.problems import ScenarioError
from nvmeviz.scenario.toml import (
    builtin_names,
    load_scenario,
    read_scenario,
    with_modes,
    write_scenario,
)
from nvmeviz.units import grouped, time_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from nvmeviz.importers.read import Imported
    from nvmeviz.log.recording import RunSource
    from nvmeviz.scenario.schema import Scenario

# How far the engines run ahead of the playhead, so that every step under way knows its end.
LOOKAHEAD_NS = 1_000_000
_LEFT_OUT = "There is room for six panes: the first six are shown."
_NOT_AS_LEFT = "The panes can't be shown as they were left"


@dataclass(frozen=True, eq=False, slots=True)
class Opening:
    """What is open: the scenario that all settings start from, and a run for each pane. others: runs
    of the same file that no pane shows at first.
    """

    base: Scenario
    panes: Panes
    runs: tuple[Run, ...]
    notice: str = ""
    others: tuple[tuple[Pane, Run], ...] = ()


def is_recording_file(source: str) -> bool:
    """True when `source` names a file that holds runs: a recording, or trace files."""
    if is_builtin(source):
        return False
    return (Path(source).is_file() and is_recording(source)) or bool(trace_files(source))


@lru_cache(maxsize=1)
def _builtin_names() -> frozenset[str]:
    return frozenset(builtin_names())


def is_builtin(source: str) -> bool:
    """True when `source` is the name of a scenario that comes with the program."""
    return source in _builtin_names()


def open_source(
    source: str,
    modes: tuple[str, ...] | None = None,
    seed: int | None = None,
    panes: Panes = (),
    progress: Callable[[float, str], None] | None = None,
) -> Opening:
    """A scenario (name or file), a recording or traces. modes, seed: instead of the scenario's own;
    panes: as they were left. ScenarioError, RecordingError, ImportProblem.
    """
    files = () if is_builtin(source) else trace_files(source)
    if files:
        return _of_main_run(*read_measured(files, progress, source))
    if is_recording_file(source):
        return read_runs(source)
    base = load_scenario(source, MODE_BY_NAME)
    if modes:
        base = with_modes(base, modes)
    if seed is not None:
        base = replace(base, seed=seed)
    notice = ""
    if panes:
        try:
            return _with_runs(base, panes)
        except (ScenarioError, RecordingError) as error:
            notice = f"{_NOT_AS_LEFT}: {error}"
    if len(base.modes) > MAX_PANES:
        notice = notice or _LEFT_OUT
    return replace(_with_runs(base, panes_of(base)), notice=notice)


def _of_main_run(
    base: Scenario, panes: Panes, runs: tuple[Run, ...], imported: Imported
) -> Opening:
    """The epoch with the most I/O in a pane, the others in reserve."""
    main = main_run(imported)
    pairs = tuple(zip(panes, runs, strict=True))
    others = tuple(pair for number, pair in enumerate(pairs) if number != main)
    serious = [issue for issue in imported.issues if issue.severity != "note"]
    notice = serious[0].text if serious else ""
    if serious and serious[0].count > 1:
        notice = f"{grouped(serious[0].count)} {notice}"
    return Opening(base, (panes[main],), (runs[main],), notice, others)


def panes_of(base: Scenario) -> Panes:
    """The panes that a scenario itself asks for."""
    return tuple(Pane(number, mode) for number, mode in enumerate(base.modes[:MAX_PANES]))


def _with_runs(base: Scenario, panes: Panes) -> Opening:
    known_ns = base.show_from_ns + LOOKAHEAD_NS if base.show_from_ns else 0
    files: dict[str, tuple[Run, ...]] = {}
    runs: list[Run] = []
    for number, pane in enumerate(panes):
        if not pane.recording:
            runs.append(made_run(number, base, pane, known_ns))
            continue
        path, _, place = pane.recording.rpartition("#")
        if path not in files:
            files[path] = read_runs(path).runs
        found = files[path]
        place = place.rstrip("~")
        if not (place.isascii() and place.isdigit()) or int(place) >= len(found):
            raise RecordingError(f"It no longer holds run {place}. ({path})")
        run = replace(found[int(place)], run_id=number)
        if run.mode.name != pane.mode:
            raise RecordingError(f"Run {place} is no longer of this mode: {pane.mode}. ({path})")
        runs.append(run)
    return Opening(base, panes, tuple(runs))


def made_run(run_id: int, base: Scenario, pane: Pane, known_ns: int = 0) -> Run:
    """The run of a simulated pane. ScenarioError."""
    scenario, changes = described(base, pane)
    return simulated_run(run_id, scenario, MODE_BY_NAME[pane.mode], known_ns, changes)


def read_runs(path: str) -> Opening:
    """The runs of a recording, or of traces. ScenarioError, RecordingError, ImportProblem."""
    files = trace_files(path)
    if files:
        return Opening(*read_measured(files, source=path)[:3])
    recording = read_recording(path)
    base = read_scenario(recording.scenario, recording.name, f"{path}: scenario", MODE_BY_NAME)
    panes: list[Pane] = []
    runs: list[Run] = []
    for number, record in enumerate(recording.runs):
        if record.mode not in MODE_BY_NAME:
            problem = "This recording uses a doorbell mode that this program lacks"
            raise RecordingError(f'{problem}: "{record.mode}". ({path})')
        try:
            pane = pane_of({**record.pane, "mode": record.mode, "recording": ""}, number)
            scenario, changes = described(base, pane)
        except (ValueError, ScenarioError) as error:
            problem = f"This file is damaged: the settings of run {number + 1} make no sense"
            raise RecordingError(f"{problem}: {error}. ({path})") from None
        # What a pane predicts is another run of the same file.
        own = f"{path}{pane.predicts}" if pane.predicts.startswith("#") else pane.predicts
        panes.append(replace(pane, recording=f"{path}#{number}", predicts=own))
        runs.append(recorded_run(number, scenario, record, changes))
    shown = Opening(base, tuple(panes[:MAX_PANES]), tuple(runs[:MAX_PANES]))
    return shown if len(panes) <= MAX_PANES else replace(shown, notice=_LEFT_OUT)


def read_beside(path: str, progress: Callable[[float, str], None] | None = None) -> Opening:
    """What a file brings to panes that are there: a recording all its runs, traces the busiest part.
    ScenarioError, RecordingError, ImportProblem.
    """
    files = trace_files(path)
    return _of_main_run(*read_measured(files, progress)) if files else read_runs(path)


def sources_of(runs: tuple[Run, ...], panes: Panes) -> tuple[RunSource, ...]:
    """Runs as they are now, to be written while they go on: their beginnings, where all of them are
    more than a recording may hold.
    """
    until_ns = room_ns(runs, MOST_EVENTS)
    places = {pane.recording: f"#{n}" for n, pane in enumerate(panes) if pane.recording}
    return tuple(
        run_source(
            run,
            pane_table(
                replace(pane, recording="", predicts=places.get(pane.predicts, pane.predicts))
            ),
            until_ns,
        )
        for run, pane in zip(runs, panes, strict=True)
    )


def left_out(runs: tuple[Run, ...]) -> str:
    """What is to be told when runs do not fit into a recording whole; "" when they do."""
    until_ns = room_ns(runs, MOST_EVENTS)
    if until_ns is None:
        return ""
    most = grouped(MOST_EVENTS)
    return f" It holds their first {time_text(until_ns)}: there is room for {most} events."


def save_sources(path: str, base: Scenario, sources: tuple[RunSource, ...]) -> None:
    """Write runs into a recording. RecordingError when the place won't take it."""
    modes = tuple(dict.fromkeys(source.mode for source in sources))
    write_recording(
        path,
        program=__version__,
        name=base.name,
        scenario=write_scenario(with_modes(base, modes)),
        runs=sources,
    )


def save_runs(path: str, runs: tuple[Run, ...]) -> str:
    """Write runs of one scenario into a recording; what is to be told of it. RecordingError."""
    panes = tuple(Pane(number, run.mode.name) for number, run in enumerate(runs))
    save_sources(path, runs[0].scenario, sources_of(runs, panes))
    return left_out(runs)
