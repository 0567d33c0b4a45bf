"""The picture of a pane at an instant, kept from frame to frame: only what changed is painted anew.

Each part says where it paints and what it paints from. Where a part changed, the static layer comes
back and the part is painted again, with every other that reaches there; so the picture is the one
that painting all of it would give. Tokens are drawn over it, not into it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QPainter, QPixmap

from nvmeviz.ui.painters import center, controller, device, guest, header, rings, wall

if TYPE_CHECKING:
    from collections.abc import Callable

    from nvmeviz.app.present.frame import PaneFrame, Ring
    from nvmeviz.ui.draw.canvas import Canvas
    from nvmeviz.ui.draw.places import PaneLayout
    from nvmeviz.ui.draw.rect import Rect

GLOW = 10.0  # units: what lights up reaches so far beyond its card


@dataclass(frozen=True, slots=True)
class _Part:
    """zones: where it paints; content: all that it paints from, comparable."""

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


def _small(plan: PaneLayout) -> list[Rect]:
    own = [] if plan.admin is None else [plan.admin]
    return [*own, *plan.neighbours, *plan.queues]


def _wall(plan: PaneLayout) -> list[Rect]:
    return [plan.wall.inset(-GLOW * plan.u)]


_PARTS = (
    _Part(header.paint, _head, lambda f: (f.iops, f.chips, f.accent)),
    _Part(guest.paint_lanes, _lanes, lambda f: (f.lanes,)),
    _Part(guest.paint_small, _small, lambda f: (f.queues, f.admin, f.neighbours, f.guest)),
    _Part(rings.paint, lambda p: [p.sq.field, p.cq.field], lambda f: (_ring(f.sq), _ring(f.cq))),
    _Part(center.paint, lambda p: [p.center], lambda f: (f.center, f.accent)),
    _Part(
        wall.paint,
        _wall,
        lambda f: (f.bells, f.lock, f.wall_lit, f.wall_share, f.traps_per_s, f.avoided_per_s),
    ),
    _Part(controller.paint, lambda p: [p.controller], lambda f: (f.controller, f.cup)),
    _Part(
        device.paint,
        lambda p: [p.device],
        lambda f: (f.device.words, f.device.waiting, f.device.channels.tobytes()),
    ),
)


def paint_parts(c: Canvas, frame: PaneFrame, plan: PaneLayout) -> None:
    """Everything but tokens and the dial, over the static layer."""
    for part in _PARTS:
        part.paint(c, frame, plan)
    c.flush()


def around(rect: Rect) -> QRect:
    """Whole logical pixels around a rectangle, with one to spare for smoothed edges."""
    left, top = int(rect.x) - 1, int(rect.y) - 1
    return QRect(left, top, int(rect.right) + 2 - left, int(rect.bottom) + 2 - top)


@lru_cache(maxsize=64)
def _zones(plan: PaneLayout) -> tuple[tuple[QRect, ...], ...]:
    """The zones of every part."""
    return tuple(tuple(around(zone) for zone in part.zones(plan)) for part in _PARTS)


@lru_cache(maxsize=64)
def _touching(plan: PaneLayout) -> tuple[frozenset[int], ...]:
    """For every part those that must be painted with it, itself among them: where zones overlap."""
    zones = _zones(plan)

    def overlap(one: int, other: int) -> bool:
        return any(a.intersects(b) for a in zones[one] for b in zones[other])

    found: list[frozenset[int]] = []
    for number in range(len(zones)):
        group, new = {number}, {number}
        while new:
            new = {n for n in range(len(zones)) if any(overlap(n, m) for m in new)} - group
            group |= new
        found.append(frozenset(group))
    return tuple(found)


class PanePicture:
    """What one pane looks like without tokens."""

    def __init__(self) -> None:
        self._pixmap = QPixmap()
        self._of: tuple[object, ...] = ()
        self._content: tuple[tuple[Any, ...], ...] = ()
        self._asked: tuple[PaneFrame, tuple[tuple[Any, ...], ...]] | None = None

    def of(self, c: Canvas, frame: PaneFrame, plan: PaneLayout, static: QPixmap) -> QPixmap:
        """The picture of `frame`, over the static layer; to be drawn before the next call."""
        of = (id(c), id(plan), static.cacheKey())
        whole = of != self._of or self._pixmap.size() != static.size()
        content = self._content_of(frame)
        dirty = set[int]() if whole else self._dirty(plan, content)
        if not whole and not dirty:
            return self._pixmap
        if self._pixmap.size() != static.size():
            self._pixmap = QPixmap(static.size())
        self._pixmap.setDevicePixelRatio(c.dpr)
        self._of, self._content = of, content
        outer = c.painter
        c.painter = QPainter(self._pixmap)
        try:
            c.painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if whole:
                c.painter.drawPixmap(0, 0, static)
                paint_parts(c, frame, plan)
            else:
                self._repaint(c, frame, plan, static, sorted(dirty))
        finally:
            c.painter.end()
            c.painter = outer
        return self._pixmap

    def _content_of(self, frame: PaneFrame) -> tuple[tuple[Any, ...], ...]:
        if self._asked is None or self._asked[0] is not frame:
            self._asked = (frame, tuple(part.content(frame) for part in _PARTS))
        return self._asked[1]

    def _dirty(self, plan: PaneLayout, content: tuple[tuple[Any, ...], ...]) -> set[int]:
        touching = _touching(plan)
        found: set[int] = set()
        for number, (now, was) in enumerate(zip(content, self._content, strict=True)):
            if now != was:
                found |= touching[number]
        return found

    def changed(
        self, c: Canvas, frame: PaneFrame, plan: PaneLayout, static: QPixmap
    ) -> list[QRect] | None:
        """Where the picture of `frame` differs from the last one drawn; None: everywhere."""
        if (id(c), id(plan), static.cacheKey()) != self._of:
            return None
        content = self._content_of(frame)
        zones = _zones(plan)
        return [zone for number in self._dirty(plan, content) for zone in zones[number]]

    def _repaint(
        self, c: Canvas, frame: PaneFrame, plan: PaneLayout, static: QPixmap, dirty: list[int]
    ) -> None:
        zones, dpr = _zones(plan), c.dpr
        for number in dirty:
            for zone in zones[number]:
                x, y, w, h = zone.getRect()  # pyright: ignore[reportGeneralTypeIssues] - a tuple
                source = QRectF(x * dpr, y * dpr, w * dpr, h * dpr)
                c.painter.drawPixmap(QRectF(zone), static, source)
        for number in dirty:
            _PARTS[number].paint(c, frame, plan)
        c.flush()
