"""Head and tail of a ring: where their triangles and words stand so that nothing touches.

Pure arithmetic, cached per (head, tail, size, ring). A word may stand beyond its pointer, or above
or below it; the pair of places with the least overlap wins, the natural ones first.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING

from nvmeviz.ui.draw.rect import Rect

if TYPE_CHECKING:
    from nvmeviz.ui.draw.places import RingPlace

_PAIRS = sorted(product(range(15), repeat=2), key=sum)


@dataclass(frozen=True, slots=True)
class PointerPlace:
    """A pointer: its angle in degrees (0 at twelve o'clock, clockwise), tip, and its word's
    rectangle.
    """

    angle: float
    tip_x: float
    tip_y: float
    word: Rect | None


def slot_angle(slot: int, size: int) -> float:
    """Degrees of the middle of a slot."""
    return (slot % size + 0.5) * 360.0 / size


def pointer_angles(head: int, tail: int, size: int, apart: float) -> tuple[float, float]:
    """Angles of both pointers, at the slots' leading edges, at least `apart` degrees from each
    other.
    """
    step = 360.0 / size
    a, b = slot_angle(head, size), slot_angle(tail, size)
    if step >= apart and head != tail:
        return a, b
    away = (b - a + 180.0) % 360.0 - 180.0
    if abs(away) >= apart:
        return a, b
    # Equal or nearly: spread around their middle, the tail ahead when the queue is not nearly full.
    middle = a + away / 2
    sign = 1.0 if away >= 0 else -1.0
    return middle - sign * apart / 2, middle + sign * apart / 2


@lru_cache(maxsize=8192)
def place_pointers(
    ring: RingPlace, head: int, tail: int, size: int, u: float
) -> tuple[PointerPlace, PointerPlace]:
    """(head, tail) for a ring of `size` slots; u is px per unit."""
    length = 10.0 * u
    gap = 3.0 * u
    apart = math.degrees(12.5 * u / (ring.radius + gap + length * 0.6))
    angles = pointer_angles(head, tail, size, apart)
    tips = [_at(ring, ring.radius + gap, angle) for angle in angles]
    if not ring.words:
        return tuple(PointerPlace(a, *tip, None) for a, tip in zip(angles, tips, strict=True))  # type: ignore[return-value]
    bodies = [_body(ring, angle, gap, length) for angle in angles]
    options = [list(_options(ring, angle, gap, length, u)) for angle in angles]
    best: tuple[float, Rect, Rect] | None = None
    for i, j in _PAIRS:
        if best is not None and (i + j) * 0.5 >= best[0]:
            break  # no later pair can be better: most rings take the first
        if i >= len(options[0]) or j >= len(options[1]):
            continue
        first, second = options[0][i], options[1][j]
        roomy = Rect(first.x - 4.0 * u, first.y, first.w + 8.0 * u, first.h)
        cost = (i + j) * 0.5 + 40.0 * roomy.overlap(second)
        for word in (first, second):
            cost += 40.0 * (word.overlap(bodies[0]) + word.overlap(bodies[1]))
            cost += 40.0 * (word.w * word.h - word.overlap(ring.field))
            cost += 400.0 * max(0.0, ring.radius + u - _distance(ring, word))
        if best is None or cost < best[0]:
            best = (cost, first, second)
    assert best is not None, "there is always a pair of places"
    return (
        PointerPlace(angles[0], *tips[0], best[1]),
        PointerPlace(angles[1], *tips[1], best[2]),
    )


def _at(ring: RingPlace, radius: float, angle: float) -> tuple[float, float]:
    turn = math.radians(angle)
    return ring.cx + radius * math.sin(turn), ring.cy - radius * math.cos(turn)


def _body(ring: RingPlace, angle: float, gap: float, length: float) -> Rect:
    """The square around a pointer's triangle."""
    x, y = _at(ring, ring.radius + gap + length * 0.55, angle)
    half = length * 0.56
    return Rect(x - half, y - half, 2 * half, 2 * half)


def _distance(ring: RingPlace, word: Rect) -> float:
    """From the ring's centre to the nearest point of a rectangle."""
    dx = max(word.x - ring.cx, 0.0, ring.cx - word.right)
    dy = max(word.y - ring.cy, 0.0, ring.cy - word.bottom)
    return math.hypot(dx, dy)


def _options(ring: RingPlace, angle: float, gap: float, length: float, u: float):  # noqa: ANN202
    """Places for a word of four mono letters, the natural one first."""
    w, h = 27.0 * u, 12.0 * u
    turn = math.radians(angle)
    ux, uy = math.sin(turn), -math.cos(turn)
    clear = ring.radius + 3.5 * u
    base = ring.radius + gap + length + 2.0 * u
    px, py = ring.cx + ux * (base - length * 0.5), ring.cy + uy * (base - length * 0.5)

    def keep(x: float, y: float) -> Rect:
        f = ring.field
        return Rect(
            min(max(x, f.x + u), f.right - w - u), min(max(y, f.y + u), f.bottom - h - u), w, h
        )

    beyond = keep(ring.cx + ux * base + (ux - 1) * w / 2, ring.cy + uy * base + (uy - 1) * h / 2)
    if abs(uy) > 0.6:
        yield beyond
        # Beside the pointer, a little further out so as to clear the ring on the side where it rises.
        for out in (0.0, 4.0 * u):
            for dx in (7.5 * u, -7.5 * u - w):
                yield keep(px + dx, py - h / 2 + uy * out)
    for dy in (6.5 * u, -6.5 * u - h, 12.0 * u, -12.0 * u - h, 18.0 * u, -18.0 * u - h):
        y = py + dy
        near = (
            min(abs(y - ring.cy), abs(y + h - ring.cy))
            if (y - ring.cy) * (y + h - ring.cy) > 0
            else 0.0
        )
        reach = math.sqrt(max(0.0, clear * clear - near * near))
        if ux >= 0:
            yield keep(max(ring.cx + reach, px - w * 0.4), y)
        else:
            yield keep(min(ring.cx - reach, px + w * 0.4) - w, y)
    for dx in (8.0 * u, -8.0 * u - w, 16.0 * u, -16.0 * u - w):
        yield keep(px + dx, ring.cy + uy * base + (uy - 1) * h / 2)
    if abs(uy) <= 0.6:
        yield beyond
