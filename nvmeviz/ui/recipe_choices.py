"""What can be chosen about a recording, as a column of lists, check boxes and lines to type in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QVBoxLayout, QWidget

from nvmeviz.app.recipe_choice import Doorbells, Part, Qemu, RecipeChoice, Start, Tool
from nvmeviz.ui.panel_row import WheellessComboBox

if TYPE_CHECKING:
    from collections.abc import Callable
    from enum import Enum

SECONDS = (5, 10, 30, 60, 120)
_LISTS: tuple[tuple[str, str, type[Enum]], ...] = (
    ("qemu", "QEMU's version", Qemu),
    ("start", "QEMU is started by", Start),
    ("doorbells", "Doorbells", Doorbells),
    ("tool", "Tool for Linux events", Tool),
)
_LINES = (
    ("image", "Disk image on the host"),
    ("folder", "Folder for the recording"),
    ("domain", "libvirt's name of the machine"),
    ("guest", "The guest, as ssh calls it"),
)


class ChoicePanel(QWidget):
    """Calls `change` with the name and value of what was chosen."""

    def __init__(self, choice: RecipeChoice, change: Callable[..., None]) -> None:
        super().__init__()
        self._change, self._choice = change, choice
        self._column = QVBoxLayout(self)
        self.lists: dict[str, QComboBox] = {}
        self.parts: dict[Part, QCheckBox] = {}
        self.lines: dict[str, QLineEdit] = {}
        self._labels: dict[str, QLabel] = {}
        self._sentences: list[QLabel] = []
        for key, words, kind in _LISTS:
            box = self._list(key, words, [(str(value.value), value) for value in kind])
            box.setCurrentIndex(list(kind).index(getattr(choice, key)))
        self._add_parts()
        self._list("seconds", "How long", [(f"{s} s", s) for s in SECONDS])
        seconds = self.lists["seconds"]
        seconds.setCurrentIndex(max(0, seconds.findData(choice.seconds)))
        for key, words in _LINES:
            self._line(key, words, getattr(choice, key))
        self._column.addStretch(1)
        for key, box in self.lists.items():
            box.currentIndexChanged.connect(lambda at, key=key, box=box: self._picked(key, box, at))
        self.first: QWidget = self.lists["qemu"]
        self.set_choice(choice)

    def set_look(self, scale: float) -> None:
        """Sizes at a scale."""
        self._column.setContentsMargins(*(round(v * scale) for v in (2, 2, 8, 2)))
        self._column.setSpacing(round(4 * scale))
        for label in (*self._labels.values(), *self._sentences):
            indent = round(24 * scale) if label in self._sentences else 0
            label.setContentsMargins(indent, 0 if indent else round(6 * scale), 0, 0)

    def set_choice(self, choice: RecipeChoice) -> None:
        """Only what the choice makes use of is there."""
        self._choice = choice
        used = {
            "domain": choice.start is Start.LIBVIRT,
            "guest": Part.GUEST_DRIVER in choice.parts,
        }
        for key, shown in used.items():
            self._labels[key].setVisible(shown)
            self.lines[key].setVisible(shown)

    def _label(self, key: str, words: str, buddy: QWidget) -> None:
        label = QLabel(words)
        label.setProperty("font_role", "strong")
        label.setWordWrap(True)
        label.setBuddy(buddy)
        buddy.setAccessibleName(words)
        self._labels[key] = label
        self._column.addWidget(label)
        self._column.addWidget(buddy)

    def _list(self, key: str, words: str, values: list[tuple[str, object]]) -> QComboBox:
        box = WheellessComboBox()
        # A long entry is cut in the box and whole in the list, rather than widening the column.
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(12)
        for text, value in values:
            box.addItem(text, value)
        self.lists[key] = box
        self._label(key, words, box)
        return box

    def _add_parts(self) -> None:
        heading = QLabel("What to record")
        heading.setProperty("font_role", "strong")
        self._labels["parts"] = heading
        self._column.addWidget(heading)
        for part in Part:
            box, sentence = QCheckBox(part.value), QLabel(part.sentence)
            box.setChecked(part in self._choice.parts)
            box.setAccessibleDescription(part.sentence)
            sentence.setWordWrap(True)
            sentence.setProperty("role", "muted")
            self.parts[part] = box
            self._sentences.append(sentence)
            box.toggled.connect(self._ticked)
            self._column.addWidget(box)
            self._column.addWidget(sentence)

    def _line(self, key: str, words: str, text: str) -> None:
        line = QLineEdit(text)
        line.setPlaceholderText(getattr(RecipeChoice(), key))
        line.textEdited.connect(lambda typed, key=key, line=line: self._typed(key, line, typed))
        self.lines[key] = line
        self._label(key, words, line)

    def _picked(self, key: str, box: QComboBox, at: int) -> None:
        self._change(**{key: box.itemData(at)})

    def _ticked(self) -> None:
        self._change(parts=frozenset(part for part, box in self.parts.items() if box.isChecked()))

    def _typed(self, key: str, line: QLineEdit, typed: str) -> None:
        """An empty line means what stands in it in grey."""
        self._change(**{key: typed if typed.strip() else line.placeholderText()})
