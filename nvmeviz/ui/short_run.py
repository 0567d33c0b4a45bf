"""The window for a moment, which then tells about itself and closes: `nvmeviz run --trial SECONDS`.

For the self-test, the benchmark and the test of the frozen program, each of which wants to know of a
process of its own that its window opens, shows a run and goes on.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtGui import QGuiApplication

from nvmeviz.ui.application import Session, make_application
from nvmeviz.ui.clock import FRAME_NS

if TYPE_CHECKING:
    from types import TracebackType

LONGEST_S = 30  # for opening what is to be shown


@dataclass(slots=True)
class _Watch:
    """What happens meanwhile."""

    frames: int = 0
    errors: list[str] = field(default_factory=list)

    def frame(self) -> None:
        self.frames += 1

    def error(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        sys.__excepthook__(kind, error, trace)
        self.errors.append(f"{kind.__name__}: {error}")


def short_run(
    source: str, modes: tuple[str, ...] | None, seed: int | None, seconds: float, began: float
) -> int:
    """Show the first frame and play on for `seconds`; prints a line of JSON and returns 1 when
    something went wrong. began: when the process did, by time.perf_counter().
    """
    app = make_application(sys.argv[:1])
    watch = _Watch()
    sys.excepthook = watch.error
    session = Session(source, modes, seed)
    session.framed = watch.frame
    session.start()
    while not session.store.state.runs:
        app.processEvents()
        if session.store.state.notice or time.perf_counter() - began > LONGEST_S:
            session.close()
            sys.stderr.write(f"nvmeviz: {session.store.state.notice or 'nothing opened'}\n")
            return 1
    session.on_frame(FRAME_NS)
    app.processEvents()
    session.window.grab()
    first_frame_ms = (time.perf_counter() - began) * 1e3
    begun_ns = session.store.state.head.t_ns
    _turn(seconds)
    window = session.window
    found = {
        "platform": QGuiApplication.platformName(),
        "size": (window.width(), window.height()),
        "scale": window.devicePixelRatioF(),
        "first_frame_ms": first_frame_ms,
        "frames": watch.frames,
        "played_ns": session.store.state.head.t_ns - begun_ns,
        "errors": watch.errors,
    }
    sys.stdout.write(json.dumps(found) + "\n")
    session.close()
    return 1 if watch.errors else 0


def _turn(seconds: float) -> None:
    """Let the event loop run."""
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()
