"""Keys, mouse and words of the widgets: what they dispatch and what they say."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QWheelEvent
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit

from nvmeviz.app.commands import COMMANDS
from nvmeviz.app.messages import (
    Dismiss,
    SelectPane,
    SelectQueue,
    SetSpeedPosition,
    TogglePlay,
)
from nvmeviz.app.present.frame import SmallQueue
from nvmeviz.app.settings import Settings
from nvmeviz.ui.key_sheet import KeySheet, key_text
from nvmeviz.ui.keys import command_of, key_table
from nvmeviz.ui.main_window import MainWindow
from tests.ui import sample_frames


@pytest.fixture
def window(qtbot):
    said = []
    made = MainWindow(said.append, Settings(theme="dark"))
    made.said = said  # type: ignore[attr-defined]
    qtbot.addWidget(made)
    made.resize(1600, 900)
    made.set_frame(sample_frames.window(4, "Something is wrong: x.toml"))
    made.show()
    qtbot.waitExposed(made)
    return made


def typed(key, text, modifiers=Qt.KeyboardModifier.NoModifier):
    return QKeyEvent(QEvent.Type.KeyPress, key, modifiers, text)


@pytest.mark.parametrize("command", [c for c in COMMANDS if c.message], ids=lambda c: c.name)
def test_every_key_of_a_command_says_its_message(qtbot, window, command):
    for key in command.keys:
        window.said.clear()
        combination = QKeySequence(key)[0]  # type: ignore[index]
        qtbot.keyClick(window, combination.key(), combination.keyboardModifiers())
        assert window.said == [command.message()], key


def test_keys_are_bound_by_character_wherever_it_lies():
    table = key_table()
    shift, alt_gr = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.GroupSwitchModifier
    windows_alt_gr = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
    # "?" is Shift+/ on an American keyboard, Shift+ß on a German one.
    for event, name in (
        (typed(Qt.Key.Key_Question, "?", shift), "show_keys"),
        (typed(Qt.Key.Key_ssharp, "?", shift), "show_keys"),
        (typed(Qt.Key.Key_BracketLeft, "[", alt_gr), "slower"),
        (typed(Qt.Key.Key_8, "[", windows_alt_gr), "slower"),
        (typed(Qt.Key.Key_K, "k"), "toggle_play"),
        (typed(Qt.Key.Key_Plus, "+", Qt.KeyboardModifier.ControlModifier | shift), "zoom_in"),
        (typed(Qt.Key.Key_Right, ""), "step_event"),
        (typed(Qt.Key.Key_Right, "", shift), "step_command"),
    ):
        found = command_of(event, table)
        assert found is not None, name
        assert found.name == name
    assert (
        command_of(typed(Qt.Key.Key_K, "\x0b", Qt.KeyboardModifier.ControlModifier), table) is None
    )


def test_no_two_commands_share_a_key():
    keys = [key for command in COMMANDS for key in command.keys]
    assert len(keys) == len(set(keys))


def test_no_shortcut_fires_while_typing(qtbot, window):
    editor = QLineEdit(window)
    editor.show()
    editor.setFocus()
    qtbot.keyClicks(editor, "k [1]")
    assert editor.text() == "k [1]"
    assert window.said == []


def test_a_button_with_the_focus_keeps_its_space(qtbot, window):
    button = window.toolbar.buttons["on"]
    button.setFocus()
    qtbot.keyClick(button, Qt.Key.Key_Space)
    assert TogglePlay() not in window.said
    assert len(window.said) == 1


def test_a_held_space_does_not_flicker(qtbot, window):
    event = QKeyEvent(
        QEvent.Type.KeyPress, Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier, " ", True
    )
    QApplication.sendEvent(window, event)
    assert window.said == []


def test_the_key_sheet_lists_every_command(qtbot, window):
    sheet = KeySheet(window, 1.0)
    qtbot.addWidget(sheet)
    words = {label.text() for label in sheet.findChildren(QLabel)}
    for command in (command for command in COMMANDS if command.listed):
        assert command.title in words
        assert "   ".join(key_text(k) for k in command.keys) in words


def test_the_slider_says_its_position_and_follows_frames_silently(qtbot, window):
    window.toolbar.speed.setValue(250)
    assert window.said == [SetSpeedPosition(0.25)]
    window.said.clear()
    window.set_frame(sample_frames.window(4))
    assert window.toolbar.speed.value() == 500
    assert window.said == []


def test_up_and_down_choose_a_queue_in_the_pane_with_the_focus(qtbot, window):
    pane = window.compare.panes[2]
    pane.setFocus(Qt.FocusReason.TabFocusReason)
    assert window.said == [SelectPane(pane.pane_id)]
    window.said.clear()
    qtbot.keyClick(pane, Qt.Key.Key_Down)
    assert window.said == [SelectQueue(1)]
    qtbot.keyClick(pane, Qt.Key.Key_Up)
    assert window.said[-1] == SelectQueue(4)


def test_shift_with_up_and_down_chooses_a_guest(qtbot, window):
    pane = window.compare.panes[3]
    pane.setFocus()
    for key, queue in ((Qt.Key.Key_Down, 64), (Qt.Key.Key_Up, 32)):
        qtbot.keyClick(pane, key, Qt.KeyboardModifier.ShiftModifier)
        assert window.said[-1] == SelectQueue(queue)


def test_a_click_on_a_guests_name_or_on_the_admin_ring_selects_it(qtbot, window):
    pane = window.compare.panes[3]
    pane.grab()
    plan, frame = pane._plan, sample_frames.deep()
    names = {text: rect for rect, _, text in pane._guest_places(frame, plan)}
    assert names["VM 4"].right <= next(r for t, r in names.items() if t.startswith("+")).x
    for rect in names.values():
        assert rect.inside(plan.guest_head)
    spot = plan.admin
    qtbot.mouseClick(pane, Qt.MouseButton.LeftButton, pos=QPoint(int(spot.cx), int(spot.cy)))
    assert window.said[-1] == SelectQueue(48)  # it was selected: back to the guest's first pair
    other = next(rect for text, rect in names.items() if text != "VM 4")
    qtbot.mouseClick(pane, Qt.MouseButton.LeftButton, pos=QPoint(int(other.cx), int(other.cy)))
    assert window.said[-1] in {SelectQueue(16 * i) for i in range(16)} - {SelectQueue(48)}


def test_sixteen_small_rings_and_small_guests_can_be_clicked(qtbot, window):
    queues = tuple(SmallQueue(i, str(i + 1), 0.5, False, i == 0) for i in range(16))
    guests = tuple(SmallQueue(100 * i, f"VM {i + 1}", 0.5, i == 1, i == 0) for i in range(3))
    frame = replace(
        sample_frames.shadow(),
        queues=queues,
        neighbours=guests,
        guests=("VM 1", "VM 2", "VM 3"),
        guest_queues=(0, 100, 200),
    )
    window.resize(1920, 1080)
    for panes in (4, 2):
        shown = replace(sample_frames.window(panes), panes=(frame,) * panes)
        window.set_frame(shown)
        QApplication.processEvents()
        pane = window.compare.panes[0]
        pane.grab()
        plan = pane._plan
        assert plan is not None
        for rect, one in zip((*plan.queues, *plan.neighbours), (*queues, *guests), strict=True):
            spot = QPoint(round(rect.cx), round(rect.cy))
            qtbot.mouseClick(pane, Qt.MouseButton.LeftButton, pos=spot)
            assert window.said[-1] == SelectQueue(one.index)


def test_figures_say_what_they_are(qtbot, window):
    pane = window.compare.panes[0]
    pane.grab()
    plan = pane._plan
    for rect, word in ((plan.iops, "431"), (plan.sq.field, "head 13"), (plan.bells[0], "doorbell")):
        text, _ = pane.hint_at(QPoint(int(rect.cx), int(rect.cy)))
        assert word in text
    assert "free" in pane.hint_at(QPoint(int(plan.lock.cx), int(plan.lock.cy)))[0]
    assert (
        "waits for the VMM lock"
        in pane.hint_at(QPoint(int(plan.center.cx), int(plan.center.cy)))[0]
    )
    assert pane.hint_at(QPoint(1, 1))[0] == ""


def test_panes_and_buttons_have_names_for_screen_readers(window):
    assert [p.accessibleName() for p in window.compare.panes] == [
        p.spoken for p in sample_frames.window(4).panes
    ]
    buttons = (*window.toolbar.buttons.values(), *window.toolbar.commands.values())
    assert all(button.accessibleName() for button in buttons)


def test_the_notice_can_be_read_and_dismissed(qtbot, window):
    assert window.notice.isVisible()
    qtbot.mouseClick(window.notice.close_button, Qt.MouseButton.LeftButton)
    assert window.said == [Dismiss()]


def test_ctrl_and_wheel_scale_everything(qtbot, window):
    before = window.toolbar.height()

    def turn(by, receiver=window):
        event = QWheelEvent(
            QPointF(200, 200), QPointF(200, 200), QPoint(), QPoint(0, by), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.ControlModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(receiver, event)
        return event.isAccepted()

    # Qt passes a person's wheel events on to the window when the widget below the pointer ignores
    # them; it does not do so for events made by a program.
    window.compare.graphs.flush()
    inner = (
        window.compare.panes[0],
        window.compare,
        window.compare.graphs.widgets[0].plot.viewport(),
    )
    assert not any(turn(120, widget) for widget in inner)
    for _ in range(5):
        turn(120)
    assert window.settings.scale == pytest.approx(1.61, abs=0.02)
    QApplication.processEvents()
    assert window.toolbar.height() > before
    for _ in range(30):
        turn(-120)
    assert window.settings.scale == 0.75


@pytest.mark.parametrize("width", [480, 640, 800, 1000, 1280, 1920])
@pytest.mark.parametrize("scale", [0.75, 1.0, 2.0, 3.0])
def test_the_toolbar_never_squeezes_what_it_shows(qtbot, width, scale):
    made = MainWindow(lambda message: None, Settings(theme="dark", scale=scale))
    qtbot.addWidget(made)
    made.resize(width, 800)
    made.set_frame(sample_frames.window(1))
    made.show()
    QApplication.processEvents()
    bar = made.toolbar
    shown = [
        bar.chooser,
        *bar.buttons.values(),
        *bar.commands.values(),
        bar.time_text,
        bar.speed_text,
    ]
    shown = [w for w in shown if w.isVisible()]
    assert bar.buttons["play"] in shown
    if width / scale >= 300:
        for widget in shown:
            assert widget.geometry().right() <= bar.width()
            assert widget is bar.chooser or widget.width() >= widget.sizeHint().width() - 1
    for first, second in pairwise(shown):
        assert not first.geometry().intersects(second.geometry())
