"""The real window, off-screen, driven by keys and mouse as a person would."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from nvmeviz.app import headless
from nvmeviz.app.commands import COMMANDS
from nvmeviz.app.messages import OpenScenario, Pause, Seek
from nvmeviz.ui.application import Session
from nvmeviz.ui.draw.places import PaneLayout
from nvmeviz.ui.render import render_window, write_picture


@pytest.fixture
def session(qtbot):
    made = []

    def start(source: str = "gce-local-ssd-2017", size: tuple[int, int] = (1280, 720)) -> Session:
        session = Session(source)
        qtbot.addWidget(session.window)
        session.window.resize(*size)
        session.start()
        qtbot.waitUntil(lambda: bool(session.store.state.runs))
        made.append(session)
        return session

    yield start
    for session in made:
        session.close()


def pixels(image: QImage) -> np.ndarray:
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    # A copy: the image and its memory go when this function returns.
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1).copy()
    return rows[:, : image.width() * 4].reshape(image.height(), image.width(), 4)[:, :, :3]


def press(qtbot, session, key, modifier=Qt.KeyboardModifier.NoModifier):
    qtbot.keyClick(session.window, key, modifier)


def test_it_opens_playing_and_the_picture_moves(qtbot, session):
    it = session()
    assert it.store.state.playing
    before = it.store.state.head.t_ns
    first = pixels(it.window.grab().toImage()).copy()
    qtbot.waitUntil(lambda: it.store.state.head.t_ns > before + 4_000, timeout=5_000)
    assert (pixels(it.window.grab().toImage()) != first).any()


def test_a_new_window_fits_its_screen(qtbot):
    window = Session("first-steps").window
    qtbot.addWidget(window)
    room = window.screen().availableSize()
    assert window.width() <= room.width()
    assert window.height() < room.height()


def test_space_pauses_and_plays(qtbot, session):
    it = session()
    press(qtbot, it, Qt.Key.Key_Space)
    assert not it.store.state.playing
    press(qtbot, it, Qt.Key.Key_K)
    assert it.store.state.playing


def test_space_goes_to_the_window_and_not_to_a_button_at_first(qtbot, session):
    it = session()
    it.window.activateWindow()
    QApplication.processEvents()
    receiver = QApplication.focusWidget() or it.window
    qtbot.keyClick(receiver, Qt.Key.Key_Space)
    assert not it.store.state.playing


def test_arrow_keys_step_one_event_on_and_back_to_the_same_pixels(qtbot, session):
    it = session()
    it.store.dispatch(Pause())
    it.store.dispatch(Seek(1_300_000))
    qtbot.waitUntil(lambda: not it.clock.running)
    counts = it.store.state.head.counts
    pane = it.window.compare.panes[0]
    before = pixels(pane.grab().toImage()).copy()
    press(qtbot, it, Qt.Key.Key_Right)
    assert sum(it.store.state.head.counts) == sum(counts) + 1
    qtbot.waitUntil(lambda: it.store.state.head.glide is None, timeout=5_000)
    press(qtbot, it, Qt.Key.Key_Left)
    qtbot.waitUntil(lambda: it.store.state.head.glide is None, timeout=5_000)
    assert it.store.state.head.counts == counts
    it.store.dispatch(Seek(1_300_000))
    qtbot.waitUntil(lambda: not it.clock.running)
    assert (pixels(pane.grab().toImage()) == before).all()


def test_brackets_change_the_speed_and_home_goes_to_the_start(qtbot, session):
    it = session()
    speed = it.store.state.speed
    qtbot.keyClicks(it.window, "]")
    assert it.store.state.speed == speed + 1
    qtbot.keyClicks(it.window, "[[")
    assert it.store.state.speed == speed - 1
    it.store.dispatch(Pause())
    press(qtbot, it, Qt.Key.Key_Home)
    assert it.store.state.head.t_ns == 0
    press(qtbot, it, Qt.Key.Key_End)
    assert it.store.state.head.t_ns > 1_000_000


def test_a_click_on_a_small_queue_makes_it_the_large_one(qtbot, session):
    it = session("google-null-device-2016", (1600, 900))
    QApplication.processEvents()
    pane = it.window.compare.panes[0]
    pane.grab()
    plan = pane._plan
    assert isinstance(plan, PaneLayout)
    spot = plan.queues[2]
    qtbot.mouseClick(pane, Qt.MouseButton.LeftButton, pos=QPoint(int(spot.cx), int(spot.cy)))
    assert it.store.state.queue == 2


def test_a_wrong_file_is_a_notice_that_can_be_dismissed(qtbot, session, tmp_path):
    it = session()
    bad = tmp_path / "bad.toml"
    bad.write_text("title = 3\n")
    it.store.dispatch(OpenScenario(str(bad)))
    qtbot.waitUntil(lambda: it.store.state.notice != "")
    qtbot.waitUntil(lambda: it.window.notice.isVisible())
    assert "bad.toml" in it.window.notice.text.text()
    assert len(it.window.compare.panes) == 2
    it.window.notice.close_button.click()
    qtbot.waitUntil(lambda: not it.window.notice.isVisible())


def test_larger_and_smaller_and_another_theme(qtbot, session):
    it = session()
    press(qtbot, it, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    assert it.window.settings.scale > 1.0
    press(qtbot, it, Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    assert it.window.settings.scale == 1.0
    theme = it.window.theme.name
    press(qtbot, it, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    assert it.window.theme.name != theme


def test_less_motion_takes_the_dots_away_and_brings_them_back(qtbot, session):
    it = session()
    it.store.dispatch(Pause())
    it.store.dispatch(Seek(1_201_000))
    qtbot.waitUntil(lambda: not it.clock.running)
    panes = it.window.compare.panes
    assert sum(len(pane._frame.tokens.path) for pane in panes) > 0
    before = [pixels(pane.grab().toImage()) for pane in panes]
    press(qtbot, it, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier)
    less = [pixels(pane.grab().toImage()) for pane in panes]
    assert any((one != other).any() for one, other in zip(before, less, strict=True))
    press(qtbot, it, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier)
    again = [pixels(pane.grab().toImage()) for pane in panes]
    assert all((one == other).all() for one, other in zip(before, again, strict=True))


def test_every_command_can_be_done():
    from nvmeviz.ui import window_commands

    source = Path(str(window_commands.__file__)).read_text(encoding="utf-8")
    for command in COMMANDS:
        if command.message is None:
            assert command.name in source, command.name


@pytest.mark.parametrize("theme", ["dark", "light", "contrast"])
@pytest.mark.parametrize(
    ("size", "scale"), [((1280, 720), 1.0), ((1920, 1080), 1.0), ((3840, 2160), 2.0)]
)
def test_pictures_at_every_size_and_theme_show_something(qtbot, size, scale, theme):
    frame = headless.frame_at("gce-local-ssd-2017", None, (), (), None, "compare")
    image = render_window(frame, size, theme, scale)
    assert (image.width(), image.height()) == size
    seen = pixels(image)
    assert len(np.unique(seen.reshape(-1, 3)[::97], axis=0)) > 40


@pytest.mark.parametrize(
    "modes", [("mmio_trap",), ("mmio_trap", "batched", "google_2016", "dbbuf_qemu71")]
)
@pytest.mark.parametrize("size", [(640, 400), (900, 700), (2560, 1440)])
def test_one_to_four_panes_paint_at_odd_sizes(qtbot, modes, size):
    frame = headless.frame_at("google-null-device-2016", None, modes, (), None, "compare")
    assert not render_window(frame, size, "dark", 1.0).isNull()


def test_a_deep_ring_paints_as_arcs(qtbot):
    settings = ("machine.ring_slots=1024", "workload.queue_depth=500")
    frame = headless.frame_at("gce-local-ssd-2017", 1_000_000, (), settings, None, "compare")
    assert frame.panes[0].sq.arcs
    assert not render_window(frame, (1280, 720), "dark", 1.0).isNull()


def test_a_picture_that_can_not_be_written_is_a_sentence(qtbot, tmp_path):
    frame = headless.frame_at("first-steps", None, (), (), None, "compare")
    problem = write_picture(frame, (800, 600), "dark", 1.0, str(tmp_path / "no" / "x.png"))
    assert "x.png" in problem
    assert write_picture(frame, (800, 600), "dark", 1.0, str(tmp_path / "x.png")) == ""
