"""The scenario chooser: a button with the title, and a list that gives each scenario a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from nvmeviz.app.messages import Message, OpenScenario
from nvmeviz.app.terms import explained
from nvmeviz.ui import fonts
from nvmeviz.ui.theme import Theme, qcolor
from nvmeviz.ui.tips import markup

if TYPE_CHECKING:
    from collections.abc import Callable

    from nvmeviz.app.present.frame import Choice

_SENTENCE = Qt.ItemDataRole.UserRole
_NAME = Qt.ItemDataRole.UserRole + 1


class _TwoLines(QStyledItemDelegate):
    """A title and, below it, the sentence, wrapped."""

    def __init__(self, parent: QWidget, theme: Theme, scale: float) -> None:
        super().__init__(parent)
        self._theme, self._scale = theme, scale
        self._title = fonts.font(fonts.BODY * scale, fonts.SEMIBOLD)
        self._body = fonts.font(fonts.BODY * scale)

    def _width(self) -> int:
        return round(400 * self._scale)

    def sizeHint(self, option: QStyleOptionViewItem, index) -> QSize:  # noqa: ANN001
        metrics = QFontMetricsF(self._body)
        pad = 8 * self._scale
        area = QRect(0, 0, self._width() - round(3 * pad), 10_000)
        flags = Qt.TextFlag.TextWordWrap
        body = metrics.boundingRect(area, flags, index.data(_SENTENCE) or "").height()
        return QSize(self._width(), round(QFontMetricsF(self._title).height() + body + 2 * pad))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index) -> None:  # noqa: ANN001
        theme, pad = self._theme, round(8 * self._scale)
        rect: QRect = option.rect  # type: ignore[attr-defined]
        state: QStyle.StateFlag = option.state  # type: ignore[attr-defined]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            painter.setBrush(qcolor(theme.hover))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.drawRoundedRect(rect.adjusted(2, 1, -2, -1), pad * 0.7, pad * 0.7)
        inner = rect.adjusted(round(1.5 * pad), pad, -round(1.5 * pad), -pad)
        painter.setFont(self._title)
        painter.setPen(qcolor(theme.text))
        painter.drawText(inner, Qt.AlignmentFlag.AlignTop, index.data(Qt.ItemDataRole.DisplayRole))
        painter.setFont(self._body)
        painter.setPen(qcolor(theme.muted))
        below = inner.adjusted(0, round(QFontMetricsF(self._title).height()), 0, 0)
        painter.drawText(below, Qt.TextFlag.TextWordWrap, index.data(_SENTENCE))
        painter.restore()


class ScenarioChooser(QPushButton):
    """Dispatches `OpenScenario` for the entry chosen."""

    def __init__(self, dispatch: Callable[[Message], None]) -> None:
        super().__init__()
        self._dispatch = dispatch
        self._choices: tuple[Choice, ...] = ()
        self._look: tuple[Theme, float] | None = None
        self.setAccessibleName("Scenario")
        self.setToolTip("Choose a scenario")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.clicked.connect(self._open)

    def set_look(self, theme: Theme, scale: float) -> None:
        self._look = (theme, scale)

    def set_choices(self, title: str, choices: tuple[Choice, ...]) -> None:
        self._choices = choices
        if title != self.accessibleDescription():
            self.setAccessibleDescription(title)
            self.setToolTip(markup(explained("scenario", title)))
            self.fit_text(self.maximumWidth())

    def fit_text(self, width: int) -> None:
        """Be at most `width` px wide, the title cut with an ellipsis if need be."""
        scale = self._look[1] if self._look is not None else 1.0
        self.setMaximumWidth(width)
        metrics = QFontMetricsF(self.font())
        arrow = "  ▾"
        room = width - 28 * scale - metrics.horizontalAdvance(arrow)
        title = self.accessibleDescription()
        cut = metrics.elidedText(title, Qt.TextElideMode.ElideRight, room)
        if self.text() != cut + arrow:
            self.setText(cut + arrow)

    def _open(self) -> None:
        if self._look is not None:
            at = self.mapToGlobal(QPoint(0, self.height() + 4))
            current = self.accessibleDescription()
            show_choices(self, at, self._look, self._choices, current, self._choose)

    def _choose(self, name: str) -> None:
        self._dispatch(OpenScenario(name))


def show_choices(
    parent: QWidget,
    at: QPoint,
    look: tuple[Theme, float],
    choices: tuple[Choice, ...],
    current: str,
    chosen: Callable[[str], None],
) -> QWidget:
    """A list that gives each choice a sentence, at a place on the screen. current: the title of the
    one in force; chosen: takes the name of the one picked. The list closes itself.
    """
    theme, scale = look
    popup = QWidget(parent, Qt.WindowType.Popup)
    popup.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    listing = QListWidget(popup)
    listing.setMouseTracking(True)
    listing.setItemDelegate(_TwoLines(listing, theme, scale))
    listing.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    listing.setCurrentRow(0)
    for choice in choices:
        item = QListWidgetItem(choice.title)
        item.setData(_SENTENCE, choice.sentence)
        item.setData(_NAME, choice.name)
        listing.addItem(item)
        if choice.title == current:
            listing.setCurrentItem(item)
    box = QVBoxLayout(popup)
    box.setContentsMargins(0, 0, 0, 0)
    box.addWidget(listing)

    def choose(item: QListWidgetItem) -> None:
        popup.close()
        chosen(item.data(_NAME))

    listing.itemClicked.connect(choose)
    listing.itemActivated.connect(choose)
    height = sum(listing.sizeHintForRow(i) for i in range(listing.count())) + round(14 * scale)
    popup.resize(round(430 * scale), min(height, round(460 * scale)))
    room = parent.screen().availableGeometry()
    x = max(room.left(), min(at.x(), room.right() - popup.width()))
    y = max(room.top(), min(at.y(), room.bottom() - popup.height()))
    popup.move(x, y)
    popup.show()
    listing.setFocus()
    return popup
