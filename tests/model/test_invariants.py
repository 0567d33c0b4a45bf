"""The invariants notice what is broken: each sentence can be made to fall."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from nvmeviz.engine.doorbell import MODE_BY_NAME, MODES
from nvmeviz.engine.simulation import Simulation
from nvmeviz.model import layout
from nvmeviz.model.invariants import StateView, eventidx_violations, violations
from nvmeviz.scenario.schema import Machine, Workload
from tests.engine.runs import FAR_NS, channels, scenario_of

if TYPE_CHECKING:
    from nvmeviz.engine.mode import DoorbellMode

SCENARIO = scenario_of(
    machine=Machine(guests=2, vcpus=2, trap_handler="thread", ring_slots=16),
    workload=Workload(queue_depth=6),
    device=channels(4, 9_000, 50),
)


RING = 16
INDICES = ("sq_head", "sq_known", "sq_rung", "sq_stored", "sq_shadow", "cq_head", "cq_known")


@pytest.fixture
def view() -> StateView:
    """A busy moment: entries in both rings, commands in the device, the driver in shadow mode."""
    simulation = Simulation(SCENARIO, MODE_BY_NAME["dbbuf_qemu80"])
    simulation.advance(FAR_NS, 600)
    view = StateView(simulation.state)
    for _ in range(2_000):
        simulation.advance(FAR_NS, 1)
        if view.sq_head[0] != view.sq_tail[0] and view.cq_head[0] != view.cq_tail[0]:
            assert violations(view) == []
            return view
    raise AssertionError("never busy")


@pytest.mark.parametrize(
    ("field", "change", "words"),
    [
        ("sq_head", 1, "don't span the commands written"),
        ("sq_tail", 16, "outside the SQ"),
        ("q_inflight", 1, "in flight are miscounted"),
        ("q_inflight", 20, "more commands in flight than tags"),
        ("q_done", 100, "overtook itself"),
        ("sq_known", 8, "the controller knows of entries that are not"),
        ("sq_rung", 8, "announced entries that are not"),
        ("sq_unrung", 1, "not yet announced are miscounted"),
        ("q_waiting", -1, "fewer than no requests"),
        ("sq_eventidx", 20, "SQ EventIdx names no slot"),
        ("sq_stored", 1, "not what the driver announced"),
        ("cq_tail", 16, "outside the CQ"),
        ("cq_head", 1, "don't span the entries that wait"),
        ("cq_tail", 1, "not where the entries posted lead"),
        ("cq_phase", 1, "the phase tag does not fit"),
        ("cq_unrung", 1, "heads not yet announced"),
        ("cq_posted", 16, "more entries wait than the CQ holds"),
        ("cq_eventidx", 20, "CQ EventIdx names no slot"),
        ("cq_pending", 1, "pending interrupts are miscounted"),
        ("g_inflight", 1, "its commands in flight are miscounted"),
    ],
)
def test_a_changed_field_breaks_a_sentence(view: StateView, field: str, change: int, words: str):
    column = getattr(view, field)
    column[0] += change
    if words not in ("outside the SQ", "outside the CQ") and field in INDICES:
        column[0] %= RING
    found = violations(view)
    assert any(words in sentence for sentence in found), found


def test_a_controller_that_knows_more_than_was_told_is_found(view: StateView):
    view.sq_shadow[0] = (view.sq_known[0] - 1) % RING
    assert any("the shadow tail lies behind" in sentence for sentence in violations(view))
    view.cq_known[0] = (view.cq_head[0] + 1) % RING
    assert any("controller's head leads the head" in sentence for sentence in violations(view))


def test_a_cid_in_two_places_is_found(view: StateView):
    written = [c for c in range(6) if view.cmd_state[c] == layout.CMD_WRITTEN]
    view.cmd_state[written[0]] = layout.CMD_COMPLETED
    found = violations(view)
    assert any("an SQE's command is somewhere else" in sentence for sentence in found)
    assert any("CQEs are miscounted" in sentence for sentence in found)


def test_a_cid_twice_in_the_cq_is_found(view: StateView):
    taken, posted, room = view.cq_taken[0], view.cq_posted[0], view.cq_room[0]
    view.cqe_cid[posted % room] = view.cqe_cid[(posted - 1) % room]
    view.cq_posted[0] += 1
    assert posted > taken
    assert any("stands twice in the CQ" in sentence for sentence in violations(view))


def test_sleeping_over_work_or_unarmed_is_found(view: StateView):
    view.thr_act[view.q_thread[0]] = layout.THR_ASLEEP
    view.sq_armed[0] = (view.sq_known[0] + 1) % view.sq_size[0]
    assert any("EventIdx not armed" in sentence for sentence in violations(view))
    view.sq_known[0] = view.sq_shadow[0]
    view.sq_head[0] = (view.sq_known[0] - 1) % view.sq_size[0]
    assert any("sleeps over a command it knows" in sentence for sentence in violations(view))


def test_channels_and_locks_are_counted(view: StateView):
    view.totals[layout.T_DEV_BUSY] += 1
    assert any("busy channels" in sentence for sentence in violations(view))
    view.g_lock_waits[1] = 2
    view.g_lock_owner[1] = 0
    found = violations(view)
    assert any("waits twice for the lock" in sentence for sentence in found)
    assert any("owner of the lock waits" in sentence for sentence in found)
    view.totals[layout.T_IGNORED] += 1
    assert any("named nothing" in sentence for sentence in violations(view))


def test_a_verdict_against_the_rule_is_found(view: StateView):
    assert eventidx_violations(view, 0, sq=True, spec_rule=False) == []
    view.sq_verdict[0] ^= 3
    assert eventidx_violations(view, 0, sq=True, spec_rule=False)
    assert eventidx_violations(view, 0, sq=False, spec_rule=False) == []


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)
def test_the_first_state_is_sound(mode: DoorbellMode):
    assert violations(StateView(Simulation(SCENARIO, mode).state)) == []
