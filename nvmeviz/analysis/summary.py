"""The figures of one run over one stretch of time: what `simulate` prints and a pane's header
shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from nvmeviz.analysis.series import Series

PERCENTILES = (50.0, 99.0, 99.9)


@dataclass(frozen=True, slots=True)
class Summary:
    """Figures over (after, until]. None where no command ended in that time.

    latency_us: p50, p99, p99.9 from SQE written to CQE reaped. vmm_share: share of all vCPU time
    spent outside the guest for doorbells (exits that ended in the stretch).
    """

    after_ns: int
    until_ns: int
    commands: int
    iops: float
    sq_exits: int
    cq_exits: int
    latency_us: tuple[float, float, float] | None
    vmm_share: float

    @property
    def exits_per_io(self) -> float | None:
        """Doorbell exits per command."""
        return (self.sq_exits + self.cq_exits) / self.commands if self.commands else None


def summarise(series: Series, after_ns: int, until_ns: int) -> Summary:
    """The figures of a run between two times, ns."""
    span_ns = max(1, until_ns - after_ns)
    latencies = series.reaps.values(after_ns, until_ns)
    found = None
    if len(latencies):
        p50, p99, p999 = np.percentile(latencies, PERCENTILES, method="inverted_cdf") / 1e3
        found = (float(p50), float(p99), float(p999))
    outside_ns = series.returns.total(after_ns, until_ns)
    return Summary(
        after_ns=after_ns,
        until_ns=until_ns,
        commands=len(latencies),
        iops=len(latencies) * 1e9 / span_ns,
        sq_exits=series.sq_exits.count(after_ns, until_ns),
        cq_exits=series.cq_exits.count(after_ns, until_ns),
        latency_us=found,
        vmm_share=min(1.0, outside_ns / (span_ns * max(1, series.vcpus))),
    )
