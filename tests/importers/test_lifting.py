"""What the lifter makes of real traces is a machine that works: every event fits the one before."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from nvmeviz.importers.read import MeasuredRun, read_traces
from nvmeviz.log import kinds as k
from nvmeviz.log.about import About
from nvmeviz.model.invariants import StateView, queue_violations
from nvmeviz.model.reduce import fold
from nvmeviz.model.state import MachineState
from tests.importers.traces import all_cases, sample

CASES = all_cases()
PLACES = 40  # of a run that are looked at


def broken(run: MeasuredRun) -> Counter[str]:
    """What is wrong with the machine at some places of a run."""
    state, found = MachineState(run.topology), Counter[str]()
    step = max(1, len(run.events) // PLACES)
    for start in range(0, len(run.events), step):
        stop = min(len(run.events), start + step)
        fold(state, run.events, start, stop)
        if run.events["kind"][stop - 1] == k.CTRL_RESET:
            continue
        view = StateView(state)
        for queue in range(len(run.topology.queues) - 1):
            found.update(queue_violations(view, queue))
    return found


def main_run(files: list[str]) -> MeasuredRun:
    return max(read_traces(files).runs, key=lambda run: run.io_commands)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
@pytest.mark.parametrize("both", [False, True], ids=["qemu", "qemu and guest"])
def test_a_real_trace_becomes_a_machine_in_which_everything_fits(case, both):
    files = case.files if both else [case.qemu]
    for run in read_traces(files).runs:
        if run.epoch < 0 or run.io_commands < 10:
            continue  # what only the guest tells leaves the controller's side open
        assert not broken(run)
        assert not (run.events["kind"] == k.STRAY).any()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_events_stand_for_records_one_to_one(case):
    imported = read_traces([case.qemu])
    for run in imported.runs:
        epoch = imported.tally.epochs[run.epoch]
        for number, pair in enumerate(run.topology.queues):
            counts = epoch.queues[pair.qid].counts if pair.qid in epoch.queues else Counter[str]()
            own = run.events[run.events["qid"] == number]["kind"]
            assert (own == k.SQ_FETCH).sum() == counts["commands"]
            assert (own == k.DEV_DONE).sum() == counts["completions"]
            assert (own == k.SQ_DOORBELL).sum() == counts["sq_mmio_doorbells"]
            assert (own == k.CQ_DOORBELL).sum() == counts["cq_mmio_doorbells"]
            assert (own == k.SQ_SHADOW_READ).sum() == counts["shadow_sq_reads"]
            assert (own == k.SQ_EVENTIDX).sum() == counts["eventidx_sq_writes"]


def test_what_is_inferred_says_so_and_what_is_measured_does_not():
    run = main_run([sample("linux-dbbuf-qd16").qemu])
    inferred = (run.events["flags"] & k.INFERRED) != 0
    assert set(run.events["kind"][inferred].tolist()) <= run.about.inferred
    for kind in (k.SQ_FETCH, k.DEV_DONE, k.SQ_SHADOW_READ, k.IRQ_RAISE):
        assert not inferred[run.events["kind"] == kind].any()


def test_the_guest_turns_what_was_inferred_into_what_was_measured():
    case = sample("linux-dbbuf-qd16")
    alone, both = main_run([case.qemu]), main_run(case.files)
    for kind in (k.SQ_POST, k.CQ_REAP, k.IRQ_ENTER):
        of_alone = alone.events[alone.events["kind"] == kind]["flags"] & k.INFERRED
        of_both = both.events[(both.events["kind"] == kind) & (both.events["qid"] == 0)]
        assert of_alone.all()
        measured = (of_both["flags"] & k.INFERRED) == 0
        assert measured.mean() > 0.99
    assert alone.about.covers(k.SQ_POST)
    assert not alone.about.covers(k.VCPU_HALT)
    assert isinstance(both.about, About)


def test_a_doorbell_that_eventidx_made_needless_is_seen():
    case = sample("linux-dbbuf-qd16")
    run = main_run([case.qemu])
    reads = run.events[run.events["kind"] == k.SQ_EVENTIDX_READ]
    silent = int((reads["b"] == 0).sum())
    first_seen = "tail advances first seen in a shadow read (no doorbell)"
    assert silent == case.counts["eventidx_check"]["1"][first_seen]


def test_eventfds_leave_no_line_and_are_inferred_from_what_the_controller_finds():
    cases = [case for case in CASES if case.name == "m-onefd-randread-qd16"]
    if not cases:
        pytest.skip("that run is not here")
    run = main_run([cases[0].qemu])
    assert run.mode == "dbbuf_ioeventfd"
    assert not run.about.covers(k.SQ_DOORBELL)
    kicks = int((run.events["kind"] == k.SQ_KICK).sum())
    assert 0 < kicks < run.io_commands


def test_time_rises_and_the_same_files_give_the_same_bytes():
    case = sample("linux-mmio-batch8")
    one, other = read_traces(case.files), read_traces(case.files)
    for a, b in zip(one.runs, other.runs, strict=True):
        assert (np.diff(a.events["t"]) >= 0).all()
        assert a.events.tobytes() == b.events.tobytes()
