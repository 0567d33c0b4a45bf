"""What the log of a measured run can't hold, taken back out of a pane: unknown is not zero.

A pane is made as if everything were known; here it loses what `log.about` says that the log does not
tell, and says so. A simulated run knows all of itself and is left as it is.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from nvmeviz.app.present.frame import (
    Activity,
    BatchBox,
    Bell,
    CellBox,
    CenterBox,
    Chip,
    Controller,
    Device,
    Lane,
    PaneFrame,
    Path,
    Ring,
    SlotState,
    Span,
    TrapBox,
)
from nvmeviz.log import kinds
from nvmeviz.units import NBSP

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from nvmeviz.app.present.moment import Moment
    from nvmeviz.log.about import About

NOT_THERE = "not in this trace"
NO_EXITS = "no kvm_exit records in this trace"
_OF_CONTROLLER = (Path.WAKE, Path.FETCH, Path.DISPATCH, Path.MEDIA, Path.POST_CQE)
A_MOMENT = 0.004  # of a lane: an exit of which the length is not known
_NONE: tuple[()] = ()


def as_known(frame: PaneFrame, moment: Moment) -> PaneFrame:
    """The pane without what its log does not tell."""
    about = moment.run.about
    if about.kinds is None:
        return frame
    hidden = _hidden(about)
    exits, timed = about.covers(kinds.VM_EXIT), about.tells(kinds.VM_EXIT, kinds.VM_ENTRY)
    return replace(
        frame,
        iops_hint=_with(frame.iops_hint, _reaps(about)),
        chips=tuple(_chip(about, chip) for chip in frame.chips),
        lanes=tuple(_lane(about, lane, bool(frame.averages)) for lane in frame.lanes),
        queues=tuple(frame.queues if exits else (replace(q, trapping=False) for q in frame.queues)),
        sq=_sq(about, frame.sq),
        cq=_cq(about, frame.cq),
        center=_center(about, frame.center),
        lock=frame.lock if about.covers(kinds.LOCK_TAKE) else None,
        wall_lit=frame.wall_lit and exits and (timed or not frame.averages),
        wall_share=frame.wall_share if timed else None,
        bells=_bells(about, frame.bells, hidden),
        traps_per_s=frame.traps_per_s if exits else "–",
        traps_hint=_with(frame.traps_hint, _exits(about)) if exits else f"Traps: {NO_EXITS}.",
        controller=_controller(about, frame, hidden),
        device=Device("", frame.device.channels[:0], 0) if "device" in hidden else frame.device,
        flow=_flow(frame.flow) if "controller" in hidden else frame.flow,
        spoken=_spoken(about, frame.spoken),
        hidden=hidden,
    )


def _hidden(about: About) -> tuple[str, ...]:
    """The parts of a pane of which the log tells nothing at all."""
    found: list[str] = []
    if not about.covers(kinds.SQ_DOORBELL) and not about.covers(kinds.SQ_KICK):
        found.append("doorbells")
    if not about.tells(kinds.SQ_FETCH):
        found.append("controller")
    if not about.tells(kinds.DEV_DONE):
        found.append("device")
    return tuple(found)


def _with(hint: str, more: str) -> str:
    return f"{hint} {more}" if more else hint


def _reaps(about: About) -> str:
    """What is to be said of figures that count completions."""
    if about.tells(kinds.CQ_REAP):
        return ""
    return "Inferred: the trace has no records of the guest's driver; completions count from doorbells."


def _exits(about: About) -> str:
    if about.tells(kinds.VM_EXIT):
        return ""
    return f"Inferred from doorbells: {NO_EXITS}."


def _chip(about: About, chip: Chip) -> Chip:
    match chip.label:
        case "in the VMM":
            if about.tells(kinds.VM_EXIT, kinds.VM_ENTRY):
                return chip
            why = "It can't be told: "
            return replace(chip, value="–", hint=f"{why}{NO_EXITS}.", inferred=False)
        case "traps / I/O":
            if not about.covers(kinds.VM_EXIT):
                return replace(chip, value="–", hint=f"It can't be told: {NO_EXITS}.")
            more = _exits(about)
            return replace(
                chip, hint=_with(chip.hint, more), inferred=bool(more) and chip.value != "–"
            )
        case _:
            more = _reaps(about)
            return replace(
                chip, hint=_with(chip.hint, more), inferred=bool(more) and chip.value != "–"
            )


def _lane(about: About, lane: Lane, averages: bool) -> Lane:
    """Between exits, what a vCPU does is known only where KVM tells of it; that it left, also from
    doorbells, but not for how long.
    """
    if about.tells(kinds.VM_EXIT, kinds.VM_ENTRY):
        return replace(lane, label=_short(lane.label), hint=lane.label)
    irqs, ended = about.tells(kinds.IRQ_ENTER) and not averages, about.tells(kinds.IRQ_EXIT)
    spans: list[Span] = []
    for start, end, doing in lane.spans:
        # Where the end of a handler is inferred, one that has no end yet may be long over.
        if doing is Activity.IRQ and irqs and (ended or end < 1.0):
            spans.append(Span(start, end, doing))
            continue
        if doing is Activity.VM_EXIT and about.covers(kinds.VM_EXIT) and not averages:
            after = min(end, start + A_MOMENT)
            spans.append(Span(start, after, doing))
            start = after
        if end > start:
            _unknown(spans, start, end)
    now = lane.now if lane.now is Activity.IRQ and irqs and ended else Activity.UNKNOWN
    hint = f"{lane.label}: what it does besides is not known, {NO_EXITS}."
    return replace(lane, label=_short(lane.label), spans=tuple(spans), now=now, hint=hint)


def _unknown(spans: list[Span], start: float, end: float) -> None:
    """Add a stretch of which nothing is known; two of them are one."""
    if spans and spans[-1].activity is Activity.UNKNOWN:
        start = spans.pop().start
    spans.append(Span(start, end, Activity.UNKNOWN))


def _flow(flow: NDArray[np.float32] | None) -> NDArray[np.float32] | None:
    """No streams from and to a controller of which nothing is known."""
    if flow is None:
        return None
    kept = flow.copy()
    kept[list(_OF_CONTROLLER)] = 0.0
    return kept


def _short(name: str) -> str:
    """A vCPU's name where room is short; its thread's number is what tells it apart."""
    number = name.removeprefix("vCPU thread ")
    return name if number == name else f"tid{NBSP}{number}" if len(number) < 6 else number


def _sq(about: About, ring: Ring) -> Ring:
    """From the guest's side alone it is known which commands are under way, not how far they are."""
    if about.tells(kinds.SQ_FETCH):
        return ring
    slots = ring.slots.copy()
    slots[slots != SlotState.FREE] = SlotState.UNKNOWN
    arcs = tuple(replace(arc, state=SlotState.UNKNOWN) for arc in ring.arcs)
    return replace(ring, slots=slots, arcs=arcs)


def _cq(about: About, ring: Ring) -> Ring:
    if about.covers(kinds.CQ_POST) and about.tells(kinds.SQ_FETCH):
        return ring
    slots = ring.slots.copy()
    slots[slots != SlotState.FREE] = SlotState.UNKNOWN
    arcs = tuple(replace(arc, state=SlotState.UNKNOWN) for arc in ring.arcs)
    return replace(ring, slots=slots, arcs=arcs, note=f"– / {ring.size - 1}")


def _center(about: About, box: CenterBox) -> CenterBox:
    match box:
        case TrapBox():
            return _trap(about, box)
        case BatchBox():
            return replace(box, trap=_trap(about, box.trap))
        case CellBox():
            return _cells(about, box)


def _trap(about: About, box: TrapBox) -> TrapBox:
    if not about.covers(kinds.VM_EXIT):
        return TrapBox("VM exits", NOT_THERE, None, "")
    if about.tells(kinds.VM_EXIT, kinds.VM_ENTRY):
        return box
    averages = "exits" in box.headline
    headline = f"{box.headline}, inferred" if averages else "last exit, inferred"
    if box.progress is not None and not averages:
        headline = "VM exit, inferred"
    progress = None if averages else box.progress
    timing = box.timing if box.timing.endswith("ago") else "time not told"
    detail = "" if averages else box.detail
    return TrapBox(headline, detail, progress, timing, box.note)


def _cells(about: About, box: CellBox) -> CellBox:
    """Each of the four words of memory is known by a record of its own."""
    known = (
        about.covers(kinds.SQ_SHADOW) or about.covers(kinds.SQ_SHADOW_READ),
        about.covers(kinds.CQ_SHADOW) or about.covers(kinds.CQ_SHADOW_READ),
        about.covers(kinds.SQ_EVENTIDX),
        about.covers(kinds.CQ_EVENTIDX),
    )
    words, verdict = box.words, box.verdict
    if not about.covers(kinds.SQ_EVENTIDX_READ):
        words, verdict = "what the driver compares", NOT_THERE
    elif not about.tells(kinds.SQ_EVENTIDX_READ) and verdict and box.values[0] != "–":
        verdict = f"{verdict.partition(':')[0]}, inferred"
    return replace(box, known=known, words=words, verdict=verdict)


def _bells(about: About, bells: tuple[Bell, Bell], hidden: tuple[str, ...]) -> tuple[Bell, Bell]:
    """A doorbell that becomes an eventfd leaves no record."""
    sq, cq = bells
    if "doorbells" in hidden:
        hint = f"{NOT_THERE}."
        return (
            Bell(sq.label, "–", 0.0, sq.traps, hint, 0.0, "–"),
            Bell(cq.label, "–", 0.0, cq.traps, hint, 0.0, "–"),
        )
    if not about.covers(kinds.SQ_DOORBELL):
        sq = replace(sq, hint=_with(sq.hint, "Inferred: no record tells of this doorbell."))
    if not about.covers(kinds.CQ_DOORBELL) and not about.covers(kinds.CQ_KICK):
        hint = f"{NOT_THERE}: an eventfd leaves no record."
        cq = Bell(cq.label, "unseen", 0.0, cq.traps, hint, 0.0, "–")
    return sq, cq


def _controller(about: About, frame: PaneFrame, hidden: tuple[str, ...]) -> Controller:
    now = frame.controller
    if "controller" in hidden:
        return Controller("", Activity.UNKNOWN, "", False, None, 0.0, now.queues, _NONE, _NONE, 0)
    if about.tells(kinds.CTRL_WAKE, kinds.CTRL_SLEEP):
        return now
    # When it sleeps follows only from when it does something.
    words = "how busy it is: not told"
    if not frame.averages:
        resting = now.activity in (Activity.IDLE, Activity.WAKING) or now.words == "working"
        words = "nothing seen" if resting else f"next seen: {now.words}"
    activity = Activity.UNKNOWN
    return replace(
        now, words=words, activity=activity, sleeps=False, shares=_NONE, dial=None, hit=0.0
    )


def _spoken(about: About, spoken: str) -> str:
    if about.tells(kinds.VM_EXIT, kinds.VM_ENTRY):
        return spoken
    return f"{spoken.partition(';')[0]}; what its vCPUs do between doorbells is not known."
