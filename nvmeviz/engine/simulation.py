"""A simulation that can be advanced in pieces, saved at any event and gone back to.

Wraps the compiled core: objects with names on the outside, indices within. The event log and the
keyframes are the caller's; this class owns only the machine that runs ahead.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nvmeviz.engine import core
from nvmeviz.engine.plan import Plan
from nvmeviz.log.events import EVENT
from nvmeviz.model.layout import T_EVENTS, T_NOW_NS
from nvmeviz.model.state import MachineState
from nvmeviz.model.topology import QueuePair, Topology

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nvmeviz.engine.calendar import Entry
    from nvmeviz.engine.mode import DoorbellMode
    from nvmeviz.scenario.schema import Scenario


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What the engine needs besides the state to go on from an event: everything still to come."""

    entries: tuple[Entry, ...]
    seq: int


def topology_of(scenario: Scenario) -> Topology:
    """The machine of a scenario: one queue pair per vCPU."""
    machine, workload = scenario.machine, scenario.workload
    shared = machine.threads == "one"
    return Topology(
        guests=("VM 1",),
        vcpus=tuple(f"vCPU {i}" for i in range(machine.vcpus)),
        threads=("controller",)
        if shared
        else tuple(f"worker {i + 1}" for i in range(machine.vcpus)),
        queues=tuple(
            QueuePair(
                qid=i + 1,
                guest=0,
                vcpu=i,
                thread=0 if shared else i,
                sq_slots=machine.ring_slots,
                cq_slots=machine.ring_slots,
                tags=workload.queue_depth,
            )
            for i in range(machine.vcpus)
        ),
        channels=0 if scenario.device.kind == "null" else scenario.device.channels,
    )


class Simulation:
    """One scenario under one doorbell mode, standing at its frontier."""

    def __init__(self, scenario: Scenario, mode: DoorbellMode) -> None:
        self.topology = topology_of(scenario)
        self.state = MachineState(self.topology)
        self._plan = Plan(scenario, mode, self.state)
        core.start(self._plan)

    @property
    def events(self) -> int:
        """Events so far."""
        return int(self.state.totals[T_EVENTS])

    @property
    def now_ns(self) -> int:
        """Time of the last event."""
        return int(self.state.totals[T_NOW_NS])

    def advance(self, until_ns: int, limit: int) -> NDArray[np.void]:
        """Simulate up to and including `until_ns`, at most `limit` events; returns them."""
        rows = np.empty(limit, EVENT)
        count = core.advance(self._plan, rows, until_ns)
        rows = rows if count == limit else rows[:count].copy()
        rows.flags.writeable = False
        return rows

    def checkpoint(self) -> Checkpoint:
        """What is still to come; together with `state.snapshot()` this is the whole engine."""
        return Checkpoint(self._plan.calendar.entries(), self._plan.calendar.seq)

    def restore(self, snapshot: bytes, checkpoint: Checkpoint) -> None:
        """Stand where `snapshot` and `checkpoint` were taken; going on gives the same events
        again.
        """
        self.state.restore(snapshot)
        self._plan.calendar.load(checkpoint.entries, checkpoint.seq)
