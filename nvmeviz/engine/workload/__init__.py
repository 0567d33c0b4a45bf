"""The registry of arrival processes: one file and one row each.

A process says, for every I/O queue, where its commands come from; the compiled core knows the few
shapes (`choices.WORK_*`) that these are made of.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nvmeviz.engine.workload import bursts, closed, poisson, replay

if TYPE_CHECKING:
    from nvmeviz.engine.arrivals import ArrivalProcess, Arrivals
    from nvmeviz.scenario.schema import Scenario

WORKLOADS: tuple[ArrivalProcess, ...] = (
    closed.PROCESS,
    poisson.PROCESS,
    bursts.PROCESS,
    replay.PROCESS,
)

WORKLOAD_BY_NAME: dict[str, ArrivalProcess] = {process.name: process for process in WORKLOADS}


def arrivals_of(scenario: Scenario, queues: int) -> Arrivals:
    """Where the commands of the `queues` I/O queues come from."""
    return WORKLOAD_BY_NAME[scenario.workload.kind].arrivals(scenario, queues)
