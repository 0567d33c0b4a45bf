"""Rings: which slot is in which state, from the live commands and the pointers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from nvmeviz.app.present.frame import RING_SLOTS_DRAWN, Arc, Ring, SlotState
from nvmeviz.app.present.names import shared_by
from nvmeviz.model import layout

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nvmeviz.app.present.moment import Moment

_SLOT_OF_COMMAND = np.zeros(8, np.uint8)
for _command, _slot in (
    (layout.CMD_WRITTEN, SlotState.RUNG),
    (layout.CMD_FETCHED, SlotState.FETCHED),
    (layout.CMD_IN_DEVICE, SlotState.IN_DEVICE),
    (layout.CMD_DONE, SlotState.COMPLETED),
    (layout.CMD_COMPLETED, SlotState.COMPLETED),
):
    _SLOT_OF_COMMAND[_command] = _slot


def sq_slots(moment: Moment, queue: int) -> NDArray[np.uint8]:
    """SlotState of every slot of a submission queue."""
    s = moment.state
    size = int(s.sq_size[queue])
    slots = np.zeros(size, np.uint8)
    tags = moment.tags(queue)
    state = np.asarray(s.cmd_state)[tags]
    live = state != layout.CMD_FREE
    slots[np.asarray(s.cmd_slot)[tags][live] % size] = _SLOT_OF_COMMAND[state[live]]
    # What the driver has not announced yet: between the last announcement and the tail.
    unrung = (int(s.sq_tail[queue]) - int(s.sq_rung[queue])) % size
    at = (int(s.sq_rung[queue]) + np.arange(unrung)) % size
    slots[at[slots[at] == SlotState.RUNG]] = SlotState.WRITTEN
    return slots


def cq_slots(moment: Moment, cq: int) -> NDArray[np.uint8]:
    """SlotState of every slot of a completion queue: COMPLETED between head and tail."""
    s = moment.state
    size = int(s.cq_size[cq])
    slots = np.zeros(size, np.uint8)
    waiting = (int(s.cq_tail[cq]) - int(s.cq_head[cq])) % size
    slots[(int(s.cq_head[cq]) + np.arange(waiting)) % size] = SlotState.COMPLETED
    return slots


def arcs_of(slots: NDArray[np.uint8]) -> tuple[Arc, ...]:
    """Runs of equal, non-free slots; one that wraps is one arc."""
    size = len(slots)
    edges = np.flatnonzero(slots != np.roll(slots, 1))
    if len(edges) == 0:
        return (Arc(0, size, SlotState(int(slots[0]))),) if slots[0] else ()
    ends = np.append(edges[1:], edges[0] + size)
    return tuple(
        Arc(int(first), int(end - first), SlotState(int(slots[first])))
        for first, end in zip(edges, ends, strict=True)
        if slots[first]
    )


def _ring(name: str, slots: NDArray[np.uint8], head: int, tail: int, used: int, sub: str) -> Ring:
    size = len(slots)
    drawn = size <= RING_SLOTS_DRAWN
    return Ring(
        name=name,
        size=size,
        head=head,
        tail=tail,
        used=used,
        note=f"{used} / {size - 1}",
        sub_note=sub,
        slots=slots if drawn else np.empty(0, np.uint8),
        arcs=() if drawn else arcs_of(slots),
    )


def sq_ring(moment: Moment, queue: int) -> Ring:
    """The selected submission queue; `used` counts commands in flight."""
    s, qid = moment.state, moment.run.topology.queues[queue].qid
    waiting = int(s.q_waiting[queue])  # wanted by the program, not yet submitted
    sub = f"+{waiting} waiting" if waiting else "in flight"
    head, tail = int(s.sq_head[queue]), int(s.sq_tail[queue])
    return _ring(f"SQ {qid}", sq_slots(moment, queue), head, tail, int(s.q_inflight[queue]), sub)


def cq_ring(moment: Moment, queue: int) -> Ring:
    """The completion queue that its completions go to; `used` counts entries not yet reaped."""
    s, cq = moment.state, moment.cq(queue)
    qid = moment.run.topology.queues[cq].qid
    head, tail = int(s.cq_head[cq]), int(s.cq_tail[cq])
    waiting = (tail - head) % int(s.cq_size[cq])
    phase = int(s.cq_phase[cq])
    ring = _ring(f"CQ {qid}", cq_slots(moment, cq), head, tail, waiting, f"phase {phase}")
    return replace(ring, shared=shared_by(moment, queue), phase=phase)
