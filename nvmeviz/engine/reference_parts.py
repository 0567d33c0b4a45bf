"""What the SimPy reference remembers of a queue pair and of a controller thread."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ReferenceResult:
    """What a run came to. *_exits: VM exits for that doorbell. wall_s: real time of the run
    alone.
    """

    events: int
    commands: int
    iops: float
    sq_exits: int
    cq_exits: int
    wall_s: float


class ReferenceQueue:
    """One queue pair: both rings, both shadow buffers, its vCPU's and its thread's view of them."""

    def __init__(self, number: int, slots: int, depth: int) -> None:
        self.number = number
        self.slots = slots
        self.free_tags = deque(range(depth))
        self.posted_at = [0] * depth
        self.in_flight = 0
        # Submission: commands written and not fetched, and where everybody stands.
        self.sq: deque[int] = deque()
        self.tail = self.head = self.known = self.shadow = self.eventidx = 0
        self.fresh = False
        self.unrung = 0
        self.announced = 0
        self.overdue = False
        # Completion: what the device has done, and entries posted and not reaped.
        self.done: deque[int] = deque()
        self.cq: deque[int] = deque()
        self.cq_tail = self.cq_head = self.cq_known = self.cq_shadow = self.cq_eventidx = 0
        self.cq_fresh = False
        self.cq_unrung = 0
        self.unsignalled = 0
        # The vCPU that owns the pair.
        self.pending = False
        self.halted: Any = None  # the event that ends a halt
        self.handled: Any = None  # the event that lets a trapped vCPU go on


class ReferenceThread:
    """One controller thread and the queues it serves; `signal` ends its sleep with what that
    costs.
    """

    def __init__(self, number: int, queues: list[ReferenceQueue]) -> None:
        self.number = number
        self.queues = queues
        self.first = 0  # index of the queue it looks at first
        self.burst = 0
        self.signal: Any = None

    def has_work(self) -> bool:
        """True when it knows of a command to fetch, to complete or to signal."""
        return any(q.head != q.known or q.done or q.unsignalled for q in self.queues)
