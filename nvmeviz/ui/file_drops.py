"""Files dropped on the window: while they hang on the pointer it says what would be opened."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from PySide6.QtCore import QDir, QEvent, QMimeData, QObject, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QLabel, QWidget

from nvmeviz.app.reading import OpenFiles, opened_together

if TYPE_CHECKING:
    from collections.abc import Callable

    from nvmeviz.app.messages import Message

MOST_NAMED = 3


def words_for(files: tuple[str, ...]) -> str:
    """What a drop of these files does; "" when it does nothing."""
    opened = opened_together(files)
    if not opened:
        return ""
    names = [PurePath(path).name for path in opened[:MOST_NAMED]]
    if len(opened) > MOST_NAMED:
        names.append(f"{len(opened) - MOST_NAMED} more")
    left = len(files) - len(opened)
    aside = f"\nOne scenario or recording at a time: {left} left aside" if left else ""
    return f"Drop to open {' and '.join(names)}{aside}"


def _files(what: QMimeData) -> tuple[str, ...]:
    return tuple(native(url.toLocalFile()) for url in what.urls() if url.isLocalFile())


def native(path: str) -> str:
    """A path of Qt's as this system writes it: one file has one name in what is remembered."""
    return QDir.toNativeSeparators(path)


def _accept(event: QDropEvent) -> None:
    """As a copy, whatever was proposed: who gives a file away to be moved deletes it."""
    event.setDropAction(Qt.DropAction.CopyAction)
    event.accept()


class FileDrops(QLabel):
    """Takes drops for `window`, and covers `over` meanwhile; the pointer passes through it."""

    def __init__(self, window: QWidget, over: QWidget, dispatch: Callable[[Message], None]) -> None:
        super().__init__(over)
        self._over, self._dispatch = over, dispatch
        self.setObjectName("drop")
        self.setProperty("font_role", "title")
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def set_look(self, scale: float) -> None:
        """Sizes at another scale."""
        self.setMargin(round(24 * scale))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QDragEnterEvent):
            words = words_for(_files(event.mimeData()))
            if not words:
                return False
            _accept(event)
            self.setText(words)
            self.setGeometry(self._over.rect())
            self.raise_()
            self.show()
        elif event.type() == QEvent.Type.DragLeave:
            self.hide()
        elif isinstance(event, QDropEvent) and event.type() == QEvent.Type.Drop:
            self.hide()
            _accept(event)
            self._dispatch(OpenFiles(_files(event.mimeData())))
        else:
            return False
        return True
