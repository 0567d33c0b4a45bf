"""Where the parts of the lower cards stand: trap wall, controller, device. Lengths in units of one
pixel at 100 %; `layout` says how high each card is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nvmeviz.ui.draw.rect import Rect

if TYPE_CHECKING:
    from nvmeviz.ui.draw.places import PaneShape, RingPlace


def row_of(x: float, y: float, w: float, h: float, n: int, gap: float) -> tuple[Rect, ...]:
    """`n` equal cells in a row."""
    cell = (w - gap * (n - 1)) / max(1, n)
    return tuple(Rect(x + i * (cell + gap), y, cell, h) for i in range(n))


def wall_parts(wall: Rect, sq: RingPlace, cq: RingPlace, shape: PaneShape) -> dict[str, object]:
    """The trap wall: its name and lock, the way down, two bells with texts, the way up, the rate."""
    full = wall.h > 50
    roomy = wall.w >= 430
    rate_w = 88.0 if roomy else 56.0
    rate = Rect(wall.right - rate_w - (18 if roomy else 13), wall.y + 4, rate_w, wall.h - 8)
    title_w = 74.0 if wall.w < 520 or not shape.lock else 168.0 if wall.w >= 600 else 118.0
    title_w = title_w if roomy else 38.0
    title = Rect(wall.x + 12, wall.y + 5, title_w, wall.h - 10)
    lock = None
    if shape.lock:
        half = title.h / 2
        title = title._replace(h=half)
        lock = Rect(title.x, title.bottom, title_w, half)
    icon = (34.0 if full else 26.0) if roomy else 22.0
    lane = 9.0 if roomy else 5.0
    lane_left = title.right + lane
    first = lane_left + lane + 2.0
    lane_right = rate.x - lane
    cell = (lane_right - lane - first) / 2
    bells, texts = [], []
    limit = 190.0
    starts = [first, first + cell]
    if cell > limit:  # each bell stands under its ring
        starts[0] = max(first, min(sq.cx - icon / 2 + 8, first + 2 * cell - 2 * limit))
        starts[1] = max(starts[0] + limit, min(cq.cx - icon / 2 - 16, lane_right - 9.0 - limit))
        cell = limit
        lane_left = max(lane_left, min(starts[0] - 14.0, sq.cx - 24))
        lane_right = min(lane_right, starts[1] + cell + 14.0)
    for x in starts:
        bells.append(Rect(x, wall.cy - icon / 2, icon, icon))
        texts.append(Rect(x + icon + 5, wall.y + 4, cell - icon - 11, wall.h - 8))
    return {
        "wall_title": title, "lock": lock, "bells": tuple(bells), "bell_texts": tuple(texts), "rate": rate,
        "lane_left": lane_left, "lane_right": lane_right,
    }  # fmt: skip


def controller_parts(card: Rect, shape: PaneShape, with_caption: bool) -> dict[str, object]:
    """The controller: title and words above, commands in flight and the poller's dial below."""
    one_line = card.h < 50
    chip_w, chip_h, gap = (31.0, 22.0, 6.0) if card.w >= 400 else (25.0, 20.0, 4.0)
    x = card.x + 12
    dial_d = 0.0
    if shape.polling:
        dial_d = 26.0 if one_line else min(46.0, card.h - 34.0)
    dial = name = cup = None
    if one_line:
        title_w = 102.0 if card.w >= 430 else 0.0
        words_w = 130.0 if card.w >= 400 else 110.0
        title = Rect(x, card.y + 7, title_w, 22.0) if title_w else None
        edge = card.right - 20
        if dial_d:
            dial = Rect(edge - dial_d, card.cy - dial_d / 2, dial_d, dial_d)
            edge -= dial_d + 6
        if shape.cup:
            wide = 62.0 if card.w >= 340 else 52.0
            cup = Rect(edge - wide, card.y + 5, wide, 26.0)
            edge = cup.x - 4
        words_w = min(words_w, edge - x - title_w - chip_w - 6)
        words = Rect(edge - words_w, card.y + 7, words_w, 22.0)
        chips_x, chips_y = x + title_w, card.cy - chip_h / 2
        chips_end = words.x - 6
    else:
        title_w = 96.0
        title = Rect(x, card.y + 6, title_w, 20.0)
        words_x = title.right + 8
        if card.w >= 430:
            name = Rect(words_x, card.y + 6, 120.0, 20.0)
            words_x = name.right + 8
        words = Rect(words_x, card.y + 6, card.right - 20 - words_x, 20.0)
        if dial_d:
            dial = Rect(card.right - 20 - dial_d, card.y + 30, dial_d, dial_d)
        chips_x, chips_y = x, card.y + 32.0
        chips_end = card.right - 20 - (dial_d + 12 if dial_d else 0.0)
        if shape.cup:
            wide = 96.0 if card.w >= 400 else 66.0
            cup = Rect(chips_end - wide, card.y + 29, wide, min(42.0, card.h - 34))
            chips_end -= wide + 8
    n = max(1, min(12, int((chips_end - chips_x + gap) / (chip_w + gap))))
    chips = tuple(
        Rect(chips_x + i * (chip_w + gap), chips_y, chip_w, chip_h) for i in range(n)
    )  # fmt: skip
    caption = (
        Rect(x, chips_y + chip_h + 5, min(240.0, chips_end - x), 16.0) if with_caption else None
    )
    return {
        "controller_title": title, "controller_name": name, "words": words, "in_flight": chips,
        "in_flight_caption": caption, "dial": dial, "cup": cup,
    }  # fmt: skip


def device_parts(card: Rect, shape: PaneShape) -> dict[str, object]:
    """The device: its name, a place for each channel, words."""
    title = Rect(card.x + 12, card.y + (card.h - 16) / 2, 58.0, 16.0)
    x = title.right + 8
    words_w = 96.0 if card.w >= 430 and shape.channels else 0.0
    w = card.right - 20 - x - (words_w + 10 if words_w else 0)
    if not shape.channels:
        return {
            "device_title": title, "channels": (),
            "device_words": Rect(x, title.y, w, 16.0),
        }  # fmt: skip
    n = min(shape.channels, max(4, int((w + 6) / 16)))
    return {
        "device_title": title,
        "channels": row_of(x, card.cy - 4.0, w, 8.0, n, 6.0 if w / n > 18 else 3.0),
        "device_words": Rect(card.right - 20 - words_w, title.y, words_w, 16.0)
        if words_w
        else None,
    }
