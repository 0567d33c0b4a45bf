"""Who is there in one epoch: from counts to the plan that a lifter needs and the topology of a run.

What the log does not say is taken at its smallest (a ring at least as large as its largest index, the
vector that Linux would use) and said in `Planned.facts`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nvmeviz.importers.plan import Plan, power_of_two
from nvmeviz.importers.tally import ENABLED
from nvmeviz.model.topology import QueuePair, Topology

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterable

    from nvmeviz.importers.tally import EpochCount, GuestCount, Tally

MOST_QUEUES = 256  # I/O queues of one controller that are looked at
MOST_ACTORS = 250
MOST_COMMANDS = 1 << 18  # live records of one run: 30 MB each time its state is made


@dataclass(eq=False, slots=True)
class Planned:
    """plan: for the lifter. qids: the queue id of each pair. names: of vCPUs, of threads. facts:
    (name, words) of what had to be taken for granted.
    """

    plan: Plan
    qids: list[int]
    vcpus: list[str]
    threads: list[str]
    facts: list[tuple[str, str]]

    def topology(self, tags: list[int]) -> Topology:
        """The run's topology, once the lifter knows how CIDs are told apart."""
        plan = self.plan
        room = MOST_COMMANDS // max(1, len(tags))
        queues = tuple(
            QueuePair(
                qid=qid,
                guest=0,
                vcpu=plan.vcpu[q],
                thread=plan.thread[q],
                sq_slots=plan.sq_size[q],
                cq_slots=plan.cq_size[q],
                tags=max(1, min(tags[q], 65_536, room)),
                cq=-1 if plan.owner[q] == q else plan.owner[q],
            )
            for q, qid in enumerate(self.qids)
        )
        return Topology(
            guests=("VM",),
            vcpus=tuple(self.vcpus),
            threads=tuple(self.threads),
            queues=queues,
            channels=0,
            vcpu_guests=(0,) * len(self.vcpus),
            thread_guests=(0,) * len(self.threads),
        )


def _ring(known: int | None, largest: int, flying: int) -> int:
    """Slots of a ring: as created, else the fewest that the indices leave possible."""
    size = known if known is not None else power_of_two(max(largest + 1, flying + 1, 2))
    return max(2, min(size, 65_536))


def _most(counter: Counter[tuple[int, int]], qid: int) -> int:
    """Who did most for a queue; -1 when nobody is known."""
    own = {who: n for (queue, who), n in counter.items() if queue == qid and who >= 0}
    return max(own, key=lambda who: (own[who], -who)) if own else -1


def _people(numbers: Iterable[int]) -> list[int]:
    return sorted({number for number in numbers if number >= 0})[:MOST_ACTORS]


def plan_epoch(epoch: EpochCount, tally: Tally, device: int) -> Planned:
    """The plan of an epoch of QEMU's log. device: the guest's number of the controller, -1 when the
    guest tells nothing of it.
    """
    facts: list[tuple[str, str]] = []
    qids = _io_qids(epoch, facts)
    guests = {qid: tally.guest[device, qid] for qid in (0, *qids) if (device, qid) in tally.guest}
    plan = Plan()
    plan.device, plan.guest = device, bool(guests)
    plan.origin_ns = epoch.first_ns
    plan.exits = bool(tally.exits)
    reads = [queue.counts["shadow_sq_reads"] for qid, queue in epoch.queues.items() if qid]
    rings = [queue.counts["sq_mmio_doorbells"] for qid, queue in epoch.queues.items() if qid]
    plan.dbbuf = not epoch.dbbuf and any(reads)
    plan.eventfd = any(reads) and not any(rings) and epoch.io_commands() > 0
    _place_rings(plan, epoch, [*qids, 0], facts)
    vcpus = _place_vcpus(plan, epoch, tally, guests, [*qids, 0])
    threads = _place_threads(plan, epoch, [*qids, 0])
    for cqid, q in plan.cq_index.items():
        vector, enabled = epoch.cqs.get(cqid, (cqid, 1))
        plan.interrupts[q] = enabled
        if enabled:
            plan.vectors.setdefault(vector, []).append(q)
    return Planned(plan, [*qids, 0], vcpus, threads, facts)


def _io_qids(epoch: EpochCount, facts: list[tuple[str, str]]) -> list[int]:
    """The I/O queues in the order of a topology: those that share a CQ stand together."""
    sqs = {qid for qid in epoch.sq_size if qid}
    sqs |= {
        qid
        for qid, queue in epoch.queues.items()
        if qid and (queue.counts["commands"] or queue.sq_index >= 0)
    }
    groups: dict[int, list[int]] = {}
    for qid in sorted(sqs):
        groups.setdefault(_cqid(epoch, qid), []).append(qid)
    found = [qid for group in sorted(groups.values()) for qid in group]
    if len(found) > MOST_QUEUES:
        facts.append(("queues", f"{len(found)} I/O queues; the first {MOST_QUEUES} are looked at"))
    return found[:MOST_QUEUES]


def _cqid(epoch: EpochCount, qid: int) -> int:
    """The CQ of an SQ. The admin CQ is no other queue's: QEMU refuses to create such a one."""
    return (epoch.sq_cq.get(qid, 0) or qid) if qid else 0


def _place_rings(
    plan: Plan, epoch: EpochCount, qids: list[int], facts: list[tuple[str, str]]
) -> None:
    guessed: list[str] = []
    plan.admin = len(qids) - 1
    admin_sq, admin_cq = epoch.admin_sizes or (None, None)
    for q, qid in enumerate(qids):
        queue = epoch.queues.get(qid)
        sq_index, cq_index, flying = (
            (queue.sq_index, queue.cq_index, queue.most_in_flight) if queue else (-1, -1, 0)
        )
        cqid = _cqid(epoch, qid)
        sq_known = admin_sq if qid == 0 else epoch.sq_size.get(qid)
        cq_known = admin_cq if qid == 0 else epoch.cq_size.get(cqid)
        if qid and (sq_known is None or cq_known is None):
            guessed.append(str(qid))
        plan.sq_size.append(_ring(sq_known, sq_index, flying))
        plan.cq_size.append(_ring(cq_known, cq_index, flying))
        plan.owner.append(plan.cq_index.setdefault(cqid, q))
        plan.index[qid] = q
        begun = epoch.starts_with == ENABLED and (qid == 0 or qid in epoch.sq_size)
        plan.started.append(int(begun))
        plan.interrupts.append(1)
        plan.vcpu.append(0)
        plan.thread.append(0)
    if guessed:
        words = (
            "their creation is not in the log; sizes are the smallest that fit, vectors as Linux'"
        )
        facts.append((f"queues {', '.join(guessed)}", words))


def _place_vcpus(
    plan: Plan,
    epoch: EpochCount,
    tally: Tally,
    guests: dict[int, GuestCount],
    qids: list[int],
) -> list[str]:
    """Thread ids of QEMU's log and CPU numbers of the guest's are two names of the same vCPUs."""
    tids = _people([who for _, who in epoch.writers] + list(tally.exits))
    cpus = _people(cpu for guest in guests.values() for cpu in guest.cpus)
    by_thread = len(tids) >= len(cpus)
    people = tids if by_thread else cpus
    if not people:
        return ["vCPU"]
    place = {number: n for n, number in enumerate(people)}
    (plan.vcpus if by_thread else plan.cpus).update(place)
    # Who writes a queue's doorbells and which CPU submits to it tell the one from the other.
    for q, qid in enumerate(qids):
        writer = _most(epoch.writers, qid)
        cpu = _busiest(guests.get(qid))
        known = place.get(writer if by_thread else cpu, 0)
        plan.vcpu[q] = known
        if by_thread and cpu >= 0:
            plan.cpus.setdefault(cpu, known)
        if not by_thread and writer >= 0:
            plan.vcpus.setdefault(writer, known)
    for q, owner in enumerate(plan.owner):
        plan.vcpu[q] = plan.vcpu[owner]
    if not by_thread:
        return [f"CPU {number}" for number in people]
    numbers = tally.vcpu_numbers
    return [
        f"vCPU {numbers[tid]} (thread {tid})" if tid in numbers else f"vCPU thread {tid}"
        for tid in people
    ]


def _busiest(guest: GuestCount | None) -> int:
    """The CPU that submits most to a queue; -1 when none does."""
    if guest is None or not guest.cpus:
        return -1
    return max(guest.cpus, key=lambda cpu: guest.cpus[cpu])


def _place_threads(plan: Plan, epoch: EpochCount, qids: list[int]) -> list[str]:
    people = _people(who for _, who in epoch.workers)
    if not people:
        return ["controller"]
    plan.threads.update((who, n) for n, who in enumerate(people))
    for q, qid in enumerate(qids):
        plan.thread[q] = plan.threads.get(_most(epoch.workers, qid), 0)
    return [f"QEMU thread {who}" for who in people]


def plan_guest(tally: Tally, device: int, origin_ns: int) -> Planned:
    """The plan of one controller of which only the guest's kernel tells."""
    counts = {qid: guest for (number, qid), guest in tally.guest.items() if number == device}
    io = sorted(qid for qid in counts if qid)[:MOST_QUEUES]
    plan = Plan()
    plan.qemu, plan.guest, plan.device, plan.origin_ns = False, True, device, origin_ns
    plan.admin = len(io)
    cpus = _people(cpu for guest in counts.values() for cpu in guest.cpus)
    plan.cpus.update((cpu, n) for n, cpu in enumerate(cpus))
    facts: list[tuple[str, str]] = []
    for q, qid in enumerate([*io, 0]):
        guest = counts.get(qid)
        size = guest.size if guest and guest.size else None
        largest, flying = (guest.index, guest.most_in_flight) if guest else (-1, 0)
        plan.sq_size.append(_ring(size, largest, flying))
        plan.cq_size.append(plan.sq_size[-1])
        plan.owner.append(q)
        plan.index[qid] = plan.cq_index[qid] = q
        plan.started.append(int(size is not None))
        plan.interrupts.append(1)
        plan.vcpu.append(plan.cpus.get(_busiest(guest), 0))
        plan.thread.append(0)
    names = [f"CPU {cpu}" for cpu in cpus] or ["vCPU"]
    return Planned(plan, [*io, 0], names, ["controller, not in this trace"], facts)
