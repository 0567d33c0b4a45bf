"""The scrubber as people use it: mouse, wheel, keys, words; and what it paints."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from nvmeviz.app.messages import Hold, Pause, Seek, SeekMark
from nvmeviz.app.present.scrubber_frame import LandmarkKind
from nvmeviz.app.settings import Settings
from nvmeviz.ui.application import Session
from nvmeviz.ui.draw.flags import paint_flag
from nvmeviz.ui.draw.pixmaps import make_pixmap
from nvmeviz.ui.main_window import MainWindow
from nvmeviz.ui.painters.scrubber import APART, flag_groups, scrubber_plan
from nvmeviz.ui.theme import THEMES, load
from tests.ui import sample_frames

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def window(qtbot):
    said = []
    made = MainWindow(said.append, Settings(theme="dark"))
    made.said = said  # type: ignore[attr-defined]
    qtbot.addWidget(made)
    made.resize(1600, 900)
    made.set_frame(sample_frames.window(4))
    made.show()
    qtbot.waitExposed(made)
    said.clear()
    return made


def pixels(widget) -> np.ndarray:
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1).copy()
    return rows[:, : image.width() * 4].reshape(image.height(), image.width(), 4)[:, :, :3]


def place(window, t_ns: int, y: int = 30) -> QPoint:
    plan, ground = window.scrubber.plan(), window.scrubber._frame.ground
    return QPoint(round(plan.x(t_ns, ground.range_ns)), y)


def test_it_stands_between_workspace_and_status_bar_over_the_full_width(window):
    bar = window.scrubber
    assert bar.width() == window.width()
    above = window.compare.parentWidget()
    assert bar.y() == above.y() + above.height()
    assert window.status.y() == bar.y() + bar.height()


def test_without_a_run_it_is_not_there(window):
    window.set_frame(replace(sample_frames.window(1), scrubber=None))
    assert not window.scrubber.isVisible()
    window.set_frame(sample_frames.window(1))
    assert window.scrubber.isVisible()


def test_a_click_seeks(qtbot, window):
    qtbot.mouseClick(window.scrubber, LEFT, pos=place(window, 2_500_000))
    hold, seek, let_go = window.said
    assert (hold, let_go) == (Hold(held=True), Hold(held=False))
    assert seek.to == pytest.approx(2_500_000, abs=5_000)


def test_a_click_on_a_mark_seeks_to_the_mark(qtbot, window):
    alone = next(g for g in window.scrubber.groups() if len(g.flags) == 1)
    qtbot.mouseClick(window.scrubber, LEFT, pos=QPoint(round(alone.x) + 4, 8))
    assert window.said[1] == Seek(alone.flags[0].t_ns)


def test_a_drag_follows_the_pointer_and_stays_within_the_range(qtbot, window):
    bar = window.scrubber
    qtbot.mousePress(bar, LEFT, pos=place(window, 1_000_000))
    for x in (400, 800, 5_000, -50):
        at = QPointF(x, 30)
        none = Qt.KeyboardModifier.NoModifier
        move = QMouseEvent(QEvent.Type.MouseMove, at, bar.mapToGlobal(at), LEFT, LEFT, none)
        QApplication.sendEvent(bar, move)
    assert Hold(held=False) not in window.said
    qtbot.mouseRelease(bar, LEFT, pos=place(window, 0))
    seeks = [m.to for m in window.said if isinstance(m, Seek) and isinstance(m.to, int)]
    assert seeks[1] < seeks[2]
    assert seeks[3:] == [5_000_000, 0]
    assert window.said[-1] == Hold(held=False)


def hover(bar, x: float, y: float) -> None:
    at, none = QPointF(x, y), Qt.MouseButton.NoButton
    modifiers = Qt.KeyboardModifier.NoModifier
    move = QMouseEvent(QEvent.Type.MouseMove, at, bar.mapToGlobal(at), none, none, modifiers)
    QApplication.sendEvent(bar, move)


def test_moving_without_a_button_says_nothing_and_shows_what_can_be_clicked(window):
    bar = window.scrubber
    group = bar.groups()[2]
    for y, shape in ((8, Qt.CursorShape.PointingHandCursor), (30, Qt.CursorShape.ArrowCursor)):
        hover(bar, group.x, y)
        assert bar.cursor().shape() == shape
    assert window.said == []


def test_a_button_that_came_up_elsewhere_ends_the_drag(qtbot, window):
    qtbot.mousePress(window.scrubber, LEFT, pos=place(window, 1_000_000))
    hover(window.scrubber, 700, 30)
    assert window.said[-1] == Hold(held=False)


def test_it_lets_go_when_it_goes_away_in_the_middle_of_a_drag(qtbot, window):
    qtbot.mousePress(window.scrubber, LEFT, pos=place(window, 1_000_000))
    window.set_frame(replace(sample_frames.window(1), scrubber=None))
    assert window.said.count(Hold(held=False)) == 1


def turn(window, x: int, y: int, modifiers=Qt.KeyboardModifier.NoModifier) -> bool:
    at, bar = QPointF(500, 30), window.scrubber
    event = QWheelEvent(
        at, bar.mapToGlobal(at), QPoint(), QPoint(x, y), Qt.MouseButton.NoButton, modifiers,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(bar, event)
    return event.isAccepted()


def test_the_wheel_steps_from_mark_to_mark(window):
    turn(window, 0, -120)
    turn(window, 0, 240)
    assert window.said == [SeekMark(forward=True), SeekMark(forward=False), SeekMark(forward=False)]
    window.said.clear()
    for _ in range(3):
        turn(window, 0, -40)  # a touchpad
    assert window.said == [SeekMark(forward=True)]


def test_the_wheel_with_ctrl_is_the_windows(window):
    # Ignored, so Qt passes it on to the window, which sizes everything.
    assert not turn(window, 0, 120, Qt.KeyboardModifier.ControlModifier)
    assert window.said == []


def test_page_keys_move_by_parts_of_the_range(qtbot, window):
    bar = window.scrubber
    bar.setFocus()
    for key, modifier, to in (
        (Qt.Key.Key_PageDown, Qt.KeyboardModifier.NoModifier, 1_334_316),
        (Qt.Key.Key_PageUp, Qt.KeyboardModifier.NoModifier, 1_234_316),
        (Qt.Key.Key_PageDown, Qt.KeyboardModifier.ShiftModifier, 1_784_316),
    ):
        qtbot.keyClick(bar, key, modifier)
        assert window.said[-1] == Seek(to)


def test_ctrl_arrows_go_from_mark_to_mark_wherever_the_focus_is(qtbot, window):
    for widget in (window, window.scrubber, window.toolbar.speed):
        widget.setFocus()
        for key, forward in ((Qt.Key.Key_Right, True), (Qt.Key.Key_Left, False)):
            qtbot.keyClick(widget, key, Qt.KeyboardModifier.ControlModifier)
            assert window.said[-1] == SeekMark(forward)


def test_a_held_ctrl_arrow_goes_on(window):
    event = QKeyEvent(
        QEvent.Type.KeyPress, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier, "", True
    )
    QApplication.sendEvent(window, event)
    assert window.said == [SeekMark(forward=True)]


def test_the_focus_is_seen_when_it_came_by_key(qtbot, window):
    bar = window.scrubber
    before = pixels(bar)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    bar.setFocus(Qt.FocusReason.TabFocusReason)
    ring = pixels(bar)
    assert (ring[1] != before[1]).any()
    window.setFocus()
    bar.setFocus(Qt.FocusReason.MouseFocusReason)
    assert (pixels(bar) == before).all()


def test_it_speaks(window):
    assert window.scrubber.accessibleName()
    assert "1.28 ms of 5.00 ms" in window.scrubber.accessibleDescription()


def test_a_mark_tells_its_time_and_what_happens(window):
    bar = window.scrubber
    alone = next(g for g in bar.groups() if len(g.flags) == 1)
    flag = alone.flags[0]
    assert flag.words in bar.hint_at(alone.x + 5)
    assert flag.title in bar.hint_at(alone.x + 5)
    crowd = next(g for g in bar.groups() if len(g.flags) > 1)
    assert len(bar.hint_at(crowd.x).splitlines()) == len(crowd.flags)
    assert bar.hint_at(place(window, 4_800_000).x()).endswith("ms")


def test_a_crowd_tells_the_most_serious_when_it_can_not_tell_all(window):
    frame = sample_frames.scrubber(1)
    flag = frame.ground.flags[0]
    kinds = [LandmarkKind.WAKE] * 15 + [LandmarkKind.STUCK]
    crowd = tuple(replace(flag, t_ns=i, kind=kind, words=kind.name) for i, kind in enumerate(kinds))
    window.scrubber.set_frame(replace(frame, ground=replace(frame.ground, flags=crowd)))
    (group,) = window.scrubber.groups()
    assert group.lead.kind is LandmarkKind.STUCK
    lines = window.scrubber.hint_at(group.x).splitlines()
    assert any("STUCK" in line for line in lines)
    assert lines[-1] == "and 6 more"


@pytest.mark.parametrize(("width", "u"), [(480, 1.0), (1920, 1.0), (3840, 2.0), (900, 3.0)])
@pytest.mark.parametrize("panes", [1, 2, 4, 6])
def test_everything_has_its_own_place(width: int, u: float, panes: int):
    plan = scrubber_plan(width, 47 * u, u, panes)
    assert plan.field.inside(plan.all)
    for one, other in pairwise(plan.strips):
        assert one.overlap(other) == 0
    assert all(strip.inside(plan.field, slack=1.0) for strip in plan.strips)
    assert plan.strips[0].h >= u
    ground = sample_frames.scrubber(3).ground
    groups = flag_groups(plan, ground)
    assert all(b.x - a.x >= APART * u for a, b in pairwise(groups))
    assert sum(len(group.flags) for group in groups) == len(ground.flags)
    assert plan.t_ns(plan.x(1_234_567, 5_000_000), 5_000_000) == pytest.approx(1_234_567, abs=2)


def test_every_kind_has_a_shape_of_its_own(qtbot):
    seen = []
    for kind in LandmarkKind:

        def paint(painter, kind=kind):
            paint_flag(painter, kind, 12, 12, 1.0, "#ffffff", "#000000")

        image = make_pixmap(24, 24, 1.0, paint).toImage()
        image = image.convertToFormat(QImage.Format.Format_Alpha8)
        seen.append(np.frombuffer(image.constBits(), np.uint8).copy())
        assert seen[-1].any()
    for i, one in enumerate(seen):
        for other in seen[:i]:
            assert np.abs(one.astype(int) - other.astype(int)).sum() > 10 * 255
    inked = [int((one > 128).sum()) for one in seen]
    assert max(inked) == inked[LandmarkKind.STUCK]


@pytest.mark.parametrize("theme", THEMES)
def test_where_a_vcpu_stands_outside_is_red(qtbot, theme: str):
    window = MainWindow(lambda _: None, Settings(theme=theme))
    qtbot.addWidget(window)
    window.resize(1200, 800)
    window.set_frame(sample_frames.window(2))
    window.show()
    plan = window.scrubber.plan()
    strip = plan.strips[0]
    image = window.scrubber.grab().toImage()
    outside = sample_frames.scrubber(2).ground.strips[0].outside
    red, calm = int(outside.argmax()), 35
    assert outside[calm] == 0

    def color(number: int):
        return image.pixelColor(
            round(strip.x + strip.w * (number + 0.5) / len(outside)), round(strip.cy)
        )

    exit_color = load(theme).color("vm_exit")
    assert abs(color(red).red() - exit_color.red()) < 12
    assert color(calm).red() - color(calm).blue() < 40 < color(red).red() - color(red).blue()


def test_the_ground_is_painted_once_while_only_the_playhead_moves(qtbot, window):
    bar, frame = window.scrubber, sample_frames.scrubber(4)
    bar.set_frame(frame)
    first = pixels(bar)
    layer = bar._layer[1]
    bar.set_frame(replace(frame, t_ns=2_000_000, time_text="2.00 ms"))
    assert (pixels(bar) != first).any()
    assert bar._layer[1] is layer
    bar.set_frame(frame)
    assert (pixels(bar) == first).all()


def test_a_playhead_that_moves_on_paints_no_more_than_it_must_and_leaves_nothing_behind(
    qtbot, window, monkeypatch
):
    bar, frame = window.scrubber, sample_frames.scrubber(4)
    painted: list[int] = []
    inner = bar._paint
    monkeypatch.setattr(bar, "_paint", lambda p, shown: (painted.append(shown.w), inner(p, shown)))

    def on_screen() -> np.ndarray:
        QApplication.processEvents()
        at = bar.mapTo(window, QPoint(0, 0))
        image = window.screen().grabWindow(window.winId()).toImage()
        image = image.copy(QRect(at, bar.size())).convertToFormat(QImage.Format.Format_RGB32)
        rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1).copy()
        return rows.reshape(image.height(), image.width(), 4)[:, :, :3]

    for number, t_ns in enumerate(range(0, frame.ground.range_ns, frame.ground.range_ns // 40)):
        if number == 20:
            window.resize(1500, 900)
            QApplication.processEvents()
        bar.set_frame(replace(frame, t_ns=t_ns, time_text=f"{t_ns / 1e6:.2f} ms"))
        shown = on_screen()
        assert 0 < painted[-1] < bar.width() / 3 or number in (0, 20)
        assert (shown == pixels(bar)).all()


@pytest.fixture
def session(qtbot):
    made = Session("lost-doorbell")
    qtbot.addWidget(made.window)
    made.window.resize(1280, 720)
    made.start()
    qtbot.waitUntil(lambda: bool(made.store.state.runs))
    yield made
    made.close()


def test_a_person_finds_the_stuck_queue_with_one_click(qtbot, session):
    session.store.dispatch(Pause())
    bar = session.window.scrubber

    def stuck():
        return [g for g in bar.groups() if g.lead.kind is LandmarkKind.STUCK]

    qtbot.waitUntil(lambda: bool(stuck()))
    group = stuck()[0]
    qtbot.mouseClick(bar, LEFT, pos=QPoint(round(group.x), 8))
    assert session.store.state.head.t_ns == group.lead.t_ns
    assert not session.store.state.held
    assert "nothing happens from here" in bar.hint_at(group.x)
    qtbot.waitUntil(lambda: bar._frame.t_ns == group.lead.t_ns)
    assert "nothing happens from here" in bar.accessibleDescription()


def test_dragging_holds_a_playing_playhead_and_letting_go_plays_on(qtbot, session):
    bar, store = session.window.scrubber, session.store
    assert store.state.playing
    qtbot.mousePress(bar, LEFT, pos=QPoint(300, 30))
    t_ns = store.state.head.t_ns
    qtbot.wait(80)
    assert store.state.head.t_ns == t_ns
    qtbot.mouseRelease(bar, LEFT, pos=QPoint(300, 30))
    qtbot.waitUntil(lambda: store.state.head.t_ns > t_ns)
    assert store.state.playing
