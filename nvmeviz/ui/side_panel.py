"""The panel of settings beside the panes: what they are for, a filter, and a row for every setting.

It shows `PanelFrame`s and dispatches what people change. Groups build their rows when they are
opened, and a row touches its widgets only when something of it changed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from nvmeviz.app.messages import (
    ChangeMode,
    Message,
    Redo,
    ResetSettings,
    SetScope,
    TogglePanel,
    Undo,
)
from nvmeviz.ui.chooser import show_choices
from nvmeviz.ui.epoch_list import EpochList
from nvmeviz.ui.panel_row import PanelRowWidget
from nvmeviz.ui.style import apply_fonts
from nvmeviz.ui.tips import explain

if TYPE_CHECKING:
    from collections.abc import Callable

    from nvmeviz.app.present.panel_frame import PanelFrame, PanelGroup
    from nvmeviz.ui.theme import Theme

WIDTH = 292.0  # units


class _Group(QWidget):
    """A title that opens and closes the rows below it."""

    def __init__(self, dispatch: Callable[[Message], None], title: str, *, opened: bool) -> None:
        super().__init__()
        self._dispatch, self._title = dispatch, title
        self._group: PanelGroup | None = None
        self._filter, self._scale, self._opened = "", 1.0, opened
        self.rows: dict[str, PanelRowWidget] = {}
        self.head = QPushButton()
        self.head.setProperty("role", "group")
        self.head.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.head.setToolTip("A click opens and closes this group of settings")
        self.head.clicked.connect(self._toggle)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.head)

    def set_scale(self, scale: float) -> None:
        self._scale = scale
        self._column.setSpacing(round(2 * scale))
        for row in self.rows.values():
            row.set_scale(scale)

    def set_group(self, group: PanelGroup, text: str) -> None:
        """Show; `text` leaves only the settings that it is about."""
        if group is self._group and text == self._filter:
            return
        self._group, self._filter = group, text
        self._show()

    def _toggle(self) -> None:
        self._opened = not self._opened
        self._show()

    def _show(self) -> None:
        group = self._group
        if group is None:
            return
        wanted = [
            row for row in group.rows if _is_about(self._filter, row.label, row.hint, row.key)
        ]
        opened = (self._opened or bool(self._filter)) and bool(wanted)
        changed = sum(row.changed for row in group.rows)
        mark = "▾" if opened else "▸"
        note = f" · {changed} changed" if changed else ""
        self.head.setText(f"{mark}  {self._title}{note}")
        self.head.setAccessibleName(f"{self._title}{note}, {'open' if opened else 'closed'}")
        self.setVisible(bool(wanted))
        keys = {row.key for row in wanted} if opened else set[str]()
        if opened and not self.rows:
            for row in group.rows:
                self.rows[row.key] = made = PanelRowWidget(self._dispatch, row)
                made.set_scale(self._scale)
                self._column.addWidget(made)
            apply_fonts(self, self._scale)
        for row in group.rows if self.rows else ():
            widget = self.rows[row.key]
            if row.key in keys:
                widget.set_row(row)
            widget.setVisible(row.key in keys)


def _is_about(text: str, *words: str) -> bool:
    """True when a word begins with the text: "lock" finds lock, not block."""
    begins = re.compile(rf"(?<![a-z0-9]){re.escape(text)}")
    return not text or any(begins.search(word.lower().replace("_", " ")) for word in words)


class SidePanel(QWidget):
    """Settings of the selected pane, or of all."""

    def __init__(self, dispatch: Callable[[Message], None]) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._dispatch = dispatch
        self._frame: PanelFrame | None = None
        self._look: tuple[Theme, float] | None = None
        self.groups: list[_Group] = []
        self.title = QLabel("Settings")
        self.title.setProperty("font_role", "title")
        explain(self.title, "settings")
        self.undo = self._button("Undo", "Undo the last change (Ctrl+Z)", Undo())
        self.redo = self._button("Redo", "Do it again (Ctrl+Shift+Z)", Redo())
        self.close_button = self._button("✕", "Close the settings (Ctrl+P)", TogglePanel(False))
        self.mode = QPushButton()
        self.mode.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.mode.clicked.connect(self._choose_mode)
        self.note = QLabel()
        self.note.setWordWrap(True)
        self.note.setProperty("role", "muted")
        self.all_panes = self._switch("All panes", "A change is for all panes")
        self.one_pane = self._switch("This pane", "A change is for the selected pane alone")
        self.whole_run = self._switch(
            "Whole run", "As if it had always been so: the run is made anew"
        )
        self.from_here = self._switch(
            "From here on", "The past stays; it changes from the playhead on"
        )
        self.epochs = EpochList(dispatch)
        self._scope_buttons = (self.all_panes, self.one_pane, self.whole_run, self.from_here)
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("Find a setting")
        self.filter.setAccessibleName("Find a setting")
        self.filter.setToolTip("Words of a setting's name or of what it does")
        self.filter.setClearButtonEnabled(True)
        self.filter.textChanged.connect(self._refill)
        self.reset = QPushButton("As in the scenario")
        self.reset.setToolTip("All settings as the scenario has them")
        self.reset.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.reset.clicked.connect(lambda: dispatch(ResetSettings()))
        self._rows = QWidget()
        self._rows_column = QVBoxLayout(self._rows)
        self._groups_box = QWidget()
        self._groups_column = QVBoxLayout(self._groups_box)
        self._groups_column.setContentsMargins(0, 0, 0, 0)
        self.nothing = QLabel("No setting has that in its name or its words.")
        self.nothing.setWordWrap(True)
        self.nothing.setProperty("role", "muted")
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self._rows)
        self._column = QVBoxLayout(self)
        head, self._scopes = QHBoxLayout(), QVBoxLayout()
        for widget in (self.title, self.undo, self.redo, self.close_button):
            head.addWidget(widget, 1 if widget is self.title else 0)
        self._switches: list[QButtonGroup] = []
        for pair in ((self.all_panes, self.one_pane), (self.whole_run, self.from_here)):
            row, group = QHBoxLayout(), QButtonGroup(self)
            row.setSpacing(0)
            for button in pair:
                group.addButton(button)
                row.addWidget(button, 1)
                button.clicked.connect(self._set_scope)
            self._switches.append(group)
            self._scopes.addLayout(row)
        self._column.addLayout(head)
        self._column.addWidget(self._scroll, 1)
        # All but the head scrolls: in a small window, or a large type, nothing is squeezed.
        inside = self._rows_column
        for widget in (self.mode, self.note, self.epochs):
            inside.addWidget(widget)
        inside.addLayout(self._scopes)
        for widget in (self.filter, self.nothing, self._groups_box, self.reset):
            inside.addWidget(widget)
        inside.addStretch(1)
        self.hide()

    def _button(self, text: str, hint: str, message: Message) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setToolTip(hint)
        button.setAccessibleName(hint)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: self._dispatch(message))
        return button

    def _switch(self, text: str, hint: str) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setToolTip(hint)
        button.setAccessibleName(f"{text}: {hint}")
        button.setCheckable(True)
        button.setProperty("role", "switch")
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def set_look(self, theme: Theme, scale: float) -> None:
        self._look = (theme, scale)
        self.setFixedWidth(round(WIDTH * scale))
        self._column.setContentsMargins(*(round(v * scale) for v in (14, 12, 12, 12)))
        self._column.setSpacing(round(8 * scale))
        self._scopes.setSpacing(round(6 * scale))
        self._rows_column.setContentsMargins(0, 0, round(6 * scale), 0)
        self._rows_column.setSpacing(round(8 * scale))
        self._groups_column.setSpacing(round(4 * scale))
        self.epochs.set_scale(scale)
        for group in self.groups:
            group.set_scale(scale)

    def set_frame(self, frame: PanelFrame | None) -> None:
        """Show, or hide with None; the same frame again costs nothing."""
        if frame is self._frame:
            return
        appears = self._frame is None and frame is not None
        self._frame = frame
        self.setVisible(frame is not None)
        if frame is None:
            return
        modes = {choice.name: choice.title for choice in frame.modes}
        self.mode.setText(f"{modes[frame.mode]}  ▾")
        self.mode.setAccessibleName(f"Doorbell mode of the selected pane: {modes[frame.mode]}")
        self.mode.setEnabled(not frame.recorded)
        explain(
            self.mode, f"mode:{frame.mode}", "A click: another doorbell mode for the selected pane."
        )
        self.note.setText(frame.note)
        self.note.setVisible(bool(frame.note))
        self.epochs.set_epochs(frame.epochs, frame.epoch)
        for widget in (self.filter, self._groups_box, self.reset, *self._scope_buttons):
            widget.setVisible(not frame.bare)
        for button, on in (
            (self.all_panes, frame.all_panes),
            (self.one_pane, not frame.all_panes),
            (self.whole_run, not frame.from_here),
            (self.from_here, frame.from_here),
        ):
            button.setChecked(on)
        self.undo.setEnabled(frame.can_undo)
        self.redo.setEnabled(frame.can_redo)
        self.reset.setEnabled(frame.can_reset)
        self._refill()
        if appears and self._look is not None:
            apply_fonts(self, self._look[1])

    def _refill(self) -> None:
        frame = self._frame
        if frame is None:
            return
        if not self.groups:
            for number, group in enumerate(frame.groups):
                made = _Group(self._dispatch, group.title, opened=number == 0)
                if self._look is not None:
                    made.set_scale(self._look[1])
                self.groups.append(made)
                self._groups_column.addWidget(made)
        text = self.filter.text().strip().lower()
        for widget, group in zip(self.groups, frame.groups, strict=True):
            widget.set_group(group, text)
            widget.setEnabled(not frame.recorded or frame.all_panes)
        self.nothing.setVisible(not frame.bare and all(group.isHidden() for group in self.groups))

    def _set_scope(self) -> None:
        self._dispatch(SetScope(self.all_panes.isChecked(), self.from_here.isChecked()))

    def _choose_mode(self) -> None:
        frame = self._frame
        if self._look is None or frame is None:
            return
        at = self.mode.mapToGlobal(QPoint(0, self.mode.height() + 4))
        current = next(choice.title for choice in frame.modes if choice.name == frame.mode)
        show_choices(
            self.mode, at, self._look, frame.modes, current, lambda m: self._dispatch(ChangeMode(m))
        )
