"""Machines on which random search found a fault: each is kept as a case of its own."""

from __future__ import annotations

import pytest

from nvmeviz.engine.doorbell import MODE_BY_NAME
from nvmeviz.scenario.schema import Costs, Device, Doorbell, Machine, Scenario, Workload
from tests.engine.conformance import check_log, check_progress, patience_ns
from tests.engine.runs import first_events, run_until, scenario_of


def reset_while_arming(seed: int, barrier: str) -> Scenario:
    """One poller for four guests arms them in turn while they are reset."""
    return scenario_of(
        seed=seed,
        machine=Machine(
            guests=4,
            vcpus=2,
            ring_slots=1024,
            cq_slots=65,
            trap_handler="main_loop",
            threads="one",
            coalesce_time_ns=1_000,
            reset_at_ns=1,
        ),
        workload=Workload(
            kind="poisson",
            queue_depth=1,
            block_size=512,
            jobs=4,
            rate=200_000,
            completion="poll",
        ),
        doorbell=Doorbell(
            batch=1, batch_limit_ns=100, poll_window_ns=0, burst=1, controller_barrier=barrier
        ),
        costs=Costs(jitter_percent=25, reset_ns=20_000),
        device=Device("null"),
    )


FOUND: dict[str, tuple[str, Scenario]] = {
    "a reset overtook a coalesced interrupt": (
        "mmio_trap",
        scenario_of(
            seed=0,
            machine=Machine(
                guests=2,
                vcpus=3,
                ring_slots=8,
                cq_slots=8,
                trap_handler="thread",
                coalesce=2,
                coalesce_time_ns=20_000,
                arbitration="weighted",
                weights="2 1",
                reset_at_ns=1,
            ),
            workload=Workload(queue_depth=7, batch_submit=64, block_size=512),
            doorbell=Doorbell(batch=1, batch_limit_ns=100, poll_window_ns=0, burst=1),
            costs=Costs(reset_ns=20_000),
        ),
    ),
    "a vCPU that had just gone idle was woken twice": (
        "dbbuf_iothread",
        scenario_of(
            seed=1,
            machine=Machine(
                vcpus=2,
                cq_slots=65,
                plain_guests=1,
                halt_poll_ns=5_000,
                coalesce_time_ns=1_000,
                reset_at_ns=1,
            ),
            workload=Workload(kind="bursts", queue_depth=1, block_size=512, burst=2, period_ns=100),
            doorbell=Doorbell(batch=1, batch_limit_ns=100, poll_window_ns=0, burst=1),
            costs=Costs(reset_ns=20_000),
        ),
    ),
    "a thread on its way to sleep read a buffer that a reset had taken since it armed": (
        "adaptive_polling",
        reset_while_arming(221326, "present"),
    ),
    "it did the same without a barrier": ("adaptive_polling", reset_while_arming(52, "missing")),
}
ENDLESS = scenario_of(
    seed=0,
    machine=Machine(vcpus=2, queues=4, ring_slots=4, cq_slots=4, coalesce_time_ns=1_000),
    workload=Workload(queue_depth=3, block_size=512, noisy_depth=1),
    doorbell=Doorbell(batch=1, batch_limit_ns=100, poll_window_ns=0, burst=1),
    costs=Costs(reset_ns=20_000),
    device=Device("fixed", latency_table="0: 100ns, 90: 1us, 100: 30us"),
)


@pytest.mark.parametrize("name", FOUND)
def test_every_event_can_be(name: str):
    mode, scenario = FOUND[name]
    check_log(first_events(scenario, MODE_BY_NAME[mode], 8_000), scenario, MODE_BY_NAME[mode])


@pytest.mark.parametrize("mode", ["dbbuf_ioeventfd", "dbbuf_iothread", "polling"])
def test_a_pass_ends_however_fast_the_device_is(mode: str):
    """Completions of a device were posted in the pass in which they came, so that four busy queues kept
    one pass, and the lock, for ever, and the last of them starved.
    """
    events = run_until(ENDLESS, MODE_BY_NAME[mode], patience_ns(ENDLESS) + 200_000)
    check_log(events, ENDLESS, MODE_BY_NAME[mode])
    check_progress(events, ENDLESS, MODE_BY_NAME[mode])
