"""The trap wall: two doorbell registers, the VMM's lock, whether a vCPU is stopped there.

Where the mode's doorbells don't trap the wall says so; pass-through draws it open.
"""

from __future__ import annotations

from math import exp
from typing import TYPE_CHECKING

import numpy as np

from nvmeviz.app.present.frame import Bell, Lock
from nvmeviz.app.present.names import actor_name
from nvmeviz.engine.machine import has_event_loops
from nvmeviz.engine.mode import Way
from nvmeviz.log import kinds
from nvmeviz.model import layout
from nvmeviz.units import time_text

if TYPE_CHECKING:
    from nvmeviz.app.present.moment import Moment

_PLACE = {
    Way.USER: "doorbell",
    Way.IOEVENTFD: "doorbell",
    Way.MAPPED: "· mapped",
    Way.REGISTER: "· device",
}
_HINT = {
    Way.USER: "A write stops the vCPU and is handled in the VMM.",
    Way.IOEVENTFD: "A write stops the vCPU briefly: KVM signals an eventfd and drops the value.",
    Way.MAPPED: "A plain store into a page that the poller reads: no trap.",
    Way.REGISTER: "A posted write to the device: no trap, the VMM never sees it.",
}


def way_of(moment: Moment, queue: int) -> Way:
    """Which way a rung doorbell of a queue pair travels; the admin queue's always traps."""
    return Way.USER if moment.state.q_admin[queue] else moment.run.mode.way


def bells(moment: Moment, queue: int, glow_ns: int) -> tuple[Bell, Bell]:
    """Both doorbell registers of a queue pair. glow_ns: machine time over which a ring fades."""
    s, topology, way = moment.state, moment.run.topology, way_of(moment, queue)
    cq = moment.cq(queue)
    unseen = way is Way.IOEVENTFD
    tail = "unseen" if unseen and s.sq_exits[queue] else str(int(s.sq_db[queue]))
    head = "unseen" if unseen and s.cq_exits[cq] else str(int(s.cq_db[cq]))
    traps, hint = way in (Way.USER, Way.IOEVENTFD), _HINT[way]
    return (
        Bell(
            f"SQ {topology.queues[queue].qid} tail {_PLACE[way]}",
            tail,
            _ringing(moment, queue, _SQ_BELLS, kinds.EXIT_SQ_DOORBELL, glow_ns),
            traps,
            f"last value written {tail}. {hint}",
            _avoided(moment, queue, kinds.SQ_EVENTIDX_READ, glow_ns),
        ),
        Bell(
            f"CQ {topology.queues[cq].qid} head {_PLACE[way]}",
            head,
            _ringing(moment, cq, _CQ_BELLS, kinds.EXIT_CQ_DOORBELL, glow_ns),
            traps,
            f"last value written {head}. {hint}",
            _avoided(moment, cq, kinds.CQ_EVENTIDX_READ, glow_ns),
        ),
    )


_SQ_BELLS = (kinds.SQ_DOORBELL, kinds.SQ_KICK)
_CQ_BELLS = (kinds.CQ_DOORBELL, kinds.CQ_KICK)


def _ringing(
    moment: Moment, queue: int, rung_by: tuple[int, int], reason: int, glow_ns: int
) -> float:
    s = moment.state
    vcpu = int(s.q_vcpu[queue])
    if (
        s.vcpu_act[vcpu] == layout.VCPU_EXITED
        and s.vcpu_exit_reason[vcpu] == reason
        and s.vcpu_exit_queue[vcpu] == queue
    ):
        return 1.0
    row = moment.last_of((rung_by[0], queue), (rung_by[1], queue))
    return _fading(moment, int(moment.at_ns[row]), glow_ns) if row >= 0 else 0.0


def _fading(moment: Moment, since_ns: int, glow_ns: int) -> float:
    age = moment.t_ns - since_ns
    return exp(-2.5 * age / glow_ns) if age < glow_ns else 0.0


def _avoided(moment: Moment, queue: int, compared_by: int, glow_ns: int) -> float:
    """1 when the last comparison with EventIdx asked for no doorbell right now, falling to 0."""
    row = moment.last_of((compared_by, queue))
    if row < 0 or moment.past["b"][row] != 0:
        return 0.0
    return _fading(moment, int(moment.at_ns[row]), glow_ns)


def wall_lit(moment: Moment, guest: int) -> bool:
    """True while a vCPU of the guest is stopped in the VMM."""
    s = moment.state
    out = np.asarray(s.vcpu_act) == layout.VCPU_EXITED
    return bool((out & (np.asarray(s.v_guest) == guest)).any())


def lock(moment: Moment, guest: int) -> Lock | None:
    """The lock of a guest's VMM; None where the VMM of this run has none."""
    if not has_event_loops(moment.scenario, moment.run.mode):
        return None
    s = moment.state
    owner, waiting = int(s.g_lock_owner[guest]), int(s.g_lock_waits[guest])
    held = owner != layout.LOCK_FREE
    words = actor_name(moment, owner) if held else "lock free"
    span = time_text(max(0, moment.t_ns - int(s.g_lock_since[guest])))
    by = f"held by {words} for {span}" if held else f"free for {span}"
    hint = f"The lock of the VMM of {moment.run.topology.guests[guest]}: {by}"
    if waiting:
        first, ring = int(s.g_lock_first[guest]), guest * layout.LOCK_WAITERS
        places = (
            (first + n) % layout.LOCK_WAITERS for n in range(min(waiting, layout.LOCK_WAITERS))
        )
        who = [actor_name(moment, int(s.lock_wait[ring + place])) for place in places]
        words = f"{words} · {who[0]} waits" if waiting == 1 else f"{words} · {waiting} wait"
        hint = f"{hint}; {', '.join(who)} {'waits' if waiting == 1 else 'wait'} for it"
    return Lock(words, held, f"{hint}.", waiting)
