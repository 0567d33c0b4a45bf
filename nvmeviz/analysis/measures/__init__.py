"""The registry of graphs: one family a file, one row each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nvmeviz.analysis.measures import exits, iops, latency_cdf

if TYPE_CHECKING:
    from nvmeviz.analysis.measure import Measure

MEASURES: tuple[Measure, ...] = (iops.MEASURE, exits.MEASURE, latency_cdf.MEASURE)
