"""How much processor time an import of a million lines takes, and how much memory at the most.

python -m tests.benchmarks.bench_import [LINES]
python -m tests.benchmarks.bench_import REPEATS FILE

The lines are those of a sample that comes with the program, again and again with times moved on; each
time is an epoch of its own. With FILE such a log of QEMU's is only written there. Each import is a
process of its own.
"""

from __future__ import annotations

import gzip
import lzma
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO

from nvmeviz.importers.lifting import __file__ as lifter_file
from nvmeviz.importers.read import read_traces

QEMU, GUEST = "linux-dbbuf-qd16/qemu.log.xz", "linux-dbbuf-qd16/guest.txt.xz"
SAMPLES = Path(__file__).parents[2] / "resources" / "sample_traces"
LINES = 1_000_000
PERIOD_US = 60_000_000  # a sample is shorter
MOST_S, MOST_MB = 4.0, 250.0  # of a million lines, compiled
_STAMP = re.compile(rb"(?m)^(\s*\d+@|[^\n]*? )(\d+)\.(\d{6}):")


def _text(path: Path) -> bytes:
    return (gzip if path.suffix == ".gz" else lzma).decompress(path.read_bytes())


def write_log(sample: str, repeats: int, out: IO[bytes]) -> None:
    """Write a sample that many times, PERIOD_US apart."""
    text = _text(SAMPLES / sample)
    for number in range(repeats):

        def moved(match: re.Match[bytes], by: int = number * PERIOD_US) -> bytes:
            us = int(match[2]) * 1_000_000 + int(match[3]) + by
            return b"%s%d.%06d:" % (match[1], us // 1_000_000, us % 1_000_000)

        out.write(_STAMP.sub(moved, text))


def measured(paths: list[str]) -> tuple[float, float, int, int]:
    """(seconds, MB more than before, lines, events) of an import in a process of its own."""
    told = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.bench_import", "--import", *paths],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    seconds, megabytes, events = told.stdout.split()
    lines = sum(Path(path).read_bytes().count(b"\n") for path in paths)
    return float(seconds), float(megabytes), lines, int(events)


def _peak_mb() -> float:
    """The most memory this process ever had; of the parent's, Linux alone keeps it apart."""
    status = Path("/proc/self/status")
    if status.is_file():
        return int(re.findall(r"VmHWM:\s*(\d+)", status.read_text())[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _import(paths: list[str]) -> None:
    before_mb = _peak_mb()
    began = time.process_time()
    found = read_traces(paths)
    seconds = time.process_time() - began
    print(seconds, _peak_mb() - before_mb, sum(len(run.events) for run in found.runs))


def main(lines: int = LINES) -> list[tuple[str, float, float]]:
    """Measure and print; returns (what, seconds, MB) of each."""
    results: list[tuple[str, float, float]] = []
    with tempfile.TemporaryDirectory() as folder:
        for what, names in (
            ("QEMU alone", (QEMU,)),
            ("QEMU and guest", (QEMU, GUEST)),
        ):
            paths: list[str] = []
            repeats = -(-lines // sum(_text(SAMPLES / name).count(b"\n") for name in names))
            for number, name in enumerate(names):
                paths.append(str(Path(folder, f"{len(names)}-{number}.log")))
                with Path(paths[-1]).open("wb") as out:
                    write_log(name, repeats, out)
            seconds, megabytes, count, events = measured(paths)
            print(
                f"{what:<16}{count:>10} lines{seconds:>8.2f} s{megabytes:>7.0f} MB{events:>10} events"
            )
            results.append((what, seconds * LINES / count, megabytes))
    return results


def test_a_million_lines_are_imported_in_seconds_and_little_memory() -> None:
    """`./dev bench` runs it through pytest."""
    compiled = not lifter_file.endswith(".py")
    for what, seconds, megabytes in main():
        assert megabytes < MOST_MB, what
        assert seconds < MOST_S or not compiled, what


if __name__ == "__main__":
    if sys.argv[1:2] == ["--import"]:
        _import(sys.argv[2:])
    elif len(sys.argv) == 3:
        with Path(sys.argv[2]).open("wb") as file:
            write_log(QEMU, int(sys.argv[1]), file)
    else:
        main(*map(int, sys.argv[1:]))
