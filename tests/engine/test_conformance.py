"""Every doorbell mode keeps the rules of NVMe and loses nothing, whatever the machine; and traps no
more often than it says.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nvmeviz.engine.doorbell import MODES
from nvmeviz.engine.machine import machine_of
from nvmeviz.engine.mode import CqRearm
from nvmeviz.engine.simulation import Simulation
from nvmeviz.log import kinds as k
from nvmeviz.model import invariants, layout
from nvmeviz.model.reduce import fold
from nvmeviz.model.state import MachineState
from nvmeviz.nvme.eventidx import spec_rings
from tests.engine.conformance import Bookkeeper, check_log, check_progress, patience_ns
from tests.engine.runs import FAR_NS, examples, first_events, scenarios

if TYPE_CHECKING:
    import numpy as np

    from nvmeviz.engine.mode import DoorbellMode
    from nvmeviz.scenario.schema import Scenario

EVENTS = 4_000

each_mode = pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)


@each_mode
@given(scenario=scenarios())
@settings(max_examples=examples(40))
def test_every_event_is_one_that_can_be(mode: DoorbellMode, scenario: Scenario):
    events = first_events(scenario, mode, EVENTS)
    assert len(events) == EVENTS, "the simulation ran out of things to come"
    keeper = Bookkeeper(scenario, mode)
    keeper.follow(events)
    check_exits(keeper)


@each_mode
@given(scenario=scenarios())
@settings(max_examples=examples(25))
def test_no_command_is_lost_and_nobody_sleeps_for_good(mode: DoorbellMode, scenario: Scenario):
    """Long enough for the slowest machine, unless that takes too many events to be worth it."""
    simulation = Simulation(scenario, mode)
    events = simulation.advance(patience_ns(scenario) + 200_000, 60_000)
    assert simulation.advance(FAR_NS, 1).size, "the simulation ran out of things to come"
    check_progress(events, scenario, mode)


# Who is asked for its CQ head once a turn at most (or never) stops when the CQ fills in a turn.
ASKS_FOR_HEADS = [mode for mode in MODES if not mode.uses_shadow or mode.cq_rearm is CqRearm.HEAD]


@pytest.mark.parametrize("mode", ASKS_FOR_HEADS, ids=lambda mode: mode.name)
@given(scenario=scenarios(small_cq=True))
@settings(max_examples=examples(25))
def test_a_cq_that_is_too_small_slows_down_and_loses_nothing(
    mode: DoorbellMode, scenario: Scenario
):
    events = first_events(scenario, mode, EVENTS)
    assert len(events) == EVENTS, "the simulation ran out of things to come"
    check_log(events, scenario, mode)
    check_progress(events, scenario, mode)


@each_mode
@given(scenario=scenarios(), burst=st.integers(1, 9))
@settings(max_examples=examples(15))
def test_after_a_burst_everything_comes_to_rest(mode: DoorbellMode, scenario: Scenario, burst: int):
    """Every request becomes a command, every command completes, the vCPUs go idle."""
    period_ns = (1 + burst) * patience_ns(scenario)
    workload = replace(scenario.workload, kind="bursts", burst=burst, period_ns=period_ns)
    scenario = replace(
        scenario,
        workload=workload,
        machine=replace(scenario.machine, reset_at_ns=0),
        costs=replace(scenario.costs, poll_ns=500),  # or pollers fill the log
    )
    state, events = Simulation(scenario, mode), 0
    while events < 300_000 and (part := state.advance(2 * period_ns - 1, 50_000)).size:
        events += part.size
    if events >= 300_000:
        return  # a crowd of pollers
    view = invariants.StateView(state.state)
    io = [q for q in range(len(view.q_admin)) if not view.q_admin[q]]
    assert sum(view.q_requests) > 0
    for q in io:
        assert view.q_waiting[q] == 0
        assert view.q_requests[q] == view.q_posted[q] == view.q_reaped[q]
        assert view.q_requests[q] in (0, burst)
    assert set(view.vcpu_act) <= {layout.VCPU_HALTED, layout.VCPU_POLLING}


# ---- the state, after every event ----


def check_states(events: np.ndarray, scenario: Scenario, mode: DoorbellMode) -> None:
    """Fold event by event and ask the invariants each time: of the queue that the event names, and
    of everything now and then.
    """
    state = MachineState(machine_of(scenario, mode)[0])
    view = invariants.StateView(state)
    spec = mode.spec_rule if scenario.doorbell.rule == "mode" else scenario.doorbell.rule == "spec"
    compared = (k.SQ_EVENTIDX_READ, k.CQ_EVENTIDX_READ)
    before = [0] * len(view.cq_size)
    kinds, qids = events["kind"].tolist(), events["qid"].tolist()
    for i, (kind, q) in enumerate(zip(kinds, qids)):
        fold(state, events, i, i + 1)
        if kind == k.CTRL_RESET:
            guest = view.q_guest[q]
            for each, posted in enumerate(view.cq_posted):
                if view.q_guest[each] == guest and not view.q_admin[each]:
                    before[each] = posted
        if i % 97 == 0 or i == len(events) - 1:
            found = invariants.violations(view, before)
        else:
            found = invariants.queue_violations(view, q, before[view.q_cq[q]])
            found += invariants.sleep_violations(view, view.q_thread[q])
        if kind in compared:
            found += invariants.eventidx_violations(view, q, spec_rule=spec, sq=kind == compared[0])
        assert not found, f"after event {i}, {events[i]}: {found}"


@each_mode
@given(scenario=scenarios())
@settings(max_examples=examples(12))
def test_invariants_hold_after_every_event(mode: DoorbellMode, scenario: Scenario):
    check_states(first_events(scenario, mode, 1_500), scenario, mode)


# ---- exits ----


@dataclass(frozen=True)
class Queued:
    """What the log says of one I/O queue, for the bounds on its exits."""

    posted: int
    stores: int  # of the SQ tail into the shadow buffer
    arms: int  # EventIdx set to the tail before a sleep
    timers: int  # batches rung because time was up
    reaped: int  # from its CQ
    heads: int  # stored into the shadow buffer
    handlers: int  # interrupts taken; for a guest that polls, reaped entries
    turns: int  # most often that an EventIdx that stands still is passed: once a turn of the SQ
    cq_turns: int
    batch: int
    cq_batch: int


# Mode -> what it promises in words, and the most SQ and CQ doorbell exits that this allows.
Bound = Callable[[Queued], tuple[int, int]]
BOUNDS: dict[str, tuple[str, Bound]] = {
    "mmio_trap": (
        "one exit for each announcement, one for each interrupt handler that reaped something",
        lambda q: (q.posted, min(q.handlers, q.reaped)),
    ),
    "batched": (
        "one exit for each full batch and for each whose time was up; one for each batch of heads",
        lambda q: (q.posted // q.batch + q.timers, q.reaped // q.cq_batch),
    ),
    "google_2016": (
        "at most one exit for each store; the CQ EventIdx stands still: one for each turn",
        lambda q: (q.stores, min(q.heads, q.cq_turns)),
    ),
    "dbbuf_qemu71": (
        "at most one exit for each store; the CQ EventIdx stands still: one for each turn",
        lambda q: (q.stores, min(q.heads, q.cq_turns)),
    ),
    "dbbuf_qemu80": (
        "at most one exit for each store, of a tail or of a head",
        lambda q: (q.stores, min(q.heads, q.handlers)),
    ),
    "dbbuf_ioeventfd": (
        "as many as QEMU 7.1, but they stay in the kernel",
        lambda q: (q.stores, min(q.heads, q.cq_turns)),
    ),
    "dbbuf_iothread": (
        "as many as QEMU 7.1, but they stay in the kernel",
        lambda q: (q.stores, min(q.heads, q.cq_turns)),
    ),
    "polling": (
        "both EventIdx stand still: one exit for each turn",
        lambda q: (min(q.stores, q.turns), min(q.heads, q.cq_turns)),
    ),
    "adaptive_polling": (
        "EventIdx FFFFh: one exit for each turn, and one for each time that it was armed for sleep",
        lambda q: (min(q.stores, q.turns + q.arms), min(q.heads, q.cq_turns)),
    ),
    "eventidx_behind": (
        "hardly any: only when the poller publishes between store and comparison (check_doorbells)",
        lambda q: (q.stores, q.heads),
    ),
    "mapped_doorbell": ("none", lambda _: (0, 0)),
    "passthrough": ("none", lambda _: (0, 0)),
    "passthrough_posted": ("none", lambda _: (0, 0)),
}


def check_exits(keeper: Bookkeeper) -> None:
    """Doorbell exits of each I/O queue lie within what its mode promises: `BOUNDS`."""
    books, counts = keeper.books, keeper.counts
    scenario, mode = books.scenario, books.mode
    spec = books.rule is spec_rings
    extra = 1 if scenario.machine.reset_at_ns else 0
    for q in books.queues:
        if q.admin or (books.plain(q.pair.guest) and mode.uses_shadow):
            continue  # falls back to traps
        sharing = [each for each in books.queues if each.cq == q.index]
        reaped = sum(each.reaped for each in sharing)
        room = q.cq_size - sum(each.tags for each in sharing)
        queued = Queued(
            posted=q.posted,
            stores=counts[k.SQ_SHADOW, q.index],
            arms=counts[k.SQ_EVENTIDX, q.index],
            timers=counts[k.BATCH_TIMER, q.index],
            reaped=reaped,
            heads=counts[k.CQ_SHADOW, q.index],
            handlers=reaped if books.polls else counts[k.IRQ_ENTER, q.index],
            # The specification's rule also rings when EventIdx is reached.
            turns=(1 + spec) * (q.posted // q.size + 1 + extra),
            cq_turns=(1 + spec) * (reaped // q.cq_size + 1 + extra),
            batch=scenario.doorbell.batch,
            cq_batch=max(1, min(scenario.doorbell.batch, room)),
        )
        words, bound = BOUNDS[mode.name]
        sq_most, cq_most = bound(queued)
        exits = keeper.exits
        for name, most in ((k.EXIT_SQ_DOORBELL, sq_most), (k.EXIT_CQ_DOORBELL, cq_most)):
            found = exits[name, q.index]
            assert found <= most, f"queue {q.index}: {found} exits, not {most}: {words}; {queued}"


def test_the_table_of_bounds_is_whole():
    assert list(BOUNDS) == [mode.name for mode in MODES]
