"""The headless commands. Free of Qt; what needs it (a window, a picture) comes in through
`Desktop`.

Exit codes: 0, 1 for a finding or a failed check, 2 for wrong use or wrong input.
"""

from __future__ import annotations

import sys
import time
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol

from rich.console import Console
from rich.table import Table

from nvmeviz.app import (
    calibrate,
    findings,
    headless,
    importing,
    validate,
    validate_report,
)
from nvmeviz.app.measured import source_of, whole_paths
from nvmeviz.app.state import FIRST_SCENARIO
from nvmeviz.cli import support
from nvmeviz.cli.output import FOUND, OK, WRONG, print_json, print_table, progress, wrong
from nvmeviz.cli.parser import parser
from nvmeviz.units import grouped, percent, si, time_text

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

    from nvmeviz.app.headless import ModeResult, SimulateResult
    from nvmeviz.app.present.frame import WindowFrame

SMALLEST, LARGEST = (640, 400), (7680, 4320)


class Desktop(Protocol):
    """What only the Qt side can do; `__main__` provides it."""

    def run(
        self, source: str, modes: tuple[str, ...], seed: int | None, *, new_window: bool
    ) -> int:
        """Open the window and stay until it closes; or let the one that is open show `source`, "" for
        nothing more than there is. new_window: one of its own in any case.
        """
        ...

    def short_run(
        self, source: str, modes: tuple[str, ...], seed: int | None, seconds: float
    ) -> int:
        """Open the window, play for `seconds`, print how it went as JSON, and close."""
        ...

    def render(
        self, frame: WindowFrame, size: tuple[int, int], theme: str, scale: float, path: str
    ) -> str:
        """Write a picture of the window; returns "" or why it could not be written."""
        ...

    def has_display(self) -> bool:
        """True when a window can be shown."""
        ...

    def measure_window(self) -> dict[str, Any]:
        """frame_ms and paced by case, first_frame_ms."""
        ...

    def probe(self, name: str) -> str:
        """What one of selftest.DESKTOP_PROBES finds; raises what is wrong."""
        ...


def main(argv: Sequence[str], desktop: Desktop) -> int:
    """Run a command line; returns the exit code."""
    words = list(argv)
    if not words or (not words[0].startswith("-") and words[0] not in _COMMANDS):
        words.insert(0, "run")
    options = parser().parse_args(words)
    if isinstance(getattr(options, "source", None), list):
        names: tuple[str, ...] = tuple(options.source)
        whole = whole_paths(names) if options.command == "run" else names
        options.source = source_of(whole)
    try:
        if options.self_test:
            return support.self_test(desktop)
        if options.command is None:
            parser().print_help()
            return WRONG
        if getattr(options, "seed", None) is not None and not 0 <= options.seed < 2**63:
            return wrong("--seed must lie between 0 and 2^63 - 1.")
        return _COMMANDS[options.command](options, desktop)
    except headless.UserError as error:
        return wrong(str(error))
    except BrokenPipeError:
        sys.stderr.close()  # the reader went away (`| head`): no traceback at exit
        return OK


def _run(options: argparse.Namespace, desktop: Desktop) -> int:
    modes, asked = tuple(options.mode), options.source
    options.source = asked or FIRST_SCENARIO
    if options.trial is not None:
        return desktop.short_run(options.source, modes, options.seed, options.trial)
    if desktop.has_display():
        if not options.in_window:
            headless.check_name(options.source, modes)
        return desktop.run(asked, modes, options.seed, new_window=options.new_window)
    headless.check_source(options.source, modes)
    sys.stdout.write(
        "There is no display here, so no window can open. This is the comparison as a table, "
        "and a picture of the window.\n\n"
    )
    if not headless.is_recording_file(options.source):
        scenario = headless.prepared(options.source, options.mode, (), options.seed)
        with progress(quiet=False) as report:
            result = headless.simulate(scenario, scenario.until_ns, report)
        _print_modes(result)
    frame = headless.frame_at(options.source, None, options.mode, (), options.seed, "compare")
    path = "nvmeviz.png"
    problem = desktop.render(frame, (1920, 1080), "dark", 1.0, path)
    if problem:
        return wrong(problem)
    sys.stdout.write(f"\nPicture of the window: {path}\n")
    return OK


def _simulate(options: argparse.Namespace, _: Desktop) -> int:
    scenario = headless.prepared(options.source, options.mode, options.settings, options.seed)
    until_ns = headless.until_option(options.until) or scenario.until_ns
    with progress(quiet=options.json) as report:
        result = headless.simulate(scenario, until_ns, report, options.output)
    if options.json:
        print_json(result.as_json())
    else:
        _print_modes(result)
        if options.output:
            sys.stdout.write(
                f"\nRecording: {options.output}\n{result.note.strip()}".rstrip() + "\n"
            )
    return OK


def _export(options: argparse.Namespace, _: Desktop) -> int:
    asked = headless.ExportAsked(
        source=options.source,
        to=options.to,
        path=options.output,
        modes=options.mode,
        settings=options.settings,
        seed=options.seed,
        until_ns=headless.until_option(options.until),
        run=options.run,
        guest=options.guest,
    )
    with progress(quiet=False) as report:
        run = headless.export(asked, report)
    words = f"{run.title}, {run.mode}, {time_text(run.until_ns)} of machine time"
    sys.stdout.write(f"{words}: {options.output}\n")
    return OK


def _cells(row: ModeResult) -> dict[str, str]:
    """What the table says of a mode; a dash where nothing completed."""
    s = row.summary
    commands = s.commands

    def per_io(count: int) -> str:
        return f"{count / commands:.2f}" if commands else "–"

    p50, p99, p999 = (f"{us:.1f} µs" for us in s.latency_us) if s.latency_us else ("–",) * 3
    return {
        "IOPS": si(s.iops) if commands else "–",
        "IOPS measured": "" if row.measured_iops is None else si(row.measured_iops),
        "exits per I/O": per_io(s.sq_exits + s.cq_exits),
        "  SQ doorbell": per_io(s.sq_exits),
        "  CQ doorbell": per_io(s.cq_exits),
        "latency p50": p50,
        "latency p99": p99,
        "latency p99.9": p999,
        "vCPU time in the VMM": percent(s.vmm_share),
        "commands": grouped(commands),
        "events": grouped(row.events),
    }


def _print_modes(result: SimulateResult) -> None:
    scenario = result.scenario
    console = Console(highlight=False)
    console.print(
        f"{scenario.title}  (seed {scenario.seed}, {time_text(result.until_ns)} of machine time)"
    )
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("")
    for row in result.modes:
        table.add_column(row.mode, justify="right")
    cells = [_cells(row) for row in result.modes]
    for name in cells[0]:
        table.add_row(name, *(column[name] for column in cells))
    console.print(table)
    for measured in scenario.measured:
        if any(row.mode == measured.mode for row in result.modes):
            console.print(f"[dim]measured: {measured.label} ({measured.source})[/dim]")


def _scenarios(options: argparse.Namespace, _: Desktop) -> int:
    def notes(row: dict[str, Any]) -> list[str]:
        return [f"modes: {', '.join(row['modes'])} · source: {row['source']}"]

    return _listed(headless.scenario_rows(), notes, as_json=options.json)


def _modes(options: argparse.Namespace, _: Desktop) -> int:
    def notes(row: dict[str, Any]) -> list[str]:
        return [f"can't: {row['limits']}", f"source: {row['source']}"]

    return _listed(headless.mode_rows(), notes, as_json=options.json)


def _listed(
    rows: list[dict[str, Any]], notes: Callable[[dict[str, Any]], list[str]], *, as_json: bool
) -> int:
    """Print what there is to choose from: name, title, sentence, and dimmed notes."""
    if as_json:
        print_json(rows)
        return OK
    console = Console(highlight=False)
    for row in rows:
        console.print(f"[bold]{row['name']}[/bold]  {row['title']}")
        console.print(f"    {row['sentence']}")
        for note in notes(row):
            console.print(f"    [dim]{note}[/dim]")
    return OK


def _render(options: argparse.Namespace, desktop: Desktop) -> int:
    try:
        width, height = (int(part) for part in options.size.lower().split("x"))
    except ValueError:
        return wrong(f"--size is written WIDTHxHEIGHT, such as 1920x1080, not {options.size}.")
    if not (SMALLEST[0] <= width <= LARGEST[0] and SMALLEST[1] <= height <= LARGEST[1]):
        return wrong("--size must lie between 640x400 and 7680x4320.")
    if not 75 <= options.scale <= 300:
        return wrong("--scale must lie between 75 and 300.")
    at_ns = None if options.at is None else headless.time_option(options.at, "--at")
    frame = headless.frame_at(
        options.source, at_ns, options.mode, options.settings, options.seed, options.workspace
    )
    size = (width, height)
    problem = desktop.render(frame, size, options.theme, options.scale / 100, options.output)
    return wrong(problem) if problem else OK


def _bench(options: argparse.Namespace, desktop: Desktop) -> int:
    if not 0.1 <= options.seconds <= 60:
        return wrong("--seconds must lie between 0.1 and 60.")
    engine = headless.measure_engine(options.seconds)
    result: dict[str, Any] = {
        "engine": engine,
        "import": importing.measure_import(),
        **desktop.measure_window(),
    }
    if options.json:
        print_json(result)
        return OK
    console = Console(highlight=False)
    kind = "compiled" if engine["compiled"] else "uncompiled"
    console.print(f"engine ({kind}): {si(engine['events_per_s'])} events/s")
    if engine["ratio"] is None:
        console.print("SimPy is not installed, so there is nothing to compare with")
    else:
        simpy = si(engine["simpy_events_per_s"])
        console.print(f"SimPy, same model: {simpy} events/s, ratio {engine['ratio']:.0f}")
    console.print(f"import of QEMU's log: {si(result['import']['lines_per_s'])} lines/s")
    for case, figures in result["frame_ms"].items():
        console.print(
            f"{case}: {figures['median']:.2f} ms a frame, 95 % under {figures['p95']:.2f} ms"
        )
    for case, figures in result["paced"].items():
        words = f"{figures['fps']:.1f} frames a second, longest wait {figures['gap_ms']:.0f} ms"
        console.print(f"{case}: {words}")
    console.print(f"first frame after {result['first_frame_ms']:.0f} ms")
    return OK


def _import(options: argparse.Namespace, _: Desktop) -> int:
    with progress(quiet=options.json) as report:
        result = importing.import_traces(
            tuple(options.files), lambda share, words: report(words, share), options.output
        )
    if options.json:
        print_json(result.values)
        return OK
    for heading, columns, rows in result.tables:
        sys.stdout.write(heading + "\n")
        print_table(columns, rows, importing.RIGHT)
        sys.stdout.write("\n")
    for sentence in result.sentences:
        sys.stdout.write(sentence + "\n")
    if options.output:
        sys.stdout.write(f"Recording: {options.output}\n")
    return OK


def _check(options: argparse.Namespace, _: Desktop) -> int:
    with progress(quiet=options.json) as report:
        result = headless.check(
            options.source, options.mode, options.settings, options.seed, options.until, report
        )
    if options.json:
        print_json(result.as_json())
        return FOUND if result.broken else OK
    for run in result.runs:
        sys.stdout.write(f"{run.title}: {findings.counts_text(run.report)}\n")
        if run.report.findings:
            print_table(findings.COLUMNS, findings.rows(run), findings.RIGHT)
        for sentence in findings.sentences(run):
            sys.stdout.write(sentence + "\n")
    for sentence in findings.issue_sentences(result.issues):
        sys.stdout.write(sentence + "\n")
    return FOUND if result.broken else OK


def _validate(options: argparse.Namespace, _: Desktop) -> int:
    points = validate.chosen_points(options.sections)
    with progress(quiet=options.json) as report:
        found = validate.validate(points, report)
    if options.json:
        print_json(found.as_json())
    else:
        rows = validate_report.point_rows(found)
        print_table(validate_report.COLUMNS, rows, validate_report.RIGHT)
        for sentence in validate_report.sentences(found):
            sys.stdout.write(sentence + "\n")
    return FOUND if found.broken else OK


def _calibrate(options: argparse.Namespace, _: Desktop) -> int:
    if options.seconds is not None and not 1 <= options.seconds <= 86_400:
        return wrong("--seconds must lie between 1 and 86400.")
    end = None if options.seconds is None else time.monotonic() + options.seconds

    def stop(_runs: int) -> bool:
        return end is not None and time.monotonic() > end

    with progress(quiet=options.json) as report:
        found = calibrate.calibrate(options.profile, date.today(), stop, report, options.seed)
    if options.output:
        calibrate.save_profile(found, options.output)
    if options.json:
        print_json(found.as_json())
        return OK
    for sentence in validate_report.calibration_sentences(found):
        sys.stdout.write(sentence + "\n")
    if options.output:
        sys.stdout.write(f"Profile: {options.output}\n")
    return OK


_COMMANDS: dict[str, Callable[[argparse.Namespace, Desktop], int]] = {
    "run": _run,
    "simulate": _simulate,
    "scenarios": _scenarios,
    "modes": _modes,
    "render": _render,
    "export": _export,
    "import": _import,
    "check": _check,
    "validate": _validate,
    "calibrate": _calibrate,
    "bench": _bench,
    "diagnostics": support.diagnostics,
}
