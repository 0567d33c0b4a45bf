"""Where the parts of a pane stand: a pure function of size, scale and shape, in logical pixels.

Rows come from top to bottom as a command travels. When a pane is too small, detail goes in the
fixed order of `_SHED`, until the rings have room; the rings never go. A pane never lays out fewer
than MIN_WIDTH x MIN_HEIGHT units: below that its own scale shrinks; on a large screen it grows.
Lengths in the code are units of one pixel at 100 %.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from nvmeviz.ui.draw.cards import controller_parts, device_parts, row_of, wall_parts
from nvmeviz.ui.draw.places import PaneLayout, PaneShape, RingPlace
from nvmeviz.ui.draw.rect import Rect

MIN_WIDTH, MIN_HEIGHT = 290.0, 384.0
# A pane with more room than this grows as a whole, rather than spread its parts apart.
ROOMY_WIDTH, ROOMY_HEIGHT, MOST_GROWTH = 780.0, 800.0, 2.0
SMALL, SMALLEST = 60.0, 41.0  # radius of the rings below which other detail goes
GAP = 8.0
CHIP = 74.0  # least width of a figure
CELL_ROW = 32.0  # height of a row of small rings
NAMED_CELL, BARE_CELL = 44.0, 22.0  # least width of a small ring with and without its name
RIM = 15.0  # room for a pointer outside a ring
LABEL_SIDE, LABEL_ABOVE = 32.0, 29.0  # room for a pointer and its word beside and above a ring
BOX_WIDTH = {"trap": 136.0, "batch": 140.0, "cells": 182.0}
BELOW = 204.0  # height of the box where it stands below the rings: one for all, so that panes agree
BOX_HEIGHT = {"trap": 84.0, "batch": 96.0, "cells": 124.0}


@dataclass(frozen=True, slots=True)
class _Detail:
    """What is still shown."""

    subtitle: bool = True
    chip_rows: int = 2
    lanes: int = 4
    caption: bool = True
    wall: float = 62.0
    controller: float = 88.0
    device: float = 30.0
    queue_rows: int = 2
    neighbours: bool = True
    strip: float = 56.0


_SHED = (
    {"chip_rows": 1},
    {"neighbours": False},
    {"caption": False, "controller": 66.0},
    {"lanes": 2},
    {"device": 22.0},
    {"subtitle": False},
    {"wall": 40.0},
    {"controller": 36.0},
    {"lanes": 1},
    {"chip_rows": 0},
    {"queue_rows": 1},
    {"strip": 22.0},
    {"queue_rows": 0},
)


def pane_layout(width: float, height: float, scale: float, shape: PaneShape) -> PaneLayout:
    """The layout of a pane of `width` x `height` logical pixels at interface `scale`."""
    return _pane_layout(round(width), round(height), round(scale, 3), shape)


@lru_cache(maxsize=256)
def _pane_layout(width: int, height: int, scale: float, shape: PaneShape) -> PaneLayout:
    grown = min(width / ROOMY_WIDTH, height / ROOMY_HEIGHT, MOST_GROWTH * scale)
    u = min(max(scale, grown), width / MIN_WIDTH, height / MIN_HEIGHT)
    detail = _Detail(lanes=min(4, shape.lanes))
    steps = list(_SHED)
    while True:
        rows = _rows(width / u, height / u, shape, detail)
        between, radius_by_width = _ring_columns(width / u, shape, rows["rings"])
        below = _radius_above_box(width / u, shape, rows["rings"])
        if below > 1.1 * radius_by_width or (below and not between):
            tall = replace(detail, strip=BELOW)
            return _place(width, height, u, shape, tall, rows, False, below)
        radius = min(radius_by_width, _radius_by_height(rows["rings"], between, detail))
        # The figures, and the small rings, which a click makes large, go only when the large ones
        # lose their words.
        last = len(steps) <= 1 or steps[0].get("chip_rows") == 0
        enough = SMALLEST if last else SMALL
        if radius >= min(radius_by_width, enough) or not steps:
            return _place(width, height, u, shape, detail, rows, between, radius)
        detail = replace(detail, **steps.pop(0))  # type: ignore[arg-type]


def _rows(width: float, height: float, shape: PaneShape, d: _Detail) -> dict[str, float]:
    """Row heights in units; the rings get what is left."""
    across = _chips_across(width - 26.0, shape.chips)
    chip_rows = min(d.chip_rows, -(-shape.chips // max(1, across)))
    rows = {
        "head": 58.0 if d.subtitle else 36.0,
        "chips": chip_rows * (40.0 + GAP),
        "guest_head": 26.0,
        "lanes": 18.0 * min(d.lanes, shape.lanes),
        "neighbours": CELL_ROW if d.neighbours and shape.guests > 1 else 0.0,
        "queues": CELL_ROW * _queue_rows(width - 26.0, shape, d),
        "wall": d.wall,
        "controller": d.controller,
        "device": d.device,
    }
    rows["rings"] = height - sum(rows.values()) - 2 * GAP - 2 * GAP - 6.0 - 4.0
    return rows


def _queue_rows(inner: float, shape: PaneShape, d: _Detail) -> int:
    """Rows of small rings: with their names while `queue_rows` do for that, else as few as hold all."""
    if shape.queues <= 1 or d.queue_rows == 0:
        return 0
    named = -(-shape.queues // _across(inner, NAMED_CELL))
    bare = -(-shape.queues // _across(inner, BARE_CELL))
    return named if named <= d.queue_rows else min(bare, 2)


def _across(inner: float, cell: float) -> int:
    """How many cells that wide stand side by side in a card, with gaps between them."""
    return max(1, int((inner - 24.0 + 5.0) / (cell + 5.0)))


def _cells(x: float, y: float, inner: float, n: int, rows: int, most: float) -> tuple[Rect, ...]:
    """`n` small rings in `rows` rows, as many in each as are needed, or as fit."""
    if rows == 0:
        return ()
    across = min(-(-n // rows), _across(inner, BARE_CELL))
    pitch = min(most, (inner - 24.0 + 5.0) / across)
    return tuple(
        Rect(x + i % across * pitch, y + 4.0 + i // across * CELL_ROW, pitch - 5.0, 26.0)
        for i in range(min(n, across * rows))
    )


def _chips_across(inner: float, chips: int) -> int:
    """How many chips stand side by side; no widow in a second row."""
    most = max(1, int((inner - 16 + GAP) / (CHIP + GAP)))
    return 2 if chips == 4 and most == 3 else min(chips, most)


def _ring_columns(width: float, shape: PaneShape, rings: float) -> tuple[bool, float]:
    """(whether the centre box fits between the rings, the radius the width allows), in units."""
    card = width - 26.0 - 12.0
    between = (card - 4 * LABEL_SIDE - BOX_WIDTH[shape.center]) / 4
    if between >= 46.0 and rings >= BOX_HEIGHT[shape.center] + 8:
        return True, min(between, 190.0)
    with_words = (card - 4 * LABEL_SIDE - GAP) / 4
    if with_words >= 40.0:
        return False, min(with_words, 190.0)
    return False, (card - 4 * RIM - GAP) / 4


def _radius_above_box(width: float, shape: PaneShape, rings: float) -> float:
    """The radius in units when the centre box stands below both rings; 0 where that is too high."""
    by_width = min((width - 38.0 - 4 * LABEL_SIDE - GAP) / 4, 190.0)
    high = 2 * (by_width + LABEL_ABOVE) + BELOW
    return by_width if by_width >= 40.0 and high <= rings - 4.0 else 0.0


def _words(radius: float, width: float) -> bool:
    card = width - 26.0 - 12.0
    return radius >= 40.0 and 4 * (radius + LABEL_SIDE) + GAP <= card + 0.01


def _radius_by_height(rings: float, between: bool, d: _Detail) -> float:
    zone = rings - (0.0 if between else d.strip)
    with_words = zone / 2 - LABEL_ABOVE
    return with_words if with_words >= 40.0 else zone / 2 - RIM


def _place(
    width: int, height: int, u: float, shape: PaneShape, d: _Detail,
    rows: dict[str, float], between: bool, radius: float,
) -> PaneLayout:  # fmt: skip
    wide = width / u
    left, inner = 14.0, wide - 14.0 - 12.0
    right = left + inner
    y = GAP + 2.0
    iops_w = 128.0 if wide >= 400 else 100.0
    text_x, text_w = left + 8.0, inner - 8.0 - iops_w - 6.0
    title = Rect(text_x, y, text_w, 26.0)
    subtitle = Rect(text_x, y + 27.0, text_w, 18.0) if d.subtitle else None
    if d.subtitle:
        iops = Rect(right - iops_w - 4, y - 2.0, iops_w, 34.0)
        iops_label = Rect(right - iops_w - 4, y + 33.0, iops_w, 15.0)
    else:
        iops = Rect(right - iops_w - 4, y, iops_w - 32.0, 26.0)
        iops_label = Rect(right - 34.0, y + 4.0, 30.0, 18.0)
    y += rows["head"] - 4.0
    chips: tuple[Rect, ...] = ()
    if rows["chips"]:
        n = _chips_across(inner, shape.chips)
        lines = round(rows["chips"] / (40.0 + GAP))
        for i in range(lines):
            chips += row_of(left + 8, y + i * (40.0 + GAP), inner - 16, 40.0, n, GAP)
        chips = chips[: shape.chips]
        y += rows["chips"]
    guest_h = rows["guest_head"] + rows["lanes"] + rows["neighbours"] + rows["queues"]
    guest_h += rows["rings"]
    guest = Rect(left, y, inner, guest_h)
    guest_head = Rect(left + 12, y + 4, inner - 24, 20.0)
    admin: Rect | None = None
    if shape.admin:
        admin_w = 66.0 if wide >= 400 else 24.0
        admin = Rect(guest_head.right - admin_w, y + 2.5, admin_w, 22.0)
        guest_head = guest_head._replace(w=guest_head.w - admin_w - 8.0)
    y += rows["guest_head"]
    shown = min(d.lanes, shape.lanes)
    lanes = tuple(Rect(left + 12, y + 18.0 * i, inner - 24, 14.0) for i in range(shown))
    y += rows["lanes"]
    neighbours: tuple[Rect, ...] = ()
    if rows["neighbours"]:
        n = min(shape.guests, _across(inner, 62.0))
        neighbours = _cells(left + 12, y, inner, n, 1, 84.0)
        y += rows["neighbours"]
    lines = round(rows["queues"] / CELL_ROW)
    queues = _cells(left + 12, y, inner, shape.queues, lines, 58.0)
    y += rows["queues"]
    sq, cq, center, style = _rings(left, inner, y, rows["rings"], shape, d, between, radius, wide)
    y = guest.bottom + GAP
    wall = Rect(left, y, inner, rows["wall"])
    y = wall.bottom + GAP
    controller = Rect(left, y, inner, rows["controller"])
    device = Rect(left, controller.bottom + 2.0, inner, rows["device"])
    in_wall = wall_parts(wall, sq, cq, shape)
    in_controller = controller_parts(controller, shape, d.caption)
    in_device = device_parts(device, shape)
    plan = PaneLayout(
        u=u, pane=Rect(0, 0, wide, height / u), title=title, subtitle=subtitle, iops=iops,
        iops_label=iops_label, chips=chips, guest=guest, guest_head=guest_head, admin=admin, lanes=lanes,
        queues=queues, neighbours=neighbours, sq=sq, cq=cq, center=center, center_style=style, wall=wall,
        controller=controller, device=device, **in_wall, **in_controller, **in_device,  # pyright: ignore[reportArgumentType] - names checked by the class
    )  # fmt: skip
    return _scaled(plan, u)


def _rings(
    left: float, inner: float, y: float, height: float, shape: PaneShape, d: _Detail,
    between: bool, radius: float, wide: float,
) -> tuple[RingPlace, RingPlace, Rect, str]:  # fmt: skip
    """Both rings and the centre box (between them, or a strip under them)."""
    card_x, card = left + 6.0, inner - 12.0
    zone = height - (0.0 if between else d.strip) - 4.0
    if d.strip == BELOW:  # rings and box together in the middle of a tall pane
        spare = zone - 2 * (radius + LABEL_ABOVE)
        y, zone = y + spare / 2, zone - spare
    words = _words(radius, wide) and zone / 2 - LABEL_ABOVE >= radius - 2.5
    side = LABEL_SIDE if words else RIM
    above = LABEL_ABOVE if words else RIM
    radius = max(20.0, min(radius, zone / 2 - above))
    middle = y + zone / 2 + 1.0
    box_w = BOX_WIDTH[shape.center] if between else GAP
    # On a wide pane the three stand together in the middle rather than at the far ends.
    spare = max(0.0, card - 4 * (radius + side) - box_w)
    box_w += min(spare * 0.5, 130.0) if between else min(spare * 0.4, 60.0)
    edge = max(0.0, (card - 4 * (radius + side) - box_w) / 2)
    sq_x = card_x + edge + side + radius
    cq_x = card_x + card - edge - side - radius
    reach = radius + side

    def ring(cx: float) -> RingPlace:
        up = radius + above
        return RingPlace(
            cx,
            middle,
            radius,
            radius * 0.81,
            Rect(cx - reach, middle - up, 2 * reach, 2 * up),
            words,
        )

    if between:
        center = Rect(sq_x + reach, y, cq_x - sq_x - 2 * reach, zone + 4.0)
        most = BOX_WIDTH[shape.center] + 64.0
        if center.w > most:
            center = Rect(center.cx - most / 2, y, most, center.h)
        return ring(sq_x), ring(cq_x), center, "box"
    center = Rect(left + 12, y + zone + 2.0, inner - 24, d.strip - 2.0)
    if center.w > 460:
        center = Rect(center.cx - 230, center.y, 460, center.h)
    style = "box" if d.strip > 100 else "strip" if d.strip > 40 else "line"
    return ring(sq_x), ring(cq_x), center, style


_CARDS = {"pane", "guest", "wall", "controller", "device", "lane_left", "lane_right", "u"}


def _scaled(plan: PaneLayout, u: float) -> PaneLayout:
    """The plan in pixels, rectangles snapped to whole ones so that edges are crisp."""

    def px(value: object) -> object:
        if isinstance(value, Rect):
            x, y = round(value.x * u), round(value.y * u)
            return Rect(x, y, round(value.right * u) - x, round(value.bottom * u) - y)
        if isinstance(value, RingPlace):
            r = round(value.radius * u)
            return RingPlace(
                round(value.cx * u),
                round(value.cy * u),
                r,
                round(r * 0.81),
                px(value.field),  # pyright: ignore[reportArgumentType] - a Rect gives a Rect
                value.words,
            )
        if isinstance(value, tuple):
            return tuple(px(v) for v in value)
        return value

    values = {name: px(getattr(plan, name)) for name in plan.__dataclass_fields__}
    values["lane_left"], values["lane_right"] = plan.lane_left * u, plan.lane_right * u
    leaves: list[tuple[str, Rect]] = []
    for name, value in values.items():
        if name in _CARDS:
            continue
        if isinstance(value, Rect):
            leaves.append((name, value))
        elif isinstance(value, RingPlace):
            leaves.append((name, value.field))
        elif isinstance(value, tuple):
            leaves.extend((f"{name}[{i}]", v) for i, v in enumerate(value) if isinstance(v, Rect))
    values["leaves"] = tuple(leaves)
    return PaneLayout(**values)  # type: ignore[arg-type]
