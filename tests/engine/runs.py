"""Scenarios and short runs for the tests of the engine and of everything that reads its log."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from hypothesis import strategies as st

from nvmeviz.engine.doorbell import MODES
from nvmeviz.engine.simulation import Simulation
from nvmeviz.log.events import EVENT
from nvmeviz.scenario.schema import Costs, Device, Doorbell, Machine, Scenario, Workload

if TYPE_CHECKING:
    from nvmeviz.engine.mode import DoorbellMode

FAR_NS = 10**15  # later than anything a test simulates

BASE = Scenario(
    name="test",
    title="Test",
    sentence="A machine for a test.",
    source="made for tests",
    modes=("mmio_trap",),
)

modes = st.sampled_from(MODES)


def scenario_of(**sections: Any) -> Scenario:
    """The test scenario with other sections or seed: machine=Machine(vcpus=2), seed=3."""
    return replace(BASE, **sections)


def channels(count: int = 8, latency_ns: int = 40_000, spread_percent: int = 20) -> Device:
    return Device("channels", count, latency_ns, spread_percent)


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """Machines that differ in everything that decides who runs when; costs over their whole
    range.
    """
    slots = draw(st.sampled_from([2, 3, 4, 8, 17, 64]))
    depth = draw(st.integers(1, min(slots - 1, 24)))
    device = draw(
        st.one_of(
            st.just(Device()),
            st.builds(
                Device,
                kind=st.just("channels"),
                channels=st.integers(1, 8),
                latency_ns=st.sampled_from([0, 1, 700, 9_000, 60_000]),
                spread_percent=st.sampled_from([0, 20, 100]),
            ),
        )
    )
    costs = draw(
        st.one_of(
            st.just(Costs()),
            st.builds(
                Costs,
                submit_ns=st.integers(600, 2_000),
                doorbell_exit_ns=st.integers(2_500, 7_000),
                irq_exits_ns=st.sampled_from([0, 1_400, 3_000]),
                wake_ns=st.integers(2_000, 10_000),
                process_ns=st.integers(70, 6_000),
                shared_ns=st.integers(20, 300),
                post_ns=st.integers(20, 1_000),
                halt_wake_ns=st.integers(3_000, 20_000),
                jitter_percent=st.sampled_from([0, 25, 100]),
            ),
        )
    )
    return replace(
        BASE,
        seed=draw(st.integers(0, 2**63 - 1)),
        machine=Machine(
            vcpus=draw(st.integers(1, 4)),
            ring_slots=slots,
            threads=draw(st.sampled_from(["per_queue", "one"])),
            trap_handler=draw(st.sampled_from(["thread", "vcpu"])),
        ),
        workload=Workload(queue_depth=depth, batch_submit=draw(st.sampled_from([1, 1, 2, 5, 64]))),
        doorbell=Doorbell(
            batch=draw(st.sampled_from([1, 2, 3, 8, 100])),
            batch_limit_ns=draw(st.sampled_from([100, 5_000, 20_000, 10_000_000])),
            poll_window_ns=draw(st.sampled_from([0, 1_000, 20_000])),
            burst=draw(st.sampled_from([1, 3, 64])),
        ),
        costs=costs,
        device=device,
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
