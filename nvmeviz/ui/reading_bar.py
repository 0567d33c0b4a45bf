"""The bar that shows a file being read: how far it is, what was found in it so far, and a way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QSizePolicy,
    QToolButton,
)

from nvmeviz.app.reading import CancelOpening
from nvmeviz.units import percent

if TYPE_CHECKING:
    from collections.abc import Callable

    from nvmeviz.app.messages import Message
    from nvmeviz.app.present.frame import ReadingFrame

STEPS = 1000  # of the bar


class ReadingBar(QFrame):
    """Shown while something is being read; what is open stays usable below it."""

    def __init__(self, dispatch: Callable[[Message], None]) -> None:
        super().__init__()
        self.setObjectName("reading")
        self._title = ""
        self.text, self.found, self.done = QLabel(), QLabel(), QLabel()
        for label in (self.text, self.found, self.done):
            label.setTextFormat(Qt.TextFormat.PlainText)
        # A long name gives way; what was found and how far it is stay whole.
        self.text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.found.setProperty("role", "muted")
        self.bar = QProgressBar()
        self.bar.setRange(0, STEPS)
        self.bar.setTextVisible(False)
        self.cancel = QToolButton()
        self.cancel.setText("Cancel")
        self.setToolTip("How far the file has been read, and what was found in it so far")
        self.cancel.setToolTip("Give it up; what is open stays (Esc)")
        self.cancel.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.cancel.clicked.connect(lambda: dispatch(CancelOpening()))
        self._row = QHBoxLayout(self)
        for widget, stretch in (
            *((self.text, 3), (self.found, 0), (self.bar, 2), (self.done, 0), (self.cancel, 0)),
        ):
            self._row.addWidget(widget, stretch, Qt.AlignmentFlag.AlignVCenter)
        self.hide()

    def set_look(self, scale: float) -> None:
        self._row.setContentsMargins(*(round(v * scale) for v in (18, 5, 16, 5)))
        self._row.setSpacing(round(14 * scale))
        self.bar.setFixedHeight(round(6 * scale))
        self.done.setFixedWidth(round(52 * scale))

    def set_frame(self, frame: ReadingFrame | None) -> None:
        """Show, or hide with None."""
        if frame is None:
            if not self.isHidden():
                had_focus = self.cancel.hasFocus()
                self.hide()
                if had_focus:
                    self.window().setFocus()
            return
        done = percent(frame.share)
        self._title = frame.title
        self.found.setText(frame.words)
        self.done.setText(done)
        self.bar.setValue(round(STEPS * frame.share))
        self.setAccessibleName(f"{frame.title}: {done}. {frame.words}")
        self.bar.setAccessibleName(f"{frame.title}: {done}")
        self.cancel.setAccessibleName(f"Cancel {frame.title[:1].lower()}{frame.title[1:]}")
        self.show()
        self._fit()

    def resizeEvent(self, event) -> None:  # noqa: ANN001
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """The name, cut in the middle where there is no room for all of it."""
        metrics = self.text.fontMetrics()
        cut = metrics.elidedText(self._title, Qt.TextElideMode.ElideMiddle, self.text.width())
        self.text.setText(cut)
        self.text.setToolTip(self._title)
