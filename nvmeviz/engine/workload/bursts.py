"""Many requests at once, then none until the period is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nvmeviz.engine.arrivals import ArrivalProcess, Arrivals, same_for_all
from nvmeviz.engine.choices import WORK_BURSTS

if TYPE_CHECKING:
    from nvmeviz.scenario.schema import Scenario


def _arrivals(scenario: Scenario, queues: int) -> Arrivals:
    workload = scenario.workload
    return same_for_all(scenario, queues, WORK_BURSTS, workload.period_ns, workload.burst)


PROCESS = ArrivalProcess(
    name="bursts",
    sentence="Requests come in bursts, as those of a database that writes its log.",
    arrivals=_arrivals,
)
