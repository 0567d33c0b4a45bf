"""One trial: a scenario simulated until its figures stand still, without a log.

Figures are counted in the events themselves, after a warm-up: commands reaped, doorbell writes that
left the guest, latency. The length is a number of commands, so that a fast and a slow machine are
known equally well; each seed is a trial of its own.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from os import cpu_count
from typing import TYPE_CHECKING

import numpy as np

from nvmeviz.engine.doorbell import MODE_BY_NAME
from nvmeviz.engine.simulation import Simulation
from nvmeviz.log import kinds as k

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from nvmeviz.scenario.measurements import Quantity
    from nvmeviz.scenario.schema import Scenario

CHUNK_EVENTS = 8_192
LONGEST_NS = 2_000_000_000  # of machine time: a run that hangs or crawls ends here


@dataclass(frozen=True, slots=True)
class Length:
    """How long a trial is: commands of each queue to warm up, commands of each queue to count."""

    warm: int = 300
    count: int = 4_000


@dataclass(frozen=True, slots=True)
class Figures:
    """What a trial found. iops: commands reaped a second. mmio_per_io: doorbell writes that left
    the guest per command. latency_us: mean from SQE written to CQE reaped.
    """

    iops: float
    mmio_per_io: float
    latency_us: float

    def of(self, quantity: Quantity) -> float:
        """The figure of that name."""
        return float(getattr(self, quantity))


NOTHING = Figures(0.0, 0.0, 0.0)


def trial(scenario: Scenario, mode_name: str, length: Length) -> Figures:
    """Simulate one seed; NOTHING when no command ended after the warm-up."""
    simulation = Simulation(scenario, MODE_BY_NAME[mode_name])
    queues = simulation.topology.io_queues
    warm, goal = length.warm * queues, (length.warm + length.count) * queues
    done, began_ns, ended_ns = 0, -1, 0
    commands, exits, latency_ns = 0, 0, 0
    while done < goal:
        events = simulation.advance(LONGEST_NS, CHUNK_EVENTS)
        kinds = events["kind"]
        reaped = np.flatnonzero((kinds == k.CQ_REAP) & (events["qid"] < queues))
        first = 0
        if began_ns < 0:
            if done + len(reaped) > warm:
                first = int(reaped[warm - done])
                began_ns = int(events["t"][first])
                counted = reaped[warm - done + 1 :]
            else:
                counted = reaped[:0]
        else:
            counted = reaped
        done += len(reaped)
        if len(counted):
            commands += len(counted)
            ended_ns = int(events["t"][counted[-1]])
            latency_ns += int(events["b"][counted].astype(np.int64).sum())
        if began_ns >= 0:
            left = kinds[first:] == k.VM_EXIT
            exits += int(np.count_nonzero(left & (events["a"][first:] <= k.EXIT_CQ_DOORBELL)))
        if len(events) < CHUNK_EVENTS:
            break
    if commands == 0 or ended_ns <= began_ns:
        return NOTHING
    span_ns = ended_ns - began_ns
    return Figures(commands * 1e9 / span_ns, exits / commands, latency_ns / commands / 1e3)


def mean_figures(found: Sequence[Figures]) -> Figures:
    """The mean over seeds."""
    count = len(found)
    return Figures(
        sum(one.iops for one in found) / count,
        sum(one.mmio_per_io for one in found) / count,
        sum(one.latency_us for one in found) / count,
    )


def seeded(scenario: Scenario, seeds: int) -> list[Scenario]:
    """The same scenario under its own seed and the next ones."""
    return [replace(scenario, seed=scenario.seed + number) for number in range(seeds)]


def trials(
    runs: Sequence[tuple[Scenario, str, Length]], progress: Callable[[float], None] | None = None
) -> list[Figures]:
    """Many trials, side by side on all cores (the core runs without the GIL). progress(share)."""
    found: list[Figures] = []
    with ThreadPoolExecutor(cpu_count() or 1) as pool:
        waiting = [pool.submit(trial, *run) for run in runs]
        for number, one in enumerate(waiting, 1):
            found.append(one.result())
            if progress:
                progress(number / len(waiting))
    return found
