"""What each doorbell mode is for: how often it traps, and what it leaves alone."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings

from nvmeviz.engine.doorbell import MODE_BY_NAME, MODES
from nvmeviz.log import kinds as k
from nvmeviz.scenario.schema import Costs, Doorbell, Machine, Scenario, Workload
from tests.engine.runs import channels, first_events, modes, run_until, scenario_of, scenarios

if TYPE_CHECKING:
    from nvmeviz.engine.mode import DoorbellMode

MS = 1_000_000


def exits_per_io(events: np.ndarray) -> tuple[float, float]:
    """SQ and CQ exits per reaped command."""
    reaped = np.count_nonzero(events["kind"] == k.CQ_REAP)
    reasons = Counter(events["a"][events["kind"] == k.VM_EXIT].tolist())
    return reasons[k.EXIT_SQ_DOORBELL] / reaped, reasons[k.EXIT_CQ_DOORBELL] / reaped


def count(events: np.ndarray, kind: int, **columns: int) -> int:
    mask = events["kind"] == kind
    for name, value in columns.items():
        mask &= events[name] == value
    return int(np.count_nonzero(mask))


@given(scenario=scenarios())
@settings(max_examples=25)
def test_mmio_traps_once_per_submission_and_at_most_once_per_completion(scenario: Scenario):
    events = first_events(scenario, MODE_BY_NAME["mmio_trap"], 3_000)
    for qid in range(scenario.machine.vcpus):
        guest = events[(events["qid"] == qid) & np.isin(events["kind"], [k.SQ_POST, k.VM_EXIT])]
        waiting = 0
        for kind, reason in guest[["kind", "a"]].tolist():
            if kind == k.SQ_POST:
                waiting += 1
                assert waiting <= scenario.workload.batch_submit
            elif reason == k.EXIT_SQ_DOORBELL:
                assert waiting > 0, "a doorbell with nothing new"
                waiting = 0
        cq_exits = count(events, k.VM_EXIT, qid=qid, a=k.EXIT_CQ_DOORBELL)
        assert cq_exits <= count(events, k.IRQ_ENTER, qid=qid)
        assert cq_exits <= count(events, k.CQ_REAP, qid=qid)


@given(scenario=scenarios())
@settings(max_examples=25)
def test_batched_rings_for_full_batches_and_when_time_is_up(scenario: Scenario):
    events = first_events(scenario, MODE_BY_NAME["batched"], 3_000)
    for qid in range(scenario.machine.vcpus):
        posted = count(events, k.SQ_POST, qid=qid)
        late = count(events, k.BATCH_TIMER, qid=qid)
        sq_exits = count(events, k.VM_EXIT, qid=qid, a=k.EXIT_SQ_DOORBELL)
        cq_exits = count(events, k.VM_EXIT, qid=qid, a=k.EXIT_CQ_DOORBELL)
        assert sq_exits <= posted // scenario.doorbell.batch + late
        # The head is announced sooner when the CQ has less room than a batch.
        room = scenario.machine.ring_slots - scenario.workload.queue_depth
        heads = min(scenario.doorbell.batch, room)
        assert cq_exits <= count(events, k.CQ_REAP, qid=qid) // heads


@pytest.mark.parametrize("depth", [1, 4])
def test_a_batch_that_never_fills_is_rung_when_time_is_up(depth: int):
    scenario = scenario_of(
        workload=Workload(queue_depth=depth, batch_submit=depth),
        doorbell=Doorbell(batch=64, batch_limit_ns=30_000),
        costs=Costs(jitter_percent=0),
    )
    events = run_until(scenario, MODE_BY_NAME["batched"], MS)
    fired = events[events["kind"] == k.BATCH_TIMER]
    first_posts = events[(events["kind"] == k.SQ_POST) & (events["cid"] == 0)]
    assert (fired["t"] - first_posts["t"][: len(fired)] == 30_000).all()
    assert len(fired) > 10


@given(scenario=scenarios())
@settings(max_examples=15)
def test_shadow_modes_never_trap_more_than_mmio_doorbells(scenario: Scenario):
    """Per command and per interrupt; a shadow mode may take more interrupts because it is
    faster.
    """
    for mode in MODES:
        if not mode.uses_shadow:
            continue
        events = first_events(scenario, mode, 3_000)
        for qid in range(scenario.machine.vcpus):
            stores = count(events, k.SQ_SHADOW, qid=qid)
            assert count(events, k.VM_EXIT, qid=qid, a=k.EXIT_SQ_DOORBELL) <= stores
            assert stores <= count(events, k.SQ_POST, qid=qid)
            cq_exits = count(events, k.VM_EXIT, qid=qid, a=k.EXIT_CQ_DOORBELL)
            assert cq_exits <= count(events, k.IRQ_ENTER, qid=qid)


@pytest.mark.parametrize("depth", [4, 32])
def test_shadow_modes_trap_less_when_busy(depth: int):
    scenario = scenario_of(workload=Workload(queue_depth=depth))
    trap = sum(exits_per_io(run_until(scenario, MODE_BY_NAME["mmio_trap"], 5 * MS)))
    for name in ("google_2016", "dbbuf_qemu71", "dbbuf_qemu80"):
        assert sum(exits_per_io(run_until(scenario, MODE_BY_NAME[name], 5 * MS))) < 0.8 * trap


@given(scenario=scenarios(), mode=modes)
@settings(max_examples=40)
def test_a_shadow_store_rings_exactly_when_eventidx_lies_on_the_way(
    scenario: Scenario, mode: DoorbellMode
):
    """The rule in words (was EventIdx among the slots passed?), on the log of a run that wraps."""
    events = first_events(scenario, mode, 3_000)
    slots = scenario.machine.ring_slots
    for store, read in ((k.SQ_SHADOW, k.SQ_EVENTIDX_READ), (k.CQ_SHADOW, k.CQ_EVENTIDX_READ)):
        for qid in range(scenario.machine.vcpus):
            kinds = np.isin(events["kind"], [store, read]) & (events["qid"] == qid)
            rows = events[kinds][["kind", "a", "b"]].tolist()
            for (_, new, old), (_, eventidx, rings) in zip(rows[::2], rows[1::2]):
                assert rings == ((eventidx - old) % slots < (new - old) % slots)


def test_qemu71_rings_the_cq_doorbell_once_per_turn_of_the_ring():
    for slots in (16, 64, 256):
        machine = Machine(ring_slots=slots)
        scenario = scenario_of(machine=machine, workload=Workload(queue_depth=8))
        events = run_until(scenario, MODE_BY_NAME["dbbuf_qemu71"], 20 * MS)
        turns = count(events, k.CQ_REAP) / slots
        rung = count(events, k.VM_EXIT, a=k.EXIT_CQ_DOORBELL)
        assert abs(rung - turns) <= 1


def test_at_depth_1_qemu80_traps_twice_and_qemu71_once():
    machine = Machine(ring_slots=64)
    scenario = scenario_of(machine=machine, workload=Workload(queue_depth=1))
    sq, cq = exits_per_io(run_until(scenario, MODE_BY_NAME["dbbuf_qemu80"], 20 * MS))
    assert sq == pytest.approx(1, abs=0.02)
    assert cq == pytest.approx(1, abs=0.02)
    sq, cq = exits_per_io(run_until(scenario, MODE_BY_NAME["dbbuf_qemu71"], 20 * MS))
    assert sq == pytest.approx(1, abs=0.02)
    assert cq == pytest.approx(1 / 64, abs=0.005)


def test_google_2016_hardly_traps_while_the_controller_is_awake():
    scenario = scenario_of(workload=Workload(queue_depth=32))
    sq, cq = exits_per_io(run_until(scenario, MODE_BY_NAME["google_2016"], 20 * MS))
    assert sq < 0.05
    assert cq < 0.05


def test_google_2016_traps_after_the_controller_went_to_sleep():
    scenario = scenario_of(
        workload=Workload(queue_depth=1),
        device=channels(1, 500_000, 0),
        doorbell=Doorbell(poll_window_ns=1_000),
    )
    sq, _ = exits_per_io(run_until(scenario, MODE_BY_NAME["google_2016"], 50 * MS))
    assert sq > 0.9


@given(scenario=scenarios())
@settings(max_examples=25)
def test_the_medium_takes_the_same_time_in_every_mode(scenario: Scenario):
    """The n-th command of a queue has one latency, so a difference between panes is the mode's."""
    device = channels(3, 9_000, 100)
    scenario = replace(scenario, device=device)
    by_mode: list[dict[tuple[int, int], int]] = []
    for mode in MODES:
        found: dict[tuple[int, int], int] = {}
        posted: Counter[int] = Counter()
        number: dict[tuple[int, int], int] = {}
        started: dict[tuple[int, int], int] = {}
        for t, _, _, _, qid, cid, kind, _, _ in first_events(scenario, mode, 3_000).tolist():
            if kind == k.SQ_POST:
                number[qid, cid] = posted[qid]
                posted[qid] += 1
            elif kind == k.DEV_START:
                started[qid, cid] = t
            elif kind == k.DEV_DONE:
                found[qid, number[qid, cid]] = t - started[qid, cid]
        by_mode.append(found)
    for found in by_mode[1:]:
        common = found.keys() & by_mode[0].keys()
        assert len(common) > 3
        assert all(found[key] == by_mode[0][key] for key in common)


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)
@pytest.mark.parametrize("vcpus", [1, 3])
def test_littles_law(mode: DoorbellMode, vcpus: int):
    """Mean number in flight = throughput x mean latency, from posts and reaps alone."""
    scenario = scenario_of(machine=Machine(vcpus=vcpus), device=channels(16, 70_000, 50))
    events = run_until(scenario, mode, 20 * MS)
    steps = events[np.isin(events["kind"], [k.SQ_POST, k.CQ_REAP])]
    change = np.where(steps["kind"] == k.SQ_POST, 1, -1)
    in_flight = np.cumsum(change)[:-1]
    lasted = np.diff(steps["t"])
    mean_in_flight = float((in_flight * lasted).sum() / lasted.sum())
    reaps = events[events["kind"] == k.CQ_REAP]
    throughput = len(reaps) / float(steps["t"][-1] - steps["t"][0])
    assert mean_in_flight == pytest.approx(throughput * float(reaps["b"].mean()), rel=0.03)
    assert mean_in_flight <= 32 * vcpus


def test_every_mode_says_what_it_is():
    assert len({mode.name for mode in MODES}) == len(MODES)
    for mode in MODES:
        assert all((mode.title, mode.subtitle, mode.sentence, mode.source, mode.limits))
        assert MODE_BY_NAME[mode.name] is mode
