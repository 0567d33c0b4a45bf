"""Why no window can open, in one sentence: Qt ends the process with words about plugins instead.

Qt says what it tried and then that it gives up; the last is where we come in, before it aborts.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from PySide6.QtCore import QtMsgType, qInstallMessageHandler

if TYPE_CHECKING:
    from collections.abc import Generator

WRONG = 2  # the exit code, as for all wrong use
_LIBRARIES = "libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxkbcommon-x11-0"
_PICTURES = "nvmeviz render and nvmeviz simulate work without a window."


def sentence(said: str, platform: str, display: str) -> str:
    """What to do. said: all that Qt told; platform, display: what the environment asks for."""
    if "Could not find the Qt platform plugin" in said and platform:
        return f'QT_QPA_PLATFORM asks for "{platform}", which is not there: unset it. {_PICTURES}'
    if "could not connect to display" in said or "Failed to create wl_display" in said:
        where = f'the display "{display}" does not answer' if display else "there is no display"
        return f"{where}: start the program on a desktop, or set DISPLAY. {_PICTURES}"
    if "even though it was found" in said and sys.platform.startswith("linux"):
        return (
            "a library that Qt's windows need is missing. On Debian and Ubuntu: sudo apt-get install "
            f"{_LIBRARIES}. {_PICTURES}"
        )
    return (
        "Qt's own files can't be loaded: unset QT_PLUGIN_PATH and QT_QPA_PLATFORM_PLUGIN_PATH, or "
        f"install the program again. {_PICTURES}"
    )


@contextmanager
def told_why_not() -> Generator[None, None, None]:
    """While the application is made: should Qt give up, the sentence is written and the process ends;
    what it says otherwise is passed on.
    """
    said: list[str] = []

    def hear(kind: QtMsgType, _context: object, text: str) -> None:
        if kind == QtMsgType.QtFatalMsg:
            display = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY", "")
            words = sentence("\n".join(said), os.environ.get("QT_QPA_PLATFORM", ""), display)
            sys.stderr.write(f"nvmeviz: No window can open: {words}\n")
            sys.stderr.flush()
            os._exit(WRONG)  # Qt would abort, and leave a core
        said.append(text)

    before = qInstallMessageHandler(hear)
    try:
        yield
    finally:
        qInstallMessageHandler(before)
        sys.stderr.writelines(f"{text}\n" for text in said)
