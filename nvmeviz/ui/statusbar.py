"""The bar at the bottom: status, legend of slot states, the main keys; and the notice above it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from nvmeviz.app.glossary import key_shown
from nvmeviz.app.messages import Dismiss, Message
from nvmeviz.app.terms import explained
from nvmeviz.ui.draw.sprites import state_mark
from nvmeviz.ui.tips import explain, show_tip

if TYPE_CHECKING:
    from collections.abc import Callable

    from nvmeviz.ui.theme import Theme

# What the parts of the status are called in the glossary.
_PARTS = (
    ("simulated", "provenance_simulated"),
    ("measured", "provenance_measured"),
    ("recorded", "provenance_recorded"),
    (r"seed \d+", "seed"),
    (r"[^·]* events", "event"),
    (r"1 pane$|1 pane(?= ·)|\d+ panes on one clock", "pane"),
    ("same arrivals|arrivals differ", "same_arrivals"),
    ("panes as you left them", "as_left"),
)
KEYS = "Space play · ← → step · Ctrl ← → marks · [ ] speed · ? keys"


def parts_of(status: str) -> tuple[tuple[int, int, str], ...]:
    """(start, end, term) of what a status tells."""
    return tuple(
        (*found.span(), term) for words, term in _PARTS for found in re.finditer(words, status)
    )


class _Status(QLabel):
    """The status, cut where there is no room for all of it; each part has help of its own."""

    whole = ""

    def event(self, e: QEvent) -> bool:
        if e.type() != QEvent.Type.ToolTip:
            return super().event(e)
        assert isinstance(e, QHelpEvent)
        text, around = self.hint_at(e.pos())
        show_tip(self, e.pos(), text, around)
        return True

    def hint_at(self, at: QPoint) -> tuple[str, QRect]:
        """What the part under the pointer means, and where it stands; else all of the text."""
        width = self.fontMetrics().horizontalAdvance
        for start, end, term in parts_of(self.whole):
            left, right = width(self.whole[:start]), width(self.whole[:end])
            if left <= at.x() < right:
                cut = self.whole if self.text() != self.whole else ""
                return explained(term, cut), QRect(left, 0, right - left, self.height())
        return self.whole, self.rect()


class StatusBar(QWidget):
    """Status at the left, legend in the middle, keys at the right."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("statusbar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._row = QHBoxLayout(self)
        self.status = _Status()
        self.keys = QLabel(KEYS)
        self.keys.setToolTip("The keys used most; ? shows all of them")
        self._legend = QWidget()
        self._legend_row = QHBoxLayout(self._legend)
        self._legend_row.setContentsMargins(0, 0, 0, 0)
        self._marks: list[tuple[int, QLabel]] = []
        self._shown: tuple[tuple[int, str], ...] = ()
        self._status = ""
        self._look: tuple[Theme, float, float] | None = None
        for label in (self.status, self.keys):
            label.setProperty("role", "muted")
            label.setProperty("font_role", "caption")
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.keys.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._row.addWidget(self.status, 1)
        self._row.addWidget(self._legend, 0)
        self._row.addWidget(self.keys, 1)

    def set_look(self, theme: Theme, scale: float, dpr: float) -> None:
        self._look = (theme, scale, dpr)
        self._row.setContentsMargins(*(round(v * scale) for v in (18, 5, 18, 5)))
        self._legend_row.setSpacing(round(6 * scale))
        for state, mark in self._marks:
            mark.setPixmap(state_mark(theme, state, round(11 * scale), dpr))
        self._shed()

    def set_frame(self, status: str, legend: tuple[tuple[int, str], ...]) -> bool:
        """Show; True when the legend was built anew (it then needs fonts)."""
        if status != self._status:
            self._status = self.status.whole = status
            self._fit()
        if legend == self._shown:
            return False
        self._shown = legend
        while item := self._legend_row.takeAt(0):
            if widget := item.widget():
                widget.deleteLater()
        self._marks.clear()
        for state, words in legend:
            mark, label = QLabel(), QLabel(words)
            label.setProperty("role", "muted")
            label.setProperty("font_role", "caption")
            for widget in (mark, label):
                explain(widget, key_shown(words))
            self._marks.append((state, mark))
            self._legend_row.addWidget(mark)
            self._legend_row.addWidget(label)
            self._legend_row.addSpacing(10)
        if self._look is not None:
            self.set_look(*self._look)
        return True

    def resizeEvent(self, event) -> None:  # noqa: ANN001
        super().resizeEvent(event)
        self._shed()
        self._fit()

    def _fit(self) -> None:
        """The status, cut with an ellipsis where there is no room for all of it."""
        metrics = self.status.fontMetrics()
        room = self.status.width() if self.isVisible() else 10_000
        cut = metrics.elidedText(self._status, Qt.TextElideMode.ElideRight, room)
        if cut != self.status.text():
            self.status.setText(cut)

    def _shed(self) -> None:
        if self._look is not None:
            units = self.width() / self._look[1]
            self.keys.setVisible(units >= 1400)
            self._legend.setVisible(units >= 900)


class NoticeBar(QFrame):
    """An error or a hint that stays until it is dismissed."""

    def __init__(self, dispatch: Callable[[Message], None]) -> None:
        super().__init__()
        self.setObjectName("notice")
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.close_button = QToolButton()
        self.close_button.setText("Dismiss")
        self.close_button.setToolTip("Take this notice away (Ctrl+Backspace)")
        self.close_button.setAccessibleName("Dismiss the notice")
        self.close_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.close_button.clicked.connect(lambda: dispatch(Dismiss()))
        self._row = QHBoxLayout(self)
        self._row.addWidget(self.text, 1)
        self._row.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    def set_look(self, scale: float) -> None:
        self._row.setContentsMargins(*(round(v * scale) for v in (14, 5, 16, 5)))

    def set_notice(self, notice: str, *, calm: bool = False) -> None:
        if calm != self.property("calm"):
            self.setProperty("calm", calm)
            self.style().unpolish(self)
            self.style().polish(self)
        if notice != self.text.text():
            self.text.setText(notice)
            self.setAccessibleName(notice)
            self.setVisible(bool(notice))
