"""The submissions of a recording once more: same moments, sizes and directions, another machine.

Queue i replays queue i of the recording's first run; further queues begin again at its first.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nvmeviz.engine.arrivals import ArrivalProcess, Arrivals, same_for_all
from nvmeviz.engine.choices import WORK_REPLAY
from nvmeviz.log.kinds import SQ_POST
from nvmeviz.log.recording import RecordingError, read_recording

if TYPE_CHECKING:
    from nvmeviz.scenario.schema import Scenario

_Submissions = tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]


@lru_cache(maxsize=4)
def _submissions(path: str, _changed_ns: int) -> _Submissions:
    """(gaps ns, what) of each I/O queue that submitted anything. Raises RecordingError."""
    runs = read_recording(path).runs
    events = runs[0].events
    rows = events[(events["kind"] == SQ_POST) & (events["b"] & 0xFF < 0x7C)]
    if len(rows) == 0:
        raise RecordingError(f"This recording holds no submissions to replay ({path}).")
    start_ns = int(rows["t"][0])
    found: list[tuple[tuple[int, ...], tuple[int, ...]]] = []
    for queue in np.unique(rows["qid"]).tolist():
        own = rows[rows["qid"] == queue]
        gaps = np.diff(own["t"], prepend=start_ns)
        found.append((tuple(gaps.tolist()), tuple(own["b"].tolist())))
    return tuple(found)


def _arrivals(scenario: Scenario, queues: int) -> Arrivals:
    path = scenario.workload.replay
    try:
        changed_ns = Path(path).stat().st_mtime_ns
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise RecordingError(f"The recording to replay can't be read: {reason} ({path}).") from None
    submissions = _submissions(path, changed_ns)
    made = same_for_all(scenario, queues, WORK_REPLAY, 0, 1)
    starts: list[int] = []
    for gaps, what in submissions:
        starts.append(len(made.replay_gap_ns))
        made.replay_gap_ns += gaps
        made.replay_what += what
    for queue in range(queues):
        number = queue % len(submissions)
        made.first[queue] = starts[number]
        made.count[queue] = len(submissions[number][0])
    return made


PROCESS = ArrivalProcess(
    name="replay",
    sentence="The submissions of a recording are made again, at the same moments.",
    arrivals=_arrivals,
)
