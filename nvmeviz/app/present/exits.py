"""The VM exit of a vCPU in words: why it left, how far it is, what it waits for.

Which way a doorbell went is read from the log (a doorbell event or an eventfd signal follows the
exit), not from the mode.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nvmeviz.app.present.frame import Activity, TrapBox
from nvmeviz.app.present.lanes import vcpu_now
from nvmeviz.app.present.names import waits_for_lock
from nvmeviz.log import kinds
from nvmeviz.model import layout
from nvmeviz.units import time_text

if TYPE_CHECKING:
    from nvmeviz.app.present.moment import Moment

_RESTING = {
    Activity.IDLE: "vCPU halted",
    Activity.GUEST: "in the guest",
    Activity.VM_EXIT: "VM exit",
    Activity.LOCK_WAIT: "VM exit",
    Activity.IRQ: "interrupt handler",
    Activity.WAKING: "vCPU is waking up",
    Activity.POLLING: "guest polls the CQ",
    Activity.UNKNOWN: "not known",
}


def exit_under_way(moment: Moment, vcpu: int) -> tuple[float, str] | None:
    """Progress 0..1 of the exit that stops a vCPU, and its time in words; None while it runs."""
    s = moment.state
    if s.vcpu_act[vcpu] != layout.VCPU_EXITED:
        return None
    since = int(s.vcpu_since[vcpu])
    passed = moment.t_ns - since
    back = moment.next_of(kinds.VM_ENTRY, vcpu)
    if back is None or back <= since:
        return 0.5, time_text(passed)
    whole = back - since
    return min(1.0, passed / whole), f"{time_text(passed)} of {time_text(whole)}"


def exit_words(moment: Moment, vcpu: int) -> str:
    """What the exit under way, or the last one, is for."""
    s = moment.state
    reason = int(s.vcpu_exit_reason[vcpu])
    qid = moment.run.topology.queues[int(s.vcpu_exit_queue[vcpu])].qid
    value = int(s.vcpu_exit_value[vcpu])
    if reason == kinds.EXIT_SQ_DOORBELL:
        return f"SQ {qid} tail ← {value}"
    if reason == kinds.EXIT_CQ_DOORBELL:
        return f"CQ {qid} head ← {value}"
    return f"interrupt of CQ {qid}" if reason == kinds.EXIT_INTERRUPT else "controller reset"


def is_doorbell(reason: int) -> bool:
    """True for exits that a doorbell write caused."""
    return reason in (kinds.EXIT_SQ_DOORBELL, kinds.EXIT_CQ_DOORBELL)


def exit_note(moment: Moment, vcpu: int) -> str:
    """What the exit under way waits for, or who handles it; "" when nothing is to be said."""
    s = moment.state
    if s.vcpu_act[vcpu] != layout.VCPU_EXITED:
        return ""
    if waits_for_lock(moment, vcpu):
        return "waits for the VMM lock"
    reason = int(s.vcpu_exit_reason[vcpu])
    if reason == kinds.EXIT_INTERRUPT:
        return "the host passes it on"
    if is_doorbell(reason) and _becomes_kick(moment, vcpu, reason):
        return "KVM signals an eventfd"
    if int(s.g_lock_owner[int(s.v_guest[vcpu])]) == vcpu:
        return "has the VMM lock"
    return "its own thread does the work" if s.vcpu_handling[vcpu] else ""


def _becomes_kick(moment: Moment, vcpu: int, reason: int) -> bool:
    """True when the doorbell of this exit became, or will become, an eventfd signal."""
    s = moment.state
    queue, left_ns = int(s.vcpu_exit_queue[vcpu]), int(s.vcpu_left[vcpu])
    on_sq = reason == kinds.EXIT_SQ_DOORBELL
    doorbell = kinds.SQ_DOORBELL if on_sq else kinds.CQ_DOORBELL
    kick = kinds.SQ_KICK if on_sq else kinds.CQ_KICK
    for events in (moment.past[int(np.searchsorted(moment.at_ns, left_ns)) :], moment.future):
        kind = events["kind"]
        rows = np.flatnonzero(((kind == doorbell) | (kind == kick)) & (events["qid"] == queue))
        if len(rows):
            return bool(kind[rows[0]] == kick)
    return False


def trap_box(moment: Moment, queue: int, note: str = "") -> TrapBox:
    """The exit under way of the vCPU that owns a queue pair, or the last one. note: what to say
    while it runs.
    """
    s = moment.state
    vcpu = int(s.q_vcpu[queue])
    headline = _RESTING[vcpu_now(moment, vcpu)]
    exiting = exit_under_way(moment, vcpu)
    if exiting is not None:
        progress, timing = exiting
        words = exit_words(moment, vcpu)
        return TrapBox(headline, words, progress, timing, exit_note(moment, vcpu))
    if s.vcpu_exit_reason[vcpu] == 0:
        return TrapBox(headline, "no exit yet", None, "", note)
    ago = _since_last(moment, kinds.VM_ENTRY, vcpu)
    timing = "" if ago is None else f"exit {time_text(ago)} ago"
    return TrapBox(headline, exit_words(moment, vcpu), None, timing, note)


def _since_last(moment: Moment, kind: int, vcpu: int) -> int | None:
    rows = (moment.kind == kind) & (moment.vcpu == vcpu)
    times = moment.at_ns[rows]
    return moment.t_ns - int(times[-1]) if len(times) else None
