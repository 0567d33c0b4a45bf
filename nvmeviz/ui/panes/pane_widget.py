"""The widget of one pane: paints its frame, and turns clicks, hovering and keys on it into
messages and words.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from nvmeviz.app.messages import Message, SelectQueue
from nvmeviz.ui.draw.canvas import Canvas
from nvmeviz.ui.panes.paint import PaneLayers, layout_for, paint_pane
from nvmeviz.ui.theme import qcolor

if TYPE_CHECKING:
    from nvmeviz.app.present.frame import PaneFrame, Ring
    from nvmeviz.ui.draw.places import PaneLayout
    from nvmeviz.ui.draw.rect import Rect

CanvasFor = Callable[[float], Canvas]


class PaneWidget(QWidget):
    """Shows a `PaneFrame`; `dispatch` takes the messages that input on it makes."""

    def __init__(self, canvas_for: CanvasFor, dispatch: Callable[[Message], None]) -> None:
        super().__init__()
        self._canvas_for, self._dispatch = canvas_for, dispatch
        self._frame: PaneFrame | None = None
        self._plan: PaneLayout | None = None
        self._layers = PaneLayers()
        self._scale = 1.0
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def set_frame(self, frame: PaneFrame, scale: float) -> None:
        """Show `frame` at interface scale `scale`."""
        if frame.spoken != self.accessibleName():
            self.setAccessibleName(frame.spoken)
        self._frame, self._scale = frame, scale
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(620, 660)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 240)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        try:
            self._paint(painter)
        finally:
            painter.end()  # not when Python gets round to it: the next pane paints on the same surface

    def _paint(self, painter: QPainter) -> None:
        canvas = self._canvas_for(self.devicePixelRatioF())
        if self._frame is None:
            painter.fillRect(self.rect(), qcolor(canvas.theme.window))
            return
        self._plan = layout_for(self._frame, self.width(), self.height(), self._scale)
        paint_pane(painter, self._frame, self._plan, canvas, self._layers)
        if self.hasFocus():
            painter.setPen(QPen(qcolor(canvas.theme.focus), 2.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            around = QRectF(self.rect()).adjusted(1, 1, -1, -1)
            painter.drawRoundedRect(around, 10.0 * self._plan.u, 10.0 * self._plan.u)

    # input

    def _queue_at(self, at: QPoint) -> int | None:
        """Which of the small queues is under the pointer."""
        if self._frame is None or self._plan is None:
            return None
        for number, rect in enumerate(self._plan.queues[: len(self._frame.queues)]):
            if rect.contains(at.x(), at.y()):
                return number
        return None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        queue = self._queue_at(event.position().toPoint())
        if queue is not None and event.button() == Qt.MouseButton.LeftButton:
            self._dispatch(SelectQueue(queue))
            return
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        over = self._queue_at(event.position().toPoint()) is not None
        shape = Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor
        if self.cursor().shape() != shape:
            self.setCursor(shape)
        super().mouseMoveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down choose the queue pair."""
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if step is None or self._frame is None or len(self._frame.queues) < 2:
            super().keyPressEvent(event)
            return
        queues = self._frame.queues
        now = next((i for i, q in enumerate(queues) if q.selected), 0)
        self._dispatch(SelectQueue((now + step) % len(queues)))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            assert isinstance(event, QHelpEvent)
            text, around = self.hint_at(event.pos())
            if text:
                QToolTip.showText(event.globalPos(), text, self, around)
            else:
                QToolTip.hideText()
                event.ignore()
            return True
        return super().event(event)

    def hint_at(self, at: QPoint) -> tuple[str, QRect]:
        """What a figure is, for the place under the pointer, and the rectangle it holds for."""
        frame, plan = self._frame, self._plan
        if frame is None or plan is None:
            return "", self.rect()
        places: list[tuple[Rect, str]] = [
            (plan.iops, frame.iops_hint),
            (plan.title, frame.subtitle),
        ]
        places += [(r, c.hint) for r, c in zip(plan.chips, frame.chips, strict=False)]
        places += [
            (r, f"queue pair {q.label}: {q.fill:.0%} full"
             + (", its vCPU is in a VM exit" if q.trapping else ""))
            for r, q in zip(plan.queues, frame.queues, strict=False)
        ]  # fmt: skip
        places += [(plan.sq.field, _ring_hint(frame.sq)), (plan.cq.field, _ring_hint(frame.cq))]
        places += [(r, f"{b.label}: last value written {b.value}")
                   for r, b in zip(plan.bells, frame.bells, strict=True)]  # fmt: skip
        for rect, text in places:
            if text and rect.contains(at.x(), at.y()):
                box = QRectF(*rect).toRect()
                return text, box
        return "", self.rect()


def _ring_hint(ring: Ring) -> str:
    return f"{ring.name}: {ring.size} slots, head {ring.head}, tail {ring.tail}, {ring.used} used"
