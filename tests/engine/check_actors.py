"""Checks on who acts when: vCPUs, the controller's threads and passes, the VMM's lock, interrupts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nvmeviz.engine.mode import Interrupt, Rearm, Sleep, Worker
from nvmeviz.log import kinds as k
from nvmeviz.log.events import KIND_BY_NUMBER
from tests.engine.bookkeeping import ASYNCHRONOUS

if TYPE_CHECKING:
    from tests.engine.bookkeeping import Actor, Books, Event, Guest, Queue, Thread, Vcpu

OUTSIDE = frozenset({k.SQ_DOORBELL, k.CQ_DOORBELL, k.SQ_KICK, k.CQ_KICK, k.VM_ENTRY, k.CTRL_RESET})
LOCK = frozenset({k.LOCK_TAKE, k.LOCK_WAIT, k.LOCK_RELEASE})
DRAINS = frozenset({k.SQ_SHADOW, k.CQ_SHADOW})
GUEST = frozenset(
    {row.kind for row in KIND_BY_NUMBER.values() if row.actor == "guest"} - ASYNCHRONOUS
)
CONTROLLER = frozenset(
    {row.kind for row in KIND_BY_NUMBER.values() if row.actor == "controller"}
    - {k.CTRL_RESET, k.IRQ_TIMER}
)
NEEDS_LOCK = CONTROLLER - {k.CTRL_WAKE, k.CTRL_SLEEP}


class ActorChecks:
    """Nobody acts while stopped, asleep, or without what it takes."""

    def __init__(self, books: Books) -> None:
        self.books = books
        self.due: dict[int, int] = {}  # CQ -> when its held interrupt must be remembered
        self.handlers = {
            k.VM_EXIT: self.vm_exit,
            k.VM_ENTRY: self.vm_entry,
            k.SQ_DOORBELL: self.sq_doorbell,
            k.VCPU_HALT: self.vcpu_idle,
            k.VCPU_POLL: self.vcpu_idle,
            k.VCPU_WAKE: self.vcpu_wake,
            k.SQ_POST: self.sq_post,
            k.CQ_REAP: self.cq_reap,
            k.IRQ_ENTER: self.irq_enter,
            k.IRQ_EXIT: self.irq_exit,
            k.IRQ_RAISE: self.irq_raise,
            k.IRQ_TIMER: self.irq_timer,
            k.BATCH_TIMER: self.batch_timer,
            k.CTRL_WAKE: self.ctrl_wake,
            k.CTRL_SLEEP: self.ctrl_sleep,
            k.CTRL_POLL: self.ctrl_poll,
            k.LOOP_PASS: self.loop_pass,
            k.CTRL_RESET: self.reset,
            k.LOCK_TAKE: self.lock_take,
            k.LOCK_WAIT: self.lock_wait,
            k.LOCK_RELEASE: self.lock_release,
        }

    def check(self, e: Event, q: Queue) -> None:
        """What holds for every event, by who does it."""
        kind = e.kind
        if kind in GUEST or kind in OUTSIDE:
            if not (kind in DRAINS and e.b == k.DRAINED):
                vcpu = self.books.vcpus[e.actor]
                self.vcpu_may(e, q, vcpu)
                vcpu.before, vcpu.last = vcpu.last, kind
        elif kind in CONTROLLER or kind in (k.SQ_FETCH, k.CQ_POST):
            self.thread_may(e, q, self.books.threads[e.actor])
        elif kind in LOCK:
            if e.a == k.BY_VCPU:
                assert self.books.vcpus[e.actor].outside, e.says("the vCPU is in the guest")
            else:
                assert self.books.threads[e.actor].main_loop, e.says("it needs no lock")
        if self.due and not (kind == k.IRQ_TIMER and self.due.get(e.qid) == e.t):
            late = [cq for cq, at in self.due.items() if at < e.t]
            assert not late, e.says(f"interrupts of CQs {late} were held back for too long")

    def vcpu_may(self, e: Event, q: Queue, vcpu: Vcpu) -> None:
        kind = e.kind
        assert q.pair.guest == vcpu.guest, e.says("another guest's queue")
        assert not vcpu.halted or kind == k.VCPU_WAKE, e.says("the vCPU is halted")
        if kind in OUTSIDE and not (kind in (k.SQ_DOORBELL, k.CQ_DOORBELL) and not vcpu.outside):
            assert vcpu.outside, e.says("the vCPU is in the guest")
        else:
            assert vcpu.outside is None, e.says("the vCPU is stopped by its exit")
        due = vcpu.compare
        assert due is None or kind == due[0], e.says("the store was not compared yet")
        assert vcpu.must_exit is None or kind == k.VM_EXIT, e.says("a doorbell is due")

    def thread_may(self, e: Event, q: Queue, thread: Thread) -> None:
        kind, books = e.kind, self.books
        if kind == k.SQ_EVENTIDX and not books.controller_barrier:
            return  # leaves the store buffer whatever its thread does
        thread.decided_at, thread.last_at = thread.last_at, e.index
        if thread.owes:
            assert (kind, e.qid) in thread.owes, e.says(
                "EventIdx and a look at the tail come first"
            )
            thread.owes = ()
        if books.mode.rearm is Rearm.EACH and books.controller_looks(q):
            if kind == k.SQ_FETCH:  # QEMU re-arms after every command
                thread.owes = ((k.SQ_EVENTIDX, e.qid), (k.EVENTIDX_STORE, e.qid))
            elif kind in (k.SQ_EVENTIDX, k.EVENTIDX_STORE):
                thread.owes = ((k.SQ_SHADOW_READ, e.qid),)
        assert thread.awake or kind == k.CTRL_WAKE, e.says("the thread sleeps")
        assert not thread.waits, e.says("the thread waits for the lock")
        if thread.main_loop and kind in NEEDS_LOCK:
            owner = books.guest_of(q).owner
            assert owner == (k.BY_THREAD, e.actor), e.says("without the lock")

    # ---- vCPUs ----

    def vm_exit(self, e: Event, q: Queue) -> None:
        books, vcpu = self.books, self.books.vcpus[e.actor]
        vcpu.outside, vcpu.wrote = (e.a, e.qid, e.b, e.t), False
        if e.a == k.EXIT_INTERRUPT:
            assert self.host_interrupts(), e.says("interrupts don't stop it")
            assert books.queues[e.qid].raised, e.says("no interrupt waits")
        elif e.a == k.EXIT_RESET:
            assert books.guest_of(q).quiesced, e.says("nobody wants a reset")
        elif e.a == k.EXIT_CQ_DOORBELL:
            assert vcpu.irq == e.qid or books.polls, e.says("not in the handler of that CQ")

    def vm_entry(self, e: Event, q: Queue) -> None:
        books, vcpu = self.books, self.books.vcpus[e.actor]
        assert vcpu.outside is not None, e.says("it was not outside")
        reason, qid, _, since = vcpu.outside
        assert (e.a, e.qid) == (reason, qid), e.says("it left for something else")
        assert e.b == e.t - since, e.says("wrong time outside")
        assert vcpu.wrote == (reason != k.EXIT_INTERRUPT), e.says("what it left for was not done")
        assert books.guest_of(q).owner != (k.BY_VCPU, e.actor), e.says("it took the lock along")
        assert not vcpu.works, e.says("its thread has not done the work yet")
        vcpu.outside = None

    def host_interrupts(self) -> bool:
        """True when the host takes the device's interrupts, which stops a running vCPU."""
        books = self.books
        return books.mode.worker is Worker.HARDWARE and not books.posted_interrupts

    def sq_doorbell(self, e: Event, _: Queue) -> None:
        books = self.books
        mine = books.mode.worker is Worker.VMM and not books.mode.uses_shadow
        works = mine and books.scenario.machine.trap_handler == "vcpu" and not books.loops
        assert (e.b == k.DOORBELL_VCPU_WORKS) == works, e.says("not who works on this machine")
        books.vcpus[e.actor].works = works

    def vcpu_idle(self, e: Event, q: Queue) -> None:
        books, vcpu = self.books, self.books.vcpus[e.actor]
        assert (e.kind == k.VCPU_POLL) == books.polls, e.says("not the way its guest waits")
        assert vcpu.irq < 0, e.says("in the interrupt handler")
        for each in books.queues:
            if each.pair.vcpu == e.actor and (each.admin or not self.batches()):
                assert each.tail == each.announced, e.says(f"queue {each.index} is not announced")
        vcpu.halted = True

    def batches(self) -> bool:
        return self.books.mode.announce.name == "BATCH"

    def vcpu_wake(self, e: Event, _: Queue) -> None:
        vcpu = self.books.vcpus[e.actor]
        assert vcpu.halted, e.says("it was awake")
        vcpu.halted = False

    def sq_post(self, e: Event, _: Queue) -> None:
        assert self.books.vcpus[e.actor].irq < 0, e.says("in the interrupt handler")

    def cq_reap(self, e: Event, q: Queue) -> None:
        vcpu = self.books.vcpus[e.actor]
        where = vcpu.irq if not self.books.polls else q.cq
        assert where == q.cq, e.says("not in the handler of that CQ")

    def batch_timer(self, e: Event, q: Queue) -> None:
        assert self.batches(), e.says("the mode has no batches")
        assert e.a == (q.tail - q.register) % q.size > 0, e.says("not what waits")

    # ---- interrupts ----

    def irq_raise(self, e: Event, q: Queue) -> None:
        books = self.books
        assert q.cq == q.index, e.says("not the owner of the CQ")
        assert not books.polls, e.says("the guest polls")
        assert q.unsignalled > 0, e.says("nothing was posted since the last")
        if books.mode.interrupt is Interrupt.EACH and not books.threshold:
            assert q.unsignalled == 1, e.says("every entry has an interrupt of its own")
        q.unsignalled = 0
        q.held_since = -1
        q.overdue = False
        q.raised = True
        self.due.pop(e.qid, None)

    def irq_timer(self, e: Event, q: Queue) -> None:
        assert self.books.threshold, e.says("nothing is coalesced here")
        assert e.a == q.unsignalled > 0, e.says("not what waits")
        assert self.due.pop(e.qid, None) == e.t, e.says("not the time that it may wait")
        q.overdue = True

    def cq_post(self, e: Event, cq: Queue) -> None:
        """After the entry was written down: when the interrupt must be remembered."""
        if cq.held_since == e.t and cq.unsignalled == 1:
            self.due[cq.index] = e.t + self.books.scenario.machine.coalesce_time_ns

    def reset(self, e: Event, q: Queue) -> None:
        for each in self.books.queues:
            if each.pair.guest == q.pair.guest:
                self.due.pop(each.index, None)

    def irq_enter(self, e: Event, q: Queue) -> None:
        vcpu = self.books.vcpus[e.actor]
        assert q.raised, e.says("nobody raised it")
        assert q.pair.vcpu == e.actor, e.says("another vCPU's interrupt")
        assert vcpu.irq < 0, e.says("handlers don't nest")
        if self.host_interrupts() and vcpu.before != k.VCPU_WAKE:
            assert vcpu.before == k.VM_ENTRY, e.says("the host did not take it first")
        q.raised = False
        vcpu.irq = e.qid

    def irq_exit(self, e: Event, q: Queue) -> None:
        vcpu = self.books.vcpus[e.actor]
        assert vcpu.irq == e.qid, e.says("it handles another")
        assert self.batches() or q.cq_announced == q.cq_head, e.says("the head is not announced")
        vcpu.irq = -1

    # ---- threads and the lock ----

    def ctrl_wake(self, e: Event, _: Queue) -> None:
        thread = self.books.threads[e.actor]
        assert not thread.awake, e.says("it was awake")
        if thread.never_slept >= 0:
            assert e.cause == thread.never_slept, e.says(
                "the race that its sleep lost was forgotten"
            )
        thread.awake = True
        thread.never_slept = -1

    def ctrl_sleep(self, e: Event, q: Queue) -> None:
        books, thread = self.books, self.books.threads[e.actor]
        polls = books.mode.sleep is Sleep.NEVER and not thread.main_loop
        assert not polls, e.says("a poller never sleeps")
        owner = books.guest_of(q).owner
        assert owner != (k.BY_THREAD, e.actor), e.says("it sleeps with the lock")
        thread.awake = False
        if not e.a:
            for index in thread.queues:
                books.vcpus[books.queues[index].pair.vcpu].works = False

    def ctrl_poll(self, e: Event, q: Queue) -> None:
        if e.b & k.POLL_PASS:
            self.loop_pass(e, q)
            for index in self.books.threads[e.actor].queues:
                self.books.queues[index].may_fetch = True

    def loop_pass(self, e: Event, _: Queue) -> None:
        thread = self.books.threads[e.actor]
        assert thread.event_loop, e.says("it works without passes")
        thread.passes += 1
        thread.pass_at = e.index
        for index in thread.queues:
            queue = self.books.queues[index]
            # After the buffers were taken over it looks at each of their queues once.
            new = queue.config_at > queue.looked_at
            queue.may_fetch = queue.rung or queue.head != queue.known or new
            queue.rung = False

    def lock_parties(self, e: Event, q: Queue) -> tuple[Guest, Actor]:
        assert self.books.loops, e.says("this machine has no lock")
        return self.books.guest_of(q), (e.a, e.actor)

    def lock_take(self, e: Event, q: Queue) -> None:
        guest, actor = self.lock_parties(e, q)
        assert guest.owner is None, e.says("somebody has it")
        if self.books.scenario.machine.lock == "handover" and guest.reserved is not None:
            assert guest.reserved == actor, e.says("it was handed to the longest waiting")
        if guest.reserved == actor:
            guest.reserved = None
        assert actor not in guest.waiters, e.says("it was not its turn")
        guest.owner = actor
        if e.a == k.BY_THREAD:
            self.books.threads[e.actor].waits = False

    def lock_wait(self, e: Event, q: Queue) -> None:
        guest, actor = self.lock_parties(e, q)
        taken = guest.owner or guest.reserved
        assert taken is not None, e.says("nobody has the lock")
        assert guest.owner != actor, e.says("it has the lock")
        assert actor not in guest.waiters, e.says("it waits already")
        if guest.reserved == actor:
            guest.reserved = None
        guest.waiters.append(actor)
        if e.a == k.BY_THREAD:
            self.books.threads[e.actor].waits = True

    def lock_release(self, e: Event, q: Queue) -> None:
        guest, actor = self.lock_parties(e, q)
        assert guest.owner == actor, e.says("it does not have the lock")
        barging = self.books.scenario.machine.lock == "barging"
        woken = 0 if not guest.waiters else 2 if barging else 1
        assert e.b == woken, e.says("not how the lock changes hands here")
        guest.owner = None
        if guest.waiters:
            guest.reserved = guest.waiters.popleft()
