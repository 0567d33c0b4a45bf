"""Between the rings: the exit under way, the batch that fills, the two shared buffers and their
rule, or the registers that a doorbell reaches without a trap.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nvmeviz.app.present.exits import (
    exit_note,
    exit_under_way,
    exit_words,
    is_doorbell,
    trap_box,
)
from nvmeviz.app.present.frame import BatchBox, CellBox, CenterBox
from nvmeviz.engine.mode import Announce, Way
from nvmeviz.log import kinds
from nvmeviz.model import layout
from nvmeviz.units import time_text

if TYPE_CHECKING:
    from nvmeviz.app.present.moment import Moment

FRESH_EVENTS = 12  # a change glows while it is among the last events of its queue
NO_DOORBELLS = 0xFFFF  # the EventIdx of a controller that polls
LONG = 1000  # from here on a tail and an EventIdx fill their line
_RING = {False: "ring: the vCPU traps", True: "ring: a short trap into KVM"}
_NOTHING = ("–", "–", "–", "–")
_COLD = (0.0, 0.0, 0.0, 0.0)
_SHADOWS = ("SHARED MEMORY", ("shadow", "EventIdx"))


def center_box(moment: Moment, queue: int) -> CenterBox:
    """What stands between the rings of a queue pair."""
    mode, note = moment.run.mode, center_note(moment, queue)
    if note:
        return trap_box(moment, queue, note)
    if mode.uses_shadow:
        return _shadow(moment, queue)
    if mode.way is Way.MAPPED:
        return _mapped(moment, queue)
    if mode.way is Way.REGISTER:
        return _registers(moment, queue)
    if mode.announce is Announce.BATCH:
        return _batch(moment, queue)
    return trap_box(moment, queue)


def center_note(moment: Moment, queue: int) -> str:
    """Why doorbells of a queue pair trap although the mode has another way for them; "" when none."""
    s, guest = moment.state, int(moment.state.q_guest[queue])
    if s.q_admin[queue]:
        return "admin doorbells always trap"
    none = s.g_dbbuf[guest] == layout.DBBUF_NONE and s.g_ready[guest]
    return "driver has no shadow buffers" if moment.run.mode.uses_shadow and none else ""


def _batch(moment: Moment, queue: int) -> BatchBox:
    s, settings = moment.state, moment.scenario.doorbell
    waiting = int(s.sq_unrung[queue])
    labels, oldest_ns = _unrung(moment, queue, waiting)
    more = max(0, settings.batch - waiting)
    if waiting == 0:
        detail = f"rings every {settings.batch} commands"
    elif more == 0:
        detail = "rings now"
    else:
        left = settings.batch_limit_ns - (moment.t_ns - oldest_ns)
        noun = "command" if more == 1 else "commands"
        detail = f"rings in {more} {noun} or {time_text(max(0, left))}"
    return BatchBox(waiting, settings.batch, detail, trap_box(moment, queue), labels=labels)


def _unrung(moment: Moment, queue: int, waiting: int) -> tuple[tuple[str, ...], int]:
    """(labels of the commands of the batch, oldest first; when the first was written, ns)."""
    s, tags = moment.state, moment.tags(queue)
    written = np.asarray(s.cmd_state)[tags] == layout.CMD_WRITTEN
    since_rung = (np.asarray(s.cmd_slot)[tags] - int(s.sq_rung[queue])) % int(s.sq_size[queue])
    found = np.flatnonzero(written & (since_rung < waiting))
    found = found[np.argsort(since_rung[found], kind="stable")]
    oldest_ns = int(np.asarray(s.cmd_post_ns)[tags][found].min(initial=moment.t_ns))
    return tuple(f"{int(tag):02x}" for tag in found), oldest_ns


def _freshness(moment: Moment, queue: int, *kind: int) -> float:
    """1 for the queue's very last event, falling to 0 over FRESH_EVENTS events."""
    recent = moment.past[-8 * FRESH_EVENTS :]
    mine = recent["kind"][recent["qid"] == queue][-FRESH_EVENTS:]
    for age, found in enumerate(mine[::-1].tolist()):
        if found in kind:
            return 1.0 - age / FRESH_EVENTS
    return 0.0


def _index_text(value: int) -> str:
    return "FFFFh" if value == NO_DOORBELLS else str(value)


def _shadow(moment: Moment, queue: int) -> CellBox:
    s, cq = moment.state, moment.cq(queue)
    guest, vcpu = int(s.q_guest[queue]), int(s.q_vcpu[queue])
    title, labels = _SHADOWS
    exiting = exit_under_way(moment, vcpu)
    progress, note = None if exiting is None else exiting[0], exit_note(moment, vcpu)
    if s.g_dbbuf[guest] < layout.DBBUF_ON and s.g_admin[guest] >= 0:
        words, verdict = _handing_over(moment, guest)
        return CellBox(title, labels, _NOTHING, _COLD, words, verdict, progress=progress, note=note)
    words, verdict, rang = _rule_words(moment, queue)
    if s.g_dbbuf[guest] == layout.DBBUF_STALE:
        verdict = "nobody reads these buffers since the reset"
    elif exiting is not None and not _rung(moment, vcpu, queue, cq):
        words = exit_words(moment, vcpu)  # for something else than what the rule is about
    return CellBox(
        title=title,
        labels=labels,
        values=(
            str(int(s.sq_shadow[queue])),
            str(int(s.cq_shadow[cq])),
            _index_text(int(s.sq_eventidx[queue])),
            _index_text(int(s.cq_eventidx[cq])),
        ),
        fresh=(
            _freshness(moment, queue, kinds.SQ_SHADOW),
            _freshness(moment, cq, kinds.CQ_SHADOW),
            _freshness(moment, queue, kinds.SQ_EVENTIDX),
            _freshness(moment, cq, kinds.CQ_EVENTIDX),
        ),
        words=words,
        verdict=verdict,
        rang=rang,
        progress=progress,
        note=note,
        notes=_buffered(moment, queue, cq),
    )


def _rung(moment: Moment, vcpu: int, queue: int, cq: int) -> bool:
    """True when the exit of a vCPU is for a doorbell of this queue pair or its CQ."""
    s = moment.state
    return is_doorbell(int(s.vcpu_exit_reason[vcpu])) and s.vcpu_exit_queue[vcpu] in (queue, cq)


def _handing_over(moment: Moment, guest: int) -> tuple[str, str]:
    """How far the admin command is that hands the shadow buffers over."""
    s = moment.state
    if s.g_dbbuf[guest] == layout.DBBUF_TAKEN:
        return "controller has the buffers", "completion on its way"
    if s.g_dbbuf[guest] == layout.DBBUF_SENT:
        return "not yet handed over", "admin command on its way"
    return "not yet handed over", "admin command not sent yet"


def _buffered(moment: Moment, queue: int, cq: int) -> tuple[str, str]:
    """Values that wait in a store buffer, where only their writer sees them."""
    s = moment.state
    shadow: list[str] = []
    if s.sq_stored[queue] != s.sq_shadow[queue]:
        shadow.append(f"SQ {int(s.sq_stored[queue])}")
    if s.cq_stored[cq] != s.cq_shadow[cq]:
        shadow.append(f"CQ {int(s.cq_stored[cq])}")
    armed = s.sq_armed[queue] != s.sq_eventidx[queue]
    return (
        f"{', '.join(shadow)} buffered" if shadow else "",
        f"SQ {_index_text(int(s.sq_armed[queue]))} buffered" if armed else "",
    )


def _rule_words(moment: Moment, queue: int) -> tuple[str, str, bool]:
    """The last comparison with EventIdx in words: tails first, heads when they were compared
    last.
    """
    s, cq = moment.state, moment.cq(queue)
    row = moment.last_of((kinds.SQ_EVENTIDX_READ, queue), (kinds.CQ_EVENTIDX_READ, cq))
    on_cq = row >= 0 and moment.kind[row] == kinds.CQ_EVENTIDX_READ
    if on_cq:
        name, value, visible = "CQ head", int(s.cq_stored[cq]), int(s.cq_shadow[cq])
        seen, verdict = int(s.cq_seen[cq]), int(s.cq_verdict[cq])
    else:
        name, value, visible = "SQ tail", int(s.sq_stored[queue]), int(s.sq_shadow[queue])
        seen, verdict = int(s.sq_seen[queue]), int(s.sq_verdict[queue])
    if verdict == 0:
        return "nothing compared yet", "", False
    off = seen == NO_DOORBELLS
    who = f"{name} {value}" if value < LONG and (off or seen < LONG) else str(value)
    if verdict == 1:
        # Round the ring a larger number may be the earlier one.
        yet = "has not come round to" if value > seen else "has not passed"
        words = f"{who}: not past {_index_text(seen)}" if off else f"{who} {yet} {seen}"
        hidden = f"{value} not visible yet: store buffer"
        return words, "no trap needed" if value == visible else hidden, False
    passed = "has reached" if value == seen else "has passed"
    if value < seen:
        passed = "has come round past"
    short = moment.run.mode.way is Way.IOEVENTFD
    return f"{who} {passed} {seen}", _RING[short], True


def _mapped(moment: Moment, queue: int) -> CellBox:
    """A page of doorbells that guest and poller share."""
    s, cq = moment.state, moment.cq(queue)
    tail, seen = int(s.sq_db[queue]), int(s.sq_known[queue])
    if s.sq_announced[queue] == 0:
        words, verdict = "nothing written yet", ""
    elif tail != seen:
        words, verdict = f"SQ tail {tail} written, no trap", "the next sweep will see it"
    else:
        words, verdict = f"SQ tail {tail} written, no trap", "the poller has seen it"
    labels = ("doorbells", "poller saw")
    values = (str(tail), str(int(s.cq_db[cq])), str(seen), str(int(s.cq_known[cq])))
    return _without_trap(moment, queue, "MAPPED PAGE", labels, values, words, verdict)


def _registers(moment: Moment, queue: int) -> CellBox:
    """Registers of real hardware, mapped into the guest."""
    s, cq = moment.state, moment.cq(queue)
    if s.sq_announced[queue] == 0:
        words, verdict = "nothing written yet", "no VMM in the way"
    else:
        words, verdict = f"SQ tail ← {int(s.sq_db[queue])}, no trap", "no VMM in the way"
    labels = ("doorbells", "device is at")
    values = (
        str(int(s.sq_db[queue])),
        str(int(s.cq_db[cq])),
        str(int(s.sq_head[queue])),
        str(int(s.cq_tail[cq])),
    )
    return _without_trap(moment, queue, "DEVICE REGISTERS", labels, values, words, verdict)


def _without_trap(
    moment: Moment,
    queue: int,
    title: str,
    labels: tuple[str, str],
    values: tuple[str, str, str, str],
    words: str,
    verdict: str,
) -> CellBox:
    """Cells of registers; an exit that is under way all the same says what for."""
    cq, vcpu = moment.cq(queue), int(moment.state.q_vcpu[queue])
    exiting = exit_under_way(moment, vcpu)
    return CellBox(
        title=title,
        labels=labels,
        values=values,
        fresh=(
            _freshness(moment, queue, kinds.SQ_DOORBELL),
            _freshness(moment, cq, kinds.CQ_DOORBELL),
            0.0,
            0.0,
        ),
        words=words if exiting is None else f"VM exit: {exit_words(moment, vcpu)}",
        verdict=verdict,
        progress=None if exiting is None else exiting[0],
        note=exit_note(moment, vcpu),
    )
