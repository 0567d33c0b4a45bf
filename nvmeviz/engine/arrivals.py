"""Where the commands of each queue come from, as columns of integers for the compiled core.

What a process of its own (Poisson, bursts, a recording) has to fill in; the processes stand in
`engine.workload`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from nvmeviz.engine.machine import is_noisy, jobs_of, pair_order

if TYPE_CHECKING:
    from collections.abc import Callable

    from nvmeviz.scenario.schema import Scenario

BLOCK_BYTES = 512


@dataclass(frozen=True, slots=True)
class ArrivalProcess:
    """One row of the registry. arrivals(scenario, queues) -> columns for so many I/O queues."""

    name: str
    sentence: str
    arrivals: Callable[[Scenario, int], Arrivals]


@dataclass(slots=True)
class Arrivals:
    """Columns over the I/O queues.

    kind: choices.WORK_*. gap_ns: mean gap, period or think time. burst: requests at once. limit:
    most commands in flight. blocks: 512 B blocks of a command. first, count: a queue's stretch of
    replay_gap_ns (time since the request before) and replay_what (opcode | blocks << 8).
    """

    kind: list[int]
    gap_ns: list[int]
    burst: list[int]
    limit: list[int]
    blocks: list[int]
    first: list[int]
    count: list[int]
    replay_gap_ns: list[int] = field(default_factory=list[int])
    replay_what: list[int] = field(default_factory=list[int])


def same_for_all(scenario: Scenario, queues: int, kind: int, gap_ns: int, burst: int) -> Arrivals:
    """Every queue alike, but for the depth and size of noisy guests and for queues without a
    job.
    """
    machine, workload = scenario.machine, scenario.workload
    order = pair_order(scenario)
    limit: list[int] = []
    blocks: list[int] = []
    for queue in range(queues):
        noisy = is_noisy(scenario, queue // len(order))
        depth = workload.noisy_depth if noisy else workload.queue_depth
        size = workload.noisy_block_size if noisy else workload.block_size
        jobs = jobs_of(scenario, order[queue % len(order)])
        limit.append(min(depth * jobs, machine.ring_slots - 1))
        blocks.append(size // BLOCK_BYTES)
    return Arrivals(
        kind=[kind] * queues,
        gap_ns=[gap_ns] * queues,
        burst=[max(1, burst)] * queues,
        limit=limit,
        blocks=blocks,
        first=[0] * queues,
        count=[0] * queues,
    )
