"""The widget of one pane: paints its frame, and turns clicks, hovering and keys on it into
messages and words.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, assert_never

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from nvmeviz.app.messages import Message, SelectQueue
from nvmeviz.app.present.frame import BatchBox, CellBox, TrapBox
from nvmeviz.ui.draw.canvas import Canvas
from nvmeviz.ui.painters.guest import guest_places, neighbour_places
from nvmeviz.ui.panes.paint import PaneLayers, layout_for, paint_pane
from nvmeviz.ui.theme import qcolor

if TYPE_CHECKING:
    from nvmeviz.app.present.frame import CenterBox, PaneFrame, Ring, SmallQueue
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
        """What a click there selects: a small queue, a guest's first queue."""
        frame, plan = self._frame, self._plan
        if frame is None or plan is None:
            return None
        for queue, rect in zip(frame.queues, plan.queues, strict=False):
            if rect.contains(at.x(), at.y()):
                return queue.index
        if (
            plan.admin is not None
            and frame.admin is not None
            and plan.admin.contains(at.x(), at.y())
        ):
            # A second click goes back to where I/O is.
            return frame.guest_queues[frame.guest] if frame.admin.selected else frame.admin.index
        for rect, one in neighbour_places(frame, plan):
            if rect.contains(at.x(), at.y()):
                return one.index
        if len(frame.guests) > 1 and plan.guest_head.contains(at.x(), at.y()):
            for rect, guest, _ in self._guest_places(frame, plan):
                if rect.contains(at.x(), at.y()):
                    return frame.guest_queues[guest]
        return None

    def _guest_places(
        self, frame: PaneFrame, plan: PaneLayout
    ) -> tuple[tuple[Rect, int, str], ...]:
        canvas = self._canvas_for(self.devicePixelRatioF())
        canvas.u = plan.u
        return guest_places(canvas, frame, plan)

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
        """Up and Down choose the queue pair; with Shift, the guest."""
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        frame = self._frame
        if step is None or frame is None:
            super().keyPressEvent(event)
            return
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            guest = (frame.guest + step) % len(frame.guests)
            self._dispatch(SelectQueue(frame.guest_queues[guest]))
            return
        self._dispatch(SelectQueue(frame.around[0 if step < 0 else 1]))

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
        places += [(r, _neighbour_hint(q)) for r, q in neighbour_places(frame, plan)]
        places += [(r, _queue_hint(q)) for r, q in zip(plan.queues, frame.queues, strict=False)]
        if plan.admin is not None and frame.admin is not None:
            places.append((plan.admin, _queue_hint(frame.admin)))
        if plan.guest_head.contains(at.x(), at.y()):
            places.append((plan.guest_head, _guest_hint(frame)))
        places += [(plan.sq.field, _ring_hint(frame.sq)), (plan.cq.field, _ring_hint(frame.cq))]
        places += [(r, f"{b.label}: {b.hint}")
                   for r, b in zip(plan.bells, frame.bells, strict=True)]  # fmt: skip
        places.append((plan.words, f"{frame.controller.name}: {frame.controller.words}"))
        places.append((plan.rate, frame.traps_hint))
        if plan.cup is not None and frame.cup is not None:
            places.append((plan.cup, frame.cup.hint))
        if plan.lock is not None and frame.lock is not None:
            places.append((plan.lock, frame.lock.hint))
        places.append((plan.center, _center_hint(frame.center)))
        for rect, text in places:
            if text and rect.contains(at.x(), at.y()):
                box = QRectF(*rect).toRect()
                return text, box
        return "", self.rect()


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
