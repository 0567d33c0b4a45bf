"""Commands on their way: glowing tokens, or bands of flow when they are too many to follow.

In a flow the dots stand for many commands: their number on a path grows with the logarithm of its
rate, and `flow_phase` moves them along.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nvmeviz.app.present.frame import PaneFrame, Path, SlotState
from nvmeviz.ui.draw.paths import path_lengths, token_points

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nvmeviz.ui.draw.canvas import Canvas
    from nvmeviz.ui.draw.places import PaneLayout

_FLOW_STATES = np.array(
    [
        SlotState.WRITTEN, SlotState.RUNG, SlotState.COMPLETED, SlotState.RUNG, SlotState.COMPLETED,
        SlotState.FETCHED, SlotState.FETCHED, SlotState.RUNG, SlotState.FETCHED,
        SlotState.IN_DEVICE, SlotState.IN_DEVICE, SlotState.COMPLETED, SlotState.COMPLETED,
        SlotState.COMPLETED, SlotState.WRITTEN,
    ],
    dtype=np.uint8,
)  # fmt: skip
assert len(_FLOW_STATES) == len(Path), "a colour for the flow on every path"

_NO_STREAM = Path.REQUEST  # it would run through the guest's name, and is what is posted anyway


REACH = 15.0  # units around a token's middle that it may light up
NOWHERE = np.empty((0, 2))


def places(frame: PaneFrame, plan: PaneLayout) -> NDArray[np.float64]:
    """Where the tokens of an instant stand: (n, 2) logical px."""
    tokens = frame.tokens
    if not len(tokens.path):
        return NOWHERE
    return token_points(plan, tokens.path, tokens.frac, tokens.slot, frame.sq.size, frame.cq.size)


def paint(
    c: Canvas, frame: PaneFrame, plan: PaneLayout, at: NDArray[np.float64] | None = None
) -> None:
    """All tokens in one call. at: their places, where somebody knows them already."""
    if frame.flow is not None:
        _paint_flow(c, frame, plan, frame.flow)
    elif len(frame.tokens.path):
        points = places(frame, plan) if at is None else at
        _paint_points(c, points, frame.tokens.state, 0, None)


def _paint_points(
    c: Canvas, points: NDArray[np.float64], states: NDArray[np.uint8], row: int,
    opacity: NDArray[np.float64] | None,
) -> None:  # fmt: skip
    sheet = c.tokens()
    rows = c.fragments.rows(len(points))
    half = sheet.cell / c.dpr / 2
    rows[:, :2] = np.round((points - half) * c.dpr) / c.dpr + half
    rows[:, 2] = states * float(sheet.cell)
    rows[:, 3] = row * sheet.cell
    rows[:, 4:6] = sheet.cell
    if opacity is not None:
        rows[:, 9] = opacity
    c.fragments.draw(c.painter, sheet.pixmap)


def _paint_flow(c: Canvas, frame: PaneFrame, plan: PaneLayout, flow: NDArray[np.float32]) -> None:
    paths = np.flatnonzero(flow > 0)
    paths = paths[paths != _NO_STREAM]
    if not len(plan.channels):
        paths = paths[paths != Path.MEDIA]
    if not len(paths):
        return
    level = np.log10(1.0 + flow[paths].astype(np.float64))
    room = path_lengths(plan)[paths] / (9.0 * c.u)  # dots closer than this are a smear
    count = np.clip(3 + 6 * level, 2, np.clip(room, 2, 30)).astype(np.intp)
    path = np.repeat(paths, count).astype(np.uint8)
    number = np.arange(len(path)) - np.repeat(np.cumsum(count) - count, count)
    at = (number + (0.5 if c.reduced_motion else frame.flow_phase)) / np.repeat(count, count)
    # Fades in and out at the ends, so that no dot pops up.
    edge = np.minimum(1.0, 6 * np.minimum(at, 1.0 - at))
    opacity = edge * np.repeat(np.minimum(1.0, 0.25 + 0.13 * level), count)
    slot = np.full(len(path), -1, dtype=np.int32)
    points = token_points(plan, path, at, slot, frame.sq.size, frame.cq.size)
    _paint_points(c, points, _FLOW_STATES[path], 1, opacity)
