"""Scenarios and short runs for the tests of the engine and of everything that reads its log."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from hypothesis import strategies as st

from nvmeviz.engine import core
from nvmeviz.engine.doorbell import MODES
from nvmeviz.engine.simulation import Simulation
from nvmeviz.log.events import EVENT
from nvmeviz.scenario.schema import Costs, Device, Doorbell, Machine, Scenario, Workload

if TYPE_CHECKING:
    from nvmeviz.engine.mode import DoorbellMode

FAR_NS = 10**15  # later than anything a test simulates
COMMANDS = 96  # most that may be in flight in a random scenario, so that short runs turn them over

BASE = Scenario(
    name="test",
    title="Test",
    sentence="A machine for a test.",
    source="made for tests",
    modes=("mmio_trap",),
)

modes = st.sampled_from(MODES)


def examples(count: int) -> int:
    """How many examples to try: fewer where the engine runs uncompiled, thirty times slower."""
    return count if core.COMPILED else max(1, count // 8)


def scenario_of(**sections: Any) -> Scenario:
    """The test scenario with other sections or seed: machine=Machine(vcpus=2), seed=3."""
    return replace(BASE, **sections)


def channels(count: int = 8, latency_ns: int = 40_000, spread_percent: int = 20) -> Device:
    return Device(
        kind="channels", channels=count, latency_ns=latency_ns, spread_percent=spread_percent
    )


TABLES = ("0: 8us, 50: 8.8us, 99: 10us", "0: 100ns, 90: 1us, 100: 30us", "0: 5us, 100: 5us")
latencies = st.sampled_from([0, 1, 700, 9_000, 60_000])


@st.composite
def devices(draw: st.DrawFn) -> Device:
    kind = draw(st.sampled_from(["null", "fixed", "channels"]))
    if kind == "null":
        return Device()
    table = draw(st.sampled_from(["", "", *TABLES]))
    return Device(
        kind=kind,
        channels=draw(st.integers(1, 8)) if kind == "channels" else 0,
        latency_ns=draw(latencies),
        write_latency_ns=0 if table else draw(latencies),
        spread_percent=draw(st.sampled_from([0, 20, 100])),
        latency_table=table,
        bandwidth=draw(st.sampled_from([0, 0, 500, 7_000])),
    )


@st.composite
def costs(draw: st.DrawFn) -> Costs:
    """Some costs anywhere in their ranges, the others as they are."""
    limits = {f.name: f.metadata["limits"] for f in fields(Costs) if f.name != "reset_ns"}
    names = draw(st.lists(st.sampled_from(sorted(limits)), max_size=8, unique=True))
    changed = {name: draw(st.integers(limits[name].low, limits[name].high)) for name in names}
    reset_ns = draw(st.sampled_from([10_000, 50_000]))
    return replace(Costs(), reset_ns=reset_ns, **changed)


def _shape(draw: st.DrawFn) -> tuple[int, int, int]:
    """Guests, vCPUs, queues: small machines, and now and then the largest."""
    if draw(st.integers(0, 19)) == 13:
        return 16, 8, 8
    vcpus = draw(st.integers(1, 3))
    return draw(st.integers(1, 4)), vcpus, draw(st.sampled_from([0, 0, 1, vcpus + 1, 4]))


@st.composite
def machines(draw: st.DrawFn, depth: int, jobs_a_queue: int, *, small_cq: bool) -> Machine:
    """Machines in whose rings `depth` commands of each job fit."""
    guests, vcpus, queues = _shape(draw)
    tags = depth * jobs_a_queue
    sharing = draw(st.sampled_from([1, 1, 1, 2, 3, 8]))
    ring_slots = draw(st.sampled_from([n for n in (2, 3, 4, 5, 8, 17, 64, 1024) if n > tags]))
    shared = min(sharing, -(-(queues or vcpus) // vcpus))  # pairs of one vCPU that share a CQ
    needed = tags * shared + 1
    sizes = [needed, needed + 3, 2 * needed] + [0] * 3 * (ring_slots >= needed)
    if small_cq:
        sizes = [2, 3, max(2, tags), needed]
    return Machine(
        guests=guests,
        vcpus=vcpus,
        queues=queues,
        ring_slots=ring_slots,
        cq_slots=draw(st.sampled_from(sizes)),
        sqs_per_cq=sharing,
        trap_handler=draw(st.sampled_from(["main_loop", "thread", "vcpu"])),
        threads=draw(st.sampled_from(["per_queue", "per_guest", "one"])),
        iothreads=draw(st.integers(1, 3)),
        lock=draw(st.sampled_from(["handover", "barging"])),
        kick=draw(st.sampled_from(["timer", "bh"])),
        halt_poll_ns=draw(st.sampled_from([0, 0, 5_000, 200_000])),
        posted_interrupts=draw(st.sampled_from(["off", "on"])),
        coalesce=draw(st.sampled_from([0, 0, 0, 1, 2, 5, 256])),
        coalesce_time_ns=draw(st.sampled_from([1_000, 20_000, 100_000])),
        arbitration=draw(st.sampled_from(["round_robin", "weighted"])),
        weights=draw(st.sampled_from(["1", "2 1", "4 1 3"])),
        plain_guests=draw(st.sampled_from([0, 0, 1, guests])),
        reset_at_ns=draw(st.sampled_from([0, 0, 0, 1, 60_000, 300_000])),
    )


@st.composite
def workloads(draw: st.DrawFn, depth: int, noisy_depth: int, jobs: int) -> Workload:
    return Workload(
        kind=draw(st.sampled_from(["closed", "closed", "closed", "poisson", "bursts"])),
        queue_depth=depth,
        batch_submit=draw(st.sampled_from([1, 1, 2, 5, 64])),
        jobs=jobs,
        write_percent=draw(st.sampled_from([0, 0, 30, 100])),
        block_size=draw(st.sampled_from([512, 4_096, 131_072])),
        think_ns=draw(st.sampled_from([0, 0, 0, 300, 20_000])),
        rate=draw(st.sampled_from([20_000, 200_000, 5_000_000])),
        burst=draw(st.integers(1, 40)),
        period_ns=draw(st.sampled_from([100, 20_000, 100_000])),
        completion=draw(st.sampled_from(["interrupt", "interrupt", "poll"])),
        noisy_guests=draw(st.sampled_from([0, 0, 1])),
        noisy_depth=noisy_depth,
        noisy_block_size=draw(st.sampled_from([512, 16_384])),
    )


@st.composite
def scenarios(draw: st.DrawFn, *, small_cq: bool = False) -> Scenario:
    """Machines that differ in everything that decides who runs when; costs over their whole
    range.

    small_cq: completion queues may be smaller than what can be in flight. A driver that is never
    asked for its CQ head stops there, so only some modes stand it.
    """
    depth, noisy_depth = draw(st.integers(1, 24)), draw(st.integers(1, 24))
    deepest = max(depth, noisy_depth)
    # A guest's jobs are dealt to its queues in turn. 4 queues at least when there are jobs for it.
    jobs = draw(st.sampled_from([0, 0, 1, 2, 4]))
    machine = draw(machines(deepest, max(1, jobs), small_cq=small_cq))
    width = machine.guests * (machine.queues or machine.vcpus)
    if width * deepest * max(1, jobs) > COMMANDS:
        depth = noisy_depth = 1
    return replace(
        BASE,
        seed=draw(st.integers(0, 2**63 - 1)),
        machine=machine,
        workload=draw(workloads(depth, noisy_depth, jobs)),
        doorbell=Doorbell(
            batch=draw(st.sampled_from([1, 2, 3, 8, 100])),
            batch_limit_ns=draw(st.sampled_from([100, 5_000, 20_000, 200_000])),
            poll_window_ns=draw(st.sampled_from([0, 1_000, 20_000])),
            burst=draw(st.sampled_from([1, 3, 64])),
            rule=draw(st.sampled_from(["mode", "mode", "linux", "spec"])),
        ),
        costs=draw(st.one_of(st.just(Costs(reset_ns=20_000)), costs())),
        device=draw(devices()),
    )


def first_events(scenario: Scenario, mode: DoorbellMode, count: int) -> np.ndarray:
    """The first `count` events of a run."""
    return Simulation(scenario, mode).advance(FAR_NS, count)


def run_until(scenario: Scenario, mode: DoorbellMode, until_ns: int) -> np.ndarray:
    """All events up to and including `until_ns`."""
    return advance_until(Simulation(scenario, mode), until_ns)


def advance_until(simulation: Simulation, until_ns: int, chunk: int = 65_536) -> np.ndarray:
    """All further events up to and including `until_ns`."""
    parts = [np.empty(0, EVENT)]
    while True:
        part = simulation.advance(until_ns, chunk)
        parts.append(part)
        if len(part) < chunk:
            return np.concatenate(parts)
