"""The sheet of all keys, made from the command table."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from nvmeviz.app.commands import COMMANDS, Command
from nvmeviz.ui.style import apply_fonts

_MORE = (
    ("Mouse", "Ctrl + wheel", "Everything larger or smaller"),
    ("Mouse", "Click a small ring", "Show that queue pair large"),
    (
        "Mouse",
        "Rest on a figure or a word",
        "What it is; of a figure, over which time and from how many commands",
    ),
    ("Mouse", "Click a guest's name", "Show that guest"),
    ("Mouse", "Click a pane's title", "Another doorbell mode for it"),
    ("Mouse", "Drag a pane by its head", "Elsewhere in the row; outside: a window of its own"),
    ("Mouse", "Right click on a pane", "All that can be done with it"),
    ("Mouse", "Rest on a command in a ring", "Follow it in every pane"),
    ("Mouse", "Click or drag on the time line", "Go to that time; a click on a mark, to the mark"),
    ("Mouse", "Wheel over the time line", "From mark to mark"),
    ("Mouse", "Rest on a mark", "When it is, and what happens there"),
    ("Time line", "PageDown, PageUp", "A hundredth of the run on or back, when it has the focus"),
    ("Time line", "Shift+PageDown", "A tenth of the run"),
    ("Pane", "↑ ↓", "Another queue pair, in the pane that has the focus"),
    ("Pane", "Shift+↑ ↓", "Another guest"),
    ("Pane", "Enter", "Another doorbell mode"),
)


_WORDS = 330  # the least width of what a key does, at 100 %


def key_text(key: str) -> str:
    """A portable key sequence as it is written on this system; arrows as arrows."""
    arrows = {"Right": "→", "Left": "←", "Up": "↑", "Down": "↓"}
    head, plus, last = key.rpartition("+")
    if last in arrows:
        return f"{head}{plus}{arrows[last]}"
    native = QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
    return native or key


class KeySheet(QDialog):
    """All commands by section, two columns: keys and what they do."""

    def __init__(
        self, parent: QWidget, scale: float, commands: tuple[Command, ...] = COMMANDS
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys")
        rows = [
            (c.section, "   ".join(key_text(k) for k in c.keys), c.title)
            for c in commands
            if c.listed
        ] + list(_MORE)
        sheet = QWidget()
        grid = QGridLayout(sheet)
        grid.setHorizontalSpacing(round(24 * scale))
        grid.setVerticalSpacing(round(6 * scale))
        line = 0
        for section in dict.fromkeys(row[0] for row in rows):
            title = QLabel(section)
            title.setProperty("font_role", "title")
            grid.addWidget(title, line, 0, 1, 2)
            grid.setRowMinimumHeight(line, round(30 * scale))
            line += 1
            for _, keys, words in (row for row in rows if row[0] == section):
                key, what = QLabel(keys), QLabel(words)
                key.setProperty("font_role", "key")
                what.setProperty("role", "muted")
                what.setWordWrap(True)
                what.setMinimumWidth(round(_WORDS * scale))
                grid.addWidget(key, line, 0, Qt.AlignmentFlag.AlignTop)
                grid.addWidget(what, line, 1)
                line += 1
        grid.setColumnStretch(1, 1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(sheet)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(scroll)
        column.addWidget(buttons)
        apply_fonts(self, scale)
        height = sheet.sizeHint().height() + round(90 * scale)
        width = sheet.sizeHint().width() + round(60 * scale)
        self.resize(
            min(width, round(parent.width() * 0.96)), min(height, round(parent.height() * 0.9))
        )
