"""Runs effects: those marked `inline` on this thread, one per turn of the event loop, others in
two workers.

An inline effect's answer may ask for the next effect; a turn of the event loop between them lets
the window paint and answer keys.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, QRunnable, QThreadPool, QTimer, Signal

from nvmeviz.app.effects import Effect, perform

WORKERS = 2


class _Job(QRunnable):
    """One effect in a worker; the answer goes back by a queued signal."""

    def __init__(self, effect: Effect, runner: EffectRunner) -> None:
        super().__init__()
        self._effect, self._runner = effect, runner

    def run(self) -> None:
        try:
            reply = perform(self._effect)
        except Exception as error:
            self._runner.crashed.emit(error)
            return
        if reply is not None:
            self._runner.replied.emit(reply)


class EffectRunner(QObject):
    """`replied` brings each effect's message to the UI thread."""

    replied = Signal(object)
    crashed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(WORKERS)
        self._closed = False
        self.crashed.connect(self._raise)

    def run(self, effect: Effect) -> None:
        """Start an effect."""
        if self._closed:
            return
        if effect.inline:
            QTimer.singleShot(0, self, lambda: self._perform_here(effect))
        else:
            self._pool.start(_Job(effect, self))

    def _perform_here(self, effect: Effect) -> None:
        if self._closed:
            return
        reply = perform(effect)
        if reply is not None:
            self.replied.emit(reply)

    def _raise(self, error: Exception) -> None:
        raise error

    def close(self) -> None:
        """No new effects; waits for those under way."""
        self._closed = True
        self._pool.clear()
        self._pool.waitForDone(5000)
