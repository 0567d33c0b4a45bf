"""A simulation that can be advanced in pieces, saved at any event and gone back to.

Wraps the compiled core: objects with names on the outside, indices within. The event log and the
keyframes are the caller's; this class owns only the machine that runs ahead.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nvmeviz.engine import core
from nvmeviz.engine.calendar import WIDTH
from nvmeviz.engine.machine import machine_of
from nvmeviz.engine.on_time import on_time, ready_ns
from nvmeviz.engine.plan import Plan
from nvmeviz.log.events import EVENT
from nvmeviz.model.layout import T_EVENTS, T_NOW_NS
from nvmeviz.model.state import MachineState

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nvmeviz.engine.mode import DoorbellMode
    from nvmeviz.model.topology import Topology
    from nvmeviz.scenario.schema import Scenario


_NEVER = 1 << 62
# One event to come, as small as it goes: a deep machine has thousands at every keyframe.
_ENTRY = np.dtype(
    [
        ("t", "<i8"),
        ("seq", "<i8"),
        ("kind", "u1"),
        ("v", "u1"),
        ("q", "<u2"),
        ("cid", "<u2"),
        ("a", "<u4"),
        ("b", "<u4"),
        ("cause", "<i8"),
    ]
)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What the engine needs besides the state to go on from an event: everything still to come, in
    the order in which it was planned.
    """

    entries: bytes
    seq: int

    @property
    def count(self) -> int:
        """How many events are to come."""
        return len(self.entries) // _ENTRY.itemsize


@dataclass(frozen=True, slots=True)
class Change:
    """From event number `count` on, another scenario of the same topology under the same mode."""

    count: int
    scenario: Scenario


def topology_of(scenario: Scenario, mode: DoorbellMode) -> Topology:
    """The machine of a scenario under a mode, which has threads of its own."""
    return machine_of(scenario, mode)[0]


class Simulation:
    """One scenario under one doorbell mode, standing at its frontier.

    changes: scenarios that take over later, in the order of their events. They belong to the
    simulation, so that whatever makes a part of it again makes the same events.
    """

    def __init__(
        self, scenario: Scenario, mode: DoorbellMode, changes: tuple[Change, ...] = ()
    ) -> None:
        self.topology = topology_of(scenario, mode)
        for change in changes:
            same = topology_of(change.scenario, mode) == self.topology
            assert same, "a change keeps who is there: guests, vCPUs, queues, threads"
        self.state = MachineState(self.topology)
        self._mode = mode
        self._scenarios = (Change(0, scenario), *changes)
        self._in_force = 0  # which of them the plan was made from
        self._plan = Plan(scenario, mode, self.state)
        self._ready: tuple[int, ...] | None = None
        self._keep_moments(scenario)
        self.last_keyframe = -1  # event before which the caller kept a keyframe, -1 none
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
        count = 0
        while count < limit:
            self._configure()
            room = min(limit - count, self._next_change() - self.events)
            found = core.advance(self._plan, rows[count : count + room], until_ns)
            count += found
            if found < room:
                break
        rows = rows if count == limit else rows[:count].copy()
        rows.flags.writeable = False
        return rows

    def _next_change(self) -> int:
        """Event number at which the plan changes next; far away when it never does."""
        following = self._scenarios[self._in_force + 1 :]
        return following[0].count if following else _NEVER

    def _configure(self) -> None:
        """Give the plan the scenario that is in force where the simulation stands."""
        count = self.events
        wanted = max(n for n, change in enumerate(self._scenarios) if change.count <= count)
        if wanted != self._in_force:
            self._in_force = wanted
            self._plan.configure(self._scenarios[wanted].scenario, self._mode)
            self._keep_moments(self._scenarios[wanted].scenario)

    def _keep_moments(self, scenario: Scenario) -> None:
        """Replayed requests come when they came, however long the driver takes to be set up."""
        if scenario.workload.kind != "replay":
            return
        if self._ready is None:
            self._ready = ready_ns(self._scenarios[0].scenario, self._mode, self.topology)
        on_time(self._plan, self.topology, self._ready)

    def checkpoint(self) -> Checkpoint:
        """What is still to come; together with `state.snapshot()` this is the whole engine."""
        calendar = self._plan.calendar
        found: Any = calendar.entries()
        flat = np.frombuffer(found, np.int64).reshape(-1, WIDTH)
        flat = flat[np.argsort(flat[:, 1])]
        entries = np.empty(len(flat), _ENTRY)
        for column, name in enumerate(_ENTRY.names or ()):
            entries[name] = flat[:, column]
        return Checkpoint(entries.tobytes(), calendar.seq)

    def restore(self, snapshot: bytes, checkpoint: Checkpoint) -> None:
        """Stand where `snapshot` and `checkpoint` were taken; going on gives the same events
        again.
        """
        self.state.restore(snapshot)
        entries: Any = np.frombuffer(checkpoint.entries, _ENTRY).tolist()
        self._plan.calendar.load(entries, checkpoint.seq)
