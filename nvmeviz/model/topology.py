"""Who is there: guests, vCPUs, queue pairs, controller threads, device channels of one run.

Events carry indices into these tables; names and sizes stand here. Frozen, written into a
recording.
"""

from __future__ import annotations

from dataclasses import dataclass

ADMIN_QID = 0


@dataclass(frozen=True, slots=True)
class QueuePair:
    """One SQ and its CQ.

    qid: the NVMe queue id, 0 for the admin queue. *_slots: ring sizes. tags: most commands in
    flight; a command's live record is found by `cid % tags` (Linux keeps the tag in the low bits of
    the CID). cq: index of the pair whose CQ takes this SQ's completions, -1 for its own; such pairs
    are neighbours of one vCPU, the owner of the CQ first.
    """

    qid: int
    guest: int
    vcpu: int
    thread: int
    sq_slots: int
    cq_slots: int
    tags: int
    cq: int = -1


@dataclass(frozen=True, slots=True)
class Topology:
    """Everything countable in a run.

    channels == 0: a null device, or one that takes any number of commands at once. thread_guests:
    the guest whose VMM a thread belongs to, -1 when it serves several. Admin queues stand behind
    all others.
    """

    guests: tuple[str, ...]
    vcpus: tuple[str, ...]
    threads: tuple[str, ...]
    queues: tuple[QueuePair, ...]
    channels: int
    vcpu_guests: tuple[int, ...] = ()
    thread_guests: tuple[int, ...] = ()

    @property
    def io_queues(self) -> int:
        """How many of the queue pairs carry I/O: the first ones."""
        return sum(1 for queue in self.queues if queue.qid != ADMIN_QID)

    @property
    def commands(self) -> int:
        """Live records kept: the sum of the queues' tags."""
        return sum(queue.tags for queue in self.queues)
