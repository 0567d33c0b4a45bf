"""The frozen description of a run: machine, workload, doorbell settings, costs, device, measured
values.

Each field carries its unit and range, and a cost its source (`limits`, `costs`), so that the loader,
the error messages, `--set` and the docs read one table.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from nvmeviz.scenario.costs import Costs
from nvmeviz.scenario.limits import Limits, choice, count, key_of, limits_of, percent, text, time


@dataclass(frozen=True, slots=True)
class Machine:
    """The guests, their VMM and their controller."""

    guests: int = count(1, 1, 16, "virtual machines that share the device")
    vcpus: int = count(1, 1, 8, "vCPUs of each guest; each has one job")
    queues: int = count(0, 0, 8, "I/O queue pairs of each guest; 0: one a vCPU")
    ring_slots: int = count(1024, 2, 65_536, "slots of each SQ and CQ (Linux: 1024)")
    cq_slots: int = count(0, 0, 65_536, "slots of each CQ where they differ; 0: as the SQ")
    sqs_per_cq: int = count(1, 1, 8, "SQs that share one CQ (Windows' inbox driver does that)")
    trap_handler: str = choice(
        "main_loop",
        ("main_loop", "thread", "vcpu"),
        "who works after a trapped doorbell: the VMM's main loop under its lock (QEMU), a thread that is "
        "woken, or the stopped vCPU's own thread before it returns",
    )
    threads: str = choice(
        "per_queue",
        ("per_queue", "per_guest", "one"),
        "threads and pollers where they are not the main loop: one a queue pair, one a guest, or one",
    )
    iothreads: int = count(1, 1, 8, "IOThreads of each guest in the modes that have them")
    lock: str = choice(
        "handover",
        ("handover", "barging"),
        "how the VMM's lock changes hands: to the longest waiting, or to whoever comes first",
    )
    kick: str = choice(
        "timer",
        ("timer", "bh"),
        "how QEMU defers work: 500 ns timers (up to 7.1) or bottom halves (7.2 and later)",
    )
    halt_poll_ns: int = time(
        0,
        0,
        1_000_000,
        "how long a halted vCPU is polled for before it really sleeps",
        "KVM halt_poll_ns 200 us; guest haltpoll 200 us (Documentation/virt/guest-halt-polling)",
    )
    posted_interrupts: str = choice(
        "off", ("off", "on"), "interrupts reach a running vCPU without an exit (APICv, AVIC)"
    )
    coalesce: int = count(
        0, 0, 256, "completions an interrupt waits for (Feature 08h, THR + 1); 0 or 1: none"
    )
    coalesce_time_ns: int = time(
        100_000, 1_000, 25_500_000, "and the longest it waits", "Feature 08h counts 100 us"
    )
    arbitration: str = choice(
        "round_robin",
        ("round_robin", "weighted"),
        "how a thread goes round its queues: in turn, or by the weights of the guests",
    )
    weights: str = text(
        "1", "weight of each guest's queues, in turn: 4 1; urgent goes before all (Base 2.1, 3.4.4)"
    )
    plain_guests: int = count(
        0, 0, 16, "guests whose driver knows no shadow doorbells, counted from the last"
    )
    reset_at_ns: int = time(
        0, 0, 60_000_000_000, "when the first guest resets its controller; 0: never"
    )
    reset_driver: str = choice(
        "resends",
        ("resends", "forgets"),
        "whether its driver hands the buffers over again after the reset (Linux did not until 2019)",
    )


@dataclass(frozen=True, slots=True)
class Workload:
    """What the guests do: fio-like jobs, or requests that come by themselves."""

    kind: str = choice(
        "closed",
        ("closed", "poisson", "bursts", "replay"),
        "a fixed number in flight (fio), random arrivals, bursts, or the requests of a recording",
    )
    queue_depth: int = count(32, 1, 65_535, "most commands in flight per job (fio iodepth)")
    batch_submit: int = count(1, 1, 256, "commands per io_submit (fio iodepth_batch_submit)")
    jobs: int = count(
        0, 0, 64, "jobs of each guest (fio numjobs), dealt to its queues; 0: one a queue"
    )
    write_percent: int = percent(0, 0, 100, "share of writes (fio rwmixwrite)")
    block_size: int = count(4096, 512, 4_194_304, "bytes of a command (fio bs), whole 512 B blocks")
    think_ns: int = time(
        0, 0, 100_000_000, "pause of a job before it replaces a command (fio thinktime)"
    )
    rate: int = count(10_000, 1, 100_000_000, "requests a second of each queue pair (poisson)")
    burst: int = count(16, 1, 65_535, "requests that come at once (bursts)")
    period_ns: int = time(100_000, 100, 1_000_000_000, "time from burst to burst")
    completion: str = choice(
        "interrupt",
        ("interrupt", "poll"),
        "how the guest learns of completions (fio hipri, SPDK: poll)",
    )
    noisy_guests: int = count(0, 0, 16, "guests that make noise, counted from the last")
    noisy_depth: int = count(256, 1, 65_535, "commands that a noisy guest keeps in flight per job")
    noisy_block_size: int = count(4096, 512, 4_194_304, "bytes of a noisy guest's commands")
    replay: str = text("", "recording whose submissions are replayed")


@dataclass(frozen=True, slots=True)
class Doorbell:
    """Settings of the modes that have some."""

    batch: int = count(8, 1, 1024, "X: commands per doorbell in batched mode")
    batch_limit_ns: int = time(20_000, 100, 10_000_000, "longest wait of a batch for its doorbell")
    poll_window_ns: int = time(
        32_768,
        0,
        10_000_000,
        "how long an adaptive controller polls before it sleeps",
        "QEMU poll-max-ns default 32 768 ns",
    )
    burst: int = count(64, 1, 65_536, "commands a queue may send in its turn (arbitration burst)")
    rule: str = choice(
        "mode",
        ("mode", "linux", "spec"),
        "the driver's EventIdx rule: the mode's, Linux', or that of SPDK and the specification's example",
    )
    guest_barrier: str = choice(
        "present",
        ("present", "missing"),
        "the driver's barrier between shadow store and EventIdx read",
    )
    controller_barrier: str = choice(
        "present",
        ("present", "missing"),
        "the controller's barrier between EventIdx store and shadow read",
    )


@dataclass(frozen=True, slots=True)
class Device:
    """What stands behind the controller."""

    kind: str = choice(
        "null",
        ("null", "fixed", "channels"),
        "completes at once, takes any number for its latency, or has channels with a latency",
    )
    drive: str = text("", "a named drive, whose figures the other keys replace")
    channels: int = count(0, 0, 1024, "commands served at the same time")
    latency_ns: int = time(0, 0, 100_000_000, "mean latency of a read")
    write_latency_ns: int = time(0, 0, 100_000_000, "mean latency of a write; 0: as a read")
    spread_percent: int = percent(0, 0, 100, "share of the latency that varies")
    latency_table: str = text(
        "", "distribution as percentile: time pairs, such as 0: 8us, 50: 8.8us, 99: 10us"
    )
    bandwidth: int = count(0, 0, 100_000, "MB/s of one channel, on top of the latency; 0: no limit")


@dataclass(frozen=True, slots=True)
class Measured:
    """A published figure that a run can be held against."""

    mode: str
    iops: int
    label: str
    source: str


@dataclass(frozen=True, slots=True)
class Scenario:
    """One run, whole. `show_from_ns`: where a window starts to play it. `profile`: the cost profile
    that its costs start from, "" for the defaults. `cost_sources`: where costs other than the
    defaults come from, by key. `see`: what is seen in its panes, in plain words, at most SEE_MAX
    sentences, true of its modes and settings as they stand here.
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
    profile: str = ""
    see: tuple[str, ...] = ()


SECTIONS: dict[str, type[Any]] = {
    "machine": Machine,
    "workload": Workload,
    "doorbell": Doorbell,
    "costs": Costs,
    "device": Device,
}

SEE_MAX, SEE_LONGEST = 5, 240  # sentences; characters of each
SEED_MAX = 2**63 - 1
UNTIL_MAX_NS = 60_000_000_000

__all__ = [
    "SECTIONS",
    "SEE_LONGEST",
    "SEE_MAX",
    "SEED_MAX",
    "UNTIL_MAX_NS",
    "Costs",
    "Device",
    "Doorbell",
    "Limits",
    "Machine",
    "Measured",
    "Scenario",
    "Workload",
    "key_of",
    "limits_of",
]
