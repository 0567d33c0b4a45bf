"""Every form in which a trace line is written: by QEMU 5 to 10, ftrace, trace-cmd report, perf script."""

from __future__ import annotations

import numpy as np
import pytest

from nvmeviz.importers import IMPORTERS
from nvmeviz.importers import records as r
from nvmeviz.importers.format import scanner_of
from nvmeviz.importers.read import MeasuredRun, read_traces
from nvmeviz.log import kinds as k

US = 1000


def read(line: str) -> tuple[dict[str, int], list[int]]:
    """The columns of the record that a line becomes, and the scanner's counts; {} when it is none."""
    scanner = scanner_of(IMPORTERS)
    out = np.empty((line.count("\n") + 2, r.WIDTH), np.int64)
    text = line.encode() + b"\n"
    rows = scanner.scan(text, 0, len(text), out)
    names = ("t", "line", "who", "cpu", "kind", "dev", "a", "b", "c", "d", "e", "f")
    return (dict(zip(names, out[0].tolist(), strict=True)) if rows else {}), scanner.told()


def says(line: str, **columns: int) -> None:
    """A line says just this, whatever else it says."""
    found, counts = read(line)
    assert {name: found.get(name) for name in columns} == columns, line
    assert counts[r.S_BAD] == counts[r.S_FOREIGN] == 0


QEMU_PREFIXES = {
    "since 6.0": ("2703864@1788927128.493233:", 1788927128_493233 * US, 2703864),
    "a patch of 2025": ("2026-09-08T23:32:08.493233Z (2703864) ", 1788910328_493233 * US, 2703864),
    "10.1": ("2026-09-08T23:32:08.493233Z ", 1788910328_493233 * US, -1),
    "no times": ("", -1, -1),
}


@pytest.mark.parametrize("prefix", QEMU_PREFIXES)
def test_what_stands_in_front_of_a_qemu_event(prefix):
    text, t, who = QEMU_PREFIXES[prefix]
    line = f"{text}pci_nvme_mmio_doorbell_sq sqid 6 new_tail 2"
    says(line, t=t, who=who, kind=r.R_SQ_DOORBELL, a=6, b=2)


QEMU_EVENTS = {
    # As in 5.2, in 7.2, in 8.0 and later.
    "pci_nvme_io_cmd cid 4428 nsid 1 sqid 1 opc 0x2 opname 'NVME_NVM_CMD_READ'": (
        *(r.R_IO_CMD, 1, 4428, 2),
    ),
    "pci_nvme_io_cmd cid 4428 nsid 0x1 sqid 1 opc 0x2 opname 'NVME_NVM_CMD_READ'": (
        *(r.R_IO_CMD, 1, 4428, 2),
    ),
    "pci_nvme_admin_cmd cid 4117 sqid 0 opc 0x5 opname 'NVME_ADM_CMD_CREATE_CQ'": (
        *(r.R_ADMIN_CMD, 0, 4117, 5),
    ),
    "pci_nvme_enqueue_req_completion cid 9 cqid 1 status 0x4002": (r.R_DONE, 1, 9, 0x4002),
    "pci_nvme_enqueue_req_completion cid 9 cqid 1 dw0 0x7 dw1 0x8 status 0x0": (r.R_DONE, 1, 9, 0),
    "pci_nvme_rw cid 5 opname 'NVME_NVM_CMD_READ' nsid 1 nlb 8 count 4096 lba 0x10": (
        *(r.R_BLOCKS, -1, 5, 8, 4096),
    ),
    "pci_nvme_read cid 5 nsid 1 nlb 8 count 4096 lba 0x10": (r.R_BLOCKS, -1, 5, 8, 4096),
    "pci_nvme_write cid 5 opname 'NVME_NVM_CMD_WRITE' nsid 1 nlb 8 count 4096 lba 0x10": (
        *(r.R_BLOCKS, -1, 5, 8, 4096),
    ),
    "pci_nvme_shadow_doorbell_sq sqid 1 new_shadow_doorbell 7": (r.R_TAIL_READ, 1, 7),
    "pci_nvme_update_sq_tail sqid 1 new_tail 7": (r.R_TAIL_READ, 1, 7),
    "pci_nvme_shadow_doorbell_cq cqid 1 new_shadow_doorbell 7": (r.R_HEAD_READ, 1, 7),
    "pci_nvme_update_cq_head cqid 1 new_head 7": (r.R_HEAD_READ, 1, 7),
    "pci_nvme_eventidx_sq sqid 1 new_eventidx 7": (r.R_SQ_EVENTIDX, 1, 7),
    "pci_nvme_update_sq_eventidx sqid 1 new_eventidx 7": (r.R_SQ_EVENTIDX, 1, 7),
    "pci_nvme_eventidx_cq cqid 1 new_eventidx 7": (r.R_CQ_EVENTIDX, 1, 7),
    "pci_nvme_update_cq_eventidx cqid 1 new_eventidx 7": (r.R_CQ_EVENTIDX, 1, 7),
    "pci_nvme_mmio_write addr 0x1008 data 0x4e": (r.R_MMIO_WRITE, 0x1008, 0x4E),
    "pci_nvme_mmio_write addr 0x1008 data 0x4e size 4": (r.R_MMIO_WRITE, 0x1008, 0x4E),
    "pci_nvme_mmio_doorbell_cq cqid 6 new_head 2": (r.R_CQ_DOORBELL, 6, 2),
    "pci_nvme_irq_msix raising MSI-X IRQ vector 6": (r.R_IRQ, 6),
    "pci_nvme_irq_pin pulsing IRQ pin": (r.R_IRQ_PIN,),
    "pci_nvme_create_cq create completion queue, addr=0x104318000, cqid=1, vector=2, qsize=1023, "
    "qflags=3, ien=1": (r.R_CREATE_CQ, 1, 2, 1023, 1),
    "pci_nvme_create_sq create submission queue, addr=0x1, sqid=3, cqid=1, qsize=1023, qflags=1": (
        *(r.R_CREATE_SQ, 3, 1, 1023),
    ),
    "pci_nvme_del_sq deleting submission queue sqid=1": (r.R_DELETE_SQ, 1),
    "pci_nvme_del_cq deleted completion queue, cqid=1": (r.R_DELETE_CQ, 1),
    "pci_nvme_mmio_aqattr wrote MMIO, admin queue attributes=0x1f001f": (r.R_ADMIN_SIZES, 0x1F001F),
    "pci_nvme_mmio_start_success setting controller enable bit succeeded": (r.R_ENABLE,),
    "pci_nvme_mmio_stopped cleared controller enable bit": (r.R_DISABLE,),
    "pci_nvme_mmio_shutdown_set shutdown bit set": (r.R_SHUTDOWN,),
    "pci_nvme_pci_reset PCI Function Level Reset": (r.R_PCI_RESET,),
    "pci_nvme_dbbuf_config dbs_addr=0x4934000 eis_addr=0x4933000": (r.R_DBBUF_CONFIG,),
    "pci_nvme_err_cfs controller fatal status": (r.R_FATAL,),
    "pci_nvme_err_startfail setting controller enable bit failed": (r.R_FATAL,),
    "pci_nvme_ub_db_wr_invalid_sq submission queue doorbell write for nonexistent queue, sqid=5, "
    "ignoring": (r.R_BAD_SQ_DOORBELL, 5),
    "pci_nvme_ub_db_wr_invalid_sqtail submission queue doorbell write value beyond queue size, "
    "sqid=5, new_head=99, ignoring": (r.R_BAD_SQ_DOORBELL, 5, 99),
    "pci_nvme_ub_db_wr_invalid_cq completion queue doorbell write for nonexistent queue, cqid=5, "
    "ignoring": (r.R_BAD_CQ_DOORBELL, 5),
    "pci_nvme_ub_db_wr_invalid_cqhead completion queue doorbell write value beyond queue size, "
    "cqid=5, new_head=99, ignoring": (r.R_BAD_CQ_DOORBELL, 5, 99),
}


@pytest.mark.parametrize("event", QEMU_EVENTS)
def test_events_of_qemu_in_the_words_of_its_versions(event):
    kind, *numbers = QEMU_EVENTS[event]
    columns = dict(zip("abcd", numbers, strict=False))
    says(f"7@1788927128.493233:{event}", kind=kind, **columns)
    says(event, kind=kind, **columns)


def test_other_events_of_qemu_are_counted_and_not_read():
    for event in ("apic_mem_writel 0xb0 = 0x00000000", "pci_nvme_map_prp trans_len 4096 len 4096"):
        row, counts = read(f"2703864@1788927128.494078:{event}")
        assert row == {}
        assert counts[r.S_OTHER] == 1


SETUP = (
    "nvme_setup_cmd: nvme0: disk=nvme0n1, qid=4, cmdid=25169, nsid=1, flags=0x0, meta=0x0, "
    "cmd=(nvme_cmd_write slba=498455480, len=7, ctrl=0x0, dsmgmt=0, reftag=0)"
)
KERNEL_FRONTS = {
    "ftrace, 4 flags": "  raft-benchmark-37801   [003] d..1  9904.831153: ",
    "ftrace, 5 flags": "  raft-benchmark-37801   [003] d.h..  9904.831153: ",
    "ftrace with tgid": "  raft-benchmark-37801 (  37800) [003] .....  9904.831153: ",
    "ftrace, tgid unknown": "  raft-benchmark-37801 (-------) [003] .....  9904.831153: ",
    "trace-cmd report": "  raft-benchmark-37801 [003]  9904.831153: ",
    "trace-cmd report, ns": "  raft-benchmark-37801 [003]  9904.831153000: ",
    "brackets in the name": "  kworker/u2:1[0] -x (y)-37801 [003] .....  9904.831153: ",
    "blanks in the name": "  CPU 0/TCG 7-37801 [003] .....  9904.831153: ",
    "idle": "  <idle>-37801 [003] d.h1.  9904.831153: ",
    "perf script": "  raft-benchmark   37801 [003]  9904.831153:  nvme:",
    "perf script with pid/tid": "  raft-benchmark 37800/37801 [003]  9904.831153:    nvme:",
    "perf script with periods": "  raft-benchmark 37801 [003]  9904.831153:    1   nvme:",
    "perf script, blanks": "  CPU 0/KVM  37801 [003]  9904.831153:     1 nvme:",
}


@pytest.mark.parametrize("front", KERNEL_FRONTS)
def test_what_stands_in_front_of_a_kernel_event(front):
    says(
        KERNEL_FRONTS[front] + SETUP,
        **{"t": 9904_831153 * US, "who": 37801, "cpu": 3, "kind": r.G_SETUP, "dev": 0},
        **{"a": 4, "b": 25169, "c": 1, "d": 7},
    )


NVME_EVENTS = {
    "nvme_setup_cmd: nvme1: qid=0, cmdid=24, nsid=0, flags=0x0, meta=0x0, cmd=(nvme_admin_create_cq "
    "cqid=2, qsize=1023, cq_flags=0x3, irq_vector=1)": (
        {"kind": r.G_SETUP, "dev": 1, "a": 0, "b": 24, "c": 5, "e": 1023, "f": 2}
    ),
    "nvme_setup_cmd: nvme0: qid=0, cmdid=24, nsid=0, flags=0x0, meta=0x0, cmd=(nvme_admin_create_sq "
    "sqid=2, qsize=1023, sq_flags=0x1, cqid=2)": (
        {"kind": r.G_SETUP, "a": 0, "b": 24, "c": 1, "e": 1023, "f": 2}
    ),
    "nvme_complete_rq: nvme0: disk=nvme0n1, qid=4, cmdid=25169, res=0x0, retries=1, flags=0x0, "
    "status=0x2002": ({"kind": r.G_COMPLETE, "dev": 0, "a": 4, "b": 25169, "c": 0x2002, "d": 1}),
    "nvme_complete_rq: nvme0: disk=nvme0c0n1, qid=4, cmdid=25169, res=0, retries=0, flags=0x0, "
    "status=0": ({"kind": r.G_COMPLETE, "dev": 0, "a": 4, "b": 25169, "c": 0}),
    "nvme_sq: nvme0: disk=nvme0n1, qid=4, head=783, tail=784": (
        {"kind": r.G_SQ, "dev": 0, "a": 4, "b": 783, "c": 784}
    ),
    "nvme_sq: nvme12: qid=0, head=3, tail=4": ({"kind": r.G_SQ, "dev": 12, "a": 0, "b": 3, "c": 4}),
    "nvme_setup_cmd: [FAILED TO PARSE] disk=nvme0n1 ctrl_id=0 qid=1 opcode=2 flags=0 fctype=0 cid=643 "
    "nsid=1 metadata=0": ({"kind": r.G_SETUP, "dev": 0, "a": 1, "b": 643, "c": 2}),
    "nvme_complete_rq: [FAILED TO PARSE] disk=nvme0n1 ctrl_id=1 qid=1 cid=643 result=0 retries=0 "
    "flags=0 status=0": ({"kind": r.G_COMPLETE, "dev": 1, "a": 1, "b": 643, "c": 0, "d": 0}),
    "nvme_sq: [FAILED TO PARSE] ctrl_id=0 disk=nvme0n1 qid=1 sq_head=5 sq_tail=6": (
        {"kind": r.G_SQ, "dev": 0, "a": 1, "b": 5, "c": 6}
    ),
    "nvme_async_event: nvme0: NVME_AEN=0x000002 [NVME_AER_NOTICE_NS_CHANGED]": (
        {"kind": r.G_ASYNC}
    ),
    "irq_handler_entry: irq=26 name=nvme0q3": ({"kind": r.G_IRQ_ENTER, "dev": 0, "a": 26, "b": 3}),
    "irq_handler_exit: irq=26 ret=handled": ({"kind": r.G_IRQ_EXIT, "a": 26}),
    "block_rq_issue: 259,0 WS 4096 () 498455480 + 8 [raft-benchmark]": ({"kind": r.G_BLOCK_ISSUE}),
    "block_rq_complete: 259,0 WS () 498455480 + 8 [0]": ({"kind": r.G_BLOCK_COMPLETE, "a": 0}),
    "block_rq_complete: 259,0 R () 8 + 8 none,0,0 [-5]": ({"kind": r.G_BLOCK_COMPLETE, "a": -5}),
}


@pytest.mark.parametrize("event", NVME_EVENTS)
def test_events_of_the_guest_as_kernels_and_tools_print_them(event):
    for front in ("  x y-1 [003] d.h..  9904.831153: ", "  x y-1 [003]  9904.831153:    "):
        says(front + event, **NVME_EVENTS[event])


KVM_EVENTS = {
    "kvm_exit: reason EPT_MISCONFIG rip 0x133025 info 0 0": (r.K_EXIT, 3, r.REASON_MMIO),
    "kvm_exit:             reason HLT rip 0x133025 info 0 0": (r.K_EXIT, 3, r.REASON_HALT),
    "kvm_exit: vcpu 5 reason EXTERNAL_INTERRUPT rip 0x1 info 0 800000ec": (
        *(r.K_EXIT, 5, r.REASON_INTERRUPT),
    ),
    "kvm_exit: vcpu 5 reason npf rip 0x1 info1 0x000000010000000f info2 0x00000000febd1008 intr_info "
    "0x00000000 error_code 0x00000000": (r.K_EXIT, 5, r.REASON_MMIO),
    "kvm_exit: vcpu 5 reason hlt rip 0x1 info1 0x0 info2 0x0 intr_info 0x0 error_code 0x0 requests "
    "0x0000000000000000": (r.K_EXIT, 5, r.REASON_HALT),
    "kvm_exit: reason interrupt rip 0x1 info 0 0": (r.K_EXIT, 3, r.REASON_INTERRUPT),
    "kvm_exit: reason MSR_WRITE rip 0x1 info 0 0": (r.K_EXIT, 3, -1),
    "kvm_entry: vcpu 5": (r.K_ENTRY, 5),
    "kvm_entry: vcpu 5, rip 0xffffffff8100": (r.K_ENTRY, 5),
    "kvm_entry: vcpu 5, rip 0xffffffff8100[immediate exit]": (r.K_ENTRY, 5),
    "kvm_entry: vcpu 5, rip 0x1 intr_info 0x00000000 error_code 0x00000000": (r.K_ENTRY, 5),
    "kvm_mmio: mmio write len 4 gpa 0xfebd1008 val 0x2": (r.K_MMIO, 0xFEBD1008, 2, 4, 1),
    "kvm_mmio: mmio read len 4 gpa 0xfebd001c val 0x1": (r.K_MMIO, 0xFEBD001C, 1, 4, 0),
    "kvm_mmio: mmio unsatisfied-read len 4 gpa 0xfebd001c val 0x0": (r.K_MMIO, 0xFEBD001C, 0, 4, 0),
    "kvm_fast_mmio: fast mmio at gpa 0xfe003000": (r.K_FAST_MMIO, 0xFE003000),
    "kvm_userspace_exit: reason KVM_EXIT_MMIO (6)": (r.K_USERSPACE, 6),
    "kvm_userspace_exit: reason restart (4)": (r.K_USERSPACE, 4),
    "kvm_msi_set_irq: dst 1 vec 34 (Fixed|physical|edge)": (r.K_MSI, 34),
}


@pytest.mark.parametrize("event", KVM_EVENTS)
def test_events_of_kvm_on_intel_and_amd(event):
    kind, *numbers = KVM_EVENTS[event]
    columns = dict(zip("abcd", numbers, strict=False))
    says(
        f"       CPU 3/KVM-699876 [020] d..1. 18136.763707: {event}",
        kind=kind,
        who=699876,
        **columns,
    )
    says(
        f"       CPU 3/KVM  699876 [020] 18136.763707:      kvm:{event}",
        **{"kind": kind, "who": 699876, **columns},
    )


LOSSES = {
    "CPU:3 [LOST 12 EVENTS]": 12,
    "CPU:3 [EVENTS DROPPED]": 0,
    "CPU:3 [142 EVENTS DROPPED]": 142,
}


@pytest.mark.parametrize("line", LOSSES)
def test_what_the_kernel_says_in_place_of_lost_events(line):
    says(line, kind=r.R_LOST, a=LOSSES[line])


BAR = 0xFEBD0000
BOOT_S = 1788900000  # by QEMU's clock, of the host's
VCPU, MAIN = 4711, 4700
COMMANDS = 12


def qemu_line(us: int, thread: int, words: str) -> tuple[int, str, str]:
    """(when, file, line) of QEMU's log."""
    whole = BOOT_S * 1_000_000 + us
    return us, "qemu", f"{thread}@{whole // 1_000_000}.{whole % 1_000_000:06d}:pci_nvme_{words}"


def host_line(us: int, words: str) -> tuple[int, str, str]:
    """The same of the host's trace."""
    front = f" CPU 0/KVM-{VCPU} [001] d..1. {us // 1_000_000:5}.{us % 1_000_000:06d}: "
    return us, "host", front + words


def exit_for(
    us: int, address: int, value: int, *, told: bool, words: str
) -> list[tuple[int, str, str]]:
    """A doorbell that is written: 10 us outside the guest."""
    lines = [
        host_line(us, "kvm_exit: vcpu 0 reason EPT_MISCONFIG rip 0x1 info1 0x0 info2 0x0"),
        host_line(us + 1, f"kvm_mmio: mmio write len 4 gpa 0x{BAR + address:x} val 0x{value:x}"),
        host_line(us + 10, "kvm_entry: vcpu 0, rip 0x1"),
    ]
    if told:
        lines += [
            host_line(us + 2, "kvm_userspace_exit: reason KVM_EXIT_MMIO (6)"),
            qemu_line(us + 3, VCPU, f"mmio_write addr 0x{address:x} data 0x{value:x} size 4"),
            qemu_line(us + 4, VCPU, words),
        ]
    return lines


def one_command(n: int, *, eventfd: bool) -> list[tuple[int, str, str]]:
    """A command, from its doorbell to that of its completion, with a halt in between."""
    us, index, cid = 1_000_000 + n * 1000, n + 1, n
    submit = exit_for(
        us, 0x1008, index, told=not eventfd, words=f"mmio_doorbell_sq sqid 1 new_tail {index}"
    )
    taken = exit_for(
        us + 95, 0x100C, index, told=not eventfd, words=f"mmio_doorbell_cq cqid 1 new_head {index}"
    )
    shadow = [
        qemu_line(us + 15, MAIN, f"update_sq_tail sqid 1 new_tail {index}"),
        qemu_line(us + 79, MAIN, f"update_cq_head cqid 1 new_head {index - 1}"),
    ]
    return [
        *submit,
        *(shadow if eventfd else []),
        host_line(us + 16, "kvm_exit: vcpu 0 reason HLT rip 0x1 info1 0x0 info2 0x0"),
        qemu_line(us + 20, MAIN, f"io_cmd cid {cid} nsid 0x1 sqid 1 opc 0x2 opname 'X'"),
        qemu_line(
            us + 78, MAIN, f"enqueue_req_completion cid {cid} cqid 1 dw0 0x0 dw1 0x0 status 0x0"
        ),
        qemu_line(us + 80, MAIN, "irq_msix raising MSI-X IRQ vector 1"),
        host_line(us + 90, "kvm_entry: vcpu 0, rip 0x1"),
        *taken,
    ]


def start(*, eventfd: bool) -> list[tuple[int, str, str]]:
    """The controller's start, with three writes of admin doorbells."""
    created = "addr=0x1, cqid=1, vector=1, qsize=63, qflags=3, ien=1"
    lines = [
        qemu_line(0, VCPU, "mmio_aqattr wrote MMIO, admin queue attributes=0x1f001f"),
        qemu_line(0, VCPU, "mmio_start_success setting controller enable bit succeeded"),
        qemu_line(60, MAIN, f"create_cq create completion queue, {created}"),
        qemu_line(
            60,
            MAIN,
            "create_sq create submission queue, addr=0x1, sqid=1, cqid=1, qsize=63, qflags=1",
        ),
    ]
    if eventfd:
        lines.append(qemu_line(70, MAIN, "dbbuf_config dbs_addr=0x1 eis_addr=0x2"))
    for n in range(4):
        words = f"mmio_doorbell_sq sqid 0 new_tail {n + 1}"
        lines += exit_for(1000 * n + 100, 0x1000, n + 1, told=True, words=words)
    return lines


def pair(folder, *, eventfd: bool) -> MeasuredRun:
    """The run that a host's trace and QEMU's log of the same seconds give."""
    lines = start(eventfd=eventfd)
    for n in range(COMMANDS):
        lines += one_command(n, eventfd=eventfd)
    for name in ("host", "qemu"):
        text = [line for _, file, line in sorted(lines, key=lambda line: line[0]) if file == name]
        (folder / f"{name}.log").write_text("\n".join(text) + "\n")
    found = read_traces([str(folder / "qemu.log"), str(folder / "host.log")])
    assert not found.issues
    assert abs(found.offsets["host.log"].ns - BOOT_S * 10**9) <= 5 * US
    return found.runs[-1]


def test_exits_that_the_host_saw_belong_to_the_doorbells_that_qemu_saw(tmp_path):
    run = pair(tmp_path, eventfd=False)
    events = run.events[run.events["qid"] == 0]
    assert not (run.events["kind"] == k.STRAY).any()
    for kind, reason in ((k.SQ_DOORBELL, k.EXIT_SQ_DOORBELL), (k.CQ_DOORBELL, k.EXIT_CQ_DOORBELL)):
        bells = events[events["kind"] == kind]
        exits = events[(events["kind"] == k.VM_EXIT) & (events["a"] == reason)]
        entries = events[(events["kind"] == k.VM_ENTRY) & (events["a"] == reason)]
        assert len(bells) == len(exits) == len(entries) == COMMANDS
        assert not (exits["flags"] & k.INFERRED).any()
        assert not (entries["flags"] & k.INFERRED).any()
        assert (entries["b"] == 10 * US).all()
        assert (exits["t"] <= bells["t"]).all()
        assert (bells["t"] <= entries["t"]).all()
    halts = events[events["kind"] == k.VCPU_HALT]
    wakes = events[events["kind"] == k.VCPU_WAKE]
    assert len(halts) == len(wakes) == COMMANDS
    assert (wakes["t"] - halts["t"] == 74 * US).all()
    assert run.about.covers(k.VM_EXIT, k.VCPU_HALT)
    assert k.VM_EXIT not in run.about.inferred
    assert run.topology.vcpus == (f"vCPU 0 (thread {VCPU})",)


def test_a_doorbell_that_becomes_an_eventfd_is_a_kick_that_the_host_saw(tmp_path):
    run = pair(tmp_path, eventfd=True)
    events = run.events[run.events["qid"] == 0]
    kicks = events[events["kind"] == k.SQ_KICK]
    assert len(kicks) == COMMANDS
    assert not (kicks["flags"] & k.INFERRED).any()
    assert (events["kind"] == k.CQ_KICK).sum() == COMMANDS
    exits = events[(events["kind"] == k.VM_EXIT) & (events["a"] == k.EXIT_SQ_DOORBELL)]
    assert len(exits) == COMMANDS
    assert not (exits["flags"] & k.INFERRED).any()
    reads = events[events["kind"] == k.SQ_SHADOW_READ]
    assert (kicks["t"] < reads["t"]).all()
