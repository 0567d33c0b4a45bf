"""How fast the engine is, in events a second, beside the same model in SimPy where that is installed.

Both run the same machine in one go, in turns, so that a busy moment of the computer hits both; the
median counts. The log is written and kept in both.
"""

from __future__ import annotations

import importlib.util
import time
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from nvmeviz.engine import core
from nvmeviz.engine.doorbell import MODE_BY_NAME
from nvmeviz.engine.reference import run_reference
from nvmeviz.engine.simulation import Simulation
from nvmeviz.model.timeline import BLOCK_EVENTS
from nvmeviz.scenario.schema import Device, Machine, Scenario, Workload

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from nvmeviz.engine.mode import DoorbellMode

BENCH_MODES = ("mmio_trap", "dbbuf_qemu71")
SIMPY_UNTIL_NS = 2_000_000
ROUND_EVENTS = 4 * BLOCK_EVENTS if core.COMPILED else BLOCK_EVENTS
_NEVER_NS = 1 << 62

BENCH_SCENARIO = Scenario(
    name="bench",
    title="Benchmark · 4 queue pairs, depth 32",
    sentence="The machine on which the engine's speed is measured.",
    source="made for measuring; default costs",
    modes=BENCH_MODES,
    machine=Machine(vcpus=4, trap_handler="thread"),  # as the SimPy model is
    workload=Workload(queue_depth=32),
    device=Device("channels", channels=64, latency_ns=80_000, spread_percent=20),
)


@dataclass(frozen=True, slots=True)
class EngineBench:
    """Events a second with the log on. simpy_events_per_s, ratio: None when SimPy is not installed."""

    compiled: bool
    events_per_s: float
    simpy_events_per_s: float | None
    ratio: float | None


@dataclass(frozen=True, slots=True)
class Speeds:
    """Events a second of each round of one mode."""

    engine: list[float]
    simpy: list[float]


def has_simpy() -> bool:
    """Whether SimPy can be imported."""
    return importlib.util.find_spec("simpy") is not None


def engine_speed(scenario: Scenario, mode: DoorbellMode, events: int) -> float:
    """Events a second of one fresh run of at least `events` events, all blocks kept."""
    simulation = Simulation(scenario, mode)
    blocks: list[NDArray[np.void]] = []
    start = time.perf_counter()
    while simulation.events < events:
        blocks.append(simulation.advance(_NEVER_NS, BLOCK_EVENTS))
    return simulation.events / (time.perf_counter() - start)


def simpy_speed(scenario: Scenario, mode: DoorbellMode) -> float:
    """Events a second of one run in SimPy."""
    result = run_reference(scenario, mode, SIMPY_UNTIL_NS, scenario.seed)
    return result.events / result.wall_s


def measure_modes(mode_names: tuple[str, ...], seconds: float) -> dict[str, Speeds]:
    """Rounds of engine and SimPy in turn over the modes for about `seconds`, at least three of each."""
    found = {name: Speeds([], []) for name in mode_names}
    with_simpy = has_simpy()
    end = time.perf_counter() + seconds
    rounds = 0
    while rounds < 3 or time.perf_counter() < end:
        for name in mode_names:
            mode = MODE_BY_NAME[name]
            found[name].engine.append(engine_speed(BENCH_SCENARIO, mode, ROUND_EVENTS))
            if with_simpy:
                found[name].simpy.append(simpy_speed(BENCH_SCENARIO, mode))
        rounds += 1
    return found


def measure_engine(seconds: float) -> EngineBench:
    """Measure for about `seconds`. Several modes: the harmonic mean of their medians."""
    speeds = measure_modes(BENCH_MODES, seconds)
    ours = _together([median(each.engine) for each in speeds.values()])
    if not all(each.simpy for each in speeds.values()):
        return EngineBench(core.COMPILED, ours, None, None)
    theirs = _together([median(each.simpy) for each in speeds.values()])
    return EngineBench(core.COMPILED, ours, theirs, ours / theirs)


def _together(speeds: list[float]) -> float:
    """The speed over the same number of events of each."""
    return len(speeds) / sum(1 / speed for speed in speeds)
