"""The panes of a window: their widgets by pane, their order, windows of their own, menus, dragging."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, QRect, Qt, Signal
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from nvmeviz.app.epochs import ShowEpoch
from nvmeviz.app.findings_view import ToggleFindings
from nvmeviz.app.messages import (
    AddPane,
    Branch,
    ChangeMode,
    FloatPane,
    Message,
    MovePane,
    RemovePane,
    SelectPane,
    Solo,
    TogglePanel,
)
from nvmeviz.app.panes import MAX_PANES
from nvmeviz.app.predictions import Predict
from nvmeviz.app.present.panel import mode_choices
from nvmeviz.ui.chooser import show_choices
from nvmeviz.ui.panes.pane_widget import PaneWidget

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QCloseEvent

    from nvmeviz.app.present.frame import WindowFrame
    from nvmeviz.ui.draw.canvas import Canvas
    from nvmeviz.ui.theme import Theme


class PaneWindow(QWidget):
    """A pane in a window of its own; closing it puts the pane back."""

    closed = Signal(int)

    def __init__(self, pane: PaneWidget, home: QWidget) -> None:
        super().__init__(home, Qt.WindowType.Window)
        self.setObjectName("central")
        self.pane = pane
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.addWidget(pane)

    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()  # the answer to the message takes the pane out and the window away
        self.closed.emit(self.pane.pane_id)


class PaneBoard:
    """Panes by their ids. `docked`: those that stand in the window, in order."""

    def __init__(
        self,
        home: QWidget,
        canvas_for: Callable[[float], Canvas],
        dispatch: Callable[[Message], None],
    ) -> None:
        self._home, self._canvas_for, self._dispatch = home, canvas_for, dispatch
        self._widgets: dict[int, PaneWidget] = {}
        self._windows: dict[int, PaneWindow] = {}
        self._order: tuple[int, ...] = ()
        self._solo: int | None = None
        self._look: tuple[Theme, float] | None = None
        self.drop_at: int | None = None  # place where a pane that is dragged would stand
        self.export: Callable[[], None] = lambda: None  # asks for the selected pane's file
        self.moved: Callable[[], None] = lambda: None  # what is drawn over the panes has changed

    @property
    def panes(self) -> list[PaneWidget]:
        """All, in order."""
        return [self._widgets[pane_id] for pane_id in self._order]

    @property
    def docked(self) -> list[PaneWidget]:
        """Those that stand in the window, in order."""
        shown = self._order if self._solo is None else (self._solo,)
        return [self._widgets[i] for i in shown if i in self._widgets and i not in self._windows]

    @property
    def windows(self) -> list[PaneWindow]:
        """Panes' own windows."""
        return list(self._windows.values())

    def set_look(self, theme: Theme, scale: float) -> None:
        self._look = (theme, scale)
        for pane in self._widgets.values():
            pane.update()

    def set_frame(self, frame: WindowFrame, scale: float, *, hidden: bool = False) -> None:
        """Show; makes and drops widgets as needed. hidden: something else fills the window."""
        shown = {pane.pane_id: pane for pane in frame.panes}
        waiting = {pane.pane_id: pane for pane in frame.waiting}
        abouts = {i: pane.about.place for i, pane in (shown | waiting).items()}
        order = tuple(sorted(abouts, key=lambda pane_id: abouts[pane_id]))
        for pane_id in [i for i in self._widgets if i not in abouts]:
            self._land(pane_id)
            gone = self._widgets.pop(pane_id)
            gone.hide()
            gone.deleteLater()
        for pane_id in order:
            if pane_id not in self._widgets:
                made = PaneWidget(self._canvas_for, self._dispatch, self)
                made.pane_id = pane_id
                made.setParent(self._home)
                made.show()
                self._widgets[pane_id] = made
        self._order, self._solo = order, frame.solo
        chosen = frame.panel is not None and not frame.panel.all_panes and len(order) > 1
        for pane_id, widget in self._widgets.items():
            if pane_id in shown:
                widget.set_frame(shown[pane_id], scale, selection=chosen)
            else:
                widget.set_waiting(waiting[pane_id], scale)
        for pane_id in order:
            if pane_id in frame.floating and pane_id not in self._windows:
                self._take_off(pane_id)
            elif pane_id not in frame.floating and pane_id in self._windows:
                self._land(pane_id)
        docked = [] if hidden else self.docked
        for pane in self.panes:
            if pane.pane_id not in self._windows and pane.isHidden() == (pane in docked):
                pane.setVisible(pane in docked)

    # windows

    def _take_off(self, pane_id: int) -> None:
        pane = self._widgets[pane_id]
        size, at = pane.size(), pane.mapToGlobal(QPoint(30, 30))
        window = PaneWindow(pane, self._home.window())
        window.setWindowTitle(f"{pane.title} – nvmeviz")
        window.closed.connect(lambda number: self._dispatch(FloatPane(number)))
        window.resize(size)
        window.move(at)
        self._windows[pane_id] = window
        window.show()
        pane.show()

    def _land(self, pane_id: int) -> None:
        window = self._windows.pop(pane_id, None)
        if window is None:
            return
        pane = self._widgets[pane_id]
        pane.setParent(self._home)
        pane.show()
        window.hide()
        window.deleteLater()

    # what panes ask for

    def pane_dragged(self, pane: PaneWidget, at: QPoint, *, done: bool) -> None:
        """Where the pane would stand is shown; let go, it stands there, or floats outside."""
        docked = self.docked
        inside = self._home.rect().contains(self._home.mapFromGlobal(at))
        place = _place_at(docked, QPointF(self._home.mapFromGlobal(at))) if inside else None
        if not done:
            self.drop_at = place if pane in docked else None
            self.moved()
            return
        self.drop_at = None
        self.moved()
        if place is None:
            if pane in docked and not inside:
                self._dispatch(FloatPane(pane.pane_id))
            return
        if pane in docked:
            by = place - docked.index(pane)
            by -= 1 if by > 0 else 0
            if by:
                self._dispatch(MovePane(by, pane.pane_id))
        elif pane.pane_id in self._windows:
            self._dispatch(FloatPane(pane.pane_id))

    def pane_modes(self, pane: PaneWidget, at: QPoint) -> None:
        """The list of doorbell modes, for another one in this pane."""
        if self._look is not None:
            number = pane.pane_id
            show_choices(
                pane, at, self._look, mode_choices(), pane.title.partition(" · ")[0],
                lambda mode: self._dispatch(ChangeMode(mode, number)),
            )  # fmt: skip

    def choose_new(self, anchor: QWidget) -> None:
        """The list of doorbell modes, for one more pane."""
        if self._look is not None:
            at = anchor.mapToGlobal(QPoint(0, anchor.height() + 4))
            show_choices(
                anchor,
                at,
                self._look,
                mode_choices(),
                "",
                lambda mode: self._dispatch(AddPane(mode)),
            )

    def pane_menu(self, pane: PaneWidget, at: QPoint) -> None:
        """All that can be done with a pane."""
        menu = QMenu(pane)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        number, place = pane.pane_id, self._order.index(pane.pane_id)
        floats = number in self._windows
        rows: tuple[tuple[str, Callable[[], object], bool], ...] = (
            ("Another doorbell mode …", lambda: self.pane_modes(pane, at), True),
            *self._epoch_rows(pane, at),
            ("Settings …\tCtrl+P", lambda: self._tell(SelectPane(number), TogglePanel(True)), True),
            ("Branch from here\tCtrl+B", lambda: self._tell(SelectPane(number), Branch()), True),
            ("Predict: simulate it beside\tCtrl+Shift+P", lambda: self._tell(Predict(number)),
             not pane.is_simulated),
            ("Export …\tCtrl+E", lambda: self._export(number), True),
            ("Findings …\tCtrl+L", lambda: self._tell(ToggleFindings(True)), True),
            ("", lambda: None, True),
            ("Alone, or all again\tShift+" + str(place + 1), lambda: self._tell(Solo(place)), not floats),
            ("Back into the window" if floats else "In a window of its own\tCtrl+Shift+F",
             lambda: self._tell(FloatPane(number)), True),
            ("To the left\tCtrl+Shift+←", lambda: self._tell(MovePane(-1, number)), place > 0),
            ("To the right\tCtrl+Shift+→", lambda: self._tell(MovePane(1, number)),
             place < len(self._order) - 1),
            ("", lambda: None, True),
            ("Remove\tCtrl+W", lambda: self._tell(RemovePane(number)), len(self._order) > 1),
        )  # fmt: skip
        for words, act, possible in rows:
            if not words:
                menu.addSeparator()
                continue
            action = menu.addAction(words)
            action.setEnabled(possible)
            action.triggered.connect(lambda _=False, act=act: act())
        menu.popup(at)

    def _epoch_rows(
        self, pane: PaneWidget, at: QPoint
    ) -> tuple[tuple[str, Callable[[], object], bool], ...]:
        """Of a trace: its other parts, here or in a further pane."""
        if len(pane.epochs[0]) < 2:
            return ()
        room = len(self._order) < MAX_PANES
        return (
            ("Another part of this trace …", lambda: self._epochs(pane, at, beside=False), True),
            ("… in a further pane", lambda: self._epochs(pane, at, beside=True), room),
        )

    def _epochs(self, pane: PaneWidget, at: QPoint, *, beside: bool) -> None:
        choices, current = pane.epochs
        title = next((choice.title for choice in choices if choice.name == current), "")
        if self._look is not None:
            number = pane.pane_id
            show_choices(
                pane, at, self._look, choices, title,
                lambda name: self._dispatch(ShowEpoch(name, beside, number)),
            )  # fmt: skip

    def _export(self, number: int) -> None:
        self._dispatch(SelectPane(number))
        self.export()

    def _tell(self, *messages: Message) -> None:
        for message in messages:
            self._dispatch(message)

    def selected_menu(self, pane_id: int) -> None:
        """The menu of a pane, at its title."""
        pane = self._widgets.get(pane_id)
        if pane is not None:
            self.pane_menu(pane, pane.mapToGlobal(QPoint(24, 40)))

    def drop_line(self) -> QRect | None:
        """Where a line shows the place of the pane that is being dragged."""
        docked = self.docked
        if self.drop_at is None or not docked:
            return None
        last = self.drop_at >= len(docked)
        box = docked[-1 if last else self.drop_at].geometry()
        x = box.right() + 2 if last else box.left() - 6
        return QRect(x, box.top(), 4, box.height())


def _place_at(docked: list[PaneWidget], at: QPointF) -> int:
    """Before which pane, by number, something let go there would stand."""
    for place, pane in enumerate(docked):
        box = pane.geometry()
        if box.top() - 8 <= at.y() <= box.bottom() + 8 and at.x() < box.center().x():
            return place
        following = docked[place + 1].geometry() if place + 1 < len(docked) else None
        row_ends = following is None or following.top() > box.bottom()
        if row_ends and box.top() - 8 <= at.y() <= box.bottom() + 8:
            return place + 1
    return len(docked)
