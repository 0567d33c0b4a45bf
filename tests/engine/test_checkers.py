"""The second bookkeeper notices: a log from which an event is taken, or in which one is changed, is
not one that can be.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from nvmeviz.engine.doorbell import MODE_BY_NAME
from nvmeviz.log import kinds as k
from nvmeviz.log.events import KIND_BY_NAME
from nvmeviz.scenario.schema import Costs, Doorbell, Machine, Scenario, Workload
from tests.engine.conformance import check_log
from tests.engine.runs import channels, first_events, scenario_of

EVENTS = 5_000
COALESCED = Machine(
    vcpus=2, trap_handler="thread", coalesce=3, coalesce_time_ns=30_000, ring_slots=16
)
RUNS: dict[str, tuple[Scenario, str]] = {
    "loop": (
        scenario_of(
            machine=Machine(vcpus=3, ring_slots=16, reset_at_ns=150_000),
            workload=Workload(queue_depth=6),
            costs=Costs(reset_ns=20_000),
        ),
        "dbbuf_qemu80",
    ),
    "eventfd": (
        scenario_of(machine=Machine(ring_slots=16), workload=Workload(queue_depth=6)),
        "dbbuf_ioeventfd",
    ),
    "poller": (
        scenario_of(
            machine=COALESCED,
            workload=Workload(queue_depth=6),
            device=channels(2, 5_000, 50),
            doorbell=Doorbell(poll_window_ns=1_000),
        ),
        "adaptive_polling",
    ),
    "buffers": (
        scenario_of(
            machine=Machine(trap_handler="thread", ring_slots=16),
            workload=Workload(queue_depth=6, kind="bursts", burst=4, period_ns=50_000),
            doorbell=Doorbell(guest_barrier="missing", controller_barrier="missing"),
        ),
        "dbbuf_qemu80",
    ),
    "batches": (
        scenario_of(
            machine=Machine(trap_handler="thread", ring_slots=16),
            workload=Workload(queue_depth=6, completion="poll"),
            doorbell=Doorbell(batch=4, batch_limit_ns=6_000),
        ),
        "batched",
    ),
}


# Doing it once more changes nothing.
HARMLESS_TWICE = ("sq_shadow_read", "loop_pass", "request", "reset_due")


@cache
def log_of(run: str) -> np.ndarray:
    scenario, mode = RUNS[run]
    events = first_events(scenario, MODE_BY_NAME[mode], EVENTS)
    check_log(events, scenario, MODE_BY_NAME[mode])
    return events


def refused(run: str, events: np.ndarray) -> bool:
    scenario, mode = RUNS[run]
    try:
        check_log(events, scenario, MODE_BY_NAME[mode])
    except AssertionError:
        return True
    return False


def without(events: np.ndarray, index: int) -> np.ndarray:
    """The log with one event less, the causes counted anew."""
    rest = np.delete(events, index)
    rest["cause"][rest["cause"] == index] = -1
    rest["cause"][rest["cause"] > index] -= 1
    return rest


def places(events: np.ndarray, name: str) -> list[int]:
    """A few events of that kind in the middle of the run."""
    found = np.flatnonzero(events["kind"] == KIND_BY_NAME[name].kind)
    assert len(found), f"no {name} in this run"
    return [int(i) for i in found[:: max(1, len(found) // 4)][:4]]


IN_RUN = {
    **dict.fromkeys(
        (
            *("sq_post", "sq_shadow", "sq_eventidx_read", "cq_reap", "cq_shadow", "vm_exit"),
            *("cq_eventidx_read", "vm_entry", "irq_enter", "irq_exit", "guest_ready", "vcpu_halt"),
            *("vcpu_wake", "sq_doorbell", "cq_doorbell", "ctrl_wake", "sq_shadow_read", "sq_fetch"),
            *("sq_eventidx", "cq_post", "irq_raise", "loop_pass", "dbbuf_config", "dev_done"),
            *("lock_take", "lock_wait", "lock_release", "ctrl_reset", "ctrl_sleep", "reset_due"),
        ),
        "loop",
    ),
    **dict.fromkeys(("sq_kick", "cq_kick"), "eventfd"),
    **dict.fromkeys(("dev_start", "irq_timer"), "poller"),
    **dict.fromkeys(("sq_store", "cq_store", "eventidx_store", "request"), "buffers"),
    "vcpu_poll": "batches",
}


@pytest.mark.parametrize("name", IN_RUN)
def test_a_log_with_an_event_missing_is_refused(name: str):
    run = IN_RUN[name]
    events = log_of(run)
    assert any(refused(run, without(events, index)) for index in places(events, name))


@pytest.mark.parametrize("name", IN_RUN)
def test_a_log_with_an_event_twice_is_refused(name: str):
    run = IN_RUN[name]
    events = log_of(run)
    found = []
    for index in places(events, name):
        twice = np.insert(events, index, events[index])
        twice["cause"][index + 1 :][twice["cause"][index + 1 :] > index] += 1
        found.append(refused(run, twice))
    assert all(found) or name in HARMLESS_TWICE


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("sq_post", "a"),
        ("sq_post", "cid"),
        ("sq_shadow", "a"),
        ("sq_shadow", "b"),
        ("sq_eventidx_read", "a"),
        ("cq_reap", "a"),
        ("cq_reap", "b"),
        ("cq_reap", "cid"),
        ("cq_shadow", "a"),
        ("cq_eventidx_read", "a"),
        ("vm_exit", "a"),
        ("vm_exit", "b"),
        ("vm_entry", "b"),
        ("sq_doorbell", "a"),
        ("cq_doorbell", "a"),
        ("sq_shadow_read", "a"),
        ("sq_fetch", "a"),
        ("sq_fetch", "cid"),
        ("sq_eventidx", "a"),
        ("cq_post", "a"),
        ("cq_post", "b"),
        ("cq_post", "cid"),
        ("dbbuf_config", "a"),
        ("dev_start", "a"),
        ("lock_release", "b"),
        ("sq_store", "a"),
        ("eventidx_store", "a"),
        ("irq_timer", "a"),
    ],
)
def test_a_log_with_a_changed_value_is_refused(name: str, column: str):
    run = IN_RUN[name]
    events = log_of(run)
    for index in places(events, name):
        changed = events.copy()
        changed[column][index] += 1
        assert refused(run, changed), changed[index]


@pytest.mark.parametrize("name", ["sq_eventidx_read", "cq_eventidx_read"])
def test_a_verdict_against_the_rule_is_refused(name: str):
    events = log_of("loop")
    for index in places(events, name):
        changed = events.copy()
        changed["b"][index] ^= 1
        assert refused("loop", changed)


def test_a_wrong_phase_tag_is_refused():
    events = log_of("loop")
    for index in places(events, "cq_post"):
        changed = events.copy()
        changed["b"][index] ^= k.CQE_PHASE
        assert refused("loop", changed)


def test_time_and_causes_that_cannot_be_are_refused():
    events = log_of("loop")
    changed = events.copy()
    changed["t"][1_000] = changed["t"][900]
    assert refused("loop", changed) or changed["t"][1_000] == events["t"][999]
    changed = events.copy()
    changed["cause"][1_000] = 1_000
    assert refused("loop", changed)
    changed = events.copy()
    changed["flags"][1_000] = k.INFERRED
    assert refused("loop", changed)


def test_another_rule_or_mode_is_noticed():
    scenario, events = RUNS["loop"][0], log_of("loop")
    for other in ("dbbuf_qemu71", "mmio_trap", "polling"):
        with pytest.raises((AssertionError, IndexError)):
            check_log(events, scenario, MODE_BY_NAME[other])
