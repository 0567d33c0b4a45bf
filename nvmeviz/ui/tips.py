"""Hover help as it looks: a name, what it means, what is so here; in lines that can be read at a
glance, and beside what it explains rather than over it.

Words come from `app.terms`. Nothing here runs before a pointer rests.
"""

from __future__ import annotations

import textwrap
from html import escape

from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QApplication,
    QProxyStyle,
    QStyle,
    QStyleHintReturn,
    QStyleOption,
    QToolTip,
    QWidget,
)

from nvmeviz.app.terms import explained

LETTERS = 60  # in a line
GAP, POINTER = 4, 20  # px between help and what it explains; height of a pointer's picture
DELAY_MS = 450  # Qt's own 700 feel like no help at all
FAR = 12  # lines: help is not farther from the pointer than that


def lines_of(text: str) -> list[str]:
    """The text in lines of at most `LETTERS` letters; a line break in it stays one."""
    return [line for part in text.split("\n") for line in textwrap.wrap(part, LETTERS) or [""]]


def markup(text: str) -> str:
    """The text as a tool tip: rich text, because Qt breaks plain text nowhere. Of several paragraphs
    the first is a heading.
    """
    parts = ["<br>".join(map(escape, lines_of(part))) for part in text.split("\n")]
    if len(parts) > 1:
        parts[0] = f"<b>{parts[0]}</b>"
    return "".join(f"<p style='white-space:pre; margin:2px 0'>{part}</p>" for part in parts)


def explain(widget: QWidget, key: str, says: str = "") -> None:
    """Give a widget the help of a term, for the pointer and for screen readers."""
    told(widget, explained(key, says))


def told(widget: QWidget, text: str) -> None:
    """Give a widget a tool tip in lines, and the same words as its description."""
    if text != widget.accessibleDescription():
        widget.setToolTip(markup(text) if text else "")
        widget.setAccessibleDescription(text)


def show_tip(widget: QWidget, at: QPoint, text: str, around: QRect) -> None:
    """Show help for `around`, a part of the widget, with the pointer at `at` in it."""
    pointer, part = widget.mapToGlobal(at), around.translated(widget.mapToGlobal(QPoint()))
    QToolTip.showText(pointer, markup(text), widget, around)
    # Qt knows the pointer alone, and how large the tip becomes is known only now.
    tips = (w for w in QApplication.topLevelWidgets() if w.inherits("QTipLabel") and w.isVisible())
    tip = next(tips, None)
    if tip is not None:
        room = widget.screen().availableGeometry()
        far = FAR * QFontMetrics(tip.font()).lineSpacing()
        tip.move(tip_place(tip.size(), pointer, part, room, far))


def tip_place(size: QSize, pointer: QPoint, part: QRect, room: QRect, far: int) -> QPoint:
    """Where a tip stands on the screen: below the part that it explains, or above it where `room`
    ends; below or above the pointer when the part reaches farther from it than `far` px.
    """
    x = max(room.left(), min(pointer.x(), room.right() - size.width()))
    top, bottom = part.top(), part.bottom()
    if bottom - pointer.y() > far:
        bottom = pointer.y() + POINTER
    if bottom + GAP + size.height() <= room.bottom():
        return QPoint(x, bottom + GAP)
    if pointer.y() - top > far or top - GAP - size.height() < room.top():
        top = pointer.y()
    return QPoint(x, max(room.top(), top - GAP - size.height()))


class PromptStyle(QProxyStyle):
    """A style whose help comes sooner, and whose dialogs' buttons are words. It is asked about 5 times a
    frame: 35 µs, measured.
    """

    def styleHint(
        self,
        hint: QStyle.StyleHint,
        option: QStyleOption | None = None,
        widget: QWidget | None = None,
        returnData: QStyleHintReturn | None = None,
    ) -> int:
        if hint == QStyle.StyleHint.SH_ToolTip_WakeUpDelay:
            return DELAY_MS
        if hint == QStyle.StyleHint.SH_DialogButtonBox_ButtonsHaveIcons:
            return 0  # the desktop's are for its own colours
        return super().styleHint(hint, option, widget, returnData)  # pyright: ignore[reportArgumentType] - None is as good
