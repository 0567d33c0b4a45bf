"""Exporting from the window: the dialog asks for file and format, a worker writes."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMenu

from nvmeviz.app.messages import Pause
from nvmeviz.ui.application import Session


@pytest.fixture
def session(qtbot):
    it = Session("gce-local-ssd-2017")
    qtbot.addWidget(it.window)
    it.start()
    qtbot.waitUntil(lambda: bool(it.store.state.runs))
    it.store.dispatch(Pause())
    yield it
    it.close()


def dialog_of(session: Session) -> QFileDialog:
    (dialog,) = session.window.findChildren(QFileDialog)
    assert dialog.acceptMode() == QFileDialog.AcceptMode.AcceptSave
    return dialog


def test_the_key_asks_for_a_file_and_a_format(qtbot, session, tmp_path):
    qtbot.keyClick(session.window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    dialog = dialog_of(session)
    assert dialog.nameFilters() == [
        "Perfetto trace (*.json)",
        "CSV of events (*.csv)",
        "CSV of commands (*.csv)",
        "QEMU log (*.log)",
    ]
    assert dialog.defaultSuffix() == "json"
    dialog.setDirectory(str(tmp_path))
    dialog.selectFile("run")
    dialog.accept()
    path = tmp_path / "run.json"
    qtbot.waitUntil(lambda: str(path) in session.store.state.notice, timeout=20_000)
    assert json.loads(path.read_text())["otherData"]["doorbell mode"] == "mmio_trap"


def test_the_name_filter_is_the_format(qtbot, session, tmp_path):
    session.window.commands.run_named("export")
    dialog = dialog_of(session)
    dialog.selectNameFilter("CSV of commands (*.csv)")
    dialog.filterSelected.emit("CSV of commands (*.csv)")  # as a person's choice does
    dialog.setDirectory(str(tmp_path))
    dialog.selectFile("run")
    dialog.accept()
    path = tmp_path / "run.csv"
    qtbot.waitUntil(lambda: str(path) in session.store.state.notice, timeout=20_000)
    assert path.read_text().startswith("guest,qid,cid,opcode")


def test_the_menu_of_a_pane_exports_that_pane(qtbot, session):
    state = session.store.state
    other = state.panes[1].pane_id
    session.window.compare.board.selected_menu(other)
    (menu,) = (
        menu
        for menu in session.window.findChildren(QMenu)
        if any(action.text().startswith("Export") for action in menu.actions())
    )
    next(action for action in menu.actions() if action.text().startswith("Export")).trigger()
    menu.close()
    assert session.store.state.selected == other
    dialog_of(session).close()
