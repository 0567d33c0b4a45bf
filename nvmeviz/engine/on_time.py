"""Replayed requests at their own moments of the run, not so long after the driver is set up.

The core lets a queue's requests begin when its guest is ready, and handing over shadow buffers takes
a while. When that is over does not depend on the requests, so it is found out by simulating that
much without them; the first gaps of a plan are then shortened by it.
"""

from __future__ import annotations

from array import array
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from nvmeviz.engine import core
from nvmeviz.engine.plan import Plan
from nvmeviz.log.events import EVENT
from nvmeviz.log.kinds import GUEST_READY
from nvmeviz.model.state import MachineState

if TYPE_CHECKING:
    from nvmeviz.engine.mode import DoorbellMode
    from nvmeviz.model.topology import Topology
    from nvmeviz.scenario.schema import Scenario

_EVENTS, _PIECES = 4096, 32  # looked through for drivers that become ready, at most


def ready_ns(scenario: Scenario, mode: DoorbellMode, topology: Topology) -> tuple[int, ...]:
    """When each guest's driver is set up and I/O may start, ns; 0 where that is not soon."""
    quiet = replace(scenario.workload, kind="poisson", rate=1)  # a request a second: none so early
    state = MachineState(topology)
    plan = Plan(replace(scenario, workload=quiet), mode, state)
    core.start(plan)
    ready: dict[int, int] = {}
    rows = np.empty(_EVENTS, EVENT)
    for _ in range(_PIECES):
        found = rows[: core.advance(plan, rows, scenario.until_ns)]
        for event in found[found["kind"] == GUEST_READY]:
            ready.setdefault(topology.vcpu_guests[int(event["vcpu"])], int(event["t"]))
        if len(ready) == len(topology.guests) or len(found) < _EVENTS:
            break
    return tuple(ready.get(guest, 0) for guest in range(len(topology.guests)))


def on_time(plan: Plan, topology: Topology, ready: tuple[int, ...]) -> None:
    """Let the replayed requests of a plan come at their moments, or once the driver is ready."""
    gaps = np.array(plan.replay_gap, np.int64)
    firsts, counts = np.asarray(plan.replay_first), np.asarray(plan.replay_count)
    made: list[np.ndarray] = []
    starts = [0] * len(firsts)
    at = 0
    for queue, pair in enumerate(topology.queues):
        own = gaps[int(firsts[queue]) : int(firsts[queue]) + int(counts[queue])]
        # Queues may share a stretch and yet belong to guests that are ready at different times.
        starts[queue], at = at, at + len(own)
        moments = np.maximum(np.cumsum(own), ready[pair.guest])
        made.append(np.diff(moments, prepend=ready[pair.guest]))
    what = np.array(plan.replay_what, np.int64)
    stretches = zip(firsts.tolist(), counts.tolist(), strict=True)
    whats = [what[first : first + count] for first, count in stretches]
    plan.replay_first = array("q", starts)
    plan.replay_gap = array("q", np.concatenate([*made, [0]]).astype(np.int64).tobytes())
    plan.replay_what = array("q", np.concatenate([*whats, [0]]).astype(np.int64).tobytes())
