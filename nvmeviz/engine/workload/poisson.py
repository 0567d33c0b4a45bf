"""Requests at random moments, whatever has become of the earlier ones (open loop)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nvmeviz.engine.arrivals import ArrivalProcess, Arrivals, same_for_all
from nvmeviz.engine.choices import WORK_POISSON

if TYPE_CHECKING:
    from nvmeviz.scenario.schema import Scenario


def _arrivals(scenario: Scenario, queues: int) -> Arrivals:
    gap_ns = 1_000_000_000 // scenario.workload.rate
    return same_for_all(scenario, queues, WORK_POISSON, gap_ns, 1)


PROCESS = ArrivalProcess(
    name="poisson",
    sentence="Requests come at random moments, so many a second, however long the earlier ones take.",
    arrivals=_arrivals,
)
