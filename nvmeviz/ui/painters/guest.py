"""The guest card: whose it is, what its vCPUs do, and the small rings of its queue pairs.

Activities differ in height as well as in colour: an exit fills the strip, guest code most of it,
idle is a thin line.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPen

from nvmeviz.app.present.frame import OUTSIDE, Activity, Lane, PaneFrame, SmallQueue
from nvmeviz.ui.draw import canvas as kit
from nvmeviz.ui.draw.hatch import paint_lines
from nvmeviz.ui.draw.places import Spot
from nvmeviz.ui.draw.rect import Rect
from nvmeviz.ui.theme import qcolor, with_alpha
from nvmeviz.units import percent, time_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nvmeviz.ui.draw.canvas import Canvas
    from nvmeviz.ui.draw.places import PaneLayout

LABEL_WIDTH = 50.0  # units, of a lane's name
_HEIGHTS = {
    Activity.IDLE: 0.22,
    Activity.GUEST: 0.8,
    Activity.VM_EXIT: 1.0,
    Activity.IRQ: 0.8,
    Activity.WAKING: 0.45,
    Activity.POLLING: 0.6,
    Activity.UNKNOWN: 0.8,
    Activity.LOCK_WAIT: 1.0,
}
_FILLS = 24
_REDS = 8  # steps of a share of time in exits: each is a sprite of its own


def lane_strip(row: Rect, u: float) -> Rect:
    """The strip of a lane's row, right of its name."""
    return Rect(row.x + LABEL_WIDTH * u, row.y, row.w - LABEL_WIDTH * u, row.h)


def paint_static(c: Canvas, frame: PaneFrame, plan: PaneLayout) -> None:
    """Card, names, empty strips."""
    theme, u = c.theme, c.u
    c.box(plan.guest, theme.card, theme.border, 9.0)
    head = plan.guest_head
    c.text_in(head, "GUEST", kit.SECTION, theme.muted)
    for rect, guest, text in guest_places(c, frame, plan):
        selected = guest == frame.guest
        style = kit.CAPTION_STRONG if selected else kit.CAPTION
        c.text_in(rect, text, style, theme.text if selected else theme.faint)
    note = _note(c, frame, plan)
    c.text_in(head, c.fit(note, kit.CAPTION, _note_room(c, frame, plan)), kit.CAPTION, theme.muted,
              kit.RIGHT)  # fmt: skip
    for row, lane in zip(plan.lanes, frame.lanes, strict=False):
        label = Rect(row.x, row.y, (LABEL_WIDTH - 4) * u, row.h)
        c.text_in(label, lane.label, kit.CAPTION, theme.muted)
        strip = lane_strip(row, u)
        c.painter.fillRect(QRectF(*strip), qcolor(with_alpha(theme.track, 0.55)))


def _names_left(c: Canvas, plan: PaneLayout) -> float:
    return plan.guest_head.x + c.text_width("GUEST", kit.SECTION) + 14 * c.u


def _note_room(c: Canvas, frame: PaneFrame, plan: PaneLayout) -> float:
    """Width that the note about the queue pair may have: it leaves room for the shown guest's name
    and for how many others there are.
    """
    others = len(frame.guests) - 1
    left = _names_left(c, plan) + c.text_width(frame.guests[frame.guest], kit.CAPTION_STRONG)
    left += 12 * c.u + (c.text_width(f"+{others}", kit.CAPTION) + 8 * c.u if others else 0.0)
    return max(0.0, plan.guest_head.right - left)


def _note(c: Canvas, frame: PaneFrame, plan: PaneLayout) -> str:
    """The note in the longest form that leaves room for all guests' names, or at least for one."""
    full = frame.queue_note
    forms = (full, full.removeprefix("queue "), full.partition(" · ")[0])
    if frame.averages:
        both = (f"{form} · {frame.averages}" for form in forms)
        shorter = frame.averages.replace(" of the last", ",")
        forms = (*both, frame.averages, shorter, frame.averages.partition(" ")[0])
    named = frame.guests
    if len(plan.neighbours) >= len(named):  # the others stand as rings below
        named = named[frame.guest : frame.guest + 1]
    names = sum(c.text_width(name, kit.CAPTION_STRONG) + 8 * c.u for name in named)
    room = _note_room(c, frame, plan)
    beside_all = min(room, plan.guest_head.right - _names_left(c, plan) - names - 4 * c.u)
    for limit in (beside_all, room):
        for form in forms:
            if c.text_width(form, kit.CAPTION) <= limit:
                return form
    return forms[-1]


def guest_places(
    c: Canvas, frame: PaneFrame, plan: PaneLayout
) -> tuple[tuple[Rect, int, str], ...]:
    """(place, guest, text) of the guests' names: those around the shown one that fit.

    A last place says how many are left out; its guest is the next one not named.
    """
    u, head, names = c.u, plan.guest_head, frame.guests
    if len(plan.neighbours) >= len(names):  # all stand as rings below
        name = names[frame.guest]
        width = c.text_width(name, kit.CAPTION_STRONG) + 1
        return ((Rect(_names_left(c, plan), head.y, width, head.h), frame.guest, name),)
    left, gap = _names_left(c, plan), 8 * u
    note = min(c.text_width(_note(c, frame, plan), kit.CAPTION), _note_room(c, frame, plan))
    room = head.right - note - 4 * u - left
    widths = [c.text_width(name, kit.CAPTION_STRONG) for name in names]
    chosen = [frame.guest]
    for guest in _nearest(frame.guest, len(names)):
        more = len(names) - len(chosen) - 1
        left_out = c.text_width(f"+{more}", kit.CAPTION) + gap if more else 0.0
        if sum(widths[i] + gap for i in (*chosen, guest)) + left_out > room:
            break
        chosen.append(guest)
    places, x = [], left
    for guest in sorted(chosen):
        places.append((Rect(x, head.y, widths[guest] + 1, head.h), guest, names[guest]))
        x += widths[guest] + gap
    more = len(names) - len(chosen)
    if more:
        following = (max(chosen) + 1) % len(names)
        width = min(c.text_width(f"+{more}", kit.CAPTION) + 1, max(0.0, head.right - x))
        places.append((Rect(x, head.y, width, head.h), following, f"+{more}"))
    return tuple(places)


def neighbour_places(frame: PaneFrame, plan: PaneLayout) -> tuple[tuple[Rect, SmallQueue], ...]:
    """(place, guest) of the guests' small rings: those around the shown one."""
    room, count = len(plan.neighbours), len(frame.neighbours)
    first = max(0, min(frame.guest - room // 2, count - room))
    return tuple(zip(plan.neighbours, frame.neighbours[first:], strict=False))


def _nearest(guest: int, count: int) -> list[int]:
    """The other guests, those after it and before it in turn."""
    return sorted((i for i in range(count) if i != guest), key=lambda i: (abs(i - guest), -i))


def paint(c: Canvas, frame: PaneFrame, plan: PaneLayout) -> None:
    """Spans of every lane, the edge of now, the small queues."""
    paint_lanes(c, frame, plan)
    paint_others(c, frame, plan)
    for number in range(len(plan.queues)):
        paint_queue(c, frame, plan, number)


def paint_lanes(c: Canvas, frame: PaneFrame, plan: PaneLayout) -> None:
    """What the vCPUs did until now."""
    for row, lane in zip(plan.lanes, frame.lanes, strict=False):
        _paint_lane(c, lane, lane_strip(row, c.u))


def paint_others(c: Canvas, frame: PaneFrame, plan: PaneLayout) -> None:
    """The small rings of the admin pair and of the guests."""
    if plan.admin is not None and frame.admin is not None:
        _paint_queue(c, plan.admin, frame.admin)
    for rect, one in neighbour_places(frame, plan):
        _paint_queue(c, rect, one)


def paint_queue(c: Canvas, frame: PaneFrame, plan: PaneLayout, number: int) -> None:
    """The small ring of a queue pair, by its place."""
    if number < len(frame.queues):
        _paint_queue(c, plan.queues[number], frame.queues[number])


def _paint_lane(c: Canvas, lane: Lane, strip: Rect) -> None:
    theme, painter, dpr = c.theme, c.painter, c.dpr
    fill = painter.fillRect
    gap = 1.0 / dpr
    for span in lane.spans:
        left = round((strip.x + strip.w * span.start) * dpr) / dpr
        right = round((strip.x + strip.w * span.end) * dpr) / dpr
        width = right - left - gap
        if width <= 0:
            if span.activity not in OUTSIDE:
                continue
            width = gap  # an exit never vanishes
        high = round(strip.h * _HEIGHTS[span.activity])
        top = strip.y + round((strip.h - high) / 2)
        color = theme.activities[span.activity]
        if span.activity == Activity.UNKNOWN:
            _paint_unknown(c, Rect(left, top, width, high), color)
            continue
        fill(QRectF(left, top, width, high), qcolor(color))
        if span.activity == Activity.LOCK_WAIT and width > 3 * gap:
            # Stopped, and nobody works for it: the strip of an exit with a gap along its middle.
            line = max(gap, round(2.0 * c.u))
            middle = top + round((high - line) / 2)
            fill(QRectF(left, middle, width, line), qcolor(theme.card))
    now = theme.activities[lane.now]
    fill(QRectF(strip.right, strip.y - 1, 2 * c.u, strip.h + 2), qcolor(now))


def _paint_unknown(c: Canvas, at: Rect, color: str) -> None:
    """A stretch of which the log tells nothing: hatched."""
    painter, area = c.painter, QRectF(*at)
    painter.fillRect(area, qcolor(with_alpha(color, 0.2)))
    painter.save()
    painter.setClipRect(area, Qt.ClipOperation.IntersectClip)
    paint_lines(painter, area, color, 6 * c.u, max(1.0, c.u))
    painter.restore()


def _paint_queue(c: Canvas, rect: Rect, queue: SmallQueue) -> None:
    level = round(min(1.0, max(0.0, queue.fill)) * _FILLS)
    red = math.ceil(_REDS * queue.share) if queue.trapping else 0
    key = ("queue", queue.label, level, red, queue.selected)
    c.blit(
        rect.x, rect.y,
        c.sprite(key, rect.w, rect.h, lambda: _draw_queue(c, rect, queue, level, red / _REDS)),
    )  # fmt: skip


def _draw_queue(c: Canvas, rect: Rect, queue: SmallQueue, level: int, red: float) -> None:
    """red: 0..1, how strongly its exits show; in averages, the share of time."""
    theme, u, painter = c.theme, c.u, c.painter
    box = Rect(0, 0, rect.w, rect.h)
    if queue.selected and red < 1.0:
        c.box(box, theme.raised, theme.border_strong, 7.0)
    if red:
        painter.setOpacity(red)
        c.box(box, theme.wall_lit, theme.vm_exit, 7.0, 1.6)
        painter.setOpacity(1.0)
    d = min(18.0 * u, rect.h - 6 * u)
    around = QRectF(5 * u, rect.h / 2 - d / 2, d, d)
    pen = QPen(qcolor(theme.track if theme.name != "contrast" else theme.border), 3.4 * u)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    inner = around.adjusted(2 * u, 2 * u, -2 * u, -2 * u)
    painter.drawEllipse(inner)
    pen.setColor(qcolor(theme.activities[Activity.GUEST]))
    painter.setPen(pen)
    painter.drawArc(inner, 90 * 16, -int(360 * 16 * level / _FILLS))
    if red:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(qcolor(with_alpha(theme.vm_exit, red)))
        painter.drawEllipse(QPointF(around.center()), 3.0 * u, 3.0 * u)
    room = rect.w - around.right() - 8 * u
    if room > 6 * u:
        color = theme.text if queue.selected else theme.muted
        text = Rect(around.right() + 5 * u, 0, room, rect.h)
        c.text_in(text, queue.label, kit.CAPTION_STRONG, color)


_DOES = {
    Activity.IDLE: "idle",
    Activity.GUEST: "vcpu_guest",
    Activity.VM_EXIT: "vm_exit",
    Activity.IRQ: "interrupt",
    Activity.WAKING: "waking",
    Activity.POLLING: "guest_polls",
    Activity.UNKNOWN: "unknown",
    Activity.LOCK_WAIT: "lock_wait",
}


def spots(c: Canvas, frame: PaneFrame, plan: PaneLayout, at: tuple[float, float]) -> Iterator[Spot]:
    """What its words mean, and what the vCPU did at a place of its strip."""
    if plan.admin is not None and frame.admin is not None:
        yield Spot(plan.admin, "admin_queue", _queue_words(frame.admin))
    for rect, one in neighbour_places(frame, plan):
        trapping = ", one of its vCPUs is in a VM exit" if one.trapping else ""
        says = f"{one.label}: {one.fill:.0%} of its commands in flight{trapping}"
        yield Spot(rect, "guest", says)
    for rect, queue in zip(plan.queues, frame.queues, strict=False):
        yield Spot(rect, "queue_pair", _queue_words(queue))
    for row, lane in zip(plan.lanes, frame.lanes, strict=False):
        yield from _lane_spots(row, lane_strip(row, c.u), lane, at[0], bool(frame.averages))
    yield from _head_spots(c, frame, plan)


def _head_spots(c: Canvas, frame: PaneFrame, plan: PaneLayout) -> Iterator[Spot]:
    """The note at the right end, its last part over which time averages are; then the guests."""
    head, whole = plan.guest_head, _note(c, frame, plan)
    note, room = c.fit(whole, kit.CAPTION, _note_room(c, frame, plan)), frame.guests[frame.guest]
    others = f", one of {len(frame.guests)} guests" if len(frame.guests) > 1 else ""
    if frame.averages:
        wide = c.text_width(note.rpartition(" · ")[2], kit.CAPTION)
        yield Spot(head._replace(x=head.right - wide, w=wide), "averages", f"{frame.averages}.")
    wide = c.text_width(note, kit.CAPTION)
    pair = "admin_queue" if frame.admin is not None and frame.admin.selected else "queue_pair"
    yield Spot(head._replace(x=head.right - wide, w=wide), pair, f"{room}: {frame.queue_note}")
    yield Spot(head, "guest", f"{room}{others}: {frame.queue_note}")


def _lane_spots(row: Rect, strip: Rect, lane: Lane, x: float, averages: bool) -> Iterator[Spot]:
    """The name, then what was so at x of the strip."""
    last = f"the last {time_text(lane.window_ns)}"
    whole = f"{lane.label}: the strip is {last} of machine time. {lane.hint}".strip()
    for span in lane.spans:
        left, wide = strip.x + strip.w * span.start, strip.w * (span.end - span.start)
        if left <= x < left + max(1.0, wide):
            share = percent(span.end - span.start)
            says = f"{lane.label}: {share} of {last}." if averages else f"{lane.label}. {lane.hint}"
            yield Spot(Rect(left, row.y, max(1.0, wide), row.h), _DOES[span.activity], says.strip())
    yield Spot(row, "vcpu", whole)


def _queue_words(queue: SmallQueue) -> str:
    name = "admin queue pair" if queue.label == "admin" else f"queue pair {queue.label}"
    trapping = ", its vCPU is in a VM exit" if queue.trapping else ""
    return f"{name}: {queue.fill:.0%} full{trapping}"
