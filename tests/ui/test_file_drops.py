"""Files over the window and dropped on it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from nvmeviz.app.reading import OpenFiles
from nvmeviz.app.settings import Settings
from nvmeviz.ui.file_drops import words_for
from nvmeviz.ui.main_window import MainWindow

_LEFT, _NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
_COPY = Qt.DropAction.CopyAction


@pytest.fixture
def window(qtbot):
    said = []
    made = MainWindow(said.append, Settings(theme="dark"))
    made.said = said  # type: ignore[attr-defined]
    qtbot.addWidget(made)
    made.resize(1280, 720)
    made.show()
    qtbot.waitExposed(made)
    return made


def data(*urls):
    what = QMimeData()
    what.setUrls([QUrl(url) for url in urls])
    return what


def enter(window, what):
    event = QDragEnterEvent(QPoint(50, 50), _COPY, what, _LEFT, _NONE)
    QApplication.sendEvent(window, event)
    return event.isAccepted()


def drop(window, what):
    QApplication.sendEvent(window, QDropEvent(QPointF(50, 50), _COPY, what, _LEFT, _NONE))


def test_files_over_the_window_are_named_and_a_drop_opens_them(window):
    what = data("file:///data/qemu.log", "file:///data/guest.txt")
    assert enter(window, what)
    assert window.drops.isVisible()
    assert window.drops.text() == "Drop to open qemu.log and guest.txt"
    drop(window, what)
    assert not window.drops.isVisible()
    assert window.said == [OpenFiles(("/data/qemu.log", "/data/guest.txt"))]


def test_a_file_is_never_taken_as_one_that_was_moved_here(window):
    what, both = data("file:///data/run.nvmeviz"), Qt.DropAction.MoveAction | _COPY
    event = QDropEvent(QPointF(50, 50), both, what, _LEFT, Qt.KeyboardModifier.ShiftModifier)
    event.setDropAction(Qt.DropAction.MoveAction)
    enter(window, what)
    QApplication.sendEvent(window, event)
    assert event.isAccepted()
    assert event.dropAction() == _COPY


def test_who_takes_them_away_again_has_opened_nothing(window):
    enter(window, data("file:///data/run.nvmeviz"))
    QApplication.sendEvent(window, QDragLeaveEvent())
    assert not window.drops.isVisible()
    assert window.said == []


def test_what_is_no_file_of_this_machine_is_not_taken(window):
    assert not enter(window, data("https://example.org/run.nvmeviz"))
    assert not window.drops.isVisible()


def test_what_is_left_aside_is_said():
    recordings = ("/a/1.nvmeviz", "/a/2.nvmeviz", "/a/3.nvmeviz")
    assert words_for(recordings).startswith("Drop to open 1.nvmeviz\n")
    assert "2 left aside" in words_for(recordings)
    many = tuple(f"/a/{n}.log" for n in range(5))
    assert words_for(many) == "Drop to open 0.log and 1.log and 2.log and 2 more"
    assert words_for(()) == ""
