"""Counts: what each queue did in each epoch, as the log itself has it, before anything is inferred.

An epoch begins where the controller is enabled (CC.EN 0 to 1). The names are those of QEMU's log and of
the guest's trace. This is the first of two readings of a file: it finds who is there, and how large.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from nvmeviz.importers import records as r

if TYPE_CHECKING:
    from numpy.typing import NDArray

POWER_ON = "power on"
ENABLED = "controller enable (CC.EN 0 to 1)"

_COUNTS = {
    r.R_SQ_DOORBELL: "sq_mmio_doorbells",
    r.R_CQ_DOORBELL: "cq_mmio_doorbells",
    r.R_TAIL_READ: "shadow_sq_reads",
    r.R_HEAD_READ: "shadow_cq_reads",
    r.R_SQ_EVENTIDX: "eventidx_sq_writes",
    r.R_CQ_EVENTIDX: "eventidx_cq_writes_traced",
    r.R_IO_CMD: "commands",
    r.R_ADMIN_CMD: "commands",
    r.R_DONE: "completions",
}
COUNT_NAMES = (
    "commands",
    "completions",
    "sq_mmio_doorbells",
    "cq_mmio_doorbells",
    "shadow_sq_reads",
    "shadow_cq_reads",
    "eventidx_sq_writes",
    "eventidx_cq_writes_traced",
)
_OF_QUEUES = np.array([*_COUNTS, r.R_CREATE_SQ])
_LIVES = np.array([r.R_IO_CMD, r.R_ADMIN_CMD, r.R_DONE])
_SQ_INDEX = np.array([r.R_SQ_DOORBELL, r.R_TAIL_READ, r.R_SQ_EVENTIDX])
_CQ_INDEX = np.array([r.R_CQ_DOORBELL, r.R_HEAD_READ, r.R_CQ_EVENTIDX])
_BY_VCPU = np.array([r.R_SQ_DOORBELL, r.R_CQ_DOORBELL])
_BY_THREAD = np.array([r.R_IO_CMD, r.R_ADMIN_CMD, r.R_DONE, r.R_TAIL_READ])
_MARKS = np.array(
    [
        *(r.R_ENABLE, r.R_DISABLE, r.R_PCI_RESET, r.R_SHUTDOWN, r.R_DBBUF_CONFIG, r.R_FATAL),
        *(r.R_CREATE_SQ, r.R_CREATE_CQ, r.R_DELETE_SQ, r.R_DELETE_CQ, r.R_ADMIN_SIZES),
    ]
)


@dataclass(eq=False, slots=True)
class QueueCount:
    """One queue id in one epoch. flying: when each command in flight was fetched, by CID, the oldest
    first. latency_ns: from fetch to completion.
    """

    counts: Counter[str] = field(default_factory=Counter[str])
    nonzero_status: int = 0
    out_of_order: int = 0
    most_in_flight: int = 0
    first_ns: int = 0
    last_ns: int = 0
    flying: dict[int, int] = field(default_factory=dict[int, int])
    latency_ns: list[int] = field(default_factory=list[int])
    again_in_flight: int = 0
    without_command: int = 0
    sq_index: int = -1  # the largest seen
    cq_index: int = -1


@dataclass(eq=False, slots=True)
class EpochCount:
    """From one enabling to the next. sizes in slots. cqs: (vector, interrupts enabled) by CQ id;
    sq_cq: the CQ id of each SQ. writers, workers: how often a thread wrote a doorbell of a queue,
    worked on one. ambiguous: lines of several controllers that can't be told apart.
    """

    starts_with: str
    first_ns: int
    queues: dict[int, QueueCount] = field(default_factory=dict[int, QueueCount])
    irq_by_vector: Counter[int] = field(default_factory=Counter[int])
    sq_size: dict[int, int] = field(default_factory=dict[int, int])
    cq_size: dict[int, int] = field(default_factory=dict[int, int])
    sq_cq: dict[int, int] = field(default_factory=dict[int, int])
    cqs: dict[int, tuple[int, int]] = field(default_factory=dict[int, tuple[int, int]])
    admin_sizes: tuple[int, int] | None = None
    dbbuf: bool = False
    last_ns: int = 0
    pins: int = 0
    fatal: int = 0
    ambiguous: bool = False
    writers: Counter[tuple[int, int]] = field(default_factory=Counter[tuple[int, int]])
    workers: Counter[tuple[int, int]] = field(default_factory=Counter[tuple[int, int]])
    firmware: bool = False

    def queue(self, qid: int, t_ns: int) -> QueueCount:
        """The counts of a queue id; new ones begin at t."""
        found = self.queues.get(qid)
        if found is None:
            found = self.queues[qid] = QueueCount(first_ns=t_ns, last_ns=t_ns)
        return found

    def io_commands(self) -> int:
        """Commands that are not the admin queue's."""
        return sum(queue.counts["commands"] for qid, queue in self.queues.items() if qid)


@dataclass(eq=False, slots=True)
class GuestCount:
    """One queue of one controller as the guest's kernel tells it."""

    counts: Counter[str] = field(default_factory=Counter[str])
    nonzero_status: int = 0
    most_in_flight: int = 0
    not_in_flight: int = 0
    again_in_flight: int = 0
    retries: int = 0
    first_ns: int = 0
    last_ns: int = 0
    flying: dict[int, int] = field(default_factory=dict[int, int])
    latency_ns: list[int] = field(default_factory=list[int])
    cpus: Counter[int] = field(default_factory=Counter[int])
    index: int = -1  # the largest tail or head seen
    size: int = 0


class Tally:
    """Takes the records of each file in the file's own order."""

    def __init__(self) -> None:
        self.epochs: list[EpochCount] = []
        self.guest: dict[tuple[int, int], GuestCount] = {}  # by controller and queue
        self.irqs: Counter[tuple[int, int]] = Counter()  # handler entries, by the same
        self.exits: Counter[int] = Counter()  # by thread
        self.vcpu_numbers: dict[int, int] = {}
        self.exit_reasons: Counter[int] = Counter()
        self.requeues = 0
        self.block_errors = 0
        self.lost = 0
        self.enabled = 0  # controllers
        self.disabled = 0  # times that one was
        self._admin_sizes: tuple[int, int] | None = None

    def add(self, rows: NDArray[np.int64], first_ns: int = r.MISSING) -> None:
        """Count one block of records, (n, WIDTH). first_ns: when its file begins, if it says."""
        if not len(rows):
            return
        kinds = rows[:, r.KIND]
        if int(kinds.min()) < 40:
            began_ns = int(rows[0, r.T]) if first_ns < 0 else first_ns
            self._add_qemu(rows[kinds < 40], began_ns)
        if int(kinds.max()) >= 40:
            self._add_kernel(rows[kinds >= 40])

    def finish(self) -> None:
        """All has been counted. A log that never shows a controller being disabled does not show
        either that a second one is enabled, unless commands of both get mixed up.
        """
        if self.disabled:
            return
        for epoch in self.epochs:
            mixed = any(queue.again_in_flight for queue in epoch.queues.values())
            epoch.ambiguous = epoch.ambiguous and mixed

    # ---- QEMU's log ----

    def _add_qemu(self, rows: NDArray[np.int64], first_ns: int) -> None:
        if not self.epochs:
            self.epochs.append(EpochCount(POWER_ON, first_ns))
        start = 0
        for at in np.flatnonzero(np.isin(rows[:, r.KIND], _MARKS)).tolist():
            if rows[at, r.KIND] == r.R_ENABLE:
                self._count(rows[start:at])
                start = at
            self._mark(rows[at].tolist())
        self._count(rows[start:])

    def _mark(self, row: list[int]) -> None:
        """What begins, ends or changes an epoch."""
        kind, t_ns, epoch = row[r.KIND], row[r.T], self.epochs[-1]
        if kind == r.R_ENABLE:
            self.enabled += 1
            epoch = EpochCount(ENABLED, t_ns, admin_sizes=self._admin_sizes)
            epoch.ambiguous = self.enabled > 1
            self.epochs.append(epoch)
        elif kind in (r.R_DISABLE, r.R_PCI_RESET):
            self.enabled = max(0, self.enabled - 1)
            self.disabled += 1
        elif kind == r.R_DBBUF_CONFIG:
            epoch.dbbuf = True
        elif kind == r.R_FATAL:
            epoch.fatal += 1
        elif kind == r.R_ADMIN_SIZES:
            aqa = row[r.A]
            self._admin_sizes = ((aqa & 0xFFF) + 1, (aqa >> 16 & 0xFFF) + 1)
            epoch.admin_sizes = epoch.admin_sizes or self._admin_sizes
        elif kind == r.R_CREATE_SQ:
            epoch.sq_size[row[r.A]] = min(row[r.C] + 1, 65_536)
            epoch.sq_cq[row[r.A]] = row[r.B]
        elif kind == r.R_CREATE_CQ:
            epoch.cq_size[row[r.A]] = min(row[r.C] + 1, 65_536)
            epoch.cqs[row[r.A]] = (row[r.B], max(row[r.D], 0))

    def _count(self, rows: NDArray[np.int64]) -> None:
        if not len(rows):
            return
        epoch = self.epochs[-1]
        epoch.last_ns = int(rows[-1, r.T])
        kinds = rows[:, r.KIND]
        vectors = rows[kinds == r.R_IRQ, r.A]
        for vector, count in _counted(vectors):
            epoch.irq_by_vector[vector] += count
        epoch.pins += int((kinds == r.R_IRQ_PIN).sum())
        own = rows[np.isin(kinds, _OF_QUEUES)]
        for qid in np.unique(own[:, r.A]).tolist():
            of_queue = own[own[:, r.A] == qid]
            queue = epoch.queue(qid, int(of_queue[0, r.T]))
            queue.last_ns = int(of_queue[-1, r.T])
            for kind, count in _counted(of_queue[:, r.KIND]):
                if kind in _COUNTS:
                    queue.counts[_COUNTS[kind]] += count
            done = of_queue[of_queue[:, r.KIND] == r.R_DONE]
            queue.nonzero_status += int((done[:, r.C] != 0).sum())
            for column, group in (("sq_index", _SQ_INDEX), ("cq_index", _CQ_INDEX)):
                values = of_queue[np.isin(of_queue[:, r.KIND], group), r.B]
                if len(values):
                    setattr(queue, column, max(getattr(queue, column), int(values.max())))
        for group, counter in ((_BY_VCPU, epoch.writers), (_BY_THREAD, epoch.workers)):
            of_group = rows[np.isin(kinds, group)]
            pairs, counts = np.unique(of_group[:, [r.A, r.WHO]], axis=0, return_counts=True)
            for (qid, who), count in zip(pairs.tolist(), counts.tolist(), strict=True):
                counter[qid, who] += count
        self._lives(epoch, rows[np.isin(kinds, _LIVES)])

    def _lives(self, epoch: EpochCount, rows: NDArray[np.int64]) -> None:
        """Fetches and completions, one after the other."""
        queues = epoch.queues
        columns = (r.KIND, r.T, r.A, r.B)
        for kind, t_ns, qid, cid in zip(*(rows[:, c].tolist() for c in columns), strict=True):
            queue = queues[qid]
            flying = queue.flying
            if kind != r.R_DONE:
                if cid in flying:
                    queue.again_in_flight += 1
                    del flying[cid]
                flying[cid] = t_ns
                if len(flying) > queue.most_in_flight:
                    queue.most_in_flight = len(flying)
                continue
            if cid not in flying:
                self._completed_elsewhere(epoch, qid, cid, t_ns)
                continue
            queue.out_of_order += next(iter(flying)) != cid
            queue.latency_ns.append(t_ns - flying.pop(cid))

    def _completed_elsewhere(self, epoch: EpochCount, cqid: int, cid: int, t_ns: int) -> None:
        """A completion on a CQ that belongs to another SQ id, or to none."""
        for sqid, owner in epoch.sq_cq.items():
            if owner == cqid and sqid in epoch.queues:
                began_ns = epoch.queues[sqid].flying.pop(cid, None)
                if began_ns is not None:
                    epoch.queues[sqid].latency_ns.append(t_ns - began_ns)
                    return
        epoch.queues[cqid].without_command += 1

    # ---- the kernels' traces ----

    def _add_kernel(self, rows: NDArray[np.int64]) -> None:
        kinds = rows[:, r.KIND]
        self.requeues += int((kinds == r.G_BLOCK_REQUEUE).sum())
        errors = rows[(kinds == r.G_BLOCK_COMPLETE) | (kinds == r.G_BLOCK_ERROR), r.A]
        self.block_errors += int((errors < -1).sum())
        for row in rows[kinds == r.R_LOST, r.A].tolist():
            self.lost += max(1, row)
        entries = rows[kinds == r.G_IRQ_ENTER]
        for (device, qid), count in _pairs(entries[:, [r.DEV, r.B]]):
            self.irqs[device, qid] += count
        exits = rows[kinds == r.K_EXIT]
        for who, count in _counted(exits[:, r.WHO]):
            self.exits[who] += count
        for reason, count in _counted(exits[:, r.B]):
            self.exit_reasons[max(reason, 0)] += count
        for (who, number), _ in _pairs(exits[exits[:, r.A] >= 0][:, [r.WHO, r.A]]):
            self.vcpu_numbers[who] = number
        lives = rows[(kinds == r.G_SETUP) | (kinds == r.G_COMPLETE) | (kinds == r.G_SQ)]
        self._guest_lives(lives)

    def _guest_lives(self, rows: NDArray[np.int64]) -> None:
        columns = (r.KIND, r.T, r.DEV, r.A, r.B, r.C, r.D, r.CPU, r.E, r.F)
        for kind, t_ns, device, qid, cid, c, d, cpu, slots, cqid in zip(
            *(rows[:, column].tolist() for column in columns), strict=True
        ):
            queue = self.guest.get((device, qid))
            if queue is None:
                queue = self.guest[device, qid] = GuestCount()
            if not queue.counts:
                queue.first_ns = t_ns
            queue.last_ns = t_ns
            if kind == r.G_SETUP:
                queue.counts["nvme_setup_cmd"] += 1
                queue.cpus[cpu] += 1
                if cid in queue.flying:
                    queue.again_in_flight += 1
                queue.flying[cid] = t_ns
                if len(queue.flying) > queue.most_in_flight:
                    queue.most_in_flight = len(queue.flying)
                if qid == 0 and c == 1 and slots >= 0 and cqid >= 0:
                    made = self.guest.setdefault((device, cqid), GuestCount())
                    made.size = min(slots + 1, 65_536)
            elif kind == r.G_COMPLETE:
                queue.counts["nvme_complete_rq"] += 1
                queue.nonzero_status += c != 0
                queue.retries += d > 0
                began_ns = queue.flying.pop(cid, None)
                if began_ns is None:
                    queue.not_in_flight += 1
                else:
                    queue.latency_ns.append(t_ns - began_ns)
            else:
                queue.counts["nvme_sq"] += 1
                queue.index = max(queue.index, c, cid)


def _counted(values: NDArray[np.int64]) -> list[tuple[int, int]]:
    found, counts = np.unique(values, return_counts=True)
    return list(zip(found.tolist(), counts.tolist(), strict=True))


def _pairs(values: NDArray[np.int64]) -> list[tuple[tuple[int, int], int]]:
    found, counts = np.unique(values, axis=0, return_counts=True)
    return [((a, b), n) for (a, b), n in zip(found.tolist(), counts.tolist(), strict=True)]
