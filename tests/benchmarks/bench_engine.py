"""Engine against SimPy: events a second for every doorbell mode, log on, as a table.

python -m tests.benchmarks.bench_engine [SECONDS]
"""

from __future__ import annotations

import os
import platform
import sys
from datetime import date
from pathlib import Path
from statistics import median

from nvmeviz.engine import core
from nvmeviz.engine.benchmark import BENCH_SCENARIO, measure_modes
from nvmeviz.engine.doorbell import MODE_BY_NAME


def machine_text() -> str:
    """The processor and the Python, for the line over the table."""
    processor = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        names = [s for s in cpuinfo.read_text().splitlines() if s.startswith("model name")]
        processor = names[0].partition(":")[2].strip() if names else processor
    return f"{processor}, {os.cpu_count()} cores, Python {platform.python_version()}"


def main(seconds: float = 20.0) -> None:
    """Measure and print."""
    machine, workload = BENCH_SCENARIO.machine, BENCH_SCENARIO.workload
    kind = "compiled" if core.COMPILED else "uncompiled"
    print(f"{date.today()}, {machine_text()}")
    print(
        f"{machine.vcpus} queue pairs, depth {workload.queue_depth}, device with "
        f"{BENCH_SCENARIO.device.channels} channels, log on, engine {kind}; medians, (lowest to highest)"
    )
    print(f"{'mode':<14}{'engine, M events/s':>26}{'SimPy, M events/s':>26}{'ratio':>8}")
    for name, speeds in measure_modes(tuple(MODE_BY_NAME), seconds).items():
        row = f"{name:<14}{spread_text(speeds.engine):>26}"
        if speeds.simpy:
            ratio = median(speeds.engine) / median(speeds.simpy)
            row += f"{spread_text(speeds.simpy):>26}{ratio:>8.1f}"
        print(row)


def spread_text(speeds: list[float]) -> str:
    """Median and range in millions."""
    millions = [speed / 1e6 for speed in speeds]
    return f"{median(millions):.3g} ({min(millions):.3g} to {max(millions):.3g})"


def test_engine_speed() -> None:
    """`./dev bench` runs it through pytest."""
    main(5.0)


if __name__ == "__main__":
    main(*map(float, sys.argv[1:]))
