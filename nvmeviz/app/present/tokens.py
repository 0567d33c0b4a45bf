"""Tokens: what is on its way between an event that happened and its consequence that has not.

A pure function of (log, t). When steps are too short for the eye at the chosen speed, tokens become
flow: rates per path, no random flicker.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nvmeviz.app.present.frame import Path, SlotState, Tokens
from nvmeviz.app.present.wall import way_of
from nvmeviz.engine.mode import Way
from nvmeviz.log import kinds

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nvmeviz.app.present.moment import Moment
    from nvmeviz.app.present.rates import Window

# Consequence -> the path of its token and the colour of what travels.
_PATHS: dict[int, tuple[Path, SlotState]] = {
    kinds.SQ_POST: (Path.POST, SlotState.WRITTEN),
    kinds.SQ_DOORBELL: (Path.DOORBELL_SQ, SlotState.RUNG),
    kinds.CQ_DOORBELL: (Path.DOORBELL_CQ, SlotState.COMPLETED),
    kinds.SQ_KICK: (Path.DOORBELL_SQ, SlotState.RUNG),
    kinds.CQ_KICK: (Path.DOORBELL_CQ, SlotState.COMPLETED),
    kinds.SQ_SHADOW: (Path.SHADOW_SQ, SlotState.RUNG),
    kinds.CQ_SHADOW: (Path.SHADOW_CQ, SlotState.COMPLETED),
    kinds.SQ_EVENTIDX: (Path.EVENTIDX_SQ, SlotState.FETCHED),
    kinds.CQ_EVENTIDX: (Path.EVENTIDX_CQ, SlotState.FETCHED),
    kinds.CTRL_WAKE: (Path.WAKE, SlotState.RUNG),
    kinds.SQ_FETCH: (Path.FETCH, SlotState.FETCHED),
    kinds.DEV_START: (Path.DISPATCH, SlotState.IN_DEVICE),
    kinds.CQ_POST: (Path.POST_CQE, SlotState.COMPLETED),
    kinds.IRQ_RAISE: (Path.IRQ, SlotState.COMPLETED),
    kinds.CQ_REAP: (Path.REAP, SlotState.COMPLETED),
    kinds.DBBUF_CONFIG: (Path.EVENTIDX_SQ, SlotState.FETCHED),
    kinds.REQUEST: (Path.REQUEST, SlotState.WRITTEN),
}
# A doorbell page that guest and poller share stands between the rings, where shadow buffers do.
_MAPPED = {Path.DOORBELL_SQ: Path.SHADOW_SQ, Path.DOORBELL_CQ: Path.SHADOW_CQ}
_PATH_OF_KIND = np.full(256, 255, np.uint8)
_STATE_OF_KIND = np.zeros(256, np.uint8)
for _kind, (_path, _state) in _PATHS.items():
    _PATH_OF_KIND[_kind] = _path
    _STATE_OF_KIND[_kind] = _state

_OF_CQ = np.zeros(256, bool)  # kinds whose qid is that of the CQ's owner
_OF_CQ[
    [
        kinds.CQ_DOORBELL,
        kinds.CQ_KICK,
        kinds.CQ_SHADOW,
        kinds.CQ_EVENTIDX,
        kinds.IRQ_RAISE,
    ]
] = True

MAX_TOKENS = 300
# A step of this length must last three frames, or its token is only a flicker.
TYPICAL_STEP_NS = 3_000
SHORTEST_TOKEN_WALL_S = 0.05

NO_TOKENS = Tokens(
    path=np.empty(0, np.uint8),
    frac=np.empty(0, np.float32),
    slot=np.empty(0, np.int32),
    state=np.empty(0, np.uint8),
    cid=np.empty(0, np.int32),
)


def too_fast_for_tokens(machine_ns_per_s: int) -> bool:
    """True when a typical step would pass in less than three frames at this speed."""
    return machine_ns_per_s * SHORTEST_TOKEN_WALL_S > TYPICAL_STEP_NS


def _of_queue(moment: Moment, events: NDArray[np.void], queue: int) -> NDArray[np.bool_]:
    """Which events are about a queue pair or the CQ that takes its completions."""
    cq = moment.cq(queue)
    mine = events["qid"] == queue
    if cq == queue:
        return mine
    on_cq = _OF_CQ[events["kind"]]
    return (mine & ~on_cq) | ((events["qid"] == cq) & on_cq)


def _path_of(moment: Moment, queue: int) -> NDArray[np.uint8]:
    """(256,) path by kind for a queue pair, 255 for none."""
    if way_of(moment, queue) is not Way.MAPPED:
        return _PATH_OF_KIND
    path = _PATH_OF_KIND.copy()
    for kind, (trapped, _) in _PATHS.items():
        path[kind] = _MAPPED.get(trapped, trapped)
    return path


def tokens_of(moment: Moment, queue: int) -> Tokens:
    """Tokens of the selected queue pair, at most MAX_TOKENS, the next to arrive first."""
    future, cause_ns = moment.future, moment.future_cause_ns
    path = _path_of(moment, queue)[future["kind"]]
    ahead = future["t"] - cause_ns
    moving = (path != 255) & (cause_ns >= 0) & (ahead > 0) & _of_queue(moment, future, queue)
    rows = np.flatnonzero(moving)[:MAX_TOKENS]
    if len(rows) == 0:
        return NO_TOKENS
    frac = (moment.t_ns - cause_ns[rows]) / ahead[rows]
    return Tokens(
        path=path[rows],
        frac=np.clip(frac, 0.0, 1.0).astype(np.float32),
        slot=future["a"][rows].astype(np.int32),
        state=_STATE_OF_KIND[future["kind"][rows]],
        cid=future["cid"][rows].astype(np.int32),
    )


def flow_of(moment: Moment, queue: int, w: Window, machine_ns_per_s: int) -> NDArray[np.float32]:
    """(len(Path),) things per second of wall time on each path of the queue pair, over a window."""
    mine = w.qid == queue
    cq = moment.cq(queue)
    if cq != queue:
        on_cq = _OF_CQ[w.kind]
        mine = (mine & ~on_cq) | ((w.qid == cq) & on_cq)
    path = _path_of(moment, queue)[w.kind[mine]]
    counts = np.bincount(path[path != 255], minlength=len(Path))[: len(Path)]
    return (counts * (machine_ns_per_s / w.span_ns)).astype(np.float32)
