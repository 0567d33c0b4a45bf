"""The window's recipe for a recording: choices at the left, the commands to copy at the right.

What the steps say is `app.recipe`'s business. The dialog stays beside the window while a person
works in a terminal. Where there is no room for two columns, the choices stand above the steps.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from nvmeviz.app.messages import Message, SaveRecipe
from nvmeviz.app.recipe import as_text, recipe
from nvmeviz.ui.recipe_card import CopyButton, StepCard
from nvmeviz.ui.recipe_choices import ChoicePanel
from nvmeviz.ui.style import apply_fonts

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QResizeEvent

    from nvmeviz.app.recipe_choice import RecipeChoice

_TWO_COLUMNS = 860  # units of width that choices and steps need side by side
_PANEL = 290
_INTRO = (
    "Commands to run on your own machines, where QEMU and Linux write down what happens. nvmeviz "
    "runs none of them."
)
_NOTHING = "Nothing is to be recorded. Choose at least one of the three recordings."


def _scroll(inside: QWidget | None, name: str) -> QScrollArea:
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)  # keeps the width
    area.setAccessibleName(name)
    if inside is not None:
        area.setWidget(inside)
    return area


class RecipeDialog(QDialog):
    """Shows the recipe of `choice`; saving goes to `dispatch`, each new choice to `chosen`."""

    def __init__(
        self,
        parent: QWidget,
        scale: float,
        choice: RecipeChoice,
        dispatch: Callable[[Message], None],
        chosen: Callable[[RecipeChoice], None],
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Record a trace")
        self._dispatch, self._chosen = dispatch, chosen
        self.choice, self._scale = choice, scale
        self.cards: list[StepCard] = []
        self.intro, self.nothing = QLabel(_INTRO), QLabel(_NOTHING)
        for label in (self.intro, self.nothing):
            label.setWordWrap(True)
        self.nothing.setProperty("font_role", "strong")
        self.panel = ChoicePanel(choice, self._change)
        self._side = _scroll(None, "Choices")
        self._side.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self._list = QWidget()
        self._steps = QVBoxLayout(self._list)
        self._steps.addWidget(self.intro)
        self._steps.addWidget(self.nothing)
        self._steps.addStretch(1)
        self._area = _scroll(self._list, "Steps")
        self._middle = QHBoxLayout()
        self._middle.addWidget(self._side, 0)
        self._middle.addWidget(self._area, 1)
        self.copy_all = CopyButton("Copy all", lambda: as_text(recipe(self.choice)))
        self.save = QPushButton("Save as script …")
        self.save.clicked.connect(self._save)
        self.close_button = QPushButton("Close")
        self.close_button.clicked.connect(self.reject)
        self._bottom = QHBoxLayout()
        self._bottom.addWidget(self.copy_all)
        self._bottom.addWidget(self.save)
        self._bottom.addStretch(1)
        self._bottom.addWidget(self.close_button)
        for button in (self.copy_all, self.save, self.close_button):
            button.setAutoDefault(False)
        self._column = QVBoxLayout(self)
        self._column.addLayout(self._middle, 1)
        self._column.addLayout(self._bottom, 0)
        self._show_steps()
        self._place()
        self.set_look(scale)
        room = parent.size()
        self.resize(
            min(round(1120 * scale), round(room.width() * 0.96)), round(room.height() * 0.92)
        )
        self.panel.first.setFocus()

    def set_look(self, scale: float) -> None:
        """Sizes at another scale."""
        self._scale = scale
        margin, gap = round(14 * scale), round(10 * scale)
        self._column.setContentsMargins(margin, margin, margin, margin)
        self._column.setSpacing(gap)
        self._middle.setSpacing(gap)
        self._bottom.setSpacing(round(7 * scale))
        self._steps.setContentsMargins(0, 0, round(6 * scale), 0)
        self._steps.setSpacing(gap)
        self._side.setFixedWidth(round(_PANEL * scale))
        self.panel.set_look(scale)
        apply_fonts(self, scale)
        for card in self.cards:
            card.set_look(scale)
        self.copy_all.keep_width()
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        """The choices beside the steps, or above them where two columns have no room."""
        beside = self.width() >= _TWO_COLUMNS * self._scale
        if beside and self._side.widget() is None:
            self._steps.removeWidget(self.panel)
            self._side.setWidget(self.panel)
            self.panel.show()
        elif not beside and self._steps.indexOf(self.panel) < 0:
            if self._side.widget() is not None:
                self._side.takeWidget()
            self._steps.insertWidget(1, self.panel)
            self.panel.show()
        self._side.setVisible(beside)

    def _change(self, **changed: Any) -> None:
        self.choice = replace(self.choice, **changed)
        self._chosen(self.choice)
        self.panel.set_choice(self.choice)
        self._show_steps()

    def _show_steps(self) -> None:
        steps = recipe(self.choice)
        while len(self.cards) > len(steps):
            card = self.cards.pop()
            self._steps.removeWidget(card)
            card.hide()
            card.deleteLater()
        for number, step in enumerate(steps, 1):
            if number > len(self.cards):
                card = StepCard()
                self.cards.append(card)
                self._steps.insertWidget(self._steps.count() - 1, card)
                card.set_step(number, step)
                apply_fonts(card, self._scale)
                card.set_look(self._scale)
            else:
                self.cards[number - 1].set_step(number, step)
        self.nothing.setVisible(not steps)
        self.copy_all.setEnabled(bool(steps))
        self.save.setEnabled(bool(steps))

    def _save(self) -> None:
        dialog = QFileDialog(self, "Save the steps as a script", "record.sh", "Scripts (*.sh)")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("sh")
        dialog.fileSelected.connect(lambda path: self._dispatch(SaveRecipe(path, self.choice)))
        dialog.open()
