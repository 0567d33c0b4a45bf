"""What a painter draws with: text, figures, boxes and sprites, all cached at the device's
resolution.

A `Canvas` lives as long as theme, scale and screen stay the same and serves every pane of the
window; a painter asks it by name and never touches fonts or colours itself. Nothing here depends on
a frame.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen, QPixmap

from nvmeviz.ui import fonts
from nvmeviz.ui.draw.fragments import FragmentArray
from nvmeviz.ui.draw.glyphs import GlyphFace
from nvmeviz.ui.draw.pixmaps import Lru, make_pixmap
from nvmeviz.ui.draw.sprites import TokenSheet, WedgeSheet
from nvmeviz.ui.theme import Theme, qcolor

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from nvmeviz.ui.draw.rect import Rect

LEFT, CENTER, RIGHT = 0.0, 0.5, 1.0


@dataclass(frozen=True, slots=True)
class Style:
    """A role of text: size in px at 100 %, weight, letter spacing in px."""

    px: float
    weight: int = fonts.REGULAR
    spacing: float = 0.0


CAPTION = Style(fonts.CAPTION)
CAPTION_STRONG = Style(fonts.CAPTION, fonts.SEMIBOLD)
BODY = Style(fonts.BODY)
BODY_STRONG = Style(fonts.BODY, fonts.SEMIBOLD)
STRONG = Style(fonts.STRONG, fonts.SEMIBOLD)
TITLE = Style(fonts.TITLE, fonts.SEMIBOLD)
SUBHEAD = Style(fonts.STRONG + 1, fonts.SEMIBOLD)
FIGURE = Style(fonts.FIGURE, fonts.BOLD)
FIGURE_SMALL = Style(22.0, fonts.BOLD)
SECTION = Style(fonts.CAPTION, fonts.SEMIBOLD, 1.5)
MONO_CAPTION = Style(fonts.CAPTION)
MONO_BODY = Style(fonts.BODY)
MONO_STRONG = Style(fonts.STRONG, fonts.SEMIBOLD)
MONO_RATE = Style(fonts.TITLE, fonts.SEMIBOLD)
MONO_CELL = Style(15.0, fonts.SEMIBOLD)


@dataclass(frozen=True, slots=True)
class TextImage:
    """A line of text as a pixmap: `width` as measured, `ascent` above the baseline, in logical
    px.
    """

    pixmap: QPixmap
    width: float
    ascent: float
    descent: float


_NO_PAINTER = QPainter()  # not active; painting with it only warns


class Canvas:
    """Cached drawing for one theme, unit (px per unit) and device pixel ratio."""

    def __init__(self, theme: Theme, dpr: float, *, reduced_motion: bool = False) -> None:
        self.theme, self.dpr = theme, dpr
        self.reduced_motion = reduced_motion
        self.u = 1.0
        self.painter = _NO_PAINTER
        self._texts: Lru[TextImage] = Lru(900)
        self._fits: Lru[str] = Lru(900)
        self._widths: dict[tuple[str, Style, float], float] = {}
        self._faces: Lru[GlyphFace] = Lru(48)
        self._pixmaps: Lru[QPixmap] = Lru(400)
        self._wedges: Lru[WedgeSheet] = Lru(12)
        self._tokens: Lru[TokenSheet] = Lru(4)
        self._used: dict[int, GlyphFace] = {}
        self.fragments = FragmentArray(dpr)

    def begin(self, painter: QPainter, u: float) -> None:
        """Draw with `painter`, a unit being `u` logical px."""
        self.painter, self.u = painter, u

    def end(self) -> None:
        """Let go of the painter: one that outlives its paintEvent takes the program down."""
        self.painter = _NO_PAINTER

    # text

    def _font(self, style: Style):  # noqa: ANN202
        return fonts.font(style.px * self.u, style.weight, spacing=style.spacing * self.u)

    def text_width(self, text: str, style: Style) -> float:
        """Width of `text` in logical px."""
        key = (text, style, self.u)
        width = self._widths.get(key)
        if width is None:
            if len(self._widths) > 4000:
                self._widths.clear()
            width = QFontMetricsF(self._font(style)).horizontalAdvance(text)
            self._widths[key] = width
        return width

    def _image(self, text: str, style: Style, color: str) -> TextImage:
        face = self._font(style)
        metrics = QFontMetricsF(face)
        width = metrics.horizontalAdvance(text)
        ascent = math.ceil(metrics.ascent() * self.dpr) / self.dpr

        def paint(painter: QPainter) -> None:
            painter.setFont(face)
            painter.setPen(qcolor(color))
            painter.drawText(QPointF(2, ascent), text)

        pixmap = make_pixmap(width + 5, ascent + metrics.descent() + 1, self.dpr, paint)
        return TextImage(pixmap, width, ascent, metrics.descent())

    def fit(self, text: str, style: Style, width: float, *, words: bool = False) -> str:
        """`text` shortened to `width` px: whole words only with `words`, else with an ellipsis."""

        def shorten() -> str:
            metrics = QFontMetricsF(self._font(style))
            if metrics.horizontalAdvance(text) <= width + 0.5:
                return text or " "
            if not words:
                return metrics.elidedText(text, Qt.TextElideMode.ElideRight, width) or " "
            parts = text.split(" ")
            while parts and metrics.horizontalAdvance(" ".join(parts)) > width + 0.5:
                parts.pop()
            return " ".join(parts) or " "

        key = (text, style, round(width), words, self.u)
        return self._fits.get(key, shorten).strip()

    def text(
        self, x: float, baseline: float, text: str, style: Style, color: str, align: float = LEFT,
        width: float | None = None,
    ) -> float:  # fmt: skip
        """Inter text on a baseline, aligned at x; cut to `width`. Returns its width in px."""
        if width is not None:
            text = self.fit(text, style, width)
        if not text:
            return 0.0
        image = self._texts.get(
            (text, style, color, self.u), lambda: self._image(text, style, color)
        )
        dpr = self.dpr
        left = round((x - align * image.width) * dpr) / dpr - 2
        top = round(baseline * dpr) / dpr - image.ascent
        self.painter.drawPixmap(QPointF(left, top), image.pixmap)
        return image.width

    def text_in(
        self, rect: Rect, text: str, style: Style, color: str, align: float = LEFT
    ) -> float:
        """Inter text in the vertical middle of a rectangle, cut to its width."""
        baseline = rect.cy + style.px * self.u * 0.36
        return self.text(rect.x + align * rect.w, baseline, text, style, color, align, rect.w)

    # figures

    def face(self, style: Style, color: str) -> GlyphFace:
        key = (style.px, style.weight, self.u, color)
        return self._faces.get(
            key, lambda: GlyphFace(style.px * self.u, style.weight, color, self.dpr)
        )

    def mono_width(self, text: str, style: Style) -> float:
        return self.face(style, self.theme.text).width(text)

    def mono(
        self, x: float, baseline: float, text: str, style: Style, color: str, align: float = LEFT,
        width: float | None = None,
    ) -> float:  # fmt: skip
        """Figures in JetBrains Mono, painted at the next `flush`. Returns their width in px."""
        face = self.face(style, color)
        wide = face.width(text)
        if width is not None and wide > width + 0.5:
            keep = max(0, int(width / face.advance) - 1)
            text = text[:keep] + "…" if keep else ""
            wide = face.width(text)
        face.add(x - align * wide, baseline, text)
        self._used[id(face)] = face
        return wide

    def flush(self) -> None:
        """Paint the figures queued since the last flush."""
        for face in self._used.values():
            face.flush(self.painter)
        self._used.clear()

    # boxes and sprites

    def box(
        self, rect: Rect, fill: str | None, border: str | None = None, radius: float = 8.0,
        line: float = 1.0,
    ) -> None:  # fmt: skip
        """A rounded box; radius and line in units. For static layers and sprites, not per frame."""
        painter = self.painter
        painter.setBrush(qcolor(fill) if fill else Qt.BrushStyle.NoBrush)
        inset = 0.0
        if border is None:
            painter.setPen(Qt.PenStyle.NoPen)
        else:
            width = max(1.0, line * self.u)
            painter.setPen(QPen(qcolor(border), width))
            inset = width / 2
        around = QRectF(*rect).adjusted(inset, inset, -inset, -inset)
        painter.drawRoundedRect(around, radius * self.u, radius * self.u)

    def sprite(self, key: Hashable, w: float, h: float, paint: Callable[[], None]) -> QPixmap:
        """The pixmap called `key`, w x h logical px; `paint` draws it with this canvas once."""

        def make() -> QPixmap:
            outer = self.painter

            def run(painter: QPainter) -> None:
                self.painter = painter
                paint()

            try:
                return make_pixmap(w, h, self.dpr, run)
            finally:
                self.painter = outer

        return self._pixmaps.get((key, round(w, 2), round(h, 2), self.u), make)

    def blit(self, x: float, y: float, pixmap: QPixmap, opacity: float = 1.0) -> None:
        """A pixmap with its left top corner at (x, y), snapped to device pixels."""
        at = QPointF(round(x * self.dpr) / self.dpr, round(y * self.dpr) / self.dpr)
        if opacity >= 0.999:
            self.painter.drawPixmap(at, pixmap)
            return
        self.painter.setOpacity(max(0.0, opacity))
        self.painter.drawPixmap(at, pixmap)
        self.painter.setOpacity(1.0)

    def wedges(self, size: int, radius: float, inner: float) -> WedgeSheet:
        return self._wedges.get(
            (size, radius, inner), lambda: WedgeSheet(self.theme, size, radius, inner, self.dpr)
        )

    def tokens(self) -> TokenSheet:
        return self._tokens.get(self.u, lambda: TokenSheet(self.theme, self.u, self.dpr))
