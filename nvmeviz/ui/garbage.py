"""Python looks for garbage on the window's thread only.

What Qt owns must be taken down on Qt's own thread, but Python's collector runs in whichever thread
happens to allocate: a worker that digests events would stop the timers of a dialog that was closed.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

LOOK_EVERY_MS = 300


class GarbageCollector(QObject):
    """Stands in for Python's own from when it is made until `close`; with its thresholds, but looking
    a few times a second. On the thread of the window.
    """

    def __init__(self) -> None:
        super().__init__()
        self._was_on = gc.isenabled()
        gc.disable()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)
        self._timer.start(LOOK_EVERY_MS)

    def look(self) -> None:
        """Collect the generations that are due. That may take some tens of ms for the oldest, which
        comes once in a hundred looks at most.
        """
        for generation in (0, 1, 2):
            # Collecting one is what the next one counts.
            threshold = gc.get_threshold()[generation]
            if threshold == 0 or gc.get_count()[generation] <= threshold:
                return
            gc.collect(generation)

    def close(self) -> None:
        """Leave it to Python again."""
        self._timer.stop()
        if self._was_on:
            gc.enable()
