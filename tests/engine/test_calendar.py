"""The calendar gives back what was put in, by time and then in the order of putting."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nvmeviz.engine.doorbell import MODES
from nvmeviz.engine.simulation import _ENTRY, Checkpoint, Simulation
from nvmeviz.log import kinds as k
from nvmeviz.scenario.schema import Costs, Machine
from tests.engine.runs import FAR_NS, scenario_of

# Times near one another and far apart: the calendar keeps two heaps.
times = st.lists(st.one_of(st.integers(0, 40), st.integers(0, 10**9)), max_size=300)


@given(times)
def test_entries_come_back_in_order_of_time_and_sequence(planned: list[int]):
    """Nothing follows from a store that leaves its buffer, so these events come back alone."""
    entries = np.zeros(len(planned), _ENTRY)
    entries["t"] = planned
    entries["seq"] = entries["a"] = np.arange(len(planned))
    entries["kind"] = k.SQ_SHADOW
    entries["b"] = k.DRAINED
    entries["cause"] = -1
    simulation = Simulation(scenario_of(), MODES[0])
    checkpoint = Checkpoint(entries.tobytes(), len(planned))
    simulation.restore(simulation.state.snapshot(), checkpoint)
    assert simulation.checkpoint() == checkpoint
    assert checkpoint.count == len(planned)
    events = simulation.advance(FAR_NS, len(planned) + 1)
    order = sorted(range(len(planned)), key=lambda number: (planned[number], number))
    assert events["a"].tolist() == order
    assert events["t"].tolist() == sorted(planned)
    assert simulation.checkpoint() == Checkpoint(b"", len(planned))


def test_events_of_one_nanosecond_keep_their_order():
    """At jitter 0 four vCPUs act in step: the order among them is the order of planning, every
    time.
    """
    scenario = scenario_of(machine=Machine(vcpus=4), costs=Costs(jitter_percent=0))
    events = Simulation(scenario, MODES[0]).advance(FAR_NS, 400)
    posts = events[events["kind"] == k.SQ_POST]
    assert posts["vcpu"][:8].tolist() == [0, 1, 2, 3, 0, 1, 2, 3]
    assert (posts["t"][:4] == posts["t"][0]).all()
