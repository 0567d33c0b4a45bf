"""The picture of a pane at an instant, kept from frame to frame: only what changed is painted anew.

Each part says where it paints and what it paints from. Where a part changed, the static layer comes
back and every part that reaches there is painted again, there and nowhere else; so the picture is
the one that painting all of it would give. Tokens are drawn over it, not into it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QPixmap, QRegion

from nvmeviz.ui.painters import center, controller, device, guest, header, rings, wall

if TYPE_CHECKING:
    from collections.abc import Callable

    from nvmeviz.app.present.frame import PaneFrame, Ring
    from nvmeviz.ui.draw.canvas import Canvas
    from nvmeviz.ui.draw.places import PaneLayout
    from nvmeviz.ui.draw.rect import Rect

GLOW, BELL_GLOW = 8.0, 13.0  # units that the wall and a bell light up around them


@dataclass(frozen=True, slots=True)
class _Part:
    """zones: where it paints; content: all that it paints from, comparable, and nothing else: a hint
    may change while the picture does not.
    """

    paint: Callable[[Canvas, PaneFrame, PaneLayout], None]
    zones: Callable[[PaneLayout], list[Rect]]
    content: Callable[[PaneFrame], tuple[Any, ...]]


def _ring(ring: Ring) -> tuple[Any, ...]:
    return (
        ring.name, ring.size, ring.head, ring.tail, ring.note, ring.sub_note, ring.slots.tobytes(),
        ring.arcs, ring.shared, ring.phase,
    )  # fmt: skip


def _head(plan: PaneLayout) -> list[Rect]:
    return [plan.iops, *plan.chips]


def _lanes(plan: PaneLayout) -> list[Rect]:
    return [row.inset(-3 * plan.u) for row in plan.lanes]


def _others(plan: PaneLayout) -> list[Rect]:
    return [*([] if plan.admin is None else [plan.admin]), *plan.neighbours]


def _wall(plan: PaneLayout) -> list[Rect]:
    return [plan.wall, *(bell.inset(-BELL_GLOW * plan.u) for bell in plan.bells)]


def _words(frame: PaneFrame) -> tuple[Any, ...]:
    """What stands on the wall."""
    lock = None if frame.lock is None else (frame.lock.words, frame.lock.held, frame.lock.waiting)
    bells = tuple((b.label, b.value, b.ringing, b.traps, b.avoided, b.short) for b in frame.bells)
    rates = frame.traps_per_s, frame.avoided_per_s
    return bells, lock, _glow(frame), frame.wall_open, rates, frame.hidden


def _glow(frame: PaneFrame) -> tuple[Any, ...]:
    return frame.wall_lit, frame.wall_share


def _controller(frame: PaneFrame) -> tuple[Any, ...]:
    one, cup = frame.controller, frame.cup
    held = None if cup is None else (cup.held, cup.of, cup.words, cup.until, cup.spilled)
    return (
        one.name, one.activity, one.words, one.in_flight, one.in_flight_state, one.more, one.caption,
        one.sleeps, one.shares, held, frame.hidden,
    )  # fmt: skip


_PARTS = (
    _Part(header.paint, _head, lambda f: (f.iops, tuple(chip.value for chip in f.chips), f.accent)),
    _Part(guest.paint_lanes, _lanes, lambda f: (f.lanes,)),
    _Part(guest.paint_others, _others, lambda f: (f.admin, f.neighbours, f.guest)),
    _Part(rings.paint_sq, lambda p: [p.sq.field], lambda f: _ring(f.sq)),
    _Part(rings.paint_cq, lambda p: [p.cq.field], lambda f: _ring(f.cq)),
    _Part(center.paint, lambda p: [p.center], lambda f: (f.center, f.accent)),
    _Part(wall.paint_lit, lambda p: [p.wall.inset(-GLOW * p.u)], _glow),
    _Part(wall.paint_words, _wall, _words),
    _Part(controller.paint, lambda p: [p.controller], _controller),
    _Part(
        device.paint,
        lambda p: [p.device],
        lambda f: (f.device.words, f.device.waiting, f.device.channels.tobytes()),
    ),
)


def _queue(number: int) -> _Part:
    """The small ring of a queue pair."""
    return _Part(
        lambda c, f, p: guest.paint_queue(c, f, p, number),
        lambda p: [p.queues[number]],
        lambda f: f.queues[number : number + 1],
    )


@lru_cache(maxsize=64)
def _parts(plan: PaneLayout) -> tuple[_Part, ...]:
    """In the order in which they are painted."""
    return (*_PARTS, *(_queue(number) for number in range(len(plan.queues))))


def paint_parts(c: Canvas, frame: PaneFrame, plan: PaneLayout) -> None:
    """Everything but tokens and the dial, over the static layer."""
    for part in _parts(plan):
        part.paint(c, frame, plan)
    c.flush()


def around(rect: Rect) -> QRect:
    """Whole logical pixels around a rectangle, with one to spare for smoothed edges."""
    left, top = int(rect.x) - 1, int(rect.y) - 1
    return QRect(left, top, int(rect.right) + 2 - left, int(rect.bottom) + 2 - top)


def _on_screen(rect: QRect, dpr: float) -> QRect:
    """The pixels of the screen that a rectangle touches."""
    x, y, w, h = rect.getRect()  # pyright: ignore[reportGeneralTypeIssues] - a tuple
    left, top = math.floor(x * dpr), math.floor(y * dpr)
    return QRect(left, top, math.ceil((x + w) * dpr) - left, math.ceil((y + h) * dpr) - top)


@lru_cache(maxsize=64)
def _zones(plan: PaneLayout) -> tuple[QRegion, ...]:
    """Where every part paints."""
    found: list[QRegion] = []
    for part in _parts(plan):
        region = QRegion()
        for zone in part.zones(plan):
            region += around(zone)
        found.append(region)
    return tuple(found)


class PanePicture:
    """What one pane looks like without tokens."""

    def __init__(self) -> None:
        self._pixmap = QPixmap()
        self._of: tuple[object, ...] = ()
        self._content: tuple[tuple[Any, ...], ...] = ()
        self._asked: tuple[PaneFrame, PaneLayout, tuple[tuple[Any, ...], ...]] | None = None

    def of(self, c: Canvas, frame: PaneFrame, plan: PaneLayout, static: QPixmap) -> QPixmap:
        """The picture of `frame`, over the static layer; to be drawn before the next call."""
        of = (id(c), id(plan), static.cacheKey())
        whole = of != self._of or self._pixmap.size() != static.size()
        content = self._content_of(frame, plan)
        changed = set[int]() if whole else self._changed(content)
        if not whole and not changed:
            return self._pixmap
        if self._pixmap.size() != static.size():
            self._pixmap = QPixmap(static.size())
        self._of, self._content = of, content
        # What changed is cut out along pixels of the screen, so they are what is counted in.
        self._pixmap.setDevicePixelRatio(c.dpr if whole else 1.0)
        outer = c.painter
        c.painter = QPainter(self._pixmap)
        try:
            c.painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if whole:
                c.painter.drawPixmap(0, 0, static)
                paint_parts(c, frame, plan)
            else:
                _repaint(c, frame, plan, static, changed)
        finally:
            c.painter.end()
            c.painter = outer
        self._pixmap.setDevicePixelRatio(c.dpr)
        return self._pixmap

    def _content_of(self, frame: PaneFrame, plan: PaneLayout) -> tuple[tuple[Any, ...], ...]:
        if self._asked is None or self._asked[0] is not frame or self._asked[1] is not plan:
            self._asked = (frame, plan, tuple(part.content(frame) for part in _parts(plan)))
        return self._asked[2]

    def _changed(self, content: tuple[tuple[Any, ...], ...]) -> set[int]:
        """The parts that are not what they were."""
        pairs = zip(content, self._content, strict=True)
        return {number for number, (now, was) in enumerate(pairs) if now != was}

    def changed(
        self, c: Canvas, frame: PaneFrame, plan: PaneLayout, static: QPixmap
    ) -> QRegion | None:
        """Where the picture of `frame` differs from the last one drawn; None: everywhere."""
        if (id(c), id(plan), static.cacheKey()) != self._of:
            return None
        return _joined(plan, self._changed(self._content_of(frame, plan)))


def _joined(plan: PaneLayout, numbers: set[int]) -> QRegion:
    """The zones of some parts."""
    zones, found = _zones(plan), QRegion()
    for number in numbers:
        found += zones[number]
    return found


def _repaint(
    c: Canvas, frame: PaneFrame, plan: PaneLayout, static: QPixmap, changed: set[int]
) -> None:
    painter, dirty = c.painter, _joined(plan, changed)
    for rect in dirty:  # pyright: ignore[reportGeneralTypeIssues] - it is iterable
        at = _on_screen(rect, c.dpr)
        painter.drawPixmap(at, static, at)
    painter.scale(c.dpr, c.dpr)
    for number, (part, zones) in enumerate(zip(_parts(plan), _zones(plan), strict=True)):
        if number in changed:
            part.paint(c, frame, plan)
            c.flush()
        elif zones.intersects(dirty):
            # One rectangle at a time: with other clips Qt puts pixels elsewhere at broken scales.
            for rect in zones.intersected(dirty):  # pyright: ignore[reportGeneralTypeIssues]
                painter.setWorldMatrixEnabled(False)
                painter.setClipRect(_on_screen(rect, c.dpr))
                painter.setWorldMatrixEnabled(True)
                part.paint(c, frame, plan)
                c.flush()
            painter.setClipping(False)
