"""What `update` asks the outside world for: open, advance, save. Each is data; `perform` does it.

`perform` is free of Qt and safe in a worker thread. What goes wrong with a person's file comes back
as a message with a sentence; only bugs of ours raise.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from nvmeviz import __version__
from nvmeviz.app.messages import Failed, Opened, RunAdvanced, Told
from nvmeviz.app.runs import (
    Run,
    advance,
    modes_of,
    recorded_run,
    run_source,
    simulated_run,
)
from nvmeviz.engine.core import COMPILED
from nvmeviz.engine.doorbell import MODE_BY_NAME
from nvmeviz.log.recording import (
    RecordingError,
    is_recording,
    read_recording,
    write_recording,
)
from nvmeviz.scenario.toml import ScenarioError, load_scenario, read_scenario, write_scenario

if TYPE_CHECKING:
    from nvmeviz.app.messages import Message
    from nvmeviz.scenario.schema import Scenario

# How far the engines run ahead of the playhead, so that every step under way knows its end.
LOOKAHEAD_NS = 1_000_000


@dataclass(frozen=True, slots=True)
class Open:
    """Make the runs of a scenario or a recording. modes, seed: instead of the scenario's own."""

    source: str
    generation: int
    modes: tuple[str, ...] | None = None
    seed: int | None = None
    inline: bool = True  # quick, and the window has nothing to show before it


@dataclass(frozen=True, eq=False, slots=True)
class Advance:
    """Let a run's engine go on, at most `limit` events. inline: on the caller's thread, in a small
    budget.
    """

    run: Run
    generation: int
    until_ns: int
    limit: int
    inline: bool = not COMPILED


@dataclass(frozen=True, eq=False, slots=True)
class Save:
    """Write all runs into one recording."""

    path: str
    runs: tuple[Run, ...]
    inline: bool = True  # the log may not grow meanwhile


@dataclass(frozen=True, slots=True)
class SaveText:
    """Write a text file."""

    path: str
    text: str
    inline: bool = True  # small


Effect = Open | Advance | Save | SaveText


def open_runs(
    source: str, modes: tuple[str, ...] | None = None, seed: int | None = None
) -> tuple[Scenario, tuple[Run, ...]]:
    """The runs of a scenario (name or file) or of a recording. ScenarioError, RecordingError."""
    if Path(source).is_file() and is_recording(source):
        recording = read_recording(source)
        file = f"{source}: scenario"
        scenario = read_scenario(recording.scenario, recording.name, file, MODE_BY_NAME)
        runs = tuple(
            recorded_run(number, scenario, record) for number, record in enumerate(recording.runs)
        )
        return scenario, runs
    scenario = load_scenario(source, MODE_BY_NAME)
    if modes:
        scenario = replace(scenario, modes=modes)
    if seed is not None:
        scenario = replace(scenario, seed=seed)
    known_ns = scenario.show_from_ns + LOOKAHEAD_NS if scenario.show_from_ns else 0
    return scenario, tuple(
        simulated_run(number, scenario, mode, known_ns)
        for number, mode in enumerate(modes_of(scenario))
    )


def save_runs(path: str, runs: tuple[Run, ...]) -> None:
    """Write runs of one scenario into a recording. RecordingError when the place won't take it."""
    scenario = replace(runs[0].scenario, modes=tuple(run.mode.name for run in runs))
    write_recording(
        path,
        program=__version__,
        name=scenario.name,
        scenario=write_scenario(scenario),
        runs=(run_source(run) for run in runs),
    )


def perform(effect: Effect) -> Message | None:
    """Do what an effect says; the answer goes back to `update`."""
    match effect:
        case Open():
            try:
                _, runs = open_runs(effect.source, effect.modes, effect.seed)
            except (ScenarioError, RecordingError) as error:
                return Failed(str(error))
            return Opened(effect.source, effect.generation, runs)
        case Advance():
            simulation = effect.run.simulation
            assert simulation is not None, "only a run with an engine is advanced"
            standing = effect.run.series.standing  # nobody else advances the run meanwhile
            chunk = advance(simulation, effect.until_ns, effect.limit, standing)
            return RunAdvanced(effect.run.run_id, effect.generation, chunk)
        case Save():
            try:
                save_runs(effect.path, effect.runs)
            except RecordingError as error:
                return Failed(str(error))
            return Told(f"Saved: {effect.path}")
        case SaveText():
            try:
                Path(effect.path).write_text(effect.text, encoding="utf-8", newline="")
            except OSError as error:
                return Failed(f"The file was not saved: {error.strerror}. ({effect.path})")
            return Told(f"Saved: {effect.path}")
