"""Every kind of pane paints at every size, in every theme; what must be seen is seen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage, QPainter

from nvmeviz.app.present.frame import SlotState, TrapBox
from nvmeviz.ui.draw.canvas import Canvas
from nvmeviz.ui.panes.paint import PaneLayers, layout_for, paint_pane
from nvmeviz.ui.theme import THEMES, load
from tests.ui import sample_frames


def picture(
    frame, width=622, height=668, scale=1.0, theme="dark", canvas=None, dpr=1.0, layers=None
):
    image = QImage(round(width * dpr), round(height * dpr), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(dpr)
    image.fill(QColor("#ff00ff"))  # what stays so was not painted
    painter = QPainter(image)
    plan = layout_for(frame, width, height, scale)
    paint_pane(painter, frame, plan, canvas or Canvas(load(theme), dpr), layers or PaneLayers())
    painter.end()
    raw: np.ndarray = np.frombuffer(memoryview(image.constBits()), np.uint8)
    bgr = raw.reshape(image.height(), image.width(), 4)[:, :, :3]
    return bgr[:, :, ::-1].astype(int), plan


def near(pixels, color, within=12):
    """How many pixels are about that colour."""
    wanted = QColor(color)
    rgb = np.array([wanted.red(), wanted.green(), wanted.blue()])
    return int((np.abs(pixels - rgb).max(axis=2) <= within).sum())


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("make", sample_frames.PANES)
@pytest.mark.parametrize(
    ("width", "height", "scale"),
    [(300, 380, 1.0), (310, 560, 0.75), (622, 668, 1.0), (470, 900, 1.5), (1900, 500, 3.0)],
)
def test_every_pane_paints_all_of_itself(qtbot, make, width, height, scale, theme):
    pixels, _ = picture(make(), width, height, scale, theme)
    assert near(pixels, "#ff00ff", 0) == 0
    assert len(np.unique(pixels.reshape(-1, 3)[::31], axis=0)) > 20


@pytest.mark.parametrize("dpr", [1.25, 2.0])
def test_panes_paint_on_fine_screens(qtbot, dpr):
    pixels, _ = picture(sample_frames.shadow(), dpr=dpr)
    assert near(pixels, "#ff00ff", 0) == 0


@pytest.mark.parametrize("theme", THEMES)
def test_nothing_is_red_unless_a_vcpu_is_stopped(qtbot, theme):
    calm = replace(sample_frames.null_device(), lanes=())
    assert near(picture(calm, theme=theme)[0], load(theme).vm_exit) == 0
    lit = sample_frames.trapped()
    assert near(picture(lit, theme=theme)[0], load(theme).vm_exit) > 3000


def test_the_wall_of_a_pass_through_is_open(qtbot):
    frame = sample_frames.null_device()
    pixels, plan = picture(frame)
    closed, _ = picture(replace(frame, wall_open=False))
    theme = load("dark")
    x, y = round((plan.bells[1].x + plan.bells[0].right) / 2), round(plan.wall.y + 12)
    spot = slice(y - 3, y + 3), slice(x - 3, x + 3)
    assert near(closed[spot], theme.card, 0) == 36
    assert near(pixels[spot], theme.pane, 0) == 36


def test_a_bell_is_red_only_where_it_traps(qtbot):
    theme = load("dark")
    frame = replace(sample_frames.null_device(), lanes=())
    for traps in (True, False):
        bells = tuple(replace(bell, ringing=1.0, traps=traps) for bell in frame.bells)
        pixels, plan = picture(replace(frame, bells=bells))
        x, y, w, h = (round(v) for v in plan.bells[0])
        there = pixels[y : y + h, x : x + w]
        assert (near(there, theme.vm_exit) > 20) == traps
        assert (near(there, theme.accent(frame.accent)) > 20) == (not traps)


def test_a_doorbell_avoided_is_marked_in_the_modes_colour_and_never_red(qtbot):
    theme = load("dark")
    frame = replace(sample_frames.shadow(), tokens=sample_frames.tokens(), lanes=(), queues=())
    marked = tuple(replace(bell, avoided=1.0) for bell in frame.bells)
    plain, plan = picture(frame)
    pixels, _ = picture(replace(frame, bells=marked))
    x, y, w, h = (round(v) for v in plan.bells[0])
    there, before = pixels[y : y + h, x : x + w], plain[y : y + h, x : x + w]
    assert near(there, theme.accent(frame.accent)) > near(before, theme.accent(frame.accent)) + 20
    assert near(pixels, theme.vm_exit) == near(plain, theme.vm_exit) == 0


def test_the_cup_fills_with_what_is_held_back(qtbot):
    full = load("dark").slots[SlotState.COMPLETED]
    frame = sample_frames.batched()
    assert frame.cup is not None
    counts = []
    for held in (0, 3, 7):
        pixels, plan = picture(replace(frame, cup=replace(frame.cup, held=held, spilled=0.0)))
        assert plan.cup is not None
        x, y, w, h = (round(v) for v in plan.cup)
        counts.append(near(pixels[y : y + h, x : x + w], full))
    assert counts[0] == 0
    assert 0 < counts[1] < counts[2]


def test_in_averages_the_wall_glows_by_its_share_of_time(qtbot):
    theme = load("dark")
    frame = replace(sample_frames.deep(), lanes=(), queues=(), admin=None)
    red = []
    for share in (0.0, 0.3, 0.9):
        pixels, plan = picture(replace(frame, wall_lit=share > 0, wall_share=share))
        edge = pixels[round(plan.wall.y) + 1, round(plan.wall.cx) - 40 : round(plan.wall.cx) + 40]
        red.append(float(edge[:, 0].mean()))
    assert red[0] < red[1] < red[2]
    assert theme.vm_exit


def test_waiting_for_the_lock_looks_different_from_working_outside(qtbot):
    from nvmeviz.app.present.frame import Activity

    frame = sample_frames.null_device()
    working, waiting = (
        picture(replace(frame, lanes=(sample_frames.lane("vCPU 0", (1.0, activity)),)))[0]
        for activity in (Activity.VM_EXIT, Activity.LOCK_WAIT)
    )
    assert (working != waiting).any()


def test_the_lock_is_drawn_open_or_closed(qtbot):
    base = sample_frames.pane(0, "MMIO doorbells", "", "mmio_trap", "1 k", sample_frames.REST)
    held = replace(base, lock=sample_frames.Lock("lock free", True, ""))
    first, plan = picture(base)
    second, _ = picture(held)
    assert plan.lock is not None
    x, y, h = (round(v) for v in (plan.lock.x, plan.lock.y, plan.lock.h))
    assert (first[y : y + h, x : x + 14] != second[y : y + h, x : x + 14]).any()


def test_equal_frames_paint_equal_pixels(qtbot):
    canvas = Canvas(load("dark"), 1.0)
    first, _ = picture(sample_frames.deep(), canvas=canvas)
    second, _ = picture(sample_frames.deep(), canvas=canvas)
    third, _ = picture(sample_frames.deep())
    assert (first == second).all()
    assert (first == third).all()


def test_slots_show_their_states(qtbot):
    frame = sample_frames.batched()
    pixels, plan = picture(frame)
    theme = load("dark")
    ring = plan.sq
    for slot, state in enumerate(frame.sq.slots):
        if state in (SlotState.RUNG, SlotState.COMPLETED):
            turn = np.radians((slot + 0.5) * 360 / 32)
            radius = ring.radius * 0.94
            x, y = ring.cx + radius * np.sin(turn), ring.cy - radius * np.cos(turn)
            there = pixels[round(y) - 1 : round(y) + 2, round(x) - 1 : round(x) + 2]
            assert near(there, theme.slots[state]) >= 5, slot


def test_progress_of_an_exit_fills_its_bar(qtbot):
    full = load("dark").vm_exit
    counts = []
    for progress in (0.1, 0.5, 0.9):
        center = TrapBox("VM exit", "SQ 1 tail ← 17", progress, "")
        frame = replace(sample_frames.null_device(), lanes=(), center=center)
        counts.append(near(picture(frame)[0], full))
    assert counts[0] < counts[1] < counts[2]


def test_flow_moves_with_its_phase(qtbot):
    frame = sample_frames.deep()
    first, _ = picture(frame)
    second, _ = picture(replace(frame, flow_phase=0.8))
    assert (first != second).any()


def test_reduced_motion_shows_no_tokens(qtbot):
    frame = sample_frames.shadow()
    still = Canvas(load("dark"), 1.0, reduced_motion=True)
    assert (picture(frame)[0] != picture(frame, canvas=still)[0]).any()
    bare = replace(
        frame,
        tokens=sample_frames.tokens(),
        controller=replace(frame.controller, dial=None, hit=0.0),
    )
    frame = replace(frame, controller=replace(frame.controller, hit=0.0))
    assert (picture(bare)[0] == picture(frame, canvas=still)[0]).all()


def test_the_picture_kept_under_the_streams_is_the_one_painted_anew(qtbot):
    canvas, layers = Canvas(load("dark"), 1.0), PaneLayers()
    frame = sample_frames.deep()
    later = replace(frame, flow_phase=0.7, controller=replace(frame.controller, dial=0.2))
    other = replace(
        later,
        flow=np.array(frame.flow),
        wall_share=0.2,
        center=replace(frame.center, words="other"),
    )
    for shown in (frame, later, other):
        kept, _ = picture(shown, canvas=canvas, layers=layers)
        anew, _ = picture(shown, canvas=canvas)
        assert (kept == anew).all()


def test_streams_and_dial_stand_still_without_motion(qtbot):
    still = Canvas(load("dark"), 1.0, reduced_motion=True)
    frame = sample_frames.deep()
    later = replace(frame, flow_phase=0.8, controller=replace(frame.controller, dial=0.1))
    assert (picture(frame)[0] != picture(later)[0]).any()
    assert (picture(frame, canvas=still)[0] == picture(later, canvas=still)[0]).all()


def test_a_deep_ring_shows_its_runs(qtbot):
    pixels, plan = picture(sample_frames.deep())
    ring = plan.sq
    turn = np.radians((740 + 0.5) * 360 / 1024)
    radius = ring.radius * 0.97
    x, y = round(ring.cx + radius * np.sin(turn)), round(ring.cy - radius * np.cos(turn))
    completed = load("dark").slots[SlotState.COMPLETED]
    assert near(pixels[y - 2 : y + 3, x - 2 : x + 3], completed) > 5
