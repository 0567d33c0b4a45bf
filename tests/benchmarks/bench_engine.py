"""Engine against SimPy: events a second for every doorbell mode, log on, as a table.

python -m tests.benchmarks.bench_engine [SECONDS]
"""

from __future__ import annotations

import os
import platform
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from statistics import median

from nvmeviz.engine import core
from nvmeviz.engine.benchmark import BENCH_SCENARIO, engine_speed, measure_modes
from nvmeviz.engine.doorbell import MODE_BY_NAME
from nvmeviz.scenario.schema import Machine, Workload

# The modes that the SimPy model knows.
REFERENCE_MODES = ("mmio_trap", "batched", "google_2016", "dbbuf_qemu71", "dbbuf_qemu80")
LARGE_SCENARIO = replace(
    BENCH_SCENARIO,
    machine=Machine(guests=16, vcpus=4, trap_handler=BENCH_SCENARIO.machine.trap_handler),
    workload=Workload(queue_depth=64),
)
LARGE_EVENTS = 400_000


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
    print(f"{'mode':<20}{'engine, M events/s':>26}{'SimPy, M events/s':>26}{'ratio':>8}")
    for name, speeds in measure_modes(REFERENCE_MODES, seconds).items():
        row = f"{name:<20}{spread_text(speeds.engine):>26}"
        if speeds.simpy:
            ratio = median(speeds.engine) / median(speeds.simpy)
            row += f"{spread_text(speeds.simpy):>26}{ratio:>8.1f}"
        print(row)

    print(f"\n{'engine alone':<20}{'4 pairs, depth 32':>26}{'16 x 4 pairs, depth 64':>26}")
    for name, mode in MODE_BY_NAME.items():
        row = ""
        for scenario in (BENCH_SCENARIO, LARGE_SCENARIO):
            speeds_of = [engine_speed(scenario, mode, LARGE_EVENTS) for _ in range(3)]
            row += f"{spread_text(speeds_of):>26}"
        print(f"{name:<20}{row}")


def spread_text(speeds: list[float]) -> str:
    """Median and range in millions."""
    millions = [speed / 1e6 for speed in speeds]
    return f"{median(millions):.3g} ({min(millions):.3g} to {max(millions):.3g})"


def test_engine_speed() -> None:
    """`./dev bench` runs it through pytest."""
    main(5.0)


if __name__ == "__main__":
    main(*map(float, sys.argv[1:]))
