"""What the command line does without a window: simulate, export, list, and make a frame to render.

Knows the layers below so that `cli` need not. Figures come from the same functions as the window's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from nvmeviz import __version__
from nvmeviz.analysis.summary import Summary, summarise
from nvmeviz.app.exporting import (
    format_named,
    guest_of,
    place_of,
    recorded_export,
    simulated_export,
    write_export,
)
from nvmeviz.app.findings import MOST_EVENTS, CheckResult, RunFindings, judged
from nvmeviz.app.measured import ImportProblem
from nvmeviz.app.opening import (
    LOOKAHEAD_NS,
    is_recording_file,
    open_source,
    panes_of,
    read_runs,
    save_runs,
)
from nvmeviz.app.playback import head_at
from nvmeviz.app.present import Presenter
from nvmeviz.app.runs import Run, advance, modes_of, series_of, simulated_run
from nvmeviz.app.state import AppState
from nvmeviz.engine import benchmark
from nvmeviz.engine.core import COMPILED
from nvmeviz.engine.doorbell import MODE_BY_NAME, MODES
from nvmeviz.engine.simulation import Simulation
from nvmeviz.exporters.base import ExportError
from nvmeviz.log.events import EVENT
from nvmeviz.log.recording import RecordingError
from nvmeviz.model.timeline import BLOCK_EVENTS
from nvmeviz.scenario.schema import UNTIL_MAX_NS
from nvmeviz.scenario.toml import (
    ScenarioError,
    builtin_names,
    load_scenario,
    nearest,
    with_modes,
    with_settings,
)
from nvmeviz.units import parse_time_ns, time_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from nvmeviz.app.present.frame import WindowFrame
    from nvmeviz.exporters.base import ExportRun
    from nvmeviz.scenario.schema import Scenario

UserError = (ScenarioError, RecordingError, ExportError, ImportProblem)


@dataclass(frozen=True, slots=True)
class ModeResult:
    """One mode's figures over a whole run; `measured_iops`: what was published for it, if
    anything.
    """

    mode: str
    title: str
    summary: Summary
    events: int
    measured_iops: int | None


@dataclass(frozen=True, slots=True)
class SimulateResult:
    """What `simulate` found. note: what is to be told of the recording, if one was asked for."""

    scenario: Scenario
    until_ns: int
    modes: tuple[ModeResult, ...]
    note: str = ""

    def as_json(self) -> dict[str, Any]:
        """The documented JSON; None where nothing completed."""
        return {
            "scenario": self.scenario.name,
            "seed": self.scenario.seed,
            "until_ns": self.until_ns,
            "modes": {row.mode: _mode_json(row) for row in self.modes},
        }


def _mode_json(row: ModeResult) -> dict[str, Any]:
    s = row.summary
    per_io = s.commands or None
    p50, p99, p999 = s.latency_us or (None, None, None)
    return {
        "iops": s.iops,
        "exits_per_io": {
            "sq": per_io and s.sq_exits / per_io,
            "cq": per_io and s.cq_exits / per_io,
            "total": s.exits_per_io,
        },
        "latency_us": {"p50": p50, "p99": p99, "p99.9": p999},
        "vmm_share": s.vmm_share,
        "commands": s.commands,
        "events": row.events,
    }


def prepared(
    source: str, modes: Sequence[str], settings: Sequence[str], seed: int | None
) -> Scenario:
    """The scenario that a command line describes. Raises ScenarioError."""
    if is_recording_file(source):
        problem = (
            "This is a recording, which holds its runs already; look at it with run or render."
        )
        raise ScenarioError(problem, source)
    scenario = load_scenario(source, MODE_BY_NAME)
    scenario = with_settings(scenario, settings)
    for mode in modes:
        if mode not in MODE_BY_NAME:
            problem = f'"{mode}" is not a doorbell mode.{nearest(mode, MODE_BY_NAME)}'
            raise ScenarioError(problem, f"--mode {mode}")
    if len(set(modes)) != len(modes):
        raise ScenarioError("The same doorbell mode is named twice.", "--mode")
    if seed is not None:
        scenario = replace(scenario, seed=seed)
    return with_modes(scenario, tuple(modes)) if modes else scenario


def time_option(text: str, option: str) -> int:
    """A time on the command line, ns. Raises ScenarioError."""
    try:
        value = parse_time_ns(text)
    except ValueError as error:
        raise ScenarioError(f"{error}.", f"{option} {text}") from None
    if not 0 <= value <= UNTIL_MAX_NS:
        allowed = f"It must lie between 0 and {time_text(UNTIL_MAX_NS)}."
        raise ScenarioError(allowed, f"{option} {text}")
    return value


def until_option(text: str | None) -> int | None:
    """The time of `--until`, if it was said, ns. Raises ScenarioError."""
    if text is None:
        return None
    until_ns = time_option(text, "--until")
    if until_ns == 0:
        raise ScenarioError("The time must be longer than 0.", f"--until {text}")
    return until_ns


def simulate(
    scenario: Scenario,
    until_ns: int,
    progress: Callable[[str, float], None],
    save_to: str | None = None,
) -> SimulateResult:
    """Every mode of a scenario from 0 to `until_ns`. progress(mode, share done). Raises
    RecordingError.
    """
    measured = {row.mode: row.iops for row in scenario.measured}
    results: list[ModeResult] = []
    kept: list[Run] = []
    for number, mode in enumerate(modes_of(scenario)):
        if save_to is None:
            simulation = Simulation(scenario, mode)
            series = series_of(simulation.topology, mode)
            while True:
                chunk = advance(simulation, until_ns, BLOCK_EVENTS)
                series.extend(chunk.events)
                progress(mode.name, chunk.frontier_ns / max(1, until_ns))
                if chunk.frontier_ns >= until_ns:
                    break
        else:
            run = simulated_run(number, scenario, mode)
            while run.frontier_ns < until_ns:
                assert run.simulation is not None
                run.take(advance(run.simulation, until_ns, BLOCK_EVENTS))
                progress(mode.name, run.frontier_ns / max(1, until_ns))
            series = run.series
            kept.append(run)
        summary = summarise(series, -1, until_ns)
        summary = replace(summary, iops=summary.commands * 1e9 / max(1, until_ns))
        results.append(
            ModeResult(mode.name, mode.title, summary, series.events, measured.get(mode.name))
        )
    note = save_runs(save_to, tuple(kept)) if save_to is not None else ""
    return SimulateResult(scenario, until_ns, tuple(results), note)


def check(
    source: str,
    modes: Sequence[str],
    settings: Sequence[str],
    seed: int | None,
    until: str | None,
    progress: Callable[[str, float], None],
) -> CheckResult:
    """The findings of a file's runs, or of a scenario's, simulated up to `until`. ScenarioError,
    RecordingError.
    """
    chosen = modes or settings or seed is not None or until is not None
    if is_recording_file(source) and not chosen:
        return CheckResult(tuple(judged(run) for run in read_runs(source).runs))
    scenario = prepared(source, modes, settings, seed)
    until_ns = scenario.until_ns if until is None else time_option(until, "--until")
    if until_ns == 0:
        raise ScenarioError("It must be longer than 0.", f"--until {until}")
    return CheckResult(tuple(_simulated(scenario, until_ns, progress)))


def _simulated(
    scenario: Scenario, until_ns: int, progress: Callable[[str, float], None]
) -> Iterator[RunFindings]:
    """One mode after the other, so that only one log is held at a time."""
    for number, mode in enumerate(modes_of(scenario)):
        run = simulated_run(number, scenario, mode)
        assert run.simulation is not None
        run.log.budget_bytes = MOST_EVENTS * EVENT.itemsize
        while run.frontier_ns < until_ns and len(run.log) <= MOST_EVENTS:
            run.take(advance(run.simulation, until_ns, BLOCK_EVENTS))
            progress(mode.name, run.frontier_ns / max(1, until_ns))
        yield judged(run)


def frame_at(
    scenario_or_file: str,
    t_ns: int | None,
    modes: Sequence[str],
    settings: Sequence[str],
    seed: int | None,
    workspace: str,
) -> WindowFrame:
    """The window's frame of a scenario or recording at a time (None: where it would start to
    play).
    """
    if settings or modes or not is_recording_file(scenario_or_file):
        base = prepared(scenario_or_file, modes, settings, seed)
        at_ns = base.show_from_ns if t_ns is None else t_ns
        panes = panes_of(base)
        runs = tuple(
            simulated_run(number, base, MODE_BY_NAME[pane.mode], at_ns + LOOKAHEAD_NS)
            for number, pane in enumerate(panes)
        )
    else:
        found = open_source(scenario_or_file)
        base, panes, runs = found.base, found.panes, found.runs
        at_ns = base.show_from_ns if t_ns is None else t_ns
        last_ns = min(run.frontier_ns for run in runs)
        if at_ns > last_ns:
            problem = f"The recording ends at {time_text(last_ns)}; --at must not be later."
            raise ScenarioError(problem, scenario_or_file)
    state = AppState(
        source=scenario_or_file,
        generation=1,
        base=base,
        panes=panes,
        runs=runs,
        shown=panes,
        head=head_at(runs, at_ns),
        workspace=workspace,
    )
    return Presenter().present(state)


@dataclass(frozen=True, slots=True)
class ExportAsked:
    """What a command line wants exported; run, guest: from 1, None where it does not say."""

    source: str
    to: str
    path: str
    modes: Sequence[str] = ()
    settings: Sequence[str] = ()
    seed: int | None = None
    until_ns: int | None = None
    run: int | None = None
    guest: int | None = None


def export(asked: ExportAsked, progress: Callable[[str, float], None]) -> ExportRun:
    """Write a run in another format; returns what was written. progress(mode, share done). Raises
    one of UserError.
    """
    exporter = format_named(asked.to)
    if len(asked.modes) > 1:
        raise ExportError("One run is exported at a time: name one doorbell mode with --mode.")
    if is_recording_file(asked.source):
        if asked.settings or asked.seed is not None:
            problem = "A recording is exported as it is: --set and --seed are for scenarios"
            raise ExportError(f"{problem}. ({asked.source})")
        mode = asked.modes[0] if asked.modes else None
        run = recorded_export(asked.source, mode, asked.run, asked.until_ns)
    else:
        scenario = prepared(asked.source, asked.modes, asked.settings, asked.seed)
        modes = modes_of(scenario)
        mode = modes[place_of(asked.run, len(modes), asked.source)]
        until_ns = scenario.until_ns if asked.until_ns is None else asked.until_ns
        run = simulated_export(scenario, mode, until_ns)
    run = replace(run, guest=guest_of(run, exporter, asked.guest))
    write_export(asked.path, exporter, replace(run, blocks=_watched(run, progress)))
    return run


def _watched(run: ExportRun, progress: Callable[[str, float], None]) -> Iterator[NDArray[np.void]]:
    """The run's blocks; tells how far they are."""
    for block in run.blocks:
        if len(block):
            progress(run.mode, int(block["t"][-1]) / max(1, run.until_ns))
        yield block


def check_name(source: str, modes: Sequence[str]) -> None:
    """Raise what is wrong with a scenario. Recordings and traces may take long to read: the window
    that does so tells how far it is.
    """
    if not is_recording_file(source):
        prepared(source, modes, (), None)


def check_source(source: str, modes: Sequence[str]) -> None:
    """Raise what opening would raise, before anything else happens."""
    if is_recording_file(source):
        read_runs(source)
    check_name(source, modes)


def measure_engine(seconds: float) -> dict[str, Any]:
    """Events per second of this engine, and of SimPy on the same model where it is installed."""
    found = benchmark.measure_engine(seconds)
    return {
        "compiled": found.compiled,
        "events_per_s": found.events_per_s,
        "simpy_events_per_s": found.simpy_events_per_s,
        "ratio": found.ratio,
    }


def scenario_rows() -> list[dict[str, Any]]:
    """The built-in scenarios: name, title, sentence, source, modes."""
    rows: list[dict[str, Any]] = []
    for name in builtin_names():
        found = load_scenario(name, MODE_BY_NAME)
        rows.append(
            {
                "name": name,
                "title": found.title,
                "sentence": found.sentence,
                "source": found.source,
                "modes": list(found.modes),
            }
        )
    return rows


def mode_rows() -> list[dict[str, Any]]:
    """The doorbell modes: name, title, sentence, source, limits."""
    return [
        {
            "name": mode.name,
            "title": mode.title,
            "sentence": mode.sentence,
            "source": mode.source,
            "limits": mode.limits,
        }
        for mode in MODES
    ]


def version_text() -> str:
    """Name, version and whether the core is compiled."""
    return f"nvmeviz {__version__} ({'compiled' if COMPILED else 'uncompiled'} core)"
