"""What is simulated, written as QEMU would log it and read again is the same machine at every moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from nvmeviz.engine.doorbell import MODE_BY_NAME
from nvmeviz.exporters.formats.qemu_log import EXPORTER
from nvmeviz.importers.read import read_traces
from nvmeviz.importers.records import NO_CID
from nvmeviz.log import kinds as k
from nvmeviz.model.reduce import fold
from nvmeviz.model.state import MachineState
from nvmeviz.scenario.schema import Machine, Workload
from tests.engine.runs import channels, scenario_of
from tests.exporters.runs import simulated, text_of

if TYPE_CHECKING:
    from pathlib import Path

    from nvmeviz.importers.read import MeasuredRun
    from nvmeviz.model.topology import Topology

MODES = ("mmio_trap", "batched", "dbbuf_qemu71", "dbbuf_qemu80", "dbbuf_ioeventfd")
COUNT = 12_000
INSTANTS = 400
# What QEMU's log tells, whenever one looks.
TOLD = ("q_fetched", "q_done", "sq_head", "sq_known", "cq_known", "sq_eventidx", "sq_db", "cq_db")
# What follows from it, once nothing is under way between the driver and the controller.
SUBMITTED = ("q_posted", "sq_tail")
POSTED = ("q_completed", "cq_tail", "cq_posted")
REAPED = ("q_reaped", "cq_head", "q_inflight")
MACHINES = {
    "one queue": (Machine(vcpus=1), Workload(queue_depth=8)),
    "small rings that wrap": (Machine(vcpus=2, ring_slots=5), Workload(queue_depth=4)),
    "several queues": (Machine(vcpus=3), Workload(queue_depth=16)),
}


def there_and_back(
    folder: Path, mode: str, machine: str
) -> tuple[Topology, np.ndarray, MeasuredRun]:
    """(topology, events) of a simulated run, and what came back of it."""
    shape, workload = MACHINES[machine]
    scenario = scenario_of(machine=shape, workload=workload, device=channels())
    run, events = simulated(scenario, MODE_BY_NAME[mode], COUNT)
    path = folder / "qemu.log"
    path.write_text(text_of(EXPORTER, run))
    found = read_traces([str(path)])
    assert not found.issues
    (measured,) = found.runs
    return run.topology, events, measured


def differences(folder: Path, mode: str, machine: str) -> tuple[dict[str, int], dict[str, int]]:
    """How often fields differ, and how often those that follow could be compared at all."""
    topology, events, measured = there_and_back(folder, mode, machine)
    one, other = MachineState(topology), MachineState(measured.topology)
    micros = events["t"] // 1000
    # Entries that the log ends too early to see fetched have no CID.
    nameless = measured.events["t"][measured.events["cid"] == NO_CID] // 1000
    last = min([int(micros[-1]), *nameless.tolist()])
    wrong: dict[str, int] = {}
    seen = {"submitted": 0, "posted": 0, "reaped": 0}
    at = np.unique(np.linspace(0, last - 1, INSTANTS).astype(np.int64))
    here = there = 0
    for micro in at.tolist():
        # The log says microseconds: both machines stand behind everything of this one.
        stop = int(np.searchsorted(micros, micro, "right"))
        fold(one, events, here, stop)
        end = int(np.searchsorted(measured.events["t"], micro * 1000, "right"))
        fold(other, measured.events, there, end)
        here, there = stop, end
        for q in range(len(topology.queues)):
            fields: list[str] = [*TOLD]
            if one.sq_known[q] == one.sq_tail[q]:
                fields += SUBMITTED
                seen["submitted"] += 1
            if one.cq_unsignalled[q] == 0 and one.q_done[q] == one.q_completed[q]:
                fields += POSTED
                seen["posted"] += 1
            if one.cq_known[q] == one.cq_head[q] and one.sq_known[q] == one.sq_tail[q]:
                fields += REAPED
                seen["reaped"] += 1
            for name in fields:
                if getattr(one, name)[q] != getattr(other, name)[q]:
                    wrong[name] = wrong.get(name, 0) + 1
    return wrong, seen


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("mode", MODES)
def test_the_machine_is_the_same_at_every_microsecond(tmp_path, mode, machine):
    wrong, seen = differences(tmp_path, mode, machine)
    assert wrong == {}
    assert min(seen.values()) > INSTANTS // 20


# In the order of the kinds of events that are their lines.
COUNTED = {
    k.SQ_FETCH: "commands",
    k.DEV_DONE: "completions",
    k.SQ_DOORBELL: "sq_mmio_doorbells",
    k.CQ_DOORBELL: "cq_mmio_doorbells",
    k.SQ_SHADOW_READ: "shadow_sq_reads",
    k.CQ_SHADOW_READ: "shadow_cq_reads",
    k.SQ_EVENTIDX: "eventidx_sq_writes",
    k.CQ_EVENTIDX: "eventidx_cq_writes_traced",
}


@pytest.mark.parametrize("mode", MODES)
def test_every_event_that_has_a_line_is_counted_and_comes_back(tmp_path, mode):
    shape, workload = MACHINES["several queues"]
    scenario = scenario_of(machine=shape, workload=workload, device=channels())
    run, events = simulated(scenario, MODE_BY_NAME[mode], COUNT)
    path = tmp_path / "qemu.log"
    path.write_text(text_of(EXPORTER, run))
    found = read_traces([str(path)])
    (measured,) = found.runs
    epoch = found.tally.epochs[measured.epoch]
    # Setting the shadow buffers up writes each EventIdx once, in the midst of an event.
    config = int((events["kind"] == k.DBBUF_CONFIG).sum())
    for number, pair in enumerate(run.topology.queues):
        own, back = (log["kind"][log["qid"] == number] for log in (events, measured.events))
        for kind, name in COUNTED.items():
            count = int((own == kind).sum())
            told = epoch.queue(pair.qid, 0).counts[name]
            assert told == int((back == kind).sum())
            extra = config if kind in (k.SQ_EVENTIDX, k.CQ_EVENTIDX) and pair.qid else 0
            assert count <= told <= count + extra, name
        assert int((own == k.IRQ_RAISE).sum()) == int((back == k.IRQ_RAISE).sum())
    assert not (measured.events["kind"] == k.STRAY).any()


def test_a_cid_that_serves_again_was_taken_before_it_was_written_again(tmp_path):
    # Batched doorbells: the driver writes new entries long before it says how far it has reaped.
    _, _, measured = there_and_back(tmp_path, "batched", "one queue")
    busy: set[int] = set()
    for event in measured.events[measured.events["qid"] == 0]:
        if event["kind"] == k.SQ_POST and event["cid"] != NO_CID:
            assert event["cid"] not in busy
            busy.add(event["cid"])
        elif event["kind"] == k.CQ_REAP:
            busy.remove(event["cid"])
    reaps = measured.events[measured.events["kind"] == k.CQ_REAP]
    assert (reaps["b"] > 0).all()
