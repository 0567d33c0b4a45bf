"""Time by activity against the machine state that the same events make, and against plain sums."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nvmeviz.analysis import activity
from nvmeviz.analysis.activity import ACTIVITIES, Doing
from nvmeviz.analysis.series import Series
from nvmeviz.engine.doorbell import MODE_BY_NAME
from nvmeviz.engine.simulation import Simulation
from nvmeviz.log import kinds
from nvmeviz.log.events import EVENT
from nvmeviz.model import layout
from nvmeviz.model.reduce import fold
from nvmeviz.model.state import MachineState
from nvmeviz.scenario.toml import load_scenario

_VCPU = {
    layout.VCPU_GUEST: Doing.GUEST,
    layout.VCPU_EXITED: Doing.EXIT,
    layout.VCPU_IRQ: Doing.IRQ,
    layout.VCPU_POLLING: Doing.GUEST_POLL,
}
_THREAD = {
    layout.THR_WORKING: Doing.WORK,
    layout.THR_LOCK_WAIT: Doing.EXIT,  # see below
    layout.THR_POLLING: Doing.POLL,
}


def events_of(*rows: dict[str, int]) -> np.ndarray:
    events = np.zeros(len(rows), EVENT)
    for number, row in enumerate(rows):
        for name, value in row.items():
            events[number][name] = value
    return events


def event(t: int, kind: int, vcpu: int = 0, a: int = 0, b: int = 0) -> dict[str, int]:
    return {"t": t, "kind": kind, "vcpu": vcpu, "a": a, "b": b}


def spent(series: Series, t_ns: int) -> dict[str, int]:
    found = series.activity.spent(t_ns)
    return {Doing(i).name: int(ns) for i, ns in enumerate(found) if ns}


def test_a_vcpu_that_leaves_and_comes_back_into_its_interrupt_handler():
    series = Series(1)
    series.extend(
        events_of(
            event(100, kinds.VCPU_WAKE),
            event(300, kinds.IRQ_ENTER),
            event(350, kinds.VM_EXIT, a=kinds.EXIT_CQ_DOORBELL),
            event(400, kinds.LOCK_WAIT, a=kinds.BY_VCPU),
            event(700, kinds.LOCK_TAKE, a=kinds.BY_VCPU),
            event(750, kinds.VM_ENTRY, b=400),
            event(800, kinds.IRQ_EXIT),
            event(1000, kinds.VCPU_HALT),
        )
    )
    assert spent(series, 375) == {"GUEST": 200, "IRQ": 50, "EXIT": 25}
    assert spent(series, 5000) == {"GUEST": 400, "IRQ": 100, "EXIT": 100, "LOCK": 300}


def test_locks_of_threads_are_not_taken_for_those_of_vcpus():
    series = Series(2)
    series.extend(
        events_of(
            event(0, kinds.VCPU_WAKE, 1),
            event(10, kinds.CTRL_WAKE, 1),
            event(20, kinds.LOCK_WAIT, 1, a=kinds.BY_THREAD),
            event(50, kinds.LOCK_TAKE, 1, a=kinds.BY_THREAD),
            event(90, kinds.CTRL_POLL, 1, a=0),
            event(100, kinds.CTRL_POLL, 1, a=2),
            event(120, kinds.CTRL_SLEEP, 1),
        )
    )
    assert spent(series, 200) == {"GUEST": 200, "LOCK": 30, "WORK": 70, "POLL": 10}


def test_hardware_and_a_handler_that_does_the_work_itself_are_not_counted_twice():
    rows = events_of(
        event(0, kinds.VM_EXIT, a=kinds.EXIT_SQ_DOORBELL),
        event(5, kinds.SQ_DOORBELL, b=kinds.DOORBELL_VCPU_WORKS),
        event(5, kinds.CTRL_WAKE),
        event(60, kinds.CTRL_SLEEP, b=1),
        event(70, kinds.VM_ENTRY),
        event(100, kinds.CTRL_WAKE),  # on its own: completions
        event(130, kinds.CTRL_SLEEP),
    )
    series = Series(1, queue_threads=(0,))
    series.extend(rows)
    assert spent(series, 130) == {"EXIT": 70, "GUEST": 60, "WORK": 30}
    series = Series(1, queue_threads=(0,), hardware=frozenset({0}))
    series.extend(rows)
    assert spent(series, 130) == {"EXIT": 70, "GUEST": 60}


@pytest.mark.parametrize(
    ("source", "mode"),
    [
        ("google-null-device-2016", "google_2016"),
        ("google-null-device-2016", "polling"),
        ("qemu-2022", "dbbuf_qemu71"),
        ("qemu-2022", "dbbuf_iothread"),
        ("sriov-p4800x", "passthrough"),
        ("noisy-neighbour", "dbbuf_qemu80"),
    ],
)
def test_it_is_the_time_that_the_machine_state_spends(source, mode):
    scenario = load_scenario(source, MODE_BY_NAME)
    simulation = Simulation(scenario, MODE_BY_NAME[mode])
    topology = simulation.topology
    events = simulation.advance(10**10, 12_000)
    lent = (events["kind"] == kinds.SQ_DOORBELL) & (events["b"] == kinds.DOORBELL_VCPU_WORKS)
    assert not lent.any(), "such a machine needs another reckoning"
    series = Series(len(topology.vcpus), tuple(queue.thread for queue in topology.queues))
    for start in range(0, len(events), 777):
        series.extend(events[start : start + 777])
    state = MachineState(topology)
    expected = np.zeros(ACTIVITIES, np.int64)
    last = 0
    marks = set(range(0, len(events), 1500)) | {len(events) - 1}
    for number, (t, kind) in enumerate(zip(events["t"].tolist(), events["kind"].tolist())):
        for act in state.vcpu_act:
            expected[_VCPU.get(act, Doing.REST)] += t - last
        for act in state.thr_act:
            expected[_THREAD.get(act, Doing.REST)] += t - last
        last = t
        expected[Doing.REST] = 0
        if number in marks:
            found = series.activity.spent(t)
            # The state does not tell a vCPU that waits for the lock from one that is handled.
            found[Doing.EXIT] += found[Doing.LOCK]
            found[Doing.LOCK] = 0
            assert found.tolist() == expected.tolist(), (number, kind)
        fold(state, events, number, number + 1)


CHANGING = [
    kinds.VM_EXIT, kinds.VM_ENTRY, kinds.IRQ_ENTER, kinds.IRQ_EXIT, kinds.VCPU_HALT, kinds.VCPU_WAKE,
    kinds.VCPU_POLL, kinds.LOCK_WAIT, kinds.LOCK_TAKE, kinds.CTRL_WAKE, kinds.CTRL_SLEEP,
    kinds.CTRL_POLL, kinds.SQ_DOORBELL, kinds.CQ_REAP,
]  # fmt: skip
ROWS = st.lists(
    st.tuples(
        st.integers(0, 2_000_000_000),
        st.sampled_from(CHANGING),
        st.integers(0, 2),
        st.integers(0, 1),
    ),
    max_size=60,
)


@given(ROWS, st.lists(st.integers(0, 60), max_size=5), st.integers(1, 300))
def test_any_split_of_the_log_makes_the_same_series(rows, cuts, block):
    """Also across stretches of more than four seconds, and with blocks of any size."""
    t = np.cumsum([row[0] for row in rows], dtype=np.int64)
    events = events_of(
        *(event(int(at), kind, actor, a) for at, (_, kind, actor, a) in zip(t, rows))
    )
    edges = sorted({0, len(events), *(min(cut, len(events)) for cut in cuts)})
    whole, parts = Series(3), Series(3)
    whole.extend(events)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(activity, "BLOCK", block)
        for first, end in pairwise(edges):
            parts.extend(events[first:end])
    last = int(t[-1]) if len(t) else 0
    for moment in (0, last // 3, last // 2, last, last + 5_000):
        assert parts.activity.spent(moment).tolist() == whole.activity.spent(moment).tolist()
        assert parts.in_flight(moment) == whole.in_flight(moment)
    assert (whole.activity.spent(last) >= 0).all()
    assert parts.events == whole.events == len(events)
