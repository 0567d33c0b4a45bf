"""How the area of the graphs is divided: tools, and as many graphs as can be read. Arithmetic only."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from nvmeviz.app.graph_view import MOST
from nvmeviz.ui.draw.rect import Rect

CARD_WIDTH, CARD_HEIGHT = 420, 240  # what a graph likes, px at 100 %
WIDE = 1.6  # from this shape on graphs stand side by side, else one below the other
TOOLS_WIDTH, TOOLS_HEIGHT = 84, 26


@dataclass(frozen=True, slots=True)
class GraphPlaces:
    """upright: the tools are a column. room: how many graphs fit; cells: of those there are."""

    tools: Rect
    upright: bool
    room: int
    cells: tuple[Rect, ...]


def _edges(start: float, length: float, count: int, gap: float) -> list[tuple[float, float]]:
    """(start, size) of `count` parts with gaps, on whole px."""
    edges = [round(start + i * (length + gap) / count) for i in range(count + 1)]
    return [(a, b - gap - a) for a, b in pairwise(edges)]


def divide(area: Rect, gap: float, scale: float, graphs: int) -> GraphPlaces:
    """The places of `graphs` graphs and their tools; fewer share the room of all that fit."""
    x, y, w, h = area
    upright = w > WIDE * h
    if upright:
        aside = round(TOOLS_WIDTH * scale)
        tools = Rect(x + w - aside, y, aside, h)
        w -= aside + gap
        room = max(1, min(MOST, round((w + gap) / (CARD_WIDTH * scale))))
        parts = _edges(x, w, max(1, min(room, graphs)), gap)
        cells = [Rect(at, y, size, h) for at, size in parts]
    else:
        above = round(TOOLS_HEIGHT * scale)
        tools = Rect(x, y, w, above)
        y, h = y + above + gap, h - above - gap
        room = max(1, min(MOST, round((h + gap) / (CARD_HEIGHT * scale))))
        cells = [Rect(x, at, w, size) for at, size in _edges(y, h, max(1, min(room, graphs)), gap)]
    return GraphPlaces(tools, upright, room, tuple(cells))


def enlarged(area: Rect, gap: float, scale: float) -> GraphPlaces:
    """The same when one graph fills the area."""
    above = round(TOOLS_HEIGHT * scale)
    cell = Rect(area.x, area.y + above + gap, area.w, area.h - above - gap)
    return GraphPlaces(Rect(area.x, area.y, area.w, above), False, 0, (cell,))
