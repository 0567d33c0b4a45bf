"""What people do with graphs: enlarge, pin, choose, read, copy, save; by mouse and by keys."""

from __future__ import annotations

import csv
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu

from nvmeviz.app.graph_view import ALL_GRAPHS
from nvmeviz.app.messages import Pause, Seek
from nvmeviz.ui.application import Session
from nvmeviz.ui.draw.rect import Rect
from nvmeviz.ui.graphs.export import export
from nvmeviz.ui.graphs.graph_menu import graph_menu
from nvmeviz.ui.graphs.graph_places import divide

if TYPE_CHECKING:
    from nvmeviz.app.present.graph_frame import GraphFrame
    from nvmeviz.ui.graphs.graph_widget import GraphWidget

T_NS = 3_000_000


@pytest.fixture
def session(qtbot):
    made = Session("gce-local-ssd-2017")
    qtbot.addWidget(made.window)
    made.window.resize(1600, 900)
    made.start()
    qtbot.waitUntil(lambda: bool(made.store.state.runs))
    made.store.dispatch(Pause())
    qtbot.waitUntil(lambda: known_ns(made) > T_NS or advance(made), timeout=10_000)
    made.store.dispatch(Seek(T_NS))
    shown(qtbot, made)
    yield made
    made.close()


def advance(session: Session) -> bool:
    """Let the engines run until T_NS is known."""
    session.store.dispatch(Seek(known_ns(session)))
    return False


def known_ns(session: Session) -> int:
    """Up to when all runs are known."""
    return min(run.frontier_ns for run in session.store.state.runs)


def shown(qtbot, session: Session) -> None:
    """Wait until everything stands on screen."""
    qtbot.waitUntil(lambda: not session.clock.running, timeout=10_000)
    session.window.compare.graphs.flush()
    QApplication.processEvents()


def row(session: Session):
    return session.window.compare.graphs


def frame_of(widget: GraphWidget) -> GraphFrame:
    assert widget.frame is not None
    return widget.frame


def names(session: Session) -> list[str]:
    return [frame_of(widget).name for widget in row(session).widgets]


def test_as_many_graphs_as_fit_are_made_and_shown(qtbot, session):
    assert session.store.state.graphs.room == len(row(session).widgets) == 4
    session.window.resize(1000, 800)
    qtbot.waitUntil(lambda: session.store.state.graphs.room == 2)
    shown(qtbot, session)
    assert names(session) == list(ALL_GRAPHS[:2])
    places = [widget.geometry() for widget in row(session).widgets]
    assert not places[0].intersects(places[1])
    assert not any(place.intersects(row(session).tools.geometry()) for place in places)


def test_a_double_click_enlarges_and_escape_returns(qtbot, session):
    widget = row(session).widgets[1]
    QTest.mouseDClick(widget.plot.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(60, 60))
    shown(qtbot, session)
    assert session.store.state.graphs.enlarged == names(session)[0] == ALL_GRAPHS[1]
    assert len(row(session).widgets) == 1
    assert not any(pane.isVisible() for pane in session.window.compare.panes)
    assert widget.width() > 0.95 * session.window.compare.width()
    assert widget.height() > 0.85 * session.window.compare.height()
    qtbot.keyClick(session.window, Qt.Key.Key_Escape)
    shown(qtbot, session)
    assert session.store.state.graphs.enlarged == ""
    assert all(pane.isVisible() for pane in session.window.compare.panes)
    assert len(row(session).widgets) == 4


def test_enter_enlarges_the_graph_with_the_focus_and_brings_it_back(qtbot, session):
    widget = row(session).widgets[2]
    widget.setFocus()
    for expected in (ALL_GRAPHS[2], ""):
        qtbot.keyClick(widget, Qt.Key.Key_Return)
        shown(qtbot, session)
        assert session.store.state.graphs.enlarged == expected


def test_the_button_and_the_key_enlarge_too(qtbot, session):
    qtbot.keyClicks(session.window, "g")
    assert session.store.state.graphs.enlarged == ALL_GRAPHS[0]
    shown(qtbot, session)
    assert row(session).widgets[0].enlarge.accessibleName().endswith("(Esc)")
    row(session).tools.menu().actions()[2].trigger()
    assert session.store.state.graphs.enlarged == ALL_GRAPHS[2]
    qtbot.keyClicks(session.window, "g")
    assert session.store.state.graphs.enlarged == ""
    shown(qtbot, session)
    row(session).widgets[3].enlarge.click()
    shown(qtbot, session)
    assert session.store.state.graphs.enlarged == ALL_GRAPHS[3]
    row(session).tools.back.click()
    shown(qtbot, session)
    assert session.store.state.graphs.enlarged == ""


def trigger(menu: QMenu, words: str) -> None:
    action = next(a for a in menu.actions() if a.text().startswith(words))
    action.trigger()


def menu_of(widget) -> QMenu:
    return graph_menu(widget, frame_of(widget), widget._dispatch)


def test_a_pinned_graph_stands_first_and_says_so(qtbot, session):
    widget = row(session).widgets[3]
    trigger(menu_of(widget), "Pin")
    shown(qtbot, session)
    assert names(session)[0] == ALL_GRAPHS[3]
    assert "pinned" in row(session).widgets[0].title.text()
    trigger(menu_of(row(session).widgets[0]), "Unpin")
    shown(qtbot, session)
    assert names(session) == list(ALL_GRAPHS[:4])


def test_a_graph_taken_out_makes_room_and_the_chooser_brings_it_back(qtbot, session):
    trigger(menu_of(row(session).widgets[0]), "Take out")
    shown(qtbot, session)
    assert names(session) == list(ALL_GRAPHS[1:5])
    tools = row(session).tools
    assert tools.choose.accessibleName()
    assert tools.choose.focusPolicy() & Qt.FocusPolicy.TabFocus
    menu = tools.menu()
    assert [action.isChecked() for action in menu.actions()] == [
        False,
        *[True] * (len(ALL_GRAPHS) - 1),
    ]
    menu.actions()[0].trigger()
    shown(qtbot, session)
    assert names(session) == list(ALL_GRAPHS[:4])


def test_the_window_is_chosen_with_a_button(qtbot, session):
    tools = row(session).tools
    assert [button.isChecked() for button in tools.windows.values()] == [False, True, *[False] * 3]
    tools.windows[1_000_000].click()
    shown(qtbot, session)
    assert frame_of(row(session).widgets[0]).x_range == (T_NS - 1_000_000, T_NS)
    assert tools.windows[1_000_000].isChecked()
    assert all(button.accessibleName() for button in tools.windows.values())


def test_the_pointer_reads_every_curve(qtbot, session):
    widget = row(session).widgets[0]
    middle = widget.item.boundingRect().center()
    widget.plot.pointed.emit(widget.item.mapToScene(middle))
    widget.grab()
    heading, *values = widget.item.readings
    assert heading.words.startswith("t = ")
    assert [reading.words for reading in values] == [s.label for s in frame_of(widget).series]
    x = float(np.mean(frame_of(widget).x_range))
    for reading, series in zip(values, frame_of(widget).series, strict=True):
        near = int(np.abs(series.x - x).argmin())
        assert reading.y == pytest.approx(series.y[near], rel=0.05)
        assert "IOPS" in reading.value
    widget.plot.pointed.emit(None)
    widget.grab()
    assert widget.item.readings == []


def test_the_pointer_reads_every_part_of_a_bar(qtbot, session):
    widget = row(session).widgets[3]
    assert frame_of(widget).bars
    box = widget.item.boundingRect()
    at = QPointF(box.center().x(), box.bottom() - box.height() * 0.15)
    widget.plot.pointed.emit(widget.item.mapToScene(at))
    widget.grab()
    heading, *values = widget.item.readings
    assert heading.words == frame_of(widget).bars[-1].label
    assert "guest" in [reading.words for reading in values]
    assert all("%" in reading.value for reading in values)


@pytest.mark.parametrize("number", range(4))
def test_a_graph_is_saved_as_a_picture_a_drawing_and_a_table(qtbot, session, tmp_path, number):
    widget = row(session).widgets[number]
    for kind in ("png", "svg", "csv"):
        path = tmp_path / f"graph.{kind}"
        export(widget, frame_of(widget), kind, str(path), session.store.dispatch)
        qtbot.waitUntil(lambda path=path: str(path) in session.store.state.notice)
        assert "Saved" in session.store.state.notice
    image = QImage(str(tmp_path / "graph.png"))
    assert (image.width(), image.height()) == (1920, 1080)
    tree = ET.parse(tmp_path / "graph.svg")
    texts = " ".join(text.strip() for text in tree.getroot().itertext())
    assert frame_of(widget).title in texts
    labels = [s.label for s in frame_of(widget).series] or [b.label for b in frame_of(widget).bars]
    assert labels[0] in texts
    header, *rows = csv.reader((tmp_path / "graph.csv").read_text(encoding="utf-8").splitlines())
    assert labels[0] in header[1]
    assert len(rows) > 5


def test_a_place_that_cannot_be_written_is_said(qtbot, session, tmp_path):
    widget = row(session).widgets[0]
    for kind in ("png", "svg", "csv"):
        path = tmp_path / "no" / f"graph.{kind}"
        with qtbot.capture_exceptions() as exceptions:
            export(widget, frame_of(widget), kind, str(path), session.store.dispatch)
            qtbot.waitUntil(lambda path=path: str(path) in session.store.state.notice)
        assert "not saved" in session.store.state.notice
        assert not exceptions


def test_a_picture_goes_to_the_clipboard(session):
    trigger(menu_of(row(session).widgets[0]), "Copy picture")
    assert QGuiApplication.clipboard().image().width() == 1920


def test_saving_asks_where(session):
    widget = row(session).widgets[0]
    trigger(menu_of(widget), "Save as SVG")
    (dialog,) = session.window.findChildren(QFileDialog)
    assert dialog.acceptMode() == QFileDialog.AcceptMode.AcceptSave
    assert dialog.defaultSuffix() == "svg"
    dialog.close()


@pytest.mark.parametrize("size", [(1256, 168), (1896, 290), (776, 140), (680, 930), (300, 600)])
@pytest.mark.parametrize("graphs", [1, 2, 7])
def test_graphs_and_tools_share_their_area_without_touching(size, graphs):
    area = Rect(12, 500, *size)
    plan = divide(area, 9, 1.0, graphs)
    parts = [plan.tools, *plan.cells]
    assert len(plan.cells) == min(graphs, plan.room)
    for number, part in enumerate(parts):
        assert part.inside(area, 1.0)
        assert all(part.overlap(other) == 0 for other in parts[number + 1 :])
