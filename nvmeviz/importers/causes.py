"""What each event of a lifted trace comes from: the step before it in the protocol.

A trace says what happened and not why; but a doorbell follows the exit that wrote it, a fetch the tail
that announced it, a CQE the device. The picture moves a token from the one to the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nvmeviz.log import kinds as k

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

# Kind -> kinds of which the last one before it, of the same queue pair, is its cause.
_BEFORE: dict[int, tuple[int, ...]] = {
    k.SQ_SHADOW: (k.SQ_POST,),
    k.SQ_DOORBELL: (k.VM_EXIT,),
    k.CQ_DOORBELL: (k.VM_EXIT,),
    k.CTRL_WAKE: (k.SQ_DOORBELL, k.SQ_KICK, k.CTRL_WAKE),
    k.SQ_FETCH: (k.SQ_SHADOW_READ, k.SQ_DOORBELL),
    k.SQ_EVENTIDX: (k.SQ_FETCH,),
    k.IRQ_RAISE: (k.CQ_POST, k.IRQ_RAISE),
    k.CQ_REAP: (k.IRQ_ENTER, k.CQ_REAP),
    k.CQ_SHADOW: (k.CQ_REAP,),
    k.DBBUF_CONFIG: (k.SQ_FETCH,),
}
# One of these that follows another of its kind came from something else.
_ONCE = (k.CTRL_WAKE, k.IRQ_RAISE)
# The same of one command.
_OF_COMMAND: dict[int, tuple[int, ...]] = {
    k.DEV_START: (k.SQ_FETCH,),
    k.DEV_DONE: (k.DEV_START, k.SQ_FETCH),
    k.CQ_POST: (k.DEV_DONE,),
}


def link(events: NDArray[np.void], still_wanted: Callable[[], None]) -> None:
    """Write `cause` into events, (n,) in the order of their times. still_wanted may raise."""
    kinds, queue = events["kind"], events["qid"].astype(np.int64)
    cause = np.full(len(events), -1, np.int64)
    places = {
        kind: np.flatnonzero(kinds == kind)
        for kind in {*_BEFORE, *_OF_COMMAND, *(p for ps in _BEFORE.values() for p in ps)}
    }
    for table, of_command in ((_BEFORE, False), (_OF_COMMAND, True)):
        for kind, before in table.items():
            still_wanted()
            later = places[kind]
            earlier = np.sort(np.concatenate([places[one] for one in before]))
            if not len(later) or not len(earlier):
                continue
            key = queue if not of_command else queue << 16 | events["cid"].astype(np.int64)
            found = _last_before(key[earlier], earlier, key[later], later)
            if kind in _ONCE:
                found[kinds[found] == kind] = -1
            cause[later] = found
    events["cause"] = cause


def _last_before(
    keys: NDArray[np.int64],
    places: NDArray[np.int64],
    wanted: NDArray[np.int64],
    at: NDArray[np.int64],
) -> NDArray[np.int64]:
    """For each (wanted key, place at) the last place before it with the same key, -1 for none."""
    order = np.argsort(keys, kind="stable")  # places rise within a key
    width = np.int64(max(int(places[-1]), int(at[-1])) + 1)
    sorted_ids = keys[order] * width + places[order]
    found = np.searchsorted(sorted_ids, wanted * width + at, "left") - 1
    there = found >= 0
    there &= keys[order][np.maximum(found, 0)] == wanted
    return np.where(there, places[order][np.maximum(found, 0)], -1)
