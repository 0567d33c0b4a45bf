"""What every log of the engine must satisfy, checked event by event without the engine's own state.

Written from the specification and from the words of `log.events`, not from the reducer: rings,
tags, phases and actors are kept here a second time, in the simplest way.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from nvmeviz.log import kinds as k
from nvmeviz.log.events import EVENT, KIND_BY_NUMBER

if TYPE_CHECKING:
    from nvmeviz.scenario.schema import Scenario

# What may follow what in the life of one command.
NEXT_STEP = {
    None: (k.SQ_POST,),
    k.SQ_POST: (k.SQ_FETCH,),
    k.SQ_FETCH: (k.DEV_START, k.DEV_DONE),
    k.DEV_START: (k.DEV_DONE,),
    k.DEV_DONE: (k.CQ_POST,),
    k.CQ_POST: (k.CQ_REAP,),
    k.CQ_REAP: (k.SQ_POST,),
}
GUEST = {row.kind for row in KIND_BY_NUMBER.values() if row.actor == "guest"} - {k.BATCH_TIMER}
THREAD = {row.kind for row in KIND_BY_NUMBER.values() if row.actor == "controller"} - {k.CTRL_WAKE}


class _Queue:
    """One pair as a second bookkeeper sees it."""

    def __init__(self, slots: int) -> None:
        self.slots = slots
        self.posted = self.fetched = self.completed = self.reaped = 0
        self.known_tail = self.shadow_tail = 0
        self.step: dict[int, int] = {}
        self.posted_at: dict[int, int] = {}
        self.raised = 0


def check_log(events: np.ndarray, scenario: Scenario) -> Counter[tuple[int, int]]:
    """Fail on the first event that can't be; returns how often each (kind, qid) happened."""
    assert events.dtype == EVENT
    slots = scenario.machine.ring_slots
    queues = [_Queue(slots) for _ in range(scenario.machine.vcpus)]
    outside: dict[int, int] = {}
    halted: set[int] = set()
    asleep = set(range(scenario.machine.vcpus if scenario.machine.threads == "per_queue" else 1))
    counts: Counter[tuple[int, int]] = Counter()
    times: list[int] = []
    last = 0
    for index, (t, cause, a, b, qid, cid, kind, actor, flags) in enumerate(events.tolist()):
        where = f"event {index}, {KIND_BY_NUMBER[kind].name}"
        assert t >= last, f"{where}: time goes back"
        assert -1 <= cause < index, f"{where}: cause {cause} does not lie before it"
        assert cause < 0 or times[cause] <= t, f"{where}: happens before its cause"
        assert flags == 0, f"{where}: nothing simulated is inferred"
        times.append(t)
        last = t
        counts[kind, qid] += 1
        queue = queues[qid]

        if kind in GUEST:
            assert actor not in outside, f"{where}: the vCPU is stopped by its exit"
            assert actor not in halted or kind == k.VCPU_WAKE, f"{where}: the vCPU is halted"
        if kind in THREAD:
            assert actor not in asleep, f"{where}: the thread sleeps"
        if KIND_BY_NUMBER[kind].has_cid:
            allowed = NEXT_STEP[queue.step.get(cid)]
            assert kind in allowed, f"{where}: command {cid} of queue {qid} is not at this step"
            queue.step[cid] = kind

        if kind == k.SQ_POST:
            assert a == queue.posted % slots, f"{where}: SQ slots are written in order"
            queue.posted += 1
            queue.posted_at[cid] = t
            assert queue.posted - queue.fetched <= slots - 1, f"{where}: the SQ overflows"
            live = queue.posted - queue.reaped
            assert live <= scenario.workload.queue_depth, f"{where}: more than the queue depth"
        elif kind == k.SQ_FETCH:
            assert a == queue.fetched % slots, f"{where}: SQ slots are fetched in order"
            assert a != queue.known_tail, f"{where}: the controller was not told of this entry"
            queue.fetched += 1
            assert queue.fetched <= queue.posted, f"{where}: nothing was written there"
        elif kind == k.CQ_POST:
            assert a == queue.completed % slots, f"{where}: CQ slots are written in order"
            assert b >> 16 == 1 - queue.completed // slots % 2, f"{where}: wrong phase tag"
            assert b & 0xFFFF == queue.fetched % slots, f"{where}: wrong SQ head"
            queue.completed += 1
            assert queue.completed - queue.reaped <= slots - 1, f"{where}: the CQ overflows"
        elif kind == k.CQ_REAP:
            assert a == queue.reaped % slots, f"{where}: CQ slots are reaped in order"
            assert b == t - queue.posted_at[cid], f"{where}: wrong latency"
            queue.reaped += 1
        elif kind == k.SQ_SHADOW:
            assert a == queue.posted % slots, f"{where}: the shadow is not the tail"
            queue.shadow_tail = a
        elif kind == k.SQ_SHADOW_READ:
            assert a == queue.shadow_tail, f"{where}: reads what was never stored"
            queue.known_tail = a
        elif kind == k.CTRL_POLL and b:
            for each in queues if scenario.machine.threads == "one" else [queues[actor]]:
                each.known_tail = each.shadow_tail
        elif kind == k.SQ_DOORBELL:
            assert actor in outside, f"{where}: written without an exit"
            queue.known_tail = a
        elif kind == k.CQ_DOORBELL:
            assert a == queue.reaped % slots, f"{where}: the doorbell is not the head"
        elif kind == k.VM_EXIT:
            outside[actor] = t
        elif kind == k.VM_ENTRY:
            assert b == t - outside.pop(actor), f"{where}: wrong time outside"
        elif kind == k.VCPU_HALT:
            halted.add(actor)
        elif kind == k.VCPU_WAKE:
            assert actor in halted, f"{where}: was not halted"
            halted.discard(actor)
        elif kind == k.CTRL_SLEEP:
            asleep.add(actor)
        elif kind == k.CTRL_WAKE:
            assert actor in asleep, f"{where}: was not asleep"
            asleep.discard(actor)
        elif kind == k.IRQ_RAISE:
            queue.raised += 1
        elif kind == k.IRQ_ENTER:
            assert queue.raised > 0, f"{where}: nobody raised it"
            queue.raised = 0
    return counts


def check_progress(events: np.ndarray, scenario: Scenario) -> None:
    """Every queue goes on completing commands to the end: nothing is lost, nobody sleeps for
    good.
    """
    half = events[len(events) // 2 :]
    for qid in range(scenario.machine.vcpus):
        reaped = np.count_nonzero((half["kind"] == k.CQ_REAP) & (half["qid"] == qid))
        assert reaped > 0, f"queue {qid} has stopped"
