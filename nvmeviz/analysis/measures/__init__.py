"""The registry of graphs: one family a file, one row each, in the order in which they are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nvmeviz.analysis.measures import cpu, depth, exits, iops, latency, latency_cdf, residual

if TYPE_CHECKING:
    from nvmeviz.analysis.measure import Measure

MEASURES: tuple[Measure, ...] = (
    iops.MEASURE,
    exits.PER_IO,
    latency_cdf.MEASURE,
    cpu.MEASURE,
    latency.MEASURE,
    depth.MEASURE,
    exits.PER_S,
    residual.MEASURE,
)
MEASURE_BY_NAME: dict[str, Measure] = {measure.name: measure for measure in MEASURES}
