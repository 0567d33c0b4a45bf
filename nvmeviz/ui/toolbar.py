"""The toolbar: scenario, transport, speed, time, and the few commands worth a button.

It shows `Toolbar` frames and dispatches messages; commands the window does itself go to
`perform_command`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, QSize, Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSlider,
    QToolButton,
    QWidget,
)

from nvmeviz.app.messages import (
    Message,
    Place,
    Seek,
    SetSpeedPosition,
    Step,
    TogglePlay,
    Unit,
)
from nvmeviz.ui.chooser import ScenarioChooser
from nvmeviz.ui.icons import icon
from nvmeviz.ui.tips import explain

if TYPE_CHECKING:
    from collections.abc import Callable

    from nvmeviz.app.present.frame import Toolbar
    from nvmeviz.ui.theme import Theme

_SPEED_STEPS = 1000
_TRANSPORT: tuple[tuple[str, str, str, Message], ...] = (
    ("start", "start", "To the start (Home)", Seek(Place.START)),
    ("back", "back", "One event back (←)", Step(Unit.EVENT, -1)),
    ("play", "play", "Play or pause (Space)", TogglePlay()),
    ("on", "on", "One event on (→)", Step(Unit.EVENT, 1)),
    ("end", "end", "To the live edge (End)", Seek(Place.LIVE_EDGE)),
)
_BUTTONS = (
    ("+ Pane", "add_pane", "One more pane (Ctrl+N)"),
    ("Branch", "branch", "The selected pane goes on twice from here (Ctrl+B)"),
    ("Settings", "panel", "Mode, depth, costs, seed of the panes (Ctrl+P)"),
    ("Open", "open", "Open a scenario or a recording (Ctrl+O)"),
    ("Save", "save", "Save the recording (Ctrl+S)"),
    ("Theme", "next_theme", "Next theme: system, dark, light, high contrast"),
    ("?", "show_keys", "All keys (?)"),
)
_MEANS = {"add_pane": "pane", "branch": "branch", "panel": "settings", "save": "recording"}


class ToolbarWidget(QWidget):
    """The bar at the top; `dispatch` takes messages, `perform_command` names of window commands."""

    def __init__(
        self, dispatch: Callable[[Message], None], perform_command: Callable[[str], None]
    ) -> None:
        super().__init__()
        self.setObjectName("toolbar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        # A notice below it takes its room from the panes.
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._dispatch = dispatch
        self._shown: Toolbar | None = None
        self._look: tuple[Theme, float, float] | None = None
        self._fitted: tuple[object, str] | None = None  # the last event text: for what, as cut
        self.logo = QLabel("nvmeviz")
        self.logo.setProperty("font_role", "logo")
        self.chooser = ScenarioChooser(dispatch)
        self.buttons: dict[str, QToolButton] = {}
        for name, _, hint, message in _TRANSPORT:
            self.buttons[name] = self._transport(name, hint, message)
        self.speed_name = QLabel("speed")
        self.speed_name.setProperty("role", "muted")
        self.speed = QSlider(Qt.Orientation.Horizontal)
        self.speed.setRange(0, _SPEED_STEPS)
        self.speed.setAccessibleName("Speed")
        self.speed.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.speed.valueChanged.connect(
            lambda value: dispatch(SetSpeedPosition(value / _SPEED_STEPS))
        )
        self.speed_text, self.time_text, self.event_text = QLabel(), QLabel(), QLabel()
        self.speed_text.setProperty("font_role", "strong")
        self.time_text.setProperty("font_role", "mono")
        self.event_text.setProperty("role", "muted")
        for label in (self.time_text, self.speed_text, self.event_text):
            label.setTextFormat(Qt.TextFormat.PlainText)
        for widget in (self.speed_name, self.speed, self.speed_text):
            explain(widget, "speed", "[ is slower, ] is faster.")
        explain(self.time_text, "time")
        explain(self.event_text, "last_event")
        self.event_text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.commands: dict[str, QPushButton] = {}
        for text, name, hint in _BUTTONS:
            button = QPushButton(text)
            button.setToolTip(hint)
            if name in _MEANS:
                explain(button, _MEANS[name], f"{hint}.")
            button.setAccessibleName(hint)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _=False, name=name: perform_command(name))
            self.commands[name] = button
        self.menu = QToolButton()
        self.menu.setToolTip("Menu (Alt+M)")
        self.menu.setAccessibleName("Menu: everything that can be done")
        self.menu.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.menu.clicked.connect(lambda: perform_command("menu"))
        self._row = QHBoxLayout(self)
        row = (
            self.logo, self.chooser, *self.buttons.values(), self.speed_name, self.speed,
            self.speed_text, self.time_text, self.event_text, *self.commands.values(),
            self.menu,
        )  # fmt: skip
        for widget in row:
            self._row.addWidget(widget, 1 if widget is self.event_text else 0)
            if widget is self.event_text:
                self._row.addStretch(0)

    def _transport(self, name: str, hint: str, message: Message) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setToolTip(hint)
        button.setAccessibleName(hint)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAutoRepeat(name in ("back", "on"))
        button.clicked.connect(lambda: self._dispatch(message))
        return button

    def set_look(self, theme: Theme, scale: float, dpr: float) -> None:
        """Colours and sizes."""
        self._look, self._fitted = (theme, scale, dpr), None
        self.chooser.set_look(theme, scale)
        size = round(16 * scale)
        for button in self.buttons.values():
            button.setIconSize(QSize(size, size))
        for name, kind, _, _ in _TRANSPORT:
            if name != "play":
                self.buttons[name].setIcon(icon(kind, theme.text, theme.faint, size, dpr))
        self.menu.setIconSize(QSize(size, size))
        self.menu.setIcon(icon("menu", theme.text, theme.faint, size, dpr))
        self._set_play_icon()
        self.speed.setFixedWidth(round(130 * scale))
        self.time_text.setMinimumWidth(round(190 * scale))
        self.time_text.setContentsMargins(round(14 * scale), 0, round(14 * scale), 0)
        self._row.setContentsMargins(*(round(v * scale) for v in (18, 9, 16, 9)))
        self._row.setSpacing(round(7 * scale))
        self._shed()

    def resizeEvent(self, event) -> None:  # noqa: ANN001
        super().resizeEvent(event)
        self._shed()

    def _shed(self) -> None:
        """Hide words before anything is squeezed, in a fixed order, until the rest fits."""
        if self._look is None:
            return
        unit = self._look[1]
        least, most = 190 * unit, 360 * unit
        groups: tuple[tuple[QWidget, ...], ...] = (
            (self.event_text,), (self.speed_name,), (self.commands["next_theme"],),
            (self.commands["save"],), (self.commands["open"],), (self.logo,),
            (self.commands["branch"],), (self.speed_text,), (self.speed,),
            (self.buttons["start"], self.buttons["end"]), (self.time_text,),
            (self.commands["add_pane"],), (self.commands["show_keys"],),
            (self.commands["panel"],),
        )  # fmt: skip
        hidden: set[QWidget] = set()
        spare = self._spare(hidden, least, unit)
        for group in groups:
            if spare >= 0:
                break
            hidden.update(group)
            spare = self._spare(hidden, least, unit)
        for i in range(self._row.count()):
            widget = self._row.itemAt(i).widget()  # pyright: ignore[reportOptionalMemberAccess]
            if widget is not None and widget.isHidden() != (widget in hidden):
                widget.setHidden(widget in hidden)
        self.chooser.fit_text(round(min(most, least + max(0.0, spare))))
        # With no words to stretch, the commands still stand at the right.
        self._row.setStretch(self._row.indexOf(self.event_text) + 1, int(self.event_text in hidden))

    def _spare(self, hidden: set[QWidget], chooser: float, unit: float) -> float:
        """Width left in px when `hidden` is not shown and the chooser is `chooser` px wide."""
        margins = self._row.contentsMargins()
        used = float(margins.left() + margins.right())
        for i in range(self._row.count()):
            widget = self._row.itemAt(i).widget()  # pyright: ignore[reportOptionalMemberAccess]
            if widget is None or widget in hidden:
                continue
            wide = max(widget.sizeHint().width(), widget.minimumWidth())
            if widget is self.chooser:
                wide = chooser
            elif widget is self.event_text:
                wide = 280 * unit
            used += wide + self._row.spacing()
        return self.width() - used

    def _set_play_icon(self) -> None:
        if self._look is None:
            return
        theme, scale, dpr = self._look
        playing = self._shown is not None and self._shown.playing
        kind = "pause" if playing else "play"
        button = self.buttons["play"]
        button.setIcon(icon(kind, theme.on_primary, theme.faint, round(16 * scale), dpr))
        button.setAccessibleName("Pause (Space)" if playing else "Play (Space)")

    def _fitting(self, event_text: str) -> str:
        """What happened last, cut with an ellipsis where there is no room for all of it."""
        label = self.event_text
        if not label.isVisible():
            return event_text
        room = label.width() - 2
        if self._fitted is None or self._fitted[0] != (event_text, room):
            cut = label.fontMetrics().elidedText(event_text, Qt.TextElideMode.ElideRight, room)
            self._fitted = ((event_text, room), cut)
        return self._fitted[1]

    def set_frame(self, frame: Toolbar) -> None:
        """Show; only what changed touches a widget."""
        old, self._shown = self._shown, frame
        if old is None or old.playing != frame.playing:
            self._set_play_icon()
        if old is None or (old.title, old.choices) != (frame.title, frame.choices):
            self.chooser.set_choices(frame.title, frame.choices)
        if not self.speed.isSliderDown():
            blocker = QSignalBlocker(self.speed)
            self.speed.setValue(round(frame.speed_position * _SPEED_STEPS))
            blocker.unblock()
        refit = old is None or old.title != frame.title
        for label, text in (
            (self.speed_text, frame.speed_text),
            (self.time_text, frame.time_text),
            (self.event_text, self._fitting(frame.event_text)),
        ):
            if label.text() != text:
                refit |= len(label.text()) != len(text) and label is not self.event_text
                label.setText(text)
        if refit:
            self._shed()
        for name, off in (
            ("start", frame.at_start),
            ("back", frame.at_start),
            ("end", frame.at_live_edge),
        ):
            if self.buttons[name].isEnabled() == off:
                self.buttons[name].setEnabled(not off)
