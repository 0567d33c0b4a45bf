"""Where windows stand: the main window's place from one start to the next, within the screens that are
there; and every window's when a screen goes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QGuiApplication

if TYPE_CHECKING:
    from PySide6.QtGui import QScreen
    from PySide6.QtWidgets import QApplication, QWidget

    from nvmeviz.app.settings import Settings

TITLE_BAR_PX = 36
_HANDLE = QPoint(40, 10)  # of a window, from its corner: where it can be taken hold of


def restore(window: QWidget, settings: Settings) -> None:
    """Put a new window where it was left, if a screen is there."""
    window.resize(window.sizeHint().boundedTo(_room(window.screen())))
    if settings.window is not None:
        place = QRect(*settings.window)
        screen = _screen_of(place)
        if screen is not None:
            window.setGeometry(QRect(place.topLeft(), place.size().boundedTo(_room(screen))))
    if settings.maximized:
        window.setWindowState(Qt.WindowState.WindowMaximized)


def _room(screen: QScreen) -> QSize:
    """No larger than the screen less a title bar: a small projector shows the whole window."""
    return screen.availableSize() - QSize(4, TITLE_BAR_PX)


def _screen_of(place: QRect) -> QScreen | None:
    """The screen on which a window of that place can be taken hold of."""
    at = place.topLeft() + _HANDLE
    return next((s for s in QGuiApplication.screens() if s.availableGeometry().contains(at)), None)


def bring_back(window: QWidget) -> None:
    """Put a window that is on no screen any more on the first one."""
    if _screen_of(window.geometry()) is None:
        first = QGuiApplication.primaryScreen()
        window.resize(window.size().boundedTo(_room(first)))
        window.move(first.availableGeometry().topLeft())


def watch_screens(app: QApplication) -> None:
    """When a screen goes, the windows that stood there come back."""

    def gone() -> None:
        for window in app.topLevelWidgets():
            if window.isVisible():
                bring_back(window)

    # Qt and the desktop move windows too: look when they have done so.
    app.screenRemoved.connect(lambda _screen: QTimer.singleShot(0, app, gone))


def place_of(window: QWidget) -> tuple[int, int, int, int] | None:
    """What `Settings.window` keeps of it; None when it never had a place."""
    place = window.normalGeometry()
    return (place.x(), place.y(), place.width(), place.height()) if place.isValid() else None
