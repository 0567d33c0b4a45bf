"""Pictures of the window without a window: the same widgets, off-screen, same pixels.

Works with QT_QPA_PLATFORM=offscreen and no display: for the user guide, tests and `nvmeviz render`.
"""

from __future__ import annotations

import sys
from pathlib import PurePath
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, Qt
from PySide6.QtGui import QImage, QImageWriter
from PySide6.QtWidgets import QApplication

from nvmeviz.app.settings import Settings
from nvmeviz.app.writing import reason, whole_file
from nvmeviz.ui.application import make_application
from nvmeviz.ui.main_window import MainWindow

if TYPE_CHECKING:
    from nvmeviz.app.messages import Message
    from nvmeviz.app.present.frame import WindowFrame


def _ignore(message: Message) -> None:
    """A picture has nobody to answer."""


def render_window(
    frame: WindowFrame, size: tuple[int, int], theme: str = "dark", scale: float = 1.0
) -> QImage:
    """`frame` as a window of `size` (px) would show it. theme: 'dark', 'light' or 'contrast'."""
    if QApplication.instance() is None:
        # Kept alive for the process: Qt does not survive being started twice.
        render_window.application = make_application(sys.argv[:1])  # type: ignore[attr-defined]
    window = MainWindow(_ignore, Settings(theme=theme, scale=scale))
    window.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    window.resize(*size)
    window.set_frame(frame)
    window.show()
    QApplication.processEvents()
    window.compare.graphs.flush()
    window.compare.draw_over()  # it hangs on where things were painted
    QApplication.processEvents()
    image = window.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    window.hide()
    window.deleteLater()
    return image


def write_picture(
    frame: WindowFrame, size: tuple[int, int], theme: str, scale: float, path: str
) -> str:
    """Write a picture of the window (PNG, or what the name's ending says); "" or why it failed."""
    kind = PurePath(path).suffix[1:].lower() or "png"
    known = [bytes(name.data()).decode() for name in QImageWriter.supportedImageFormats()]
    if kind not in known:
        words = f'The picture can\'t be written as "{kind}"; these endings are known: {", ".join(known)}.'
        return f"{words} ({path})"
    image, buffer = render_window(frame, size, theme, scale), QBuffer()
    writer = QImageWriter(buffer, kind.encode())
    if not writer.write(image):
        return f"The picture was not written: {writer.errorString()}. ({path})"
    try:
        with whole_file(path) as file:
            file.write(bytes(buffer.data().data()))
    except OSError as error:
        return f"The picture was not written: {reason(error)} ({path})"
    return ""
