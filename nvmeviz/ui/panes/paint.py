"""Paint a pane: the painters in order, over a static layer that is made once per look.

`paint_pane` is a plain function of (painter, frame, size, canvas): the widget, screenshots and
tests call the same one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap

from nvmeviz.app.present.frame import BatchBox, CellBox, PaneFrame
from nvmeviz.ui.draw.layout import pane_layout
from nvmeviz.ui.draw.pixmaps import Lru, make_pixmap
from nvmeviz.ui.draw.places import PaneLayout, PaneShape
from nvmeviz.ui.draw.rect import Rect
from nvmeviz.ui.painters import center, controller, device, guest, header, rings, tokens, wall
from nvmeviz.ui.theme import qcolor, with_alpha

if TYPE_CHECKING:
    from collections.abc import Hashable

    from nvmeviz.ui.draw.canvas import Canvas

_STATIC = (header, guest, rings, wall, controller, device)
_DYNAMIC = (header, guest, rings, center, wall, controller, device)


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
    """The static layer of one pane, made anew when what is on it, size, theme or screen change; and
    in averages the layer above the streams, made anew with them.
    """

    def __init__(self) -> None:
        self._layers: Lru[QPixmap] = Lru(2)
        self._of: tuple[object, ...] = ()
        self._below, self._above = QPixmap(), QPixmap()

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

    def averages(self, c: Canvas, frame: PaneFrame, plan: PaneLayout) -> tuple[QPixmap, QPixmap]:
        """(the pane without streams and dial, the same on glass): until the averages are new."""
        of = (c, plan, frame.flow, frame.center, frame.title)
        if len(of) == len(self._of) and all(a is b for a, b in zip(of, self._of, strict=True)):
            return self._below, self._above
        outer, hints = c.painter, QPainter.RenderHint.Antialiasing
        size = c.dpr * plan.pane.w, c.dpr * plan.pane.h
        if (self._above.width(), self._above.height()) != (round(size[0]), round(size[1])):
            self._above = make_pixmap(plan.pane.w, plan.pane.h, c.dpr, lambda painter: None)
            self._below = make_pixmap(
                plan.pane.w, plan.pane.h, c.dpr, lambda painter: None, "black"
            )
        self._above.setDevicePixelRatio(c.dpr)
        self._above.fill(Qt.GlobalColor.transparent)
        static = self.get(c, frame, plan)
        try:
            c.painter = QPainter(self._above)
            c.painter.setRenderHint(hints)
            for part in _DYNAMIC:
                part.paint(c, frame, plan)
            c.flush()
            c.painter.end()
            c.painter = QPainter(self._below)
            c.painter.drawPixmap(0, 0, static)
            c.painter.drawPixmap(0, 0, self._above)
            c.painter.end()
        finally:
            c.painter = outer
        self._of = of
        return self._below, self._above


def _static_key(c: Canvas, frame: PaneFrame, plan: PaneLayout) -> Hashable:
    sq, cq = frame.sq, frame.cq
    return (
        id(c), id(plan), frame.title, frame.subtitle, frame.accent, frame.provenance, frame.guests,
        frame.guest, frame.queue_note, frame.averages, frame.wall_open, frame.controller.name,
        tuple(chip.label for chip in frame.chips), tuple(lane.label for lane in frame.lanes),
        sq.name, sq.size, bool(sq.sub_note), cq.name, cq.size, bool(cq.sub_note),
        cq.shared,
    )  # fmt: skip


def paint_pane(
    painter: QPainter, frame: PaneFrame, plan: PaneLayout, canvas: Canvas, layers: PaneLayers
) -> None:
    """Paint `frame` at the painter's origin, opaque, over plan.pane."""
    canvas.begin(painter, plan.u)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if frame.flow is not None:
        below, above = layers.averages(canvas, frame, plan)
        painter.drawPixmap(0, 0, below)
        tokens.paint(canvas, frame, plan)
        head, guest = plan.guest_head, plan.guest
        upper = Rect(guest.x, head.bottom, guest.w, max(0, plan.sq.field.y - head.bottom))
        painter.fillRect(QRectF(*plan.center), qcolor(with_alpha(canvas.theme.card, 0.6)))
        for part in (upper, plan.center, plan.wall):  # streams pass under what stands there
            source = QRectF(*(v * canvas.dpr for v in part))
            painter.drawPixmap(QRectF(*part), above, source)
        controller.paint_dial(canvas, frame, plan)
        canvas.end()
        return
    painter.drawPixmap(0, 0, layers.get(canvas, frame, plan))
    for part in _DYNAMIC:
        part.paint(canvas, frame, plan)
    controller.paint_dial(canvas, frame, plan)
    canvas.flush()
    if not canvas.reduced_motion:  # else rings, cells and words alone tell what changed
        tokens.paint(canvas, frame, plan)
    canvas.end()


def layout_for(frame: PaneFrame, width: float, height: float, scale: float) -> PaneLayout:
    """The layout of `frame` in a widget of that size in logical px."""
    return pane_layout(width, height, scale, pane_shape(frame))
