"""The list of findings beside the panes: severity by shape and word, what, where, when, a sentence.

It shows `FindingsFrame`s. A click or Enter on a row goes to where it happened; Esc closes the list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from nvmeviz.app.findings_view import LookAgain, ShowFinding, ToggleFindings
from nvmeviz.app.terms import explained
from nvmeviz.ui import fonts
from nvmeviz.ui.icons import icon
from nvmeviz.ui.panels import hide_panel
from nvmeviz.ui.style import apply_fonts
from nvmeviz.ui.theme import Theme, qcolor
from nvmeviz.ui.tips import explain, markup, told

if TYPE_CHECKING:
    from collections.abc import Callable

    from nvmeviz.app.messages import Message
    from nvmeviz.app.present.findings_frame import FindingRow, FindingsFrame

WIDTH = 340.0  # units
_MARK = 16.0  # units, the side of a severity's shape
_ROW = Qt.ItemDataRole.UserRole


class _Card(QStyledItemDelegate):
    """Shape, severity and rule with the time; below it the place; below that the sentence."""

    def __init__(self, parent: QListWidget, theme: Theme, scale: float) -> None:
        super().__init__(parent)
        self._listing, self._theme, self._scale = parent, theme, scale
        self._strong = fonts.font(fonts.BODY * scale, fonts.SEMIBOLD)
        self._body = fonts.font(fonts.BODY * scale)
        self._small = fonts.font(fonts.CAPTION * scale)

    def _inner(self, width: int) -> int:
        """Room for words in a row of a width: right of the shape."""
        return round(width - (_MARK + 28) * self._scale)

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        row: FindingRow = index.data(_ROW)
        width = self._listing.viewport().width()
        room = QRect(0, 0, self._inner(width), 10_000)
        wrap = Qt.TextFlag.TextWordWrap
        height = QFontMetricsF(self._strong).height() + 18 * self._scale
        height += QFontMetricsF(self._small).boundingRect(room, wrap, row.place).height()
        height += QFontMetricsF(self._body).boundingRect(room, wrap, row.text).height()
        return QSize(width, round(height))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        theme, u = self._theme, self._scale
        row: FindingRow = index.data(_ROW)
        rect: QRect = option.rect  # type: ignore[attr-defined]
        state: QStyle.StateFlag = option.state  # type: ignore[attr-defined]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = state & QStyle.StateFlag.State_Selected
        if chosen or state & QStyle.StateFlag.State_MouseOver:
            focused = chosen and self._listing.hasFocus()
            painter.setPen(qcolor(theme.focus) if focused else Qt.PenStyle.NoPen)
            painter.setBrush(qcolor(theme.hover))
            painter.drawRoundedRect(rect.adjusted(2, 1, -2, -1), 6 * u, 6 * u)
        left, top, side = rect.left() + round(8 * u), rect.top() + round(7 * u), round(_MARK * u)
        color = {"error": theme.text, "warning": theme.text}.get(row.severity, theme.muted)
        mark = icon(row.severity, color, theme.faint, side, painter.device().devicePixelRatioF())
        mark.paint(painter, left, top + round(u), side, side)
        at = QRect(left + side + round(8 * u), top, self._inner(rect.width()), rect.height())
        painter.setFont(self._strong)
        painter.setPen(qcolor(theme.text))
        metrics = QFontMetricsF(self._strong)
        room = at.width() - metrics.horizontalAdvance(f"  {row.time}")
        head = f"{row.severity.capitalize()} · {row.rule}"
        painter.drawText(at, 0, metrics.elidedText(head, Qt.TextElideMode.ElideRight, room))
        painter.setPen(qcolor(theme.muted))
        painter.drawText(at, Qt.AlignmentFlag.AlignRight, row.time)
        at.adjust(0, round(metrics.height() + u), 0, 0)
        painter.setFont(self._small)
        painter.drawText(at, Qt.TextFlag.TextWordWrap, row.place)
        words = QFontMetricsF(self._small).boundingRect(at, Qt.TextFlag.TextWordWrap, row.place)
        at.adjust(0, round(words.height() + u), 0, 0)
        painter.setFont(self._body)
        painter.setPen(qcolor(theme.text))
        painter.drawText(at, Qt.TextFlag.TextWordWrap, row.text)
        painter.restore()


class _Listing(QListWidget):
    """`left` is said at Esc."""

    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentItem():
            self.itemActivated.emit(self.currentItem())
            return
        super().keyPressEvent(event)


class FindingsPanel(QWidget):
    """Findings of all panes."""

    def __init__(self, dispatch: Callable[[Message], None]) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._dispatch = dispatch
        self._frame: FindingsFrame | None = None
        self._look: tuple[Theme, float] | None = None
        self.title = QLabel("Findings")
        self.title.setProperty("font_role", "title")
        self.again = QPushButton("Look again")
        self.again.setToolTip("Look at the runs once more, as far as they are known by now")
        self.again.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.again.clicked.connect(lambda: dispatch(LookAgain()))
        self.close_button = QToolButton()
        self.close_button.setText("✕")
        self.close_button.setToolTip("Close the findings (Ctrl+L)")
        self.close_button.setAccessibleName("Close the findings (Ctrl+L)")
        self.close_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.close_button.clicked.connect(lambda: dispatch(ToggleFindings(False)))
        self.summary, self.empty, self.limits = QLabel(), QLabel(), QLabel()
        for label in (self.summary, self.empty, self.limits):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setProperty("role", "muted")
        for label in (self.title, self.summary):
            explain(label, "findings")
        self.listing = _Listing()
        self.listing.setAccessibleName("Findings, errors first")
        self.listing.setMouseTracking(True)
        self.listing.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.listing.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.listing.itemClicked.connect(self._go)
        self.listing.itemActivated.connect(self._go)
        self.listing.left.connect(lambda: dispatch(ToggleFindings(False)))
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.again)
        head.addWidget(self.close_button)
        self._column = QVBoxLayout(self)
        self._column.addLayout(head)
        self._column.addWidget(self.summary)
        self._column.addWidget(self.empty)
        self._column.addWidget(self.listing, 1)
        self._column.addWidget(self.limits)
        self._column.addStretch(0)
        self.hide()

    def set_look(self, theme: Theme, scale: float) -> None:
        """Colours and sizes."""
        self._look = (theme, scale)
        self.setFixedWidth(round(WIDTH * scale))
        self._column.setContentsMargins(*(round(v * scale) for v in (14, 12, 12, 12)))
        self._column.setSpacing(round(8 * scale))
        before = self.listing.itemDelegate()
        self.listing.setItemDelegate(_Card(self.listing, theme, scale))
        before.deleteLater()  # the list would keep it as long as itself
        self.listing.scheduleDelayedItemsLayout()

    def set_frame(self, frame: FindingsFrame | None) -> None:
        """Show, or hide with None; the same frame again costs nothing."""
        if frame is self._frame:
            return
        before, self._frame = self._frame, frame
        if frame is None:
            hide_panel(self)
            return
        self.setVisible(True)
        for label, text in (
            (self.summary, frame.summary),
            (self.empty, frame.empty),
            (self.limits, frame.limits),
        ):
            label.setText(text)
            label.setVisible(bool(text))
        told(self.limits, f"Rules that can't judge\n{frame.limits_hint}" if frame.limits else "")
        self.listing.setVisible(bool(frame.rows))
        if before is None or before.rows != frame.rows:
            self._fill(frame.rows)
        if before is None:
            if self._look is not None:
                apply_fonts(self, self._look[1])
            if frame.rows and self.listing.currentRow() < 0:
                self.listing.setCurrentRow(0)
            (self.listing if frame.rows else self.again).setFocus()

    def _fill(self, rows: tuple[FindingRow, ...]) -> None:
        """New rows; the one that was chosen stays so, if it is still there."""
        current = self.listing.currentItem()
        chosen: FindingRow | None = current.data(_ROW) if current is not None else None
        key = None if chosen is None else (chosen.pane_id, chosen.rule, chosen.pair, chosen.t_ns)
        self.listing.clear()
        for row in rows:
            item = QListWidgetItem(row.spoken)
            item.setData(_ROW, row)
            severity = explained(f"severity_{row.severity}").replace("\n", ": ", 1)
            rests = f"{severity}\nRests on: {row.facts}"
            item.setToolTip(markup(explained(f"rule:{row.rule}", rests)))
            self.listing.addItem(item)
            if (row.pane_id, row.rule, row.pair, row.t_ns) == key:
                self.listing.setCurrentItem(item)

    def _go(self, item: QListWidgetItem) -> None:
        row: FindingRow = item.data(_ROW)
        self._dispatch(ShowFinding(row.pane_id, row.pair, row.t_ns))
