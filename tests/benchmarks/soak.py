"""The window at full speed for an hour, used as a person would: does anything grow?

python -m tests.benchmarks.soak [--minutes 60] [--dwell 18] [--seed 1]

A round does all of `_Person.ROUND`, plays flat out after each, and comes back to the same scenario at
rest; there memory, objects, widgets, threads and open files are compared, the first third of the
rounds with the last. Before that caches that have a bound are emptied, and memory that was freed goes
back to the system. All rounds do the same things, at other moments; the first one makes what is made
once and is left out. Exit code 1: something grew past its bound, memory was over its budget at any
time, or something went wrong. Linux only: it reads /proc.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import os
import random
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from nvmeviz.app import messages as m
from nvmeviz.app.findings_view import LookAgain, ToggleFindings
from nvmeviz.app.graph_view import ALL_GRAPHS, EnlargeGraph
from nvmeviz.app.reading import OpenFiles
from nvmeviz.app.runs import LOG_BUDGET_BYTES, RUN_MOST_EVENTS
from nvmeviz.app.samples import samples
from nvmeviz.model.timeline import KEYFRAMES_BUDGET_BYTES
from nvmeviz.scenario.toml import builtin_names
from nvmeviz.ui.application import Session, make_application

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

BASE = "gce-local-ssd-2017"
MODES = ("mmio_trap", "google_2016", "dbbuf_qemu71", "batched")
SIZES = ((640, 480), (3000, 900), (1000, 2000), (2560, 1440), (800, 600), (1600, 900))
SEEDS, DEPTHS = ("1", "2", "3"), ("1", "4", "16", "48")
OFF_SCREEN = "This plugin does not support"  # what the platform without a screen can't do
FLAT_OUT, FAST, READING = 1.0, 0.8, 0.3  # positions of the speed slider
SAMPLE_S = 10.0
SERIES_BYTES = 4 * RUN_MOST_EVENTS  # what graphs keep of a run
RUN_MB = (LOG_BUDGET_BYTES + KEYFRAMES_BUDGET_BYTES + SERIES_BYTES) >> 20
# Of a branched window, which has a pane more, while another scenario's runs take the place of its own.
BUDGET_MB = 350 + (len(MODES) + 1) * RUN_MB
# What may be more at rest in the last third than in the first: the allocator scatters.
BOUNDS = {"rss_mb": 60, "objects": 2500, "qobjects": 0, "widgets": 0, "threads": 2, "files": 2}


@dataclass(frozen=True, slots=True)
class Sample:
    """What is there at a moment."""

    rss_mb: float
    objects: int
    qobjects: int
    widgets: int
    threads: int
    files: int


def sampled() -> Sample:
    """Now, garbage and all."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    tops = QApplication.topLevelWidgets()
    return Sample(
        rss_mb=pages * os.sysconf("SC_PAGE_SIZE") / (1 << 20),
        objects=len(gc.get_objects()),
        qobjects=sum(1 + len(top.findChildren(QObject)) for top in tops if top.parent() is None),
        widgets=len(QApplication.allWidgets()),
        threads=max(threading.active_count(), len(os.listdir("/proc/self/task"))),
        files=len(os.listdir("/proc/self/fd")),
    )


def empty_caches() -> None:
    """Those with a bound of their own fill for longer than an hour: places of pointers, say."""
    for found in gc.get_objects():
        if type(found).__name__ == "_lru_cache_wrapper" and found.__module__.startswith("nvmeviz."):
            found.cache_clear()


def give_back() -> None:
    """The allocator keeps what was freed, up to what was once needed: that is no growth."""
    ctypes.CDLL(None).malloc_trim(0)


def turn(seconds: float) -> None:
    """Let the event loop run."""
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


class _Person:
    """Does what people do, one thing after the other."""

    def __init__(self, folder: Path, dwell_s: float, seed: int) -> None:
        self._folder, self._dwell_s = folder, dwell_s
        self._chance = random.Random(seed)
        self.session = Session(BASE, MODES)
        self.frames = self.ends = 0
        self.failed: list[str] = []
        self.watch: Callable[[], None] = lambda: None
        self.session.framed = self._framed
        self.session.window.resize(*SIZES[-1])
        self.session.start()
        self._until(lambda: bool(self.session.store.state.runs))

    def _framed(self) -> None:
        self.frames += 1

    def caught(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        """What nobody else did."""
        sys.__excepthook__(kind, error, trace)
        self.failed.append(f"{kind.__name__}: {error}")

    def _tell(self, *messages: m.Message) -> None:
        for message in messages:
            self.session.store.dispatch(message)

    def _until(self, holds: Callable[[], bool], most_s: float = 120.0) -> None:
        end = time.monotonic() + most_s
        while not holds() and time.monotonic() < end:
            turn(0.05)
        if not holds():
            self.failed.append(f"waited in vain: {self.session.store.state.notice}")

    def _settled(self) -> None:
        def there() -> bool:
            state = self.session.store.state
            return not state.asked and not state.making

        self._until(there)

    def _open(self, source: str) -> None:
        self._tell(m.OpenScenario(source))
        self._settled()

    def base(self) -> None:
        """The scenario that all rounds come back to, as it is at first."""
        self._open(BASE)
        self._tell(m.SetPanes(MODES))
        self._settled()

    def play(self) -> None:
        """Flat out for a while; at the end of a run again from the start, in turns as it was and
        with another seed.
        """
        self._tell(m.SetSpeedPosition(FLAT_OUT))
        end = time.monotonic() + self._dwell_s
        while time.monotonic() < end:
            if not self.session.store.state.playing:
                self.ends += 1
                self._tell(m.TogglePlay())
                if self.ends % 2 and not self.session.store.state.opened:
                    seed = SEEDS[self.ends // 2 % len(SEEDS)]
                    self._tell(m.Seek(m.Place.START), m.ChangeSetting("seed", seed))
                else:
                    self._tell(m.SetSpeedPosition(FAST))
            turn(0.5)
            self.watch()

    def scenarios(self) -> None:
        for name in builtin_names():
            self._open(name)
            self._tell(m.SetSpeedPosition(FLAT_OUT))
            turn(1)

    def setting(self) -> None:
        self.base()
        self._tell(m.TogglePanel(True))
        for depth in DEPTHS:
            self._tell(m.ChangeSetting("workload.queue_depth", depth))
            self._settled()

    def branch(self) -> None:
        self._tell(m.TogglePanel(False), m.Branch())
        self._settled()

    def undo(self) -> None:
        self._tell(m.Undo(), m.Undo(), m.Redo())
        self._settled()

    def seek(self) -> None:
        head_ns = self.session.store.state.head.t_ns
        for _ in range(10):
            self._tell(m.Seek(self._chance.randrange(head_ns + 1)))
            turn(0.1)
        self._tell(m.SetSpeedPosition(READING), m.Seek(m.Place.START))
        turn(1)
        self._tell(m.Follow(0, 3))
        turn(1)
        self._tell(m.Follow(0, None))

    def traces(self) -> None:
        for sample in samples():
            self._open(sample.source)
            turn(1)

    def recording(self) -> None:
        """Short runs, saved over the last ones and opened; exported too."""
        self.base()
        self._tell(m.SetSpeedPosition(READING))
        turn(2)
        path = self._folder / "soak.nvmeviz"
        self._tell(
            m.SaveRecording(str(path)), m.Export(str(self._folder / "soak.json"), "perfetto")
        )
        self._until(lambda: path.exists() and len(os.listdir(self._folder)) == 2)
        self._tell(OpenFiles((str(path),)))
        self._settled()

    def findings(self) -> None:
        self._open("lost-doorbell")
        self._tell(ToggleFindings(True), LookAgain())
        self.play()
        self._tell(ToggleFindings(False))

    def graph(self) -> None:
        self.base()
        for name in ALL_GRAPHS:
            self._tell(EnlargeGraph(name))
            turn(0.5)
        self._tell(EnlargeGraph(""))

    def look(self) -> None:
        commands = self.session.window.commands
        for _ in range(3):
            commands.next_theme()
            commands.zoom(1.1)
            turn(0.3)
        commands.run_named("zoom_reset")

    def size(self) -> None:
        for size in SIZES:  # the same each time: layouts are kept by size
            self.session.window.resize(*size)
            turn(0.1)

    def panes(self) -> None:
        self._tell(m.FloatPane())
        turn(0.5)
        self._tell(m.FloatPane(), m.Solo(1))
        turn(0.5)
        self._tell(m.Solo(None), m.RemovePane(), m.MovePane(1))

    def dialogs(self) -> None:
        for name in ("show_keys", "record", "pane_menu", "add_pane", "open", "export"):
            self.session.window.commands.run_named(name)
            turn(0.3)
            for widget in QApplication.topLevelWidgets():
                if widget.isVisible() and widget is not self.session.window:
                    widget.close()
            turn(0.1)

    ROUND = (
        scenarios, setting, branch, undo, seek, traces, recording, findings, graph, look,
        size, panes, dialogs,
    )  # fmt: skip

    def at_rest(self) -> Sample:
        """What is there where every round begins."""
        self.base()
        self._tell(m.SetSpeedPosition(READING), m.Pause(), m.Dismiss())
        turn(1)
        self._until(lambda: not self.session.store.state.in_flight)
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        empty_caches()
        gc.collect()
        give_back()
        return sampled()


def _types() -> Counter[str]:
    return Counter(type(found).__qualname__ for found in gc.get_objects())


def main(minutes: float, dwell_s: float, seed: int) -> int:
    """Soak; returns the exit code."""
    folder = Path(tempfile.mkdtemp(prefix="soak-"))
    saved = folder / "saved"
    saved.mkdir()
    os.environ["NVMEVIZ_CONFIG_DIR"] = str(folder / "config")
    os.environ["NVMEVIZ_CACHE_DIR"] = str(folder / "cache")
    make_application.kept = make_application(["soak"])  # type: ignore[attr-defined]
    person = _Person(saved, dwell_s, seed)
    sys.excepthook = person.caught
    began = last_sample = last_line = time.monotonic()
    highest_mb = 0.0
    frames = 0

    def watch() -> None:
        nonlocal last_sample, last_line, highest_mb, frames
        now = time.monotonic()
        if now - last_sample < SAMPLE_S:
            return
        last_sample = now
        found = sampled()
        highest_mb = max(highest_mb, found.rss_mb)
        if now - last_line >= 60:
            fps = (person.frames - frames) / (now - last_line)
            last_line, frames = now, person.frames
            state = person.session.store.state
            print(
                f"{(now - began) / 60:5.1f} min  {fps:4.1f} fps  {found}  {state.source}",
                flush=True,
            )

    def qt_said(_kind: object, _context: object, text: str) -> None:
        if not text.startswith(OFF_SCREEN):
            person.failed.append(text)

    qInstallMessageHandler(qt_said)
    person.watch = watch
    rests: list[Sample] = []
    types: list[Counter[str]] = []
    while time.monotonic() - began < minutes * 60:
        rests.append(person.at_rest())
        types.append(_types())
        print(f"round {len(rests)} begins: {rests[-1]}", flush=True)
        for act in person.ROUND:
            act(person)
            person.play()
    rests.append(person.at_rest())
    types.append(_types())
    person.session.close()
    return _verdict(rests[1:], types[1:], highest_mb, person)


def _verdict(
    rests: list[Sample], types: list[Counter[str]], highest_mb: float, person: _Person
) -> int:
    third = max(1, len(rests) // 3)
    wrong = [*person.failed]
    for name, bound in BOUNDS.items():
        first = statistics.median(getattr(rest, name) for rest in rests[:third])
        last = statistics.median(getattr(rest, name) for rest in rests[-third:])
        print(f"{name:<9} first third {first:9.0f}, last third {last:9.0f}, may grow by {bound}")
        if last - first > bound:
            wrong.append(f"{name} grew by {last - first:.0f}")
    print(f"highest   {highest_mb:.0f} MB of {BUDGET_MB}; runs ended {person.ends} times")
    print(f"more of   {(types[-1] - types[0]).most_common(12)}")
    if highest_mb > BUDGET_MB:
        wrong.append("memory was over its budget")
    print("verdict:", "; ".join(wrong) or f"nothing grew in {len(rests)} rounds")
    return 1 if wrong else 0


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    asked = argparse.ArgumentParser()
    asked.add_argument("--minutes", type=float, default=60.0)
    asked.add_argument("--dwell", type=float, default=18.0, help="seconds of play after each act")
    asked.add_argument("--seed", type=int, default=1)
    options = asked.parse_args()
    sys.exit(main(options.minutes, options.dwell, options.seed))
