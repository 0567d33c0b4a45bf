"""Figures from a glyph sheet: every JetBrains Mono glyph of one size, weight and colour side by
side.

Text is laid out by cell, so changing figures cost an array of indices and no text shaping. Spaces
narrower than a cell (thin, narrow no-break) take half a cell.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QFontMetricsF, QPainter

from nvmeviz.ui.draw.fragments import FragmentArray
from nvmeviz.ui.draw.pixmaps import make_pixmap
from nvmeviz.ui.fonts import font
from nvmeviz.ui.theme import qcolor

if TYPE_CHECKING:
    from numpy.typing import NDArray

ALPHABET = "".join(chr(c) for c in range(33, 127)) + "µμ·←→↑↓×–—…≥≤<>∞°±≈éü"
_INDEX = {c: i for i, c in enumerate(dict.fromkeys(ALPHABET))}
_GLYPHS = "".join(_INDEX)
_UNKNOWN = _INDEX["?"]
_HALF = "\u2009\u202f\u200a"
_SPACES = " \u00a0" + _HALF


@lru_cache(maxsize=4096)
def cells(text: str) -> tuple[tuple[int, ...], tuple[float, ...], float]:
    """(glyph index, left edge in cells) of every visible character, and the text's width in
    cells.
    """
    indices, places, at = [], [], 0.0
    for c in text:
        if c in _SPACES:
            at += 0.5 if c in _HALF else 1.0
            continue
        indices.append(_INDEX.get(c, _UNKNOWN))
        places.append(at)
        at += 1.0
    return tuple(indices), tuple(places), at


class GlyphFace:
    """A sheet of glyphs: `advance`, `ascent`, `descent` in logical px."""

    def __init__(self, px: float, weight: int, color: str, dpr: float) -> None:
        self.face = font(px, weight, mono=True)
        metrics = QFontMetricsF(self.face)
        self.advance = metrics.horizontalAdvance("0")
        self.ascent, self.descent = metrics.ascent(), metrics.descent()
        self._dpr = dpr
        self._cell_w = math.ceil(self.advance * dpr) + 4
        self._cell_h = math.ceil((self.ascent + self.descent) * dpr) + 2
        self._base = math.ceil(self.ascent * dpr)
        self._sheet = make_pixmap(
            len(_GLYPHS) * self._cell_w / dpr,
            self._cell_h / dpr,
            dpr,
            lambda p: self._paint(p, color),
        )
        self._fragments = FragmentArray(dpr)
        self._queue: list[tuple[float, float, str]] = []

    def _paint(self, painter: QPainter, color: str) -> None:
        painter.setFont(self.face)
        painter.setPen(qcolor(color))
        for i, c in enumerate(_GLYPHS):
            at = QPointF((i * self._cell_w + 2) / self._dpr, self._base / self._dpr)
            painter.drawText(at, c)

    def width(self, text: str) -> float:
        """Width of `text` in logical px."""
        return cells(text)[2] * self.advance

    def add(self, x: float, baseline: float, text: str) -> None:
        """Queue `text` with its left end at x; `flush` paints."""
        self._queue.append((x, baseline, text))

    def flush(self, painter: QPainter) -> None:
        """Paint everything queued, in one call."""
        queue = self._queue
        if not queue:
            return
        indices: list[int] = []
        lefts: list[float] = []
        bases: list[float] = []
        for x, baseline, text in queue:
            index, place, _ = cells(text)
            indices.extend(index)
            lefts.extend([x + p * self.advance for p in place])
            bases.extend([baseline] * len(index))
        queue.clear()
        if not indices:
            return
        dpr, w, h = self._dpr, self._cell_w, self._cell_h
        rows: NDArray[np.float64] = self._fragments.rows(len(indices))
        left = np.round(np.array(lefts) * dpr) - 2
        top = np.round(np.array(bases) * dpr) - self._base
        rows[:, 0] = (left + w / 2) / dpr
        rows[:, 1] = (top + h / 2) / dpr
        rows[:, 2] = np.array(indices) * w
        rows[:, 3] = 0
        rows[:, 4] = w
        rows[:, 5] = h
        self._fragments.draw(painter, self._sheet)
