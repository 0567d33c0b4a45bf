"""One setting in the panel: its name, an editor, a slider where it is a number, what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from nvmeviz.app.glossary import setting_words
from nvmeviz.app.messages import ChangeSetting, Message
from nvmeviz.app.present.panel import finest_step, text_at
from nvmeviz.ui.tips import told

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QKeyEvent, QWheelEvent

    from nvmeviz.app.present.panel_frame import PanelRow

STEPS = 1000


class _Slider(QSlider):
    """A slider that leaves the wheel to the list it stands in."""

    def wheelEvent(self, e: QWheelEvent) -> None:
        e.ignore()


class WheellessComboBox(QComboBox):
    """A list of choices that leaves the wheel to the list it stands in."""

    def wheelEvent(self, e: QWheelEvent) -> None:
        e.ignore()


class _Editor(QLineEdit):
    """A line that Esc brings back to what holds."""

    left = Signal()

    def keyPressEvent(self, arg__1: QKeyEvent) -> None:
        if arg__1.key() == Qt.Key.Key_Escape:
            self.setModified(False)
            self.left.emit()
            return
        super().keyPressEvent(arg__1)


class PanelRowWidget(QWidget):
    """Shows a `PanelRow`; dispatches `ChangeSetting`."""

    def __init__(self, dispatch: Callable[[Message], None], row: PanelRow) -> None:
        super().__init__()
        self._dispatch = dispatch
        self._row: PanelRow | None = None
        self._key = row.key
        self.name = QLabel()
        self.name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.back = QToolButton()
        self.back.setText("↺")
        self.back.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.back.clicked.connect(lambda: dispatch(ChangeSetting(self._key, None)))
        self.wrong = QLabel()
        self.wrong.setWordWrap(True)
        self.wrong.setProperty("role", "wrong")
        self.wrong.setProperty("font_role", "caption")
        self.editor: QLineEdit | None = None
        self.choices: QComboBox | None = None
        self.slider: QSlider | None = None
        self._line = QHBoxLayout()
        self._line.addWidget(self.name, 1)
        self._line.addWidget(self.back, 0)
        self._line.addWidget(self._make_editor(row), 0)
        self._column = QVBoxLayout(self)
        self._column.addLayout(self._line)
        if row.position is not None:
            self.slider = self._make_slider(row)
            self._column.addWidget(self.slider)
        self._column.addWidget(self.wrong)

    def _make_editor(self, row: PanelRow) -> QWidget:
        if row.choices:
            self.choices = box = WheellessComboBox()
            box.setAccessibleName(row.label)
            box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            for choice in row.choices:
                box.addItem(choice.replace("_", " "), choice)
            box.activated.connect(
                lambda place: self._dispatch(ChangeSetting(self._key, box.itemData(place)))
            )
            return box
        self.editor = editor = _Editor()
        editor.left.connect(self._leave)
        editor.setAccessibleName(row.label)
        editor.setAlignment(Qt.AlignmentFlag.AlignRight)
        editor.setProperty("font_role", "key")
        editor.editingFinished.connect(self._typed)
        return editor

    def _make_slider(self, row: PanelRow) -> QSlider:
        slider = _Slider(Qt.Orientation.Horizontal)
        slider.setRange(0, STEPS)
        slider.setSingleStep(max(20, round(STEPS * finest_step(row.key))))
        slider.setPageStep(max(100, slider.singleStep()))
        slider.setAccessibleName(f"{row.label}, slider")
        slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        slider.valueChanged.connect(self._slid)
        slider.sliderReleased.connect(self._let_go)
        return slider

    def _typed(self) -> None:
        editor, row = self.editor, self._row
        if editor is None or row is None or not editor.isModified():
            return
        editor.setModified(False)
        if editor.text() != row.text or row.wrong is not None:
            self._dispatch(ChangeSetting(self._key, editor.text()))

    def _leave(self) -> None:
        """What was typed goes; so does what was wrong with it."""
        row = self._row
        if row is not None and self.editor is not None:
            self.editor.setText(row.text)
            if row.wrong is not None:
                self._dispatch(ChangeSetting(self._key, row.text))

    def _slid(self, place: int) -> None:
        more = self.slider is not None and self.slider.isSliderDown()
        self._dispatch(ChangeSetting(self._key, text_at(self._key, place / STEPS), more))

    def _let_go(self) -> None:
        if self.slider is not None:
            place = self.slider.value() / STEPS
            self._dispatch(ChangeSetting(self._key, text_at(self._key, place)))
        row, self._row = self._row, None
        if row is not None:
            self.set_row(row)  # the slider snaps to the value that it stands for

    def set_scale(self, scale: float) -> None:
        self._column.setContentsMargins(round(4 * scale), round(2 * scale), 0, round(3 * scale))
        self._column.setSpacing(round(1 * scale))
        self._line.setSpacing(round(4 * scale))
        editor = self.editor or self.choices
        if editor is not None:
            editor.setFixedWidth(round((92 if self.editor is not None else 128) * scale))

    def set_row(self, row: PanelRow) -> None:
        """Show; only what changed touches a widget."""
        if row == self._row:
            return
        self._row = row
        text = f"{row.label}\n{row.hint}\n{setting_words(row.key)}"
        told(self, text)
        for part in (self.editor, self.choices, self.slider):
            if part is not None:
                part.setAccessibleDescription(text)
        self.name.setText(f"{row.label} · panes differ" if row.mixed else row.label)
        strong = "strong" if row.changed else None
        if self.name.property("font_role") != strong:
            self.name.setProperty("font_role", strong)
            font = self.name.font()
            font.setBold(row.changed)
            self.name.setFont(font)
        self.back.setVisible(row.changed or row.mixed)
        words = f"Back to {row.default or 'nothing'}, as in the scenario"
        self.back.setToolTip(words)
        self.back.setAccessibleName(f"{row.label}: {words}")
        text = row.text if row.wrong is None else row.wrong[0]
        if self.editor is not None and not (self.editor.hasFocus() and self.editor.isModified()):
            if self.editor.text() != text:
                self.editor.setText(text)
            self.editor.setModified(False)
        if self.choices is not None:
            self.choices.setCurrentIndex(row.choices.index(row.text))
        if self.slider is not None and row.position is not None and not self.slider.isSliderDown():
            blocker = QSignalBlocker(self.slider)
            self.slider.setValue(round(row.position * STEPS))
            blocker.unblock()
        self.wrong.setText(row.wrong[1] if row.wrong is not None else "")
        self.wrong.setVisible(row.wrong is not None)
