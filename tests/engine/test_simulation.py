"""The engine gives the same events whatever the pieces, the place it starts from and the way it is
built.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nvmeviz.engine import core
from nvmeviz.engine.doorbell import MODE_BY_NAME, MODES
from nvmeviz.engine.simulation import Change, Simulation
from nvmeviz.scenario.schema import Costs, Device, Doorbell, Machine, Scenario, Workload
from nvmeviz.scenario.toml import builtin_names, load_scenario
from tests.engine.runs import (
    FAR_NS,
    advance_until,
    channels,
    examples,
    first_events,
    modes,
    scenario_of,
    scenarios,
)

if TYPE_CHECKING:
    from nvmeviz.engine.mode import DoorbellMode

ROOT = Path(__file__).parents[2]
EVENTS = 3_000
PURE_EVENTS = 1_500


@given(scenario=scenarios(), mode=modes)
@settings(max_examples=examples(30))
def test_same_seed_gives_the_same_bytes(scenario: Scenario, mode: DoorbellMode):
    one = first_events(scenario, mode, EVENTS)
    assert one.tobytes() == first_events(scenario, mode, EVENTS).tobytes()


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)
def test_another_seed_gives_another_run(mode: DoorbellMode):
    one = first_events(scenario_of(seed=1), mode, EVENTS)
    other = first_events(scenario_of(seed=2), mode, EVENTS)
    assert one.tobytes() != other.tobytes()


@given(
    scenario=scenarios(),
    mode=modes,
    cuts=st.lists(st.integers(1, 700), min_size=1, max_size=8),
    until_ns=st.integers(0, 60_000),
)
@settings(max_examples=examples(30))
def test_pieces_do_not_matter(
    scenario: Scenario, mode: DoorbellMode, cuts: list[int], until_ns: int
):
    whole = first_events(scenario, mode, EVENTS)
    simulation = Simulation(scenario, mode)
    parts = [advance_until(simulation, until_ns, cuts[0])]
    while sum(map(len, parts)) < EVENTS:
        parts.append(simulation.advance(FAR_NS, cuts[len(parts) % len(cuts)]))
    assert np.concatenate(parts)[:EVENTS].tobytes() == whole.tobytes()


@given(scenario=scenarios(), mode=modes, at=st.integers(0, EVENTS), ahead=st.integers(0, EVENTS))
@settings(max_examples=examples(30))
def test_a_checkpoint_goes_on_with_the_same_events(
    scenario: Scenario, mode: DoorbellMode, at: int, ahead: int
):
    simulation = Simulation(scenario, mode)
    simulation.advance(FAR_NS, at)
    state, checkpoint = simulation.state.snapshot(), simulation.checkpoint()
    following = simulation.advance(FAR_NS, EVENTS).tobytes()
    simulation.advance(FAR_NS, ahead)
    simulation.restore(state, checkpoint)
    assert simulation.checkpoint() == checkpoint
    assert simulation.advance(FAR_NS, EVENTS).tobytes() == following
    other = Simulation(scenario, mode)
    other.restore(state, checkpoint)
    assert other.advance(FAR_NS, EVENTS).tobytes() == following


def test_advance_stops_at_the_time_asked_for():
    simulation = Simulation(scenario_of(), MODES[0])
    events = advance_until(simulation, 100_000)
    assert events["t"][-1] <= 100_000
    assert simulation.now_ns == events["t"][-1]
    assert simulation.events == len(events)
    later = simulation.advance(FAR_NS, 1)
    assert later["t"][0] > 100_000


def test_events_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        first_events(scenario_of(), MODES[0], 10)["t"] = 0


def test_more_events_to_come_than_planned_for_find_room():
    """Timers that became void stay in the calendar until they are due."""
    scenario = scenario_of(
        doorbell=Doorbell(batch=2, batch_limit_ns=10_000_000), workload=Workload(queue_depth=32)
    )
    simulation = Simulation(scenario, MODE_BY_NAME["batched"])
    simulation.advance(9_000_000, 65_536)
    assert len(simulation.checkpoint().entries) > 300
    state, checkpoint = simulation.state.snapshot(), simulation.checkpoint()
    following = simulation.advance(FAR_NS, EVENTS).tobytes()
    fresh = Simulation(scenario, MODE_BY_NAME["batched"])
    fresh.restore(state, checkpoint)
    assert fresh.advance(FAR_NS, EVENTS).tobytes() == following


# ---- compiled and not ----


def checksum_runs() -> list[tuple[Scenario, DoorbellMode]]:
    """Machines that reach every branch of the engine, in every mode, and the built-in scenarios in
    theirs.
    """
    wide = Machine(vcpus=4, ring_slots=17, threads="one", trap_handler="vcpu")
    loops = Machine(guests=2, vcpus=2, queues=4, sqs_per_cq=2, ring_slots=32, iothreads=2)
    crowd = Machine(guests=16, vcpus=8, ring_slots=64, trap_handler="thread", threads="per_guest")
    found = [
        scenario_of(machine=wide, device=channels(3, 9_000, 100), seed=2**63 - 1),
        scenario_of(
            machine=replace(loops, coalesce=3, coalesce_time_ns=9_000, halt_poll_ns=20_000),
            workload=Workload(queue_depth=7, batch_submit=3, think_ns=400, write_percent=40),
            device=channels(2, 4_000, 50),
        ),
        scenario_of(
            machine=replace(loops, lock="barging", kick="bh", reset_at_ns=90_000, plain_guests=1),
            workload=Workload(queue_depth=7, noisy_guests=1, noisy_depth=11),
            costs=Costs(reset_ns=20_000),
        ),
        scenario_of(
            machine=replace(wide, guests=2, arbitration="weighted", weights="urgent 3"),
            workload=Workload(queue_depth=8, completion="poll", kind="poisson", rate=300_000),
            device=Device(kind="fixed", latency_table="0: 2us, 90: 9us", bandwidth=2_000),
        ),
        scenario_of(
            machine=replace(loops, trap_handler="thread", cq_slots=17),
            workload=Workload(queue_depth=7, kind="bursts", burst=9, period_ns=30_000, jobs=3),
            doorbell=Doorbell(
                guest_barrier="missing", controller_barrier="missing", rule="spec", burst=2
            ),
        ),
        scenario_of(machine=crowd, workload=Workload(queue_depth=2), device=channels(64, 20_000)),
        scenario_of(doorbell=Doorbell(batch=2, batch_limit_ns=10_000_000), device=channels(64)),
    ]
    runs = [(scenario, mode) for scenario in found for mode in MODES]
    for name in builtin_names():
        scenario = load_scenario(name, MODE_BY_NAME)
        runs += [(scenario, MODE_BY_NAME[mode]) for mode in scenario.modes]
    return runs


def checksums() -> list[str]:
    """One line for each run, and whether the engine is compiled."""
    lines = [f"compiled {core.COMPILED}"]
    for number, (scenario, mode) in enumerate(checksum_runs()):
        simulation = Simulation(scenario, mode)
        digest = hashlib.sha256(simulation.advance(FAR_NS, PURE_EVENTS).tobytes())
        digest.update(simulation.state.snapshot())
        lines.append(f"{number} {scenario.name} {mode.name} {digest.hexdigest()}")
    return lines


@pytest.mark.skipif(not core.COMPILED, reason="the engine is not compiled here")
def test_compiled_and_uncompiled_give_the_same_bytes():
    code = "from nvmeviz import _plain; _plain.install()\n"
    code += "from tests.engine.test_simulation import checksums; print('\\n'.join(checksums()))"
    plain = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | {"NVMEVIZ_PURE": "1", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    assert plain[0] == "compiled False"
    assert plain[1:] == checksums()[1:]


def dearer(scenario: Scenario) -> Scenario:
    """The same machine, in which much costs more and batches are larger."""
    costs = replace(scenario.costs, doorbell_exit_ns=10_000, process_ns=5_000, submit_ns=1_900)
    return replace(scenario, costs=costs, doorbell=replace(scenario.doorbell, batch=3))


@given(scenario=scenarios(), mode=modes, at=st.integers(0, EVENTS))
@settings(max_examples=examples(20))
def test_a_change_keeps_the_past_and_makes_another_future(
    scenario: Scenario, mode: DoorbellMode, at: int
):
    plain = first_events(scenario, mode, EVENTS)
    same = Simulation(scenario, mode, (Change(at, scenario),)).advance(FAR_NS, EVENTS)
    assert same.tobytes() == plain.tobytes()
    changed = Simulation(scenario, mode, (Change(at, dearer(scenario)),)).advance(FAR_NS, EVENTS)
    assert changed[:at].tobytes() == plain[:at].tobytes()


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)
def test_a_cost_that_rises_slows_the_rest_of_the_run(mode: DoorbellMode):
    scenario = scenario_of(seed=1)
    change = Change(EVENTS // 2, dearer(scenario))
    plain = first_events(scenario, mode, EVENTS)
    changed = Simulation(scenario, mode, (change,)).advance(FAR_NS, EVENTS)
    assert changed["t"][-1] > plain["t"][-1]


@given(
    scenario=scenarios(),
    mode=modes,
    at=st.integers(1, EVENTS - 1),
    start=st.integers(0, EVENTS - 1),
)
@settings(max_examples=examples(20))
def test_a_changed_run_can_be_made_again_from_any_checkpoint(
    scenario: Scenario, mode: DoorbellMode, at: int, start: int
):
    changes = (Change(at, dearer(scenario)), Change(at + 500, scenario))
    first = Simulation(scenario, mode, changes)
    before = first.advance(FAR_NS, start)
    kept = first.state.snapshot(), first.checkpoint()
    rest = first.advance(FAR_NS, EVENTS - start)
    again = Simulation(scenario, mode, changes)
    again.advance(FAR_NS, EVENTS)  # stands beyond both changes
    again.restore(*kept)
    assert again.advance(FAR_NS, EVENTS - start).tobytes() == rest.tobytes()
    assert len(before) + len(rest) == EVENTS
