"""Milliseconds per frame of the real window, off-screen, while it plays; and to the first frame.

A frame is what the main thread does for it, in its own processor time: the tick, the presentation,
taking in what the workers have made, and painting what has changed.
"""

from __future__ import annotations

import subprocess
import sys
import time

import numpy as np
from PySide6.QtWidgets import QApplication

from nvmeviz.app.messages import SetSpeedPosition, Tick
from nvmeviz.ui.application import Session, make_application
from nvmeviz.ui.clock import FRAME_NS

FRAMES = 150
WARM_UP = 30
SLOW, FAST = 0.25, 0.7  # positions of the speed slider: tokens, flow
CASES: tuple[tuple[str, str, tuple[str, ...] | None, tuple[int, int], float], ...] = (
    ("two panes 1920x1080", "gce-local-ssd-2017", None, (1920, 1080), SLOW),
    ("two panes 1920x1080 fast", "gce-local-ssd-2017", None, (1920, 1080), FAST),
    ("two panes 4 queues 1920x1080", "google-null-device-2016", None, (1920, 1080), SLOW),
    (
        "four panes 4 queues 1920x1080",
        "google-null-device-2016",
        ("mmio_trap", "batched", "google_2016", "dbbuf_qemu71"),
        (1920, 1080),
        SLOW,
    ),
    ("two panes 3840x2160", "gce-local-ssd-2017", None, (3840, 2160), SLOW),
)
_FIRST_FRAME = """
import time
start = time.perf_counter()
from nvmeviz.ui.application import Session, make_application
app = make_application(["nvmeviz"])
session = Session("gce-local-ssd-2017")
session.start()
while not session.store.state.runs:
    app.processEvents()
session.on_frame(16_000_000)
app.processEvents()
session.window.grab()
print((time.perf_counter() - start) * 1e3)
session.close()
"""


def _frames_ms(
    source: str, modes: tuple[str, ...] | None, size: tuple[int, int], speed: float
) -> list[float]:
    session = Session(source, modes)
    session.clock.stop()
    session.window.resize(*size)
    session.start()
    session.clock.stop()
    while not session.store.state.runs:
        QApplication.processEvents()
    session.store.dispatch(SetSpeedPosition(speed))
    taken: list[float] = []
    for number in range(WARM_UP + FRAMES):
        session.clock.stop()
        time.sleep(0.004)  # graphs and workers live by the clock on the wall
        start = time.thread_time()
        session.store.dispatch(Tick(FRAME_NS))
        session.show_state()
        QApplication.processEvents()  # paints what has changed, takes in what the workers have made
        if number >= WARM_UP:
            taken.append((time.thread_time() - start) * 1e3)
    session.close()
    session.window.hide()
    session.window.deleteLater()
    return taken


def first_frame_ms() -> float:
    """From the start of Python's work to the first picture of moving runs, in a process of its
    own.
    """
    done = subprocess.run(
        [sys.executable, "-c", _FIRST_FRAME], capture_output=True, text=True, check=True
    )
    return float(done.stdout.split()[-1])


def measure_frames() -> tuple[dict[str, dict[str, float]], float]:
    """({case: {"median", "p95"}}, first frame), all in ms.

    Frames in processor time of the main thread, the first one in wall time.
    """
    first = first_frame_ms()
    if QApplication.instance() is None:
        measure_frames.application = make_application(sys.argv[:1])  # type: ignore[attr-defined]
    found: dict[str, dict[str, float]] = {}
    for name, source, modes, size, speed in CASES:
        times = _frames_ms(source, modes, size, speed)
        median, p95 = np.percentile(times, [50, 95])
        found[name] = {"median": float(median), "p95": float(p95)}
    return found, first
