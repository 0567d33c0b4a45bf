"""What the SimPy reference remembers of a queue pair and of a controller thread, and its guest.

The guest's side are the processes of driver and vCPUs; it knows of the controller only its threads'
signals.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any

from nvmeviz.engine.mode import Announce
from nvmeviz.log import kinds as k
from nvmeviz.nvme.eventidx import linux_rings, spec_rings

if TYPE_CHECKING:
    from collections.abc import Generator

    from nvmeviz.engine.mode import DoorbellMode
    from nvmeviz.scenario.schema import Scenario

    Steps = Generator[Any, Any, None]

ADMIN_SLOTS = 32

LogEntry = tuple[int, int, int, int, int, int, int]  # t, kind, vcpu, qid, cid, a, b


@dataclass(frozen=True, slots=True)
class ReferenceResult:
    """What a run came to. *_exits: VM exits for that doorbell. wall_s: real time of the run
    alone.
    """

    events: int
    commands: int
    iops: float
    sq_exits: int
    cq_exits: int
    wall_s: float


class ReferenceQueue:
    """One queue pair: both rings, both shadow buffers, its vCPU's and its thread's view of them."""

    def __init__(self, number: int, slots: int, depth: int) -> None:
        self.number = number
        self.slots = slots
        self.free_tags = deque(range(depth))
        self.posted_at = [0] * depth
        self.in_flight = 0
        # Submission: commands written and not fetched, and where everybody stands.
        self.sq: deque[int] = deque()
        self.tail = self.head = self.known = self.shadow = self.eventidx = 0
        self.fresh = False
        self.unrung = 0
        self.announced = 0
        self.overdue = False
        # Completion: what the device has done, and entries posted and not reaped.
        self.done: deque[int] = deque()
        self.cq: deque[int] = deque()
        self.cq_tail = self.cq_head = self.cq_known = self.cq_shadow = self.cq_eventidx = 0
        self.cq_fresh = False
        self.cq_unrung = 0
        self.unsignalled = 0
        # The vCPU that owns the pair.
        self.pending = False
        self.running = False  # in the guest and not in a handler, when an interrupt kicks it
        self.kicked = False
        self.halted: Any = None  # the event that ends a halt
        self.handled: Any = None  # the event that lets a trapped vCPU go on


class ReferenceThread:
    """One controller thread and the queues it serves; `signal` ends its sleep with what that
    costs.
    """

    def __init__(self, number: int, queues: list[ReferenceQueue]) -> None:
        self.number = number
        self.queues = queues
        self.current = queues[0]  # the queue that it looks at first
        self.burst = 0
        self.signal: Any = None

    def in_turn(self) -> list[ReferenceQueue]:
        """Its queues, the current one first, then round."""
        at = self.queues.index(self.current)
        return self.queues[at:] + self.queues[:at]

    def turn_to(self, q: ReferenceQueue) -> None:
        """Work on q; the turn of another one is over."""
        if self.current is not q:
            self.current = q
            self.burst = 0

    def has_work(self) -> bool:
        """True when it knows of a command to fetch, to complete or to signal."""
        return any(q.head != q.known or q.done or q.unsignalled for q in self.queues)


class GuestSide:
    """Driver, vCPUs, and everything that both sides share."""

    def __init__(self, env: Any, scenario: Scenario, mode: DoorbellMode, seed: int) -> None:
        machine, self.costs = scenario.machine, scenario.costs
        self.env = env
        self.scenario = scenario
        self.mode = mode
        self.log: list[LogEntry] = []
        self.random = Random(seed)
        self.spread = self.costs.jitter_percent / 100
        self.rule = spec_rings if mode.spec_rule else linux_rings
        self.vcpu_handles = machine.trap_handler == "vcpu" and not mode.uses_shadow
        depth = scenario.workload.queue_depth
        self.queues = [ReferenceQueue(i, machine.ring_slots, depth) for i in range(machine.vcpus)]
        groups = [[q] for q in self.queues] if machine.threads == "per_queue" else [self.queues]
        self.threads = [ReferenceThread(i, list(queues)) for i, queues in enumerate(groups)]
        self.thread_of = [thread for thread in self.threads for _ in thread.queues]
        # The admin queue belongs to the first vCPU and to the thread of its pair.
        self.admin = ReferenceQueue(machine.vcpus, ADMIN_SLOTS, 1)
        self.threads[0].queues.append(self.admin)
        self.thread_of.append(self.threads[0])
        self.configured = False
        self.ready = env.event()

    def takes(self, cost_ns: int) -> Any:
        """A timeout of about `cost_ns`."""
        factor = 1 - self.spread + self.spread * self.random.expovariate(1.0)
        return self.env.timeout(int(cost_ns * factor))

    def add(
        self, kind: int, actor: int, q: ReferenceQueue, cid: int = 0, a: int = 0, b: int = 0
    ) -> None:
        """Log one event."""
        self.log.append((self.env.now, kind, actor, q.number, cid, a, b))

    # ---- the guest ----

    def vcpu_process(self, q: ReferenceQueue) -> Steps:
        """Interrupts first, then doorbells that are due, then work, else halt."""
        depth = self.scenario.workload.queue_depth
        batched = self.mode.announce is Announce.BATCH
        if q.number == 0:
            self.add(k.VCPU_WAKE, 0, q)
            q.running = True
            yield from self.set_up()
        else:
            yield self.ready
            yield self.takes(self.costs.halt_wake_ns if self.env.now else 0)
            self.add(k.VCPU_WAKE, q.number, q)
            q.running = True
        while True:
            if q.pending:
                yield from self.take_interrupt(q)
            elif q.unrung and not batched:
                yield from self.submit_or_announce(q)
            elif q.unrung and q.overdue:
                yield from self.sq_exit(q)
            elif q.in_flight < depth:
                yield from self.sq_post(q)
                if batched:
                    if q.unrung == 1 and self.scenario.doorbell.batch > 1:
                        self.env.process(self.batch_timer(q, q.announced))
                    yield from self.submit_or_announce(q)
            else:
                yield from self.halt(q)

    def set_up(self) -> Steps:
        """The driver hands the shadow buffers over, by MMIO on the admin queue."""
        q = self.admin
        if self.mode.opcode:
            yield from self.sq_post(q)
            yield from self.sq_exit(q)
            while q.in_flight:
                yield from self.take_interrupt(q) if q.pending else self.halt(q)
        self.add(k.GUEST_READY, 0, q)
        self.ready.succeed()

    def uses_shadow(self, q: ReferenceQueue) -> bool:
        """True when q is announced in the shadow buffers."""
        return self.mode.uses_shadow and self.configured and q is not self.admin

    def submit_or_announce(self, q: ReferenceQueue) -> Steps:
        """Fio queues `batch_submit` requests per io_submit; the driver announces at its end."""
        workload = self.scenario.workload
        batched = self.mode.announce is Announce.BATCH
        while q.unrung % workload.batch_submit and q.in_flight < workload.queue_depth:
            yield from self.sq_post(q)
            if q.pending and not batched:
                return
        if self.uses_shadow(q):
            yield self.takes(self.costs.shadow_ns)
            old, q.shadow = q.shadow, q.tail
            q.unrung = 0
            q.announced += 1
            self.add(k.SQ_SHADOW, q.number, q, 0, q.shadow, old)
            yield self.takes(self.costs.barrier_ns)
            rings = self.rule(q.eventidx, q.shadow, old)
            self.add(k.SQ_EVENTIDX_READ, q.number, q, 0, q.eventidx, rings)
            if rings:
                yield from self.sq_exit(q)
        elif not batched or q.unrung >= self.scenario.doorbell.batch:
            yield from self.sq_exit(q)

    def sq_post(self, q: ReferenceQueue) -> Steps:
        """Write one SQE."""
        yield self.takes(self.costs.submit_ns + self.costs.event_ns)
        cid = q.free_tags.popleft()
        q.sq.append(cid)
        q.posted_at[cid] = self.env.now
        q.in_flight += 1
        q.unrung += 1
        self.add(k.SQ_POST, q.number, q, cid, q.tail, 2)
        q.tail = (q.tail + 1) % q.slots

    def batch_timer(self, q: ReferenceQueue, number: int) -> Steps:
        """Ring for a batch that waited long enough."""
        yield self.env.timeout(self.scenario.doorbell.batch_limit_ns)
        if q.announced == number and q.unrung:
            self.add(k.BATCH_TIMER, q.number, q, 0, q.unrung, number)
            q.overdue = True
            self.wake_vcpu(q)

    def sq_exit(self, q: ReferenceQueue) -> Steps:
        """The tail doorbell traps; the vCPU stands still until the VMM lets it go on."""
        costs, thread, tail = self.costs, self.thread_of[q.number], q.tail
        q.running = False
        self.add(k.VM_EXIT, q.number, q, 0, k.EXIT_SQ_DOORBELL, tail)
        left_at = self.env.now
        yield self.takes(costs.doorbell_exit_ns // 2)
        if q.unrung:
            q.unrung = 0
            q.announced += 1
        q.known = tail
        q.fresh = False
        self.add(k.SQ_DOORBELL, q.number, q, 0, tail, self.vcpu_handles)
        back_ns = costs.doorbell_exit_ns // 2
        if self.vcpu_handles:
            q.handled = self.env.event()
            self.wake_thread(thread, 0)
            yield q.handled
        elif self.wake_thread(thread, costs.kick_ns + costs.wake_ns):
            back_ns += costs.kick_ns
        yield self.takes(back_ns)
        q.overdue = False
        q.running = True
        self.add(k.VM_ENTRY, q.number, q, 0, k.EXIT_SQ_DOORBELL, self.env.now - left_at)

    def take_interrupt(self, q: ReferenceQueue) -> Steps:
        """Enter, reap what is there, tell the new head, return. A vCPU that was hit in the midst of
        running pays for the kick.
        """
        costs = self.costs
        yield self.takes(costs.irq_ns // 2 + (costs.irq_exits_ns if q.kicked else 0))
        q.pending = q.kicked = q.running = False
        self.add(k.IRQ_ENTER, q.number, q)
        while q.cq:
            yield self.takes(costs.reap_ns)
            cid = q.cq.popleft()
            q.in_flight -= 1
            q.cq_unrung += 1
            q.free_tags.append(cid)
            self.add(k.CQ_REAP, q.number, q, cid, q.cq_head, self.env.now - q.posted_at[cid])
            q.cq_head = (q.cq_head + 1) % q.slots
        scenario = self.scenario
        room = scenario.machine.ring_slots - scenario.workload.queue_depth
        batched = self.mode.announce is Announce.BATCH and q is not self.admin
        held_back = batched and q.cq_unrung < max(1, min(scenario.doorbell.batch, room))
        if q.cq_unrung and not held_back:
            rings = True
            if self.uses_shadow(q):
                yield self.takes(costs.shadow_ns)
                old, q.cq_shadow = q.cq_shadow, q.cq_head
                q.cq_unrung = 0
                self.add(k.CQ_SHADOW, q.number, q, 0, q.cq_shadow, old)
                yield self.takes(costs.barrier_ns)
                rings = self.rule(q.cq_eventidx, q.cq_shadow, old)
                self.add(k.CQ_EVENTIDX_READ, q.number, q, 0, q.cq_eventidx, rings)
            if rings:
                yield from self.cq_exit(q)
        yield self.takes(costs.irq_ns // 2)
        q.running = True
        self.add(k.IRQ_EXIT, q.number, q)

    def cq_exit(self, q: ReferenceQueue) -> Steps:
        """The head doorbell traps."""
        half = self.costs.doorbell_exit_ns // 2
        self.add(k.VM_EXIT, q.number, q, 0, k.EXIT_CQ_DOORBELL, q.cq_head)
        left_at = self.env.now
        yield self.takes(half)
        q.cq_known = q.cq_head
        q.cq_unrung = 0
        self.add(k.CQ_DOORBELL, q.number, q, 0, q.cq_head)
        yield self.takes(half)
        self.add(k.VM_ENTRY, q.number, q, 0, k.EXIT_CQ_DOORBELL, self.env.now - left_at)

    def halt(self, q: ReferenceQueue) -> Steps:
        """The program blocks, and then its vCPU halts unless something came in the meantime."""
        yield self.takes(self.costs.block_ns)
        self.add(k.VCPU_HALT, q.number, q)
        q.running = q.kicked = False  # what is pending comes with the wake-up
        if not (q.pending or q.overdue):
            q.halted = self.env.event()
            yield q.halted
            yield self.takes(self.costs.halt_wake_ns + self.costs.resched_ns)
        self.add(k.VCPU_WAKE, q.number, q)
        q.running = True

    def wake_vcpu(self, q: ReferenceQueue) -> None:
        """End a halt."""
        if q.halted is not None:
            q.halted.succeed()
            q.halted = None

    def wake_thread(self, thread: ReferenceThread, cost_ns: int) -> bool:
        """Signal a sleeping thread; True when it slept."""
        if thread.signal is None:
            return False
        thread.signal.succeed(cost_ns)
        thread.signal = None
        return True
