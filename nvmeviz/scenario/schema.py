"""The frozen description of a run: machine, workload, doorbell settings, costs, device, measured
values.

Each field carries its unit, range and, for a cost, what it is and where its default comes from, so
that the loader, the error messages, `--set` and the docs read one table. Costs are means in ns.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, Literal

Unit = Literal["ns", "count", "percent", "text", "choice"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a field may hold: whole numbers from `low` to `high`, or one of `choices`."""

    unit: Unit
    words: str
    low: int = 0
    high: int = 0
    choices: tuple[str, ...] = ()
    source: str = ""


def _count(default: int, low: int, high: int, words: str) -> Any:
    return field(default=default, metadata={"limits": Limits("count", words, low, high)})


def _percent(default: int, low: int, high: int, words: str, source: str = "") -> Any:
    limits = Limits("percent", words, low, high, source=source)
    return field(default=default, metadata={"limits": limits})


def _time(default: int, low: int, high: int, words: str, source: str = "") -> Any:
    limits = Limits("ns", words, low, high, source=source)
    return field(default=default, metadata={"limits": limits})


def _choice(default: str, choices: tuple[str, ...], words: str) -> Any:
    return field(default=default, metadata={"limits": Limits("choice", words, choices=choices)})


@dataclass(frozen=True, slots=True)
class Machine:
    """The guest and its controller."""

    vcpus: int = _count(1, 1, 4, "vCPUs; each has one queue pair and one job")
    ring_slots: int = _count(1024, 2, 65_536, "slots of each SQ and CQ (Linux: 1024)")
    threads: str = _choice(
        "per_queue", ("per_queue", "one"), "controller threads: one per queue pair, or one for all"
    )
    trap_handler: str = _choice(
        "thread",
        ("thread", "vcpu"),
        "who works after a trapped doorbell: a controller thread that is woken, or the stopped vCPU's "
        "own thread before it returns",
    )


@dataclass(frozen=True, slots=True)
class Workload:
    """What the guest does: a fio-like closed loop of 4 KiB random reads."""

    queue_depth: int = _count(32, 1, 4096, "commands kept in flight per job (fio iodepth)")
    batch_submit: int = _count(1, 1, 256, "commands per io_submit (fio iodepth_batch_submit)")


@dataclass(frozen=True, slots=True)
class Doorbell:
    """Settings of the modes that have some."""

    batch: int = _count(8, 1, 1024, "X: commands per doorbell in batched mode")
    batch_limit_ns: int = _time(20_000, 100, 10_000_000, "longest wait of a batch for its doorbell")
    poll_window_ns: int = _time(
        32_768,
        0,
        10_000_000,
        "how long an adaptive controller polls before it sleeps",
        "QEMU poll-max-ns default 32 768 ns",
    )
    burst: int = _count(64, 1, 65_536, "most commands fetched before completions are posted")


@dataclass(frozen=True, slots=True)
class Costs:
    """What each step takes: means in ns; every use is drawn as (1 - jitter) + jitter * Exp(1)
    times it.
    """

    submit_ns: int = _time(
        1_000,
        600,
        2_000,
        "guest submits one command: fio, io_submit, block layer, driver",
        "nvme-mdev v2, 2019: slat 0.9 us; Ober 2019: 1.2 us",
    )
    shadow_ns: int = _time(
        40,
        5,
        250,
        "guest stores a shadow value",
        "a store to a line that the other side reads; our estimate, not measured",
    )
    barrier_ns: int = _time(
        30,
        5,
        250,
        "guest's full barrier and read of EventIdx",
        "x86 mfence plus a shared-line load; our estimate, not measured",
    )
    doorbell_exit_ns: int = _time(
        4_000,
        2_500,
        7_000,
        "doorbell MMIO handled in user space, vCPU stopped",
        "kvm-unit-tests 2013 (QEMU 22773d6066): 2.9 us at 3 GHz; FEMU issue 69, 2022: 5.7 us median",
    )
    kick_ns: int = _time(
        1_500,
        1_000,
        2_000,
        "the exit's handler wakes a sleeping controller thread",
        "QEMU 826cc32423: eventfd write 1-2 us",
    )
    irq_exits_ns: int = _time(
        1_400,
        0,
        3_000,
        "in-kernel exits around an interrupt: kick of the vCPU, end of interrupt",
        "two exits of 0.4-1.5 us each; AMD EPYC 2020: 2528 cycles; 0 with posted interrupts and APICv",
    )
    irq_ns: int = _time(
        2_500,
        1_000,
        4_000,
        "guest takes an interrupt: entry, handler, softirq, return",
        "nvme-mdev v2: +2.3 us against polling; KVM Forum 2020 bars: 3.2 us",
    )
    reap_ns: int = _time(
        500,
        200,
        1_000,
        "guest reaps one CQE and its program one event",
        "XRP, OSDI'22: driver 113 ns, block layer 379 ns",
    )
    halt_wake_ns: int = _time(
        5_600, 3_000, 20_000, "a halted vCPU runs again", "KVM Forum 2020 bars, P4800X: 5.6 us"
    )
    wake_ns: int = _time(
        4_000,
        2_000,
        10_000,
        "a sleeping controller thread runs",
        "QEMU 826cc32423: eventfd write 1-2 us, read and ppoll 1 us each",
    )
    poll_ns: int = _time(
        200, 50, 500, "one sweep of a polling thread", "SPDK vfio-user: 0.23 us per I/O"
    )
    process_ns: int = _time(
        2_500,
        70,
        6_000,
        "controller fetches and starts one command, null backend included",
        "QEMU main loop at saturation: 3.2 us per I/O (ioeventfd table, 2022)",
    )
    backend_ns: int = _time(
        0,
        0,
        2_000,
        "controller hands one command to a real device",
        "QEMU 826cc32423: io_submit 1.1-1.25 us per request",
    )
    shared_ns: int = _time(
        100,
        20,
        300,
        "controller reads a shadow value or writes EventIdx",
        "our estimate: QEMU does it by pci_dma_read/write",
    )
    post_ns: int = _time(
        300, 20, 1_000, "controller posts one CQE", "nvme-mdev v2: forward completion 0.12 us"
    )
    msi_ns: int = _time(
        600, 200, 2_000, "controller injects an interrupt", "nvme-mdev v2: 0.18 us in the kernel"
    )
    jitter_percent: int = _percent(
        25, 0, 100, "share of every cost that varies", "our choice: coefficient of variation 0.25"
    )


@dataclass(frozen=True, slots=True)
class Device:
    """What stands behind the controller."""

    kind: str = _choice(
        "null", ("null", "channels"), "completes at once, or channels with a latency"
    )
    channels: int = _count(0, 0, 1024, "commands served at the same time")
    latency_ns: int = _time(0, 0, 100_000_000, "mean latency of the medium")
    spread_percent: int = _percent(0, 0, 100, "share of the latency that varies")


@dataclass(frozen=True, slots=True)
class Measured:
    """A published figure that a run can be held against."""

    mode: str
    iops: int
    label: str
    source: str


@dataclass(frozen=True, slots=True)
class Scenario:
    """One run, whole. `show_from_ns`: where a window starts to play it. `cost_sources`: where a
    scenario's own cost values come from, by key.
    """

    name: str
    title: str
    sentence: str
    source: str
    modes: tuple[str, ...]
    seed: int = 1
    until_ns: int = 20_000_000
    show_from_ns: int = 0
    machine: Machine = field(default_factory=Machine)
    workload: Workload = field(default_factory=Workload)
    doorbell: Doorbell = field(default_factory=Doorbell)
    costs: Costs = field(default_factory=Costs)
    device: Device = field(default_factory=Device)
    measured: tuple[Measured, ...] = ()
    cost_sources: tuple[tuple[str, str], ...] = ()


SECTIONS: dict[str, type[Any]] = {
    "machine": Machine,
    "workload": Workload,
    "doorbell": Doorbell,
    "costs": Costs,
    "device": Device,
}

SEED_MAX = 2**63 - 1
UNTIL_MAX_NS = 60_000_000_000


def key_of(name: str) -> str:
    """The key in a file: a time's unit stands in its value, so "submit_ns" is written "submit"."""
    return name.removesuffix("_ns").removesuffix("_percent")


def limits_of(section: type[Any]) -> dict[str, tuple[str, Limits]]:
    """Key in the file -> (field name, limits) for a section."""
    return {key_of(f.name): (f.name, f.metadata["limits"]) for f in fields(section)}
