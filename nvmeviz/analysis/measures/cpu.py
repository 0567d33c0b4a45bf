"""Processor time per command, by what it was spent on, over a stretch of time.

All vCPUs and controller threads together; time asleep and of waking up is not counted. An exit that
spans the edge of the stretch counts with the part inside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nvmeviz.analysis.activity import Doing
from nvmeviz.analysis.measure import Curve, Measure, Stretch, nothing
from nvmeviz.log import kinds

if TYPE_CHECKING:
    from nvmeviz.analysis.series import Series

FEWEST = 5
ORDER: tuple[tuple[Doing, str], ...] = (
    (Doing.GUEST, "guest"),
    (Doing.IRQ, "interrupt"),
    (Doing.GUEST_POLL, "guest polls"),
    (Doing.EXIT, "VM exits"),
    (Doing.LOCK, "waits for lock"),
    (Doing.WORK, "controller"),
    (Doing.POLL, "controller polls"),
)


def _curves(series: Series, stretch: Stretch) -> tuple[Curve, ...]:
    if not len(series.activity):
        return (nothing("no events of vCPUs and threads in the log so far"),)
    commands = series.reaps.count(stretch.after_ns, stretch.until_ns)
    if commands < FEWEST:
        return (nothing(f"fewer than {FEWEST} commands have completed"),)
    activity = series.activity
    spent = activity.spent(stretch.until_ns) - activity.spent(stretch.after_ns)
    y = np.array([float(spent[doing]) / commands for doing, _ in ORDER])
    return (Curve(np.arange(len(ORDER), dtype=np.float64), y),)


MEASURE = Measure(
    "cpu_per_io",
    "CPU time per I/O",
    "ns",
    "shorter is better",
    "parts",
    _curves,
    parts=tuple(words for _, words in ORDER),
    times=(kinds.VM_EXIT, kinds.VM_ENTRY, kinds.CTRL_SLEEP),
)
