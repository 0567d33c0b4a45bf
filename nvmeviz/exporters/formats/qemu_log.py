"""One guest's run as QEMU would have logged it with `-trace 'pci_nvme_*' -msg timestamp=on`.

Lines are `THREAD@SEC.USEC:EVENT ARGS`, names and arguments those of QEMU 8.0 to 9.2 (hw/nvme/trace-events).
The run's origin is second EPOCH_S. vCPU i is thread VCPU_THREADS + i and writes the lines of trapped
doorbells; controller thread i is CONTROLLER_THREADS + i and writes all others. The log begins with the
controller's start and its queues. Other VMMs than QEMU are written in the same words.

Not in such a log, because QEMU has no trace point for it: SQEs written, shadow values stored and
EventIdx compared by the guest; VM exits, halts and interrupt handlers; doorbells that KVM turns into a
signal or that reach mapped memory (the tail appears where the controller reads it); CQEs written and
reaped; polls that find nothing new, sleep, passes of the event loop and the lock; the time at which the
device starts; a store that waits in a store buffer (EventIdx is written where the store is made); what
falls within a microsecond but for its order. A fetch of a command whose SQE is unknown has no line.

What the run does not have is written as nothing: addresses, LBAs and results are 0. The namespace is 1,
its blocks have 512 bytes, a CQ's vector is its number, and the admin commands that create queues are
left out, for they never happened.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from nvmeviz.exporters.base import Exporter, ExportError, cq_of, events_of
from nvmeviz.exporters.lifetimes import Lifetimes
from nvmeviz.exporters.opcodes import READ, WRITE, qemu_name
from nvmeviz.log import kinds as k
from nvmeviz.model.topology import ADMIN_QID
from nvmeviz.nvme.registers import cq_head_doorbell, sq_tail_doorbell

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO

    import numpy as np
    from numpy.typing import NDArray

    from nvmeviz.exporters.base import Event, ExportRun

EPOCH_S = 1_700_000_000  # 14 November 2023, 22:13:20 UTC
CONTROLLER_THREADS = 1_000
VCPU_THREADS = 2_000
_CC_DISABLED = 0x460000  # IOCQES 16 B, IOSQES 64 B. NVMe 1.3, 3.1.5
_CC_ENABLED = 0x460001
_BLOCK = 512
_HARDWARE = (
    "Hardware serves the queues in this mode, so QEMU sees nothing that it could log. Choose \
another format or mode."
)


def write(run: ExportRun, out: TextIO) -> None:
    """The log. ExportError where no VMM sees the queues."""
    if not run.emulated:
        raise ExportError(_HARDWARE)
    blocks = iter(run.blocks)
    first = next(blocks, None)
    if first is None:
        _Log(run, out, frozenset()).start(0, CONTROLLER_THREADS)
        return
    log = _Log(run, out, _polled(run, first))
    log.start(0, CONTROLLER_THREADS + log.admin_thread)
    for event in events_of(chain((first,), blocks)):
        log.take(event)


def _polled(run: ExportRun, events: NDArray[np.void]) -> frozenset[int]:
    """CQs without an interrupt, by index, as far as the first events tell."""
    quiet = events[(events["kind"] == k.CQ_POST) & ((events["b"] & k.CQE_QUIET) > 0)]
    queues: list[int] = quiet["qid"].tolist()
    known = len(run.topology.queues)
    return frozenset(cq_of(run.topology, queue) for queue in queues if queue < known)


class _Log:
    """Writes lines; knows what the controller has read, to tell which polls found something."""

    def __init__(self, run: ExportRun, out: TextIO, polled: frozenset[int]) -> None:
        self._topology, self._guest, self._out, self._polled = run.topology, run.guest, out, polled
        self._commands = Lifetimes(run.topology)
        self._queues = [
            number for number, pair in enumerate(run.topology.queues) if pair.guest == run.guest
        ]
        admin = [run.topology.queues[i] for i in self._queues if self._qid(i) == ADMIN_QID]
        self.admin_thread = admin[0].thread if admin else 0
        self._admin_slots = (admin[0].sq_slots, admin[0].cq_slots) if admin else (2, 2)
        count = len(run.topology.queues)
        # What the guest has left in memory and in mapped registers, and what the controller knows.
        self._tails, self._heads = [0] * count, [0] * count
        self._known_tails, self._known_heads = [0] * count, [0] * count
        self._shared = False  # shadow buffers are in use
        self._kinds: dict[int, Callable[[Event], None]] = {
            k.SQ_SHADOW: lambda e: self._left(self._tails, e),
            k.CQ_SHADOW: lambda e: self._left(self._heads, e),
            k.SQ_DOORBELL: self._sq_doorbell,
            k.CQ_DOORBELL: self._cq_doorbell,
            k.SQ_SHADOW_READ: lambda e: self._read_tail(e, e.qid, e.a),
            k.CQ_SHADOW_READ: lambda e: self._read_head(e, e.qid, e.a),
            k.CTRL_POLL: self._poll,
            k.SQ_EVENTIDX: self._sq_eventidx,
            k.EVENTIDX_STORE: self._sq_eventidx,
            k.CQ_EVENTIDX: self._cq_eventidx,
            k.DBBUF_CONFIG: self._dbbuf_config,
            k.CTRL_RESET: self._reset,
            k.IRQ_RAISE: self._irq,
        }

    def start(self, t_ns: int, thread: int) -> None:
        """The controller is enabled, and the guest's I/O queues are there."""
        sq_slots, cq_slots = self._admin_slots
        attributes = (cq_slots - 1) << 16 | (sq_slots - 1)
        self._line(t_ns, thread, f"mmio_aqattr wrote MMIO, admin queue attributes=0x{attributes:x}")
        config = f"mmio_cfg wrote MMIO, config controller config=0x{_CC_ENABLED:x}"
        self._line(t_ns, thread, config)
        self._line(t_ns, thread, "mmio_start_success setting controller enable bit succeeded")
        queues = [queue for queue in self._queues if self._qid(queue) != ADMIN_QID]
        for queue in queues:
            if cq_of(self._topology, queue) == queue:
                self._line(t_ns, thread, f"create_cq {self._cq_words(queue)}")
        for queue in queues:
            size = self._topology.queues[queue].sq_slots - 1
            words = f"addr=0x0, sqid={self._qid(queue)}, cqid={self._cqid(queue)}"
            line = f"create_sq create submission queue, {words}, qsize={size}, qflags=1"
            self._line(t_ns, thread, line)

    def _cq_words(self, queue: int) -> str:
        qid, size = self._qid(queue), self._topology.queues[queue].cq_slots - 1
        ien = 0 if queue in self._polled else 1
        flags = f"qsize={size}, qflags={1 + 2 * ien}, ien={ien}"
        return f"create completion queue, addr=0x0, cqid={qid}, vector={qid}, {flags}"

    def take(self, event: Event) -> None:
        """Write what QEMU says about an event, if it says anything."""
        stepped, _ = self._commands.take(event)
        if event.qid >= len(self._topology.queues):
            return
        if self._topology.queues[event.qid].guest != self._guest and event.kind != k.CTRL_POLL:
            return
        if event.kind == k.SQ_FETCH:
            self._fetched(event, stepped[0].what)
        elif event.kind == k.DEV_DONE:
            self._done(event, stepped[0].opcode)
        elif event.kind in self._kinds:
            self._kinds[event.kind](event)

    def _line(self, t_ns: int, thread: int, words: str) -> None:
        seconds, rest = divmod(t_ns, 1_000_000_000)
        self._out.write(f"{thread}@{EPOCH_S + seconds}.{rest // 1000:06d}:pci_nvme_{words}\n")

    def _by_controller(self, event: Event, words: str) -> None:
        self._line(event.t, CONTROLLER_THREADS + event.vcpu, words)

    def _qid(self, queue: int) -> int:
        return self._topology.queues[queue].qid

    def _cqid(self, queue: int) -> int:
        return self._qid(cq_of(self._topology, queue))

    # ---- doorbells ----

    def _left(self, memory: list[int], event: Event) -> None:
        memory[event.qid] = event.a

    def _sq_doorbell(self, event: Event) -> None:
        qid = self._qid(event.qid)
        if event.b == k.DOORBELL_MAPPED:
            self._tails[event.qid] = event.a
            return
        self._known_tails[event.qid] = event.a
        words = f"mmio_doorbell_sq sqid {qid} new_tail {event.a}"
        self._doorbell(event, sq_tail_doorbell(qid), words)

    def _cq_doorbell(self, event: Event) -> None:
        qid = self._qid(event.qid)
        if event.b == k.DOORBELL_MAPPED:
            self._heads[event.qid] = event.a
            return
        self._known_heads[event.qid] = event.a
        words = f"mmio_doorbell_cq cqid {qid} new_head {event.a}"
        self._doorbell(event, cq_head_doorbell(qid), words)

    def _doorbell(self, event: Event, address: int, words: str) -> None:
        thread = VCPU_THREADS + event.vcpu
        self._line(event.t, thread, f"mmio_write addr 0x{address:x} data 0x{event.a:x} size 4")
        self._line(event.t, thread, words)

    # ---- shadow buffers ----

    def _read_tail(self, event: Event, queue: int, tail: int) -> None:
        self._known_tails[queue] = tail
        words = f"update_sq_tail sqid {self._qid(queue)} new_tail {tail}"
        self._by_controller(event, words)

    def _read_head(self, event: Event, queue: int, head: int) -> None:
        self._known_heads[queue] = head
        words = f"update_cq_head cqid {self._qid(queue)} new_head {head}"
        self._by_controller(event, words)

    def _poll(self, event: Event) -> None:
        """A sweep reads every tail and head of the thread's queues: those that moved are told."""
        looks = self._shared if event.b & k.POLL_SHADOWS else event.b & k.POLL_REGISTERS
        if not looks:
            return
        for queue in self._queues:
            pair = self._topology.queues[queue]
            if pair.thread != event.vcpu or pair.qid == ADMIN_QID:
                continue
            if self._tails[queue] != self._known_tails[queue]:
                self._read_tail(event, queue, self._tails[queue])
            if self._heads[queue] != self._known_heads[queue]:
                self._read_head(event, queue, self._heads[queue])

    def _sq_eventidx(self, event: Event) -> None:
        if event.kind == k.EVENTIDX_STORE or event.b != k.DRAINED:
            words = f"update_sq_eventidx sqid {self._qid(event.qid)} new_eventidx {event.a}"
            self._by_controller(event, words)

    def _cq_eventidx(self, event: Event) -> None:
        words = f"update_cq_eventidx cqid {self._qid(event.qid)} new_eventidx {event.a}"
        self._by_controller(event, words)

    def _dbbuf_config(self, event: Event) -> None:
        self._shared = True
        self._by_controller(event, "dbbuf_config dbs_addr=0x0 eis_addr=0x0")
        for queue in self._queues:
            # The controller copies what it knows into the buffers.
            self._tails[queue] = self._known_tails[queue]
            self._heads[queue] = self._known_heads[queue]
            if self._qid(queue) == ADMIN_QID:
                continue
            if event.a:
                self._sq_eventidx(event._replace(qid=queue, b=0))
            if event.b and cq_of(self._topology, queue) == queue:
                self._cq_eventidx(event._replace(qid=queue, a=event.b))

    # ---- commands ----

    def _fetched(self, event: Event, what: int | None) -> None:
        if what is None:
            return
        opcode, blocks = what & 0xFF, what >> 8
        cid, qid = event.cid, self._qid(event.qid)
        admin = qid == ADMIN_QID
        name = qemu_name(opcode, admin=admin)
        kind, nsid = ("admin_cmd", "") if admin else ("io_cmd", "nsid 0x1 ")
        words = f"{kind} cid {cid} {nsid}sqid {qid} opc 0x{opcode:x} opname '{name}'"
        self._by_controller(event, words)
        if admin or opcode not in (READ, WRITE):
            return
        called, said = ("read", "") if opcode == READ else ("write", f"opname '{name}' ")
        size = f"nlb {blocks} count {blocks * _BLOCK} lba 0x0"
        self._by_controller(event, f"{called} cid {cid} {said}nsid 1 {size}")

    def _done(self, event: Event, opcode: int | None) -> None:
        result = f"dw0 0x0 dw1 0x0 status 0x{event.b:x}"
        cqid = self._cqid(event.qid)
        self._by_controller(event, f"enqueue_req_completion cid {event.cid} cqid {cqid} {result}")
        if event.b and opcode is not None:
            nsid = 0 if self._qid(event.qid) == ADMIN_QID else 1
            words = f"cid {event.cid} nsid {nsid} status 0x{event.b:x} opc 0x{opcode:x}"
            self._by_controller(event, f"err_req_status {words}")

    def _irq(self, event: Event) -> None:
        vector = self._cqid(event.qid)
        self._by_controller(event, f"irq_msix raising MSI-X IRQ vector {vector}")

    def _reset(self, event: Event) -> None:
        """The controller is disabled and started again; its rings begin anew."""
        thread = VCPU_THREADS + event.vcpu
        config = f"mmio_cfg wrote MMIO, config controller config=0x{_CC_DISABLED:x}"
        self._line(event.t, thread, config)
        self._line(event.t, thread, "mmio_stopped cleared controller enable bit")
        self.start(event.t, thread)
        self._shared = False
        for queue in self._queues:
            if self._qid(queue) != ADMIN_QID:
                self._known_tails[queue] = self._known_heads[queue] = 0
                if not event.a:  # a driver that forgets leaves the old values in the buffers
                    self._tails[queue] = self._heads[queue] = 0


EXPORTER = Exporter("qemu-log", "QEMU log", "log", write, one_guest=True)
