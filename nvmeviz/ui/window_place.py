"""Where windows stand on the screens that are there: as they were left, and always within reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

TITLE_BAR_PX = 36
Place = tuple[int, int, int, int]  # x, y, width, height in logical px


def restore(window: QWidget, place: Place | None, *, maximized: bool) -> None:
    """Put a window that is not shown yet where it was, unless no screen is there any more. It is no
    larger than the screen less a title bar: a small projector shows the whole window.
    """
    room = window.screen().availableSize() - QSize(4, TITLE_BAR_PX)
    window.resize(window.sizeHint().boundedTo(room))
    if place is not None:
        x, y, w, h = place
        screens = QGuiApplication.screens()
        if any(s.availableGeometry().contains(x + 40, y + 10) for s in screens):
            window.setGeometry(x, y, w, h)
            window.resize(window.size().boundedTo(room))
    if maximized:
        window.setWindowState(Qt.WindowState.WindowMaximized)


def place_of(window: QWidget) -> Place | None:
    """Where a window stands when it is not maximized."""
    place = window.normalGeometry()
    return (place.x(), place.y(), place.width(), place.height()) if place.isValid() else None
