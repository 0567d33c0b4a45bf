"""Machine state is one buffer with named views, the same compiled and not."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

import nvmeviz.model.state as state_module
from nvmeviz.engine.doorbell import MODES
from nvmeviz.engine.simulation import Simulation, topology_of
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
    state = MachineState(topology_of(SCENARIO))
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
    small = MachineState(topology_of(scenario_of()))
    with pytest.raises(AssertionError, match="same topology"):
        small.restore(MachineState(topology_of(SCENARIO)).snapshot())


def test_tags_are_those_of_the_deepest_queue():
    topology = topology_of(SCENARIO)
    deeper = replace(topology.queues[0], tags=topology.tags + 5)
    assert replace(topology, queues=(deeper, *topology.queues[1:])).tags == topology.tags + 5
