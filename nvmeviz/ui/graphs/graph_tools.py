"""Beside the graphs: over how much machine time they count, and which of them are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QBoxLayout, QButtonGroup, QMenu, QPushButton, QWidget

from nvmeviz.app.graph_view import EnlargeGraph, SetGraphWindow, ShowGraph
from nvmeviz.app.present.graph_frame import NO_TOOLS
from nvmeviz.ui import fonts
from nvmeviz.ui.graphs.graph_places import TOOLS_HEIGHT
from nvmeviz.ui.tips import explain

if TYPE_CHECKING:
    from collections.abc import Callable

    from nvmeviz.app.messages import Message
    from nvmeviz.app.present.graph_frame import GraphTools
    from nvmeviz.ui.theme import Theme

LEAST = 6 * (TOOLS_HEIGHT + 2)  # of a column of them, px at 100 %
WIDE = 440  # of a row, px at 100 %


class GraphToolsWidget(QWidget):
    """A column or a row of buttons."""

    def __init__(self, parent: QWidget, dispatch: Callable[[Message], None]) -> None:
        super().__init__(parent)
        self.setObjectName("graph_tools")
        self._dispatch = dispatch
        self._shown = NO_TOOLS
        self.back = QPushButton("Back")
        self.back.setToolTip("Back to panes and graphs (Esc)")
        self.back.setAccessibleName("Back to panes and graphs")
        self.back.clicked.connect(lambda: dispatch(EnlargeGraph("")))
        self.choose = QPushButton("Graphs ▾")
        self.choose.setToolTip("Which graphs are shown")
        self.choose.setAccessibleName("Which graphs are shown")
        self.choose.clicked.connect(
            lambda: self.menu().popup(self.choose.mapToGlobal(QPoint(0, self.choose.height())))
        )
        self.windows: dict[int, QPushButton] = {}
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._box = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._box.addWidget(self.back)
        self._box.addWidget(self.choose)
        for button in (self.back, self.choose):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.back.hide()

    def set_tools(self, tools: GraphTools) -> None:
        """Show; only what changed touches a button."""
        if tools == self._shown:
            return
        self._shown = tools
        self.back.setVisible(bool(tools.enlarged))
        for window_ns, words in tools.windows:
            if window_ns not in self.windows:
                self._add_window(window_ns, words)
        chosen = self.windows.get(tools.window_ns)
        if chosen is not None:
            chosen.setChecked(True)

    def _add_window(self, window_ns: int, words: str) -> None:
        button = QPushButton(words)
        button.setObjectName("window")
        button.setCheckable(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        said = f"the last {words}" if window_ns else "the whole run"
        explain(button, "graph_window", f"Graphs count {said} of machine time.")
        button.setAccessibleName(f"Graphs count {said}")
        button.clicked.connect(lambda: self._dispatch(SetGraphWindow(window_ns)))
        self.windows[window_ns] = button
        self._group.addButton(button)
        self._box.addWidget(button)
        self._box.setStretch(self._box.count() - 1, 0)

    def set_look(self, theme: Theme, scale: float, *, upright: bool) -> None:
        """Colours and sizes; a column when `upright`, else a row."""
        direction = QBoxLayout.Direction
        self._box.setDirection(direction.TopToBottom if upright else direction.LeftToRight)
        self._box.setAlignment(Qt.AlignmentFlag.AlignTop if upright else Qt.AlignmentFlag.AlignLeft)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(max(1, round((2 if upright else 5) * scale)))
        high = round(TOOLS_HEIGHT * scale)
        self.setStyleSheet(
            f"""QPushButton {{ min-height: {high - 2}px; max-height: {high - 2}px;
                padding: 0 {round(9 * scale)}px; border-radius: {round(6 * scale)}px; }}
            QPushButton#window {{ background: transparent; border-color: transparent;
                color: {theme.muted}; }}
            QPushButton#window:hover {{ background: {theme.hover}; }}
            QPushButton#window:checked {{ background: {theme.raised}; color: {theme.text};
                border-color: {theme.border_strong}; }}
            QPushButton:focus, QPushButton#window:focus {{ border-color: {theme.focus}; }}"""
        )
        for button in self.findChildren(QPushButton):
            button.setFont(fonts.font(fonts.BODY * scale, fonts.MEDIUM))

    def menu(self) -> QMenu:
        """All graphs: those in the row ticked; or, when one is enlarged, that one."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        enlarged, choices = self._shown.enlarged, self._shown.choices
        only = sum(choice.in_row for choice in choices) == 1
        for choice in choices:
            action = menu.addAction(choice.title + (" · pinned" if choice.pinned else ""))
            action.setCheckable(True)
            action.setChecked(choice.name == enlarged if enlarged else choice.in_row)
            action.setEnabled(bool(enlarged) or not (choice.in_row and only))
            action.triggered.connect(lambda on, name=choice.name: self._chosen(name, on))
        return menu

    def _chosen(self, name: str, on: bool) -> None:
        self._dispatch(EnlargeGraph(name) if self._shown.enlarged else ShowGraph(name, on))
