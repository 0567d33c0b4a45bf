"""One import: files in, runs of events out, with the counts behind them and what was wrong, counted.

Two readings. The first counts (`tally`): epochs, queues, sizes, threads, and what clocks need; a large
file can be looked at after it. The second lifts (`lifting`), epoch by epoch, block by block. Neither
keeps the text.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nvmeviz.importers import IMPORTERS
from nvmeviz.importers import records as r
from nvmeviz.importers.base import Cancelled, ImportProblem, Text
from nvmeviz.importers.clock import Offset, find_offset
from nvmeviz.importers.describe import about_of, issues_of_file, issues_of_lift, mode_of, title_of
from nvmeviz.importers.format import scanner_of
from nvmeviz.importers.lifting import Lifter
from nvmeviz.importers.measured_run import MeasuredRun, measured_run
from nvmeviz.importers.merge import merged
from nvmeviz.importers.planning import plan_epoch, plan_guest
from nvmeviz.importers.tally import ENABLED, EpochCount, Tally
from nvmeviz.importers.trace_file import CHANGED, GUEST, HOST, QEMU, ROLES, TraceFile
from nvmeviz.log.about import Issue
from nvmeviz.units import grouped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from nvmeviz.importers.planning import Planned

    Progress = Callable[[float, str], None]

MOST_RUNS = 64  # of one import

_QUIET: Progress = lambda share, words: None  # noqa: E731


@dataclass(frozen=True, eq=False, slots=True)
class Imported:
    """files: (name, what it is). lines: of each. runs: in the order of their times. timed: QEMU's lines
    have times.
    """

    files: tuple[tuple[str, str], ...]
    lines: tuple[int, ...]
    tally: Tally
    runs: tuple[MeasuredRun, ...]
    issues: tuple[Issue, ...]
    facts: tuple[tuple[str, str], ...]
    offsets: dict[str, Offset]
    timed: bool = True


def read_traces(paths: Sequence[str], progress: Progress = _QUIET) -> Imported:
    """Import the files of one run together. progress(share done, words) may raise Cancelled. Raises
    ImportProblem.
    """
    if not paths:
        raise ImportProblem("No file was named.")
    for number, path in enumerate(paths):
        if any(_same_file(path, other) for other in paths[:number]):
            raise ImportProblem(f"The same file is named twice: name it once. ({path})")
    files, tally = _first_reading(paths, progress)
    facts: list[tuple[str, str]] = []
    offsets = _one_clock(files, facts)
    issues = [issue for file in files for issue in issues_of_file(file.text, file.scanner.told())]
    runs = _second_reading(files, tally, facts, progress, issues)
    if not runs:
        raise ImportProblem(f"{_no_runs(files)} ({', '.join(paths)})")
    named = tuple((file.text.name, file.role) for file in files)
    runs = [replace(run, about=replace(run.about, issues=tuple(issues))) for run in runs]
    lines = tuple(file.lines for file in files)
    timed = not _timeless(files)
    return Imported(named, lines, tally, tuple(runs), tuple(issues), tuple(facts), offsets, timed)


def looks_like_trace(path: str) -> bool:
    """True when a file holds trace lines near its beginning, or is named like a log and holds no
    scenario.
    """
    try:
        text = Text(path)
        block = next(iter(text.blocks()), b"")
    except ImportProblem:
        return Path(path).suffix != ".toml"  # reading it says what is wrong
    scanner = scanner_of(IMPORTERS)
    out = np.empty((block.count(b"\n") + 1, r.WIDTH), np.int64)
    scanner.scan(block, 0, len(block), out)
    counts = scanner.told()
    if counts[r.S_QEMU] + counts[r.S_KERNEL]:
        return True
    suffixes = Path(path).suffixes
    return bool(suffixes) and suffixes[-1] in (".log", ".txt", ".gz", ".xz", ".bz2", ".trace")


def _same_file(path: str, other: str) -> bool:
    try:
        return Path(path).samefile(other)
    except (OSError, ValueError):
        return path == other  # reading it says what is wrong


def _timeless(files: list[TraceFile]) -> bool:
    """True when QEMU's lines have no times."""
    return any(file.timeless for file in files if file.role == QEMU)


def _no_runs(files: list[TraceFile]) -> str:
    if all(file.role == HOST for file in files):
        return (
            "A host's KVM trace alone tells of exits and not of queues: import it together with "
            "QEMU's log of the same run."
        )
    return (
        "The lines were read, but no queue did anything in them, so nothing can be shown: record "
        "while the disk is in use."
    )


def _first_reading(paths: Sequence[str], progress: Progress) -> tuple[list[TraceFile], Tally]:
    """The files, those of one kind in the order of their times, and what they count up to."""
    files = [TraceFile(path) for path in paths]
    tally = Tally()
    for number, file in enumerate(files):
        for rows in file.rows():
            file.survey(rows)
            tally.add(rows, file.scanner.first_t)
            share = (number + file.text.share) / len(files)
            progress(share * 0.45, look(tally))
        file.find_role()
    by_role = sorted(files, key=lambda file: ROLES.index(file.role))
    in_order = sorted(by_role, key=lambda file: (ROLES.index(file.role), file.first_ns))
    for one, other in pairwise(file for file in in_order if file.tells_of_commands()):
        if one.role == other.role and one.last_ns > other.first_ns:
            raise ImportProblem(
                f"Both tell of the commands of one time, as {one.role} saw them: of two machines, or one "
                f"is a copy. Import each alone. ({one.text.path}, {other.text.path})"
            )
    if in_order != by_role:
        # Pieces of one log were counted in the order in which they were named.
        return _first_reading([file.text.path for file in in_order], progress)
    tally.finish()
    return files, tally


def look(tally: Tally) -> str:
    """What is known of the queues so far, in words."""
    if tally.epochs:
        epoch = max(tally.epochs, key=EpochCount.io_commands)
        queues = sum(1 for qid in epoch.queues if qid)
        commands = sum(epoch.io_commands() for epoch in tally.epochs)
    else:
        queues = sum(1 for _, qid in tally.guest if qid)
        commands = sum(g.counts["nvme_setup_cmd"] for (_, qid), g in tally.guest.items() if qid)
    return f"I/O queues: {queues}, commands: {grouped(commands)}"


def _one_clock(files: list[TraceFile], facts: list[tuple[str, str]]) -> dict[str, Offset]:
    """Put all files on the clock of the first of QEMU's, else of the first."""
    main = next((file for file in files if file.role == QEMU), files[0])
    offsets: dict[str, Offset] = {}
    if len(files) == 1:
        facts.append(("clock", "one file, one clock"))
    for file in files:
        if file is main or file.role == main.role == QEMU:
            continue
        found = None
        if main.role == QEMU and file.role == GUEST:
            found = find_offset(
                file.keys(file.commands),
                main.keys(main.commands),
                file.keys(file.completions),
                main.keys(main.completions),
            )
            what = "commands"
        elif main.role == QEMU:
            found = find_offset(file.keys(file.writes, 0xFFF), main.keys(main.writes, 0xFFF))
            what = "register writes"
        else:
            what = ""
        if found is not None:
            file.offset_ns = found.ns
            offsets[file.text.name] = found
            sure = (
                f"within {found.within_ns / 1e3:.0f} us" if found.within_ns >= 0 else "at the most"
            )
            words = f"{found.ns / 1e9:+.6f} s, {sure}, from {found.matched} matched {what}"
            facts.append((f"clock of {file.text.name}", words))
        elif what:
            raise ImportProblem(
                f"Its clock can't be put beside that of {main.text.name}: too few {what} stand in both "
                f"files. Are they of the same run? Import it alone. ({file.text.path})"
            )
        else:
            facts.append((f"clock of {file.text.name}", f"taken to be that of {main.text.name}"))
    return offsets


def _second_reading(
    files: list[TraceFile],
    tally: Tally,
    facts: list[tuple[str, str]],
    progress: Progress,
    issues: list[Issue],
) -> list[MeasuredRun]:
    has_qemu = any(file.role == QEMU for file in files)
    devices = sorted({device for device, _ in tally.guest})
    runs: list[MeasuredRun] = []
    if has_qemu:
        device = devices[0] if len(devices) == 1 else r.MISSING
        runs += _epochs(files, tally, device, facts, progress, issues)
    lost = any(epoch.ambiguous and epoch.io_commands() for epoch in tally.epochs)
    if tally.guest and (not has_qemu or lost):
        runs += _guests(files, tally, devices, facts, progress, issues)
    for file in files:
        file.check_unchanged()
    return runs


def _epochs(
    files: list[TraceFile],
    tally: Tally,
    device: int,
    facts: list[tuple[str, str]],
    progress: Progress,
    issues: list[Issue],
) -> list[MeasuredRun]:
    """The runs of QEMU's epochs."""
    number, room = 0, r.MOST_EVENTS
    bar = _bar(files)
    runs: list[MeasuredRun] = []
    chosen = _most_work(range(len(tally.epochs)), lambda n: tally.epochs[n].io_commands(), issues)
    lifter, planned = _begin(tally, number, device, bar) if number in chosen else (None, None)
    timeless = _timeless(files)

    def wanted() -> None:
        progress(0.45 + 0.5 * sum(file.text.share for file in files) / len(files), look(tally))

    def end() -> None:
        if lifter is not None and planned is not None:
            epoch = tally.epochs[number]
            about = about_of(epoch, tally, [*facts, *planned.facts], files, number)
            about = replace(about, title=title_of(epoch, number))
            run = measured_run(lifter, planned, about, mode_of(epoch), wanted, timeless=timeless)
            issues.extend(issues_of_lift(lifter, run.events, run.title))
            if len(run.events):
                runs.append(replace(run, epoch=number))
        elif tally.epochs[number].ambiguous and tally.epochs[number].io_commands():
            issues.append(_ambiguous(number))

    for rows in merged([file.moved() for file in files]):
        start = 0
        for at in np.flatnonzero(rows[:, r.KIND] == r.R_ENABLE).tolist():
            if lifter is not None:
                lifter.lift(rows, start, at)
            end()
            start, number = at, number + 1
            if number == len(tally.epochs):
                raise ImportProblem(f"{CHANGED} ({', '.join(file.text.path for file in files)})")
            room = r.MOST_EVENTS - sum(len(run.events) for run in runs)
            lifter, planned = None, None
            if number in chosen:
                lifter, planned = _begin(tally, number, device, bar, room)
        if lifter is not None:
            lifter.lift(rows, start, len(rows))
        wanted()
    end()
    return runs


def _most_work(
    numbers: Iterable[int], work: Callable[[int], int], issues: list[Issue]
) -> list[int]:
    """Those with the most I/O, in their order, where they are more than can be kept apart."""
    found = sorted(numbers, key=work, reverse=True)
    if len(found) > MOST_RUNS:
        words = f"epochs or controllers are left out; the {MOST_RUNS} with the most I/O are kept"
        advice = "Cut the file into pieces to see the others."
        issues.append(Issue("too-many-epochs", "warning", len(found) - MOST_RUNS, words, advice))
    return sorted(found[:MOST_RUNS])


def _ambiguous(number: int) -> Issue:
    return Issue(
        code="two-controllers",
        severity="warning",
        count=1,
        text=f"Epoch {number}: two controllers are enabled, and QEMU's lines do not say which one they "
        "are about. The counts add both up; their rings can't be drawn from this log.",
        advice="Add the guest's trace, which names the controller, or record with one controller.",
    )


def _bar(files: list[TraceFile]) -> int:
    """Where the guest sees the controller's registers, from the same writes in both logs."""
    qemu = [rows for file in files if file.role == QEMU for rows in file.writes]
    host = [rows for file in files if file.role == HOST for rows in file.writes]
    if not host:
        return r.MISSING
    seen = np.concatenate(host)
    told = np.concatenate(qemu)
    values: dict[tuple[int, int], int] = {}
    for address, value, _ in told.tolist():
        values[address & 0xFFF, value] = address
    bars: dict[int, int] = {}
    for address, value, _ in seen.tolist():
        inside = values.get((address & 0xFFF, value))
        if inside is not None:
            bars[address - inside] = bars.get(address - inside, 0) + 1
    return max(bars, key=lambda bar: bars[bar]) if bars else r.MISSING


def _begin(
    tally: Tally, number: int, device: int, bar: int, room: int = r.MOST_EVENTS
) -> tuple[Lifter | None, Planned | None]:
    """A lifter for an epoch; none where nothing happened or controllers can't be told apart."""
    epoch = tally.epochs[number]
    if epoch.ambiguous or not any(queue.counts for queue in epoch.queues.values()):
        return None, None
    planned = plan_epoch(epoch, tally, device)
    planned.plan.bar, planned.plan.most = bar, room
    lifter = Lifter(planned.plan)
    if epoch.starts_with == ENABLED:
        lifter.begin(planned.plan.thread[planned.plan.admin])
    return lifter, planned


def _guests(
    files: list[TraceFile],
    tally: Tally,
    devices: list[int],
    facts: list[tuple[str, str]],
    progress: Progress,
    issues: list[Issue],
) -> list[MeasuredRun]:
    """A run for each controller that the guest's kernel tells of, from that alone."""

    def wanted() -> None:
        progress(0.95, look(tally))

    # Whatever most lines of a file are about: its own nvme events are in the kernel's trace of a host.
    own = [file for file in files if file.tells_of_guest()]
    work = Counter[int]()
    for (device, _), guest in tally.guest.items():
        work[device] += guest.counts["nvme_setup_cmd"]
    devices = _most_work(devices, lambda device: work[device], issues)
    origin_ns = min(guest.first_ns for guest in tally.guest.values() if guest.counts)
    origin_ns += own[0].offset_ns
    plans = [plan_guest(tally, device, origin_ns) for device in devices]
    lifters = [Lifter(planned.plan) for planned in plans]
    for rows in merged([file.moved() for file in own]):
        told = np.ascontiguousarray(rows[rows[:, r.KIND] // 20 == 2])
        for lifter in lifters:
            lifter.lift(told, 0, len(told))
        wanted()
    runs: list[MeasuredRun] = []
    for device, planned, lifter in zip(devices, plans, lifters, strict=True):
        about = about_of(None, tally, [*facts, *planned.facts], own, device)
        about = replace(about, title=f"nvme{device}, as the guest saw it")
        run = measured_run(lifter, planned, about, "", wanted, timeless=own[0].timeless)
        issues.extend(issues_of_lift(lifter, run.events, run.title))
        if len(run.events):
            runs.append(run)
    return runs


__all__ = ["Cancelled", "ImportProblem", "Imported", "MeasuredRun", "look", "read_traces"]
