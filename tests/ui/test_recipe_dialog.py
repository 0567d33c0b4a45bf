"""The dialog with the commands for a recording, by keys and mouse."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from nvmeviz.app.messages import Pause
from nvmeviz.app.recipe import as_script, as_text, recipe
from nvmeviz.app.recipe_choice import Part, Qemu, RecipeChoice, Start
from nvmeviz.app.settings import scaled
from nvmeviz.ui.application import Session
from nvmeviz.ui.recipe_dialog import RecipeDialog

Key = Qt.Key


@pytest.fixture
def session(qtbot):
    made = []

    def start(size: tuple[int, int] = (1280, 720), scale: float = 1.0) -> Session:
        session = Session("first-steps")
        qtbot.addWidget(session.window)
        session.window.change_settings(scaled(session.window.settings, scale))
        session.window.resize(*size)
        session.start()
        session.store.dispatch(Pause())
        made.append(session)
        return session

    yield start
    for session in made:
        session.close()


def opened(qtbot, it: Session) -> RecipeDialog:
    qtbot.keyClick(it.window, Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    (dialog,) = it.window.findChildren(RecipeDialog)
    QApplication.processEvents()
    return dialog


def clipboard() -> str:
    return QGuiApplication.clipboard().text()


def test_a_key_opens_it_once_beside_the_window(qtbot, session):
    it = session()
    dialog = opened(qtbot, it)
    assert not dialog.isModal()
    assert opened(qtbot, it) is dialog
    assert [card.command.toPlainText() for card in dialog.cards] == [
        step.command for step in recipe(RecipeChoice())
    ]


def test_escape_closes_it_and_the_focus_is_where_it_was(qtbot, session):
    it = session()
    it.window.toolbar.speed.setFocus()
    dialog = opened(qtbot, it)
    qtbot.keyClick(dialog.focusWidget(), Key.Key_Escape)
    qtbot.waitUntil(lambda: not it.window.findChildren(RecipeDialog))
    assert it.window.focusWidget() is it.window.toolbar.speed


def test_a_step_is_copied_by_keyboard_and_the_button_says_so(qtbot, session):
    dialog = opened(qtbot, session())
    card = dialog.cards[3]
    card.command.setFocus()
    assert card.copy.focusPolicy() & Qt.FocusPolicy.TabFocus
    card.copy.setFocus()
    wide = card.copy.width()
    qtbot.keyClick(card.copy, Key.Key_Space)
    assert clipboard() == card.command.toPlainText()
    assert card.copy.text() == "Copied"
    assert card.copy.accessibleName().startswith("Copied step 4: ")
    QApplication.processEvents()
    assert card.copy.width() == wide
    qtbot.waitUntil(lambda: card.copy.text() == "Copy", timeout=4_000)
    assert card.copy.accessibleName().startswith("Copy step 4: ")


def test_all_steps_are_copied_at_once(qtbot, session):
    dialog = opened(qtbot, session())
    qtbot.mouseClick(dialog.copy_all, Qt.MouseButton.LeftButton)
    assert clipboard() == as_text(recipe(RecipeChoice()))


def test_another_version_and_libvirt_change_the_commands(qtbot, session):
    dialog = opened(qtbot, session())
    lists, lines = dialog.panel.lists, dialog.panel.lines
    qtbot.keyClick(lists["qemu"], Key.Key_Up)
    assert "pci_nvme_shadow_doorbell_*" in dialog.cards[0].command.toPlainText()
    assert lines["domain"].isHidden()
    qtbot.keyClick(lists["start"], Key.Key_Down)
    assert not lines["domain"].isHidden()
    lines["domain"].selectAll()
    qtbot.keyClicks(lines["domain"], "my vm")
    wanted = recipe(RecipeChoice(qemu=Qemu.V7_1, start=Start.LIBVIRT, domain="my vm"))
    assert [card.command.toPlainText() for card in dialog.cards] == [s.command for s in wanted]
    lines["domain"].clear()
    lines["domain"].textEdited.emit("")
    assert dialog.choice.domain == "vm"


def test_what_is_not_recorded_has_no_steps_and_nothing_says_what_to_do(qtbot, session):
    dialog = opened(qtbot, session())
    for part in Part:
        qtbot.keyClick(dialog.panel.parts[part], Key.Key_Space)
    assert not dialog.cards
    assert not dialog.nothing.isHidden()
    assert not dialog.copy_all.isEnabled()
    qtbot.keyClick(dialog.panel.parts[Part.GUEST_DRIVER], Key.Key_Space)
    assert dialog.nothing.isHidden()
    assert len(dialog.cards) == len(recipe(dialog.choice))


def test_a_choice_is_there_again_when_it_is_opened_again(qtbot, session):
    it = session()
    dialog = opened(qtbot, it)
    qtbot.keyClick(dialog.panel.lists["tool"], Key.Key_Down)
    chosen = dialog.choice
    qtbot.mouseClick(dialog.close_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not it.window.findChildren(RecipeDialog))
    assert opened(qtbot, it).choice == chosen


def test_the_steps_are_saved_as_a_script(qtbot, session, tmp_path):
    it = session()
    dialog = opened(qtbot, it)
    path = tmp_path / "my record.sh"
    qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    (ask,) = dialog.findChildren(QFileDialog)
    ask.fileSelected.emit(str(path))
    ask.reject()
    qtbot.waitUntil(path.is_file)
    assert path.read_text(encoding="utf-8") == as_script(recipe(RecipeChoice()))
    qtbot.waitUntil(lambda: "my record.sh" in it.store.state.notice)


@pytest.mark.parametrize(
    ("size", "scale"),
    [((1280, 720), 0.75), ((1280, 720), 1.0), ((1280, 720), 3.0), ((1920, 1080), 1.5),
     ((3840, 2160), 2.0), ((3840, 2160), 3.0)],
)  # fmt: skip
def test_nothing_is_cut_at_any_size(qtbot, session, size, scale):
    it = session(size, scale)
    dialog = opened(qtbot, it)
    for _ in range(3):
        QApplication.processEvents()
    for card in dialog.cards:
        last = card.command.document().lastBlock()
        block = card.command.blockBoundingGeometry(last).translated(card.command.contentOffset())
        assert block.bottom() <= card.command.viewport().height()
        for label in (card.title, card.words):
            assert label.height() >= label.heightForWidth(label.width())
        assert within(card.copy, card)
        assert within(card.where, card)
        assert card.width() <= dialog._area.viewport().width()
    shown = (*dialog.panel.lists.values(), *dialog.panel.parts.values())
    assert all(within(widget, dialog.panel) for widget in shown)
    assert all(within(b, dialog) for b in (dialog.copy_all, dialog.save, dialog.close_button))


def within(widget: QWidget, around: QWidget) -> bool:
    place = widget.geometry().translated(-widget.pos())
    place.moveTo(widget.mapTo(around, place.topLeft()))
    return around.rect().contains(place) and widget.width() >= widget.minimumSizeHint().width()


def test_another_size_reaches_the_open_dialog(qtbot, session):
    it = session((1920, 1080))
    dialog = opened(qtbot, it)
    before = dialog.cards[0].title.font().pixelSize()
    it.window.commands.run_named("zoom_in")
    it.window.commands.run_named("zoom_in")
    assert dialog.cards[0].title.font().pixelSize() > before
