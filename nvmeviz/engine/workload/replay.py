"""The submissions of a recording once more: same moments, sizes and directions, another machine.

Queue i replays the i-th I/O queue of the recording's first run; further queues begin again at its
first. Admin commands are the machine's own. A request comes when the recorded program wanted the
command, where the recording says so, else when it was written. How many are in flight at most is the
workload's queue depth, whatever the recording had: a request waits where that many are.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nvmeviz.engine.arrivals import ArrivalProcess, Arrivals, same_for_all
from nvmeviz.engine.choices import WORK_REPLAY
from nvmeviz.log.kinds import REQUEST, SQ_POST
from nvmeviz.log.recording import RecordingError, read_recording
from nvmeviz.model.topology import ADMIN_QID

if TYPE_CHECKING:
    from nvmeviz.scenario.schema import Scenario

_Submissions = tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]


def _io_queues(topology: dict[str, Any]) -> list[int]:
    """The numbers of the I/O queues in a recorded topology."""
    try:
        qids = [int(queue["qid"]) for queue in topology["queues"]]
    except (KeyError, TypeError, ValueError, OverflowError):
        raise RecordingError("This file is damaged: its topology can't be read.") from None
    return [number for number, qid in enumerate(qids) if qid != ADMIN_QID]


@lru_cache(maxsize=4)
def _submissions(path: str, _changed_ns: int) -> _Submissions:
    """(gaps ns, what) of each I/O queue, () where it submitted nothing; the first gap of each is its
    time from the run's start. Raises RecordingError.
    """
    run = read_recording(path).runs[0]
    events = run.events[np.isin(run.events["kind"], (SQ_POST, REQUEST))]
    found: list[tuple[tuple[int, ...], tuple[int, ...]]] = []
    for queue in _io_queues(run.topology):
        own = events[events["qid"] == queue]
        posts = own[own["kind"] == SQ_POST]
        wanted = own["t"][own["kind"] == REQUEST][: len(posts)]
        moments = wanted if len(wanted) == len(posts) else posts["t"]
        gaps = np.diff(moments, prepend=0)
        found.append((tuple(gaps.tolist()), tuple(posts["b"].tolist())))
    if not any(what for _, what in found):
        raise RecordingError(f"This recording holds no submissions to replay. ({path})")
    return tuple(found)


def _arrivals(scenario: Scenario, queues: int) -> Arrivals:
    path = scenario.workload.replay
    try:
        changed_ns = Path(path).stat().st_mtime_ns
    except FileNotFoundError:
        raise RecordingError(
            "The recording to replay is gone: it was moved, or the program's cache was emptied. A "
            f"prediction is made anew with Predict in the pane of its trace. ({path})"
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise RecordingError(f"The recording to replay can't be read: {reason}. ({path})") from None
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
