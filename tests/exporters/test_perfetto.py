"""A trace loads, its slices nest, its flows are whole, its counters count."""

from __future__ import annotations

import json
from collections import Counter, defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nvmeviz.engine.doorbell import MODE_BY_NAME, MODES
from nvmeviz.exporters.formats.perfetto import DEVICE, EXPORTER
from nvmeviz.log import kinds as k
from tests.engine.runs import channels, examples, modes, scenario_of, scenarios
from tests.exporters.runs import event, nonsense, run_of, simulated, text_of


def trace_of(run) -> list[dict]:
    return json.loads(text_of(EXPORTER, run))["traceEvents"]


def check_nesting(trace: list[dict]) -> None:
    """On every track each end has its beginning, and nothing reaches over an end."""
    last = 0.0
    stacks: dict[tuple, list[dict]] = defaultdict(list)
    for row in trace:
        if row["ph"] == "M":
            continue
        assert row["ts"] >= last
        last = row["ts"]
        track = (row["pid"], row["tid"])
        if row["ph"] == "B":
            stacks[track].append(row)
        elif row["ph"] == "E":
            stacks[track].pop()
        elif row["ph"] == "b":
            stacks[row["id"], row["cat"]].append(row)
        elif row["ph"] == "e":
            assert stacks[row["id"], row["cat"]].pop()["name"] == row["name"]
        elif row["ph"] == "X":
            assert row["dur"] == 0
        else:
            assert row["ph"] in "iCstf"
    for track, stack in stacks.items():
        if isinstance(track[0], int):  # what a command is in at the end stays open
            assert track[0] == DEVICE or not stack


def check_flows(trace: list[dict]) -> None:
    """Each flow begins once, ends at most once, and every point of it lies on a slice of its track."""
    seen: dict[int, str] = {}
    open_slices: Counter[tuple[int, int]] = Counter()
    previous: dict = {}
    for row in trace:
        track = (row["pid"], row["tid"])
        open_slices[track] += (row["ph"] == "B") - (row["ph"] == "E")
        if row["ph"] in "stf":
            held = previous["ph"] in "XB" and previous["ts"] == row["ts"]
            assert held
            assert (previous["pid"], previous["tid"]) == track
            before = seen.get(row["id"], "")
            assert (row["ph"] == "s") is (before == "")
            assert before != "f"
            assert (row["ph"] == "f") is ("bp" in row)
            seen[row["id"]] = row["ph"]
        previous = row


def check_names(trace: list[dict]) -> None:
    """Every process and thread with slices has a name."""
    named = {(r["name"], r["pid"], r["tid"]) for r in trace if r["ph"] == "M"}
    for row in trace:
        assert ("process_name", row["pid"], 0) in named
        if row["ph"] in "BEXi" and row.get("s") != "g":
            assert ("thread_name", row["pid"], row["tid"]) in named


@given(scenario=scenarios(), mode=modes)
@settings(max_examples=examples(60))
def test_any_run_loads_nests_and_flows(scenario, mode):
    run, events = simulated(scenario, mode, 1_500)
    trace = trace_of(run)
    check_nesting(trace)
    check_flows(trace)
    check_names(trace)
    ends = Counter(row["ph"] for row in trace)
    reaped = int((events["kind"] == k.CQ_REAP).sum())
    assert ends["f"] == reaped
    assert ends["s"] == int((events["kind"] == k.SQ_POST).sum())


@given(seed=st.integers(0, 2**32))
@settings(max_examples=100)
def test_events_that_make_no_sense_still_load_and_nest(seed):
    trace = trace_of(run_of(nonsense(seed)))
    check_nesting(trace)
    check_flows(trace)
    check_names(trace)


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)
def test_slices_tell_what_everybody_does(mode):
    run, events = simulated(scenario_of(device=channels(2)), mode, 4_000)
    trace = trace_of(run)
    begun = Counter(row["name"] for row in trace if row["ph"] == "B")
    exits = (events["kind"] == k.VM_EXIT) & (events["a"] == k.EXIT_SQ_DOORBELL)
    assert begun["VM exit: SQ doorbell"] == int(exits.sum())
    assert begun["IRQ handler"] == int((events["kind"] == k.IRQ_ENTER).sum())
    # The device's slices are named by guest and queue.
    started = sum(count for name, count in begun.items() if name.startswith("VM 1 SQ"))
    assert started == int((events["kind"] == k.DEV_START).sum())


def test_in_flight_counts_what_is_posted_and_not_reaped():
    run, events = simulated(scenario_of(), MODE_BY_NAME["mmio_trap"], 3_000)
    counts = [
        row["args"]["commands"]
        for row in trace_of(run)
        if row["ph"] == "C" and row["name"] == "SQ 1 in flight"
    ]
    io = events[events["qid"] == 0]
    moves = io["kind"][np.isin(io["kind"], (k.SQ_POST, k.CQ_REAP))]
    assert counts == np.cumsum(np.where(moves == k.SQ_POST, 1, -1)).tolist()


def test_times_are_microseconds_to_the_nanosecond():
    text = text_of(EXPORTER, run_of(event(k.SQ_POST, 1_234_567)))
    assert '"ts":1234.567' in text
    assert json.loads(text)["displayTimeUnit"] == "ns"


def test_a_command_under_way_keeps_its_slice_and_flow_open():
    events = np.concatenate([event(k.SQ_POST, 10), event(k.SQ_FETCH, 20)])
    trace = trace_of(run_of(events))
    assert [row["ph"] for row in trace if row["ph"] in "stf"] == ["s", "t"]
    phases = [(row["ph"], row["name"]) for row in trace if row["ph"] in "be"]
    assert phases == [
        ("b", "SQ 1"),
        ("b", "written, not announced"),
        ("e", "written, not announced"),
        ("b", "fetched"),
    ]


def test_a_scenario_change_is_a_mark_for_all():
    trace = trace_of(run_of(event(k.SCENARIO_CHANGE, 5, a=2)))
    (mark,) = (row for row in trace if row["ph"] == "i")
    assert mark["s"] == "g"
