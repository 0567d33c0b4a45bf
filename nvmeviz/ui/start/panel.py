"""The start page at the left of the panes: what is seen, a file to open, files opened last, and cards
of all scenarios and sample traces.

It shows `StartFrame`s. Where the window has no room for it beside the panes it lies over them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from nvmeviz.app.messages import OpenScenario
from nvmeviz.app.start_view import ToggleStart
from nvmeviz.ui.panels import hide_panel
from nvmeviz.ui.start.cards import CardButton, FileRow
from nvmeviz.ui.style import apply_fonts

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QResizeEvent

    from nvmeviz.app.messages import Message
    from nvmeviz.app.present.about import Choice
    from nvmeviz.app.present.start_frame import StartCard, StartFrame
    from nvmeviz.ui.theme import Theme

WIDTH = 332.0  # units
LEAST_ROOM = 960.0  # units: in a narrower window it lies over the panes
SENTENCES_STAY = 500.0  # units: in a lower page they scroll with the rest
_MARGIN, _BAR = 14.0, 14.0  # units: at the left; what the scroll bar has at the right


class StartPanel(QWidget):
    """`dispatch` takes messages, `perform_command` names of window commands."""

    def __init__(
        self, dispatch: Callable[[Message], None], perform_command: Callable[[str], None]
    ) -> None:
        super().__init__()
        self.setObjectName("start")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._dispatch = dispatch
        self._frame: StartFrame | None = None
        self._look: tuple[Theme, float] | None = None
        self._stand: tuple[QWidget, QHBoxLayout] | None = None
        self._numbers: list[QLabel] = []
        self.sentences: list[QLabel] = []
        self.recent: list[FileRow] = []
        self.cards: list[CardButton] = []
        self.title = _heading("What you see")
        self.close_button = QToolButton()
        self.close_button.setText("✕")
        self.close_button.setToolTip("Close the start page (F2 opens it again)")
        self.close_button.setAccessibleName("Close the start page (F2 opens it again)")
        self.close_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.close_button.clicked.connect(lambda: dispatch(ToggleStart(False)))
        self.open_last = _heading("Opened last")
        self.open = QPushButton("Open a file …")
        self.open.setProperty("role", "primary")
        self.open.setToolTip("A scenario, a recording, or the traces of a run (Ctrl+O)")
        self.open.setAccessibleName("Open a file: a scenario, a recording or traces (Ctrl+O)")
        self.open.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.open.clicked.connect(lambda: perform_command("open"))
        self._see = QWidget()
        self._see_grid, self._recent_column = QGridLayout(self._see), QVBoxLayout()
        self._cards_columns = (QVBoxLayout(), QVBoxLayout())
        scenarios, traces = _heading("Scenarios"), _heading("Real traces")
        self._headings = (self.open_last, scenarios, traces)
        inside = QWidget()
        self._inside = QVBoxLayout(inside)
        for part in (
            self.open, _note("or drop it anywhere in the window"),
            self.open_last, self._recent_column,
            scenarios, _note("Each plays at once when it is chosen."),
            self._cards_columns[0],
            traces, _note("Recorded on a real machine and read from its logs."),
            self._cards_columns[1],
        ):  # fmt: skip
            if isinstance(part, QWidget):
                self._inside.addWidget(part)
            else:
                self._inside.addLayout(part)
        self._inside.addStretch(1)
        self.page = QScrollArea()
        self.page.setAccessibleName("Start page: files and scenarios")
        self.page.setWidgetResizable(True)
        self.page.setFrameShape(QFrame.Shape.NoFrame)
        self.page.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.page.setWidget(inside)
        self._head = QHBoxLayout()
        self._head.addWidget(self.title, 1)
        self._head.addWidget(self.close_button)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addLayout(self._head)
        self._column.addWidget(self._see)
        self._column.addWidget(self.page, 1)
        self.hide()

    # place

    def stand_in(self, ground: QWidget, row: QHBoxLayout) -> None:
        """At the left of `row`, the layout of `ground`, or over it where there is no room for both."""
        self._stand = (ground, row)
        row.insertWidget(0, self)
        ground.installEventFilter(self)

    def has_room(self, width: int, scale: float) -> bool:
        """True when a window of that width (px) holds it beside the panes."""
        return width >= LEAST_ROOM * scale

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def _place(self) -> None:
        if self._stand is None or self._look is None:
            return
        (ground, row), scale = self._stand, self._look[1]
        width = min(round(WIDTH * scale), ground.width())
        self.setFixedWidth(width)
        beside, stands = self.has_room(ground.width(), scale), row.indexOf(self) >= 0
        if beside and not stands:
            row.insertWidget(0, self)
        elif not beside:
            if stands:
                row.removeWidget(self)
            self.setGeometry(0, 0, width, ground.height())
            self.raise_()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_sentences()

    def _place_sentences(self) -> None:
        """Above the cards, so that they are read while one goes through those; among what scrolls
        where they would leave it no room.
        """
        if self._look is None:
            return
        scale = self._look[1]
        stay = self.height() >= SENTENCES_STAY * scale
        if stay != (self._column.indexOf(self._see) >= 0):
            old, new, place = (
                (self._inside, self._column, 1) if stay else (self._column, self._inside, 0)
            )
            old.removeWidget(self._see)
            new.insertWidget(place, self._see)
        # 1: the edge that shows the focus.
        left, right = (_MARGIN + 1, _BAR - 1) if stay else (0.0, 0.0)
        self._see_grid.setContentsMargins(*(round(v * scale) for v in (left, 0, right, 10)))

    # look

    def set_look(self, theme: Theme, scale: float) -> None:
        """Colours and sizes."""
        self._look = (theme, scale)
        self._head.setContentsMargins(*(round(v * scale) for v in (_MARGIN + 1, 10, 10, 6)))
        self._inside.setContentsMargins(*(round(v * scale) for v in (_MARGIN, 6, 0, 14)))
        for label in self._headings:
            label.setContentsMargins(0, round(12 * scale), 0, 0)
        self._inside.setSpacing(round(6 * scale))
        self._see_grid.setHorizontalSpacing(round(8 * scale))
        self._see_grid.setVerticalSpacing(round(8 * scale))
        self._recent_column.setSpacing(round(2 * scale))
        for column in self._cards_columns:
            column.setSpacing(round(9 * scale))
        for button in (*self.recent, *self.cards):
            button.set_look(theme, scale, self._inner())
        self._wrap()
        self._place()
        self._place_sentences()

    def _inner(self) -> int:
        """Width of what stands in the page, px."""
        assert self._look is not None
        return round((WIDTH - _MARGIN - _BAR) * self._look[1])

    def _wrap(self) -> None:
        """Sentences and the button are as wide as the cards."""
        if self._look is not None:
            for label in self.sentences:
                label.setFixedWidth(self._inner() - round(24 * self._look[1]))
            self.open.setFixedWidth(self._inner())

    # frames

    def set_frame(self, frame: StartFrame | None) -> None:
        """Show, or hide with None; the same frame again costs nothing."""
        if frame is self._frame:
            return
        before, self._frame = self._frame, frame
        if frame is None:
            hide_panel(self)
            return
        if before is None or before.see != frame.see:
            self._fill_sentences(frame.see)
        if before is None or before.recent != frame.recent:
            self._fill_recent(frame.recent)
        if not self.cards:
            for column, cards in zip(
                self._cards_columns, (frame.scenarios, frame.samples), strict=True
            ):
                self._fill_cards(column, cards)
        for button in self.cards:
            button.set_current(button.card.source == frame.current)
        self.setVisible(True)
        self._place()
        if before is None:
            self.page.setFocus()
        if before is None or before.current != frame.current:
            QTimer.singleShot(0, self, self._show_current)  # once the cards have their places

    def _show_current(self) -> None:
        """Scroll to the card of what is open, wherever it was opened from."""
        for button in self.cards:
            if self._frame is not None and button.card.source == self._frame.current:
                self.page.ensureWidgetVisible(button, 0, 0)

    def _fill_sentences(self, see: tuple[str, ...]) -> None:
        for old in (*self._numbers, *self.sentences):
            self._see_grid.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._numbers, self.sentences = [], []
        for number, text in enumerate(see):
            count, label = QLabel(f"{number + 1}"), QLabel(text)
            count.setProperty("font_role", "strong")
            count.setProperty("role", "number")
            count.setAlignment(Qt.AlignmentFlag.AlignTop)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            self._see_grid.addWidget(count, number, 0)
            self._see_grid.addWidget(label, number, 1)
            self._numbers.append(count)
            self.sentences.append(label)
        self._see.setVisible(bool(see))
        self._wrap()
        self._refont()

    def _fill_recent(self, recent: tuple[Choice, ...]) -> None:
        for old in self.recent:
            self._recent_column.removeWidget(old)
            old.hide()  # at once: Tab goes by it
            old.deleteLater()
        self.recent = []
        for choice in recent:
            button = FileRow(choice)
            button.clicked.connect(
                lambda _=False, name=choice.name: self._dispatch(OpenScenario(name))
            )
            self._recent_column.addWidget(button)
            self.setTabOrder([self.open, *self.recent][-1], button)
            self.recent.append(button)
            if self._look is not None:
                button.set_look(*self._look, self._inner())
        self.open_last.setVisible(bool(recent))

    def _fill_cards(self, column: QVBoxLayout, cards: tuple[StartCard, ...]) -> None:
        for card in cards:
            button = CardButton(card)
            button.clicked.connect(
                lambda _=False, source=card.source: self._dispatch(OpenScenario(source))
            )
            column.addWidget(button)
            self.setTabOrder([self.open, *self.recent, *self.cards][-1], button)
            self.cards.append(button)
            if self._look is not None:
                button.set_look(*self._look, self._inner())

    def _refont(self) -> None:
        if self._look is not None:
            apply_fonts(self, self._look[1])


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("font_role", "title")
    return label


def _note(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("font_role", "caption")
    label.setProperty("role", "muted")
    label.setWordWrap(True)
    label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    return label
