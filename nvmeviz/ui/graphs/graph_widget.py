"""One graph: a card with a title and a note, pyqtgraph axes, and our curves inside them.

Enter and a double click enlarge it or bring it back; the menu (right click, Menu key, the dots) does
the rest. What people do goes out as messages; pictures and files are `export`'s.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFontMetrics, QHelpEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from nvmeviz.app.graph_view import EnlargeGraph
from nvmeviz.ui import fonts
from nvmeviz.ui.draw.rect import Rect
from nvmeviz.ui.graphs.axes import Ticks, plan_axes
from nvmeviz.ui.graphs.curves import CurvesItem
from nvmeviz.ui.graphs.graph_menu import graph_menu
from nvmeviz.ui.graphs.help import help_at
from nvmeviz.ui.graphs.ticks import value_text
from nvmeviz.ui.icons import icon
from nvmeviz.ui.theme import Theme, qcolor
from nvmeviz.ui.tips import explain, show_tip

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QWheelEvent

    from nvmeviz.app.messages import Message
    from nvmeviz.app.present.graph_frame import GraphFrame
    from nvmeviz.ui.draw.canvas import Canvas

LEFT_AXIS, BAR_AXIS, BOTTOM_AXIS = 52, 20, 22  # the first tick's text reaches under a bar's axis
OVER = 40  # how far a tick's text may reach beyond its axis
ICON = 13


class _Plot(pg.PlotWidget):
    """A plot that neither zooms nor pans: ranges come with the frame; wheel, clicks and menus belong
    to those around it. `pointed`: where the pointer is, None when it has left.
    """

    pointed = Signal(object)

    def wheelEvent(self, ev: QWheelEvent) -> None:
        ev.ignore()

    def mousePressEvent(self, ev: QMouseEvent) -> None:
        ev.ignore()

    def mouseReleaseEvent(self, ev: QMouseEvent) -> None:
        ev.ignore()

    def mouseDoubleClickEvent(self, ev: QMouseEvent) -> None:
        ev.ignore()

    def contextMenuEvent(self, ev: QContextMenuEvent) -> None:
        ev.ignore()

    def mouseMoveEvent(self, ev: QMouseEvent) -> None:
        self.pointed.emit(self.mapToScene(ev.position().toPoint()))
        ev.ignore()

    def leaveEvent(self, ev: QEvent) -> None:
        self.pointed.emit(None)
        super().leaveEvent(ev)


class GraphWidget(QWidget):
    """Shows a `GraphFrame`."""

    def __init__(
        self, canvas_for: Callable[[float], Canvas], dispatch: Callable[[Message], None]
    ) -> None:
        super().__init__()
        self.setObjectName("card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._canvas_for, self._dispatch = canvas_for, dispatch
        self.frame: GraphFrame | None = None
        self.theme: Theme | None = None
        self._scale = 1.0
        self._icon = ""
        self._ticks: dict[str, Ticks] = {}
        self.title, self.note = QLabel(), QLabel()
        self.note.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.plot = _Plot(enableMenu=False)
        self.plot.setFrameShape(QFrame.Shape.NoFrame)
        self.plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.plot.hideButtons()
        inside = self.plot.getPlotItem()
        assert inside is not None, "a PlotWidget holds a PlotItem"
        self._inside = inside
        self.box = inside.getViewBox()
        self.box.setMouseEnabled(x=False, y=False)
        self.box.disableAutoRange()
        self.box.setDefaultPadding(0.0)
        self.axes = {side: self.plot.getAxis(side) for side in ("left", "bottom")}
        self.item = CurvesItem(self.box)
        self.item.setZValue(10)
        self.box.sigResized.connect(self._resized)
        self.plot.pointed.connect(self._pointed)
        # A note never widens the card.
        self.note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.enlarge, self.more = self._button(), self._button()
        self.enlarge.clicked.connect(self.toggle_enlarged)
        self.more.clicked.connect(lambda: self._open_menu(self.more.rect().bottomLeft()))
        head = QHBoxLayout()
        head.addWidget(self.title, 0)
        for widget, stretch in ((self.note, 1), (self.enlarge, 0), (self.more, 0)):
            head.addWidget(widget, stretch)
        self._head = head
        self._column = QVBoxLayout(self)
        self._column.addLayout(head)
        self._column.addWidget(self.plot, 1)

    def _button(self) -> QToolButton:
        button = QToolButton()
        button.setObjectName("graph_button")
        # The card itself answers Enter and the Menu key: one stop for Tab, not three.
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return button

    # look

    def set_look(self, theme: Theme, scale: float) -> None:
        """Colours, fonts and distances."""
        self.theme, self._scale, self._icon = theme, scale, ""
        self.title.setFont(fonts.font(fonts.STRONG * scale, fonts.SEMIBOLD))
        self.note.setFont(fonts.font(fonts.CAPTION * scale))
        self.title.setStyleSheet(f"color: {theme.text}")
        self.note.setStyleSheet(f"color: {theme.muted}")
        self.plot.setBackground(qcolor(theme.pane))
        # Room for half a tick label above the highest and beyond the last one.
        around = (0, round(7 * scale), round(29 * scale), 0)
        self._inside.layout.setContentsMargins(*around)  # pyright: ignore[reportAttributeAccessIssue]
        face = fonts.font(fonts.CAPTION * scale, mono=True)
        for axis in self.axes.values():
            axis.setTickFont(face)
            # pyqtgraph gives ticks an opacity of its own: only the ground's colour hides them.
            axis.setPen(qcolor(theme.pane))
            axis.setTickPen(qcolor(theme.pane))
            axis.setTextPen(qcolor(theme.muted))
            axis.setStyle(
                tickLength=0,
                tickTextOffset=round(6 * scale),
                hideOverlappingLabels=round(OVER * scale),
            )
        self.axes["bottom"].setHeight(round(BOTTOM_AXIS * scale))
        size, around = round(ICON * scale), round(3 * scale)
        for button in (self.enlarge, self.more):
            button.setIconSize(QSize(size, size))
            button.setFixedSize(size + 2 * around, size + 2 * around)
        self.more.setIcon(icon("more", theme.muted, theme.faint, size, self.devicePixelRatioF()))
        self._head.setSpacing(around)
        self._head.setContentsMargins(0, 0, round(6 * scale), 0)
        self._column.setContentsMargins(*(round(v * scale) for v in (14, 8, 2, 6)))
        self._column.setSpacing(round(3 * scale))
        if self.frame is not None:
            self.set_frame(self.frame)

    def for_paper(self) -> None:
        """Without what only a pointer uses, and with lines rather than cached pixels."""
        self.enlarge.hide()
        self.more.hide()
        self.item.vector = True

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and self.frame is not None:
            self.item.update()

    def _resized(self) -> None:
        self.item.resized()
        if self.frame is not None:
            self.set_frame(self.frame)

    # frames

    def set_frame(self, frame: GraphFrame) -> None:
        """Show `frame` now."""
        self.frame = frame
        title = frame.title
        if frame.pinned and not self.item.vector:
            title += " · pinned"
        if self.title.text() != title:
            self.title.setText(title)
        self._show_icon(frame)
        note = self._fitting(note_words(frame))
        if self.note.text() != note:
            self.note.setText(note)
        explain(self.title, f"graph_{frame.name}", frame.note)
        explain(self.note, "better", " · ".join(note_words(frame)))
        canvas = self._canvas_for(self.devicePixelRatioF())
        left = BAR_AXIS if frame.bars else LEFT_AXIS
        self.axes["left"].setWidth(round(left * self._scale))
        axes = plan_axes(frame, self.box.width(), self.box.height(), self._scale)
        x, y = axes.x_range, axes.y_range
        self.box.setRange(xRange=x, yRange=y, padding=0, disableAutoRange=True)
        self._show_ticks("bottom", axes.bottom)
        self._show_ticks("left", axes.left)
        self.item.set_frame(frame, canvas, self._scale, axes.grid)
        spoken = _spoken(frame)
        if spoken != self.accessibleName():
            self.setAccessibleName(spoken)

    def _show_ticks(self, side: str, ticks: Ticks) -> None:
        """An axis that is given ticks lays all of them out anew, also when they are the same."""
        if self._ticks.get(side) != ticks:
            self._ticks[side] = ticks
            self.axes[side].setTicks([ticks])

    def _show_icon(self, frame: GraphFrame) -> None:
        kind = "shrink" if frame.enlarged else "enlarge"
        if kind == self._icon or self.theme is None:
            return
        self._icon = kind
        size = round(ICON * self._scale)
        made = icon(kind, self.theme.muted, self.theme.faint, size, self.devicePixelRatioF())
        self.enlarge.setIcon(made)
        words = "Back to the row (Esc)" if frame.enlarged else "Fill the workspace (double click)"
        self.enlarge.setToolTip(words)
        self.enlarge.setAccessibleName(f"{frame.title}: {words}")
        self.more.setToolTip("Pin, hide, copy, save")
        self.more.setAccessibleName(f"{frame.title}: pin, hide, copy, save")

    def _fitting(self, words: list[str]) -> str:
        """As many of the words, the first ones, as the note has room for; at least one, cut."""
        metrics, room = QFontMetrics(self.note.font()), self._note_room()
        for count in range(len(words), 1, -1):
            note = " · ".join(words[:count])
            if metrics.horizontalAdvance(note) <= room:
                return note
        return metrics.elidedText(words[0], Qt.TextElideMode.ElideRight, room) if words else ""

    def _note_room(self) -> int:
        """Width beside the title and the buttons, px."""
        title = QFontMetrics(self.title.font()).horizontalAdvance(self.title.text())
        margins = self._column.contentsMargins()
        buttons = 2 * (self.enlarge.width() + self._head.spacing()) * (not self.enlarge.isHidden())
        used = margins.left() + round(8 * self._scale) + title + buttons
        return self.width() - used - round(12 * self._scale)

    # input

    def toggle_enlarged(self) -> None:
        """Fill the workspace, or go back to the row."""
        if self.frame is not None:
            self._dispatch(EnlargeGraph("" if self.frame.enlarged else self.frame.name))

    def _pointed(self, at: QPointF | None) -> None:
        self.item.set_pointer(None if at is None else self.item.mapFromScene(at))

    def _open_menu(self, at: QPoint) -> None:
        if self.frame is not None:
            graph_menu(self, self.frame, self._dispatch).popup(self.more.mapToGlobal(at))

    def event(self, event: QEvent) -> bool:
        if event.type() != QEvent.Type.ToolTip:
            return super().event(event)
        assert isinstance(event, QHelpEvent)
        found = self.help_at(event.pos())
        if found is None:
            QToolTip.hideText()
            event.ignore()
        else:
            show_tip(self, event.pos(), *found)
        return True

    def help_at(self, at: QPoint) -> tuple[str, QRect] | None:
        """What stands under the pointer and means, and where it stands."""
        field = self.box.sceneBoundingRect()
        origin = self.plot.mapTo(self, self.plot.viewport().pos())
        x, y = at.x() - origin.x() - field.x(), at.y() - origin.y() - field.y()
        if self.frame is None or y < 0 or x >= field.width():
            return None
        canvas = self._canvas_for(self.devicePixelRatioF())
        canvas.u = self._scale
        inside = Rect(field.x(), field.y(), field.width(), field.height())
        labels = self.item.label_places()
        moved = {
            label: r._replace(x=r.x + inside.x, y=r.y + inside.y) for label, r in labels.items()
        }
        found = help_at(canvas, self.frame, inside, moved, x + inside.x, y + inside.y)
        if found is None:
            return None
        return found[0], QRectF(*found[1]).translated(origin.x(), origin.y()).toRect()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.toggle_enlarged()
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self.frame is not None:
            graph_menu(self, self.frame, self._dispatch).popup(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self.toggle_enlarged()
            return
        super().keyPressEvent(event)


def note_words(frame: GraphFrame) -> list[str]:
    """What the note says, the most important first: a pane that is missing must say why. Without any
    curve the middle of the graph says it.
    """
    there = {s.label for s in frame.series if len(s.x)}
    gone = {s.label: s.missing for s in frame.series if s.missing and s.label not in there}
    words = [f"{label}: {missing}" for label, missing in gone.items() if there]
    over = f"over {frame.x_label}" if frame.x_label == "machine time" else ""
    return words + [w for w in (*frame.styles, frame.window, frame.note, over) if w]


def _spoken(frame: GraphFrame) -> str:
    """The graph in words: the last value of every curve or the bars, and the marks."""
    parts = [
        f"{s.name}: {s.missing}"
        if s.missing
        else f"{s.name}: {value_text(float(s.y[-1]), frame.y_unit)}"
        for s in frame.series
        if s.missing or len(s.y)
    ]
    for bar in frame.bars:
        total = value_text(sum(bar.values), frame.y_unit)
        parts.append(f"{bar.label}: {bar.missing or total}")
    parts += [mark.label for mark in frame.marks]
    if frame.y_range[0] < 0.0:
        parts.append(frame.note)
    return "\n".join([frame.title, *parts])
