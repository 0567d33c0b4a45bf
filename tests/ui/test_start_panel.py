"""The start page in the window: by mouse and key, for screen readers, at every size, in every theme."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAccessible, QImage, QPainter
from PySide6.QtWidgets import QApplication, QWidget

from nvmeviz.app.messages import OpenScenario, TogglePlay
from nvmeviz.app.present.frame import Choice
from nvmeviz.app.present.start import gallery
from nvmeviz.app.present.start_frame import StartFrame
from nvmeviz.app.settings import Settings, read_settings, write_settings
from nvmeviz.app.start_view import ToggleStart
from nvmeviz.ui import theme as themes
from nvmeviz.ui.application import Session
from nvmeviz.ui.main_window import MainWindow
from nvmeviz.ui.start.panel import LEAST_ROOM, WIDTH
from nvmeviz.ui.start.sketch import HEIGHT, paint_sketch
from tests.ui import sample_frames

if TYPE_CHECKING:
    from nvmeviz.ui.start.cards import CardButton
    from nvmeviz.ui.start.panel import StartPanel

Key = Qt.Key
LEFT = Qt.MouseButton.LeftButton
SEE = ("Two machines.", "Red is lost time.", "Compare the figures.")
FILES = (Choice("/data/a & b.nvmeviz", "a & b.nvmeviz", "/data"), Choice("/x/q.log", "q.log", "/x"))
DEFAULT = "gce-local-ssd-2017"


def frame(current: str = DEFAULT, see: tuple[str, ...] = SEE, recent=FILES) -> StartFrame:
    return StartFrame(see, recent, *gallery(), current)


@pytest.fixture
def window(qtbot):
    said = []
    made = MainWindow(said.append, Settings(theme="dark"))
    made.said = said  # type: ignore[attr-defined]
    qtbot.addWidget(made)
    made.resize(1280, 720)
    made.set_frame(sample_frames.window(2))
    made.show()
    qtbot.waitExposed(made)
    said.clear()
    return made


@pytest.fixture
def panel(window) -> StartPanel:
    window.start.set_frame(frame())
    QApplication.processEvents()
    return window.start


def card(panel: StartPanel, source: str) -> CardButton:
    return next(button for button in panel.cards if button.card.source == source)


# ---- what it shows ----


def test_it_is_hidden_until_there_is_a_frame(window):
    assert not window.start.isVisible()
    window.start.set_frame(frame())
    assert window.start.isVisible()
    assert window.start.isAncestorOf(window.focusWidget())
    window.start.set_frame(None)
    assert not window.start.isVisible()
    assert window.focusWidget() in (None, window)


def test_it_shows_sentences_files_and_cards(panel):
    assert [label.text() for label in panel.sentences] == list(SEE)
    assert [row.text() for row in panel.recent] == ["a & b.nvmeviz", "q.log"]
    assert len(panel.cards) == 15
    panel.set_frame(frame(see=("One.",), recent=()))
    assert [label.text() for label in panel.sentences] == ["One."]
    assert panel.recent == []
    assert panel.open_last.isHidden()


def test_what_is_open_is_marked(panel):
    assert [button.card.source for button in panel.cards if button.current] == [DEFAULT]
    panel.set_frame(frame("shared-cq"))
    assert [button.card.source for button in panel.cards if button.current] == ["shared-cq"]


def test_what_is_open_is_marked_for_a_screen_reader_too(panel):
    names = {}
    for button in panel.cards:
        found = QAccessible.queryAccessibleInterface(button)
        assert found.role() == QAccessible.Role.Button
        names[button.card.source] = found.text(QAccessible.Text.Name)
    shown = card(panel, DEFAULT).card
    assert names[DEFAULT] == f"{shown.title}, on show, {shown.sentence}"
    assert "on show" not in names["shared-cq"]
    assert QAccessible.queryAccessibleInterface(panel.recent[0]).text(QAccessible.Text.Name) == (
        "a & b.nvmeviz, in /data"
    )
    assert panel.close_button.accessibleName()
    assert panel.page.accessibleName()


# ---- what it does ----


def test_a_click_opens(qtbot, window, panel):
    qtbot.mouseClick(card(panel, "first-steps"), LEFT)
    qtbot.mouseClick(panel.recent[1], LEFT)
    qtbot.mouseClick(panel.close_button, LEFT)
    assert window.said == [
        OpenScenario("first-steps"),
        OpenScenario("/x/q.log"),
        ToggleStart(open=False),
    ]


@pytest.mark.parametrize("key", [Key.Key_Return, Key.Key_Enter, Key.Key_Space])
def test_a_key_opens(qtbot, window, panel, key):
    one = card(panel, "first-steps")
    one.setFocus()
    qtbot.keyClick(one, key)
    assert window.said == [OpenScenario("first-steps")]


def test_the_button_opens_the_dialog_for_files(qtbot, window, panel, monkeypatch):
    asked = []
    monkeypatch.setattr(window.commands, "_own", {"open": lambda: asked.append(True)})
    qtbot.mouseClick(panel.open, LEFT)
    assert asked == [True]


def test_f2_opens_and_closes_it(qtbot, window, panel):
    qtbot.keyClick(window, Key.Key_F2)
    card(panel, DEFAULT).setFocus()
    qtbot.keyClick(card(panel, DEFAULT), Key.Key_F2)
    assert window.said == [ToggleStart(), ToggleStart()]


def test_space_plays_when_the_page_has_just_been_opened(qtbot, window, panel):
    qtbot.keyClick(window.focusWidget(), Key.Key_Space)
    assert window.said == [TogglePlay()]


def test_tab_goes_through_all_of_it_and_brings_each_into_view(qtbot, window, panel):
    panel.set_frame(frame(recent=FILES[1:]))
    QApplication.processEvents()
    for wanted in (panel.open, *panel.recent, *panel.cards):
        qtbot.keyClick(window.focusWidget(), Key.Key_Tab)
        assert window.focusWidget() is wanted
        middle = wanted.mapTo(panel.page.viewport(), wanted.rect().center())
        assert panel.page.viewport().rect().contains(middle)


def test_the_arrows_go_from_card_to_card(qtbot, window, panel):
    panel.cards[3].setFocus()
    qtbot.keyClick(panel.cards[3], Key.Key_Down)
    assert panel.cards[4].hasFocus()
    qtbot.keyClick(panel.cards[4], Key.Key_Up)
    assert panel.cards[3].hasFocus()


# ---- how it looks ----


def seen(widget: QWidget) -> QImage:
    return widget.grab().toImage()


def test_the_focus_and_what_is_on_show_can_be_seen(panel):
    one = card(panel, "first-steps")
    plain = seen(one)
    one.setFocus()
    focused = seen(one)
    panel.open.setFocus()
    panel.set_frame(frame("first-steps"))
    marked = seen(one)
    assert plain != focused
    assert plain != marked
    assert focused != marked


@pytest.mark.parametrize("name", themes.THEMES)
@pytest.mark.parametrize("scale", [0.75, 1.0, 2.0, 3.0])
def test_cards_hold_their_words_at_every_size(window, panel, name, scale):
    panel.set_look(themes.load(name), scale)
    QApplication.processEvents()
    for button in (*panel.cards, *panel.recent):
        button.grab()  # a warning of Qt's fails the test
        assert button.width() <= panel.page.viewport().width()
    for button in panel.cards:
        assert button.height() > (HEIGHT + 40) * scale
    assert panel.width() == min(round(WIDTH * scale), window.width())


def test_a_picture_is_painted_once(panel, monkeypatch):
    painted = []
    monkeypatch.setattr("nvmeviz.ui.start.cards.paint_sketch", lambda *given: painted.append(given))
    one = panel.cards[-1]
    one.grab()
    one.grab()
    assert len(painted) == 1
    panel.set_look(themes.load("light"), 1.0)
    one.grab()
    assert len(painted) == 2


@pytest.mark.parametrize("name", themes.THEMES)
def test_every_scenario_has_a_picture_of_its_own(qapp, name):
    theme, pictures = themes.load(name), []
    for one in (*gallery()[0], *gallery()[1]):
        image = QImage(QSize(290, round(HEIGHT)), QImage.Format.Format_RGB32)
        image.fill(0)
        painter = QPainter(image)
        paint_sketch(painter, theme, 290.0, one.sketch)
        painter.end()
        assert image not in pictures, one.source
        pictures.append(image)


# ---- where it stands ----


def test_beside_the_panes_where_there_is_room_for_both(window, panel):
    assert panel.geometry().right() < window.compare.geometry().left() + 1
    for pane in window.compare.panes:
        assert pane.width() > 400


def test_over_the_panes_where_there_is_not(window, panel):
    window.resize(640, 480)
    QApplication.processEvents()
    assert window.compare.width() == 640
    assert panel.geometry().left() == 0
    assert panel.width() == WIDTH
    assert panel.height() == window.compare.height()
    window.resize(1280, 720)
    QApplication.processEvents()
    assert window.compare.geometry().left() == panel.width()


def test_the_sentences_stay_above_the_cards_where_there_is_height_for_both(window, panel):
    assert not panel.page.isAncestorOf(panel.sentences[0])
    window.resize(1280, 420)
    QApplication.processEvents()
    assert panel.page.isAncestorOf(panel.sentences[0])
    assert panel.sentences[0].isVisible()
    window.resize(1280, 720)
    QApplication.processEvents()
    assert not panel.page.isAncestorOf(panel.sentences[0])
    assert panel.sentences[0].isVisible()


# ---- the first start ----


def session(qtbot, *, asked: bool, width: int = 1280) -> Session:
    write_settings(Settings(theme="dark", start_page=read_settings()[0].start_page))
    made = Session(DEFAULT, asked=asked)
    qtbot.addWidget(made.window)
    made.window.resize(width, 720)
    made.start()
    qtbot.waitUntil(lambda: bool(made.store.state.runs), timeout=10_000)
    made.show_state()
    return made


@pytest.fixture(autouse=True)
def _swept():
    """Timers of sessions that were closed go here, and not in a worker of the next test's."""
    yield
    gc.collect()


@pytest.fixture
def wide(monkeypatch):
    """As on a screen of 1280 x 720; the one of these tests is smaller."""
    monkeypatch.setattr(
        "nvmeviz.ui.window_place.restore", lambda window, *_, **__: window.resize(1280, 720)
    )


def test_the_first_start_opens_it_and_space_plays(qtbot, wide):
    it = session(qtbot, asked=False)
    assert it.window.start.isVisible()
    assert it.window.start.sentences[0].text().startswith("The same virtual machine")
    assert not it.window.start.isAncestorOf(it.window.focusWidget() or it.window)
    qtbot.keyClick(it.window, Key.Key_Space)
    assert not it.store.state.playing
    it.close()


def test_once_closed_it_stays_closed_until_it_is_opened_again(qtbot, wide):
    it = session(qtbot, asked=False)
    qtbot.mouseClick(it.window.start.close_button, LEFT)
    it.show_state()
    assert not it.window.start.isVisible()
    it.close()
    it = session(qtbot, asked=False)
    assert not it.window.start.isVisible()
    qtbot.keyClick(it.window, Key.Key_F2)
    it.show_state()
    assert it.window.start.isVisible()
    it.close()
    it = session(qtbot, asked=False)
    assert it.window.start.isVisible()
    it.close()


def test_it_does_not_come_by_itself_when_something_was_asked_for(qtbot, wide):
    it = session(qtbot, asked=True)
    assert not it.window.start.isVisible()
    it.close()
    assert read_settings()[0].start_page


def test_it_does_not_come_by_itself_where_it_would_cover_the_panes(qtbot, monkeypatch):
    monkeypatch.setattr(
        "nvmeviz.ui.window_place.restore",
        lambda window, *_, **__: window.resize(round(LEAST_ROOM) - 1, 480),
    )
    it = session(qtbot, asked=False, width=640)
    assert not it.window.start.isVisible()
    it.close()


def test_a_card_opens_and_the_page_stays(qtbot, wide):
    it = session(qtbot, asked=False)
    qtbot.mouseClick(card(it.window.start, "shared-cq"), LEFT)
    qtbot.waitUntil(lambda: it.store.state.source == "shared-cq", timeout=10_000)
    it.show_state()
    assert it.window.start.isVisible()
    assert card(it.window.start, "shared-cq").current
    assert it.window.start.sentences[0].text().startswith("One processor with two rings")
    it.close()
