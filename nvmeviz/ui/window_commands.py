"""What the window does itself, without a message: full screen, file dialogs, scale, theme,
pictures, quitting.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from nvmeviz.app.commands import COMMAND_BY_NAME, Command
from nvmeviz.app.diagnostics import SaveDiagnostics
from nvmeviz.app.exporting import FORMATS
from nvmeviz.app.graph_view import EnlargeGraph
from nvmeviz.app.messages import (
    AddPane,
    AddRecording,
    Dismiss,
    Export,
    Follow,
    SaveRecording,
    Solo,
)
from nvmeviz.app.panes import MAX_PANES
from nvmeviz.app.reading import CancelOpening, OpenFiles
from nvmeviz.app.recipe_choice import RecipeChoice
from nvmeviz.app.settings import THEMES, scaled
from nvmeviz.ui.about_dialog import AboutDialog
from nvmeviz.ui.file_drops import native
from nvmeviz.ui.key_sheet import KeySheet
from nvmeviz.ui.main_menu import main_menu
from nvmeviz.ui.recipe_dialog import RecipeDialog
from nvmeviz.ui.term_sheet import show_terms

if TYPE_CHECKING:
    from collections.abc import Callable

    from nvmeviz.ui.main_window import MainWindow

ZOOM_STEP = 1.1
_TRACES = "*.log *.txt *.trace *.gz *.xz *.bz2"
OPENED = (
    f"Scenarios, recordings, traces (*.toml *.nvmeviz {_TRACES});;"
    f"Traces (several of one run together) ({_TRACES});;"
    "Scenarios and recordings (*.toml *.nvmeviz);;All files (*)"
)


class WindowCommands:
    """Runs any command of the table on a `MainWindow`."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._recipe: RecipeDialog | None = None
        self._recipe_choice = RecipeChoice()
        window.settings_changed.connect(self._rescale_recipe)
        self._own: dict[str, Callable[[], object]] = {
            "toggle_full_screen": self.toggle_full_screen,
            "leave": self.leave,
            "add_pane": self.add_pane,
            "add_recording": self.add_recording,
            "pane_menu": self.pane_menu,
            "show_keys": self.show_keys,
            "terms": lambda: show_terms(window),
            "menu": self.menu,
            "diagnostics": self.save_diagnostics,
            "about": self.show_about,
            "record": self.record,
            "enlarge_graph": lambda: window.compare.graphs.toggle_enlarged(),
            "zoom_in": lambda: self.zoom(ZOOM_STEP),
            "zoom_out": lambda: self.zoom(1 / ZOOM_STEP),
            "zoom_reset": lambda: self._scale_to(1.0),
            "next_theme": self.next_theme,
            "reduce_motion": self.reduce_motion,
            "quit": window.close,
            "open": self.open_file,
            "save": self.save_file,
            "export": self.export_run,
            "copy_picture": self.copy_picture,
        }

    def run(self, command: Command) -> None:
        """Dispatch the command's message, or do it here."""
        if command.message is not None:
            self._window.dispatch(command.message())
        else:
            self._own[command.name]()

    def run_named(self, name: str) -> None:
        self.run(COMMAND_BY_NAME[name])

    def toggle_full_screen(self) -> None:
        if self._window.isFullScreen():
            self._window.showNormal()
        else:
            self._window.showFullScreen()

    def leave(self) -> None:
        """Esc: what is being read is given up; else an enlarged graph goes back; else all panes again;
        else no command is followed; else out of full screen; else the notice goes.
        """
        frame = self._window.shown
        if self._window.reading.isVisible():
            self._window.dispatch(CancelOpening())
        elif self._window.compare.graphs.enlarged:
            self._window.dispatch(EnlargeGraph(""))
        elif frame is not None and frame.solo is not None:
            self._window.dispatch(Solo(None))
        elif frame is not None and any(pane.followed for pane in frame.panes):
            self._window.dispatch(Follow(0, None))
        elif self._window.isFullScreen():
            self._window.showNormal()
        elif self._window.notice.isVisible():
            self._window.dispatch(Dismiss())

    def add_pane(self) -> None:
        if len(self._window.compare.panes) >= MAX_PANES:
            self._window.dispatch(AddPane(""))  # says that there is no room
            return
        toolbar = self._window.toolbar
        button = toolbar.commands["add_pane"]
        self._window.compare.board.choose_new(button if button.isVisible() else toolbar)

    def add_recording(self) -> None:
        dialog = self._dialog(
            "A recording, or a trace, as further panes",
            f"Recordings and traces (*.nvmeviz {_TRACES});;All files (*)",
        )
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda path: self._window.dispatch(AddRecording(native(path))))
        dialog.open()

    def pane_menu(self) -> None:
        frame = self._window.shown
        for pane in () if frame is None else (*frame.panes, *frame.waiting):
            if pane.about.selected:
                self._window.compare.board.selected_menu(pane.pane_id)

    def show_keys(self) -> None:
        sheet = KeySheet(self._window, self._window.settings.scale)
        sheet.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        sheet.open()

    def show_about(self) -> None:
        dialog = AboutDialog(self._window, self._window.settings.scale)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def menu(self) -> None:
        """Below the toolbar's button for it."""
        window = self._window
        recent = window.shown.toolbar.recent if window.shown is not None else ()
        button = window.toolbar.menu
        menu = main_menu(window, self.run, window.dispatch, recent)
        at = button.mapToGlobal(button.rect().bottomRight())
        menu.popup(at - QPoint(menu.sizeHint().width(), -4))

    def record(self) -> None:
        """Beside the window, once; a second time brings it to the front as it is."""
        if self._recipe is not None:
            self._recipe.raise_()
            self._recipe.activateWindow()
            return
        window = self._window
        dialog = RecipeDialog(
            window, window.settings.scale, self._recipe_choice, window.dispatch, self._recipe_chosen
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.finished.connect(self._recipe_closed)
        self._recipe = dialog
        dialog.show()

    def _recipe_chosen(self, choice: RecipeChoice) -> None:
        self._recipe_choice = choice

    def _rescale_recipe(self) -> None:
        if self._recipe is not None:
            self._recipe.set_look(self._window.settings.scale)

    def _recipe_closed(self) -> None:
        self._recipe = None
        self._window.activateWindow()  # what had the focus there has it again

    def zoom(self, factor: float) -> None:
        self._scale_to(self._window.settings.scale * factor)

    def _scale_to(self, scale: float) -> None:
        if abs(scale - 1.0) < 0.04:
            scale = 1.0
        self._window.change_settings(scaled(self._window.settings, scale))

    def next_theme(self) -> None:
        settings = self._window.settings
        # From the look on screen: "system" may be the same as the next one, and the key without effect.
        looks = THEMES[1:]
        following = looks[(looks.index(self._window.theme.name) + 1) % len(looks)]
        self._window.change_settings(replace(settings, theme=following))

    def reduce_motion(self) -> None:
        """On and off: with it, rings, cells and words alone tell what changed."""
        settings = self._window.settings
        self._window.change_settings(replace(settings, reduced_motion=not settings.reduced_motion))

    def open_file(self) -> None:
        dialog = self._dialog(
            "Open a scenario, a recording, or the traces of one run together", OPENED
        )
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(
            lambda paths: self._window.dispatch(OpenFiles(tuple(map(native, paths))))
        )
        dialog.open()

    def save_file(self) -> None:
        dialog = self._dialog("Save the recording", "Recordings (*.nvmeviz);;All files (*)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("nvmeviz")
        dialog.fileSelected.connect(lambda path: self._window.dispatch(SaveRecording(native(path))))
        dialog.open()

    def save_diagnostics(self) -> None:
        dialog = self._dialog("Save what a problem report needs", "Archives (*.zip)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("zip")
        dialog.selectFile("nvmeviz-diagnostics.zip")
        dialog.fileSelected.connect(lambda path: self._window.dispatch(SaveDiagnostics(path)))
        dialog.open()

    def export_run(self) -> None:
        """The name filter is the format."""
        filters = {f"{row.title} (*.{row.suffix})": row for row in FORMATS}
        dialog = self._dialog("Export the pane's run", ";;".join(filters))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(FORMATS[0].suffix)
        dialog.filterSelected.connect(lambda words: dialog.setDefaultSuffix(filters[words].suffix))
        dialog.fileSelected.connect(
            lambda path: self._window.dispatch(
                Export(path, filters[dialog.selectedNameFilter()].name)
            )
        )
        dialog.open()

    def _dialog(self, title: str, filters: str) -> QFileDialog:
        dialog = QFileDialog(self._window, title, "", filters)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return dialog

    def copy_picture(self) -> None:
        QGuiApplication.clipboard().setPixmap(self._window.grab())
