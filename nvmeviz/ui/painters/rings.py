"""The submission and the completion ring: slots, pointers with their words, the count in the
middle.

Up to 64 slots are sprites, one fragment each; a deeper ring is arcs. The tail's pointer is filled,
the head's hollow.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPen, QPolygonF

from nvmeviz.app.present.frame import PaneFrame, Ring, SlotState
from nvmeviz.ui.draw import canvas as kit
from nvmeviz.ui.draw.places import Spot
from nvmeviz.ui.draw.pointers import PointerPlace, place_pointers
from nvmeviz.ui.draw.rect import Rect
from nvmeviz.ui.draw.sprites import paint_wedge
from nvmeviz.ui.theme import qcolor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nvmeviz.ui.draw.canvas import Canvas
    from nvmeviz.ui.draw.places import PaneLayout, RingPlace

_GRAND = 110.0  # units of radius from which the words in a ring are larger


def paint_static(c: Canvas, frame: PaneFrame, plan: PaneLayout) -> None:
    """Both rings empty, their names."""
    for ring, place in ((frame.sq, plan.sq), (frame.cq, plan.cq)):
        painter = c.painter
        painter.save()
        painter.translate(place.cx, place.cy)
        if len(ring.slots):
            step = 360.0 / ring.size
            sheet = c.wedges(ring.size, place.radius, place.inner)
            gap = sheet.gap
            for slot in range(ring.size):
                start = slot * step + gap / 2
                paint_wedge(painter, c.theme, 0, place.inner, place.radius, start, step - gap)
        else:
            paint_wedge(painter, c.theme, 0, place.inner, place.radius, 0.0, 359.99)
        painter.restore()
        roomy = place.radius >= 52 * c.u
        style = kit.STRONG if roomy else kit.BODY_STRONG
        if place.radius >= _GRAND * c.u:
            style = kit.TITLE
        lift = -7.0 if ring.sub_note and roomy else -2.0
        c.text(place.cx, place.cy + lift * c.u, ring.name, style, c.theme.text, kit.CENTER)
        if ring.shared and roomy:
            above = place.cy + (lift - style.px - 5.0) * c.u
            c.text(place.cx, above, "shared", kit.CAPTION, c.theme.muted, kit.CENTER)


def paint_sq(c: Canvas, frame: PaneFrame, plan: PaneLayout) -> None:
    """Of the SQ: slots that are not free, pointers, counts."""
    _paint_ring(c, frame.sq, plan.sq)


def paint_cq(c: Canvas, frame: PaneFrame, plan: PaneLayout) -> None:
    """The same of the CQ."""
    _paint_ring(c, frame.cq, plan.cq)


def _paint_ring(c: Canvas, ring: Ring, place: RingPlace) -> None:
    if len(ring.slots):
        _paint_slots(c, ring, place)
    else:
        _paint_arcs(c, ring, place)
    if ring.phase is not None:
        _paint_phase(c, ring, place)
    head, tail = place_pointers(place, ring.head, ring.tail, ring.size, c.u)
    _paint_pointer(c, place, head, "head", c.theme.muted, hollow=True)
    _paint_pointer(c, place, tail, "tail", c.theme.text, hollow=False)
    roomy = place.radius >= 52 * c.u
    width = place.inner * 1.7
    shift = 10.0 if ring.sub_note and roomy else 14.0
    style = kit.MONO_BODY if roomy else kit.MONO_CAPTION
    if place.radius >= _GRAND * c.u:
        style, shift = kit.MONO_CELL, shift + 2.0
    if c.mono_width(ring.note, style) > width:
        style = kit.MONO_CAPTION
    note = ring.note
    if c.mono_width(note, style) > width:
        note = note.partition(" /")[0]  # how many, without of how many
    c.mono(place.cx, place.cy + shift * c.u, note, style, c.theme.muted, kit.CENTER, width)
    if ring.sub_note and roomy:
        c.mono(
            place.cx, place.cy + 27 * c.u, ring.sub_note, kit.MONO_CAPTION, c.theme.faint,
            kit.CENTER, width,
        )  # fmt: skip


def _paint_slots(c: Canvas, ring: Ring, place: RingPlace) -> None:
    slots = np.flatnonzero(ring.slots != SlotState.FREE)
    if not len(slots):
        return
    sheet = c.wedges(ring.size, place.radius, place.inner)
    rows = c.fragments.rows(len(slots))
    sheet.fill(rows, place.cx, place.cy, slots, ring.slots[slots])
    c.fragments.draw(c.painter, sheet.pixmap)


def _paint_arcs(c: Canvas, ring: Ring, place: RingPlace) -> None:
    """A deep ring: each run as one piece, never thinner than the eye sees."""
    painter = c.painter
    painter.save()
    painter.translate(place.cx, place.cy)
    step = 360.0 / ring.size
    for arc in ring.arcs:
        if arc.count <= 0 or arc.state == SlotState.FREE:
            continue
        span = min(359.99, max(arc.count * step, 1.2))
        paint_wedge(painter, c.theme, arc.state, place.inner, place.radius, arc.first * step, span)
    painter.restore()


def _paint_phase(c: Canvas, ring: Ring, place: RingPlace) -> None:
    """A thin line inside the slots that carry the phase of this turn: from slot 0 to the tail."""
    if ring.tail == 0:
        return
    radius = place.inner - 3.5 * c.u
    pen = QPen(qcolor(c.theme.faint if ring.phase else c.theme.border_strong), 1.3 * c.u)
    c.painter.setPen(pen)
    c.painter.setBrush(Qt.BrushStyle.NoBrush)
    area = QRectF(place.cx - radius, place.cy - radius, 2 * radius, 2 * radius)
    c.painter.drawArc(area, 90 * 16, -round(5760 * ring.tail / ring.size))


def _paint_pointer(
    c: Canvas, place: RingPlace, at: PointerPlace, word: str, color: str, *, hollow: bool
) -> None:
    u, painter = c.u, c.painter
    turn = np.radians(at.angle)
    ux, uy = float(np.sin(turn)), float(-np.cos(turn))
    length, half = 9.5 * u, 5.2 * u
    base_x, base_y = at.tip_x + ux * length, at.tip_y + uy * length
    triangle = QPolygonF(
        [
            QPointF(at.tip_x, at.tip_y),
            QPointF(base_x - uy * half, base_y + ux * half),
            QPointF(base_x + uy * half, base_y - ux * half),
        ]
    )
    if hollow:
        painter.setPen(QPen(qcolor(color), 1.4 * u))
        painter.setBrush(Qt.BrushStyle.NoBrush)
    else:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(qcolor(color))
    painter.drawPolygon(triangle)
    if at.word is not None:
        c.mono(
            at.word.cx,
            at.word.y + 9.8 * u,
            word,
            kit.MONO_CAPTION,
            color,
            kit.CENTER,
            at.word.w + 2,
        )


def spots(c: Canvas, frame: PaneFrame, plan: PaneLayout, at: tuple[float, float]) -> Iterator[Spot]:
    """What its words mean, and the slot at a place."""
    for ring, place, term in ((frame.sq, plan.sq, "sq"), (frame.cq, plan.cq, "cq")):
        yield from _pointer_spots(ring, place, c.u)
        if math.hypot(at[0] - place.cx, at[1] - place.cy) < place.inner:
            yield from _inner_spots(c, ring, place, term)
        yield from _slot_spot(ring, place, at)
        yield Spot(place.field, term, ring_words(ring))


def _pointer_spots(ring: Ring, place: RingPlace, u: float) -> Iterator[Spot]:
    head, tail = place_pointers(place, ring.head, ring.tail, ring.size, u)
    for at, word, slot in ((head, "head", ring.head), (tail, "tail", ring.tail)):
        says = f"The {word} of {ring.name} is at slot {slot}."
        if at.word is not None:
            yield Spot(at.word, word, says)
        turn, out = math.radians(at.angle), 5 * u
        x, y = at.tip_x + math.sin(turn) * out, at.tip_y - math.cos(turn) * out
        yield Spot(Rect(x - 6 * u, y - 6 * u, 12 * u, 12 * u), word, says)


def _inner_spots(c: Canvas, ring: Ring, place: RingPlace, term: str) -> Iterator[Spot]:
    """The lines in the middle, from the name down."""
    u, roomy = c.u, place.radius >= 52 * c.u
    left, wide, words = place.cx - place.inner, 2 * place.inner, ring_words(ring)
    if ring.shared and roomy:
        top = place.cy - place.inner
        yield Spot(Rect(left, top, wide, place.inner - 19 * u), "shared_cq", words)
    yield Spot(Rect(left, place.cy - place.inner, wide, place.inner), term, words)
    if ring.sub_note and roomy:
        below = Rect(left, place.cy + 17 * u, wide, place.inner)
        yield Spot(below, "in_flight" if term == "sq" else "phase", words)
    yield Spot(
        Rect(left, place.cy, wide, place.inner),
        "room" if term == "sq" else "waits_in_cq",
        words,
    )


def _slot_spot(ring: Ring, place: RingPlace, at: tuple[float, float]) -> Iterator[Spot]:
    """The slot under the pointer."""
    dx, dy = at[0] - place.cx, at[1] - place.cy
    if not place.inner <= math.hypot(dx, dy) <= place.radius:
        return
    slot = int((math.degrees(math.atan2(dx, -dy)) % 360.0) * ring.size / 360.0)
    thick = place.radius - place.inner
    here = Rect(at[0] - thick / 2, at[1] - thick / 2, thick, thick)
    state = ring.state_of(slot)
    term = "unknown" if state is SlotState.UNKNOWN else f"slot_{state.name.lower()}"
    yield Spot(here, term, f"Slot {slot} of {ring.name}.")


def ring_words(ring: Ring) -> str:
    """The ring in figures."""
    shared = f", shared by SQ {ring.shared}" if ring.shared else ""
    where = f"head {ring.head}, tail {ring.tail}"
    phase = ""
    if ring.phase is not None:
        phase = f"; slots before the tail carry phase {ring.phase}, the others {1 - ring.phase}"
    return f"{ring.name}: {ring.size} slots, {where}, {ring.used} used{shared}{phase}"
