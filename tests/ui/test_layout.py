"""Nothing overlaps and nothing is clipped: panes, pointers and workspaces of every size and scale."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nvmeviz.app.present.frame import Path
from nvmeviz.ui.compare import arrange
from nvmeviz.ui.draw.layout import pane_layout
from nvmeviz.ui.draw.paths import token_points
from nvmeviz.ui.draw.places import PaneShape
from nvmeviz.ui.draw.pointers import place_pointers
from nvmeviz.ui.draw.rect import Rect

shapes = st.builds(
    PaneShape,
    chips=st.integers(0, 6),
    lanes=st.integers(1, 8),
    queues=st.integers(0, 24),
    center=st.sampled_from(["trap", "batch", "cells"]),
    channels=st.integers(0, 64),
    polling=st.booleans(),
    admin=st.booleans(),
    lock=st.booleans(),
    cup=st.booleans(),
    guests=st.integers(1, 16),
)
widths, heights = st.integers(300, 1900), st.integers(380, 2000)
scales = st.floats(0.75, 3.0)


@given(widths, heights, scales, shapes)
def test_no_two_parts_of_a_pane_overlap(width, height, scale, shape):
    plan = pane_layout(width, height, scale, shape)
    for name, rect in plan.leaves:
        assert rect.inside(plan.pane), name
    for (a, first), (b, second) in combinations(plan.leaves, 2):
        assert first.overlap(second) == 0, f"{a} and {b}"


@given(widths, heights, scales, shapes)
def test_parts_stand_in_their_cards_and_cards_in_the_order_of_a_command(
    width, height, scale, shape
):
    plan = pane_layout(width, height, scale, shape)
    assert plan.guest.bottom <= plan.wall.y < plan.wall.bottom <= plan.controller.y
    assert plan.controller.bottom <= plan.device.y
    assert plan.device.bottom <= plan.pane.bottom
    for inner in (*plan.lanes, *plan.queues, *plan.neighbours, plan.center):
        assert inner.inside(plan.guest)
    if plan.admin is not None:
        assert plan.admin.inside(plan.guest)
    if plan.lock is not None:
        assert plan.lock.inside(plan.wall)
    for inner in (*plan.bells, *plan.bell_texts, plan.rate):
        assert inner.inside(plan.wall)
    assert all(chip.inside(plan.controller) for chip in plan.in_flight)
    if plan.cup is not None:
        assert plan.cup.inside(plan.controller)
    assert plan.sq.field.inside(plan.guest, 1.5)
    assert plan.cq.field.inside(plan.guest, 1.5)


@given(widths, heights, scales, shapes)
def test_rings_never_go(width, height, scale, shape):
    plan = pane_layout(width, height, scale, shape)
    assert plan.sq.radius >= 19 * plan.u
    assert plan.sq.radius == plan.cq.radius


WINDOWS = ((1280, 624), (1920, 984), (3840, 2060))  # the workspace of usual windows


@pytest.mark.parametrize("scale", [0.75, 1.0, 3.0])
@pytest.mark.parametrize("center", ["trap", "batch", "cells"])
@pytest.mark.parametrize("panes", [1, 4, 6])
@pytest.mark.parametrize("window", WINDOWS)
def test_sixteen_queue_pairs_have_their_places_in_every_pane_of_a_window(
    window, panes, center, scale
):
    shape = PaneShape(center=center, lanes=4, queues=16, admin=True, polling=True, cup=True)
    for _, _, width, height in arrange(window[0], window[1], panes, 3, scale).panes:
        plan = pane_layout(width, height, scale, shape)
        # At 300 % such a window has no room for anything but the large rings.
        assert len(plan.queues) == 16 or (scale == 3.0 and not plan.queues)
        assert plan.admin is not None
        for rect in (*plan.queues, plan.admin):
            assert rect.w >= 21 * plan.u - 1
            assert rect.h >= 21 * plan.u - 1
        for (a, first), (b, second) in combinations(plan.leaves, 2):
            assert first.overlap(second) == 0, f"{a} and {b}"


def test_small_rings_have_their_names_where_two_rows_have_room():
    shape = PaneShape(center="cells", lanes=4, queues=16, admin=True)
    plan = pane_layout(470, 700, 1.0, shape)
    assert len({rect.y for rect in plan.queues}) == 2
    assert all(rect.w >= 39 for rect in plan.queues)


def test_guests_stand_as_small_rings_where_there_is_room():
    shape = PaneShape(guests=3)
    assert len(pane_layout(622, 668, 1.0, shape).neighbours) == 3
    assert not pane_layout(622, 668, 1.0, PaneShape()).neighbours
    assert not pane_layout(300, 400, 1.0, shape).neighbours


def test_more_room_never_shows_less():
    shape = PaneShape(queues=4, polling=True)
    shown = [len(pane_layout(620, height, 1.0, shape).leaves) for height in range(380, 900, 20)]
    assert shown == sorted(shown)


@pytest.mark.parametrize("size", [2, 16, 32, 64, 1024])
@pytest.mark.parametrize(("width", "height"), [(622, 668), (940, 668), (470, 560), (400, 500)])
def test_words_of_head_and_tail_touch_nothing(width, height, size):
    plan = pane_layout(width, height, 1.0, PaneShape(center="cells"))
    ring = plan.sq
    assert ring.words
    step = max(1, size // 16)
    for head in range(0, size, step):
        for tail in {*range(0, size, step), head, (head + 1) % size, (head - 1) % size}:
            places = place_pointers(ring, head, tail, size, plan.u)
            words = [place.word for place in places]
            assert all(word is not None and word.inside(ring.field) for word in words)
            first, second = words
            assert isinstance(first, Rect)
            assert isinstance(second, Rect)
            assert first.overlap(second) == 0
            for word in (first, second):
                near = (
                    max(word.x - ring.cx, 0.0, ring.cx - word.right),
                    max(word.y - ring.cy, 0.0, ring.cy - word.bottom),
                )
                assert float(np.hypot(*near)) >= ring.radius


@given(widths, heights, scales, shapes, st.integers(2, 1024), st.data())
def test_tokens_stay_inside_the_pane(width, height, scale, shape, size, data):
    plan = pane_layout(width, height, scale, shape)
    n = 40
    path = np.array(
        data.draw(st.lists(st.integers(0, len(Path) - 1), min_size=n, max_size=n)), np.uint8
    )
    frac = np.linspace(-0.1, 1.1, n).astype(np.float32)
    slot = np.arange(n, dtype=np.int32) % (size + 2) - 1
    points = token_points(plan, path, frac, slot, size, size)
    assert np.isfinite(points).all()
    assert (points >= 0).all()
    assert (points[:, 0] <= plan.pane.right).all()
    assert (points[:, 1] <= plan.pane.bottom).all()


def test_submissions_go_down_on_the_left_and_completions_up_on_the_right():
    plan = pane_layout(622, 668, 1.0, PaneShape())
    frac = np.linspace(0.05, 1, 30).astype(np.float32)
    none = np.full(30, -1, np.int32)
    fetch = token_points(plan, np.full(30, Path.FETCH, np.uint8), frac, none, 32, 32)
    post = token_points(plan, np.full(30, Path.POST_CQE, np.uint8), frac, none, 32, 32)
    assert (np.diff(fetch[:, 1]) > 0).all()
    assert (np.diff(post[:, 1]) < 0).all()
    assert fetch[:, 0].max() < plan.pane.cx < post[:, 0].min()


def test_a_token_leaves_its_slot_and_arrives_at_its_slot():
    plan = pane_layout(622, 668, 1.0, PaneShape())
    for path, when in ((Path.FETCH, 0.0), (Path.POST, 1.0)):
        for slot in range(32):
            point = token_points(
                plan, np.array([path], np.uint8), np.array([when], np.float32),
                np.array([slot], np.int32), 32, 32,
            )[0]  # fmt: skip
            angle = np.degrees(np.arctan2(point[0] - plan.sq.cx, plan.sq.cy - point[1])) % 360
            assert abs(angle - (slot + 0.5) * 11.25) < 6


@given(st.integers(480, 4000), st.integers(300, 2200), st.integers(1, 6), st.integers(0, 3), scales)
def test_panes_and_graphs_of_a_window_do_not_overlap(width, height, panes, graphs, scale):
    plan = arrange(width, height, panes, graphs, scale)
    assert len(plan.panes) == panes
    whole = Rect(0, 0, width, height)
    cells = [Rect(*cell) for cell in plan.panes + plan.graphs]
    assert all(cell.inside(whole) for cell in cells)
    for first, second in combinations(cells, 2):
        assert first.overlap(second) == 0


@pytest.mark.parametrize(
    ("size", "panes"), [((1280, 640), 4), ((1920, 990), 2), ((1920, 990), 3), ((3840, 2070), 2)]
)
def test_panes_stand_in_one_row_on_usual_screens(size, panes):
    plan = arrange(size[0], size[1], panes, 3, 1.0)
    assert len({cell[1] for cell in plan.panes}) == 1
    assert len(plan.graphs) == 3
