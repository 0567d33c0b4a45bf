"""Milliseconds per frame of the real window, off-screen, while it plays; and to the first frame.

A frame is what the main thread does for it, in its own processor time: the tick, the presentation,
taking in what the workers have made, and painting what has changed.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtWidgets import QApplication

from nvmeviz.app import resources
from nvmeviz.app.messages import ChangeSetting, SetSpeedPosition, Tick
from nvmeviz.ui.application import Session, make_application
from nvmeviz.ui.clock import FRAME_NS

FRAMES = 200
WARM_UP = 40
SLOW, FAST, FLAT_OUT = 0.25, 0.7, 1.0  # positions of the speed slider: tokens, flow, no limit
PACED_S = 5.0
_FIRST = "gce-local-ssd-2017"
PROBE_MS = 2


@dataclass(frozen=True, slots=True)
class Case:
    """A window to measure: its size in px, the position of its speed slider."""

    name: str
    source: str
    size: tuple[int, int]
    speed: float = SLOW
    modes: tuple[str, ...] | None = None
    settings: tuple[tuple[str, str], ...] = ()


_FOUR = ("mmio_trap", "batched", "google_2016", "dbbuf_qemu71")
_SIXTEEN = (("machine.guests", "2"), ("machine.vcpus", "8"), ("machine.queues", "8"))
_HD, _UHD = (1920, 1080), (3840, 2160)


def _full(name: str, size: tuple[int, int], speed: float) -> Case:
    """The whole window: four panes of 16 queue pairs (two guests of eight), graphs, scrubber."""
    return Case(name, "google-null-device-2016", size, speed, _FOUR, _SIXTEEN)


CASES = (
    Case("two panes 1920x1080", "gce-local-ssd-2017", _HD),
    Case("two panes 1920x1080 fast", "gce-local-ssd-2017", _HD, FAST),
    Case("two panes 3840x2160", "gce-local-ssd-2017", _UHD),
    Case("four panes 4 queue pairs 1920x1080", "google-null-device-2016", _HD, SLOW, _FOUR),
    _full("four panes 16 queue pairs 1920x1080", _HD, SLOW),
    _full("four panes 16 queue pairs 1920x1080 fast", _HD, FAST),
    _full("four panes 16 queue pairs 3840x2160", _UHD, SLOW),
    _full("four panes 16 queue pairs 3840x2160 fast", _UHD, FAST),
)
PACED = (
    _full("four panes 16 queue pairs 1920x1080", _HD, SLOW),
    _full("four panes 16 queue pairs 3840x2160", _UHD, SLOW),
    _full("four engines flat out 1920x1080", _HD, FLAT_OUT),
)


def _opened(case: Case) -> Session:
    """A window that shows what the case says, all runs there."""
    session = Session(case.source, case.modes)
    session.window.resize(*case.size)
    session.start()
    session.clock.stop()
    while not session.store.state.runs:
        QApplication.processEvents()
    for key, text in case.settings:
        session.store.dispatch(ChangeSetting(key, text))
    while session.store.state.making:
        QApplication.processEvents()
    session.store.dispatch(SetSpeedPosition(case.speed))
    session.clock.stop()
    return session


def _closed(session: Session) -> None:
    session.close()
    session.window.hide()
    session.window.deleteLater()


def _frames_ms(case: Case) -> list[float]:
    session = _opened(case)
    taken: list[float] = []
    # Frames come from here alone: one of the clock's own among them would count twice.
    session.store.changed.disconnect(session.clock.request)
    session.clock.stop()
    for number in range(WARM_UP + FRAMES):
        time.sleep(0.004)  # graphs and workers live by the clock on the wall
        start = time.thread_time()
        session.store.dispatch(Tick(FRAME_NS))
        session.show_state()
        QApplication.processEvents()  # paints what has changed, takes in what the workers have made
        if number >= WARM_UP:
            taken.append((time.thread_time() - start) * 1e3)
    session.store.changed.connect(session.clock.request)
    _closed(session)
    return taken


def _paced(case: Case) -> dict[str, float]:
    """{"fps", "gap_ms"}: pictures a second by the program's own clock, and the longest time in which
    the event loop did not come round to a timer of 2 ms.
    """
    session = _opened(case)
    shown = 0
    longest = 0.0
    last = time.perf_counter()

    def count() -> None:
        nonlocal shown
        shown += 1

    def probe() -> None:
        nonlocal longest, last
        now = time.perf_counter()
        longest, last = max(longest, now - last), now

    session.framed = count
    timer = QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(probe)
    timer.start(PROBE_MS)
    session.clock.request()
    _turn(1.0)  # warm
    shown, longest, last = 0, 0.0, time.perf_counter()
    _turn(PACED_S)
    timer.stop()
    fps = shown / PACED_S
    _closed(session)
    return {"fps": fps, "gap_ms": longest * 1e3}


def _turn(seconds: float) -> None:
    """Let the event loop run."""
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


def first_frame_ms() -> float:
    """From the start of Python's work to the first picture of moving runs, in a process of its
    own.
    """
    words = [*resources.program(), "run", _FIRST, "--trial", "0"]
    done = subprocess.run(words, capture_output=True, encoding="utf-8", check=True)
    return float(json.loads(done.stdout)["first_frame_ms"])


def measure_window() -> dict[str, Any]:
    """frame_ms: {case: {"median", "p95"}}, processor time of the main thread a frame; paced: {case:
    {"fps", "gap_ms"}}, by the clock on the wall; first_frame_ms: by the same clock.
    """
    first = first_frame_ms()
    if QApplication.instance() is None:
        measure_window.application = make_application(sys.argv[:1])  # type: ignore[attr-defined]
    found: dict[str, dict[str, float]] = {}
    for case in CASES:
        median, p95 = np.percentile(_frames_ms(case), [50, 95])
        found[case.name] = {"median": float(median), "p95": float(p95)}
    paced = {case.name: _paced(case) for case in PACED}
    return {"frame_ms": found, "paced": paced, "first_frame_ms": first}
