"""The places of a pane's parts: what a layout is asked for and what it answers. Plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from nvmeviz.ui.draw.rect import Rect


class Spot(NamedTuple):
    """A place that means something. term: key of the glossary; says: what is so there now.

    Each painter of a pane lists its own (`spots`), the smallest before those around them.
    """

    at: Rect
    term: str
    says: str = ""


@dataclass(frozen=True, slots=True)
class PaneShape:
    """How many of what a pane shows.

    center: "trap", "batch" or "cells". queues: small rings of I/O queue pairs; admin, lock: whether
    the admin pair's ring and the VMM's lock are shown; cup: whether interrupts are coalesced.
    """

    chips: int = 4
    lanes: int = 1
    queues: int = 1
    center: str = "trap"
    channels: int = 8
    polling: bool = False
    admin: bool = False
    lock: bool = False
    cup: bool = False
    guests: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class RingPlace:
    """A ring: its centre, outer and inner radius, and the field its pointers and words may use."""

    cx: float
    cy: float
    radius: float
    inner: float
    field: Rect
    words: bool


@dataclass(frozen=True, slots=True, eq=False)
class PaneLayout:
    """Every part's rectangle; None or an empty tuple where detail was shed.

    Compared by identity (layouts are cached): it is a key of other caches.
    """

    u: float  # pixels per unit
    pane: Rect
    title: Rect
    subtitle: Rect | None
    iops: Rect
    iops_label: Rect
    chips: tuple[Rect, ...]
    guest: Rect
    guest_head: Rect
    admin: Rect | None
    lanes: tuple[Rect, ...]
    queues: tuple[Rect, ...]
    neighbours: tuple[Rect, ...]
    sq: RingPlace
    cq: RingPlace
    center: Rect
    center_style: str  # "box", "strip", "line"
    wall: Rect
    wall_title: Rect | None
    lock: Rect | None
    bells: tuple[Rect, Rect]
    bell_texts: tuple[Rect, Rect]
    rate: Rect
    controller: Rect
    controller_title: Rect | None
    controller_name: Rect | None
    words: Rect
    in_flight: tuple[Rect, ...]
    in_flight_caption: Rect | None
    dial: Rect | None
    cup: Rect | None
    device: Rect
    device_title: Rect | None
    channels: tuple[Rect, ...]
    device_words: Rect | None
    lane_left: float  # x of the way down for submissions between the cards
    lane_right: float  # x of the way up for completions
    leaves: tuple[tuple[str, Rect], ...] = field(default=(), repr=False)
