"""The store: holds the state, passes messages through `update`, hands effects to the runner.

`dispatch` is the only way to change anything; `changed` the only way to hear of it.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from nvmeviz.app.update import update

if TYPE_CHECKING:
    from nvmeviz.app.effects import Effect
    from nvmeviz.app.messages import Message
    from nvmeviz.app.state import AppState
    from nvmeviz.ui.effect_runner import EffectRunner


class Store(QObject):
    """State and messages; lives on the UI thread."""

    changed = Signal()

    def __init__(self, state: AppState, runner: EffectRunner) -> None:
        super().__init__()
        self.state = state
        self._runner = runner
        self._queue: deque[Message] = deque()
        self._busy = False
        runner.replied.connect(self.dispatch)

    def run(self, effects: tuple[Effect, ...]) -> None:
        """Start effects that come with the first state."""
        for effect in effects:
            self._runner.run(effect)

    def dispatch(self, message: Message) -> None:
        """Apply a message and all that follow from it at once; then tell, if anything changed."""
        self._queue.append(message)
        if self._busy:
            return
        before = self.state
        self._busy = True
        try:
            while self._queue:
                self.state, effects = update(self.state, self._queue.popleft())
                self.run(effects)
        finally:
            self._busy = False
        if self.state is not before:
            self.changed.emit()
