"""Where tokens travel: one smooth curve per `Path`, evaluated for all tokens at once with numpy.

A path is a cubic between two fixed ends; where it begins or ends at a ring slot, the token orbits
the ring just outside its slots between the slot and the ring's port (top or bottom). Submissions go
down the left side, completions up the right; `lane_left` and `lane_right` of the layout keep both
clear of words.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nvmeviz.app.present.frame import Path

if TYPE_CHECKING:
    from nvmeviz.ui.draw.places import PaneLayout
    from nvmeviz.ui.draw.rect import Rect

Floats = NDArray[np.float64]
_PATHS = len(Path)
_OF_SQ, _OF_CQ, _OF_NONE = 0, 1, 2
_ORBITS = {  # path -> the ring at one of its ends, whether it begins there, whether at the upper port
    Path.POST: (_OF_SQ, False, True),
    Path.DOORBELL_SQ: (_OF_SQ, True, False),
    Path.FETCH: (_OF_SQ, True, False),
    Path.DOORBELL_CQ: (_OF_CQ, True, False),
    Path.REAP: (_OF_CQ, True, True),
    Path.POST_CQE: (_OF_CQ, False, False),
}
# By path, because a table costs less than the curves themselves.
_RING = np.array([_ORBITS.get(path, (_OF_NONE,))[0] for path in Path])
_LEAVES = np.array([path in _ORBITS and _ORBITS[path][1] for path in Path])
_PORT = np.array([0.0 if path in _ORBITS and _ORBITS[path][2] else np.pi for path in Path])


def _eased(t: Floats) -> Floats:
    """Gentle at both ends, straight in the middle."""
    return t + 0.06 * np.sin(2 * np.pi * t) * -1.0


@lru_cache(maxsize=64)
def control_points(plan: PaneLayout) -> Floats:
    """(len(Path), 4, 2) control points in logical px, the ring ports standing in for slots."""
    u = plan.u
    sq, cq = plan.sq, plan.cq
    off = 9.0 * u
    sq_top, sq_bottom = (sq.cx, sq.cy - sq.radius - off), (sq.cx, sq.cy + sq.radius + off)
    cq_top, cq_bottom = (cq.cx, cq.cy - cq.radius - off), (cq.cx, cq.cy + cq.radius + off)
    strip = plan.lanes[0] if plan.lanes else plan.guest_head
    left_in = (min(sq.cx, strip.cx), strip.bottom - 2 * u)
    right_in = (max(cq.cx, strip.cx), strip.bottom - 2 * u)
    bell_sq, bell_cq = ((b.cx, b.cy) for b in plan.bells)
    wall, controller = plan.wall, plan.controller
    gate_left, gate_right = plan.lane_left, plan.lane_right
    first = plan.in_flight[0]
    ctrl_in = (max(first.cx, gate_left), controller.y + 12 * u)
    ctrl_out = (gate_right, controller.y + 12 * u)
    ctrl_bottom = (max(first.cx, gate_left), controller.bottom - 8 * u)
    channel = plan.channels[0] if plan.channels else plan.device
    device_in = (max(channel.x, min(gate_left, plan.device.cx)), plan.device.cy)
    edge = plan.guest.right - 9 * u
    box = plan.center
    cell_x = box.x + box.w * 0.28, box.x + box.w * 0.72
    if plan.center_style == "box":
        shadow_y, event_y = box.cy - 22 * u, box.cy + 26 * u
    else:
        shadow_y = event_y = box.cy

    def straight(a: tuple[float, float], b: tuple[float, float]) -> list[tuple[float, float]]:
        (ax, ay), (bx, by) = a, b
        bend = (by - ay) * 0.45
        return [a, (ax, ay + bend), (bx, by - bend), b]

    def across(a: tuple[float, float], b: tuple[float, float]) -> list[tuple[float, float]]:
        (ax, ay), (bx, by) = a, b
        bend = (bx - ax) * 0.45
        return [a, (ax + bend, ay), (bx - bend, by), b]

    def gate(a: tuple[float, float], x: float, b: tuple[float, float]) -> list[tuple[float, float]]:
        """Through x at the wall."""
        return [a, (x, a[1] + (wall.cy - a[1]) * 0.7), (x, b[1] + (wall.cy - b[1]) * 0.9), b]

    middle = (plan.bells[1].x - 8 * u, controller.y + 10 * u)
    points = {
        Path.POST: straight(left_in, sq_top),
        Path.DOORBELL_SQ: straight(sq_bottom, bell_sq),
        Path.DOORBELL_CQ: straight(cq_bottom, bell_cq),
        Path.SHADOW_SQ: across((sq.cx + sq.radius + off, sq.cy - 10 * u), (cell_x[0], shadow_y)),
        Path.SHADOW_CQ: across((cq.cx - cq.radius - off, cq.cy - 10 * u), (cell_x[1], shadow_y)),
        Path.EVENTIDX_SQ: gate(middle, plan.bells[1].x - 8 * u, (cell_x[0], event_y)),
        Path.EVENTIDX_CQ: gate(middle, plan.bells[1].x - 8 * u, (cell_x[1], event_y)),
        Path.WAKE: straight(bell_sq, (bell_sq[0], controller.y + 12 * u)),
        Path.FETCH: gate(sq_bottom, gate_left, ctrl_in),
        Path.DISPATCH: straight(ctrl_bottom, device_in),
        Path.MEDIA: across((channel.x, channel.cy), (channel.right, channel.cy)),
        Path.POST_CQE: gate(ctrl_out, gate_right, cq_bottom),
        Path.IRQ: straight((edge, controller.y + 12 * u), (edge, strip.bottom)),
        Path.REAP: straight(cq_top, right_in),
        Path.REQUEST: straight((left_in[0], plan.guest_head.y), (left_in[0], strip.cy)),
    }  # fmt: skip
    return np.array([points[Path(i)] for i in range(_PATHS)], dtype=np.float64)


@lru_cache(maxsize=64)
def path_lengths(plan: PaneLayout) -> Floats:
    """(len(Path),) about how long each path is, logical px."""
    p = control_points(plan)
    steps = np.hypot(*np.moveaxis(np.diff(p, axis=1), 2, 0)).sum(axis=1)
    return (steps + np.hypot(*(p[:, 3] - p[:, 0]).T)) / 2


@lru_cache(maxsize=64)
def _orbits(plan: PaneLayout) -> Floats:
    """(5, len(Path)) of the ring at an end of each path: its centre x and y, its radius, how far
    outside it the port is, how far the port is from the path's other end. Ones where there is none.
    """
    found = np.ones((5, _PATHS))
    for path, (number, leaves, _) in _ORBITS.items():
        ring, ends = (plan.sq, plan.cq)[number], control_points(plan)[path]
        lift = abs(ends[0 if leaves else 3, 1] - ring.cy) - ring.radius
        found[:, path] = ring.cx, ring.cy, ring.radius, lift, np.hypot(*(ends[3] - ends[0]))
    return found


def _cubic(p: Floats, t: Floats) -> Floats:
    """Points of cubics p (n, 4, 2) at t (n,): (n, 2)."""
    s = 1.0 - t
    near, far = s * s, t * t
    weights = np.array((near * s, 3 * near * t, 3 * far * s, far * t))
    return np.einsum("kn,nkd->nd", weights, p)


def token_points(
    plan: PaneLayout, path: NDArray[np.uint8], frac: NDArray[np.floating], slot: NDArray[np.int32],
    sq_size: int, cq_size: int,
) -> Floats:  # fmt: skip
    """Where tokens stand: (n, 2) logical px. A slot outside its ring means the path begins at the
    port.
    """
    t = _eased(np.minimum(1.0, np.maximum(0.0, frac.astype(np.float64))))
    size = np.array((sq_size, cq_size, 0))[_RING[path]]
    rows = np.flatnonzero((slot >= 0) & (slot < size))
    if len(rows):
        angle = (slot[rows] + 0.5) * (2 * np.pi / size[rows])
        t[rows], orbiting, circle = _orbit(plan, path[rows], angle, t[rows])
        points = _cubic(control_points(plan)[path], t)
        points[rows[orbiting]] = circle[orbiting]
    else:
        points = _cubic(control_points(plan)[path], t)
    if plan.channels:
        media = np.flatnonzero(path == Path.MEDIA)
        if len(media):
            points[media] = _along_channels(plan.channels, slot[media], t[media])
    return points


def _along_channels(channels: tuple[Rect, ...], slot: NDArray[np.int32], t: Floats) -> Floats:
    boxes = np.array(channels)[np.clip(slot, 0, len(channels) - 1)]
    return np.stack([boxes[:, 0] + boxes[:, 2] * t, boxes[:, 1] + boxes[:, 3] / 2], axis=1)


def _orbit(
    plan: PaneLayout, path: NDArray[np.uint8], angle: Floats, t: Floats
) -> tuple[Floats, NDArray[np.bool_], Floats]:
    """Of tokens that go between a slot and a port, round the ring and along the curve at even speed:
    (how far along the curve, whether still on the ring, where on the ring).
    """
    cx, cy, radius, lift, straight = _orbits(plan)[:, path]
    leaves = _LEAVES[path]
    turn = (_PORT[path] - angle + np.pi) % (2 * np.pi) - np.pi
    around = np.abs(turn) * (radius + lift) + 1e-6
    share = around / (around + straight)
    progress = np.where(leaves, t, 1.0 - t)
    part = np.minimum(1.0, progress / share)
    theta = angle + turn * part
    # A slot at the port needs no orbit, yet its token must not start outside its slot.
    inside = 0.095 * radius
    out = radius - inside + (lift + inside) * np.minimum(1.0, part * 4)
    circle = np.empty((len(path), 2))
    circle[:, 0], circle[:, 1] = cx + out * np.sin(theta), cy - out * np.cos(theta)
    rest = np.maximum(0.0, progress - share) / np.maximum(1e-9, 1.0 - share)
    return np.where(leaves, rest, 1.0 - rest), progress < share, circle
