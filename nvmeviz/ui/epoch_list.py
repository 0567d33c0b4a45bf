"""The parts of a trace in the side panel: a click shows one in the pane, "+" in a further one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QToolButton, QWidget

from nvmeviz.app.epochs import ShowEpoch
from nvmeviz.ui.style import apply_fonts

if TYPE_CHECKING:
    from collections.abc import Callable

    from nvmeviz.app.messages import Message
    from nvmeviz.app.present.frame import Choice

TITLE = "Parts of this trace"


class EpochList(QWidget):
    """A row for each part, the one on show pressed down."""

    def __init__(self, dispatch: Callable[[Message], None]) -> None:
        super().__init__()
        self._dispatch = dispatch
        self._shown: tuple[tuple[Choice, ...], str] = ((), "")
        self._scale = 1.0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setColumnStretch(0, 1)
        self.rows: list[tuple[QPushButton, QToolButton]] = []
        self.hide()

    def set_scale(self, scale: float) -> None:
        self._scale = scale
        self._grid.setSpacing(round(4 * scale))

    def set_epochs(self, epochs: tuple[Choice, ...], current: str) -> None:
        """Show; with fewer than two there is nothing to choose."""
        if (epochs, current) == self._shown:
            return
        same = len(epochs) == len(self._shown[0]) == len(self.rows)
        self._shown = (epochs, current)
        self.setVisible(len(epochs) > 1)
        if not same:
            self._build(len(epochs) if len(epochs) > 1 else 0)
        for (button, more), epoch in zip(self.rows, epochs, strict=False):
            button.setText(f"{epoch.title}\n{epoch.sentence}")
            button.setToolTip(f"Show it in the selected pane: {epoch.title}, {epoch.sentence}")
            button.setAccessibleName(f"{epoch.title}, {epoch.sentence}")
            button.setChecked(epoch.name == current)
            more.setToolTip(f"Show it in a further pane: {epoch.title}")
            more.setAccessibleName(f"Show {epoch.title} in a further pane")

    def _build(self, count: int) -> None:
        while item := self._grid.takeAt(0):
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        self.rows = []
        if count:
            heading = QLabel(TITLE)
            heading.setProperty("role", "muted")
            self._grid.addWidget(heading, 0, 0, 1, 2)
        for number in range(count):
            button, more = QPushButton(), QToolButton()
            button.setCheckable(True)
            button.setProperty("role", "epoch")
            more.setText("+")
            for widget in (button, more):
                widget.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _=False, n=number: self._show_part(n, beside=False))
            more.clicked.connect(lambda _=False, n=number: self._show_part(n, beside=True))
            self._grid.addWidget(button, number + 1, 0)
            self._grid.addWidget(more, number + 1, 1)
            self.rows.append((button, more))
        apply_fonts(self, self._scale)

    def _show_part(self, number: int, *, beside: bool) -> None:
        epochs, current = self._shown
        self.rows[number][0].setChecked(epochs[number].name == current)  # the answer may change it
        self._dispatch(ShowEpoch(epochs[number].name, beside))
