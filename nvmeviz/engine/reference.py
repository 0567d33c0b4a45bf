"""The same model a second time, in SimPy: what the engine is checked against and measured beside.

Of the smaller machines: one guest, one queue pair a vCPU, no event loops and no lock (trap_handler
"thread" or "vcpu"), closed loops, the modes mmio_trap, batched, google_2016, dbbuf_qemu71 and
dbbuf_qemu80. Processes, events and resources as a SimPy user would write them; random numbers by
Python's `random`, so runs agree in the mean and not in the byte. Each of the engine's event kinds is
one entry of a list here too, so that both pay for their log. The guest's side stands in
`reference_parts`, the controller's here. SimPy is a development dependency, imported when it is used.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from nvmeviz.engine.mode import CqRearm, Rearm, Sleep
from nvmeviz.engine.reference_parts import (
    GuestSide,
    ReferenceQueue,
    ReferenceResult,
    ReferenceThread,
)
from nvmeviz.log import kinds as k

if TYPE_CHECKING:
    from nvmeviz.engine.mode import DoorbellMode
    from nvmeviz.engine.reference_parts import Steps
    from nvmeviz.scenario.schema import Scenario


class _Machine(GuestSide):
    """The processes of one run."""

    def __init__(
        self, env: Any, device: Any, scenario: Scenario, mode: DoorbellMode, seed: int
    ) -> None:
        super().__init__(env, scenario, mode, seed)
        self.device = device
        for thread in self.threads:
            env.process(self.thread_process(thread))
        for queue in self.queues:
            env.process(self.vcpu_process(queue))

    def thread_process(self, thread: ReferenceThread) -> Steps:
        """Sleep, serve, look around, sleep."""
        ahead = self.mode.rearm is Rearm.AHEAD
        while True:
            if thread.has_work():
                yield self.takes(self.costs.poll_ns)
            else:
                thread.signal = self.env.event()
                cost_ns = yield thread.signal
                yield self.takes(cost_ns)
            thread.burst = 0
            self.add(k.CTRL_WAKE, thread.number, thread.current, 0, 0, ahead)
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
            self.add(k.CTRL_SLEEP, thread.number, thread.current)
            for q in thread.queues:
                if q.handled is not None:
                    q.handled.succeed()
                    q.handled = None

    def work(self, thread: ReferenceThread) -> Steps:
        """Serve the queues in turn, staying with one while it has something and its turn lasts,
        until none has.
        """
        while True:
            queues = thread.in_turn()
            step = next((s for s in (self.next_step(thread, q) for q in queues) if s), None)
            if step is None:  # turns that are over begin again when nobody else has anything
                waiting = [q for q in queues[1:] + queues[:1] if q.head != q.known]
                if not waiting:
                    return
                step = self.fetch(thread, waiting[0], new_turn=True)
            yield from step

    def next_step(self, thread: ReferenceThread, q: ReferenceQueue) -> Steps | None:
        shadow = self.uses_shadow(q)
        if shadow and not q.fresh:
            return self.read_shadow(thread, q)
        in_turn = thread.burst < self.scenario.doorbell.burst or thread.current is not q
        if q.head != q.known and in_turn:
            return self.fetch(thread, q)
        if q.done:
            if shadow and self.mode.cq_reads_shadow and not q.cq_fresh:
                return self.read_cq_shadow(thread, q)
            return self.post(thread, q)
        if q.unsignalled:
            return self.interrupt(thread, q)
        return None

    def read_shadow(self, thread: ReferenceThread, q: ReferenceQueue) -> Steps:
        yield self.takes(self.costs.shared_ns)
        q.known = q.shadow
        q.fresh = True
        thread.turn_to(q)
        self.add(k.SQ_SHADOW_READ, thread.number, q, 0, q.known)

    def set_eventidx(
        self, thread: ReferenceThread, q: ReferenceQueue, value: int, arming: bool = False
    ) -> Steps:
        """Write EventIdx and look at the tail again: a store in between rang no doorbell."""
        yield self.takes(self.costs.shared_ns)
        q.eventidx = value
        self.add(k.SQ_EVENTIDX, thread.number, q, 0, value, arming)
        yield from self.read_shadow(thread, q)

    def fetch(self, thread: ReferenceThread, q: ReferenceQueue, new_turn: bool = False) -> Steps:
        """Take one command. A poller looks at every tail again once a round."""
        goes_back = thread.queues.index(q) < thread.queues.index(thread.current)
        new_round = self.mode.sleep is not Sleep.AT_ONCE and (new_turn or goes_back)
        yield self.takes(self.costs.process_ns + self.costs.backend_ns)
        cid = q.sq.popleft()
        self.add(k.SQ_FETCH, thread.number, q, cid, q.head)
        q.head = (q.head + 1) % q.slots
        if new_round:
            for each in thread.queues:
                each.fresh = False
        thread.turn_to(q)
        thread.burst = 1 if new_turn else thread.burst + 1
        if q is self.admin:
            yield self.takes(self.costs.shared_ns)
            self.add(k.DBBUF_CONFIG, thread.number, q)
            self.configured = True
            for each in self.queues:
                each.fresh = False
        if self.device is None or q is self.admin:
            self.add(k.DEV_DONE, thread.number, q, cid)
            q.done.append(cid)
        else:
            self.env.process(self.device_process(thread, q, cid))
        if not self.uses_shadow(q):
            return
        if self.mode.rearm is Rearm.EACH:
            yield from self.set_eventidx(thread, q, q.known)
        elif self.mode.rearm is Rearm.AHEAD and q.head == q.known:
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
        if self.mode.cq_rearm is CqRearm.HEAD:
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
        self.add(k.CQ_POST, thread.number, q, cid, q.cq_tail, q.head)
        q.cq_tail = (q.cq_tail + 1) % q.slots

    def interrupt(self, thread: ReferenceThread, q: ReferenceQueue) -> Steps:
        yield self.takes(self.costs.msi_ns)
        q.unsignalled = 0
        q.pending = True
        q.kicked |= q.running
        self.add(k.IRQ_RAISE, thread.number, q)
        self.wake_vcpu(q)

    def look_around(self, thread: ReferenceThread, found: list[bool]) -> Steps:
        """Poll for a while, re-arm, look once more; appends to `found` when there is work."""
        since = None
        while True:
            yield self.takes(self.costs.poll_ns)
            since = self.env.now if since is None else since
            shared = [q for q in thread.queues if self.uses_shadow(q)]
            for q in shared:
                q.known = q.shadow
                q.cq_known = q.cq_shadow
                q.fresh = True
            news = sum(1 for q in thread.queues if q.head != q.known or q.done or q.unsignalled)
            self.add(k.CTRL_POLL, thread.number, thread.current, 0, news, 1)
            thread.burst = 0
            if news:
                found.append(True)
                return
            if self.env.now - since >= self.scenario.doorbell.poll_window_ns:
                break
        for q in shared:
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
