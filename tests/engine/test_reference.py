"""Two implementations of one model, written apart, agree about what the model says."""

from __future__ import annotations

import builtins
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from nvmeviz.engine.doorbell import MODE_BY_NAME, MODES
from nvmeviz.engine.reference import run_reference
from nvmeviz.log import kinds as k
from nvmeviz.scenario.schema import Machine, Scenario, Workload
from tests.engine.runs import channels, run_until, scenario_of

if TYPE_CHECKING:
    from nvmeviz.engine.mode import DoorbellMode

SEEDS = (1, 2, 3)
UNTIL_NS = 20_000_000
# What the SimPy model knows: free threads, one guest, these modes.
NAMES = ("mmio_trap", "batched", "google_2016", "dbbuf_qemu71", "dbbuf_qemu80")
THREAD = Machine(trap_handler="thread")
VCPU = Machine(trap_handler="vcpu")
MACHINES: dict[str, Scenario] = {
    "null": scenario_of(machine=THREAD),
    "null, depth 1": scenario_of(
        machine=replace(THREAD, ring_slots=64), workload=Workload(queue_depth=1)
    ),
    "channels": scenario_of(machine=replace(THREAD, vcpus=2), device=channels(16, 77_900, 20)),
    "one channel": scenario_of(
        machine=THREAD, workload=Workload(queue_depth=4), device=channels(1, 5_000, 20)
    ),
    "vcpu handles": scenario_of(machine=VCPU, device=channels(16, 60_000)),
    "one thread": scenario_of(
        machine=replace(THREAD, vcpus=3, threads="one"), device=channels(32, 20_000)
    ),
    "vcpu handles, one thread": scenario_of(machine=replace(VCPU, vcpus=2, threads="one")),
    "submits of 4": scenario_of(machine=THREAD, workload=Workload(queue_depth=16, batch_submit=4)),
}


def per_command(commands: float, events: float, sq_exits: float, cq_exits: float) -> list[float]:
    return [commands, events / commands, sq_exits / commands, cq_exits / commands]


def by_simpy(scenario: Scenario, mode: DoorbellMode, seed: int) -> list[float]:
    found = run_reference(scenario, mode, UNTIL_NS, seed)
    assert found.iops == pytest.approx(found.commands * 1e9 / UNTIL_NS)
    return per_command(found.commands, found.events, found.sq_exits, found.cq_exits)


def by_engine(scenario: Scenario, mode: DoorbellMode, seed: int) -> list[float]:
    events = run_until(replace(scenario, seed=seed), mode, UNTIL_NS)
    reasons = events["a"][events["kind"] == k.VM_EXIT].tolist()
    sq_exits, cq_exits = reasons.count(k.EXIT_SQ_DOORBELL), reasons.count(k.EXIT_CQ_DOORBELL)
    commands = int(np.count_nonzero(events["kind"] == k.CQ_REAP))
    return per_command(commands, len(events), sq_exits, cq_exits)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("machine", MACHINES)
def test_the_engine_agrees_with_simpy(machine: str, name: str):
    """Means of three runs. Measured: commands within 0.9 %, events per command within 0.8 %."""
    pytest.importorskip("simpy")
    scenario, mode = MACHINES[machine], MODE_BY_NAME[name]
    theirs = np.mean([by_simpy(scenario, mode, seed) for seed in SEEDS], axis=0)
    ours = np.mean([by_engine(scenario, mode, seed) for seed in SEEDS], axis=0)
    assert ours[0] == pytest.approx(theirs[0], rel=0.02), "commands"
    assert ours[1] == pytest.approx(theirs[1], rel=0.02), "events per command"
    assert ours[2] == pytest.approx(theirs[2], rel=0.04, abs=0.015), "SQ exits per command"
    assert ours[3] == pytest.approx(theirs[3], rel=0.06, abs=0.005), "CQ exits per command"


def test_without_simpy_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == "simpy":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ImportError, match="pip install simpy"):
        run_reference(scenario_of(), MODES[0], 1000, 1)
