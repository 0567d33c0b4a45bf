"""What the second bookkeeper writes down of a run: one record for each queue, vCPU, thread, guest.

Filled from the events alone, by the words of `log.events` and the specification; the reducer, its
state and the engine are not asked. Only the list of who is there comes from the run's topology.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nvmeviz.engine.mode import Way, Worker
from nvmeviz.log import kinds as k
from nvmeviz.log.events import KIND_BY_NUMBER
from nvmeviz.nvme.eventidx import linux_rings, spec_rings

if TYPE_CHECKING:
    from nvmeviz.engine.mode import DoorbellMode
    from nvmeviz.model.topology import QueuePair, Topology
    from nvmeviz.scenario.schema import Scenario

Actor = tuple[int, int]  # kinds.BY_*, index


class Event:
    """One row of the log, with its number."""

    __slots__ = ("a", "actor", "b", "cause", "cid", "flags", "index", "kind", "qid", "t")

    def __init__(self, index: int, row: tuple[int, ...]) -> None:
        self.index = index
        self.t, self.cause, self.a, self.b, self.qid, self.cid, self.kind, self.actor = row[:8]
        self.flags = row[8]

    def says(self, words: str) -> str:
        """A sentence about what is wrong with it."""
        name = KIND_BY_NUMBER[self.kind].name
        return (
            f"event {self.index} at {self.t} ns, {name} of queue {self.qid} by {self.actor}"
            f" (cid {self.cid}, a {self.a}, b {self.b:#x}): {words}"
        )


class Shared:
    """A value of the shadow buffers on its way: what the writer stored and what memory holds."""

    __slots__ = ("memory", "stored")

    def __init__(self) -> None:
        self.memory = self.stored = 0

    def becomes(self, value: int) -> None:
        self.memory = self.stored = value


class Queue:
    """One pair: its SQ, and its CQ when it owns one."""

    def __init__(self, index: int, pair: QueuePair) -> None:
        self.index, self.pair = index, pair
        self.admin = pair.qid == 0
        self.cq = index if pair.cq < 0 else pair.cq
        self.size, self.cq_size, self.tags = pair.sq_slots, pair.cq_slots, pair.tags
        # Commands.
        self.step: dict[int, int] = {}
        self.posted_at: dict[int, int] = {}
        self.fetched_in: dict[int, int] = {}  # pass of its thread
        self.done_at: dict[int, int] = {}  # event
        self.posted = self.fetched = self.completed = self.reaped = self.requests = 0
        self.raised = False  # the interrupt of its CQ waits to be taken
        self.reset()

    def reset(self) -> None:
        """Both rings start again."""
        self.sqes: deque[int] = deque()
        self.done: deque[int] = deque()
        self.tail = self.head = self.known = self.register = self.announced = 0
        self.shadow, self.eventidx = Shared(), Shared()
        self.armed_at = self.looked_at = self.told_at = self.cq_told_at = self.cq_armed_at = -1
        self.config_at = -1
        self.known_before = self.cq_known_before = 0  # what the controller knew before it was told
        self.rung = self.may_fetch = False
        self.cqes: deque[tuple[int, int]] = deque()
        self.cq_tail = self.cq_head = self.cq_known = self.cq_register = self.cq_announced = 0
        self.phase = 1
        self.unsignalled = 0
        self.held_since = -1
        self.overdue = False  # its interrupt has waited long enough
        self.cq_shadow, self.cq_eventidx = Shared(), Shared()


@dataclass(slots=True)
class Vcpu:
    """Where a vCPU is, and what it owes."""

    guest: int
    halted: bool = True  # or polling
    irq: int = -1  # the CQ whose interrupt it handles
    outside: tuple[int, int, int, int] | None = None  # reason, queue, value, since
    wrote: bool = False  # the register, or whatever it left the guest for
    compare: tuple[int, int, int, int] | None = None  # kind of the read due, queue, new, old
    stored_at: int = -1  # event of its last store
    must_exit: tuple[int, int, int] | None = None  # reason, queue, value
    works: bool = False  # its own thread processes the doorbell it wrote
    last: int = 0  # kind of its last own event
    before: int = 0  # and of the one before it


@dataclass(slots=True)
class Thread:
    """Whether a controller's thread runs, and in which pass."""

    queues: list[int]
    main_loop: bool
    event_loop: bool
    hardware: bool
    awake: bool = False
    waits: bool = False
    passes: int = 0
    pass_at: int = -1
    last_at: int = -1  # its last event
    decided_at: int = -1  # and the one before, when the last one was decided on
    owes: tuple[tuple[int, int], ...] = ()  # (kind, queue) one of which must come next
    never_slept: int = -1  # event of a sleep that lost its race


class Guest:
    """A driver's and its controller's agreement about the buffers, and the VMM's lock."""

    def __init__(self) -> None:
        self.ready = self.quiesced = False
        self.reset_at = -1  # event
        self.config_sent = self.controller_shadow = self.driver_shadow = False
        self.owner: Actor | None = None
        self.reserved: Actor | None = None
        self.waiters: deque[Actor] = deque()


class Books:
    """Everything written down, and what scenario and mode promise."""

    def __init__(self, scenario: Scenario, mode: DoorbellMode, topology: Topology) -> None:
        self.scenario, self.mode, self.topology = scenario, mode, topology
        machine, doorbell = scenario.machine, scenario.doorbell
        self.queues = [Queue(i, pair) for i, pair in enumerate(topology.queues)]
        self.vcpus = [Vcpu(guest) for guest in topology.vcpu_guests]
        self.guests = [Guest() for _ in topology.guests]
        self.plain_from = len(self.guests) - machine.plain_guests
        self.noisy_from = len(self.guests) - scenario.workload.noisy_guests
        # QEMU's event loops are there when the VMM has them and the mode runs in them.
        self.loops = machine.trap_handler == "main_loop" and mode.event_loop
        self.threads = [
            Thread(
                queues=[q.index for q in self.queues if q.pair.thread == w],
                main_loop=self.loops and name.endswith("main loop"),
                event_loop=self.loops,
                hardware=mode.worker is Worker.HARDWARE and not name.endswith("main loop"),
            )
            for w, name in enumerate(topology.threads)
        ]
        spec = mode.spec_rule if doorbell.rule == "mode" else doorbell.rule == "spec"
        self.rule = spec_rings if spec else linux_rings
        self.guest_barrier = doorbell.guest_barrier == "present"
        self.controller_barrier = doorbell.controller_barrier == "present"
        self.polls = scenario.workload.completion == "poll"
        self.posted_interrupts = mode.posted or machine.posted_interrupts == "on"
        self.threshold = machine.coalesce if machine.coalesce > 1 else 0
        # Stores that nobody else sees yet, oldest first: (kind that makes it seen, queue, value).
        self.guest_stores: list[deque[tuple[int, int, int]]] = [deque() for _ in self.vcpus]
        self.thread_stores: list[deque[tuple[int, int, int]]] = [deque() for _ in self.threads]

    def plain(self, guest: int) -> bool:
        """True when nobody sets shadow buffers up for that guest."""
        return guest >= self.plain_from or self.mode.opcode == 0

    def guest_of(self, q: Queue) -> Guest:
        return self.guests[q.pair.guest]

    def driver_compares(self, q: Queue) -> bool:
        """True when the driver stores into the shadow buffer and compares with EventIdx."""
        return not q.admin and self.guest_of(q).driver_shadow

    def controller_looks(self, q: Queue) -> bool:
        """True when the controller looks for q in the shadow buffer."""
        return not q.admin and self.guest_of(q).controller_shadow

    def way(self, q: Queue) -> Way:
        """Which way q's doorbells travel."""
        mode = self.mode
        if q.admin or (mode.way is Way.IOEVENTFD and not self.driver_compares(q)):
            return Way.USER
        return mode.way


ASYNCHRONOUS = frozenset({k.BATCH_TIMER, k.REQUEST, k.RESET_DUE, k.GUEST_READY})
