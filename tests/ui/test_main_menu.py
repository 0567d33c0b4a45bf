"""The menu: everything that can be done stands in it, and does it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from nvmeviz.app.commands import COMMANDS
from nvmeviz.app.messages import OpenScenario, Undo
from nvmeviz.app.present.frame import Choice
from nvmeviz.app.settings import Settings
from nvmeviz.ui.main_menu import main_menu
from nvmeviz.ui.main_window import MainWindow

FILES = (Choice("/data/a & b.nvmeviz", "a & b.nvmeviz", "/data"),)


@pytest.fixture
def window(qtbot):
    said = []
    made = MainWindow(said.append, Settings(theme="dark"))
    made.said = said  # type: ignore[attr-defined]
    qtbot.addWidget(made)
    return made


def actions(menu):
    """All actions of a menu and of those below it."""
    for action in menu.actions():
        below = action.menu()
        if below is not None:
            yield from actions(below)
        elif not action.isSeparator():
            yield action


def test_every_command_that_is_listed_is_in_it(window):
    found = [a.text().split("\t")[0] for a in actions(main_menu(window, print, print, ()))]
    assert sorted(found) == sorted(
        command.title for command in COMMANDS if command.listed and command.name != "menu"
    )


def test_a_row_runs_its_command_and_a_file_is_opened_again(window):
    said = []
    menu = main_menu(window, said.append, said.append, FILES)
    rows = {action.text().split("\t")[0]: action for action in actions(menu)}
    rows["Undo the last change to the panes"].trigger()
    rows["a && b.nvmeviz"].trigger()
    undo = next(command for command in COMMANDS if command.message is Undo)
    assert said == [undo, OpenScenario(FILES[0].name)]
    assert "Ctrl+Z" in next(a.text() for a in actions(menu) if a.text().startswith("Undo"))


def test_the_button_is_there_however_narrow_the_window_and_opens_it(qtbot, window):
    window.show()
    qtbot.waitExposed(window)
    for width in (1600, 800, 480):
        window.resize(width, 500)
        qtbot.waitUntil(lambda: window.toolbar.width() == window.width())
        button = window.toolbar.menu
        assert button.isVisible()
        assert button.geometry().right() < window.toolbar.width()
        for other in window.toolbar.commands.values():
            assert not other.isVisible() or other.width() <= other.sizeHint().width()
    qtbot.mouseClick(window.toolbar.menu, Qt.MouseButton.LeftButton)
    menu = next(
        m for m in window.findChildren(type(main_menu(window, print, print, ()))) if m.isVisible()
    )
    assert menu.actions()
    menu.close()
