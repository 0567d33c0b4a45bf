"""The menu behind the toolbar's last button: every command of the table, with its keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QWidget

from nvmeviz.app.commands import COMMANDS, Command
from nvmeviz.app.messages import OpenScenario
from nvmeviz.ui.key_sheet import key_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from nvmeviz.app.messages import Message
    from nvmeviz.app.present.frame import Choice

_FIRST, _LAST = "File", "quit"  # what stands in the menu itself; all else in menus of its sections
_SELF = "menu"


def main_menu(
    parent: QWidget,
    run_command: Callable[[Command], None],
    dispatch: Callable[[Message], None],
    recent: tuple[Choice, ...],
) -> QMenu:
    """The menu, to be shown once: it deletes itself. recent: the files opened last."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

    def add(to: QMenu, command: Command) -> None:
        keys = f"\t{key_text(command.keys[0])}" if command.keys else ""
        to.addAction(command.title + keys).triggered.connect(lambda: run_command(command))

    listed = [c for c in COMMANDS if c.listed and c.name not in (_LAST, _SELF)]
    for command in listed:
        if command.section == _FIRST:
            add(menu, command)
            if command.name == "open":
                _add_recent(menu, dispatch, recent)
    menu.addSeparator()
    for section in dict.fromkeys(command.section for command in listed):
        if section != _FIRST:
            below = menu.addMenu(section)
            for command in listed:
                if command.section == section:
                    add(below, command)
    menu.addSeparator()
    add(menu, next(command for command in COMMANDS if command.name == _LAST))
    return menu


def _add_recent(
    menu: QMenu, dispatch: Callable[[Message], None], recent: tuple[Choice, ...]
) -> None:
    below = menu.addMenu("Open again")
    below.setEnabled(bool(recent))
    below.setToolTipsVisible(True)
    for choice in recent:
        action = below.addAction(choice.title.replace("&", "&&"))
        action.setToolTip(choice.sentence)
        action.triggered.connect(lambda _=False, name=choice.name: dispatch(OpenScenario(name)))
