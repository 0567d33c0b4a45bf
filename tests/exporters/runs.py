"""Runs to export: simulated ones, and events that make no sense."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np

from nvmeviz.engine.mode import Worker
from nvmeviz.engine.simulation import Simulation
from nvmeviz.exporters.base import ExportRun
from nvmeviz.log.events import EVENT
from nvmeviz.log.kinds import STRAY
from nvmeviz.log.recording import blocks_of
from nvmeviz.model.topology import QueuePair, Topology
from tests.engine.runs import FAR_NS

if TYPE_CHECKING:
    from nvmeviz.engine.mode import DoorbellMode
    from nvmeviz.exporters.base import Exporter
    from nvmeviz.scenario.schema import Scenario

SMALL = Topology(
    guests=("VM 1", 'a "b"'),
    vcpus=("vCPU 0", "vCPU 1"),
    threads=("main loop", "poller"),
    queues=(
        QueuePair(1, 0, 0, 0, 4, 4, 3),
        QueuePair(2, 0, 0, 0, 4, 4, 3, cq=0),
        QueuePair(1, 1, 1, 1, 4, 4, 3),
        QueuePair(0, 0, 0, 0, 32, 32, 2),
        QueuePair(0, 1, 1, 1, 32, 32, 2),
    ),
    channels=2,
    vcpu_guests=(0, 1),
    thread_guests=(0, -1),
)


def run_of(
    events: np.ndarray, topology: Topology = SMALL, *, guest: int = 0, emulated: bool = True
) -> ExportRun:
    """Events as a run, in small blocks."""
    until_ns = int(events["t"][-1]) if len(events) else 0
    blocks = blocks_of(events, 100)
    return ExportRun("A title", "a_mode", topology, blocks, until_ns, guest, emulated)


def simulated(
    scenario: Scenario, mode: DoorbellMode, count: int, guest: int = 0
) -> tuple[ExportRun, np.ndarray]:
    """The first events of a run, ready to be exported, and as they are."""
    simulation = Simulation(scenario, mode)
    events = simulation.advance(FAR_NS, count)
    emulated = mode.worker is not Worker.HARDWARE
    return run_of(events, simulation.topology, guest=guest, emulated=emulated), events


def event(kind: int, t: int = 0, **fields: int) -> np.ndarray:
    """One event; what is not named is 0."""
    row = np.zeros(1, EVENT)
    row["t"], row["kind"], row["cause"] = t, kind, -1
    for name, value in fields.items():
        row[name] = value
    return row


def nonsense(seed: int, count: int = 300) -> np.ndarray:
    """Events of any kind, also such as do not exist, with small and with impossible fields."""
    random = np.random.default_rng(seed)
    events = np.zeros(count, EVENT)
    events["t"] = np.sort(random.integers(0, 5_000, count))
    events["kind"] = random.integers(0, 60, count)
    events["kind"][random.integers(0, 20, count) == 0] = STRAY
    for name, most in (("a", 5), ("b", 6), ("qid", 6), ("cid", 5), ("vcpu", 3), ("flags", 8)):
        events[name] = random.integers(0, most, count)
    events["qid"][random.integers(0, 30, count) == 0] = 0xFFFF
    events["cause"] = random.integers(-1, count, count)
    return events


def text_of(exporter: Exporter, run: ExportRun) -> str:
    """What an exporter writes."""
    out = io.StringIO(newline="")
    exporter.write(run, out)
    return out.getvalue()
