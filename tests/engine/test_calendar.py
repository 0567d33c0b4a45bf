"""The calendar gives back what was put in, by time and then in the order of putting."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from nvmeviz.engine.doorbell import MODES
from nvmeviz.engine.simulation import Simulation
from nvmeviz.log import kinds as k
from nvmeviz.scenario.schema import Costs, Machine
from tests.engine.runs import FAR_NS, scenario_of

entry_times = st.lists(
    st.tuples(st.integers(0, 40), st.sampled_from([k.DEV_DONE, k.VM_ENTRY, k.BATCH_TIMER])),
    max_size=300,
)


@given(entry_times)
def test_entries_come_back_in_order_of_time_and_sequence(entries: list[tuple[int, int]]):
    simulation = Simulation(scenario_of(), MODES[0])
    planned = tuple(
        (t, seq, kind, 0, 0, seq % 7, seq, 0, -1) for seq, (t, kind) in enumerate(entries)
    )
    checkpoint = replace(simulation.checkpoint(), entries=planned, seq=len(planned))
    simulation.restore(simulation.state.snapshot(), checkpoint)
    assert simulation.checkpoint().entries == tuple(sorted(planned))
    assert simulation.checkpoint().seq == len(planned)


def test_events_of_one_nanosecond_keep_their_order():
    """At jitter 0 four vCPUs act in step: the order among them is the order of planning, every
    time.
    """
    scenario = scenario_of(machine=Machine(vcpus=4), costs=Costs(jitter_percent=0))
    events = Simulation(scenario, MODES[0]).advance(FAR_NS, 400)
    posts = events[events["kind"] == k.SQ_POST]
    assert posts["vcpu"][:8].tolist() == [0, 1, 2, 3, 0, 1, 2, 3]
    assert (posts["t"][:4] == posts["t"][0]).all()
