"""The same model a second time, in SimPy: what the engine is checked against and measured beside.

Processes, events and resources as a SimPy user would write them; random numbers by Python's
`random`, so runs agree in the mean and not in the byte. Each of the engine's event kinds is one
entry of a list here too, so that both pay for their log. SimPy is a development dependency,
imported when it is used.
"""

from __future__ import annotations

import time
from random import Random
from typing import TYPE_CHECKING, Any

from nvmeviz.engine.mode import Announce, Rearm, Sleep
from nvmeviz.engine.reference_parts import ReferenceQueue, ReferenceResult, ReferenceThread
from nvmeviz.log import kinds as k
from nvmeviz.nvme.eventidx import linux_rings, spec_rings

if TYPE_CHECKING:
    from collections.abc import Generator

    from nvmeviz.engine.mode import DoorbellMode
    from nvmeviz.scenario.schema import Scenario

    Steps = Generator[Any, Any, None]

LogEntry = tuple[int, int, int, int, int, int, int]  # t, kind, vcpu, qid, cid, a, b


class _Machine:
    """The processes of one run."""

    def __init__(
        self, env: Any, device: Any, scenario: Scenario, mode: DoorbellMode, seed: int
    ) -> None:
        machine, self.costs = scenario.machine, scenario.costs
        self.env = env
        self.device = device
        self.scenario = scenario
        self.mode = mode
        self.log: list[LogEntry] = []
        self.random = Random(seed)
        self.spread = self.costs.jitter_percent / 100
        self.irq_ns = self.costs.irq_ns + self.costs.irq_exits_ns
        self.rule = spec_rings if mode.spec_rule else linux_rings
        self.vcpu_handles = machine.trap_handler == "vcpu" and not mode.uses_shadow
        depth = scenario.workload.queue_depth
        self.queues = [ReferenceQueue(i, machine.ring_slots, depth) for i in range(machine.vcpus)]
        groups = [self.queues] if machine.threads == "one" else [[q] for q in self.queues]
        self.threads = [ReferenceThread(i, queues) for i, queues in enumerate(groups)]
        self.thread_of = [thread for thread in self.threads for _ in thread.queues]
        for thread in self.threads:
            env.process(self.thread_process(thread))
        for queue in self.queues:
            env.process(self.vcpu_process(queue))

    def takes(self, cost_ns: int) -> Any:
        """A timeout of about `cost_ns`."""
        factor = 1 - self.spread + self.spread * self.random.expovariate(1.0)
        return self.env.timeout(int(cost_ns * factor))

    def add(
        self, kind: int, actor: int, q: ReferenceQueue, cid: int = 0, a: int = 0, b: int = 0
    ) -> None:
        self.log.append((self.env.now, kind, actor, q.number, cid, a, b))

    # ---- the guest ----

    def vcpu_process(self, q: ReferenceQueue) -> Steps:
        """Interrupts first, then doorbells that are due, then work, else halt."""
        depth = self.scenario.workload.queue_depth
        batched = self.mode.announce is Announce.BATCH
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

    def submit_or_announce(self, q: ReferenceQueue) -> Steps:
        """Fio queues `batch_submit` requests per io_submit; the driver announces at its end."""
        workload = self.scenario.workload
        batched = self.mode.announce is Announce.BATCH
        while q.unrung % workload.batch_submit and q.in_flight < workload.queue_depth:
            yield from self.sq_post(q)
            if q.pending and not batched:
                return
        if self.mode.uses_shadow:
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
        yield self.takes(self.costs.submit_ns)
        cid = q.free_tags.popleft()
        q.sq.append(cid)
        q.posted_at[cid] = self.env.now
        q.in_flight += 1
        q.unrung += 1
        self.add(k.SQ_POST, q.number, q, cid, q.tail, 2)
        q.tail = (q.tail + 1) % q.slots

    def batch_timer(self, q: ReferenceQueue, number: int) -> Steps:
        yield self.env.timeout(self.scenario.doorbell.batch_limit_ns)
        if q.announced == number and q.unrung:
            self.add(k.BATCH_TIMER, q.number, q, 0, q.unrung, number)
            q.overdue = True
            self.wake_vcpu(q)

    def sq_exit(self, q: ReferenceQueue) -> Steps:
        """The tail doorbell traps; the vCPU stands still until the VMM lets it go on."""
        costs, thread, tail = self.costs, self.thread_of[q.number], q.tail
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
        self.add(k.VM_ENTRY, q.number, q, 0, k.EXIT_SQ_DOORBELL, self.env.now - left_at)

    def take_interrupt(self, q: ReferenceQueue) -> Steps:
        """Enter, reap what is there, tell the new head, return."""
        costs = self.costs
        yield self.takes(self.irq_ns // 2)
        q.pending = False
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
        batched = self.mode.announce is Announce.BATCH
        held_back = batched and q.cq_unrung < min(scenario.doorbell.batch, room)
        if q.cq_unrung and not held_back:
            rings = True
            if self.mode.uses_shadow:
                yield self.takes(costs.shadow_ns)
                old, q.cq_shadow = q.cq_shadow, q.cq_head
                q.cq_unrung = 0
                self.add(k.CQ_SHADOW, q.number, q, 0, q.cq_shadow, old)
                yield self.takes(costs.barrier_ns)
                rings = self.rule(q.cq_eventidx, q.cq_shadow, old)
                self.add(k.CQ_EVENTIDX_READ, q.number, q, 0, q.cq_eventidx, rings)
            if rings:
                yield from self.cq_exit(q)
        yield self.takes(self.irq_ns // 2)
        self.add(k.IRQ_EXIT, q.number, q)

    def cq_exit(self, q: ReferenceQueue) -> Steps:
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
        self.add(k.VCPU_HALT, q.number, q)
        q.halted = self.env.event()
        yield q.halted
        yield self.takes(self.costs.halt_wake_ns)
        self.add(k.VCPU_WAKE, q.number, q)

    def wake_vcpu(self, q: ReferenceQueue) -> None:
        if q.halted is not None:
            q.halted.succeed()
            q.halted = None

    # ---- the controller ----

    def wake_thread(self, thread: ReferenceThread, cost_ns: int) -> bool:
        """Signal a sleeping thread; True when it slept."""
        if thread.signal is None:
            return False
        thread.signal.succeed(cost_ns)
        thread.signal = None
        return True

    def thread_process(self, thread: ReferenceThread) -> Steps:
        """Sleep, serve, look around, sleep."""
        ahead = self.mode.rearm is Rearm.BATCH_AHEAD
        while True:
            if thread.has_work():
                yield self.takes(self.costs.poll_ns)
            else:
                thread.signal = self.env.event()
                cost_ns = yield thread.signal
                yield self.takes(cost_ns)
            thread.burst = 0
            self.add(k.CTRL_WAKE, thread.number, thread.queues[thread.first], 0, 0, ahead)
            if ahead:
                for q in thread.queues:
                    q.fresh = False
            yield from self.work(thread)
            while self.mode.sleep is Sleep.ADAPTIVE:
                found: list[bool] = []
                yield from self.look_around(thread, found)
                if not found:
                    break
                yield from self.work(thread)
            self.add(k.CTRL_SLEEP, thread.number, thread.queues[thread.first])
            for q in thread.queues:
                if q.handled is not None:
                    q.handled.succeed()
                    q.handled = None

    def work(self, thread: ReferenceThread) -> Steps:
        """Serve the queues in turn, staying with one while it has something, until none has."""
        count = len(thread.queues)
        while True:
            for i in range(count):
                index = (thread.first + i) % count
                step = self.next_step(thread, thread.queues[index])
                if step is not None:
                    yield from step
                    thread.first = index
                    break
            else:
                return

    def next_step(self, thread: ReferenceThread, q: ReferenceQueue) -> Steps | None:
        if self.mode.uses_shadow and not q.fresh:
            return self.read_shadow(thread, q)
        if q.head != q.known and thread.burst < self.scenario.doorbell.burst:
            return self.fetch(thread, q)
        if q.done:
            if self.mode.cq_reads_shadow and not q.cq_fresh:
                return self.read_cq_shadow(thread, q)
            return self.post(thread, q)
        if q.unsignalled:
            return self.interrupt(thread, q)
        if q.head != q.known:
            return self.fetch(thread, q)
        return None

    def read_shadow(self, thread: ReferenceThread, q: ReferenceQueue) -> Steps:
        yield self.takes(self.costs.shared_ns)
        q.known = q.shadow
        q.fresh = True
        self.add(k.SQ_SHADOW_READ, thread.number, q, 0, q.known)

    def set_eventidx(
        self, thread: ReferenceThread, q: ReferenceQueue, value: int, arming: bool = False
    ) -> Steps:
        """Write EventIdx and look at the tail again: a store in between rang no doorbell."""
        yield self.takes(self.costs.shared_ns)
        q.eventidx = value
        self.add(k.SQ_EVENTIDX, thread.number, q, 0, value, arming)
        yield from self.read_shadow(thread, q)

    def fetch(self, thread: ReferenceThread, q: ReferenceQueue) -> Steps:
        yield self.takes(self.costs.process_ns + self.costs.backend_ns)
        cid = q.sq.popleft()
        self.add(k.SQ_FETCH, thread.number, q, cid, q.head)
        q.head = (q.head + 1) % q.slots
        thread.burst += 1
        if self.device is None:
            self.add(k.DEV_DONE, thread.number, q, cid)
            q.done.append(cid)
        else:
            self.env.process(self.device_process(thread, q, cid))
        if self.mode.rearm is Rearm.EACH:
            yield from self.set_eventidx(thread, q, q.known)
        elif self.mode.rearm is Rearm.BATCH_AHEAD and q.head == q.known:
            yield from self.set_eventidx(thread, q, (q.known + q.slots // 2) % q.slots)

    def device_process(self, thread: ReferenceThread, q: ReferenceQueue, cid: int) -> Steps:
        spread = self.scenario.device.spread_percent / 100
        with self.device.request() as channel:
            yield channel
            self.add(k.DEV_START, thread.number, q, cid)
            factor = 1 - spread + spread * self.random.expovariate(1.0)
            yield self.env.timeout(int(self.scenario.device.latency_ns * factor))
            self.add(k.DEV_DONE, thread.number, q, cid)
        q.done.append(cid)
        self.wake_thread(thread, self.costs.wake_ns)

    def read_cq_shadow(self, thread: ReferenceThread, q: ReferenceQueue) -> Steps:
        if self.mode.cq_rearms:
            yield self.takes(self.costs.shared_ns)
            q.cq_eventidx = q.cq_known
            self.add(k.CQ_EVENTIDX, thread.number, q, 0, q.cq_eventidx)
        yield self.takes(self.costs.shared_ns)
        q.cq_known = q.cq_shadow
        q.cq_fresh = True
        self.add(k.CQ_SHADOW_READ, thread.number, q, 0, q.cq_known)

    def post(self, thread: ReferenceThread, q: ReferenceQueue) -> Steps:
        yield self.takes(self.costs.post_ns)
        cid = q.done.popleft()
        q.cq.append(cid)
        q.cq_fresh = False
        q.unsignalled += 1
        thread.burst = 0
        self.add(k.CQ_POST, thread.number, q, cid, q.cq_tail, q.head)
        q.cq_tail = (q.cq_tail + 1) % q.slots

    def interrupt(self, thread: ReferenceThread, q: ReferenceQueue) -> Steps:
        yield self.takes(self.costs.msi_ns)
        q.unsignalled = 0
        q.pending = True
        self.add(k.IRQ_RAISE, thread.number, q)
        self.wake_vcpu(q)

    def look_around(self, thread: ReferenceThread, found: list[bool]) -> Steps:
        """Poll for a while, re-arm, look once more; appends to `found` when there is work."""
        since = None
        while True:
            yield self.takes(self.costs.poll_ns)
            since = self.env.now if since is None else since
            news = sum(1 for q in thread.queues if q.head != q.shadow or q.done)
            for q in thread.queues:
                q.known = q.shadow
            self.add(k.CTRL_POLL, thread.number, thread.queues[thread.first], 0, news, 1)
            if news:
                thread.burst = 0
                found.append(True)
                return
            if self.env.now - since >= self.scenario.doorbell.poll_window_ns:
                break
        for q in thread.queues:
            yield from self.set_eventidx(thread, q, q.known, arming=True)
            if thread.has_work():
                found.append(True)
                return


def run_reference(
    scenario: Scenario, mode: DoorbellMode, until_ns: int, seed: int
) -> ReferenceResult:
    """Simulate a scenario under one mode in SimPy. ImportError says how to get SimPy."""
    try:
        import simpy  # pyright: ignore[reportMissingTypeStubs]  # it has none
    except ImportError:
        raise ImportError(
            "SimPy is not installed; it is needed only to measure the engine beside it: "
            "pip install simpy"
        ) from None
    env: Any = simpy.Environment()
    device: Any = None
    if scenario.device.kind == "channels":
        device = simpy.Resource(env, scenario.device.channels)
    machine = _Machine(env, device, scenario, mode, seed)
    start = time.perf_counter()
    env.run(until=until_ns)
    wall_s = time.perf_counter() - start
    reasons = [a for _, kind, _, _, _, a, _ in machine.log if kind == k.VM_EXIT]
    commands = sum(1 for entry in machine.log if entry[1] == k.CQ_REAP)
    return ReferenceResult(
        events=len(machine.log),
        commands=commands,
        iops=commands * 1e9 / until_ns,
        sq_exits=reasons.count(k.EXIT_SQ_DOORBELL),
        cq_exits=reasons.count(k.EXIT_CQ_DOORBELL),
        wall_s=wall_s,
    )
