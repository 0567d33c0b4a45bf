"""What can be said on the command line. What each command does stands beside it, in `cli`."""

from __future__ import annotations

import argparse

from nvmeviz.app import headless
from nvmeviz.app.exporting import FORMATS

THEMES = ("dark", "light", "contrast")


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(
        prog="nvmeviz",
        description="See how a virtual machine talks to an NVMe disk. Without a command: the window.",
    )
    top.add_argument("--version", action="version", version=headless.version_text())
    top.add_argument(
        "--self-test",
        action="store_true",
        help="check that this installation works here; one line a check, for a support mail",
    )
    commands = top.add_subparsers(dest="command", metavar="COMMAND")

    run = commands.add_parser("run", help="open the window (the default)")
    _source(run, optional=True, several=True)
    _choices(run, settings=False)
    run.add_argument(
        "--new-window",
        action="store_true",
        help="a window of its own, even when one is open already",
    )
    run.add_argument(
        "--in-window",
        action="store_true",
        help="say in the window what is wrong with SCENARIO (for icons and double clicks)",
    )
    # For the program's own tests: show the window, play that long, say how it went, and close.
    run.add_argument("--trial", type=float, metavar="SECONDS", help=argparse.SUPPRESS)

    simulate = commands.add_parser("simulate", help="simulate a scenario and print its figures")
    _source(simulate)
    _choices(simulate)
    simulate.add_argument("--until", metavar="TIME", help="machine time to simulate, such as 20ms")
    simulate.add_argument("--json", action="store_true", help="print JSON instead of a table")
    simulate.add_argument("-o", "--output", metavar="FILE", help="write a recording (.nvmeviz)")

    scenarios = commands.add_parser("scenarios", help="list the built-in scenarios")
    scenarios.add_argument("--json", action="store_true", help="print JSON")
    modes = commands.add_parser("modes", help="list the doorbell modes, with sources and limits")
    modes.add_argument("--json", action="store_true", help="print JSON")

    render = commands.add_parser("render", help="write a picture of the window")
    _source(render, several=True)
    _choices(render)
    render.add_argument("--at", metavar="TIME", help="machine time to show, such as 1.2ms")
    render.add_argument("--size", default="1920x1080", metavar="WxH", help="pixels (1920x1080)")
    render.add_argument("--workspace", default="compare", choices=("compare",))
    render.add_argument("--theme", default="dark", choices=THEMES)
    render.add_argument("--scale", type=int, default=100, metavar="PERCENT", help="75 to 300")
    render.add_argument("-o", "--output", required=True, metavar="PICTURE.png")

    export = commands.add_parser("export", help="write a run in another format")
    _source(export)
    export.add_argument(
        "--to",
        required=True,
        metavar="FORMAT",
        help="; ".join(f"{row.name}: {row.title}" for row in FORMATS),
    )
    _choices(export)
    export.add_argument("--run", type=int, metavar="N", help="the N-th run or mode (the first)")
    export.add_argument("--guest", type=int, metavar="N", help="the N-th guest, for qemu-log")
    export.add_argument("--until", metavar="TIME", help="how much of it, such as 20ms")
    export.add_argument("-o", "--output", required=True, metavar="FILE")

    read = commands.add_parser("import", help="read real traces: QEMU's log, ftrace, perf script")
    read.add_argument("files", nargs="+", metavar="FILE", help="the trace files of one run")
    read.add_argument("--json", action="store_true", help="print JSON instead of tables")
    read.add_argument("-o", "--output", metavar="FILE", help="write a recording (.nvmeviz)")

    check = commands.add_parser("check", help="look for what went wrong in a run")
    _source(check, several=True)
    _choices(check)
    check.add_argument("--until", metavar="TIME", help="machine time to simulate, such as 20ms")
    check.add_argument("--json", action="store_true", help="print JSON instead of a table")

    hold = commands.add_parser("validate", help="hold the model against the published measurements")
    hold.add_argument(
        "sections", nargs="*", metavar="TABLE", help="only these tables, such as 3.4 (all)"
    )
    hold.add_argument("--json", action="store_true", help="print JSON instead of a table")

    fit = commands.add_parser("calibrate", help="fit a cost profile's free costs anew")
    fit.add_argument("profile", metavar="PROFILE", help="a cost profile's name, such as qemu-2022")
    fit.add_argument("--json", action="store_true", help="print JSON")
    fit.add_argument("-o", "--output", metavar="FILE", help="write the profile (.toml)")
    fit.add_argument("--seconds", type=float, help="stop the search after that time")
    fit.add_argument("--seed", type=int, default=1, help="seed of the search (1)")

    bench = commands.add_parser("bench", help="measure engine and window on this machine")
    bench.add_argument("--json", action="store_true", help="print JSON")
    bench.add_argument("--seconds", type=float, default=2.0, help="time per engine measurement")

    report = commands.add_parser("diagnostics", help="write one file for a problem report")
    report.add_argument("-o", "--output", required=True, metavar="FILE", help="a zip file")
    return top


def _source(
    command: argparse.ArgumentParser, *, optional: bool = False, several: bool = False
) -> None:
    """What a command is about. several: the trace files of one run may be named one by one."""
    more = " (the files of one run may be named together)" if several else ""
    command.add_argument(
        "source",
        nargs="*" if optional else "+" if several else None,
        default=[] if optional else None,
        metavar="SCENARIO",
        help=f"a built-in scenario's name, a scenario file, a recording or a trace{more}",
    )


def _choices(command: argparse.ArgumentParser, *, settings: bool = True) -> None:
    command.add_argument(
        "--mode", action="append", default=[], help="doorbell mode; repeat for more"
    )
    command.add_argument("--seed", type=int, help="another seed than the scenario's")
    if settings:
        command.add_argument(
            "--set",
            action="append",
            default=[],
            dest="settings",
            metavar="KEY=VALUE",
            help="change a setting, such as workload.queue_depth=16 or costs.submit=900ns",
        )
