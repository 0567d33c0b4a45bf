"""Checks on commands: rings, slots, phase tags, CIDs, the device, requests and what is submitted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nvmeviz.engine.mode import Interrupt
from nvmeviz.log import kinds as k

if TYPE_CHECKING:
    from tests.engine.bookkeeping import Books, Event, Queue

# What may follow what in the life of one command.
NEXT_STEP = {
    None: (k.SQ_POST,),
    k.SQ_POST: (k.SQ_FETCH,),
    k.SQ_FETCH: (k.DEV_START, k.DEV_DONE),
    k.DEV_START: (k.DEV_DONE,),
    k.DEV_DONE: (k.CQ_POST,),
    k.CQ_POST: (k.CQ_REAP,),
    k.CQ_REAP: (k.SQ_POST,),
}
OP_WRITE, OP_READ = 1, 2


class CommandChecks:
    """Every command goes through its life once, in the order of its rings."""

    def __init__(self, books: Books) -> None:
        self.books = books
        device = books.scenario.device
        self.null = device.kind == "null"
        self.channels: dict[int, tuple[int, int]] = {}
        self.channel_count = device.channels if device.kind == "channels" else 0
        self.handlers = {
            k.SQ_POST: self.sq_post,
            k.SQ_FETCH: self.sq_fetch,
            k.DEV_START: self.dev_start,
            k.DEV_DONE: self.dev_done,
            k.CQ_POST: self.cq_post,
            k.CQ_REAP: self.cq_reap,
            k.REQUEST: self.request,
        }

    def step(self, e: Event, q: Queue) -> None:
        allowed = NEXT_STEP[q.step.get(e.cid)]
        assert e.kind in allowed, e.says("the command is not at this step")
        q.step[e.cid] = e.kind

    def request(self, e: Event, q: Queue) -> None:
        q.requests += 1

    def sq_post(self, e: Event, q: Queue) -> None:
        books = self.books
        self.step(e, q)
        assert e.actor == q.pair.vcpu, e.says("another vCPU's queue")
        assert e.a == q.tail, e.says("SQ slots are written in order")
        q.sqes.append(e.cid)
        q.tail = (q.tail + 1) % q.size
        q.posted += 1
        q.posted_at[e.cid] = e.t
        assert q.tail != q.head, e.says("the SQ overflows")
        assert q.posted - q.reaped <= q.tags, e.says("more in flight than tags")
        if q.admin:
            assert e.b & 0xFF == books.mode.opcode != 0, e.says("not an admin command of the mode")
            return
        workload = books.scenario.workload
        noisy = q.pair.guest >= books.noisy_from
        depth = workload.noisy_depth if noisy else workload.queue_depth
        pairs = books.scenario.machine.queues or books.scenario.machine.vcpus
        # jobs are dealt to the pairs in turn
        jobs = -(-workload.jobs // pairs) if workload.jobs else 1
        assert q.posted - q.reaped <= depth * jobs, e.says("more than the queue depth")
        size = workload.noisy_block_size if noisy else workload.block_size
        assert e.b >> 8 == size // 512, e.says("not the block size")
        assert e.b & 0xFF in (OP_READ, OP_WRITE), e.says("neither read nor write")
        if workload.write_percent in (0, 100):
            opcode = OP_WRITE if workload.write_percent else OP_READ
            assert e.b & 0xFF == opcode, e.says("not in the mix")
        if workload.kind != "closed" or workload.think_ns:
            assert q.posted <= q.requests, e.says("nobody asked for it")

    def sq_fetch(self, e: Event, q: Queue) -> None:
        books = self.books
        self.step(e, q)
        assert e.actor == q.pair.thread, e.says("another thread's queue")
        assert e.a == q.head, e.says("SQ slots are fetched in order")
        assert q.head != q.known, e.says("the controller was not told of this entry")
        assert q.sqes, e.says("nothing was written there")
        assert q.sqes.popleft() == e.cid, e.says("another command stands in that slot")
        q.head = (q.head + 1) % q.size
        q.fetched += 1
        thread = books.threads[e.actor]
        q.fetched_in[e.cid] = thread.passes
        if thread.event_loop and not thread.hardware:
            # Or the buffers were taken over meanwhile, or an IOThread serves a guest without any.
            plain = not (thread.main_loop or books.controller_looks(q))
            may_fetch = q.may_fetch or q.config_at > thread.pass_at or plain
            assert may_fetch, e.says("nobody rang before the pass began")

    def dev_start(self, e: Event, q: Queue) -> None:
        self.step(e, q)
        at_once = self.null or q.admin
        assert not at_once, e.says("there is no device for it")
        if self.channel_count:
            assert e.a < self.channel_count, e.says("there is no such channel")
            assert e.a not in self.channels, e.says("the channel is taken")
            self.channels[e.a] = (e.qid, e.cid)

    def dev_done(self, e: Event, q: Queue) -> None:
        books, started = self.books, q.step[e.cid] == k.DEV_START
        self.step(e, q)
        assert started == (not self.null and not q.admin), e.says(
            "a device command starts, others don't"
        )
        if started and self.channel_count:
            assert self.channels.pop(e.a, None) == (e.qid, e.cid), e.says(
                "it was in another channel"
            )
        thread = books.threads[e.actor]
        if thread.event_loop and not started and not q.admin:
            assert q.fetched_in[e.cid] < thread.passes, e.says("a bottom half runs in a later pass")
        q.done.append(e.cid)
        q.done_at[e.cid] = e.index

    def cq_post(self, e: Event, q: Queue) -> None:
        books, cq = self.books, self.books.queues[q.cq]
        self.step(e, q)
        assert e.actor == q.pair.thread, e.says("another thread's queue")
        assert e.a == cq.cq_tail, e.says("CQ slots are written in order")
        assert bool(e.b & k.CQE_PHASE) == bool(cq.phase), e.says("wrong phase tag")
        assert e.b & 0xFFFF == q.head, e.says("wrong SQ head")
        assert q.done.popleft() == e.cid, e.says("completions are posted as they are done")
        cq.cqes.append((e.qid, e.cid))
        cq.cq_tail = (cq.cq_tail + 1) % cq.cq_size
        if cq.cq_tail == 0:
            cq.phase ^= 1
        assert cq.cq_tail != cq.cq_known, e.says("no room that the controller knows of")
        assert cq.cq_tail != cq.cq_head, e.says("the CQ overflows")
        q.completed += 1
        thread = books.threads[e.actor]
        if thread.event_loop and books.mode.interrupt is not Interrupt.EACH:
            assert q.done_at[e.cid] < thread.pass_at, e.says("done after the pass began")
        self.signal(e, q, cq)

    def signal(self, e: Event, q: Queue, cq: Queue) -> None:
        """What the entry says about its interrupt."""
        books = self.books
        assert bool(e.b & k.CQE_QUIET) == books.polls, e.says("interrupt and polling guest")
        if books.polls:
            assert not e.b & k.CQE_HELD, e.says("there is no interrupt to hold back")
            return
        cq.unsignalled += 1
        if books.threshold and not q.admin:
            held = cq.unsignalled < books.threshold and not cq.overdue
            assert bool(e.b & k.CQE_HELD) == held, e.says("held back below the threshold, in time")
            if held and cq.held_since < 0:
                cq.held_since = e.t
        else:
            assert not e.b & k.CQE_HELD, e.says("nothing is coalesced here")

    def cq_reap(self, e: Event, q: Queue) -> None:
        cq = self.books.queues[q.cq]
        self.step(e, q)
        assert e.actor == q.pair.vcpu, e.says("another vCPU's queue")
        assert e.a == cq.cq_head, e.says("CQ slots are reaped in order")
        assert cq.cqes, e.says("the phase tag there is old")
        assert cq.cqes.popleft() == (e.qid, e.cid), e.says("another entry stands in that slot")
        assert e.b == e.t - q.posted_at[e.cid], e.says("wrong latency")
        cq.cq_head = (cq.cq_head + 1) % cq.cq_size
        q.reaped += 1
