"""What `update` asks the outside world for: open, advance, save, export. Each is data; `perform` does it.

`perform` is free of Qt and safe in a worker thread; it tells how far it is through a sink, which may
raise Cancelled. What goes wrong with a person's file comes back
as a message with a sentence; only bugs of ours raise.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nvmeviz.app.diagnostics import DiagnosticsError, write_diagnostics
from nvmeviz.app.exporting import write_export
from nvmeviz.app.findings import judged
from nvmeviz.app.findings_view import Judged
from nvmeviz.app.messages import Failed, Made, NotMade, Opened, RecordingRead, RunAdvanced, Told
from nvmeviz.app.opening import (
    LOOKAHEAD_NS,
    is_builtin,
    made_run,
    open_source,
    read_beside,
    save_sources,
)
from nvmeviz.app.predictions import ReplayWritten, run_name
from nvmeviz.app.reading import NotOpened, Progress
from nvmeviz.app.replayable import replay_of
from nvmeviz.app.runs import Run, advance
from nvmeviz.engine.core import COMPILED
from nvmeviz.exporters.base import ExportError
from nvmeviz.files import reason, whole_file
from nvmeviz.importers.base import Cancelled, ImportProblem
from nvmeviz.log.recording import RecordingError
from nvmeviz.scenario.problems import ScenarioError

if TYPE_CHECKING:
    from collections.abc import Callable

    from nvmeviz.app.messages import Message
    from nvmeviz.app.panes import Pane, Panes
    from nvmeviz.exporters.base import Exporter, ExportRun
    from nvmeviz.log.recording import RunSource
    from nvmeviz.scenario.schema import Scenario


@dataclass(frozen=True, slots=True)
class Open:
    """Make the runs of a scenario, a recording or traces. modes, seed: instead of the scenario's own;
    panes: as they were left.
    """

    source: str
    generation: int
    modes: tuple[str, ...] | None = None
    seed: int | None = None
    panes: Panes = ()

    @property
    def opening(self) -> int:
        """Its number among all that is read."""
        return self.generation

    @property
    def inline(self) -> bool:
        """A file may take long, and what is open stays usable meanwhile; our own scenarios are quick."""
        return is_builtin(self.source) and not any(pane.recording for pane in self.panes)


@dataclass(frozen=True, slots=True)
class StopOpening:
    """The runner's own: what is read for number `opening`, or before, is not wanted any more."""

    opening: int
    inline: bool = True


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
class Make:
    """Make the engine of a pane whose settings are known to be good."""

    pane: Pane
    base: Scenario
    run_id: int
    generation: int
    inline: bool = not COMPILED


@dataclass(frozen=True, slots=True)
class ReadRecording:
    """Read the runs of a recording or traces, to be shown beside what is open. opening: its number
    among all that is read.
    """

    path: str
    generation: int
    opening: int
    inline: bool = False


@dataclass(frozen=True, eq=False, slots=True)
class Save:
    """Write all runs, as they were when it was asked for, into one recording. after: what is to be told
    before that, when it is done because something went wrong.
    """

    path: str
    base: Scenario
    sources: tuple[RunSource, ...]
    after: str = ""
    note: str = ""  # and after it
    inline: bool = False


@dataclass(frozen=True, eq=False, slots=True)
class WriteExport:
    """Write a run, as it was when it was asked for, in another format."""

    path: str
    exporter: Exporter
    run: ExportRun
    inline: bool = False


@dataclass(frozen=True, slots=True)
class SaveText:
    """Write a text file."""

    path: str
    text: str
    inline: bool = False


@dataclass(frozen=True, slots=True)
class WriteDiagnostics:
    """Write the file for a problem report. doing: what is open, in lines."""

    path: str
    doing: str
    inline: bool = False


@dataclass(frozen=True, eq=False, slots=True)
class Judge:
    """Look for findings in a run, as far as it is known."""

    run: Run
    generation: int
    inline: bool = False


@dataclass(frozen=True, eq=False, slots=True)
class WriteReplay:
    """Write the submissions of a run, which panes call `recording`, where a simulation can replay
    them.
    """

    run: Run
    recording: str
    mode: str
    base: Scenario
    generation: int
    inline: bool = False


_PROBLEMS = (ScenarioError, RecordingError, ImportProblem)
Effect = (
    Open
    | StopOpening
    | Advance
    | Make
    | ReadRecording
    | Save
    | WriteExport
    | SaveText
    | WriteDiagnostics
    | Judge
    | WriteReplay
)


def _nobody(message: Message) -> None:
    """Who performs an effect without a window is told nothing on the way."""


def perform(effect: Effect, tell: Callable[[Message], None] = _nobody) -> Message | None:
    """Do what an effect says; the answer goes back to `update`. tell: takes what is to be said on the
    way, and raises Cancelled when the effect is not wanted any more.
    """
    match effect:
        case Open():
            return _open(effect, tell)
        case StopOpening():
            return None
        case Advance():
            simulation = effect.run.simulation
            assert simulation is not None, "only a run with an engine is advanced"
            run = effect.run  # nobody else advances it meanwhile
            known = run.series.standing, run.landmarks.carry
            chunk = advance(simulation, effect.until_ns, effect.limit, *known)
            return RunAdvanced(effect.run.run_id, effect.generation, chunk)
        case Make():
            try:
                run = made_run(effect.run_id, effect.base, effect.pane)
            except _PROBLEMS as error:  # a file that it replays
                return NotMade(effect.run_id, effect.generation, str(error))
            return Made(run, effect.generation)
        case ReadRecording():
            return _read(effect, tell)
        case Save():
            try:
                save_sources(effect.path, effect.base, effect.sources)
            except RecordingError as error:
                return Failed(f"{effect.after} {error}".lstrip())
            note = f".{effect.note}" if effect.note else ""
            if effect.after:
                return Failed(f"{effect.after} What was open is saved: {effect.path}{note}")
            return Told(f"Saved: {effect.path}{note}", effect.path)
        case WriteExport():
            try:
                write_export(effect.path, effect.exporter, effect.run)
            except ExportError as error:
                return Failed(str(error))
            guests = effect.run.topology.guests
            alone = effect.exporter.one_guest and len(guests) > 1
            of_guest = f"{guests[effect.run.guest]} alone: " if alone else ""
            return Told(f"Exported: {of_guest}{effect.path}")
        case Judge():
            return Judged(effect.run.run_id, effect.generation, judged(effect.run))
        case WriteReplay():
            try:
                found = replay_of(effect.run, effect.base, run_name(effect.recording))
            except RecordingError as error:
                return Failed(str(error))
            return ReplayWritten(
                effect.recording, effect.generation, effect.mode, found.scenario, found.words
            )
        case WriteDiagnostics():
            try:
                write_diagnostics(effect.path, effect.doing)
            except DiagnosticsError as error:
                return Failed(str(error))
            return Told(f"Saved: {effect.path}")
        case SaveText():
            try:
                with whole_file(effect.path) as file:
                    file.write(effect.text.encode("utf-8", "backslashreplace"))
            except OSError as error:
                return Failed(f"The file was not saved: {reason(error)} ({effect.path})")
            return Told(f"Saved: {effect.path}")


def _progress(opening: int, tell: Callable[[Message], None]) -> Callable[[float, str], None]:
    return lambda share, words: tell(Progress(opening, share, words))


def _read(effect: ReadRecording, tell: Callable[[Message], None]) -> Message | None:
    try:
        found = read_beside(effect.path, _progress(effect.opening, tell))
    except Cancelled:
        return None
    except _PROBLEMS as error:
        return NotOpened(effect.opening, str(error))
    return RecordingRead(
        effect.path, effect.generation, effect.opening, found.runs, found.panes, found.others
    )


def _open(effect: Open, tell: Callable[[Message], None]) -> Message | None:
    progress = _progress(effect.opening, tell)
    try:
        found = open_source(effect.source, effect.modes, effect.seed, effect.panes, progress)
    except Cancelled:
        return None
    except _PROBLEMS as error:
        return NotOpened(effect.generation, str(error))
    return Opened(
        effect.source,
        effect.generation,
        found.runs,
        found.base,
        found.panes,
        found.notice,
        found.others,
    )


__all__ = [
    "LOOKAHEAD_NS",
    "Advance",
    "Cancelled",
    "Effect",
    "Judge",
    "Make",
    "Open",
    "ReadRecording",
    "Save",
    "SaveText",
    "WriteDiagnostics",
    "StopOpening",
    "WriteExport",
    "WriteReplay",
    "perform",
]
