"""The recording file `.nvmeviz`: a zip archive with a description and the events of each run.

`recording.json` holds format version, the scenario as TOML text and one entry per run;
`runs/N.events` holds its events as `log.events.EVENT` records. Written whole or not at all. Nothing
read is ever executed.
"""

from __future__ import annotations

import json
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nvmeviz.files import reason, whole_file
from nvmeviz.log.about import SIMULATED, About, about_from_json, about_to_json
from nvmeviz.log.eventlog import BUDGET_BYTES
from nvmeviz.log.events import EVENT
from nvmeviz.units import grouped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

FORMAT = "nvmeviz recording"
VERSION = 2  # 1: before there were guests, locks and passes; never released
SUFFIX = ".nvmeviz"
_DESCRIPTION = "recording.json"
MAX_DESCRIPTION = 4_000_000
MAX_RUNS = 64  # each becomes a machine in memory


class RecordingError(Exception):
    """What is wrong with a file and what to do; the file's name stands last."""


MOST_EVENTS = BUDGET_BYTES // EVENT.itemsize  # of all runs of a recording


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run of a recording. topology, pane: plain JSON values, as `app` writes them: who is there,
    and what was set otherwise than in the scenario. about: where it comes from, if not from here.
    """

    mode: str
    topology: dict[str, Any]
    frontier_ns: int
    events: NDArray[np.void]
    pane: dict[str, Any] = field(default_factory=dict[str, Any])
    about: About = SIMULATED


@dataclass(frozen=True, slots=True)
class RunSource:
    """A run on its way into a file: its events come block by block, `count` in all."""

    mode: str
    topology: dict[str, Any]
    frontier_ns: int
    count: int
    blocks: Iterable[NDArray[np.void]]
    pane: dict[str, Any] = field(default_factory=dict[str, Any])
    about: About = SIMULATED


@dataclass(frozen=True, slots=True)
class Recording:
    """What a file holds."""

    program: str
    name: str
    scenario: str
    runs: tuple[RunRecord, ...]


def write_recording(
    path: str | Path, *, program: str, name: str, scenario: str, runs: Iterable[RunSource]
) -> None:
    """Write a recording whole, or leave what was there. RecordingError when the place won't take
    it, or could not be read again.
    """
    runs = tuple(runs)
    events = sum(run.count for run in runs)
    if events > MOST_EVENTS:
        raise RecordingError(
            f"The recording was not saved: its runs have {grouped(events)} events, and it could not be "
            f"opened again with more than {grouped(MOST_EVENTS)}. Take runs away, or make them "
            f"shorter. ({path})"
        )
    try:
        with whole_file(path) as file:
            _write_archive(file, program, name, scenario, runs)
    except OSError as error:
        raise RecordingError(f"The recording was not saved: {reason(error)} ({path})") from None


def _write_archive(
    file: Any, program: str, name: str, scenario: str, runs: Iterable[RunSource]
) -> None:
    described: list[dict[str, Any]] = []
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for number, run in enumerate(runs):
            # A fixed date: the same run gives the same bytes.
            entry = zipfile.ZipInfo(f"runs/{number}.events", (2000, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(entry, "w", force_zip64=True) as out:
                for block in run.blocks:
                    out.write(block.tobytes())
            entry_of_run = {
                "mode": run.mode,
                "topology": run.topology,
                "frontier_ns": run.frontier_ns,
                "events": run.count,
                "pane": run.pane,
            }
            if run.about != SIMULATED:
                entry_of_run["about"] = about_to_json(run.about)
            described.append(entry_of_run)
        text = json.dumps(
            {
                "format": FORMAT,
                "version": VERSION,
                "program": program,
                "name": name,
                "scenario": scenario,
                "runs": described,
            },
            indent=1,
            ensure_ascii=False,
        )
        entry = zipfile.ZipInfo(_DESCRIPTION, (2000, 1, 1, 0, 0, 0))
        entry.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(entry, text)


def is_recording(path: str | Path) -> bool:
    """True when the file begins like a recording (or is named like one)."""
    try:
        with Path(path).open("rb") as file:
            return file.read(4) == b"PK\x03\x04" or str(path).endswith(SUFFIX)
    except (OSError, ValueError):
        return False


def read_recording(path: str | Path, budget_bytes: int = BUDGET_BYTES) -> Recording:
    """Read a recording whole. RecordingError: not one, newer, damaged, too large."""
    try:
        with zipfile.ZipFile(path) as archive:
            return _read_archive(archive, budget_bytes)
    except RecordingError as error:
        raise RecordingError(f"{error} ({path})") from None
    except FileNotFoundError:
        raise RecordingError(f"There is no such file. ({path})") from None
    except OSError as error:
        raise RecordingError(
            f"The file can't be read: {error.strerror or error}. ({path})"
        ) from None
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        KeyError,
        ValueError,
        TypeError,
        RuntimeError,
        NotImplementedError,
        RecursionError,
        OverflowError,
        MemoryError,
    ):
        problem = (
            "This file is damaged or is no nvmeviz recording: copy it again, or record it anew."
        )
        raise RecordingError(f"{problem} ({path})") from None


def _read_archive(archive: zipfile.ZipFile, budget_bytes: int) -> Recording:
    if archive.getinfo(_DESCRIPTION).file_size > MAX_DESCRIPTION:
        raise RecordingError("This file is damaged: its description is too large.")
    described = json.loads(_read(archive, _DESCRIPTION))
    if described["format"] != FORMAT:
        raise RecordingError("This file is no nvmeviz recording.")
    version = int(described["version"])
    if version > VERSION:
        raise RecordingError(
            f"This recording has format {version}, made by nvmeviz {described['program']}; this program "
            f"reads up to format {VERSION}. Install a newer nvmeviz."
        )
    if version < VERSION:
        raise RecordingError(
            f"This recording has format {version}, in which events meant other things; this program reads "
            f"format {VERSION}. Record it anew."
        )
    runs: list[RunRecord] = []
    total = 0
    if len(described["runs"]) > MAX_RUNS:
        raise RecordingError(f"This recording holds more than {MAX_RUNS} runs.")
    for number, run in enumerate(described["runs"]):
        info = archive.getinfo(f"runs/{number}.events")
        count = int(run["events"])
        if info.file_size != count * EVENT.itemsize:
            raise RecordingError(
                f"This file is damaged: run {number + 1} does not hold {count} events."
            )
        total += info.file_size
        if total > budget_bytes:
            raise RecordingError(
                f"This recording needs more memory than the program may use ({budget_bytes >> 20} MB)."
            )
        events = np.frombuffer(_read(archive, info.filename), EVENT)
        if len(events) and ((events["t"][1:] < events["t"][:-1]).any() or int(events["t"][0]) < 0):
            raise RecordingError(f"This file is damaged: time goes back in run {number + 1}.")
        frontier_ns = int(run["frontier_ns"])
        if not 0 <= frontier_ns < 2**63:
            raise RecordingError(
                f"This file is damaged: run {number + 1} ends at no possible time."
            )
        if len(events) and frontier_ns < int(events["t"][-1]):
            raise RecordingError(
                f"This file is damaged: run {number + 1} ends before its last event."
            )
        pane = dict(run.get("pane", {}))
        about = about_from_json(run.get("about", {}))
        topology = dict(run["topology"])
        runs.append(RunRecord(str(run["mode"]), topology, frontier_ns, events, pane, about))
    if not runs:
        raise RecordingError("This recording holds no run.")
    return Recording(
        str(described["program"]), str(described["name"]), str(described["scenario"]), tuple(runs)
    )


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    """A member, and no more of it than the archive's table says, whatever would come out of it."""
    with archive.open(name) as member:
        # Asked for all, zipfile would unpack up to 2 GB before it looks at the table.
        return member.read(archive.getinfo(name).file_size)


def blocks_of(events: NDArray[np.void], size: int) -> Iterator[NDArray[np.void]]:
    """`events` cut into blocks of at most `size`."""
    for start in range(0, len(events), size):
        yield events[start : start + size]
