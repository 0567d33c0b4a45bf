"""Hover help of the whole window: nothing without it, in short lines, beside what it explains."""

from __future__ import annotations

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QSlider,
    QStyle,
    QStyleFactory,
    QWidget,
)

from nvmeviz.app.findings_view import ToggleFindings
from nvmeviz.app.measured import source_of
from nvmeviz.app.messages import Pause, TogglePanel
from nvmeviz.app.predictions import Predict
from nvmeviz.app.terms import explained, terms
from nvmeviz.ui.application import Session
from nvmeviz.ui.draw.canvas import Canvas
from nvmeviz.ui.graphs.graph_widget import GraphWidget
from nvmeviz.ui.statusbar import parts_of
from nvmeviz.ui.term_sheet import NOTHING, TermSheet
from nvmeviz.ui.theme import load
from nvmeviz.ui.tips import LETTERS, PromptStyle, lines_of, markup, tip_place
from tests.importers.traces import sample
from tests.ui import sample_frames
from tests.ui.test_terms import Reader

ROOM = QRect(0, 0, 1280, 720)
TRACE = source_of(tuple(sample("linux-dbbuf-qd16").files))


@pytest.fixture
def session(qtbot):
    made = []

    def start(source: str = "gce-local-ssd-2017", size: tuple[int, int] = (1920, 1080)) -> Session:
        it = Session(source)
        qtbot.addWidget(it.window)
        it.window.resize(*size)
        it.start()
        made.append(it)
        qtbot.waitUntil(lambda: bool(it.store.state.runs), timeout=20_000)
        it.store.dispatch(Pause())
        it.window.compare.graphs.flush()
        return it

    yield start
    for it in made:
        it.close()


def tip_of(widget: QWidget) -> str:
    """The tool tip that a resting pointer brings up, a parent's where it has none."""
    at: QWidget | None = widget
    while at is not None and not at.toolTip():
        at = at.parentWidget()
    return "" if at is None else at.toolTip()


def plain(tip: str) -> str:
    return unescape(re.sub("<[^>]*>", "", re.sub("<(br|/p)>", "\n", tip)))


KINDS = (QLabel, QAbstractButton, QSlider, QComboBox, QLineEdit)


def without_help(window: QWidget) -> list[str]:
    """Words and controls that say nothing: labels that are sentences by themselves excepted."""
    found: list[str] = []
    for kind in KINDS:
        for widget in window.findChildren(kind):
            words = widget.text() if isinstance(widget, QLabel | QAbstractButton) else ""
            sentence = isinstance(widget, QLabel) and words.endswith((".", "…"))
            own = widget is getattr(window, "status").status or "nvmeviz" in words  # noqa: B009
            if widget.isVisible() and not (sentence or own or tip_of(widget)):
                found.append(f"{kind.__name__} {words!r} {widget.accessibleName()!r}")
    return found


@pytest.mark.parametrize("source", ["gce-local-ssd-2017", "lost-doorbell", TRACE])
def test_everything_in_the_window_has_help(qtbot, session, source):
    it = session(source)
    it.store.dispatch(TogglePanel(True))
    for group in it.window.panel.groups:
        if not group.rows:
            group.head.click()
    assert without_help(it.window) == []
    it.store.dispatch(TogglePanel(False))
    it.store.dispatch(ToggleFindings(True))
    assert without_help(it.window) == []
    listing = it.window.findings.listing
    for row in range(listing.count()):
        assert "Rests on" in listing.item(row).toolTip()


@pytest.mark.parametrize("source", ["gce-local-ssd-2017", "lost-doorbell", TRACE])
def test_help_is_in_short_lines(qtbot, session, source):
    it = session(source)
    it.store.dispatch(TogglePanel(True))
    it.store.dispatch(ToggleFindings(True))
    tips = [w.toolTip() for w in it.window.findChildren(QWidget)]
    for listing in it.window.findChildren(QListWidget):
        tips += [listing.item(row).toolTip() for row in range(listing.count())]
    for line in {line for tip in tips for line in plain(tip).split("\n")}:
        assert len(line) <= LETTERS + 5, line


@given(st.text(alphabet="ab <>&\n", max_size=300))
def test_markup_keeps_the_words(text):
    assert plain(markup(text)).split() == text.split()
    assert all(len(line) <= LETTERS for line in lines_of(text))


@given(
    st.integers(0, 1200), st.integers(0, 640), st.integers(1, 300), st.integers(1, 160),
    st.integers(40, 400), st.integers(20, 200),
)  # fmt: skip
def test_help_stands_on_the_screen_and_beside_what_it_explains(x, y, w, h, wide, high):
    part = QRect(x, y, min(w, 1280 - x), min(h, 720 - y))
    tip = QRect(tip_place(QSize(wide, high), part.center(), part, ROOM, 1000), QSize(wide, high))
    assert ROOM.contains(tip)
    fits = part.bottom() + 4 + high <= ROOM.bottom() or part.top() - 4 - high >= ROOM.top()
    assert not fits or not tip.intersects(part)


def test_help_for_something_high_stands_by_the_pointer():
    part, pointer = QRect(0, 0, 300, 700), QPoint(50, 100)
    at = tip_place(QSize(200, 60), pointer, part, ROOM, 150)
    assert pointer.y() < at.y() < pointer.y() + 40
    below = tip_place(QSize(200, 60), QPoint(50, 690), part, ROOM, 150)
    assert below.y() + 60 < 690


STATUSES = (
    "simulated, seed 7 · 3 812 events · 2 panes on one clock, same arrivals",
    "simulated and measured, seed 7 · 38 events · 2 panes on one clock, arrivals differ",
    "recorded · 1 event · 1 pane · panes as you left them",
    "simulated, seed 7 · 3\u2009812 events · 1 pane",
)


@pytest.mark.parametrize("status", STATUSES)
def test_every_part_of_the_status_has_help(status):
    told = parts_of(status)
    assert all(term in terms() for *_, term in told)
    left = status
    for start, end, _ in sorted(told, reverse=True):
        left = left[:start] + left[end:]
    assert re.sub(r"[ ·,]|and|1 event", "", left) == ""


def test_the_status_explains_the_part_under_the_pointer(qtbot, session):
    it = session()
    label = it.window.status.status
    width = label.fontMetrics().horizontalAdvance
    at = width(label.whole[: label.whole.index("seed")]) + 4
    assert label.hint_at(QPoint(at, 4))[0].startswith("Seed\n")


def test_every_word_in_a_graph_has_help(qtbot):
    for frame in sample_frames.window(4).graphs:
        reader = Reader(load("dark"), 1.0)
        widget = GraphWidget(lambda _dpr, reader=reader: reader, lambda _message: None)
        qtbot.addWidget(widget)
        widget.set_look(load("dark"), 1.0)
        widget.resize(420, 260)
        widget.show()
        widget.set_frame(frame)
        reader.texts.clear()
        widget.grab()
        assert widget.toolTip() == ""
        field, port = widget.box.sceneBoundingRect(), widget.plot.viewport()
        origin = widget.plot.mapTo(widget, port.pos())
        assert reader.texts
        in_bars = {segment.label for segment in frame.segments}  # there values are read
        for text, at in reader.texts:
            if text in in_bars:
                continue
            x, y = at.cx + field.x() + origin.x(), at.cy + field.y() + origin.y()
            found = widget.help_at(QPoint(round(x), round(y)))
            assert found is not None, text
        axis = widget.help_at(QPoint(6, round(field.center().y())))
        assert axis is not None
        assert axis[0].startswith(terms()[f"graph_{frame.name}"].name)
        below = widget.help_at(QPoint(200, round(origin.y() + field.bottom()) + 5))
        assert below is not None
        assert frame.x_label in below[0]


def test_the_time_line_explains_its_parts(qtbot, session):
    bar = session().window.scrubber
    plan, frame = bar.plan(), bar._frame
    assert frame is not None
    spot = next(g for g in bar.groups() if len(g.flags) == 1)
    assert spot.flags[0].words in bar.help_at(spot.x, plan.flags_y)[0]
    edge = plan.x(frame.ground.known_ns, frame.ground.range_ns)
    assert "Live edge" in bar.help_at(edge + 20, plan.field.cy)[0]
    free = next(
        x for x in range(200, 1800, 7) if all(abs(g.x - x) > 20 for g in bar.groups()) and x < edge
    )
    assert "Strip of a pane" in bar.help_at(free, plan.strips[0].cy)[0]


def test_a_pointer_that_rests_brings_help_and_frames_do_not_look_for_it(
    qtbot, session, monkeypatch
):
    it = session()
    pane = it.window.compare.panes[0]
    pane.grab()
    shown: list[str] = []
    monkeypatch.setattr(
        "nvmeviz.ui.panes.pane_widget.show_tip", lambda _w, _at, text, _around: shown.append(text)
    )
    before = it.store.state.head.t_ns
    qtbot.keyClick(it.window, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: it.store.state.head.t_ns > before, timeout=5_000)
    assert shown == []
    assert pane._plan is not None
    at = QPoint(round(pane._plan.iops.cx), round(pane._plan.iops.cy))
    QApplication.sendEvent(pane, QHelpEvent(QEvent.Type.ToolTip, at, pane.mapToGlobal(at)))
    assert len(shown) == 1
    assert shown[0].startswith(explained("iops"))


def test_help_comes_within_half_a_second_and_all_else_is_as_in_fusion(qtbot):
    prompt, fusion = PromptStyle("Fusion"), QStyleFactory.create("Fusion")
    delay = QStyle.StyleHint.SH_ToolTip_WakeUpDelay
    assert prompt.styleHint(delay) <= 500 < fusion.styleHint(delay)
    icons = QStyle.StyleHint.SH_DialogButtonBox_ButtonsHaveIcons
    assert prompt.styleHint(icons) == 0
    for hint in QStyle.StyleHint:
        if hint not in (delay, icons, QStyle.StyleHint.SH_CustomBase):
            assert prompt.styleHint(hint) == fusion.styleHint(hint), hint


def test_the_sheet_lists_every_term_and_finds_one(qtbot, session):
    it = session(size=(1280, 720))
    qtbot.keyClick(it.window, Qt.Key.Key_F1, Qt.KeyboardModifier.ShiftModifier)
    (sheet,) = it.window.findChildren(TermSheet)
    assert [term.key for term, _ in sheet.rows] == list(terms())
    assert all(row.isVisible() for _, row in sheet.rows)
    for term, row in sheet.rows:
        assert [label.text() for label in row.findChildren(QLabel)] == [term.name, term.words]
    qtbot.keyClicks(sheet.search, "eventidx")
    left = [term.key for term, row in sheet.rows if row.isVisible()]
    assert "eventidx" in left
    assert "seed" not in left
    qtbot.keyClicks(sheet.search, "zzz")
    assert sheet.nothing.isVisible()
    assert sheet.nothing.text() == NOTHING
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert not sheet.isVisible()


def test_a_prediction_and_its_trace_have_help_in_the_window(qtbot, session):
    it = session(TRACE)
    it.store.dispatch(Predict())
    qtbot.waitUntil(lambda: len(it.store.state.runs) == 2, timeout=20_000)
    it.window.compare.graphs.flush()
    assert without_help(it.window) == []
    assert isinstance(it.window.canvas_for(1.0), Canvas)
