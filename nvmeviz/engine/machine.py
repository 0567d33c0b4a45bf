"""The machine of a scenario under a doorbell mode: who is there, and what kind each thread is.

Knows how guests, vCPUs, queue pairs and threads are laid out; what they do stands in `driver`,
`vmm` and `controller`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nvmeviz.engine.choices import (
    THREAD_FREE,
    THREAD_HARDWARE,
    THREAD_IOTHREAD,
    THREAD_MAIN_LOOP,
    THREAD_POLL_LOOP,
)
from nvmeviz.engine.mode import Worker
from nvmeviz.model.topology import ADMIN_QID, QueuePair, Topology
from nvmeviz.scenario.checks import pairs_of

if TYPE_CHECKING:
    from nvmeviz.engine.mode import DoorbellMode
    from nvmeviz.scenario.schema import Scenario

ADMIN_SLOTS = 32  # Linux: AQA = 0x1f001f
ADMIN_TAGS = 2


def has_event_loops(scenario: Scenario, mode: DoorbellMode) -> bool:
    """True when QEMU's main loop and its lock are part of the machine."""
    return mode.event_loop and scenario.machine.trap_handler == "main_loop"


class _Threads:
    """Threads as they are found to be needed, each once."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.guests: list[int] = []
        self.kinds: list[int] = []
        self._index: dict[tuple[str, int], int] = {}

    def one(self, what: str, number: int, name: str, guest: int, kind: int) -> int:
        """The index of a thread, made when it is new."""
        key = (what, number)
        if key not in self._index:
            self._index[key] = len(self.names)
            self.names.append(name)
            self.guests.append(guest)
            self.kinds.append(kind)
        return self._index[key]


def _name(what: str, guest: int, guests: int, number: int, count: int) -> str:
    of = f"VM {guest + 1} " if guests > 1 else ""
    return f"{of}{what} {number + 1}" if count > 1 else f"{of}{what}"


def _io_thread(threads: _Threads, scenario: Scenario, mode: DoorbellMode, g: int, i: int) -> int:
    """The thread that serves pair group i of guest g."""
    machine = scenario.machine
    queues = pairs_of(machine)
    loops = has_event_loops(scenario, mode)
    if mode.worker is Worker.HARDWARE:
        name = _name("virtual function", g, machine.guests, 0, 1)
        return threads.one("hw", g, name, g, THREAD_HARDWARE)
    if loops and mode.worker is Worker.VMM:
        name = _name("main loop", g, machine.guests, 0, 1)
        return threads.one("loop", g, name, g, THREAD_MAIN_LOOP)
    if mode.worker is Worker.IOTHREAD or (loops and mode.worker is Worker.POLLER):
        count = min(machine.iothreads, queues)
        number = i % count
        kind = THREAD_IOTHREAD if mode.worker is Worker.IOTHREAD else THREAD_POLL_LOOP
        what = "IOThread" if mode.worker is Worker.IOTHREAD else "polling IOThread"
        name = _name(what, g, machine.guests, number, count)
        return threads.one("io", g * 8 + number, name, g, kind if loops else THREAD_FREE)
    what = "poller" if mode.worker is Worker.POLLER else "worker"
    if machine.threads == "one":
        return threads.one(what, 0, what, -1, THREAD_FREE)
    if machine.threads == "per_guest":
        name = _name(what, g, machine.guests, 0, 1)
        return threads.one(what, g, name, g, THREAD_FREE)
    name = _name(what, g, machine.guests, i, queues)
    return threads.one(what, g * 8 + i, name, g, THREAD_FREE)


def jobs_of(scenario: Scenario, pair: int) -> int:
    """How many of a guest's jobs use its pair number `pair`."""
    queues = pairs_of(scenario.machine)
    jobs = scenario.workload.jobs or queues
    return (jobs - pair + queues - 1) // queues


def pair_order(scenario: Scenario) -> list[int]:
    """A guest's pairs in the order of the topology: those of one vCPU side by side."""
    vcpus = scenario.machine.vcpus
    return sorted(range(pairs_of(scenario.machine)), key=lambda i: (i % vcpus, i))


def is_noisy(scenario: Scenario, guest: int) -> bool:
    """True for the last `noisy_guests` guests."""
    return guest >= scenario.machine.guests - scenario.workload.noisy_guests


def machine_of(scenario: Scenario, mode: DoorbellMode) -> tuple[Topology, tuple[int, ...]]:
    """The topology, and the kind of each thread (choices.THREAD_*)."""
    machine, workload = scenario.machine, scenario.workload
    threads = _Threads()
    pairs: list[QueuePair] = []
    admin: list[QueuePair] = []
    for g in range(machine.guests):
        depth = workload.noisy_depth if is_noisy(scenario, g) else workload.queue_depth
        owner: dict[int, int] = {}  # vCPU -> pair that owns the CQ still taking SQs
        first = len(pairs)
        members = group = 0
        for i in pair_order(scenario):
            vcpu = i % machine.vcpus
            if vcpu not in owner or members == machine.sqs_per_cq:
                owner[vcpu], members, group = len(pairs), 0, i
            members += 1
            jobs = jobs_of(scenario, i)
            pairs.append(
                QueuePair(
                    qid=len(pairs) - first + 1,
                    guest=g,
                    vcpu=g * machine.vcpus + vcpu,
                    thread=_io_thread(threads, scenario, mode, g, group),
                    sq_slots=machine.ring_slots,
                    cq_slots=machine.cq_slots or machine.ring_slots,
                    tags=min(depth * max(1, jobs), machine.ring_slots - 1),
                    cq=-1 if owner[vcpu] == len(pairs) else owner[vcpu],
                )
            )
        thread = pairs[first].thread
        if has_event_loops(scenario, mode):
            name = _name("main loop", g, machine.guests, 0, 1)
            thread = threads.one("loop", g, name, g, THREAD_MAIN_LOOP)
        vcpu = g * machine.vcpus
        admin.append(QueuePair(ADMIN_QID, g, vcpu, thread, ADMIN_SLOTS, ADMIN_SLOTS, ADMIN_TAGS))
    vcpus = [(g, i) for g in range(machine.guests) for i in range(machine.vcpus)]
    several = machine.guests > 1
    topology = Topology(
        guests=tuple(f"VM {g + 1}" for g in range(machine.guests)),
        vcpus=tuple(f"VM {g + 1} vCPU {i}" if several else f"vCPU {i}" for g, i in vcpus),
        threads=tuple(threads.names),
        queues=(*pairs, *admin),
        channels=scenario.device.channels if scenario.device.kind == "channels" else 0,
        vcpu_guests=tuple(g for g, _ in vcpus),
        thread_guests=tuple(threads.guests),
    )
    return topology, tuple(threads.kinds)
