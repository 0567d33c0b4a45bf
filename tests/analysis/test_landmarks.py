"""The interesting places of a log: by hand, in simulated runs, and however it is cut into blocks."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nvmeviz.analysis import landmarks as lm
from nvmeviz.analysis.landmarks import Landmarks, carry_of, digest_landmarks, quiet_ns_of
from nvmeviz.app.runs import simulated_run
from nvmeviz.engine.doorbell import MODE_BY_NAME, MODES
from nvmeviz.engine.simulation import Simulation, topology_of
from nvmeviz.log import kinds as k
from nvmeviz.log.events import EVENT
from nvmeviz.model.topology import QueuePair, Topology
from nvmeviz.scenario.schema import Device, Doorbell, Machine, Workload
from nvmeviz.scenario.toml import builtin_names, load_scenario
from tests.engine.runs import examples, first_events, scenario_of, scenarios

Kind = lm.LandmarkKind
MS = 1_000_000
TWO_QUEUES = Topology(
    guests=("VM 1",),
    vcpus=("vCPU 0", "vCPU 1"),
    threads=("main loop",),
    queues=tuple(QueuePair(qid, 0, qid - 1, 0, 8, 8, 2) for qid in (1, 2)),
    channels=0,
)


def log(*rows: tuple) -> np.ndarray:
    """Events from (t, kind, fields ...) rows."""
    events = np.zeros(len(rows), EVENT)
    for event, (t_ns, kind, *more) in zip(events, rows, strict=True):
        event["t"], event["kind"] = t_ns, kind
        for name, value in more[0].items() if more else ():
            event[name] = value
    return events


def found(events: np.ndarray, frontier_ns: int = 0, topology: Topology = TWO_QUEUES) -> Landmarks:
    made = Landmarks(carry_of(topology))
    last = int(events["t"][-1]) if len(events) else 0
    made.take(digest_landmarks(events, max(frontier_ns, last), made.carry))
    return made


def times(made: Landmarks, kind: Kind) -> list[int]:
    return [place.t_ns for place in made.places if place.kind is kind]


def test_only_the_first_doorbell_exit_is_the_first_trap():
    made = found(
        log(
            (1, k.VM_EXIT, {"a": k.EXIT_INTERRUPT}),
            (2, k.VM_EXIT, {"a": k.EXIT_CQ_DOORBELL, "qid": 1, "vcpu": 1}),
            (3, k.VM_EXIT, {"a": k.EXIT_SQ_DOORBELL}),
        )
    )
    assert times(made, Kind.TRAP) == [2]
    assert (made.places[0].queue, made.places[0].actor) == (1, 1)


def test_the_first_doorbell_avoided_is_a_comparison_that_says_no():
    rows = [(1, k.SQ_EVENTIDX_READ, {"b": 1}), (2, k.CQ_EVENTIDX_READ, {"b": 0})]
    assert times(found(log(*rows, (3, k.SQ_EVENTIDX_READ, {"b": 0}))), Kind.AVOIDED) == [2]


def test_every_hand_over_reset_and_change_is_marked():
    made = found(
        log((5, k.DBBUF_CONFIG), (6, k.CTRL_RESET), (7, k.DBBUF_CONFIG), (8, k.SCENARIO_CHANGE))
    )
    assert times(made, Kind.CHANGED) == [8]
    assert times(made, Kind.HANDED_OVER) == [5, 7]
    assert times(made, Kind.RESET) == [6]


def test_sleeping_and_waking_are_marked_once():
    made = found(log(*[(t, k.CTRL_SLEEP if t % 2 else k.CTRL_WAKE) for t in range(1, 9)]))
    assert times(made, Kind.SLEEP) == [1]
    assert times(made, Kind.WAKE) == [2]


def test_records_beat_the_last_one_by_far_and_the_first_ones_only_set_the_bar():
    values = [*range(1, lm.WARM_UP), 1_000, 1_050, 1_100, 900, 1_105, 5_000]
    rows = [(t, k.CQ_REAP, {"b": value}) for t, value in enumerate(values)]
    made = found(log(*rows))
    marked = [place.value for place in made.places if place.kind is Kind.SLOWEST]
    assert marked == [1_100, 5_000]
    rows = [(t, k.VM_ENTRY, {"b": value}) for t, value in enumerate(values)]
    exits = [p.value for p in found(log(*rows)).places if p.kind is Kind.LONGEST_EXIT]
    assert exits == marked


def test_contention_begins_once_until_it_has_been_away_for_a_while():
    at = [0, 10, 900_000, 1_800_000, 4_000_000, 6_200_000, 9_300_000, 9_400_000]
    rows = [(t, k.LOCK_WAIT, {"a": k.BY_VCPU}) for t in at]
    places = [place for place in found(log(*rows)).places if place.kind is Kind.LOCK]
    assert [place.t_ns for place in places] == [0, 4_000_000]
    assert [place.value for place in places] == [0, 2_200_000]
    loop = [(t, k.LOCK_WAIT, {"a": k.BY_THREAD}) for t in at]
    assert not times(found(log(*loop)), Kind.LOCK)


def test_a_queue_is_full_when_a_request_finds_no_room():
    rows = [
        (0, k.REQUEST), (1, k.SQ_POST), (2, k.REQUEST), (3, k.SQ_POST),
        (4, k.REQUEST, {"qid": 1}), (5, k.REQUEST),
    ]  # fmt: skip
    made = found(log(*rows))
    assert times(made, Kind.FULL) == [5]
    assert made.places[-1].queue == 0


def one_command(qid: int, t_ns: int, *kinds_: int) -> list[tuple]:
    return [(t_ns + i, kind, {"qid": qid}) for i, kind in enumerate(kinds_)]


def test_a_queue_nobody_looks_at_stands_still_while_the_other_goes_on():
    rows = one_command(0, 100, k.SQ_POST, k.SQ_FETCH, k.CQ_POST, k.CQ_REAP, k.SQ_POST)
    for i in range(40):
        whole = (k.SQ_POST, k.SQ_FETCH, k.CQ_POST, k.CQ_REAP)
        rows += one_command(1, 1_000 + i * 100_000, *whole)
    made = found(log(*rows))
    assert [p for p in made.places if p.kind is Kind.STUCK] == [
        lm.Landmark(104, Kind.STUCK, 0, 0, 1)
    ]


@pytest.mark.parametrize(
    ("kinds_", "stuck"),
    [
        ((k.SQ_POST,), True),
        ((k.SQ_POST, k.SQ_FETCH), False),  # the device may take its time
        ((k.SQ_POST, k.SQ_FETCH, k.CQ_POST), True),  # nobody reaps
        ((k.SQ_POST, k.SQ_FETCH, k.CQ_POST, k.CQ_REAP), False),
    ],
)
def test_a_queue_stands_still_when_its_commands_wait_and_nobody_has_one(kinds_: tuple, stuck: bool):
    rows = one_command(0, 10, *kinds_)
    assert bool(times(found(log(*rows), 5 * MS), Kind.STUCK)) is stuck
    assert not times(found(log(*rows), MS // 2), Kind.STUCK)


def test_a_device_that_takes_its_time_is_no_standstill():
    rows = one_command(0, 0, k.SQ_POST, k.SQ_FETCH)
    rows += one_command(0, 9 * MS, k.CQ_POST, k.CQ_REAP)
    assert not times(found(log(*rows), 20 * MS), Kind.STUCK)


def test_a_program_that_asks_on_does_not_hide_that_its_queue_stands_still():
    rows = [*one_command(0, 10, k.SQ_POST), *[(i * 50_000, k.REQUEST) for i in range(1, 60)]]
    assert times(found(log(*rows)), Kind.STUCK) == [10]


def test_a_queue_that_goes_on_and_stops_again_is_marked_twice():
    rows = one_command(0, 0, k.SQ_POST)
    rows += one_command(0, 3 * MS, k.SQ_FETCH, k.CQ_POST, k.CQ_REAP, k.SQ_POST)
    assert times(found(log(*rows), 9 * MS), Kind.STUCK) == [0, 3 * MS + 3]


def test_events_of_queues_that_are_not_there_change_nothing():
    rows = [(i, kind, {"qid": 60_000}) for i, kind in enumerate((k.SQ_POST, k.REQUEST, k.CQ_REAP))]
    assert not times(found(log(*rows), 9 * MS), Kind.STUCK)


def test_places_stay_few_and_lie_over_the_whole_run():
    rows = [(i * 2 * MS, k.CTRL_RESET) for i in range(3_000)]
    kept = times(found(log(*rows)), Kind.RESET)
    assert lm.BUDGET / 3 <= len(kept) <= lm.BUDGET
    gaps = [b - a for a, b in pairwise(kept)]
    assert max(gaps) <= 2 * min(gaps)
    assert kept[0] == 0
    assert kept[-1] > 5_500 * MS


def test_next_and_last_place_are_found_by_time():
    made = found(log((5, k.DBBUF_CONFIG), (6, k.CTRL_RESET)))
    assert (made.after(4), made.after(5), made.after(6)) == (5, 6, None)
    assert (made.before(5), made.before(6), made.before(99)) == (None, 5, 6)


def taken(events: np.ndarray, cuts: list[int], topology: Topology, frontier_ns: int) -> tuple:
    made = Landmarks(carry_of(topology, 200_000))
    for block in np.split(events, sorted(cuts)):
        # What a worker knows with a block: up to its last event, or a little less.
        known_ns = int(block["t"][-1]) - 1 if len(block) else 0
        made.take(digest_landmarks(block, known_ns, made.carry))
    made.take(digest_landmarks(events[:0], frontier_ns, made.carry))
    return made.places


@given(
    scenario=scenarios(),
    mode=st.sampled_from(MODES),
    cuts=st.lists(st.integers(0, 1_500), max_size=12),
    after_ns=st.sampled_from([0, 100_000, 10**9]),
)
@settings(max_examples=examples(60))
def test_any_cut_into_blocks_gives_the_same_places(scenario, mode, cuts, after_ns):
    events = first_events(scenario, mode, 1_500)
    topology = topology_of(scenario, mode)
    frontier_ns = int(events["t"][-1]) + after_ns
    assert taken(events, cuts, topology, frontier_ns) == taken(events, [], topology, frontier_ns)


ROWS = st.tuples(
    st.integers(0, 700_000),
    st.sampled_from(
        [k.SQ_POST, k.SQ_FETCH, k.CQ_POST, k.CQ_REAP, k.REQUEST, k.LOCK_WAIT, k.VM_ENTRY]
    ),
    st.integers(0, 2),
    st.integers(0, 10_000),
)


@given(st.lists(ROWS, max_size=150), st.lists(st.integers(0, 150), max_size=8))
@settings(max_examples=examples(200))
def test_any_cut_of_any_log_gives_the_same_places(rows, cuts):
    t_ns, events = 0, []
    for step, kind, qid, value in rows:
        t_ns += step
        events.append((t_ns, kind, {"qid": qid, "b": value}))
    made = log(*events)
    frontier_ns = t_ns + 500_000
    assert taken(made, cuts, TWO_QUEUES, frontier_ns) == taken(made, [], TWO_QUEUES, frontier_ns)


def of_run(name: str, mode: str, until_ns: int = 20 * MS) -> Landmarks:
    scenario = load_scenario(name, MODE_BY_NAME)
    return simulated_run(0, scenario, MODE_BY_NAME[mode], until_ns).landmarks


def test_plain_doorbells_have_a_first_trap_and_no_buffers():
    seen = {place.kind for place in of_run("gce-local-ssd-2017", "mmio_trap").places}
    assert {Kind.TRAP, Kind.WAKE, Kind.SLEEP} <= seen
    assert not {Kind.HANDED_OVER, Kind.AVOIDED, Kind.STUCK} & seen


@pytest.mark.parametrize(
    "mode", ["google_2016", "dbbuf_qemu71", "dbbuf_ioeventfd", "dbbuf_iothread"]
)
def test_shadow_doorbells_are_handed_over_before_the_first_is_avoided(mode: str):
    made = of_run("qemu-2022", mode)
    (handed_over,), (avoided,) = times(made, Kind.HANDED_OVER), times(made, Kind.AVOIDED)
    assert handed_over < avoided


@pytest.mark.parametrize("mode", ["google_2016", "adaptive_polling"])
def test_the_lost_doorbell_is_marked_where_its_queue_stops(mode: str):
    scenario = load_scenario("lost-doorbell", MODE_BY_NAME)
    events = Simulation(scenario, MODE_BY_NAME[mode]).advance(10**12, 100_000)
    made = of_run("lost-doorbell", mode)
    last_post = int(events["t"][events["kind"] == k.SQ_POST][-1])
    stuck = [place for place in made.places if place.kind is Kind.STUCK]
    assert [(place.t_ns, place.value) for place in stuck] == [(last_post, 1)]


@pytest.mark.parametrize("name", [name for name in builtin_names() if name != "lost-doorbell"])
def test_no_other_scenario_is_said_to_stand_still(name: str):
    for mode in load_scenario(name, MODE_BY_NAME).modes:
        assert not times(of_run(name, mode), Kind.STUCK), mode


def test_an_overloaded_queue_becomes_full():
    workload = Workload(kind="poisson", rate=2_000_000, queue_depth=4)
    scenario = scenario_of(workload=workload)
    made = simulated_run(0, scenario, MODE_BY_NAME["mmio_trap"], 3 * MS).landmarks
    assert len(times(made, Kind.FULL)) == 1


@pytest.mark.parametrize("mode", ["google_2016", "dbbuf_qemu80", "polling"])
@pytest.mark.parametrize("driver", ["forgets", "resends"])
def test_a_driver_that_forgets_its_buffers_after_a_reset_stands_still(mode: str, driver: str):
    scenario = scenario_of(machine=Machine(reset_at_ns=500_000, reset_driver=driver))
    made = simulated_run(0, scenario, MODE_BY_NAME[mode], 20 * MS).landmarks
    (reset,) = times(made, Kind.RESET)
    stuck = [place for place in made.places if place.kind is Kind.STUCK]
    assert [place.value for place in stuck] == ([32] if driver == "forgets" else [])
    assert all(place.t_ns > reset for place in stuck)


def test_waits_that_a_scenario_asks_for_are_no_standstill():
    patient = replace(Doorbell(), batch=100, batch_limit_ns=5 * MS)
    scenario = scenario_of(doorbell=patient, workload=Workload(queue_depth=2))
    assert quiet_ns_of(scenario) > 5 * MS
    made = simulated_run(0, scenario, MODE_BY_NAME["batched"], 40 * MS).landmarks
    assert not times(made, Kind.STUCK)


@pytest.mark.parametrize(
    "device",
    [
        Device(kind="fixed", latency_ns=MS, latency_table="0: 1ms, 99: 2ms, 100: 9ms"),
        Device(kind="fixed", latency_ns=2 * MS, write_latency_ns=3 * MS, spread_percent=50),
    ],
)
def test_a_slow_device_is_no_standstill(device: Device):
    scenario = scenario_of(device=device, workload=Workload(queue_depth=2))
    assert quiet_ns_of(scenario) > 9 * MS
    made = simulated_run(0, scenario, MODE_BY_NAME["mmio_trap"], 60 * MS).landmarks
    assert not times(made, Kind.STUCK)
