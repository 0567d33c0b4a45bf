"""Errors of the program itself: each kind told once, written down, and what is open saved.

An exception in a slot or a paintEvent leaves the program running; a signal that ends the process is
written down by Python, and told at the next start.
"""

from __future__ import annotations

import contextlib
import faulthandler
import sys
import threading
import traceback
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from PySide6.QtCore import QObject, Qt, Signal

from nvmeviz.app import crashes
from nvmeviz.app.crashes import Crashed
from nvmeviz.app.messages import Failed

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from nvmeviz.app.messages import Message
    from nvmeviz.app.state import AppState

ADVICE = "Menu, Help, Diagnostics puts what a problem report needs into one file."
MOST_SESSIONS = crashes.SESSIONS  # saved in one run: an error in every frame fills no disk


class CrashHandler(QObject):
    """Takes what nobody caught, in any thread, from when it is made until `close`."""

    _caught = Signal(object)  # a message, on its way to the window's thread

    def __init__(self, state: Callable[[], AppState], dispatch: Callable[[Message], None]) -> None:
        super().__init__()
        self._state = state
        self._seen: set[str] = set()
        self._sessions = 0
        self._previous = sys.excepthook, threading.excepthook
        self._native: TextIO | None = None
        # Queued: what failed is left before anything else is done.
        self._caught.connect(dispatch, Qt.ConnectionType.QueuedConnection)
        sys.excepthook = self._hook
        threading.excepthook = lambda args: self._hook(
            args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback
        )
        self._watch_signals()

    def _watch_signals(self) -> None:
        found = crashes.left_behind(datetime.now())
        if found:
            where = ", ".join(map(str, found))
            self._caught.emit(
                Failed(f"The last run of nvmeviz ended by a crash. {ADVICE} ({where})")
            )
        with contextlib.suppress(OSError):
            crashes.crash_dir().mkdir(parents=True, exist_ok=True)
            self._native = crashes.native_place().open("x", encoding="utf-8")
            faulthandler.enable(self._native)

    def _hook(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        self._previous[0](kind, error, trace)
        place = traceback.extract_tb(trace)[-1] if trace else None
        where = f"{place.name}, line {place.lineno}: {place.filename}" if place else ""
        text = f"An error of the program itself: {kind.__name__}: {error}. {where}"
        which = f"{kind.__name__} {where}"
        if which in self._seen or issubclass(kind, KeyboardInterrupt):
            return
        self._seen.add(which)
        now = datetime.now()
        words = "".join(traceback.format_exception(kind, error, trace))
        report = crashes.write_report(crashes.report_text(words, self._doing(), now), now)
        kept = f"{ADVICE} ({report})" if report is not None else "Please report it."
        session = ""
        if report is not None and self._sessions < MOST_SESSIONS:
            self._sessions += 1
            session = crashes.session_place(now)
        self._caught.emit(Crashed(f"{text}. {kept}", session))

    def _doing(self) -> str:
        try:
            return crashes.what_is_open(self._state())
        except Exception as error:  # the state itself may be what is wrong
            return f"what was open can't be told: {type(error).__name__}: {error}"

    def close(self) -> None:
        """Leave errors to whoever had them before; nothing went wrong, so nothing is left."""
        sys.excepthook, threading.excepthook = self._previous
        if self._native is not None:
            faulthandler.disable()
            self._native.close()
            with contextlib.suppress(OSError):
                Path(self._native.name).unlink()
            self._native = None
