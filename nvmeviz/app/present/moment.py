"""One run at one moment, with what painters of every part need: state, recent events, events to
come.

A token stands between an event and its consequence; both are in the log, because the engine runs
ahead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, overload

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nvmeviz.app.runs import Run
    from nvmeviz.model.state import MachineState
    from nvmeviz.scenario.schema import Scenario

# Events that are looked at. Many vCPUs share the log: more of them need more of it.
LEAST_PAST, PAST_A_VCPU, MOST_PAST = 3_000, 700, 12_000
NEAR = 1_000
LEAST_FUTURE, FUTURE_A_VCPU, MOST_FUTURE = 700, 100, 2_800


@dataclass(frozen=True, eq=False)  # without slots: some fields are made when they are wanted
class Moment:
    """t: ns. count: events that have happened. past: events before `count`, the last one last.

    future: events after. future_cause_ns: (len(future),) int64, when each one's cause happened, -1
    when that is not in the past or not known.
    """

    run: Run
    t_ns: int
    count: int
    state: MachineState
    past: NDArray[np.void]
    future: NDArray[np.void]
    future_cause_ns: NDArray[np.int64]

    @cached_property
    def kind(self) -> NDArray[np.uint8]:
        """Of every event of `past`; like the next three side by side in memory, since everybody
        searches them.
        """
        return np.ascontiguousarray(self.past["kind"])

    @cached_property
    def qid(self) -> NDArray[np.uint16]:
        """Which queue pair each is about."""
        return np.ascontiguousarray(self.past["qid"])

    @cached_property
    def vcpu(self) -> NDArray[np.uint8]:
        """Whose each is: a vCPU or a thread."""
        return np.ascontiguousarray(self.past["vcpu"])

    @cached_property
    def at_ns(self) -> NDArray[np.int64]:
        """When each happened."""
        return np.ascontiguousarray(self.past["t"])

    @property
    def scenario(self) -> Scenario:
        """The scenario in force at the moment."""
        return self.run.scenario_at(self.count)

    def last_of(self, *wanted: tuple[int, int]) -> int:
        """The last row of `past` that is one of (kind, qid); -1 when there is none."""
        near = max(0, len(self.kind) - NEAR)  # mostly it is not long ago
        for first in (near, 0) if near else (0,):
            kind, qid = self.kind[first:], self.qid[first:]
            found = np.zeros(len(kind), bool)
            for one, queue in wanted:
                found |= (kind == one) & (qid == queue)
            rows = np.flatnonzero(found)
            if len(rows):
                return first + int(rows[-1])
        return -1

    def next_of(self, kind: int, vcpu: int) -> int | None:
        """When the next event of a kind on a vCPU or thread comes, as far as is known."""
        rows = np.flatnonzero((self.future["kind"] == kind) & (self.future["vcpu"] == vcpu))
        return int(self.future["t"][rows[0]]) if len(rows) else None

    def tags(self, queue: int) -> slice:
        """The command records of a queue pair."""
        base = int(self.state.q_base[queue])
        return slice(base, base + int(self.state.q_tags[queue]))

    def cq(self, queue: int) -> int:
        """The pair whose CQ takes the completions of a queue pair."""
        return int(self.state.q_cq[queue])


def moment_of(run: Run, t_ns: int, count: int) -> Moment:
    """The moment of a run at time t with `count` of its events happened."""
    vcpus = len(run.topology.vcpus)
    past = run.log.slice(count - min(MOST_PAST, max(LEAST_PAST, PAST_A_VCPU * vcpus)), count)
    ahead = min(MOST_FUTURE, max(LEAST_FUTURE, FUTURE_A_VCPU * vcpus))
    future = run.log.slice(count, count + ahead)
    first_past = count - len(past)
    cause: NDArray[Any] = future["cause"]
    known = (cause >= first_past) & (cause < count)
    cause_ns = np.full(len(future), -1, np.int64)
    cause_ns[known] = past["t"][cause[known] - first_past]
    return Moment(run, t_ns, count, run.timeline.state_after(count), past, future, cause_ns)


class Moments(Sequence[Moment]):
    """The moments of all runs at one time, each made when it is first asked for."""

    def __init__(self, runs: tuple[Run, ...], t_ns: int, counts: tuple[int, ...]) -> None:
        self._runs, self._t_ns, self._counts = runs, t_ns, counts
        self._made: dict[int, Moment] = {}

    def __len__(self) -> int:
        return len(self._runs)

    @overload
    def __getitem__(self, index: int) -> Moment: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Moment, ...]: ...
    def __getitem__(self, index: int | slice) -> Moment | tuple[Moment, ...]:
        if isinstance(index, slice):
            return tuple(self[number] for number in range(*index.indices(len(self))))
        if index not in self._made:
            self._made[index] = moment_of(self._runs[index], self._t_ns, self._counts[index])
        return self._made[index]
