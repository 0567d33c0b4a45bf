"""Opening traces in the window: the dialog, several files, progress, giving up, by keys and mouse."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFileDialog, QListWidget, QMenu

from nvmeviz.app import effects
from nvmeviz.app.measured import source_of
from nvmeviz.app.messages import Pause
from nvmeviz.app.reading import OpenFiles
from nvmeviz.ui.application import Session
from tests.importers.traces import sample

CASE = sample("linux-dbbuf-qd16")
GUEST = next(path for path in CASE.files if path != CASE.qemu)


@pytest.fixture
def session(qtbot):
    made = []

    def start(source: str = "first-steps", size: tuple[int, int] = (1280, 720)) -> Session:
        session = Session(source)
        qtbot.addWidget(session.window)
        session.window.resize(*size)
        session.start()
        qtbot.waitUntil(lambda: bool(session.store.state.runs), timeout=20_000)
        qtbot.waitUntil(lambda: bool(session.window.compare.panes))
        made.append(session)
        return session

    yield start
    for session in made:
        session.close()


@pytest.fixture
def slow(monkeypatch):
    """Reading a trace tells what it has found and then waits to be let go on."""
    go, real = threading.Event(), effects.open_source

    def open_source(source, modes, seed, panes, progress):
        if ".log" not in source:
            return real(source, modes, seed, panes, progress)
        progress(0.25, "I/O queues: 2, commands: 12")
        while not go.wait(0.01):
            progress(0.5, "I/O queues: 2, commands: 34")
        return real(source, modes, seed, panes, progress)

    monkeypatch.setattr(effects, "open_source", open_source)
    yield go
    go.set()


def test_progress_is_told_while_the_old_picture_stays_usable(qtbot, session, slow):
    it = session()
    it.store.dispatch(OpenFiles((CASE.qemu,)))
    bar = it.window.reading
    qtbot.waitUntil(lambda: "34" in bar.found.text())
    assert bar.isVisible()
    assert bar.text.text() == f"Reading {Path(CASE.qemu).name}"
    assert "50" in bar.done.text()
    assert "34" in bar.accessibleName()
    assert it.store.state.source == "first-steps"
    before = it.store.state.head.t_ns
    qtbot.keyClick(it.window, Qt.Key.Key_Right)
    assert it.store.state.head.t_ns != before
    slow.set()
    qtbot.waitUntil(lambda: it.store.state.source == CASE.qemu, timeout=20_000)
    qtbot.waitUntil(lambda: not bar.isVisible())
    assert [run.provenance for run in it.store.state.runs] == ["measured"]


@pytest.mark.parametrize("way", ["escape", "button", "keyboard"])
def test_giving_up_leaves_everything_as_it_was(qtbot, session, slow, way):
    it = session()
    it.store.dispatch(OpenFiles((CASE.qemu,)))
    bar = it.window.reading
    qtbot.waitUntil(bar.isVisible)
    panes, runs = it.store.state.panes, it.store.state.runs
    if way == "escape":
        qtbot.keyClick(it.window, Qt.Key.Key_Escape)
    elif way == "button":
        qtbot.mouseClick(bar.cancel, Qt.MouseButton.LeftButton)
    else:
        assert bar.cancel.focusPolicy() & Qt.FocusPolicy.TabFocus
        assert bar.cancel.accessibleName() == f"Cancel reading {Path(CASE.qemu).name}"
        bar.cancel.setFocus()
        qtbot.keyClick(bar.cancel, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not bar.isVisible())
    slow.set()
    qtbot.wait(100)
    assert it.store.state.source == "first-steps"
    assert (it.store.state.panes, it.store.state.runs) == (panes, runs)
    assert it.store.state.notice == ""
    # And it can be asked for again.
    it.store.dispatch(OpenFiles((CASE.qemu,)))
    qtbot.waitUntil(lambda: it.store.state.source == CASE.qemu, timeout=20_000)


def test_another_opening_takes_the_place_of_one_under_way(qtbot, session, slow):
    it = session()
    it.store.dispatch(OpenFiles((CASE.qemu,)))
    qtbot.waitUntil(it.window.reading.isVisible)
    it.window.toolbar.chooser._choose("gce-local-ssd-2017")
    qtbot.waitUntil(lambda: it.store.state.source == "gce-local-ssd-2017", timeout=10_000)
    assert not it.window.reading.isVisible()


def test_the_dialog_opens_several_traces_of_one_run(qtbot, session):
    it = session()
    qtbot.keyClick(it.window, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    (dialog,) = it.window.findChildren(QFileDialog)
    assert dialog.fileMode() == QFileDialog.FileMode.ExistingFiles
    assert "*.log" in dialog.nameFilters()[0]
    dialog.filesSelected.emit([CASE.qemu, GUEST])
    dialog.close()
    together = source_of((CASE.qemu, GUEST))
    qtbot.waitUntil(lambda: it.store.state.source == together, timeout=20_000)
    assert len(it.store.state.runs[0].about.files) == 2


def test_a_file_that_is_no_trace_is_told_and_what_is_open_stays(qtbot, session, tmp_path):
    bad = tmp_path / "notes.log"
    bad.write_text("nothing of a trace\n" * 50, encoding="utf-8")
    it = session()
    it.store.dispatch(OpenFiles((str(bad),)))
    qtbot.waitUntil(it.window.notice.isVisible)
    assert "notes.log" in it.window.notice.text.text()
    assert it.store.state.source == "first-steps"


def test_closing_the_program_gives_up_what_is_being_read(qtbot, session, slow):
    it = session()
    it.store.dispatch(OpenFiles((CASE.qemu,)))
    qtbot.waitUntil(it.window.reading.isVisible)
    it.close()
    assert it.runner.is_stopped(effects.Open(CASE.qemu, 2))
    it.store.changed.connect(it.clock.request)  # as the fixture closes it once more


def measured(qtbot, session):
    """A window that shows QEMU's and the guest's traces of one run, paused, and its pane."""
    it = session(source_of((CASE.qemu, GUEST)))
    it.store.dispatch(Pause())
    qtbot.waitUntil(lambda: not it.clock.running, timeout=5_000)
    return it, it.window.compare.panes[0]


def test_a_measured_run_is_stepped_and_sought_like_any_other(qtbot, session):
    it, pane = measured(qtbot, session)

    def step(*keys: Qt.Key) -> None:
        for key in keys:
            qtbot.keyClick(it.window, key)
            qtbot.waitUntil(lambda: it.store.state.head.glide is None, timeout=5_000)
        qtbot.waitUntil(lambda: not it.clock.running, timeout=5_000)

    # Onto an event first: between two of them tokens are on their way.
    step(Qt.Key.Key_Right, Qt.Key.Key_Left)
    counts, before = it.store.state.head.counts, pane.grab().toImage()
    step(Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Left)
    assert it.store.state.head.counts == counts
    assert pane.grab().toImage() == before
    qtbot.keyClick(it.window, Qt.Key.Key_Home)
    assert it.store.state.head.t_ns == 0
    qtbot.keyClick(it.window, Qt.Key.Key_End)
    assert it.store.state.head.t_ns == it.store.state.runs[0].frontier_ns
    strip = it.window.scrubber
    qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=strip.rect().center())
    assert 0 < it.store.state.head.t_ns < it.store.state.runs[0].frontier_ns


def test_another_part_of_a_trace_is_chosen_in_the_panel(qtbot, session):
    it, _ = measured(qtbot, session)
    qtbot.keyClick(it.window, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    rows = it.window.panel.epochs
    qtbot.waitUntil(rows.isVisible)
    assert [button.isChecked() for button, _ in rows.rows] == [False, True]
    assert all(b.accessibleName() and m.accessibleName() for b, m in rows.rows)
    qtbot.mouseClick(rows.rows[0][0], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: rows.rows[0][0].isChecked())
    assert it.store.state.panes[0].recording.endswith("#0")
    rows.rows[1][1].setFocus()
    qtbot.keyClick(rows.rows[1][1], Qt.Key.Key_Space)
    assert [pane.recording[-2:] for pane in it.store.state.panes] == ["#0", "#1"]


def test_another_part_of_a_trace_is_chosen_in_the_panes_menu(qtbot, session):
    it, pane = measured(qtbot, session)
    qtbot.keyClick(it.window, Qt.Key.Key_F10)
    (menu,) = pane.findChildren(QMenu)
    words = [action.text() for action in menu.actions()]
    assert "Another part of this trace …" in words
    menu.actions()[words.index("Another part of this trace …")].trigger()
    menu.close()
    (listing,) = pane.findChildren(QListWidget)
    assert listing.item(0).text().startswith("firmware")
    listing.setCurrentRow(0)
    qtbot.keyClick(listing, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: it.store.state.panes[0].recording.endswith("#0"))


def test_a_place_in_a_measured_pane_says_what_is_not_known(qtbot, session):
    it = session(GUEST)
    pane = it.window.compare.panes[0]
    pane.grab()
    found = {pane.hint_at(QPoint(pane.width() // 2, y))[0] for y in range(0, pane.height(), 4)}
    assert any("CONTROLLER: not in this trace" in words for words in found)
