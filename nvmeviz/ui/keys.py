"""Shortcuts from the command table, bound by the character that was typed.

`?` or `[` lie on other keys, or need other modifiers, on other keyboards; what counts is the
character. A widget that uses a key itself keeps it: an editor its letters, a slider its arrows, a
button its space.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QKeyCombination, QObject, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from nvmeviz.app.commands import COMMANDS, Command
from nvmeviz.ui.pane_board import PaneWindow

if TYPE_CHECKING:
    from collections.abc import Callable

_Key = Qt.Key
_Modifier = Qt.KeyboardModifier
_PRESS = {_Key.Key_Space, _Key.Key_Return, _Key.Key_Enter}
_MOVE = {
    _Key.Key_Left, _Key.Key_Right, _Key.Key_Up, _Key.Key_Down, _Key.Key_Home, _Key.Key_End,
    _Key.Key_PageUp, _Key.Key_PageDown,
}  # fmt: skip


# A key held down repeats these; holding Space does not play and pause in turn.
_REPEATED = {
    "step_event", "step_event_back", "step_command", "step_command_back", "slower", "faster",
    "zoom_in", "zoom_out", "next_mark", "last_mark", "next_finding", "last_finding",
}  # fmt: skip


def keeps_key(widget: QWidget | None, event: QKeyEvent) -> bool:
    """True when the focused widget has its own use for the key."""
    key = Qt.Key(event.key())
    ctrl = bool(event.modifiers() & (_Modifier.ControlModifier | _Modifier.MetaModifier))
    match widget:
        case QLineEdit() | QTextEdit() | QPlainTextEdit() | QAbstractSpinBox():
            # What is being typed is undone by the editor, what is done by the program.
            typing = not isinstance(widget, QLineEdit) or widget.isModified()
            own = (_Key.Key_C, _Key.Key_V, _Key.Key_X, _Key.Key_A)
            return not ctrl or key in own or (key == _Key.Key_Z and typing)
        case QAbstractSlider():
            return key in _MOVE and not ctrl and not event.modifiers() & _Modifier.ShiftModifier
        case QAbstractButton():
            return key in _PRESS and not ctrl
        case QComboBox() | QAbstractItemView():
            return not ctrl and not _Key.Key_F1 <= key <= _Key.Key_F35
        case _:
            return False


# Scan codes of the keys 1 to 6 in the row of digits, by platform: a real keyboard says "!" or "1"
# for Shift and the key 1, and "1" or "&" for the key alone, depending on its country.
_DIGITS = {
    "xcb": {10 + n: n + 1 for n in range(6)},
    "wayland": {10 + n: n + 1 for n in range(6)},
    "windows": {2 + n: n + 1 for n in range(6)},
    "cocoa": {18: 1, 19: 2, 20: 3, 21: 4, 23: 5, 22: 6},
}


def _digit(event: QKeyEvent) -> str:
    """The key 1 in the row of digits as "1" or "Shift+1", whatever character it makes; "" for others."""
    platform = QGuiApplication.platformName()
    code = event.nativeVirtualKey() if platform == "cocoa" else event.nativeScanCode()
    digit = _DIGITS.get(platform, {}).get(code)
    modifiers = event.modifiers()
    if modifiers == _Modifier.ShiftModifier:
        if digit is None and _Key.Key_1 <= event.key() <= _Key.Key_6:
            digit = event.key() - _Key.Key_0
        return f"Shift+{digit}" if digit is not None else ""
    plain = modifiers == _Modifier.NoModifier and digit is not None
    return str(digit) if plain else ""


def _names(event: QKeyEvent) -> list[str]:
    """The portable key texts an event may stand for: digits by their place, then by
    character, then by key.
    """
    modifiers = event.modifiers() & ~_Modifier.KeypadModifier
    ctrl = bool(modifiers & _Modifier.ControlModifier)
    alt = bool(modifiers & _Modifier.AltModifier)
    names = [_digit(event)]
    text = event.text()
    # Ctrl+Alt is how AltGr characters arrive on Windows.
    if len(text) == 1 and text.isprintable() and not text.isspace() and ctrl == alt:
        names.append(text.upper())
    key = event.key()
    if ctrl and not alt and 0x21 <= key <= 0x7E and not chr(key).isalnum():
        names.append(f"Ctrl+{chr(key)}")
    portable = QKeySequence(QKeyCombination(modifiers, Qt.Key(key))).toString(
        QKeySequence.SequenceFormat.PortableText
    )
    names.append(portable)
    return names


def command_of(event: QKeyEvent, table: dict[str, Command]) -> Command | None:
    """The command a key event stands for."""
    return next((table[name] for name in _names(event) if name in table), None)


def key_table(commands: tuple[Command, ...] = COMMANDS) -> dict[str, Command]:
    """Commands by portable key text; letters in capitals."""
    return {
        (key.upper() if len(key) == 1 else key): command
        for command in commands
        for key in command.keys
    }


class KeyFilter(QObject):
    """Watches the application for keys that go to `window` and runs their commands."""

    def __init__(self, window: QWidget, run_command: Callable[[Command], None]) -> None:
        super().__init__(window)
        self._window, self._run = window, run_command
        self._table = key_table()
        app = QApplication.instance()
        assert app is not None, "a QApplication exists before its windows"
        app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.KeyPress or not isinstance(watched, QWidget):
            return False
        assert isinstance(event, QKeyEvent)
        window = watched.window()
        ours = window is self._window or isinstance(window, PaneWindow)
        if not ours or keeps_key(watched, event):
            return False
        command = command_of(event, self._table)
        if command is None:
            return False
        if event.isAutoRepeat() and command.name not in _REPEATED:
            return True
        self._run(command)
        return True
