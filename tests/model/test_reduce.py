"""`state == fold(log)`, and the reducer takes whatever a file may hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nvmeviz.engine.doorbell import MODES
from nvmeviz.engine.machine import machine_of
from nvmeviz.engine.simulation import Simulation
from nvmeviz.log import kinds as k
from nvmeviz.log.events import EVENT, KINDS
from nvmeviz.model import layout
from nvmeviz.model.reduce import fold
from nvmeviz.model.state import FIELDS, MachineState
from nvmeviz.scenario.schema import Machine, Scenario, Workload
from tests.engine.runs import FAR_NS, channels, examples, scenario_of, scenarios

if TYPE_CHECKING:
    from nvmeviz.engine.mode import DoorbellMode

EVENTS = 2_500


def folded(scenario: Scenario, events: np.ndarray) -> MachineState:
    state = MachineState(machine_of(scenario, MODES[0])[0])
    fold(state, events, 0, len(events))
    return state


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)
@given(scenario=scenarios(), cut=st.integers(0, EVENTS))
@settings(max_examples=examples(15))
def test_the_fold_of_the_log_is_the_live_state(mode: DoorbellMode, scenario: Scenario, cut: int):
    simulation = Simulation(scenario, mode)
    state = MachineState(simulation.topology)
    for count in (cut, EVENTS - cut):
        events = simulation.advance(FAR_NS, count)
        fold(state, events, 0, len(events))
        for name in FIELDS:  # field by field, so that a failure says which
            live, from_log = getattr(simulation.state, name), getattr(state, name)
            assert list(live) == list(from_log), name
        assert state.snapshot() == simulation.state.snapshot()


def random_events(seed: int, count: int, width: int) -> np.ndarray:
    """Any values in every field; indices mostly below `width`, so that many name something."""
    random = np.random.default_rng(seed)
    events = np.frombuffer(random.bytes(count * EVENT.itemsize), EVENT).copy()
    events["t"] = random.integers(-(2**60), 2**60, count)
    for name in ("qid", "vcpu", "cid"):
        small = random.random(count) < 0.9
        events[name][small] = random.integers(0, width, count)[small]
    kinds = np.array([row.kind for row in KINDS], np.uint8)
    known = random.random(count) < 0.9
    events["kind"][known] = random.choice(kinds, count)[known]
    few = random.random(count) < 0.5
    events["a"][few] = random.integers(0, width, count)[few]
    return events


MACHINES = (
    scenario_of(machine=Machine(ring_slots=2), workload=Workload(queue_depth=1)),
    scenario_of(
        machine=Machine(vcpus=4, ring_slots=8, threads="one"), workload=Workload(queue_depth=7)
    ),
    scenario_of(machine=Machine(vcpus=4), device=channels(3)),
    scenario_of(machine=Machine(vcpus=2), device=channels(1, 0, 0)),
    scenario_of(machine=Machine(guests=3, vcpus=2, queues=4, sqs_per_cq=2), device=channels(3)),
)


@given(
    scenario=st.sampled_from(MACHINES),
    seed=st.integers(0, 2**32),
    width=st.sampled_from([2, 5, 300, 70_000]),
)
@settings(max_examples=60)
def test_random_events_never_raise(scenario: Scenario, seed: int, width: int):
    events = random_events(seed, 400, width)
    state = folded(scenario, events)
    assert state.totals[layout.T_EVENTS] == len(events)
    assert state.totals[layout.T_NOW_NS] == events["t"][-1]


@given(seed=st.integers(0, 2**32))
@settings(max_examples=30)
def test_random_events_in_the_middle_of_a_run_never_raise(seed: int):
    simulation = Simulation(MACHINES[2], MODES[3])
    events = np.concatenate(
        [
            simulation.advance(FAR_NS, 300),
            random_events(seed, 50, 4),
            simulation.advance(FAR_NS, 300),
        ]
    )
    folded(MACHINES[2], events)


def event(**fields: int) -> np.ndarray:
    row = np.zeros(1, EVENT)
    for name, value in fields.items():
        row[name] = value
    return row


@pytest.mark.parametrize(
    "row",
    [
        event(kind=k.SQ_POST, qid=2),
        event(kind=k.SQ_POST, vcpu=1),
        event(kind=k.SQ_FETCH, vcpu=1),
        event(kind=k.LOCK_TAKE, vcpu=1),
        event(kind=k.LOCK_WAIT, vcpu=1, a=k.BY_THREAD),
        event(kind=k.EVENTIDX_STORE, vcpu=1),
        event(kind=k.IRQ_TIMER, vcpu=1),
        event(kind=k.LOOP_PASS, vcpu=1),
        event(kind=k.GUEST_READY, vcpu=1),
        event(kind=k.VM_EXIT, vcpu=9),
        event(kind=k.CTRL_WAKE, vcpu=200),
        event(kind=k.SQ_SHADOW_READ, vcpu=1),
        event(kind=k.SQ_DOORBELL, qid=65_535),
    ],
)
def test_what_names_nothing_is_counted_as_ignored(row: np.ndarray):
    before = folded(scenario_of(), row[:0])
    state = folded(scenario_of(), row)
    assert state.totals[layout.T_IGNORED] == 1
    for name in FIELDS:
        if name != "totals":
            assert list(getattr(state, name)) == list(getattr(before, name)), name


def test_fold_applies_exactly_the_rows_asked_for():
    simulation = Simulation(MACHINES[2], MODES[0])
    events = simulation.advance(FAR_NS, 100)
    state = MachineState(simulation.topology)
    fold(state, events, 0, 40)
    assert state.totals[layout.T_EVENTS] == 40
    fold(state, events, 40, 40)
    fold(state, events, 40, 100)
    assert state.snapshot() == simulation.state.snapshot()


def test_totals_count_what_the_log_holds():
    simulation = Simulation(MACHINES[2], MODES[0])
    events = simulation.advance(FAR_NS, 20_000)
    totals = simulation.state.totals
    kinds = events["kind"]
    for index, mask in {
        layout.T_POSTED: kinds == k.SQ_POST,
        layout.T_FETCHED: kinds == k.SQ_FETCH,
        layout.T_REAPED: kinds == k.CQ_REAP,
        layout.T_SQ_EXITS: (kinds == k.VM_EXIT) & (events["a"] == k.EXIT_SQ_DOORBELL),
        layout.T_CQ_EXITS: (kinds == k.VM_EXIT) & (events["a"] == k.EXIT_CQ_DOORBELL),
        layout.T_IRQS: kinds == k.IRQ_RAISE,
        layout.T_WAKES: kinds == k.CTRL_WAKE,
        layout.T_POLLS: kinds == k.CTRL_POLL,
    }.items():
        assert totals[index] == np.count_nonzero(mask)
    assert totals[layout.T_LATENCY_NS] == events["b"][kinds == k.CQ_REAP].sum()
    assert totals[layout.T_EXIT_NS] == events["b"][kinds == k.VM_ENTRY].sum()
    assert totals[layout.T_IGNORED] == 0
    assert totals[layout.T_PASSES] == np.count_nonzero(kinds == k.LOOP_PASS) > 0
    assert totals[layout.T_LOCK_WAITS] == np.count_nonzero(kinds == k.LOCK_WAIT) > 0


def test_a_thread_told_of_work_before_it_slept_does_not_sleep():
    """The eventfd stays signalled: a doorbell between the last look and the sleep is not lost."""
    rows = [
        event(kind=k.SQ_DOORBELL, t=1, a=1),
        event(kind=k.CTRL_WAKE, t=2),
        event(kind=k.SQ_FETCH, t=3, a=0),
        event(kind=k.CTRL_SLEEP, t=4),
    ]
    state = folded(scenario_of(), np.concatenate(rows))
    assert state.thr_act[0] == layout.THR_ASLEEP
    rows.insert(3, event(kind=k.SQ_DOORBELL, t=4, a=2))
    state = folded(scenario_of(), np.concatenate(rows))
    assert state.thr_act[0] == layout.THR_WAKING
    assert state.thr_kick[0] == len(rows)


def test_a_halt_with_an_interrupt_pending_does_not_halt():
    rows = [event(kind=k.VCPU_HALT, t=1)]
    assert folded(scenario_of(), rows[0]).vcpu_act[0] == layout.VCPU_HALTED
    rows.insert(0, event(kind=k.IRQ_RAISE, t=1))
    assert folded(scenario_of(), np.concatenate(rows)).vcpu_act[0] == layout.VCPU_WAKING
