"""The widget of one pane: paints its frame, and turns clicks, hovering, dragging and keys on it into
messages and words.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QRegion,
)
from PySide6.QtWidgets import QApplication, QSizePolicy, QToolTip, QWidget

from nvmeviz.app.messages import Follow, Message, SelectPane, SelectQueue
from nvmeviz.app.terms import explained
from nvmeviz.ui.draw.canvas import Canvas
from nvmeviz.ui.painters import tokens
from nvmeviz.ui.painters.guest import guest_places, neighbour_places
from nvmeviz.ui.panes.follow import command_at, follow_point, paint_followed
from nvmeviz.ui.panes.hints import hint_at
from nvmeviz.ui.panes.paint import PaneLayers, changed_region, layout_for, paint_pane
from nvmeviz.ui.panes.waiting import paint_progress, paint_waiting
from nvmeviz.ui.theme import qcolor
from nvmeviz.ui.tips import show_tip

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from nvmeviz.app.present.frame import Choice, PaneFrame, WaitingPane
    from nvmeviz.ui.draw.places import PaneLayout
    from nvmeviz.ui.draw.rect import Rect

# Focus that a person gave, not one that was left over when something else went away.
_BY_PERSON = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.MouseFocusReason,
)
SMALL = 150_000  # pixels of the screen
CanvasFor = Callable[[float], Canvas]


class PaneHost(Protocol):
    """Who the panes stand with: knows the others."""

    def pane_dragged(self, pane: PaneWidget, at: QPoint, *, done: bool) -> None:
        """A pane is being dragged by its head; `at` on the screen."""
        ...

    def pane_menu(self, pane: PaneWidget, at: QPoint) -> None:
        """The pane's menu is wanted at a place on the screen."""
        ...

    def pane_modes(self, pane: PaneWidget, at: QPoint) -> None:
        """The list of doorbell modes is wanted at a place on the screen."""
        ...


class PaneWidget(QWidget):
    """Shows a `PaneFrame`; `dispatch` takes the messages that input on it makes."""

    def __init__(
        self, canvas_for: CanvasFor, dispatch: Callable[[Message], None], host: PaneHost
    ) -> None:
        super().__init__()
        self._canvas_for, self._dispatch, self._host = canvas_for, dispatch, host
        self._frame: PaneFrame | None = None
        self._waiting: WaitingPane | None = None
        self._plan: PaneLayout | None = None
        self._layers = PaneLayers()
        self._scale = 1.0
        self._pressed: QPoint | None = None  # on the head, where a drag may begin
        self._dragged = False
        self._on_command: int | None = None
        self._shows_selection = False
        self._on_screen: PaneFrame | None = None  # what was painted last
        # Where the tokens of a frame stand in a layout.
        self._placed: tuple[PaneFrame, PaneLayout, NDArray[np.float64]] | None = None
        self._places_on_screen = tokens.NOWHERE
        self.pane_id = -1
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def set_frame(self, frame: PaneFrame, scale: float, *, selection: bool = False) -> None:
        """Show `frame` at interface scale `scale`. selection: say whether it is the selected one."""
        if frame.spoken != self.accessibleName():
            self.setAccessibleName(frame.spoken)
        same = scale == self._scale and selection == self._shows_selection
        if same and frame is self._frame:
            return
        self._shows_selection = selection
        self._frame, self._waiting, self._scale = frame, None, scale
        region = self._changed(frame) if same else None
        if region is None:
            self.update()
        elif not region.isEmpty():
            self.update(region)

    def _changed(self, frame: PaneFrame) -> QRegion | None:
        """Where `frame` differs from what is on screen; None: all of it is to be painted."""
        shown, plan = self._on_screen, self._plan
        if shown is None or plan is None:
            return None
        if self.width() * self.height() * self.devicePixelRatioF() ** 2 < SMALL:
            return None  # to copy all of it costs less than to find out
        if any(f.followed is not None or f.about.progress is not None for f in (frame, shown)):
            return None
        if frame.about.selected != shown.about.selected:
            return None
        if layout_for(frame, self.width(), self.height(), self._scale) is not plan:
            return None
        places = self._places(frame, plan)
        canvas = self._canvas_for(self.devicePixelRatioF())
        return changed_region(
            canvas, frame, shown, plan, self._layers, places, self._places_on_screen
        )

    def _places(self, frame: PaneFrame, plan: PaneLayout) -> NDArray[np.float64]:
        """Where tokens stand; found once for a frame in a layout."""
        if self._placed is None or self._placed[0] is not frame or self._placed[1] is not plan:
            self._placed = frame, plan, tokens.places(frame, plan)
        return self._placed[2]

    def set_waiting(self, waiting: WaitingPane, scale: float) -> None:
        """Show that a pane is on its way."""
        self.setAccessibleName(f"{waiting.title}: being simulated")
        self._frame, self._waiting, self._scale, self._plan = None, waiting, scale, None
        self.update()

    @property
    def epochs(self) -> tuple[tuple[Choice, ...], str]:
        """The parts of the trace that it shows, and which one that is."""
        shown = self._frame or self._waiting
        return (shown.about.epochs, shown.about.epoch) if shown is not None else ((), "")

    @property
    def title(self) -> str:
        """What stands in its head."""
        shown = self._frame or self._waiting
        return shown.title if shown is not None else ""

    @property
    def is_simulated(self) -> bool:
        """False when it shows a measured or recorded run, or predicts one."""
        return self._frame is None or self._frame.provenance == "simulated"

    @property
    def accent(self) -> str:
        """The name of its mode's colour."""
        shown = self._frame or self._waiting
        return shown.accent if shown is not None else ""

    def follow_point(self) -> QPointF | None:
        """Where the command that is followed stands in this pane."""
        if self._frame is None or self._plan is None:
            return None
        at = follow_point(self._frame, self._plan)
        return None if at is None else QPointF(*at)

    def follow_lead(self) -> int | None:
        """How many commands of the followed one's queue pair were submitted after it."""
        followed = self._frame.followed if self._frame is not None else None
        return None if followed is None else followed.ahead

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
        frame = self._frame
        if frame is None:
            self._on_screen = None
            painter.fillRect(self.rect(), qcolor(canvas.theme.window))
            if self._waiting is not None:
                paint_waiting(painter, canvas, self._waiting, QRectF(self.rect()), self._scale)
            return
        self._plan = plan = layout_for(frame, self.width(), self.height(), self._scale)
        places = self._places(frame, plan)
        paint_pane(painter, frame, plan, canvas, self._layers, places)
        self._on_screen, self._places_on_screen = frame, places
        if frame.followed is not None or frame.about.progress is not None:
            canvas.begin(painter, plan.u)
            paint_followed(canvas, frame, plan)
            paint_progress(canvas, frame.about.progress, plan.pane)
            canvas.end()
        if self.hasFocus():
            self._outline(painter, canvas.theme.focus, 2.0, plan.u)
        elif frame.about.selected and self._shows_selection:
            self._outline(painter, canvas.theme.muted, 1.5, plan.u)

    def _outline(self, painter: QPainter, color: str, width: float, u: float) -> None:
        painter.setPen(QPen(qcolor(color), width))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 10.0 * u, 10.0 * u)

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

    def _in_head(self, at: QPoint) -> bool:
        """Title, subtitle and rate: what a pane is taken by."""
        plan = self._plan
        top = plan.guest.y if plan is not None else 60.0
        if plan is not None and plan.chips:
            top = plan.chips[0].y
        return 0 <= at.y() < top

    def _in_title(self, at: QPoint) -> bool:
        plan = self._plan
        return plan is not None and plan.title.contains(at.x(), at.y())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.pane_id >= 0:
            self._dispatch(SelectPane(self.pane_id))
        at = event.position().toPoint()
        if event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        queue = self._queue_at(at)
        if queue is not None:
            self._dispatch(SelectQueue(queue))
        elif self._in_head(at):
            self._pressed, self._dragged = at, False
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        if self._pressed is not None:
            far = (at - self._pressed).manhattanLength() >= QApplication.startDragDistance()
            if far or self._dragged:
                self._dragged = True
                self.setCursor(Qt.CursorShape.ClosedHandCursor)
                self._host.pane_dragged(self, event.globalPosition().toPoint(), done=False)
            return
        self._point_at_command(at)
        over = self._queue_at(at) is not None or self._in_title(at) or self._on_command is not None
        shape = Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor
        if self.cursor().shape() != shape:
            self.setCursor(shape)
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        if pressed is None:
            super().mouseReleaseEvent(event)
            return
        self.unsetCursor()
        if self._dragged:
            self._dragged = False
            self._host.pane_dragged(self, event.globalPosition().toPoint(), done=True)
        elif self._in_title(pressed):
            self._host.pane_modes(self, self.mapToGlobal(pressed))

    def _point_at_command(self, at: QPoint) -> None:
        """Resting on a command follows it in every pane; leaving it lets it go."""
        frame, plan = self._frame, self._plan
        number = None
        if frame is not None and plan is not None:
            number = command_at(frame, plan, at.x(), at.y())
        if number == self._on_command:
            return
        self._on_command = number
        if frame is not None:
            self._dispatch(Follow(frame.live.queue, number))

    def leaveEvent(self, event: QEvent) -> None:
        if self._on_command is not None:
            self._on_command = None
            self._dispatch(Follow(0, None))
        super().leaveEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self._dispatch(SelectPane(self.pane_id))
        self._host.pane_menu(self, event.globalPos())
        event.accept()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self.pane_id >= 0 and event.reason() in _BY_PERSON:
            self._dispatch(SelectPane(self.pane_id))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down choose the queue pair; with Shift, the guest."""
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        frame = self._frame
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._plan is not None:
            where = QPoint(round(self._plan.title.x), round(self._plan.title.bottom))
            self._host.pane_modes(self, self.mapToGlobal(where))
            return
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
                show_tip(self, event.pos(), text, around)
            else:
                QToolTip.hideText()
                event.ignore()
            return True
        return super().event(event)

    def hint_at(self, at: QPoint) -> tuple[str, QRect]:
        """What stands under the pointer and means, and the rectangle it holds for."""
        if self._waiting is not None:
            return explained(f"mode:{self._waiting.accent}"), self.rect()
        if self._frame is not None and self._plan is not None:
            canvas = self._canvas_for(self.devicePixelRatioF())
            found = hint_at(canvas, self._frame, self._plan, at.x(), at.y())
            if found is not None:
                return found[0], QRectF(*found[1]).toRect()
        return "", self.rect()
