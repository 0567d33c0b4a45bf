"""What a place in a pane is, in words: for the pointer that rests there."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from nvmeviz.app.present.frame import BatchBox, CellBox, TrapBox
from nvmeviz.ui.painters import hidden
from nvmeviz.ui.painters.guest import neighbour_places

if TYPE_CHECKING:
    from nvmeviz.app.present.frame import CenterBox, PaneFrame, Ring, SmallQueue
    from nvmeviz.ui.draw.places import PaneLayout
    from nvmeviz.ui.draw.rect import Rect


def hint_at(frame: PaneFrame, plan: PaneLayout, x: float, y: float) -> tuple[str, Rect] | None:
    """What stands at a place, and the rectangle that it holds for; None where nothing does."""
    places: list[tuple[Rect, str]] = [
        (plan.iops, frame.iops_hint),
        (plan.title, frame.subtitle),
    ]
    places += [(r, c.hint) for r, c in zip(plan.chips, frame.chips, strict=False)]
    places += [(r, _neighbour_hint(q)) for r, q in neighbour_places(frame, plan)]
    places += [(r, _queue_hint(q)) for r, q in zip(plan.queues, frame.queues, strict=False)]
    places += [(row, lane.hint) for row, lane in zip(plan.lanes, frame.lanes, strict=False)]
    places += [(rect, f"{name}: {hidden.WORDS}.") for name, rect in hidden.places(frame, plan)]
    if plan.admin is not None and frame.admin is not None:
        places.append((plan.admin, _queue_hint(frame.admin)))
    if plan.guest_head.contains(x, y):
        places.append((plan.guest_head, _guest_hint(frame)))
    places += [(plan.sq.field, _ring_hint(frame.sq)), (plan.cq.field, _ring_hint(frame.cq))]
    places += [(r, f"{b.label}: {b.hint}") for r, b in zip(plan.bells, frame.bells, strict=True)]
    places.append((plan.words, f"{frame.controller.name}: {frame.controller.words}"))
    places.append((plan.rate, frame.traps_hint))
    if plan.cup is not None and frame.cup is not None:
        places.append((plan.cup, frame.cup.hint))
    if plan.lock is not None and frame.lock is not None:
        places.append((plan.lock, frame.lock.hint))
    places.append((plan.center, _center_hint(frame.center)))
    return next(((text, rect) for rect, text in places if text and rect.contains(x, y)), None)


def _queue_hint(queue: SmallQueue) -> str:
    name = "admin queue pair" if queue.label == "admin" else f"queue pair {queue.label}"
    trapping = ", its vCPU is in a VM exit" if queue.trapping else ""
    return f"{name}: {queue.fill:.0%} full{trapping}"


def _neighbour_hint(guest: SmallQueue) -> str:
    trapping = ", one of its vCPUs is in a VM exit" if guest.trapping else ""
    return f"{guest.label}: {guest.fill:.0%} of its commands in flight{trapping}"


def _guest_hint(frame: PaneFrame) -> str:
    names = frame.guests
    others = f", one of {len(names)} guests" if len(names) > 1 else ""
    return f"{names[frame.guest]}{others}: {frame.queue_note}"


def _center_hint(box: CenterBox) -> str:
    """All words of the centre box, where some had to be cut."""
    match box:
        case TrapBox():
            parts = (box.headline, box.detail, box.timing, box.note)
        case BatchBox():
            parts = (f"{box.waiting} of {box.batch} wait to ring", box.detail)
        case CellBox():
            parts = (box.words, box.verdict, box.note, *box.notes)
        case _:
            assert_never(box)
    return ", ".join(part for part in parts if part)


def _ring_hint(ring: Ring) -> str:
    shared = f", shared by SQ {ring.shared}" if ring.shared else ""
    where = f"head {ring.head}, tail {ring.tail}"
    phase = ""
    if ring.phase is not None:
        phase = f"; slots before the tail carry phase {ring.phase}, the others {1 - ring.phase}"
    return f"{ring.name}: {ring.size} slots, {where}, {ring.used} used{shared}{phase}"
