"""One command in every pane: where the n-th command of a queue pair is in this run.

The n-th command is the same in all panes (same arrival, direction and media latency), so the panes
can be compared by it: who is ahead, and by how much.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nvmeviz.app.present.about import Followed, LiveCommands
from nvmeviz.log import kinds
from nvmeviz.model import layout
from nvmeviz.units import time_text

if TYPE_CHECKING:
    from nvmeviz.app.present.moment import Moment

STAGES = ("written", "rung", "fetched", "in the device", "done", "completed")
NOT_YET, REAPED = -1, len(STAGES)
_STAGE = {
    layout.CMD_WRITTEN: 1,
    layout.CMD_FETCHED: 2,
    layout.CMD_IN_DEVICE: 3,
    layout.CMD_DONE: 4,
    layout.CMD_COMPLETED: 5,
}


def live_commands(moment: Moment, queue: int) -> LiveCommands:
    """The commands of a queue pair that are under way."""
    s, tags = moment.state, moment.tags(queue)
    cid = np.flatnonzero(np.asarray(s.cmd_state)[tags] != layout.CMD_FREE).astype(np.int64)
    slot = np.asarray(s.cmd_slot)[tags][cid].astype(np.int64) % int(s.sq_size[queue])
    return LiveCommands(queue, slot, np.asarray(s.cmd_seq)[tags][cid].astype(np.int64), cid)


def followed_at(moment: Moment, queue: int, number: int) -> Followed | None:
    """Where command `number` of a queue pair is; None in a machine without that pair."""
    s = moment.state
    if queue >= s.queues:
        return None
    posted = int(s.q_posted[queue])
    ahead = posted - 1 - number
    if ahead < 0:
        words = "not submitted yet" if ahead == -1 else f"not submitted yet: {-ahead - 1} before it"
        return Followed(queue, number, NOT_YET, -1, -1, -1, words, ahead)
    tags = moment.tags(queue)
    live = np.asarray(s.cmd_state)[tags] != layout.CMD_FREE
    same = np.asarray(s.cmd_seq)[tags] == number
    found: list[int] = np.flatnonzero(live & same).tolist()
    if not found:
        more = f", {ahead} more submitted" if ahead else ""
        return Followed(queue, number, REAPED, -1, -1, -1, f"finished{more}", ahead)
    tag = found[0]
    record, size = int(s.q_base[queue]) + tag, int(s.sq_size[queue])
    slot = int(s.cmd_slot[record]) % size
    stage = _STAGE.get(int(s.cmd_state[record]), 0)
    rung, tail = int(s.sq_rung[queue]), int(s.sq_tail[queue])
    if stage == 1 and (slot - rung) % size < (tail - rung) % size:
        stage = 0  # not announced yet
    since = time_text(max(0, moment.t_ns - int(s.cmd_post_ns[record])))
    cq_slot = _cq_slot(moment, queue, tag) if stage == 5 else -1
    return Followed(queue, number, stage, slot, cq_slot, tag, f"{STAGES[stage]}, {since}", ahead)


def _cq_slot(moment: Moment, queue: int, cid: int) -> int:
    """The slot of a command's CQE, -1 when it was posted too long ago to be found."""
    past = moment.past
    rows = (moment.kind == kinds.CQ_POST) & (moment.qid == queue) & (past["cid"] == cid)
    found: list[int] = past["a"][rows].tolist()
    return found[-1] if found else -1
