"""A barrier left out loses doorbells: the hang is found, and the order of events that leads to it.

Each side stores and then reads what the other stores. With x86's store buffers both reads can
return the old values unless both sides have a full barrier between their store and their read
(facts 1.7 and 6.1: Linux f1ed3df20d2d, 2018). Likewise for a controller that leaves EventIdx one
behind and goes to sleep (facts 6.13).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from nvmeviz.engine import core
from nvmeviz.engine.doorbell import MODE_BY_NAME
from nvmeviz.engine.machine import machine_of
from nvmeviz.engine.mode import Rearm, Sleep
from nvmeviz.log import kinds as k
from nvmeviz.model import layout
from nvmeviz.model.reduce import fold
from nvmeviz.model.state import MachineState
from nvmeviz.scenario.schema import Costs, Doorbell, Machine, Scenario, Workload
from tests.engine.conformance import check_log
from tests.engine.runs import first_events, scenario_of

if TYPE_CHECKING:
    from nvmeviz.engine.mode import DoorbellMode

# Shadow modes whose controller sleeps: QEMU's at once, the others after a while.
SLEEPERS = (
    "google_2016",
    "dbbuf_qemu71",
    "dbbuf_qemu80",
    "dbbuf_ioeventfd",
    "dbbuf_iothread",
    "adaptive_polling",
)
EVENTS = 3_000
SEEDS = range(60) if core.COMPILED else range(8)

sleepers = pytest.mark.parametrize("name", SLEEPERS)


def racing(seed: int, **barriers: str) -> Scenario:
    """One vCPU that submits about when its controller goes to sleep; stores leave their buffers
    late.
    """
    return scenario_of(
        seed=seed,
        machine=Machine(trap_handler="thread", ring_slots=64),
        workload=Workload(queue_depth=2),
        doorbell=replace(Doorbell(poll_window_ns=1_000), **barriers),
        costs=Costs(drain_ns=3_000, shared_ns=50, halt_wake_ns=2_000, jitter_percent=100),
    )


def hangs(events: np.ndarray) -> bool:
    """True when nothing more is to come although commands are in flight."""
    return len(events) < EVENTS


def first_hang(mode: DoorbellMode, **barriers: str) -> tuple[Scenario, np.ndarray]:
    for seed in SEEDS:
        scenario = racing(seed, **barriers)
        events = first_events(scenario, mode, EVENTS)
        if hangs(events):
            return scenario, events
    raise AssertionError(f"{mode.name} never hangs")


def state_at_end(scenario: Scenario, mode: DoorbellMode, events: np.ndarray) -> MachineState:
    state = MachineState(machine_of(scenario, mode)[0])
    fold(state, events, 0, len(events))
    return state


def assert_lost(scenario: Scenario, mode: DoorbellMode, events: np.ndarray) -> None:
    """The picture of a lost doorbell: an entry between head and tail, its tail in shared memory
    past EventIdx, no doorbell under way, everybody asleep.
    """
    s = state_at_end(scenario, mode, events)
    assert s.sq_head[0] != s.sq_tail[0]
    assert s.sq_shadow[0] == s.sq_tail[0]
    assert s.sq_verdict[0] == 1
    assert (s.sq_shadow[0] - s.sq_eventidx[0]) % s.sq_size[0] in (1, 2)
    assert s.sq_known[0] == s.sq_head[0]
    assert s.thr_act[s.q_thread[0]] == layout.THR_ASLEEP
    assert s.vcpu_act[0] == layout.VCPU_HALTED
    assert s.q_inflight[0] > 0


@sleepers
@pytest.mark.parametrize("side", ["guest_barrier", "controller_barrier"])
def test_a_missing_barrier_loses_a_doorbell(name: str, side: str):
    mode = MODE_BY_NAME[name]
    scenario, events = first_hang(mode, **{side: "missing"})
    check_log(events, scenario, mode)  # every single step is one that can be
    assert_lost(scenario, mode, events)


@sleepers
def test_with_both_barriers_the_same_seeds_go_on(name: str):
    mode = MODE_BY_NAME[name]
    for seed in SEEDS:
        assert not hangs(first_events(racing(seed), mode, EVENTS)), seed


@sleepers
def test_the_hang_can_be_replayed(name: str):
    mode = MODE_BY_NAME[name]
    scenario, events = first_hang(mode, guest_barrier="missing")
    again = first_events(scenario, mode, EVENTS)
    assert again.tobytes() == events.tobytes()


def last_index(events: np.ndarray, kind: int) -> int:
    return int(np.flatnonzero((events["kind"] == kind) & (events["qid"] == 0))[-1])


def lost_store(events: np.ndarray, kind: int) -> int:
    """The store that nobody saw: it announced the entry that stays at the head."""
    head = int(events["a"][last_index(events, k.SQ_SHADOW_READ)])
    stores = np.flatnonzero((events["kind"] == kind) & (events["qid"] == 0))
    return int(stores[events["b"][stores] == head][-1])


def first_after(events: np.ndarray, kind: int, index: int) -> int:
    found = np.flatnonzero((events["kind"] == kind) & (events["qid"] == 0))
    return int(found[found > index][0])


@sleepers
def test_without_the_drivers_barrier_the_read_overtakes_the_store(name: str):
    """Facts 6.1 step by step: store buffered, old EventIdx read, EventIdx written, old tail read,
    sleep, store seen by nobody.
    """
    _, events = first_hang(MODE_BY_NAME[name], guest_barrier="missing")
    stored = lost_store(events, k.SQ_STORE)
    compared = first_after(events, k.SQ_EVENTIDX_READ, stored)
    seen = first_after(events, k.SQ_SHADOW, stored)
    armed = last_index(events, k.SQ_EVENTIDX)
    looked = last_index(events, k.SQ_SHADOW_READ)
    slept = int(np.flatnonzero(events["kind"] == k.CTRL_SLEEP)[-1])
    assert stored < compared < armed < looked < seen
    assert looked < slept
    assert events["a"][compared] != events["a"][armed]  # the EventIdx from before
    assert events["b"][compared] == 0
    assert events["a"][looked] == events["b"][stored]  # the tail from before
    assert events["a"][seen] == events["a"][stored]
    assert events["b"][seen] == k.DRAINED


@sleepers
def test_without_the_controllers_barrier_its_read_overtakes_the_store(name: str):
    """The mirror image: EventIdx waits in the controller's store buffer while both read old
    values.
    """
    _, events = first_hang(MODE_BY_NAME[name], controller_barrier="missing")
    armed = last_index(events, k.EVENTIDX_STORE)
    looked = last_index(events, k.SQ_SHADOW_READ)
    stored = lost_store(events, k.SQ_SHADOW)
    compared = first_after(events, k.SQ_EVENTIDX_READ, stored)
    seen = last_index(events, k.SQ_EVENTIDX)
    assert armed < looked < stored < compared < seen
    assert events["a"][looked] == events["b"][stored]
    assert events["a"][compared] != events["a"][armed]
    assert events["b"][compared] == 0
    assert events["a"][seen] == events["a"][armed]


@pytest.mark.parametrize("name", ["polling", "eventidx_behind", "mapped_doorbell", "mmio_trap"])
@pytest.mark.parametrize("side", ["guest_barrier", "controller_barrier"])
def test_who_never_sleeps_or_always_rings_needs_no_barrier(name: str, side: str):
    for seed in SEEDS:
        events = first_events(racing(seed, **{side: "missing"}), MODE_BY_NAME[name], EVENTS)
        assert not hangs(events)


def test_eventidx_behind_must_not_sleep():
    """FEMU's own warning: keep EventIdx one behind, add sleeping, and doorbells are lost."""
    behind = MODE_BY_NAME["eventidx_behind"]
    assert behind.rearm is Rearm.BEHIND
    sleepy = replace(behind, sleep=Sleep.AT_ONCE)
    scenario = racing(1)
    assert not hangs(first_events(scenario, behind, EVENTS))
    events = first_events(scenario, sleepy, EVENTS)
    assert hangs(events)
    s = state_at_end(scenario, sleepy, events)
    assert s.sq_shadow[0] != s.sq_head[0]
    assert s.thr_act[s.q_thread[0]] == layout.THR_ASLEEP


@pytest.mark.skipif(not core.COMPILED, reason="a long search")
def test_one_queue_may_hang_while_the_others_go_on():
    mode = MODE_BY_NAME["dbbuf_qemu80"]
    for seed in SEEDS:
        scenario = racing(seed, guest_barrier="missing")
        costs = replace(scenario.costs, drain_ns=60)
        machine = replace(scenario.machine, vcpus=3)
        scenario = replace(scenario, machine=machine, costs=costs)
        events = first_events(scenario, mode, 4 * EVENTS)
        tail = events[-EVENTS:]
        alive = set(np.unique(tail["qid"][tail["kind"] == k.CQ_REAP]).tolist())
        if len(events) == 4 * EVENTS and len(alive) < 3:
            check_log(events, scenario, mode)
            return
    pytest.fail("no queue was lost alone")
