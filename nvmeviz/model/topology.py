"""Who is there: guests, vCPUs, queue pairs, controller threads, device channels of one run.

Events carry indices into these tables; names and sizes stand here. Frozen, written into a
recording.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class QueuePair:
    """One SQ and its CQ.

    qid: the NVMe queue id. *_slots: ring sizes. tags: most commands in flight; a command's live
    record is found by `cid % tags` (Linux keeps the tag in the low bits of the CID).
    """

    qid: int
    guest: int
    vcpu: int
    thread: int
    sq_slots: int
    cq_slots: int
    tags: int


@dataclass(frozen=True, slots=True)
class Topology:
    """Everything countable in a run. channels == 0: a null device."""

    guests: tuple[str, ...]
    vcpus: tuple[str, ...]
    threads: tuple[str, ...]
    queues: tuple[QueuePair, ...]
    channels: int

    @property
    def tags(self) -> int:
        """Live records kept per queue: the largest of the queues' tags."""
        return max(queue.tags for queue in self.queues)
