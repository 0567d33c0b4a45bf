"""Paint a pane: the painters in order, over a static layer that is made once per look, and only where
something changed.

`paint_pane` is a plain function of (painter, frame, size, canvas): the widget, screenshots and
tests call the same one.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF
from PySide6.QtGui import QPainter, QPixmap, QRegion

from nvmeviz.app.present.frame import BatchBox, CellBox, PaneFrame
from nvmeviz.ui.draw.layout import pane_layout
from nvmeviz.ui.draw.pixmaps import Lru, make_pixmap
from nvmeviz.ui.draw.places import PaneLayout, PaneShape
from nvmeviz.ui.draw.rect import Rect
from nvmeviz.ui.painters import (
    center,
    controller,
    device,
    guest,
    header,
    hidden,
    rings,
    tokens,
    wall,
)
from nvmeviz.ui.panes.picture import PanePicture, around, paint_parts
from nvmeviz.ui.theme import qcolor, with_alpha

if TYPE_CHECKING:
    from collections.abc import Hashable

    from numpy.typing import NDArray

    from nvmeviz.ui.draw.canvas import Canvas

MOST_PLACES = 80  # of tokens: more of them are all over the pane
Paint = Callable[["Canvas", PaneFrame, PaneLayout], None]
_STATIC = (header, guest, rings, wall, controller, device, hidden)


def pane_shape(frame: PaneFrame) -> PaneShape:
    """What the layout has to make room for."""
    box = frame.center
    kind = "cells" if isinstance(box, CellBox) else "batch" if isinstance(box, BatchBox) else "trap"
    return PaneShape(
        chips=len(frame.chips),
        lanes=max(1, len(frame.lanes)),
        queues=len(frame.queues),
        center=kind,
        channels=len(frame.device.channels),
        polling=frame.controller.poller,
        admin=frame.admin is not None,
        lock=frame.lock is not None,
        cup=frame.cup is not None,
        guests=len(frame.guests),
    )


class PaneLayers:
    """The static layer of one pane, made anew when what is on it, size, theme or screen change; its
    picture at an instant; and in averages the layer above the streams, made anew with them.
    """

    def __init__(self) -> None:
        self._layers: Lru[QPixmap] = Lru(2)
        self._of: tuple[object, ...] = ()
        self._below = QPixmap()
        self._glass: tuple[tuple[QPointF, QPixmap], ...] = ()
        self.picture = PanePicture()

    def get(self, c: Canvas, frame: PaneFrame, plan: PaneLayout) -> QPixmap:
        def make() -> QPixmap:
            outer = c.painter

            def run(painter: QPainter) -> None:
                c.painter = painter
                for part in _STATIC:
                    part.paint_static(c, frame, plan)
                c.flush()

            try:
                return make_pixmap(plan.pane.w, plan.pane.h, c.dpr, run, c.theme.window)
            finally:
                c.painter = outer

        return self._layers.get(_static_key(c, frame, plan), make)

    def averages(
        self, c: Canvas, frame: PaneFrame, plan: PaneLayout
    ) -> tuple[QPixmap, tuple[tuple[QPointF, QPixmap], ...]]:
        """(the pane without streams and dial, what stands above the streams on glass): until the
        averages are new.
        """
        of = (c, plan, frame.flow, frame.center, frame.title)
        if len(of) == len(self._of) and all(a is b for a, b in zip(of, self._of, strict=True)):
            return self._below, self._glass
        static, outer = self.get(c, frame, plan), c.painter
        if self._below.size() != static.size():
            self._below = QPixmap(static.size())
        self._below.setDevicePixelRatio(c.dpr)
        c.painter = QPainter(self._below)
        try:
            c.painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            c.painter.drawPixmap(0, 0, static)
            paint_parts(c, frame, plan)
            c.painter.end()
            self._glass = _glass(c, frame, plan)
        finally:
            c.painter = outer
        self._of = of
        return self._below, self._glass


def _glass(c: Canvas, frame: PaneFrame, plan: PaneLayout) -> tuple[tuple[QPointF, QPixmap], ...]:
    """Lanes and small rings, the box between the rings, the wall's bells and words: where streams
    pass, each with its place.
    """
    card, guest_, head = qcolor(with_alpha(c.theme.card, 0.6)), plan.guest, plan.guest_head
    upper = Rect(guest_.x, head.bottom, guest_.w, max(0, plan.sq.field.y - head.bottom))
    found: list[tuple[QPointF, QPixmap]] = []
    for at, part in (
        (upper, guest.paint),
        (plan.center, center.paint),
        (plan.wall, wall.paint_words),
    ):
        x, y = (math.floor(v * c.dpr) / c.dpr for v in at[:2])  # whole pixels of the screen

        def run(
            painter: QPainter, x: float = x, y: float = y, at: Rect = at, part: Paint = part
        ) -> None:
            c.painter = painter
            painter.translate(-x, -y)
            if at is plan.center:
                painter.fillRect(QRectF(*at), card)  # a veil, for words stand there alone
            part(c, frame, plan)
            c.flush()

        found.append((QPointF(x, y), make_pixmap(at.w + 1, at.h + 1, c.dpr, run)))
    return tuple(found)


def _static_key(c: Canvas, frame: PaneFrame, plan: PaneLayout) -> Hashable:
    sq, cq = frame.sq, frame.cq
    return (
        id(c), id(plan), frame.title, frame.subtitle, frame.accent, frame.provenance, frame.guests,
        frame.guest, frame.queue_note, frame.averages, frame.wall_open, frame.controller.name,
        tuple(chip.label for chip in frame.chips), tuple(lane.label for lane in frame.lanes),
        sq.name, sq.size, bool(sq.sub_note), cq.name, cq.size, bool(cq.sub_note),
        cq.shared, frame.hidden, tuple(chip.inferred for chip in frame.chips),
    )  # fmt: skip


def paint_pane(
    painter: QPainter,
    frame: PaneFrame,
    plan: PaneLayout,
    canvas: Canvas,
    layers: PaneLayers,
    at: NDArray[np.float64] | None = None,
) -> None:
    """Paint `frame` at the painter's origin, opaque, over plan.pane. at: places of its tokens."""
    canvas.begin(painter, plan.u)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if frame.flow is not None:
        below, above = layers.averages(canvas, frame, plan)
        painter.drawPixmap(0, 0, below)
        tokens.paint(canvas, frame, plan)
        for place, picture in above:
            painter.drawPixmap(place, picture)
        controller.paint_dial(canvas, frame, plan)
        canvas.end()
        return
    static = layers.get(canvas, frame, plan)
    painter.drawPixmap(0, 0, layers.picture.of(canvas, frame, plan, static))
    controller.paint_dial(canvas, frame, plan)
    canvas.flush()
    if not canvas.reduced_motion:  # else rings, cells and words alone tell what changed
        tokens.paint(canvas, frame, plan, at)
    canvas.end()


def changed_region(
    c: Canvas, frame: PaneFrame, last: PaneFrame, plan: PaneLayout, layers: PaneLayers,
    now: NDArray[np.float64], before: NDArray[np.float64],
) -> QRegion | None:  # fmt: skip
    """Where `frame` differs from `last`, which is on screen in the same layout: parts that changed,
    the dial, and where tokens stand (now) and stood (before). None: paint all of it.
    """
    if frame.flow is not None or last.flow is not None:
        return None
    c.u = plan.u
    region: QRegion | None = QRegion()
    if frame.sq is not last.sq or frame.lanes is not last.lanes:  # made anew, not only moved on
        region = layers.picture.changed(c, frame, plan, layers.get(c, frame, plan))
    if region is None or len(now) + len(before) > MOST_PLACES:
        return None
    one, other = frame.controller, last.controller
    if plan.dial is not None and (one.dial, one.hit) != (other.dial, other.hit):
        region += around(plan.dial.inset(-8 * plan.u))
    if not c.reduced_motion:
        reach = tokens.REACH * plan.u
        corners = np.concatenate((now, before)) - reach
        side = int(2 * reach) + 3
        for x, y in corners.tolist():
            region += QRect(int(x) - 1, int(y) - 1, side, side)
    return region


def layout_for(frame: PaneFrame, width: float, height: float, scale: float) -> PaneLayout:
    """The layout of `frame` in a widget of that size in logical px."""
    return pane_layout(width, height, scale, pane_shape(frame))
