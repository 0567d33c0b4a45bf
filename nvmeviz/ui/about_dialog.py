"""About: which program this is, and the licences of all that it is made of."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from nvmeviz.app import headless
from nvmeviz.app.licences import Component, components
from nvmeviz.ui.style import apply_fonts

_WORDS = (
    "See how a virtual machine talks to an NVMe disk. Free to use, change and pass on under the Apache "
    "licence 2.0. It opens no connection to any network."
)
_LIST, _TEXT = 230, 560  # widths at 100 %


class AboutDialog(QDialog):
    """The icon, the version, a sentence; below, parts at the left and the licence of one at the right."""

    def __init__(self, parent: QWidget, scale: float) -> None:
        super().__init__(parent)
        self.setWindowTitle("About nvmeviz")
        icon, name = QLabel(), QLabel(headless.version_text())
        icon.setPixmap(QApplication.windowIcon().pixmap(round(56 * scale), round(56 * scale)))
        name.setProperty("font_role", "title")
        name.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        words = QLabel(_WORDS)
        words.setWordWrap(True)
        words.setProperty("role", "muted")
        self.parts, self.text = QListWidget(), QPlainTextEdit()
        self.parts.setAccessibleName("What the program is made of")
        self.text.setAccessibleName("Licence")
        self.text.setObjectName("command")
        self.text.setProperty("font_role", "key")
        self.text.setReadOnly(True)
        self.parts.setFixedWidth(round(min(_LIST * scale, parent.width() * 0.35)))
        self._components: tuple[Component, ...] = components()
        for part in self._components:
            self.parts.addItem(f"{part.name} {part.version}")
        self.parts.currentRowChanged.connect(self._show)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        head, beside, below = QHBoxLayout(), QVBoxLayout(), QHBoxLayout()
        for widget in (name, words):
            beside.addWidget(widget)
        head.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(beside, 1)
        head.setSpacing(round(14 * scale))
        below.addWidget(self.parts, 0)
        below.addWidget(self.text, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(*(round(v * scale) for v in (18, 16, 18, 14)))
        column.setSpacing(round(12 * scale))
        column.addLayout(head)
        column.addLayout(below, 1)
        column.addWidget(buttons)
        apply_fonts(self, scale)
        self.parts.setCurrentRow(0)
        wide, high = round((_LIST + _TEXT + 50) * scale), round(540 * scale)
        self.resize(
            min(wide, round(parent.width() * 0.96)), min(high, round(parent.height() * 0.92))
        )

    def _show(self, row: int) -> None:
        part = self._components[row]
        self.text.setPlainText(
            f"{part.name} {part.version}\nLicence: {part.licence}\n\n{part.text}"
        )
