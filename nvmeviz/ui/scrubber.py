"""The scrubber's widget: paints its frame; clicks, drags, the wheel and keys on it move the
playhead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QFocusEvent,
    QHelpEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from nvmeviz.app.messages import Hold, Message, Seek, SeekMark
from nvmeviz.app.present.scrubber_frame import MARK_TERMS
from nvmeviz.app.terms import explained
from nvmeviz.ui.draw.pixmaps import make_pixmap
from nvmeviz.ui.draw.rect import Rect
from nvmeviz.ui.painters.scrubber import (
    HEIGHT,
    LONGEST_TIME,
    FlagGroup,
    ScrubberPlan,
    flag_groups,
    head_label,
    paint_ground,
    paint_head,
    scrubber_plan,
)
from nvmeviz.ui.theme import qcolor
from nvmeviz.ui.tips import show_tip
from nvmeviz.units import time_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from nvmeviz.app.present.scrubber_frame import ScrubberFrame
    from nvmeviz.ui.draw.canvas import Canvas

NEAR = 11  # units from a flag that still mean it
MOST_LISTED = 10
WHEEL_NOTCH = 120  # eighths of a degree


class ScrubberWidget(QWidget):
    """Shows a `ScrubberFrame`; hidden while there is none."""

    def __init__(
        self, canvas_for: Callable[[float], Canvas], dispatch: Callable[[Message], None]
    ) -> None:
        super().__init__()
        self._canvas_for, self._dispatch = canvas_for, dispatch
        self._frame: ScrubberFrame | None = None
        self._layer: tuple[object, QPixmap] | None = None
        self._grouped: tuple[object, tuple[FlagGroup, ...]] | None = None
        self._scale = 1.0
        self._dragging = False
        self._shown: tuple[object, ...] | None = None
        self._head: QRect | None = None  # where it was painted last
        self._ring = False
        self._turned = 0
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Time line of the run")
        self.hide()

    def set_look(self, scale: float) -> None:
        self._scale = scale
        self.setFixedHeight(round(HEIGHT * scale))
        self._layer = None
        self._shown = None
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(640, round(HEIGHT * self._scale))

    def set_frame(self, frame: ScrubberFrame | None) -> None:
        """Show `frame`."""
        if self.isHidden() != (frame is None):
            self.setHidden(frame is None)
        self._frame = frame
        if frame is not None and frame.spoken != self.accessibleDescription():
            self.setAccessibleDescription(frame.spoken)
        seen = None if frame is None else self._seen(frame)
        if seen is not None and seen == self._shown:
            return
        before, self._shown = self._shown, seen
        was, self._head = self._head, None if frame is None else self._around_head(frame)
        if before is None or seen is None or before[0] != seen[0] or was is None:
            self.update()
        elif self._head is not None:  # the playhead moved on, and the times give way to it
            self.update(was.united(self._head))

    def _around_head(self, frame: ScrubberFrame) -> QRect:
        """Where the playhead is, and what depends on it."""
        c, plan = self._canvas_for(self.devicePixelRatioF()), self.plan()
        c.u = plan.u
        label = head_label(c, plan, frame)
        left, right = label.x - LONGEST_TIME * plan.u, label.right + LONGEST_TIME * plan.u
        return QRect(int(left), 0, int(right - left) + 2, self.height())

    def _seen(self, frame: ScrubberFrame) -> tuple[object, ...]:
        """What decides how it looks: the playhead mostly stays on its pixel."""
        x = self.plan().x(frame.t_ns, frame.ground.range_ns)
        return id(frame.ground), frame.time_text, round(x * self.devicePixelRatioF())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._shown = None  # where the playhead was painted is not where it stands now

    # painting

    def plan(self) -> ScrubberPlan:
        """Where things stand at the present size."""
        panes = 0 if self._frame is None else len(self._frame.ground.strips)
        return scrubber_plan(self.width(), self.height(), self._scale, panes)

    def groups(self) -> tuple[FlagGroup, ...]:
        """The flags as they stand."""
        if self._frame is None:
            return ()
        plan, ground = self.plan(), self._frame.ground
        if self._grouped is None or self._grouped[0] != (plan, ground):
            self._grouped = ((plan, ground), flag_groups(plan, ground))
        return self._grouped[1]

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        try:
            self._paint(painter, Rect(*event.rect().getRect()))  # pyright: ignore[reportGeneralTypeIssues] - a tuple
        finally:
            painter.end()

    def _paint(self, painter: QPainter, shown: Rect) -> None:
        c, frame = self._canvas_for(self.devicePixelRatioF()), self._frame
        if frame is None:
            painter.fillRect(self.rect(), qcolor(c.theme.window))
            return
        plan = self.plan()
        c.begin(painter, plan.u)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawPixmap(0, 0, self._ground(c, plan, frame))
        paint_head(c, plan, frame, shown)
        if self._ring and self.hasFocus():
            painter.setPen(QPen(qcolor(c.theme.focus), 2.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            around = QRectF(self.rect()).adjusted(1, 1, -1, -1)
            painter.drawRoundedRect(around, 6 * plan.u, 6 * plan.u)
        c.end()

    def _ground(self, c: Canvas, plan: ScrubberPlan, frame: ScrubberFrame) -> QPixmap:
        key = (c, plan, frame.ground)
        if self._layer is None or self._layer[0] != key:

            def paint(painter: QPainter) -> None:
                outer, c.painter = c.painter, painter
                paint_ground(c, plan, frame.ground, self.groups())
                c.painter = outer

            size = (plan.all.w, plan.all.h)
            self._layer = (key, make_pixmap(*size, c.dpr, paint, c.theme.window))
        return self._layer[1]

    # input

    def _group_at(self, x: float) -> FlagGroup | None:
        """The flags that stand near a place."""
        near = [group for group in self.groups() if abs(group.x - x) <= NEAR * self._scale]
        return min(near, key=lambda group: abs(group.x - x), default=None)

    def _flag_at(self, at: QPointF) -> FlagGroup | None:
        """The flags under the pointer."""
        return self._group_at(at.x()) if at.y() < self.plan().field.y else None

    def _seek(self, x: float) -> None:
        if self._frame is not None:
            self._dispatch(Seek(self.plan().t_ns(x, self._frame.ground.range_ns)))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._frame is None:
            super().mousePressEvent(event)
            return
        self._dragging = True
        self._dispatch(Hold(held=True))
        group = self._flag_at(event.position())
        if group is None:
            self._seek(event.position().x())
        else:
            self._dispatch(Seek(group.lead.t_ns))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragging and event.buttons() & Qt.MouseButton.LeftButton:
            self._seek(event.position().x())
            return
        self._let_go()  # the button came up elsewhere, over a dialog
        over = self._flag_at(event.position()) is not None
        shape = Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor
        if self.cursor().shape() != shape:
            self.setCursor(shape)
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._let_go()
        super().mouseReleaseEvent(event)

    def _let_go(self) -> None:
        if self._dragging:
            self._dragging = False
            self._dispatch(Hold(held=False))

    def hideEvent(self, event: QHideEvent) -> None:
        self._let_go()
        super().hideEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """From mark to mark; with Ctrl it is the window's, and sizes everything."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()
            return
        turn = event.angleDelta()
        self._turned += turn.y() or turn.x()
        while abs(self._turned) >= WHEEL_NOTCH:
            forward = self._turned < 0
            self._turned += WHEEL_NOTCH if forward else -WHEEL_NOTCH
            self._dispatch(SeekMark(forward))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """PageDown and PageUp: a hundredth of the range on or back, with Shift a tenth."""
        step = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}.get(Qt.Key(event.key()))
        if step is None or self._frame is None:
            super().keyPressEvent(event)
            return
        self._ring = True
        tenth = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        part_ns = self._frame.ground.range_ns // (10 if tenth else 100)
        self._dispatch(Seek(max(0, self._frame.t_ns + step * part_ns)))

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._ring = event.reason() != Qt.FocusReason.MouseFocusReason
        super().focusInEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.WindowDeactivate:
            self._let_go()
        if event.type() == QEvent.Type.ToolTip:
            assert isinstance(event, QHelpEvent)
            self._show_help(event.pos())
            return True
        return super().event(event)

    def _show_help(self, at: QPoint) -> None:
        text, place = self.help_at(at.x(), at.y())
        if text:
            show_tip(self, at, text, QRectF(*place).toRect())

    def help_at(self, x: float, y: float) -> tuple[str, Rect]:
        """What is marked near a place and what that means; else the time, and what stands there."""
        frame, plan = self._frame, self.plan()
        if frame is None:
            return "", plan.all
        says, group = self.hint_at(x), self._group_at(x)
        if group is not None:
            near = NEAR * self._scale
            term = MARK_TERMS[group.lead.kind] if len(group.flags) == 1 else "mark"
            return explained(term, says), Rect(group.x - near, 0, 2 * near, plan.all.h)
        c = self._canvas_for(self.devicePixelRatioF())
        c.u = plan.u
        label, edge = (
            head_label(c, plan, frame),
            plan.x(frame.ground.known_ns, frame.ground.range_ns),
        )
        on_strip = any(strip.inset(-3 * plan.u).contains(x, y) for strip in plan.strips)
        if label.contains(x, y):
            term = "playhead"
        elif edge - 3 * plan.u <= x and plan.field.y <= y < plan.field.bottom:
            term = "live_edge"
        else:
            term = "strip" if on_strip else "time_line"
        return f"{says}\n{explained(term).replace(chr(10), ': ', 1)}", Rect(x - 2, 0, 5, plan.all.h)

    def hint_at(self, x: float) -> str:
        """What is marked near a place, or which time it is there."""
        if self._frame is None:
            return ""
        group = self._group_at(x)
        if group is None:
            return time_text(self.plan().t_ns(x, self._frame.ground.range_ns))
        # The most serious first, when not all can be told.
        told = sorted(group.flags, key=lambda flag: -flag.kind)[:MOST_LISTED]
        lines = [
            f"{time_text(flag.t_ns)} · {flag.title}: {flag.words}"
            for flag in sorted(told, key=lambda flag: (flag.t_ns, flag.pane))
        ]
        more = len(group.flags) - len(told)
        return "\n".join([*lines, *([f"and {more} more"] if more else [])])
