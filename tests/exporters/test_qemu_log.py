"""A log has QEMU's lines, tells what QEMU would tell, and begins so that its queues can be found."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nvmeviz.engine.doorbell import MODE_BY_NAME, MODES
from nvmeviz.exporters.base import ExportError
from nvmeviz.exporters.formats.qemu_log import EPOCH_S, EXPORTER
from nvmeviz.log import kinds as k
from nvmeviz.scenario.schema import Machine
from tests.engine.runs import channels, examples, modes, scenario_of, scenarios
from tests.exporters.runs import event, nonsense, run_of, simulated, text_of

LINE = re.compile(r"(?P<tid>\d+)@(?P<s>\d+)\.(?P<us>\d{6}):pci_nvme_(?P<ev>\w+) (?P<args>.*)")
# Formats of QEMU 8.0 to 9.2 (hw/nvme/trace-events), as patterns.
ARGS = {
    "mmio_aqattr": r"wrote MMIO, admin queue attributes=0x[0-9a-f]+",
    "mmio_cfg": r"wrote MMIO, config controller config=0x[0-9a-f]+",
    "mmio_start_success": r"setting controller enable bit succeeded",
    "mmio_stopped": r"cleared controller enable bit",
    "create_cq": r"create completion queue, addr=0x[0-9a-f]+, cqid=\d+, vector=\d+, qsize=\d+, "
    r"qflags=\d+, ien=\d",
    "create_sq": r"create submission queue, addr=0x[0-9a-f]+, sqid=\d+, cqid=\d+, qsize=\d+, "
    r"qflags=\d+",
    "mmio_write": r"addr 0x[0-9a-f]+ data 0x[0-9a-f]+ size 4",
    "mmio_doorbell_sq": r"sqid \d+ new_tail \d+",
    "mmio_doorbell_cq": r"cqid \d+ new_head \d+",
    "dbbuf_config": r"dbs_addr=0x[0-9a-f]+ eis_addr=0x[0-9a-f]+",
    "update_sq_tail": r"sqid \d+ new_tail \d+",
    "update_cq_head": r"cqid \d+ new_head \d+",
    "update_sq_eventidx": r"sqid \d+ new_eventidx \d+",
    "update_cq_eventidx": r"cqid \d+ new_eventidx \d+",
    "admin_cmd": r"cid \d+ sqid \d+ opc 0x[0-9a-f]+ opname 'NVME_ADM_CMD_\w+'",
    "io_cmd": r"cid \d+ nsid 0x1 sqid \d+ opc 0x[0-9a-f]+ opname 'NVME_(NVM|ZONED)_CMD_\w+'",
    "read": r"cid \d+ nsid 1 nlb \d+ count \d+ lba 0x[0-9a-f]+",
    "write": r"cid \d+ opname 'NVME_NVM_CMD_WRITE' nsid 1 nlb \d+ count \d+ lba 0x[0-9a-f]+",
    "enqueue_req_completion": r"cid \d+ cqid \d+ dw0 0x0 dw1 0x0 status 0x[0-9a-f]+",
    "err_req_status": r"cid \d+ nsid \d+ status 0x[0-9a-f]+ opc 0x[0-9a-f]+",
    "irq_msix": r"raising MSI-X IRQ vector \d+",
}
SOFT = [mode for mode in MODES if not mode.passthrough]


def lines_of(run) -> list[re.Match[str]]:
    found: list[re.Match[str]] = []
    last = 0
    for line in text_of(EXPORTER, run).splitlines():
        match = LINE.fullmatch(line)
        assert match, line
        assert re.fullmatch(ARGS[match["ev"]], match["args"]), line
        now = int(match["s"]) * 1_000_000 + int(match["us"])
        assert now >= last
        last = now
        found.append(match)
    return found


def said(lines, name: str) -> list[str]:
    return [line["args"] for line in lines if line["ev"] == name]


@given(scenario=scenarios(), mode=modes.filter(lambda mode: not mode.passthrough), data=st.data())
@settings(max_examples=examples(60))
def test_every_line_is_one_of_qemus_and_every_event_has_its_line(scenario, mode, data):
    guest = data.draw(st.integers(0, scenario.machine.guests - 1))
    run, events = simulated(scenario, mode, 1_500, guest)
    pairs = run.topology.queues
    lines = lines_of(run)
    count = Counter(line["ev"] for line in lines)
    of_guest = np.array([pair.guest == guest for pair in pairs])
    own = events[of_guest[events["qid"]]]
    kind = own["kind"]
    mapped = own["b"] == k.DOORBELL_MAPPED
    assert count["mmio_doorbell_sq"] == int(((kind == k.SQ_DOORBELL) & ~mapped).sum())
    assert count["mmio_doorbell_cq"] == int(((kind == k.CQ_DOORBELL) & ~mapped).sum())
    assert count["mmio_write"] == count["mmio_doorbell_sq"] + count["mmio_doorbell_cq"]
    assert count["io_cmd"] + count["admin_cmd"] == int((kind == k.SQ_FETCH).sum())
    assert count["read"] + count["write"] == count["io_cmd"]
    assert count["enqueue_req_completion"] == int((kind == k.DEV_DONE).sum())
    assert count["irq_msix"] == int((kind == k.IRQ_RAISE).sum())
    assert count["dbbuf_config"] == int((kind == k.DBBUF_CONFIG).sum())
    resets = int((kind == k.CTRL_RESET).sum())
    assert count["mmio_start_success"] == 1 + resets
    queues = sum(of_guest) - 1
    assert count["create_sq"] == queues * (1 + resets)
    # No command is fetched before the controller has been told of it.
    known = dict.fromkeys((pair.qid for pair in pairs if pair.guest == guest), 0)
    heads = dict(known)
    for line in lines:
        numbers = [int(n) for n in re.findall(r"id (\d+) new_tail (\d+)", line["args"]) for n in n]
        if line["ev"] in ("mmio_doorbell_sq", "update_sq_tail"):
            known[numbers[0]] = numbers[1]
        elif line["ev"] == "mmio_stopped":
            heads |= {qid: 0 for qid in heads if qid}
            known |= {qid: 0 for qid in known if qid}
        elif line["ev"] in ("io_cmd", "admin_cmd"):
            qid = int(re.findall(r"sqid (\d+)", line["args"])[0])
            slots = next(p.sq_slots for p in pairs if p.guest == guest and p.qid == qid)
            assert heads[qid] != known[qid]
            heads[qid] = (heads[qid] + 1) % slots


@given(seed=st.integers(0, 2**32), guest=st.integers(0, 1))
@settings(max_examples=100)
def test_events_that_make_no_sense_still_give_qemus_lines(seed, guest):
    lines_of(run_of(nonsense(seed), guest=guest))


def test_it_begins_with_the_queues_and_their_sizes():
    machine = Machine(vcpus=2, ring_slots=64, cq_slots=128)
    run, _ = simulated(scenario_of(machine=machine), MODE_BY_NAME["mmio_trap"], 50)
    lines = lines_of(run)
    begin = [line["ev"] for line in lines[:7]]
    assert begin == [
        "mmio_aqattr",
        "mmio_cfg",
        "mmio_start_success",
        *["create_cq"] * 2,
        *["create_sq"] * 2,
    ]
    assert said(lines, "mmio_aqattr") == ["wrote MMIO, admin queue attributes=0x1f001f"]
    assert said(lines, "create_cq")[1] == (
        "create completion queue, addr=0x0, cqid=2, vector=2, qsize=127, qflags=3, ien=1"
    )
    assert said(lines, "create_sq")[1] == (
        "create submission queue, addr=0x0, sqid=2, cqid=2, qsize=63, qflags=1"
    )
    assert {line["s"] for line in lines} == {str(EPOCH_S)}


def test_sqs_that_share_a_cq_say_so():
    machine = Machine(vcpus=1, queues=3, sqs_per_cq=3, ring_slots=64)
    run, _ = simulated(scenario_of(machine=machine), MODE_BY_NAME["mmio_trap"], 400)
    lines = lines_of(run)
    assert len(said(lines, "create_cq")) == 1
    assert all("cqid=1," in args for args in said(lines, "create_sq"))
    assert {args.split()[-1] for args in said(lines, "irq_msix")} == {"1"}


def test_a_guest_that_polls_has_queues_without_interrupts():
    scenario = scenario_of()
    scenario = replace(scenario, workload=replace(scenario.workload, completion="poll"))
    run, _ = simulated(scenario, MODE_BY_NAME["mmio_trap"], 400)
    assert said(lines_of(run), "create_cq")[0].endswith("qflags=1, ien=0")


@pytest.mark.parametrize("mode", SOFT, ids=lambda mode: mode.name)
def test_doorbells_are_of_vcpus_and_all_else_of_the_controller(mode):
    run, _ = simulated(scenario_of(device=channels(2)), mode, 2_000)
    for line in lines_of(run):
        doorbell = line["ev"].startswith(("mmio_write", "mmio_doorbell"))
        assert int(line["tid"]) // 1_000 == (2 if doorbell else 1)


def test_one_command_under_mmio_doorbells_is_what_qemu_logs():
    scenario = scenario_of(device=channels(1))
    scenario = replace(scenario, workload=replace(scenario.workload, queue_depth=1))
    run, _ = simulated(scenario, MODE_BY_NAME["mmio_trap"], 60)
    words = [f"{line['ev']} {line['args']}" for line in lines_of(run)][5:13]
    assert words == [
        "mmio_write addr 0x1008 data 0x1 size 4",
        "mmio_doorbell_sq sqid 1 new_tail 1",
        "io_cmd cid 0 nsid 0x1 sqid 1 opc 0x2 opname 'NVME_NVM_CMD_READ'",
        "read cid 0 nsid 1 nlb 8 count 4096 lba 0x0",
        "enqueue_req_completion cid 0 cqid 1 dw0 0x0 dw1 0x0 status 0x0",
        "irq_msix raising MSI-X IRQ vector 1",
        "mmio_write addr 0x100c data 0x1 size 4",
        "mmio_doorbell_cq cqid 1 new_head 1",
    ]


def test_shadow_reads_and_eventidx_are_told():
    run, events = simulated(scenario_of(), MODE_BY_NAME["dbbuf_qemu80"], 2_000)
    count = Counter(line["ev"] for line in lines_of(run))
    for name, kind in (
        ("update_sq_tail", k.SQ_SHADOW_READ),
        ("update_cq_head", k.CQ_SHADOW_READ),
        ("update_sq_eventidx", k.SQ_EVENTIDX),
        ("update_cq_eventidx", k.CQ_EVENTIDX),
    ):
        assert count[name] == int((events["kind"] == kind).sum()) > 0


def test_a_poller_tells_what_it_finds():
    run, _ = simulated(scenario_of(), MODE_BY_NAME["polling"], 3_000)
    lines = lines_of(run)
    tails = said(lines, "update_sq_tail")
    assert len(tails) > 20
    assert len(set(tails)) > 5


def test_a_poller_that_wants_no_doorbells_says_so():
    run, _ = simulated(scenario_of(), MODE_BY_NAME["adaptive_polling"], 3_000)
    assert "sqid 1 new_eventidx 65535" in said(lines_of(run), "update_sq_eventidx")


def test_hardware_queues_are_refused_in_words():
    run, _ = simulated(scenario_of(), MODE_BY_NAME["passthrough"], 100)
    with pytest.raises(ExportError, match="QEMU sees nothing"):
        text_of(EXPORTER, run)


def test_a_failed_command_has_its_status():
    events = np.concatenate(
        [
            event(k.SQ_POST, 1, b=2 | 8 << 8),
            event(k.SQ_FETCH, 2),
            event(k.DEV_DONE, 2_000_003, b=0x4002),
        ]
    )
    lines = lines_of(run_of(events))
    assert said(lines, "enqueue_req_completion")[0].endswith("status 0x4002")
    assert said(lines, "err_req_status") == ["cid 0 nsid 1 status 0x4002 opc 0x2"]
    assert lines[-1]["us"] == "002000"


def test_an_empty_run_is_a_start():
    assert "create_sq" in text_of(EXPORTER, run_of(event(k.SQ_POST)[:0]))
