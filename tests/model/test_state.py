"""Machine state is one buffer with named views, the same compiled and not."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

import nvmeviz.model.state as state_module
from nvmeviz.engine.doorbell import MODES
from nvmeviz.engine.machine import machine_of
from nvmeviz.engine.simulation import Simulation
from nvmeviz.model import layout
from nvmeviz.model.state import FIELDS, MachineState
from nvmeviz.scenario.schema import Machine
from tests.engine.runs import FAR_NS, channels, scenario_of

SCENARIO = scenario_of(machine=Machine(vcpus=3, ring_slots=16, threads="one"), device=channels(4))
PACKAGE = Path(state_module.__file__).parent


def test_the_compiled_fields_are_the_fields():
    text = (PACKAGE / "state.pxd").read_text(encoding="utf-8")
    assert re.findall(r"cdef public long long\[::1\] (\w+)", text) == list(FIELDS)


@pytest.mark.parametrize("module", ["model/layout", "log/kinds", "engine/choices"])
def test_the_compiled_constants_are_the_constants(module: str):
    """The `.pxd` is made by setup.py; a stale one would compile another vocabulary."""
    path = PACKAGE.parent / f"{module}.pxd"
    if not path.is_file():
        pytest.skip("never compiled here")
    text = path.read_text(encoding="utf-8")
    compiled = dict(re.findall(r"(\w+) = (-?\d+)", text)) | dict(
        re.findall(r'long long (\w+) "(\d+)U?LL"', text)
    )
    plain: dict[str, object] = {}
    exec((PACKAGE.parent / f"{module}.py").read_text(encoding="utf-8"), plain)  # our own file
    expected = {n: str(v) for n, v in plain.items() if n.isupper() and isinstance(v, int)}
    assert compiled == expected


def test_totals_have_room_for_every_count():
    indices = [v for name, v in vars(layout).items() if name.startswith("T_")]
    assert sorted(set(indices)) == sorted(indices)
    assert max(indices) < layout.N_TOTALS


def test_every_field_is_a_view_of_its_own_into_the_buffer():
    state = MachineState(machine_of(SCENARIO, MODES[0])[0])
    for number, name in enumerate(FIELDS):
        view = getattr(state, name)
        for i in range(len(view)):
            view[i] = number
    held = list(state.buffer)
    assert held == sorted(held)
    assert len(held) == sum(len(getattr(state, name)) for name in FIELDS)
    assert set(held) == set(range(len(FIELDS)))


def test_a_snapshot_brings_everything_back():
    simulation = Simulation(SCENARIO, MODES[3])
    simulation.advance(FAR_NS, 777)
    snapshot = simulation.state.snapshot()
    simulation.advance(FAR_NS, 777)
    assert simulation.state.snapshot() != snapshot
    other = MachineState(simulation.topology)
    other.restore(snapshot)
    assert other.snapshot() == snapshot


def test_a_snapshot_of_another_machine_is_refused():
    small = MachineState(machine_of(scenario_of(), MODES[0])[0])
    with pytest.raises(AssertionError, match="same topology"):
        small.restore(MachineState(machine_of(SCENARIO, MODES[0])[0]).snapshot())


def test_command_records_of_queues_don_t_overlap():
    """Each queue has as many as it has tags, the deepest and the admin queue among them."""
    topology = machine_of(SCENARIO, MODES[0])[0]
    queues = tuple(replace(q, tags=q.tags + 5 * i) for i, q in enumerate(topology.queues))
    state = MachineState(replace(topology, queues=queues))
    stretches = sorted(zip(state.q_base, state.q_tags))
    assert [base for base, _ in stretches] == [
        sum(tags for _, tags in stretches[:i]) for i in range(len(stretches))
    ]
    assert state.commands == sum(q.tags for q in queues)


def test_queues_go_round_among_those_of_the_same_actor():
    scenario = scenario_of(machine=Machine(guests=2, vcpus=2, queues=5, sqs_per_cq=2))
    topology = machine_of(scenario, MODES[0])[0]
    state = MachineState(topology)
    for of, following, first in (
        (state.q_vcpu, state.q_next_v, state.v_first),
        (state.q_thread, state.q_next_w, state.thr_first),
    ):
        for actor, start in enumerate(first):
            mine = [q for q in range(state.queues) if of[q] == actor]
            seen = [start]
            while following[seen[-1]] != start:
                seen.append(following[seen[-1]])
            assert sorted(seen) == mine
    for q, pair in enumerate(topology.queues):
        owner = state.q_cq[q]
        assert owner == (q if pair.cq < 0 else pair.cq)
        assert state.q_cq[owner] == owner
        assert (state.q_vcpu[owner], state.q_thread[owner]) == (state.q_vcpu[q], state.q_thread[q])
    assert sum(state.cq_room) == sum(state.q_tags)
    assert [state.q_admin[q] for q in state.g_admin] == [1, 1]
