"""A canvas for pictures that leave the program: text as text and not as pixels, for SVG and print."""

from __future__ import annotations

from PySide6.QtCore import QPointF

from nvmeviz.ui.draw.canvas import LEFT, Canvas, Style
from nvmeviz.ui.theme import qcolor


class VectorCanvas(Canvas):
    """Draws Inter text with the painter itself; everything else as a `Canvas` does."""

    def text(
        self, x: float, baseline: float, text: str, style: Style, color: str, align: float = LEFT,
        width: float | None = None,
    ) -> float:  # fmt: skip
        """Text on a baseline, aligned at x; cut to `width`. Returns its width in px."""
        if width is not None:
            text = self.fit(text, style, width)
        if not text:
            return 0.0
        wide = self.text_width(text, style)
        self.painter.setFont(self._font(style))
        self.painter.setPen(qcolor(color))
        self.painter.drawText(QPointF(x - align * wide, baseline), text)
        return wide
