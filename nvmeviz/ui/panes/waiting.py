"""A pane whose run is not there yet, and the line that shows how far a new run has come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF

from nvmeviz.ui.draw import canvas as kit
from nvmeviz.ui.draw.rect import Rect
from nvmeviz.ui.theme import qcolor
from nvmeviz.units import percent

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from nvmeviz.app.present.frame import WaitingPane
    from nvmeviz.ui.draw.canvas import Canvas

LINE = 3.0


def paint_waiting(
    painter: QPainter, canvas: Canvas, waiting: WaitingPane, area: QRectF, scale: float
) -> None:
    """The card with the title, what is being done, and how much of it is done."""
    canvas.begin(painter, scale)
    theme, u = canvas.theme, canvas.u
    card = Rect(area.x(), area.y(), area.width(), area.height())
    canvas.box(card, theme.pane, theme.border, 10.0)
    painter.fillRect(QRectF(0, 10 * u, 5 * u, max(0.0, card.h - 20 * u)),
                     qcolor(theme.accent(waiting.accent)))  # fmt: skip
    room = card.w - 40 * u
    title = canvas.fit(waiting.title, kit.TITLE, room)
    canvas.text(22 * u, 29 * u, title, kit.TITLE, theme.text)
    words = f"simulating up to the playhead · {percent(waiting.progress)}"
    canvas.text(
        card.cx, card.cy, canvas.fit(words, kit.BODY, room), kit.BODY, theme.muted, kit.CENTER
    )
    width = min(room, 240 * u)
    bar = QRectF(card.cx - width / 2, card.cy + 14 * u, width, LINE * u)
    painter.fillRect(bar, qcolor(theme.track))
    bar.setWidth(width * waiting.progress)
    painter.fillRect(bar, qcolor(theme.accent(waiting.accent)))
    canvas.end()


def paint_progress(canvas: Canvas, progress: float | None, pane: Rect) -> None:
    """At the top of a pane whose settings have changed: how far its new run has come."""
    if progress is None:
        return
    theme, height = canvas.theme, LINE * canvas.u
    canvas.painter.fillRect(QRectF(pane.x, pane.y, pane.w, height), qcolor(theme.track))
    done = QRectF(pane.x, pane.y, pane.w * progress, height)
    canvas.painter.fillRect(done, qcolor(theme.focus))
