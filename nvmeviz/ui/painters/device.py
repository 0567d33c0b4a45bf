"""The device: a bar per channel that fills while a command is in it, or words when it has none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nvmeviz.app.present.frame import PaneFrame, SlotState
from nvmeviz.ui.draw import canvas as kit
from nvmeviz.ui.draw.places import Spot
from nvmeviz.ui.draw.rect import Rect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nvmeviz.ui.draw.canvas import Canvas
    from nvmeviz.ui.draw.places import PaneLayout


def paint_static(c: Canvas, frame: PaneFrame, plan: PaneLayout) -> None:
    """Name and empty channels."""
    if plan.device_title is not None:
        c.text_in(plan.device_title, "DEVICE", kit.SECTION, c.theme.muted)
    for rect in plan.channels:
        border = c.theme.border if c.theme.name == "contrast" else None
        c.box(rect, c.theme.track, border, rect.h / c.u / 2)


def paint(c: Canvas, frame: PaneFrame, plan: PaneLayout) -> None:
    """Channels by progress; how many commands wait."""
    device = frame.device
    if "device" in frame.hidden:
        return
    if plan.device_words is not None:
        words = device.words
        if plan.channels and device.waiting:
            words = f"{device.waiting} waiting"
        align = kit.RIGHT if plan.channels else kit.LEFT
        c.text_in(plan.device_words, words, kit.CAPTION, c.theme.muted, align)
    if not plan.channels or not len(device.channels):
        return
    progress = device.channels[: len(plan.channels)]
    busy = np.flatnonzero(progress >= 0)
    if not len(busy):
        return
    first = plan.channels[0]
    color = c.theme.slots[SlotState.IN_DEVICE]
    # All cells of the row are within a pixel of each other: one sprite serves them.
    wide = max(r.w for r in plan.channels)
    bar = c.sprite(
        ("channel",), wide, first.h,
        lambda: c.box(Rect(0, 0, wide, first.h), color, None, first.h / c.u / 2),
    )  # fmt: skip
    boxes = np.array(plan.channels, dtype=np.float64)[busy]
    shown = np.clip(progress[busy].astype(np.float64), 0.0, 1.0)
    least = first.h  # a command just begun is a dot
    width = np.round((least + (boxes[:, 2] - least) * shown) * c.dpr)
    rows = c.fragments.rows(len(busy))
    rows[:, 0] = boxes[:, 0] + width / c.dpr / 2
    rows[:, 1] = boxes[:, 1] + bar.height() / c.dpr / 2
    rows[:, 2] = 0
    rows[:, 3] = 0
    rows[:, 4] = width
    rows[:, 5] = bar.height()
    c.fragments.draw(c.painter, bar)


def spots(c: Canvas, frame: PaneFrame, plan: PaneLayout, at: tuple[float, float]) -> Iterator[Spot]:
    """What its words mean."""
    for number, rect in enumerate(plan.channels):
        row = rect._replace(y=plan.device.y, h=plan.device.h)
        yield Spot(row, "channel", f"Channel {number + 1}; {frame.device.words}.")
    words = f"{frame.device.words}."
    if plan.channels and plan.device_words is not None:
        yield Spot(plan.device_words, "channel", words)
    yield Spot(plan.device, "device", words)
