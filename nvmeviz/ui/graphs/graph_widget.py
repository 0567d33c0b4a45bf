"""One graph: a card with a title and a note, pyqtgraph axes, and our curves inside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyqtgraph as pg
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from nvmeviz.ui import fonts
from nvmeviz.ui.graphs.curves import CurvesItem
from nvmeviz.ui.graphs.ticks import tick_step, ticks, x_texts, y_text
from nvmeviz.ui.theme import Theme, qcolor
from nvmeviz.units import si

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QMouseEvent, QWheelEvent

    from nvmeviz.app.present.graph_frame import GraphFrame
    from nvmeviz.ui.draw.canvas import Canvas


class _Plot(pg.PlotWidget):
    """A plot that neither zooms nor pans: ranges come with the frame; the wheel belongs to the
    window.
    """

    def wheelEvent(self, ev: QWheelEvent) -> None:
        ev.ignore()

    def mousePressEvent(self, ev: QMouseEvent) -> None:
        ev.ignore()

    def mouseMoveEvent(self, ev: QMouseEvent) -> None:
        ev.ignore()


class GraphWidget(QWidget):
    """Shows a `GraphFrame`."""

    def __init__(self, canvas_for: Callable[[float], Canvas]) -> None:
        super().__init__()
        self.setObjectName("card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._canvas_for = canvas_for
        self._frame: GraphFrame | None = None
        self._scale = 1.0
        self.title, self.note = QLabel(), QLabel()
        self.note.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._plot = _Plot(enableMenu=False)
        self._plot.setFrameShape(QFrame.Shape.NoFrame)
        self._plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._plot.hideButtons()
        inside = self._plot.getPlotItem()
        assert inside is not None, "a PlotWidget holds a PlotItem"
        self._inside = inside
        self._box = inside.getViewBox()
        self._box.setMouseEnabled(x=False, y=False)
        self._box.disableAutoRange()
        self._box.setDefaultPadding(0.0)
        self._axes = {side: self._plot.getAxis(side) for side in ("left", "bottom")}
        self._item = CurvesItem(self._box)
        self._item.setZValue(10)
        self._box.sigResized.connect(self._resized)
        # A note never widens the card.
        self.note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        head = QHBoxLayout()
        head.addWidget(self.title, 0)
        head.addWidget(self.note, 1)
        self._column = QVBoxLayout(self)
        self._column.addLayout(head)
        self._column.addWidget(self._plot, 1)

    def set_look(self, theme: Theme, scale: float) -> None:
        """Colours, fonts and distances."""
        self._scale = scale
        self.title.setFont(fonts.font(fonts.STRONG * scale, fonts.SEMIBOLD))
        self.note.setFont(fonts.font(fonts.CAPTION * scale))
        self.title.setStyleSheet(f"color: {theme.text}")
        self.note.setStyleSheet(f"color: {theme.muted}")
        self._plot.setBackground(qcolor(theme.pane))
        # Room for half a tick label above the highest and beyond the last one.
        around = (0, round(7 * scale), round(12 * scale), 0)
        self._inside.layout.setContentsMargins(*around)  # pyright: ignore[reportAttributeAccessIssue]
        face = fonts.font(fonts.CAPTION * scale, mono=True)
        for axis in self._axes.values():
            axis.setTickFont(face)
            # pyqtgraph gives ticks an opacity of its own: only the ground's colour hides them.
            axis.setPen(qcolor(theme.pane))
            axis.setTickPen(qcolor(theme.pane))
            axis.setTextPen(qcolor(theme.muted))
            axis.setStyle(
                tickLength=0,
                tickTextOffset=round(6 * scale),
                hideOverlappingLabels=False,
            )
        self._axes["left"].setWidth(round(52 * scale))
        self._axes["bottom"].setHeight(round(22 * scale))
        self._column.setContentsMargins(*(round(v * scale) for v in (14, 9, 16, 6)))
        self._column.setSpacing(round(4 * scale))
        if self._frame is not None:
            self.set_frame(self._frame)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and self._frame is not None:
            self._item.update()

    def _resized(self) -> None:
        self._item.resized()
        if self._frame is not None:
            self.set_frame(self._frame)

    def _fitting(self, words: list[str]) -> str:
        """As many of the words, the first ones, as the note has room for; at least one, cut."""
        metrics, room = QFontMetrics(self.note.font()), self._note_room()
        for count in range(len(words), 1, -1):
            note = " · ".join(words[:count])
            if metrics.horizontalAdvance(note) <= room:
                return note
        return metrics.elidedText(words[0], Qt.TextElideMode.ElideRight, room) if words else ""

    def _note_room(self) -> int:
        """Width beside the title, px."""
        title = QFontMetrics(self.title.font()).horizontalAdvance(self.title.text())
        margins = self._column.contentsMargins()
        return self.width() - margins.left() - margins.right() - title - round(12 * self._scale)

    def set_frame(self, frame: GraphFrame) -> None:
        """Show `frame` now."""
        self._frame = frame
        if self.title.text() != frame.title:
            self.title.setText(frame.title)
        # First what is missing: a curve that is not there must say why. Without any curve the
        # middle of the graph says it.
        some = any(len(s.x) for s in frame.series)
        words = [f"{s.label}: {s.missing}" for s in frame.series if s.missing and some]
        words += [w for w in (frame.note, f"over {frame.x_label}" if frame.x_label else "") if w]
        note = self._fitting(words)
        if self.note.text() != note:
            self.note.setText(note)
        (x0, x1), (y0, y1) = frame.x_range, frame.y_range
        self._box.setRange(xRange=(x0, x1), yRange=(y0, y1), padding=0, disableAutoRange=True)
        xs = ticks(x0, x1, max(2, round(self._box.width() / (110 * self._scale))))
        y_most = max(2, round(self._box.height() / (34 * self._scale)))
        ys = ticks(y0, y1, y_most)
        step = tick_step(y0, y1, y_most)
        texts = x_texts(xs, frame.x_unit, x1)
        self._axes["bottom"].setTicks([list(zip(xs, texts, strict=True))])
        self._axes["left"].setTicks([[(y, y_text(y, frame.y_unit, step)) for y in ys]])
        canvas = self._canvas_for(self.devicePixelRatioF())
        self._item.set_frame(frame, canvas, self._scale, ([], ys))
        spoken = _spoken(frame)
        if spoken != self.accessibleName():
            self.setAccessibleName(spoken)
            self.setToolTip(spoken)


def _spoken(frame: GraphFrame) -> str:
    """The graph in words: the last value of every curve, and the marks."""
    unit = "%" if frame.y_unit == "%" else frame.y_unit
    parts = [
        f"{s.label}: {s.missing}" if s.missing else f"{s.label}: {si(float(s.y[-1]), unit)}"
        for s in frame.series
        if s.missing or len(s.y)
    ]
    parts += [mark.label for mark in frame.marks]
    return "\n".join([frame.title, *parts])
