"""The menu of a graph: enlarge, pin, hide, copy, save."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMenu

from nvmeviz.app.graph_view import EnlargeGraph, PinGraph, ShowGraph
from nvmeviz.ui.graphs.export import FORMATS, copy_picture, export

if TYPE_CHECKING:
    from collections.abc import Callable

    from nvmeviz.app.messages import Message
    from nvmeviz.app.present.graph_frame import GraphFrame
    from nvmeviz.ui.graphs.graph_widget import GraphWidget


def graph_menu(
    widget: GraphWidget, frame: GraphFrame, dispatch: Callable[[Message], None]
) -> QMenu:
    """The menu of the graph in `widget`, which shows `frame`; it deletes itself when closed."""
    menu = QMenu(widget)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.setAccessibleName(frame.title)

    def add(words: str, message: Message) -> None:
        menu.addAction(words).triggered.connect(lambda: dispatch(message))

    if frame.enlarged:
        add("Back to the row\tEsc", EnlargeGraph(""))
    else:
        add("Fill the workspace\tEnter", EnlargeGraph(frame.name))
    add("Unpin" if frame.pinned else "Pin at the front", PinGraph(frame.name, not frame.pinned))
    if not frame.enlarged:
        add("Take out of the row", ShowGraph(frame.name, False))
    menu.addSeparator()
    menu.addAction("Copy picture").triggered.connect(lambda: copy_picture(widget))
    for kind, words in FORMATS.items():
        action = menu.addAction(f"Save as {words}…")
        action.triggered.connect(lambda _=False, kind=kind: _save(widget, kind, dispatch))
    return menu


def _save(widget: GraphWidget, kind: str, dispatch: Callable[[Message], None]) -> None:
    frame = widget.frame  # what is seen when the dialog opens, not when it closes
    assert frame is not None, "a menu belongs to a graph that shows something"
    dialog = QFileDialog(widget.window(), f"Save {frame.title}", f"{frame.name}.{kind}")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilter(f"{FORMATS[kind]} (*.{kind})")
    dialog.setDefaultSuffix(kind)
    dialog.selectFile(f"{frame.name}.{kind}")
    dialog.fileSelected.connect(lambda path: export(widget, frame, kind, path, dispatch))
    dialog.open()
