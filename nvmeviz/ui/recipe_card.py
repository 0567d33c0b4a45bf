"""One step of the recipe: what to do, where, the command in full, and a button that copies it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from nvmeviz.app.recipe import RecipeStep

SAYS_COPIED_MS = 2000
_BORDER = 6  # px, of the widest frame: the focus at 300 %


class CopyButton(QPushButton):
    """Puts what `text` returns on the clipboard and says so for two seconds."""

    def __init__(self, words: str, text: Callable[[], str]) -> None:
        super().__init__(words)
        self._words, self._name, self._text = words, words, text
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.rest)
        self.clicked.connect(self._copy)

    def set_name(self, name: str) -> None:
        """What a screen reader says, `Copy ...`."""
        self._name = name
        self.rest()

    def keep_width(self) -> None:
        """Be as wide as either text needs, so that nothing moves when it changes."""
        self.setMinimumWidth(0)
        said = self.text()
        widths: list[int] = []
        for words in (self._words, "Copied"):
            self.setText(words)
            widths.append(self.sizeHint().width())
        self.setText(said)
        self.setMinimumWidth(max(widths) + self.fontMetrics().averageCharWidth())  # a focus frame

    def rest(self) -> None:
        """As before it was pressed."""
        self._timer.stop()
        self.setText(self._words)
        self.setAccessibleName(self._name)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._text())
        self.setText("Copied")
        self.setAccessibleName(self._name.replace("Copy", "Copied", 1))
        self._timer.start(SAYS_COPIED_MS)


class CommandText(QPlainTextEdit):
    """A command to read and select, as high as its lines need; long lines are wrapped."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("command")
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setProperty("font_role", "key")
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def resizeEvent(self, e: QResizeEvent) -> None:
        super().resizeEvent(e)
        self.fit()

    def fit(self) -> None:
        """Take the height that all lines need at this width."""
        # The last block brings the margin below it, the first one does not the one above.
        height, block = self.document().documentMargin() + 2 * _BORDER, self.document().begin()
        while block.isValid():
            height += self.blockBoundingRect(block).height()
            block = block.next()
        self.setFixedHeight(math.ceil(height))


class StepCard(QFrame):
    """Shows a `RecipeStep`."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self._step: RecipeStep | None = None
        self.title, self.where, self.words = QLabel(), QLabel(), QLabel()
        self.title.setProperty("font_role", "title")
        self.where.setObjectName("where")
        self.where.setProperty("font_role", "strong")
        self.words.setProperty("role", "muted")
        for label in (self.title, self.words):
            label.setWordWrap(True)
        for label in (self.title, self.where, self.words):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.command = CommandText()
        self.copy = CopyButton("Copy", self.command.toPlainText)
        self.copy.setAutoDefault(False)
        self._head = QHBoxLayout()
        self._head.addWidget(self.title, 1)
        self._head.addWidget(self.where, 0, Qt.AlignmentFlag.AlignVCenter)
        self._head.addWidget(self.copy, 0, Qt.AlignmentFlag.AlignTop)
        self._column = QVBoxLayout(self)
        self._column.addLayout(self._head)
        self._column.addWidget(self.words)
        self._column.addWidget(self.command)

    def set_look(self, scale: float) -> None:
        """Sizes at a scale; fonts are set already."""
        self._column.setContentsMargins(*(round(v * scale) for v in (14, 10, 14, 14)))
        self._column.setSpacing(round(8 * scale))
        self._head.setSpacing(round(10 * scale))
        self.command.document().setDocumentMargin(round(8 * scale))
        self.copy.keep_width()
        self.command.fit()

    def set_step(self, number: int, step: RecipeStep) -> None:
        """Show; a step that is the same keeps its selection."""
        self.title.setText(f"{number}. {step.title}")
        self.where.setText(step.where.value)
        self.where.setAccessibleName(f"On the {step.where.value}")
        self.command.setAccessibleName(f"Command of step {number}, on the {step.where.value}")
        if step == self._step:
            return
        self._step = step
        self.words.setText(step.words)
        self.copy.set_name(f"Copy step {number}: {step.title}")
        self.command.setPlainText(step.command)
        self.command.fit()
