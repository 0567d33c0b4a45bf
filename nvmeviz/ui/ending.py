"""Being asked to end from outside: signals, and the end of the desktop's session.

What a person has set is kept, and what is being written is written, as if they had closed the window.
"""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

from PySide6.QtCore import QSocketNotifier, QTimer

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QApplication

# Hanging up: the terminal that it was started from was closed. Windows lacks that one.
_NAMES = ("SIGTERM", "SIGINT", "SIGHUP")


def hear_of_the_end(app: QApplication, keep: Callable[[], None], end: Callable[[], None]) -> None:
    """keep: writes down what is to be kept, and comes back; end: leaves the event loop."""
    app.commitDataRequest.connect(lambda _manager: keep())
    for name in _NAMES:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            # From the event loop, which may not run yet.
            signal.signal(number, lambda *_: QTimer.singleShot(0, app, end))
    if os.name == "posix":
        _wake_at_signals(app)


def _wake_at_signals(app: QApplication) -> None:
    """Python hears of a signal when it runs, and in an event loop at rest it does not: so a byte in a
    pipe wakes the loop.
    """
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    notifier = QSocketNotifier(reading, QSocketNotifier.Type.Read, app)
    notifier.activated.connect(lambda *_: os.read(reading, 64))
