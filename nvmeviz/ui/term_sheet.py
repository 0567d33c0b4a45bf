"""The sheet of all terms: what hover help says, to be read and searched without a mouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QLabel,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from nvmeviz.app.terms import terms
from nvmeviz.ui.style import apply_fonts

if TYPE_CHECKING:
    from nvmeviz.app.glossary import Term
    from nvmeviz.ui.main_window import MainWindow

NOTHING = "No term has that in its name or its sentence."


class TermSheet(QDialog):
    """Terms by section; what is typed leaves only those that are about it."""

    def __init__(self, parent: QWidget, scale: float) -> None:
        super().__init__(parent)
        self.setWindowTitle("Terms")
        self.search = QLineEdit()
        self.search.setPlaceholderText("Find a term")
        self.search.setAccessibleName("Find a term")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._filter)
        self.nothing = QLabel(NOTHING)
        self.nothing.setProperty("role", "muted")
        self.nothing.hide()
        self.rows: list[tuple[Term, QWidget]] = []
        self._titles: dict[str, QLabel] = {}
        sheet = QWidget()
        column = QVBoxLayout(sheet)
        column.setSpacing(round(8 * scale))
        for term in terms().values():
            if term.section not in self._titles:
                title = self._titles[term.section] = QLabel(term.section)
                title.setProperty("font_role", "title")
                title.setContentsMargins(0, round(10 * scale), 0, 0)
                column.addWidget(title)
            self.rows.append((term, self._row(term)))
            column.addWidget(self.rows[-1][1])
        column.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(sheet)
        self._scroll.setAccessibleName("Terms")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        for widget in (self.search, self.nothing, self._scroll, buttons):
            layout.addWidget(widget, 1 if widget is self._scroll else 0)
        apply_fonts(self, scale)
        self.resize(round(620 * scale), round(parent.height() * 0.9))
        self.search.setFocus()

    def _row(self, term: Term) -> QWidget:
        row, name, words = QWidget(), QLabel(term.name), QLabel(term.words)
        name.setProperty("font_role", "strong")
        words.setProperty("role", "muted")
        column = QVBoxLayout(row)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for label in (name, words):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            column.addWidget(label)
        return row

    def _filter(self, text: str) -> None:
        wanted = text.strip().lower()
        shown: set[str] = set()
        for term, row in self.rows:
            about = wanted in f"{term.name} {term.words}".lower()
            row.setVisible(about)
            if about:
                shown.add(term.section)
        for section, title in self._titles.items():
            title.setVisible(section in shown)
        self.nothing.setVisible(not shown)


def show_terms(window: MainWindow) -> None:
    """The sheet over the window; it goes when it is closed."""
    sheet = TermSheet(window, window.settings.scale)
    sheet.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    sheet.open()
