"""What the parts of a machine are for: arbitration, neighbours, coalescing, halt polling, the lock,
resets, plain guests.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby, pairwise

import numpy as np
import pytest

from nvmeviz.engine import core
from nvmeviz.engine.doorbell import MODE_BY_NAME, MODES
from nvmeviz.log import kinds as k
from nvmeviz.scenario.schema import Costs, Device, Doorbell, Machine, Scenario, Workload
from tests.engine.conformance import check_log, check_progress
from tests.engine.runs import channels, first_events, run_until, scenario_of

MS = 1_000_000
SHORT = 20 * MS if core.COMPILED else 3 * MS


def count(events: np.ndarray, kind: int, **columns: int) -> int:
    mask = events["kind"] == kind
    for name, value in columns.items():
        mask &= events[name] == value
    return int(np.count_nonzero(mask))


def iops_of(events: np.ndarray, queues: int) -> list[int]:
    return [count(events, k.CQ_REAP, qid=q) for q in range(queues)]


# ---- arbitration ----


def saturated(weights: str, burst: int, guests: int = 2) -> Scenario:
    """One slow poller for quick guests: it always finds work in every queue."""
    return scenario_of(
        machine=Machine(
            guests=guests,
            trap_handler="thread",
            threads="one",
            arbitration="weighted",
            weights=weights,
            posted_interrupts="on",
        ),
        workload=Workload(queue_depth=64, completion="poll"),
        doorbell=Doorbell(burst=burst),
        costs=Costs(submit_ns=50, event_ns=0, reap_ns=10, process_ns=6_000, post_ns=20, poll_ns=20),
    )


@pytest.mark.parametrize("name", ["polling", "mapped_doorbell"])
@pytest.mark.parametrize("burst", [1, 4])
@pytest.mark.parametrize("weights", ["1 1", "3 1", "1 4"])
def test_shares_follow_the_weights_when_the_poller_is_saturated(
    name: str, burst: int, weights: str
):
    events = run_until(saturated(weights, burst), MODE_BY_NAME[name], SHORT)
    first, second = (count(events, k.SQ_FETCH, qid=q) for q in (0, 1))
    of_first, of_second = map(int, weights.split())
    assert first / second == pytest.approx(of_first / of_second, rel=0.1)


def test_round_robin_ignores_the_weights():
    scenario = saturated("5 1", 1)
    scenario = replace(scenario, machine=replace(scenario.machine, arbitration="round_robin"))
    events = run_until(scenario, MODE_BY_NAME["polling"], SHORT)
    assert count(events, k.SQ_FETCH, qid=0) == pytest.approx(
        count(events, k.SQ_FETCH, qid=1), rel=0.1
    )


def test_urgent_goes_before_all():
    events = run_until(saturated("1 urgent 1", 1, guests=3), MODE_BY_NAME["polling"], SHORT)
    found = [count(events, k.SQ_FETCH, qid=q) for q in range(3)]
    assert found[1] > 5 * max(found[0], found[2])


def test_a_turn_is_at_most_a_burst_while_others_wait():
    burst = 3
    events = run_until(saturated("1", burst), MODE_BY_NAME["polling"], SHORT)
    fetched = events["qid"][events["kind"] == k.SQ_FETCH].tolist()[200:]
    turns = [len(list(turn)) for _, turn in groupby(fetched)][:-1]
    assert max(turns) == burst
    assert turns.count(burst) > len(turns) // 2


def latency_of_the_quiet(noisy_guests: int, **machine: str) -> float:
    scenario = saturated("1", 1)
    scenario = replace(
        scenario,
        machine=replace(scenario.machine, **machine),
        workload=replace(
            scenario.workload, queue_depth=1, noisy_guests=noisy_guests, noisy_depth=256
        ),
        doorbell=Doorbell(burst=64),
    )
    events = run_until(scenario, MODE_BY_NAME["polling"], SHORT)
    return float(events["b"][(events["kind"] == k.CQ_REAP) & (events["qid"] == 0)].mean())


def test_a_noisy_neighbour_costs_latency_and_weights_give_some_back():
    alone = latency_of_the_quiet(0)
    noisy = latency_of_the_quiet(1)
    protected = latency_of_the_quiet(1, weights="urgent 1")
    assert noisy > 3 * alone
    assert protected < 0.7 * noisy


# ---- interrupts ----


@pytest.mark.parametrize("threshold", [2, 4, 8])
@pytest.mark.parametrize("name", ["mmio_trap", "dbbuf_qemu80", "polling", "passthrough"])
def test_coalescing_divides_interrupts_by_the_threshold(name: str, threshold: int):
    scenario = scenario_of(
        machine=Machine(trap_handler="thread", coalesce=threshold, coalesce_time_ns=25_000_000),
        workload=Workload(queue_depth=32),
        device=channels(32, 60_000, 50),
    )
    events = run_until(scenario, MODE_BY_NAME[name], SHORT)
    entries = count(events, k.CQ_POST) / count(events, k.IRQ_RAISE)
    # What is posted between the threshold and the interrupt goes with it.
    assert entries > 0.97 * threshold
    if name == "passthrough":
        assert entries < 1.1 * threshold


@pytest.mark.parametrize("name", ["mmio_trap", "dbbuf_qemu80", "polling", "passthrough"])
def test_a_held_interrupt_waits_its_time_and_no_longer(name: str):
    """Depth 2 never reaches the threshold of 8: each interrupt waits for the time, and then a
    wake-up.
    """
    costs = Costs(jitter_percent=0)
    scenario = scenario_of(
        machine=Machine(trap_handler="thread", coalesce=8, coalesce_time_ns=70_000),
        workload=Workload(queue_depth=2),
        costs=costs,
    )
    events = run_until(scenario, MODE_BY_NAME[name], SHORT)
    io = events[events["qid"] == 0]
    waiting = -1
    waits: list[int] = []
    for t, kind in io[["t", "kind"]].tolist():
        if kind == k.CQ_POST and waiting < 0:
            waiting = t
        elif kind == k.IRQ_RAISE:
            waits.append(t - waiting)
            waiting = -1
    assert len(waits) > 10
    assert min(waits) >= 70_000
    assert max(waits) <= 70_000 + costs.wake_ns + costs.poll_ns + costs.msi_ns


def wake_times(halt_poll_ns: int) -> np.ndarray:
    """From interrupt to running vCPU, ns, for vCPUs that had halted for about 30 us."""
    scenario = scenario_of(
        machine=Machine(trap_handler="thread", halt_poll_ns=halt_poll_ns),
        workload=Workload(queue_depth=1),
        device=channels(1, 40_000, 0),
    )
    events = run_until(scenario, MODE_BY_NAME["mmio_trap"], SHORT)
    steps = events[np.isin(events["kind"], [k.IRQ_RAISE, k.VCPU_WAKE])][["t", "kind"]].tolist()
    return np.array(
        [
            later - t
            for (t, kind), (later, following) in pairwise(steps)
            if (kind, following) == (k.IRQ_RAISE, k.VCPU_WAKE)
        ]
    )


def test_halt_polling_shortens_wake_ups():
    costs = Costs()
    slow, quick, too_short = wake_times(0), wake_times(200_000), wake_times(5_000)
    assert len(slow) > 20
    assert slow.mean() == pytest.approx(costs.halt_wake_ns + costs.resched_ns, rel=0.1)
    assert quick.mean() == pytest.approx(costs.poll_wake_ns + costs.resched_ns, rel=0.1)
    assert too_short.mean() == pytest.approx(slow.mean(), rel=0.1)


def test_posted_interrupts_spare_the_exits():
    for name, expected in (("passthrough", True), ("passthrough_posted", False)):
        scenario = scenario_of(workload=Workload(queue_depth=32), device=channels(32, 60_000, 50))
        events = run_until(scenario, MODE_BY_NAME[name], SHORT)
        assert (count(events, k.VM_EXIT, a=k.EXIT_INTERRUPT) > 0) == expected
        assert count(events, k.VM_EXIT) == count(events, k.VM_EXIT, a=k.EXIT_INTERRUPT)


# ---- the lock ----


@pytest.mark.parametrize("lock", ["handover", "barging"])
def test_vcpus_and_the_main_loop_wait_for_each_other(lock: str):
    scenario = scenario_of(machine=Machine(vcpus=4, lock=lock), workload=Workload(queue_depth=4))
    events = run_until(scenario, MODE_BY_NAME["mmio_trap"], SHORT)
    waits = {by: count(events, k.LOCK_WAIT, a=by) for by in (k.BY_VCPU, k.BY_THREAD)}
    assert min(waits.values()) > 10
    check_log(events[:40_000], scenario, MODE_BY_NAME["mmio_trap"])


def test_a_handed_over_lock_costs_a_wake_up_and_an_ioeventfd_avoids_the_lock():
    """The same machine: the lock's waits shrink when doorbells are signals."""
    machine, workload = Machine(vcpus=4, ring_slots=64), Workload(queue_depth=1)
    scenario = scenario_of(machine=machine, workload=workload)
    traps = run_until(scenario, MODE_BY_NAME["dbbuf_qemu80"], SHORT)
    signals = run_until(scenario, MODE_BY_NAME["dbbuf_ioeventfd"], SHORT)
    assert count(traps, k.LOCK_WAIT, a=k.BY_VCPU) > 10
    assert count(signals, k.LOCK_WAIT, a=k.BY_VCPU) <= 8  # the admin doorbells of the start


# ---- admin queue, reset, plain guests ----


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)
def test_the_buffers_are_handed_over_once_by_mmio(mode):
    scenario = scenario_of(machine=Machine(guests=2))
    events = first_events(scenario, mode, 5_000)
    admin = [2, 3] if mode.opcode else []
    assert [count(events, k.DBBUF_CONFIG, qid=q) for q in admin] == [1] * len(admin)
    for q in admin:
        mine = events[events["qid"] == q]
        assert count(mine, k.SQ_POST) == 1
        assert count(mine, k.VM_EXIT, a=k.EXIT_SQ_DOORBELL) == 1
        assert count(mine, k.VM_EXIT, a=k.EXIT_CQ_DOORBELL) == 1
        assert mine["b"][mine["kind"] == k.SQ_POST][0] & 0xFF == mode.opcode
    assert count(events, k.GUEST_READY) == 2


@pytest.mark.parametrize("mode", [m for m in MODES if m.uses_shadow], ids=lambda mode: mode.name)
def test_a_plain_guest_beside_others_falls_back_to_traps(mode):
    scenario = scenario_of(machine=Machine(guests=2, plain_guests=1), device=channels(8, 20_000))
    events = first_events(scenario, mode, 10_000)
    check_log(events, scenario, mode)
    assert count(events, k.SQ_SHADOW, qid=0) > 0
    assert count(events, k.SQ_SHADOW, qid=1) == 0
    assert count(events, k.VM_EXIT, qid=1, a=k.EXIT_SQ_DOORBELL) > 0
    assert min(iops_of(events, 2)) > 0


def reset_scenario(driver: str) -> Scenario:
    return scenario_of(
        machine=Machine(vcpus=2, reset_at_ns=200_000, reset_driver=driver, ring_slots=64),
        workload=Workload(queue_depth=8),
        costs=Costs(reset_ns=50_000),
        device=channels(4, 9_000, 50),
    )


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)
def test_a_driver_that_sends_the_buffers_again_goes_on_after_a_reset(mode):
    scenario = reset_scenario("resends")
    events = first_events(scenario, mode, 20_000 if core.COMPILED else 6_000)
    assert count(events, k.CTRL_RESET) == 1
    check_log(events, scenario, mode)
    check_progress(events, scenario, mode)
    assert count(events, k.DBBUF_CONFIG) == (2 if mode.opcode else 0)


@pytest.mark.parametrize("mode", [m for m in MODES if m.opcode], ids=lambda mode: mode.name)
def test_a_driver_that_forgets_compares_with_a_dead_buffer(mode):
    """Linux until 2019: after the reset nobody looks at the shadow tail or moves EventIdx."""
    scenario = reset_scenario("forgets")
    events = run_until(scenario, mode, 3 * MS)
    check_log(events[:20_000], scenario, mode)
    after = events[np.flatnonzero(events["kind"] == k.CTRL_RESET)[0] :]
    assert count(after, k.SQ_EVENTIDX) == 0
    late = after[after["t"] > 1 * MS]
    assert count(late, k.CQ_REAP) == 0, "it should hang"


def test_device_latencies_come_from_the_table():
    device = Device(kind="fixed", latency_table="0: 8us, 50: 8.8us, 99: 10us, 100: 50us")
    events = run_until(scenario_of(device=device), MODE_BY_NAME["passthrough_posted"], SHORT)
    started: dict[tuple[int, int], int] = {}
    took: list[int] = []
    for t, kind, qid, cid in events[["t", "kind", "qid", "cid"]].tolist():
        if kind == k.DEV_START:
            started[qid, cid] = t
        elif kind == k.DEV_DONE:
            took.append(t - started[qid, cid])
    assert min(took) >= 7_900
    assert np.percentile(took, 50) == pytest.approx(8_800, rel=0.01)
    assert np.percentile(took, 98) == pytest.approx(9_976, rel=0.02)
    assert np.mean(np.array(took) > 10_000) == pytest.approx(0.01, abs=0.005)
    assert 10_000 < max(took) <= 50_000


def test_bandwidth_makes_large_commands_slow():
    def mean(block_size: int) -> float:
        device = Device(kind="channels", channels=1, latency_ns=1_000, bandwidth=1_000)
        workload = Workload(queue_depth=1, block_size=block_size)
        scenario = scenario_of(device=device, workload=workload, costs=Costs(jitter_percent=0))
        events = run_until(scenario, MODE_BY_NAME["passthrough_posted"], SHORT)
        start = events["t"][events["kind"] == k.DEV_START]
        done = events["t"][events["kind"] == k.DEV_DONE]
        return float((done - start[: len(done)]).mean())

    assert mean(131_072) - mean(512) == pytest.approx((131_072 - 512), rel=0.02)  # 1 byte a ns


def test_the_mix_of_writes():
    scenario = scenario_of(workload=Workload(write_percent=30, block_size=8_192))
    events = run_until(scenario, MODE_BY_NAME["mmio_trap"], SHORT)
    posts = events["b"][(events["kind"] == k.SQ_POST) & (events["qid"] == 0)]
    assert np.mean((posts & 0xFF) == 1) == pytest.approx(0.3, abs=4 * 0.46 / len(posts) ** 0.5)
    assert (posts >> 8 == 16).all()


def test_polling_guests_take_no_interrupts():
    for mode in MODES:
        scenario = scenario_of(workload=Workload(completion="poll", queue_depth=4))
        events = first_events(scenario, mode, 4_000)
        kinds = [k.IRQ_RAISE, k.IRQ_ENTER, k.IRQ_EXIT, k.IRQ_TIMER, k.VCPU_HALT]
        assert not np.isin(events["kind"], kinds).any(), mode.name
        assert count(events, k.CQ_REAP) > 0


def test_several_sqs_share_one_cq():
    machine = Machine(vcpus=2, queues=8, sqs_per_cq=4, ring_slots=64, cq_slots=256)
    scenario = scenario_of(machine=machine, workload=Workload(queue_depth=8))
    for mode in MODES:
        events = first_events(scenario, mode, 8_000)
        check_log(events, scenario, mode)
        raised = set(np.unique(events["qid"][events["kind"] == k.IRQ_RAISE]).tolist())
        assert raised - {8} == {0, 4}, mode.name
