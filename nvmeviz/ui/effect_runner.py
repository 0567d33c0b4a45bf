"""Runs effects: those marked `inline` on this thread, one per turn of the event loop, others in
two workers; long reading has a third of its own, so that runs go on meanwhile. So has writing: files
are written one after the other, and all of them to the end, even when the window is closed.

An inline effect's answer may ask for the next effect; a turn of the event loop between them lets
the window paint and answer keys.
"""

from __future__ import annotations

import time
from threading import Thread
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QThreadPool, QTimer, Signal

from nvmeviz.app.effects import (
    Cancelled,
    Effect,
    Open,
    ReadRecording,
    Save,
    SaveText,
    StopOpening,
    WriteDiagnostics,
    WriteExport,
    perform,
)

if TYPE_CHECKING:
    from nvmeviz.app.messages import Message

WORKERS = 2
TELL_EVERY_S = 0.08  # a reader tells how far it is


class _Job:
    """One effect in a worker; the answer goes back by a queued signal.

    No QRunnable: of those PySide keeps one in fifteen for good, with the run that it advanced.
    """

    def __init__(self, effect: Effect, runner: EffectRunner) -> None:
        self._effect, self._runner = effect, runner
        self._told_s = 0.0

    def __call__(self) -> None:
        try:
            reply = perform(self._effect, self._tell)
        except Exception as error:
            self._runner.crashed.emit(error)
        else:
            if reply is not None:
                self._runner.replied.emit(reply)

    def _tell(self, message: Message) -> None:
        """Pass on what is said on the way, as often as people can read it. Raises Cancelled."""
        if self._runner.is_stopped(self._effect):
            raise Cancelled
        now_s = time.monotonic()
        if now_s - self._told_s >= TELL_EVERY_S:
            self._told_s = now_s
            self._runner.replied.emit(message)


class EffectRunner(QObject):
    """`replied` brings each effect's message to the UI thread."""

    replied = Signal(object)
    crashed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._pool, self._readers, self._writers = (QThreadPool(self) for _ in range(3))
        self._pool.setMaxThreadCount(WORKERS)
        self._readers.setMaxThreadCount(1)
        self._writers.setMaxThreadCount(1)
        self._closed = False
        self._stopped = 0  # what is read up to this number is not wanted any more
        self.crashed.connect(self._raise)

    def run(self, effect: Effect) -> None:
        """Start an effect."""
        if self._closed:
            return
        if isinstance(effect, StopOpening):
            self._stopped = max(self._stopped, effect.opening)
        elif effect.inline:
            QTimer.singleShot(0, self, lambda: self._perform_here(effect))
        elif isinstance(effect, Open | ReadRecording):
            self._readers.start(_Job(effect, self))
        elif isinstance(effect, Save | SaveText | WriteExport):
            self._writers.start(_Job(effect, self))
        elif isinstance(effect, WriteDiagnostics):
            # It starts another process and waits for it: nobody has to wait for that.
            Thread(target=_Job(effect, self), daemon=True).start()
        else:
            self._pool.start(_Job(effect, self))

    def is_stopped(self, effect: Effect) -> bool:
        """True when nobody waits for an effect any more; asked from its worker."""
        reads = isinstance(effect, Open | ReadRecording)
        return self._closed or (reads and effect.opening <= self._stopped)

    def _perform_here(self, effect: Effect) -> None:
        if self._closed:
            return
        reply = perform(effect)
        if reply is not None:
            self.replied.emit(reply)

    def _raise(self, error: Exception) -> None:
        raise error

    def close(self) -> None:
        """No new effects; waits for those under way, and for every file to be written, however long
        that takes. What those have to say is said.
        """
        self._closed = True
        for pool in (self._pool, self._readers):
            pool.clear()
        for pool in (self._pool, self._readers):
            pool.waitForDone(5000)
        self._writers.waitForDone(-1)
        QCoreApplication.sendPostedEvents(None, QEvent.Type.MetaCall.value)
