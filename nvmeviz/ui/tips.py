"""Hover help as it looks: a name, what it means, what is so here; in lines that can be read at a
glance, and beside what it explains rather than over it.

Words come from `app.terms`. Nothing here runs before a pointer rests.
"""

from __future__ import annotations

import textwrap
from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QToolTip

from nvmeviz.app.terms import explained

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

LETTERS = 60  # in a line
ABOVE, BELOW = 24, 20  # px that Qt moves a tool tip up, or down, from the place it is given
FAR = 12  # lines: what is explained may be so high and still have its help below it


def lines_of(text: str) -> list[str]:
    """The text in lines of at most `LETTERS` letters; a line break in it stays one."""
    return [line for part in text.split("\n") for line in textwrap.wrap(part, LETTERS) or [""]]


def markup(text: str) -> str:
    """The text as a tool tip: rich text, because Qt breaks plain text nowhere. Of several paragraphs
    the first is a heading.
    """
    first, *rest = text.split("\n")
    shown = [f"<b>{escape(first)}</b>"] if rest else list(map(escape, lines_of(first)))
    for part in rest:
        shown += map(escape, lines_of(part))
    return f"<p style='white-space:pre'>{'<br>'.join(shown)}</p>"


def explain(widget: QWidget, key: str, says: str = "") -> None:
    """Give a widget the help of a term, for the pointer and for screen readers."""
    told(widget, explained(key, says))


def told(widget: QWidget, text: str) -> None:
    """Give a widget a tool tip in lines, and the same words as its description."""
    widget.setToolTip(markup(text))
    if text != widget.accessibleDescription():
        widget.setAccessibleDescription(text)


def show_tip(widget: QWidget, at: QPoint, text: str, around: QRect) -> None:
    """Show help for `around`, a part of the widget, with the pointer at `at` in it: below that part,
    or above it where the screen ends. Of what is too high for that, below the pointer.
    """
    line = QFontMetrics(QToolTip.font()).lineSpacing()
    height = (len(lines_of(text)) + 2) * line
    y = widget.mapToGlobal(at).y()
    top, bottom = (widget.mapToGlobal(p).y() for p in (around.topLeft(), around.bottomLeft()))
    if bottom - y <= FAR * line:
        room = widget.screen().availableGeometry()
        y = bottom - BELOW + 4
        if bottom + height > room.bottom() and top - height >= room.top():
            y = top + ABOVE - 4
    QToolTip.showText(QPoint(widget.mapToGlobal(at).x(), y), markup(text), widget, around)
