"""The list of findings in the window: by key and mouse, for screen readers, and in pictures."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication

from nvmeviz.app.findings_view import LookAgain, SeekFinding, ShowFinding, ToggleFindings
from nvmeviz.app.messages import Pause
from nvmeviz.app.present.findings_frame import FindingRow, FindingsFrame
from nvmeviz.app.settings import Settings
from nvmeviz.ui.application import Session
from nvmeviz.ui.icons import icon
from nvmeviz.ui.main_window import MainWindow
from tests.app.test_findings import recording
from tests.ui import sample_frames

if TYPE_CHECKING:
    from nvmeviz.ui.findings_panel import FindingsPanel

Key, CTRL = Qt.Key, Qt.KeyboardModifier.ControlModifier


def row(severity: str = "error", t_ns: int = 576_373, pair: int = 0) -> FindingRow:
    return FindingRow(
        severity, "lost-doorbell", "queue 1 · Adaptive polling", "576 µs",  # pyright: ignore[reportArgumentType]
        "The shadow tail 16 was stored, the driver saw EventIdx 9 and wrote no doorbell.",
        "6.1 Lost doorbell: Linux", "adaptive_polling", 4, pair, t_ns,
    )  # fmt: skip


def frame(*rows: FindingRow, empty: str = "", limits: str = "") -> FindingsFrame:
    return FindingsFrame(rows, "1 error in 8 272 events", empty, limits, "long-exit: why" * 3)


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
def panel(window) -> FindingsPanel:
    window.findings.set_frame(frame(row(), row("warning", 5), row("note", 7, pair=-1)))
    QApplication.processEvents()
    return window.findings


def test_it_is_hidden_until_there_is_a_frame(qtbot, window):
    assert not window.findings.isVisible()
    window.findings.set_frame(frame(row()))
    assert window.findings.isVisible()
    assert window.findings.listing.hasFocus()
    window.findings.set_frame(None)
    assert not window.findings.isVisible()
    assert window.hasFocus()


def test_enter_and_click_go_to_where_it_happened(qtbot, window, panel):
    qtbot.keyClick(panel.listing, Key.Key_Down)
    qtbot.keyClick(panel.listing, Key.Key_Return)
    assert window.said == [ShowFinding(4, 0, 5)]
    window.said.clear()
    middle = panel.listing.visualItemRect(panel.listing.item(2)).center()
    qtbot.mouseClick(panel.listing.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    assert window.said == [ShowFinding(4, -1, 7)]


def test_keys_of_the_program_work_in_the_list_too_and_esc_closes_it(qtbot, window, panel):
    qtbot.keyClick(panel.listing, Key.Key_F8)
    qtbot.keyClick(panel.listing, Key.Key_F8, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(panel.listing, Key.Key_L, CTRL)
    qtbot.keyClick(panel.listing, Key.Key_Escape)
    assert window.said == [
        SeekFinding(forward=True),
        SeekFinding(forward=False),
        ToggleFindings(),
        ToggleFindings(False),
    ]


def test_another_look_leaves_nothing_of_the_last_one(qtbot, window, panel):
    def objects() -> int:
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        return len(window.findChildren(QObject))

    for scale in (1.2, 1.0):  # once round, so that all there ever is is there
        window.change_settings(replace(window.settings, scale=scale))
    before = objects()
    for scale in (1.2, 1.0):
        window.change_settings(replace(window.settings, scale=scale))
    assert objects() == before


def test_buttons_say_their_messages(qtbot, window, panel):
    qtbot.mouseClick(panel.again, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(panel.close_button, Qt.MouseButton.LeftButton)
    assert window.said == [LookAgain(), ToggleFindings(False)]


def test_a_screen_reader_hears_severity_rule_place_time_and_sentence(qtbot, panel):
    assert panel.listing.accessibleName() == "Findings, errors first"
    said = QAccessible.queryAccessibleInterface(panel.listing).child(0).text(QAccessible.Text.Name)
    assert said == row().spoken
    assert said.startswith("error, lost-doorbell, queue 1 · Adaptive polling, at 576 µs: The")
    assert panel.close_button.accessibleName()


def test_the_chosen_row_stays_when_others_come(qtbot, panel):
    panel.listing.setCurrentRow(1)
    panel.set_frame(frame(row(t_ns=1), row(), row("warning", 5)))
    assert panel.listing.currentRow() == 2


def test_in_place_of_rows_it_says_why_there_are_none(qtbot, panel):
    panel.set_frame(frame(empty="Nothing went wrong.", limits="2 of 29 rules can't judge."))
    assert panel.listing.isHidden()
    assert panel.empty.text() == "Nothing went wrong."
    assert not panel.empty.isHidden()
    assert panel.limits.text() == "2 of 29 rules can't judge."
    assert "long-exit: why" in panel.limits.toolTip()


@pytest.mark.parametrize("scale", [0.75, 1.0, 2.0])
def test_rows_hold_their_words_at_every_size(qtbot, window, panel, scale):
    window.findings.set_look(window.theme, scale)
    QApplication.processEvents()
    listing = panel.listing
    heights = [listing.visualItemRect(listing.item(i)).height() for i in range(3)]
    assert min(heights) > 60 * scale
    assert listing.visualItemRect(listing.item(0)).width() <= listing.viewport().width()


def test_severities_differ_by_shape(qtbot):
    pictures = [
        bytes(icon(name, "#ffffff", "#888888", 16, 1.0).pixmap(16, 16).toImage().constBits())
        for name in ("error", "warning", "note")
    ]
    assert len(set(pictures)) == 3


def test_a_recording_with_an_error_says_so_and_the_list_leads_there(qtbot, tmp_path):
    it = Session(recording(tmp_path))
    qtbot.addWidget(it.window)
    it.window.resize(1280, 720)
    it.start()
    qtbot.waitUntil(lambda: len(it.store.state.findings.found) == 2, timeout=10_000)
    it.store.dispatch(Pause())
    it.show_state()
    assert "Ctrl+L" in it.window.notice.text.text()
    qtbot.keyClick(it.window, Key.Key_L, CTRL)
    it.show_state()
    listing = it.window.findings.listing
    assert listing.currentRow() == 0
    qtbot.keyClick(listing, Key.Key_Return)
    assert it.store.state.head.t_ns == 576_373
    qtbot.keyClick(listing, Key.Key_F8)
    assert it.store.state.head.t_ns == 2_170_433
    qtbot.keyClick(listing, Key.Key_Escape)
    it.show_state()
    assert not it.window.findings.isVisible()
    it.close()
