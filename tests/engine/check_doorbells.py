"""Checks on announcements: doorbells, shadow buffers, EventIdx, store buffers, set-up and reset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nvmeviz.engine.mode import CqRearm, Rearm, Sleep, Way
from nvmeviz.log import kinds as k
from nvmeviz.nvme.eventidx import linux_rings

if TYPE_CHECKING:
    from tests.engine.bookkeeping import Books, Event, Guest, Queue

EVENTIDX_OFF = 0xFFFF


class DoorbellChecks:
    """Whoever learns of an entry was told, in the way that mode and set-up allow."""

    def __init__(self, books: Books) -> None:
        self.books = books
        self.handlers = {
            k.SQ_SHADOW: self.shadow,
            k.CQ_SHADOW: self.shadow,
            k.SQ_STORE: self.store,
            k.CQ_STORE: self.store,
            k.SQ_EVENTIDX_READ: self.compared,
            k.CQ_EVENTIDX_READ: self.compared,
            k.VM_EXIT: self.vm_exit,
            k.SQ_DOORBELL: self.sq_doorbell,
            k.CQ_DOORBELL: self.cq_doorbell,
            k.SQ_KICK: self.kick,
            k.CQ_KICK: self.kick,
            k.SQ_SHADOW_READ: self.sq_shadow_read,
            k.CQ_SHADOW_READ: self.cq_shadow_read,
            k.EVENTIDX_STORE: self.eventidx_store,
            k.SQ_EVENTIDX: self.sq_eventidx,
            k.CQ_EVENTIDX: self.cq_eventidx,
            k.CTRL_POLL: self.swept,
            k.CTRL_SLEEP: self.slept,
            k.DBBUF_CONFIG: self.config,
            k.CTRL_RESET: self.reset,
            k.GUEST_READY: self.ready,
            k.RESET_DUE: self.reset_due,
            k.SQ_POST: self.sq_post,
            k.SQ_FETCH: self.sq_fetch,
            k.CQ_REAP: self.cq_reap,
            k.CQ_POST: self.cq_post,
        }

    # ---- the driver ----

    def announced(self, e: Event, q: Queue) -> int:
        """The driver tells a new value; returns what it told last."""
        assert self.books.driver_compares(q), e.says("there is no shadow buffer yet")
        submits = e.kind in (k.SQ_SHADOW, k.SQ_STORE)
        value = q.tail if submits else q.cq_head
        shared = q.shadow if submits else q.cq_shadow
        assert e.a == value, e.says("not where the driver stands")
        assert e.b == shared.stored, e.says("not what was stored last")
        assert e.a != e.b, e.says("nothing new to tell")
        shared.stored = value
        if submits:
            q.announced = value
        else:
            q.cq_announced = value
        vcpu = self.books.vcpus[e.actor]
        assert vcpu.compare is None, e.says("the last store was not compared yet")
        read = k.SQ_EVENTIDX_READ if submits else k.CQ_EVENTIDX_READ
        vcpu.compare = (read, e.qid, e.a, e.b)
        vcpu.stored_at = e.index
        return value

    def store(self, e: Event, q: Queue) -> None:
        assert not self.books.guest_barrier, e.says("the barrier makes it seen at once")
        value = self.announced(e, q)
        seen = k.SQ_SHADOW if e.kind == k.SQ_STORE else k.CQ_SHADOW
        self.books.guest_stores[e.actor].append((seen, e.qid, value))

    def shadow(self, e: Event, q: Queue) -> None:
        shared = q.shadow if e.kind == k.SQ_SHADOW else q.cq_shadow
        if e.b == k.DRAINED:
            stores = self.books.guest_stores[e.actor]
            assert stores, e.says("the store buffer is empty")
            assert stores.popleft() == (e.kind, e.qid, e.a), e.says("stores leave in their order")
            shared.memory = e.a
            return
        assert self.books.guest_barrier, e.says("it has to pass the store buffer")
        shared.memory = self.announced(e, q)

    def compared(self, e: Event, q: Queue) -> None:
        vcpu, submits = self.books.vcpus[e.actor], e.kind == k.SQ_EVENTIDX_READ
        assert vcpu.compare, e.says("nothing was stored to compare with")
        kind, qid, new, old = vcpu.compare
        assert (kind, qid) == (e.kind, e.qid), e.says("another value was stored")
        eventidx = q.eventidx if submits else q.cq_eventidx
        assert e.a == eventidx.memory, e.says("EventIdx holds something else")
        assert e.b == self.books.rule(e.a, new, old), e.says("not what the rule says")
        vcpu.compare = None
        if e.b:
            self.rung_behind(e, q)
            reason = k.EXIT_SQ_DOORBELL if submits else k.EXIT_CQ_DOORBELL
            vcpu.must_exit = (reason, e.qid, new)

    def rung_behind(self, e: Event, q: Queue) -> None:
        """EventIdx one behind is met only when the poller sees the new value and publishes before
        the driver compares: then it stands at the old one.
        """
        books, sq = self.books, e.kind == k.SQ_EVENTIDX_READ
        if books.mode.rearm is Rearm.BEHIND and books.rule is linux_rings:
            at = q.armed_at if sq else q.cq_armed_at
            assert at > books.vcpus[e.actor].stored_at, e.says("one behind should not be met")

    def vm_exit(self, e: Event, q: Queue) -> None:
        books, vcpu = self.books, self.books.vcpus[e.actor]
        if e.a not in (k.EXIT_SQ_DOORBELL, k.EXIT_CQ_DOORBELL):
            return
        assert books.way(q) in (Way.USER, Way.IOEVENTFD), e.says("this doorbell does not trap")
        submits = e.a == k.EXIT_SQ_DOORBELL
        if books.driver_compares(q):
            assert vcpu.must_exit == (e.a, e.qid, e.b), e.says("the rule did not ask for it")
            vcpu.must_exit = None
            assert not books.guest_stores[e.actor], e.says("an exit empties the store buffer")
            return
        value, before = (q.tail, q.announced) if submits else (q.cq_head, q.cq_announced)
        assert e.b == value, e.says("not where the driver stands")
        assert value != before, e.says("the same value twice")
        if submits:
            q.announced = value
        else:
            q.cq_announced = value

    def registered(self, e: Event, q: Queue, value: int, before: int) -> bool:
        """A doorbell register is written; True when the controller is told at once."""
        books, vcpu, way = self.books, self.books.vcpus[e.actor], self.books.way(q)
        assert e.actor == q.pair.vcpu, e.says("another vCPU's queue")
        if way in (Way.MAPPED, Way.REGISTER):
            assert vcpu.outside is None, e.says("it does not trap")
            assert e.a == value, e.says("not where the driver stands")
            assert value != before, e.says("the same value twice")
            assert (e.b == k.DOORBELL_MAPPED) == (way is Way.MAPPED), e.says("not the mode's way")
            return way is Way.REGISTER
        assert vcpu.outside is not None, e.says("written without an exit")
        assert way is Way.USER, e.says("KVM handles it")
        reason = k.EXIT_SQ_DOORBELL if e.kind == k.SQ_DOORBELL else k.EXIT_CQ_DOORBELL
        assert vcpu.outside[:3] == (reason, e.qid, e.a), e.says("it left for something else")
        assert e.a == value, e.says("not where the driver stands")
        assert not vcpu.wrote, e.says("written twice")
        vcpu.wrote = True
        if books.loops:
            owner = books.guest_of(q).owner
            assert owner == (k.BY_VCPU, e.actor), e.says("without the lock")
        return True

    def sq_doorbell(self, e: Event, q: Queue) -> None:
        told = self.registered(e, q, q.tail, q.announced)
        q.announced = q.register = e.a
        if told:
            if q.told_at <= self.books.threads[q.pair.thread].last_at:
                q.known_before = q.known
            q.told_at = e.index
            q.known = e.a
            q.rung = True

    def cq_doorbell(self, e: Event, q: Queue) -> None:
        told = self.registered(e, q, q.cq_head, q.cq_announced)
        q.cq_announced = q.cq_register = e.a
        if told:
            if q.cq_told_at <= self.books.threads[q.pair.thread].last_at:
                q.cq_known_before = q.cq_known
            q.cq_told_at = e.index
            q.cq_known = e.a

    def kick(self, e: Event, q: Queue) -> None:
        vcpu = self.books.vcpus[e.actor]
        assert self.books.way(q) is Way.IOEVENTFD, e.says("there is no eventfd for it")
        assert vcpu.outside is not None, e.says("signalled without an exit")
        reason = k.EXIT_SQ_DOORBELL if e.kind == k.SQ_KICK else k.EXIT_CQ_DOORBELL
        assert vcpu.outside[:2] == (reason, e.qid), e.says("it left for something else")
        assert not vcpu.wrote, e.says("signalled twice")
        vcpu.wrote = True
        if e.kind == k.SQ_KICK:
            q.rung = True

    # ---- the controller ----

    def looks(self, e: Event, q: Queue) -> bool:
        """True when the controller has the buffers, or had them when it decided on this step."""
        decided_at = self.books.threads[e.actor].decided_at
        return self.books.controller_looks(q) or self.books.guest_of(q).reset_at > decided_at

    def known_then(self, e: Event, q: Queue) -> int:
        """The SQ tail that it knew when it decided on this step; a doorbell may have told it more
        since.
        """
        told = q.told_at > self.books.threads[e.actor].decided_at
        return q.known_before if told else q.known

    def cq_known_then(self, e: Event, q: Queue) -> int:
        """The same for the CQ head."""
        told = q.cq_told_at > self.books.threads[e.actor].decided_at
        return q.cq_known_before if told else q.cq_known

    def sq_shadow_read(self, e: Event, q: Queue) -> None:
        assert e.actor == q.pair.thread, e.says("another thread's queue")
        if self.books.way(q) is Way.MAPPED:  # the register is memory too
            assert e.a == q.register, e.says("the register holds something else")
        else:
            assert self.looks(e, q), e.says("it has no shadow buffer")
            assert e.a == q.shadow.memory, e.says("memory holds something else")
        q.known = e.a
        q.looked_at = e.index

    def cq_shadow_read(self, e: Event, q: Queue) -> None:
        full = (q.cq_tail + 1) % q.cq_size == self.cq_known_then(e, q)
        if self.books.way(q) is Way.MAPPED:  # the register is memory too
            assert e.a == q.cq_register, e.says("the register holds something else")
        else:
            assert self.looks(e, q), e.says("it has no shadow buffer")
            assert e.a == q.cq_shadow.memory, e.says("memory holds something else")
        wanted = self.books.mode.cq_reads_shadow or full
        assert wanted, e.says("the mode does not read it while there is room")
        q.cq_known = e.a

    def armed_by_mode(self, e: Event, q: Queue) -> None:
        assert self.looks(e, q), e.says("it has no EventIdx buffer")
        assert e.actor == q.pair.thread, e.says("another thread's queue")
        known = self.known_then(e, q)
        value = {
            Rearm.EACH: known,
            Rearm.AHEAD: (known + q.size // 2) % q.size,
            Rearm.OFF: EVENTIDX_OFF,
            Rearm.BEHIND: (known - 1) % q.size,
        }.get(self.books.mode.rearm)
        assert value is not None, e.says("the mode never writes EventIdx")
        assert e.a == (known if e.b else value), e.says("not the mode's EventIdx")
        q.eventidx.stored = e.a
        q.armed_at = e.index

    def eventidx_store(self, e: Event, q: Queue) -> None:
        assert not self.books.controller_barrier, e.says("the barrier makes it seen at once")
        self.armed_by_mode(e, q)
        self.books.thread_stores[e.actor].append((k.SQ_EVENTIDX, e.qid, e.a))

    def sq_eventidx(self, e: Event, q: Queue) -> None:
        if e.b != k.DRAINED:
            assert self.books.controller_barrier, e.says("it has to pass the store buffer")
            self.armed_by_mode(e, q)
        else:
            stores = self.books.thread_stores[e.actor]
            assert stores, e.says("the store buffer is empty")
            assert stores.popleft() == (e.kind, e.qid, e.a), e.says("stores leave in their order")
        q.eventidx.memory = e.a

    def cq_eventidx(self, e: Event, q: Queue) -> None:
        assert self.looks(e, q), e.says("it has no EventIdx buffer")
        known = self.cq_known_then(e, q)
        value = {
            CqRearm.HEAD: known,
            CqRearm.BEHIND: (known - 1) % q.cq_size,
        }.get(self.books.mode.cq_rearm)
        assert e.a == value, e.says("not the mode's EventIdx")
        q.cq_eventidx.becomes(e.a)
        q.cq_armed_at = e.index

    def swept(self, e: Event, _: Queue) -> None:
        for index in self.books.threads[e.actor].queues:
            q = self.books.queues[index]
            if e.b & k.POLL_SHADOWS and self.books.controller_looks(q):
                q.known, q.cq_known = q.shadow.memory, q.cq_shadow.memory
                q.looked_at = e.index
            elif e.b & k.POLL_REGISTERS:
                q.known, q.cq_known = q.register, q.cq_register

    def slept(self, e: Event, _: Queue) -> None:
        """Nobody sleeps without having asked to be woken and looked once more; whoever was told of
        something since it looked last is awake again at once.
        """
        books = self.books
        if e.a:
            return
        thread = books.threads[e.actor]
        for index in thread.queues:
            q = books.queues[index]
            if q.head != q.known:
                thread.never_slept = e.index
            elif books.mode.sleep is Sleep.ADAPTIVE and books.controller_looks(q):
                assert q.eventidx.stored == q.known, e.says(f"queue {index} is not armed")
                assert q.looked_at > q.armed_at >= 0, e.says(f"queue {index}: no look after arming")

    # ---- set-up and reset ----

    def sq_post(self, e: Event, q: Queue) -> None:
        guest = self.books.guest_of(q)
        if not q.admin:
            assert guest.ready, e.says("the driver is not set up")
            return
        assert not guest.config_sent, e.says("the buffers were handed over already")
        assert not self.books.plain(q.pair.guest), e.says("this driver knows no buffers")
        guest.config_sent = True

    def config(self, e: Event, q: Queue) -> None:
        books, guest = self.books, self.books.guest_of(q)
        assert q.admin, e.says("it is an admin command")
        assert k.SQ_FETCH in q.step.values(), e.says("no such command was fetched")
        assert not guest.controller_shadow, e.says("the controller has them")
        guest.controller_shadow = True
        for each in self.io_queues(guest):
            behind = books.mode.rearm is Rearm.BEHIND
            first = (each.tail - 1) % each.size if behind else each.tail
            assert e.a == first, e.says("not the SQ EventIdx that the mode begins with")
            off = books.mode.cq_rearm is CqRearm.OFF
            assert e.b == (EVENTIDX_OFF if off else 0), e.says("nor is the CQ EventIdx")
            each.armed_at = each.config_at = e.index
            each.shadow.becomes(each.tail)
            each.eventidx.becomes(e.a)
            each.cq_shadow.becomes(each.cq_head)
            each.cq_eventidx.becomes(e.b)

    def cq_reap(self, e: Event, q: Queue) -> None:
        guest = self.books.guest_of(q)
        if q.admin and guest.controller_shadow:
            guest.driver_shadow = True

    def ready(self, e: Event, q: Queue) -> None:
        guest, admin = self.books.guest_of(q), q
        assert q.admin, e.says("it names the admin queue")
        assert not guest.ready, e.says("it was ready")
        guest.ready = True
        if not self.books.plain(q.pair.guest):
            assert guest.driver_shadow, e.says("the buffers were not handed over")
            assert admin.tail == admin.head == admin.announced, e.says("an admin command is left")
            assert admin.cq_announced == admin.cq_head, e.says("its completion is not announced")

    def reset_due(self, e: Event, q: Queue) -> None:
        assert q.pair.guest == 0, e.says("only the first guest resets its controller")
        assert self.books.scenario.machine.reset_at_ns == e.t, e.says("not the time asked for")
        self.books.guests[0].quiesced = True

    def reset(self, e: Event, q: Queue) -> None:
        books, guest = self.books, self.books.guest_of(q)
        vcpu = books.vcpus[e.actor]
        assert vcpu.outside is not None, e.says("the vCPU is in the guest")
        assert vcpu.outside[0] == k.EXIT_RESET, e.says("it left for something else")
        assert guest.quiesced, e.says("the driver is still at work")
        vcpu.wrote = True
        for each in self.io_queues(guest):
            assert each.posted == each.reaped, e.says(f"queue {each.index} has commands in flight")
            stale = each.shadow, each.eventidx, each.cq_shadow, each.cq_eventidx
            each.reset()
            if e.a:
                each.shadow, each.eventidx, each.cq_shadow, each.cq_eventidx = stale
        forgets = books.scenario.machine.reset_driver == "forgets"
        assert bool(e.a) == forgets, e.says("not what the driver does")
        guest.ready = guest.quiesced = guest.controller_shadow = False
        guest.reset_at = e.index
        if not forgets:
            guest.driver_shadow = guest.config_sent = False

    def io_queues(self, guest: Guest) -> list[Queue]:
        return [q for q in self.books.queues if self.books.guest_of(q) is guest and not q.admin]

    def sq_fetch(self, e: Event, q: Queue) -> None:
        if not q.admin and self.books.controller_looks(q):
            assert not self.books.plain(q.pair.guest), e.says("this guest set no buffers up")

    def cq_post(self, e: Event, q: Queue) -> None:
        if q.admin:
            assert self.books.guest_of(q).config_sent, e.says("no admin command was sent")
