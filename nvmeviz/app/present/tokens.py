"""Tokens: what is on its way between an event that happened and its consequence that has not.

A pure function of (log, t). When steps are too short for the eye at the chosen speed, tokens become
flow: rates per path, no random flicker.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nvmeviz.app.present.frame import Path, SlotState, Tokens
from nvmeviz.log import kinds

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nvmeviz.app.present.moment import Moment

# Consequence -> the path of its token and the colour of what travels.
_PATHS: dict[int, tuple[Path, SlotState]] = {
    kinds.SQ_POST: (Path.POST, SlotState.WRITTEN),
    kinds.SQ_DOORBELL: (Path.DOORBELL_SQ, SlotState.RUNG),
    kinds.CQ_DOORBELL: (Path.DOORBELL_CQ, SlotState.COMPLETED),
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
}
_PATH_OF_KIND = np.full(256, 255, np.uint8)
_STATE_OF_KIND = np.zeros(256, np.uint8)
for _kind, (_path, _state) in _PATHS.items():
    _PATH_OF_KIND[_kind] = _path
    _STATE_OF_KIND[_kind] = _state

MAX_TOKENS = 300
# A step of this length must last three frames, or its token is only a flicker.
TYPICAL_STEP_NS = 3_000
SHORTEST_TOKEN_WALL_S = 0.05
FLOW_EVENTS = 2000

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


def tokens_of(moment: Moment, queue: int) -> Tokens:
    """Tokens of the selected queue pair, at most MAX_TOKENS, the next to arrive first."""
    future, cause_ns = moment.future, moment.future_cause_ns
    path = _PATH_OF_KIND[future["kind"]]
    ahead = future["t"] - cause_ns
    moving = (path != 255) & (cause_ns >= 0) & (ahead > 0) & (future["qid"] == queue)
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


def flow_of(moment: Moment, queue: int, machine_ns_per_s: int) -> NDArray[np.float32]:
    """(len(Path),) things per second of wall time on each path of the queue pair."""
    recent = moment.past[-FLOW_EVENTS:]
    rates = np.zeros(len(Path), np.float32)
    if len(recent) < 2:
        return rates
    span_ns = max(1, int(recent["t"][-1]) - int(recent["t"][0]))
    path = _PATH_OF_KIND[recent["kind"][recent["qid"] == queue]]
    counts = np.bincount(path[path != 255], minlength=len(Path))[: len(Path)]
    rates[:] = counts * (machine_ns_per_s / span_ns)
    return rates
