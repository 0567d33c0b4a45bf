"""The main window: builds and places toolbar, notice, workspace and status bar; passes frames to
them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QWheelEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMainWindow, QVBoxLayout, QWidget

from nvmeviz.app.settings import look_of
from nvmeviz.ui import theme as themes
from nvmeviz.ui import window_place
from nvmeviz.ui.compare import CompareView
from nvmeviz.ui.draw.canvas import Canvas
from nvmeviz.ui.file_drops import FileDrops
from nvmeviz.ui.findings_panel import FindingsPanel
from nvmeviz.ui.keys import KeyFilter
from nvmeviz.ui.reading_bar import ReadingBar
from nvmeviz.ui.scrubber import ScrubberWidget
from nvmeviz.ui.side_panel import SidePanel
from nvmeviz.ui.start.panel import StartPanel
from nvmeviz.ui.statusbar import NoticeBar, StatusBar
from nvmeviz.ui.style import apply_fonts, palette, style_sheet
from nvmeviz.ui.toolbar import ToolbarWidget
from nvmeviz.ui.window_commands import ZOOM_STEP, WindowCommands

if TYPE_CHECKING:
    from collections.abc import Callable

    from nvmeviz.app.messages import Message
    from nvmeviz.app.present.frame import WindowFrame
    from nvmeviz.app.settings import Settings


class MainWindow(QMainWindow):
    """Shows `WindowFrame`s; what people do goes to `dispatch`. `settings_changed` asks for saving
    them.
    """

    settings_changed = Signal()

    def __init__(self, dispatch: Callable[[Message], None], settings: Settings) -> None:
        super().__init__()
        self.dispatch, self.settings = dispatch, settings
        self._canvases: dict[float, Canvas] = {}
        self._frame: WindowFrame | None = None
        self._dpr = 0.0
        self.setWindowTitle("nvmeviz")
        # The window itself has the focus at first, so that Space plays and opens no menu.
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFocus()
        self.theme = themes.load(themes.resolve(settings.theme))
        commands = WindowCommands(self)
        self.commands = commands
        self.toolbar = ToolbarWidget(dispatch, commands.run_named)
        self.notice, self.reading = NoticeBar(dispatch), ReadingBar(dispatch)
        self.compare = CompareView(self.canvas_for, dispatch)
        self.compare.board.export = commands.export_run
        self.start = StartPanel(dispatch, commands.run_named)
        self.panel, self.findings = SidePanel(dispatch), FindingsPanel(dispatch)
        self.scrubber = ScrubberWidget(self.canvas_for, dispatch)
        self.status = StatusBar()
        body, middle = QWidget(), QWidget()
        row = QHBoxLayout(middle)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for widget in (self.compare, self.panel, self.findings):
            row.addWidget(widget, 1 if widget is self.compare else 0)
        self.start.stand_in(middle, row)
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        bars = self.toolbar, self.notice, self.reading
        for widget in (*bars, middle, self.scrubber, self.status):
            column.addWidget(widget, 1 if widget is middle else 0)
        self.setCentralWidget(body)
        self.drops = FileDrops(self, body, dispatch)
        self.keys = KeyFilter(self, commands.run)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._scheme_changed)
        self._apply_look()
        window_place.restore(self, settings)

    def sizeHint(self) -> QSize:
        return QSize(1440, 900)

    def canvas_for(self, dpr: float) -> Canvas:
        """The canvas for a device pixel ratio; screens may differ."""
        canvas = self._canvases.get(dpr)
        if canvas is None:
            reduced = self.settings.reduced_motion
            canvas = self._canvases[dpr] = Canvas(self.theme, dpr, reduced_motion=reduced)
        return canvas

    # frames

    def set_frame(self, frame: WindowFrame) -> None:
        """Show `frame`."""
        self._frame = frame
        self.toolbar.set_frame(frame.toolbar)
        self.notice.set_notice(frame.notice, calm=frame.notice_calm)
        self.reading.set_frame(frame.reading)
        self.compare.set_frame(frame)
        self.panel.set_frame(frame.panel)
        self.findings.set_frame(frame.findings)
        self.start.set_frame(frame.start)
        self.scrubber.set_frame(frame.scrubber)
        if self.status.set_frame(frame.status, frame.legend):
            apply_fonts(self.status, self.settings.scale)

    @property
    def shown(self) -> WindowFrame | None:
        """The frame on screen."""
        return self._frame

    # look

    def _apply_look(self) -> None:
        scale = self.settings.scale
        self._dpr = self.devicePixelRatioF()
        self.theme = themes.load(themes.resolve(self.settings.theme))
        self._canvases.clear()
        QApplication.setPalette(palette(self.theme))
        self.setStyleSheet(style_sheet(self.theme, scale))
        apply_fonts(self, scale)
        self.toolbar.set_look(self.theme, scale, self._dpr)
        self.status.set_look(self.theme, scale, self._dpr)
        self.notice.set_look(scale)
        self.drops.set_look(scale)
        self.reading.set_look(scale)
        self.scrubber.set_look(scale)
        self.compare.set_look(self.theme, scale)
        self.panel.set_look(self.theme, scale)
        self.findings.set_look(self.theme, scale)
        self.start.set_look(self.theme, scale)
        self.setMinimumSize(480, 360)
        if self._frame is not None:
            self.set_frame(self._frame)

    def change_settings(self, settings: Settings) -> None:
        """Take over new settings; the look follows at once."""
        old, self.settings = self.settings, settings
        if look_of(old) != look_of(settings):
            self._apply_look()
        if old != settings:
            self.settings_changed.emit()

    def _scheme_changed(self) -> None:
        if themes.resolve(self.settings.theme) != self.theme.name:
            self._apply_look()

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if (
            event.type() == QEvent.Type.DevicePixelRatioChange
            and self._dpr != self.devicePixelRatioF()
        ):
            self._apply_look()
        return done

    # place

    def keep_place(self) -> None:
        """Where the window stands goes into the settings."""
        place = window_place.place_of(self)
        if place is not None:
            self.change_settings(replace(self.settings, window=place, maximized=self.isMaximized()))

    def closeEvent(self, event: QCloseEvent) -> None:
        self.keep_place()
        super().closeEvent(event)

    # input

    def wheelEvent(self, event: QWheelEvent) -> None:
        turns = event.angleDelta().y()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier and turns:
            self.commands.zoom(ZOOM_STEP if turns > 0 else 1 / ZOOM_STEP)
            event.accept()
            return
        super().wheelEvent(event)
