"""A fixed number of commands in flight, as fio keeps it; with a pause before each if wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nvmeviz.engine.arrivals import ArrivalProcess, Arrivals, same_for_all
from nvmeviz.engine.choices import WORK_CLOSED, WORK_THINK

if TYPE_CHECKING:
    from nvmeviz.scenario.schema import Scenario


def _arrivals(scenario: Scenario, queues: int) -> Arrivals:
    think_ns = scenario.workload.think_ns
    kind = WORK_THINK if think_ns else WORK_CLOSED
    return same_for_all(scenario, queues, kind, think_ns, 1)


PROCESS = ArrivalProcess(
    name="closed",
    sentence="Each job keeps its queue depth in flight and replaces every command that completes.",
    arrivals=_arrivals,
)
