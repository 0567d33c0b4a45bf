"""Ring arithmetic: a queue of `size` slots, indices 0..size-1. NVMe Base 2.1, 3.3.1 (queues).

Producer owns tail, consumer owns head. Empty: head == tail. Full: tail + 1 == head, so a queue
holds size - 1 entries at most.
"""

from __future__ import annotations

MIN_SLOTS = 2
MAX_SLOTS = 65_536


def advance(index: int, size: int, by: int = 1) -> int:
    """The index `by` slots on, wrapped."""
    return (index + by) % size


def used(head: int, tail: int, size: int) -> int:
    """Entries between head and tail."""
    return (tail - head) % size


def is_full(head: int, tail: int, size: int) -> bool:
    """True when one more entry would make full look like empty."""
    return (tail + 1) % size == head


def contains(head: int, tail: int, slot: int, size: int) -> bool:
    """True when `slot` lies in [head, tail), wrap considered."""
    return (slot - head) % size < (tail - head) % size
