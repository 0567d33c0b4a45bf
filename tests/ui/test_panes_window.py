"""Panes in the real window, by keys and mouse: add, branch, change, follow, reorder, float, undo."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QListWidget

from nvmeviz.app.graph_view import PinGraph, SetGraphWindow
from nvmeviz.app.messages import ChangeSetting, Pause, Place, SaveRecording, Seek, TogglePanel
from nvmeviz.ui.application import Session
from nvmeviz.ui.panes.follow import _on_ring
from nvmeviz.ui.render import render_window
from tests.importers.traces import sample

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
Key = Qt.Key


@pytest.fixture
def session(qtbot):
    made = []

    def start(source: str = "gce-local-ssd-2017", size: tuple[int, int] = (1600, 900)) -> Session:
        session = Session(source)
        qtbot.addWidget(session.window)
        session.window.resize(*size)
        session.start()
        qtbot.waitUntil(lambda: bool(session.store.state.runs))
        session.store.dispatch(Pause())
        made.append(session)
        return session

    yield start
    for session in made:
        session.close()


def settled(qtbot, it: Session, panes: int) -> None:
    """All panes have their runs and are on screen."""
    qtbot.waitUntil(
        lambda: len(it.store.state.runs) == panes and not it.store.state.making, timeout=10_000
    )
    qtbot.waitUntil(lambda: len(it.window.compare.panes) == panes)
    it.show_state()
    QApplication.processEvents()


def picture(it: Session) -> bytes:
    image = it.window.compare.panes[0].grab().toImage()
    return bytes(image.constBits())


def drag(qtbot, widget, start: QPoint, *way: QPoint) -> None:
    qtbot.mousePress(widget, Qt.MouseButton.LeftButton, pos=start)
    for at in way:
        qtbot.mouseMove(widget, at)
    qtbot.mouseRelease(widget, Qt.MouseButton.LeftButton, pos=way[-1])


def in_popup(kind: type[QListWidget]) -> QListWidget:
    """The widget of a kind in the list that has popped up."""
    popup = QApplication.activePopupWidget()
    assert popup is not None
    found = popup.findChild(kind)
    assert isinstance(found, kind)
    return found


def test_a_pane_is_added_from_the_list_of_modes(qtbot, session):
    it = session()
    qtbot.keyClick(it.window, Key.Key_N, CTRL)
    listing = in_popup(QListWidget)
    assert listing.count() == 13
    row = next(i for i in range(13) if "Batched" in listing.item(i).text())
    listing.setCurrentRow(row)
    qtbot.keyClick(listing, Key.Key_Return)
    settled(qtbot, it, 3)
    assert it.store.state.panes[2].mode == "batched"
    qtbot.keyClick(it.window, Key.Key_Z, CTRL)
    settled(qtbot, it, 2)
    qtbot.keyClick(it.window, Key.Key_Y, CTRL)
    settled(qtbot, it, 3)
    qtbot.keyClick(it.window, Key.Key_W, CTRL)
    settled(qtbot, it, 2)


def test_opening_playing_stepping_changing_branching_saving_reloading(qtbot, session, tmp_path):
    it = session()
    qtbot.keyClick(it.window, Key.Key_Space)
    before = it.store.state.head.t_ns
    qtbot.waitUntil(lambda: it.store.state.head.t_ns > before)
    qtbot.keyClick(it.window, Key.Key_Space)
    qtbot.keyClick(it.window, Key.Key_Left)
    qtbot.waitUntil(lambda: it.store.state.head.glide is None, timeout=5_000)
    qtbot.keyClick(it.window, Key.Key_P, CTRL)
    panel = it.window.panel
    qtbot.waitUntil(panel.isVisible)
    row = panel.groups[0].rows["costs.doorbell_exit"]
    row.editor.setFocus()
    row.editor.selectAll()
    qtbot.keyClicks(row.editor, "9.5us")
    qtbot.keyClick(row.editor, Key.Key_Return)
    settled(qtbot, it, 2)
    assert {r.scenario.costs.doorbell_exit_ns for r in it.store.state.runs} == {9_500}
    qtbot.keyClick(it.window, Key.Key_B, CTRL)
    settled(qtbot, it, 3)
    assert it.window.compare.panes[1].title == it.window.compare.panes[0].title
    path = tmp_path / "talk.nvmeviz"
    at, panes = it.store.state.head.t_ns, it.store.state.panes
    it.store.dispatch(SaveRecording(str(path)))
    qtbot.waitUntil(path.exists)
    again = session(str(path))
    again.store.dispatch(Seek(at))
    settled(qtbot, again, 3)
    assert [(p.mode, p.settings, p.past) for p in again.store.state.panes] == [
        (p.mode, p.settings, p.past) for p in panes
    ]


def test_the_layout_is_there_again_after_a_restart(qtbot, session):
    it = session()
    qtbot.keyClick(it.window, Key.Key_B, CTRL)
    settled(qtbot, it, 3)
    it.save_settings()
    again = session()
    settled(qtbot, again, 3)
    qtbot.keyClick(again.window, Key.Key_R, CTRL | SHIFT)
    settled(qtbot, again, 2)
    again.save_settings()
    assert len(session().store.state.panes) == 2


def test_graphs_are_as_they_were_left_too(qtbot, session):
    it = session()
    it.store.dispatch(SetGraphWindow(20_000_000))
    it.store.dispatch(PinGraph("depth", True))
    it.show_state()
    it.save_settings()
    again = session()
    assert again.store.state.graphs.window_ns == 20_000_000
    assert again.store.state.graphs.pinned == ("depth",)


def test_a_slider_that_is_dragged_changes_while_it_moves_and_is_one_undo(qtbot, session):
    it = session()
    it.store.dispatch(TogglePanel(True))
    it.show_state()
    slider = it.window.panel.groups[0].rows["costs.process"].slider
    start = it.store.state.panes
    seen = set()
    slider.setSliderDown(True)
    for place in (300, 500, 800):
        slider.setValue(place)
        settled(qtbot, it, 2)
        seen.add(it.store.state.runs[0].scenario.costs.process_ns)
    slider.setSliderDown(False)
    settled(qtbot, it, 2)
    assert len(seen) == 3
    qtbot.keyClick(it.window, Key.Key_Z, CTRL)
    settled(qtbot, it, 2)
    assert it.store.state.panes == start
    qtbot.keyClick(slider, Key.Key_Right)
    settled(qtbot, it, 2)
    assert it.store.state.panes != start


def test_a_wrong_value_is_said_beside_it_and_esc_of_undo_belongs_to_the_program(qtbot, session):
    it = session()
    it.store.dispatch(TogglePanel(True))
    it.show_state()
    row = it.window.panel.groups[0].rows["workload.queue_depth"]
    row.editor.selectAll()
    qtbot.keyClicks(row.editor, "many")
    qtbot.keyClick(row.editor, Key.Key_Return)
    it.show_state()
    assert row.wrong.isVisible()
    assert "whole number" in row.wrong.text()
    row.editor.selectAll()
    qtbot.keyClicks(row.editor, "4")
    qtbot.keyClick(row.editor, Key.Key_Return)
    settled(qtbot, it, 2)
    assert not row.wrong.isVisible()
    qtbot.keyClick(row.editor, Key.Key_Z, CTRL)
    settled(qtbot, it, 2)
    assert it.store.state.runs[0].scenario.workload.queue_depth == 32
    row.back.click()
    assert not row.back.isVisible()


def test_a_setting_is_found_by_its_words(qtbot, session):
    it = session()
    it.store.dispatch(TogglePanel(True))
    it.show_state()
    panel = it.window.panel
    qtbot.keyClicks(panel.filter, "interrupt")
    shown = [row._key for group in panel.groups for row in group.rows.values() if row.isVisible()]
    assert "costs.irq" in shown
    assert "costs.submit" not in shown


def test_one_pane_alone_and_all_again(qtbot, session):
    it = session()
    qtbot.keyClick(it.window, Key.Key_2, SHIFT)
    it.show_state()
    assert [pane.isVisible() for pane in it.window.compare.panes] == [False, True]
    qtbot.keyClick(it.window, Key.Key_Escape)
    it.show_state()
    assert all(pane.isVisible() for pane in it.window.compare.panes)


def test_a_pane_is_dragged_by_its_head_to_another_place(qtbot, session):
    it = session()
    QApplication.processEvents()
    first, second = it.window.compare.panes
    right = first.mapFrom(it.window.compare, second.geometry().center() + QPoint(150, 0))
    drag(qtbot, first, QPoint(300, 50), QPoint(340, 60), right)
    settled(qtbot, it, 2)
    assert it.window.compare.panes == [second, first]
    qtbot.keyClick(it.window, Key.Key_Left, CTRL | SHIFT)
    settled(qtbot, it, 2)
    assert it.window.compare.panes == [first, second]


def test_a_pane_in_its_own_window_plays_on_and_comes_back_when_closed(qtbot, session):
    it = session()
    QApplication.processEvents()
    first, second = it.window.compare.panes
    drag(qtbot, second, QPoint(300, 50), QPoint(340, 60), QPoint(200, -900))
    it.show_state()
    own = second.window()
    assert own is not it.window
    assert own.isVisible()
    qtbot.keyClick(second, Key.Key_Space)
    assert it.store.state.playing
    qtbot.keyClick(second, Key.Key_Space)
    own.close()
    it.show_state()
    QApplication.processEvents()
    assert second.window() is it.window
    assert second.isVisible()
    assert it.window.compare.panes == [first, second]


def test_resting_on_a_command_follows_it_in_every_pane(qtbot, session):
    it = session()
    it.store.dispatch(Seek(1_250_000))
    settled(qtbot, it, 2)
    pane = it.window.compare.panes[1]
    pane.grab()
    frame, plan = pane._frame, pane._plan
    slot = int(frame.live.slot[0])
    x, y = _on_ring(plan.sq, slot, frame.sq.size)
    qtbot.mouseMove(pane, QPoint(round(x), round(y)))
    assert it.store.state.follow == (0, int(frame.live.number[0]))
    it.show_state()
    it.window.compare.grab()
    it.show_state()
    it.window.compare.draw_over()
    assert it.window.compare._overlay.isVisible()
    qtbot.mouseMove(pane, QPoint(round(plan.sq.cx), round(plan.sq.cy)))
    assert it.store.state.follow is None
    qtbot.keyClick(it.window, Key.Key_F)
    assert it.store.state.follow is not None
    qtbot.keyClick(it.window, Key.Key_F)
    assert it.store.state.follow is None


def test_the_title_opens_the_modes_and_the_menu_knows_all_actions(qtbot, session):
    it = session()
    pane = it.window.compare.panes[0]
    pane.grab()
    title = pane._plan.title
    qtbot.mouseClick(pane, Qt.MouseButton.LeftButton, pos=QPoint(int(title.x) + 20, int(title.cy)))
    listing = in_popup(QListWidget)
    assert listing.currentItem().text() == "MMIO doorbells"
    listing.window().close()
    qtbot.keyClick(it.window, Key.Key_F10)
    menu = QApplication.activePopupWidget()
    assert menu is not None
    words = [action.text() for action in menu.actions() if action.text()]
    assert any("Branch" in text for text in words)
    assert not next(a for a in menu.actions() if "Predict" in a.text()).isEnabled()
    remove = next(action for action in menu.actions() if "Remove" in action.text())
    menu.close()
    remove.trigger()
    settled(qtbot, it, 1)
    assert [pane.mode for pane in it.store.state.panes] == ["google_2016"]


def test_a_trace_is_predicted_from_its_menu_and_the_graph_says_how_far_it_is_off(qtbot, session):
    it = session(" + ".join(sample("linux-mmio-batch8").files))
    settled(qtbot, it, 1)
    qtbot.keyClick(it.window, Key.Key_F10)
    menu = QApplication.activePopupWidget()
    assert menu is not None
    predict = next(action for action in menu.actions() if "Predict" in action.text())
    assert predict.isEnabled()
    menu.close()
    predict.trigger()
    settled(qtbot, it, 2)
    assert [run.provenance for run in it.store.state.runs] == ["measured", "simulated"]
    it.store.dispatch(Pause())
    it.store.dispatch(SetGraphWindow(0))
    it.store.dispatch(Seek(Place.LIVE_EDGE))
    it.show_state()
    it.window.compare.graphs.flush()
    widget = next(w for w in it.window.compare.graphs.widgets if w.frame.name == "residual")
    assert "commands completed" in widget.accessibleName()
    assert not widget.grab().isNull()


def test_every_control_of_the_panel_has_a_name_and_takes_the_focus(qtbot, session):
    from PySide6.QtWidgets import QAbstractButton, QAbstractSlider, QComboBox, QLineEdit

    it = session()
    it.store.dispatch(TogglePanel(True))
    it.show_state()
    panel = it.window.panel
    for kind in (QAbstractButton, QAbstractSlider, QComboBox, QLineEdit):
        for control in panel.findChildren(kind):
            if control.parent() is None or "qt_" in control.objectName():
                continue
            if control.isVisible() and "Clear" not in type(control).__name__:
                named = control.accessibleName() or control.text()
                assert named, control
                if control.parentWidget() is not panel.filter:
                    assert control.focusPolicy() & Qt.FocusPolicy.TabFocus, named


@pytest.mark.parametrize("scale", [0.75, 1.0, 3.0])
@pytest.mark.parametrize("theme", ["dark", "light", "contrast"])
def test_the_window_with_the_panel_is_painted_in_every_look(qtbot, session, theme, scale):
    it = session()
    it.store.dispatch(TogglePanel(True))
    it.store.dispatch(ChangeSetting("costs.process", "nonsense"))
    it.show_state()
    frame = it.window._frame
    image = render_window(frame, (1920, 1080), theme, scale)
    assert image.width() == 1920


def test_every_control_of_the_window_is_named_and_reached_by_tab(qtbot, session):
    from PySide6.QtWidgets import QAbstractButton, QAbstractSlider

    from nvmeviz.ui.panes.pane_widget import PaneWidget
    from nvmeviz.ui.scrubber import ScrubberWidget

    it = session(size=(1920, 1080))
    it.window.compare.graphs.flush()
    QApplication.processEvents()
    reached, widget = set(), it.window.nextInFocusChain()
    while widget is not it.window and widget not in reached:
        reached.add(widget)
        widget = widget.nextInFocusChain()
    kinds = (QAbstractButton, QAbstractSlider, PaneWidget, ScrubberWidget)
    controls = [w for kind in kinds for w in it.window.findChildren(kind) if w.isVisible()]
    assert len(controls) > 20
    for control in controls:
        assert control.accessibleName(), control
        if control.objectName() == "graph_button":
            continue  # the card around it has the focus, and answers Enter and the Menu key
        assert control.focusPolicy() & Qt.FocusPolicy.TabFocus, control.accessibleName()
        assert control in reached, control.accessibleName()
