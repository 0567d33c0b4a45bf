"""What every log of the engine must satisfy, checked event by event without the engine's own state.

Written from the specification and from the words of `log.events`, not from the reducer: a second
bookkeeper (`bookkeeping`) in the simplest way, with checks on commands, doorbells and actors in a
file each. Only who is there is taken from the run's topology.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from nvmeviz.engine.machine import machine_of
from nvmeviz.log import kinds as k
from nvmeviz.log.events import EVENT
from tests.engine.bookkeeping import Books, Event
from tests.engine.check_actors import ActorChecks
from tests.engine.check_commands import CommandChecks
from tests.engine.check_doorbells import DoorbellChecks

if TYPE_CHECKING:
    from nvmeviz.engine.mode import DoorbellMode
    from nvmeviz.scenario.schema import Scenario


class Bookkeeper:
    """Follows one log; the first event that can't be fails."""

    def __init__(self, scenario: Scenario, mode: DoorbellMode) -> None:
        self.books = Books(scenario, mode, machine_of(scenario, mode)[0])
        self.actors = ActorChecks(self.books)
        checks: tuple[Any, ...] = (
            self.actors,
            DoorbellChecks(self.books),
            CommandChecks(self.books),
        )
        self.handlers = {
            kind: [check.handlers[kind] for check in checks if kind in check.handlers]
            for kind in range(256)
        }
        self.times: list[int] = []
        self.counts: Counter[tuple[int, int]] = Counter()
        self.exits: Counter[tuple[int, int]] = Counter()  # reason, queue

    def follow(self, events: np.ndarray) -> None:
        """Check the next events of the log."""
        assert events.dtype == EVENT
        last = self.times[-1] if self.times else 0
        for row in events.tolist():
            e = Event(len(self.times), row)
            assert e.t >= last, e.says("time goes back")
            assert -1 <= e.cause < e.index, e.says(f"cause {e.cause} does not lie before it")
            assert e.cause < 0 or self.times[e.cause] <= e.t, e.says("happens before its cause")
            assert e.flags == 0, e.says("nothing simulated is inferred")
            last = e.t
            self.times.append(e.t)
            self.counts[e.kind, e.qid] += 1
            if e.kind == k.VM_EXIT:
                self.exits[e.a, e.qid] += 1
            queue = self.books.queues[e.qid]
            self.actors.check(e, queue)
            for handler in self.handlers[e.kind]:
                handler(e, queue)
            if e.kind == k.CQ_POST:
                self.actors.cq_post(e, self.books.queues[queue.cq])


def check_log(
    events: np.ndarray, scenario: Scenario, mode: DoorbellMode
) -> Counter[tuple[int, int]]:
    """Fail on the first event that can't be; returns how often each (kind, qid) happened."""
    keeper = Bookkeeper(scenario, mode)
    keeper.follow(events)
    return keeper.counts


def patience_ns(scenario: Scenario) -> int:
    """Longer than any command takes on the test machines, whatever is before it in line."""
    machine, workload, device = scenario.machine, scenario.workload, scenario.device
    pairs = machine.guests * (machine.queues or machine.vcpus)
    jobs = max(1, workload.jobs)
    commands = pairs * jobs * max(workload.queue_depth, workload.noisy_depth)
    latency_ns = max(device.latency_ns, device.write_latency_ns, 60_000)
    rounds = 1 if device.kind != "channels" else 1 + commands // max(1, device.channels)
    copied = max(workload.block_size, workload.noisy_block_size) // 1024
    waits_ns = scenario.doorbell.batch_limit_ns + machine.coalesce_time_ns + scenario.costs.reset_ns
    # A CQ that never holds as many entries as an interrupt waits for sends each after the time.
    one_by_one = 1 <= machine.cq_slots <= machine.coalesce
    held_ns = machine.coalesce_time_ns * commands if one_by_one else 0
    return (
        4 * (waits_ns + latency_ns * rounds)
        + held_ns
        + (30_000 + scenario.costs.copy_ns * copied) * commands
        + 200_000
    )


def oldest_ns(events: np.ndarray) -> int:
    """How long the command that waits longest at the end of a run has been waiting; 0: none."""
    last = int(events["t"][-1]) if len(events) else 0
    mask = np.isin(events["kind"], [k.SQ_POST, k.CQ_REAP])
    live: dict[tuple[int, int], int] = {}
    for t, kind, qid, cid in events[mask][["t", "kind", "qid", "cid"]].tolist():
        if kind == k.SQ_POST:
            live[qid, cid] = t
        else:
            del live[qid, cid]
    return last - min(live.values(), default=last)


def check_progress(events: np.ndarray, scenario: Scenario, mode: DoorbellMode) -> None:
    """Nothing is lost and nobody sleeps for good: each queue with something to do gets it done, to
    the end.
    """
    waited_ns = oldest_ns(events)
    assert waited_ns < patience_ns(scenario), f"{mode.name}: a command waits for {waited_ns} ns"
    if scenario.workload.kind == "closed" and scenario.workload.jobs == 0:
        seen = set(np.unique(events["qid"][events["kind"] == k.CQ_REAP]).tolist())
        topology = machine_of(scenario, mode)[0]
        idle = set(range(topology.io_queues)) - seen
        assert not idle or events["t"][-1] < patience_ns(scenario), f"queues {idle} never began"
