"""The program with a window: sets Qt up and wires store, clock and window together."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QMessageBox

from nvmeviz.app import resources
from nvmeviz.app.messages import Failed, OpenScenario, Tick
from nvmeviz.app.present import Presenter
from nvmeviz.app.reading import OpenFiles
from nvmeviz.app.settings import keep_settings, read_settings
from nvmeviz.app.start_view import StartView, ToggleStart
from nvmeviz.app.state import FIRST_SCENARIO, initial_state
from nvmeviz.ui import fonts, instance
from nvmeviz.ui.clock import FrameClock
from nvmeviz.ui.crash_handler import CrashHandler
from nvmeviz.ui.effect_runner import EffectRunner
from nvmeviz.ui.ending import hear_of_the_end
from nvmeviz.ui.garbage import GarbageCollector
from nvmeviz.ui.main_window import MainWindow
from nvmeviz.ui.no_window import told_why_not
from nvmeviz.ui.store import Store
from nvmeviz.ui.tips import PromptStyle
from nvmeviz.ui.window_place import watch_screens

if TYPE_CHECKING:
    from collections.abc import Callable

    from nvmeviz.ui.instance import Request

SAVE_AFTER_MS = 800  # a wheel turn changes the scale many times; the file is written once


def make_application(arguments: list[str]) -> QApplication:
    """The QApplication, with our name, fonts and the style the style sheet is made for."""
    with told_why_not():
        app = QApplication(arguments)
    app.setApplicationName("nvmeviz")
    app.setApplicationDisplayName("nvmeviz")
    # A Flatpak's menu entry is named otherwise; a desktop finds it by this name.
    app.setDesktopFileName(os.environ.get("FLATPAK_ID", "nvmeviz"))
    app.setWindowIcon(QIcon(str(resources.path("icons", "nvmeviz.svg"))))
    app.setStyle(PromptStyle("Fusion"))
    fonts.load_fonts()
    app.setFont(fonts.font(fonts.BODY))
    return app


class Session:
    """Store, clock and window of one run of the program."""

    def __init__(
        self,
        source: str,
        modes: tuple[str, ...] | None = None,
        seed: int | None = None,
        *,
        asked: bool = True,
    ) -> None:
        """asked: somebody named what is to be opened, so that the start page does not come by itself."""
        settings, complaint = read_settings()
        self._kept = settings  # as they were read or written last
        start = StartView(next_time=settings.start_page)
        state, self._effects = initial_state(
            source, modes, seed, settings.layouts, settings.graphs, settings.recent, start
        )
        self._garbage = GarbageCollector()
        self.runner = EffectRunner()
        self.store = Store(state, self.runner)
        self.window = MainWindow(self.store.dispatch, settings)
        self.clock = FrameClock(self.on_frame)
        self._presenter = Presenter()
        self._shown: object = None
        self.framed: Callable[[], None] = lambda: None  # a frame is done: for measurements
        self._saving = QTimer()
        self._saving.setSingleShot(True)
        self._saving.timeout.connect(self.save_settings)
        self.window.settings_changed.connect(lambda: self._saving.start(SAVE_AFTER_MS))
        self.store.changed.connect(self.clock.request)
        room = self.window.start.has_room(self.window.width(), settings.scale)
        if settings.start_page and room and not asked:
            self.store.dispatch(ToggleStart(open=True))
        self._complaints = " ".join(filter(None, (complaint, fonts.complaint())))

    def start(self) -> None:
        """Show the window; then open what there is to open."""
        self.window.show()
        self.show_state()
        self.window.setFocus()  # and not the start page: Space plays
        self.store.run(self._effects)
        self.clock.request()

    def take(self, request: Request) -> None:
        """Another start was asked for something: show it here, in front."""
        if request.token:
            os.environ["XDG_ACTIVATION_TOKEN"] = request.token  # Qt takes it from there
        window = self.window
        window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
        window.raise_()
        window.activateWindow()
        if request.source:
            self.store.dispatch(OpenScenario(request.source))

    def on_frame(self, dt_ns: int) -> bool:
        """One frame; True while time passes or anything else moves."""
        before = self.store.state
        self.store.dispatch(Tick(dt_ns))
        moved = self.store.state is not before
        self.show_state()
        self.framed()
        return moved or self._presenter.behind

    def show_state(self) -> None:
        """Present the state unless it is on screen already."""
        self._complain()
        if self.store.state is not self._shown or self._presenter.behind:
            self._shown = self.store.state
            self._remember()
            self.window.set_frame(self._presenter.present(self.store.state))

    def _complain(self) -> None:
        """Say what was wrong at the start, once something is open: opening takes notices away."""
        if self._complaints and self.store.state.runs:
            words = " ".join(filter(None, (self._complaints, self.store.state.notice)))
            self._complaints = ""
            self.store.dispatch(Failed(words))

    def _remember(self) -> None:
        """What of the state is kept from one start to the next."""
        state, settings = self.store.state, self.window.settings
        graphs = replace(state.graphs, enlarged="", room=settings.graphs.room)
        kept = replace(
            settings,
            layouts=state.layouts,
            graphs=graphs,
            recent=state.recent,
            start_page=state.start.next_time,
        )
        if state.layouts is not settings.layouts or kept != settings:
            self.window.change_settings(kept)

    def save_settings(self) -> None:
        settings = self.window.settings
        complaint = keep_settings(settings, self._kept)
        if not complaint:
            self._kept = settings
        if complaint:
            self.store.dispatch(Failed(complaint))

    def keep(self) -> None:
        """Write the settings now, with the window's place."""
        self.window.keep_place()
        if self._saving.isActive():
            self._saving.stop()
            self.save_settings()

    def close(self) -> None:
        """Stop the clock and the workers, keep the settings. Files are written to their end; what
        went wrong with them now is said where the program was started.
        """
        self.store.changed.disconnect(self.clock.request)
        self.clock.stop()
        before = self.store.state.notice
        if self._saving.isActive():
            self._saving.stop()
            self.save_settings()
        self.runner.close()
        self._garbage.close()
        state = self.store.state
        if state.notice not in ("", before, state.told):
            sys.stderr.write(f"nvmeviz: {state.notice}\n")


def run(
    source: str,
    modes: tuple[str, ...] | None = None,
    seed: int | None = None,
    *,
    new_window: bool = False,
) -> int:
    """Start the program with a scenario, a recording or traces, "" for what it shows by itself; or
    let the window that is open show it. Returns the exit status.
    """
    taken, receiver = False, None
    if not (new_window or modes or seed is not None):
        taken, receiver = instance.settle(instance.own_request(source))
    if taken:
        return 0
    app = make_application(sys.argv[:1])
    asked = bool(source or modes or seed is not None)
    session = Session(source or FIRST_SCENARIO, modes, seed, asked=asked)
    errors = CrashHandler(lambda: session.store.state, session.store.dispatch)

    def end() -> None:
        session.window.close()
        app.exit(0)  # whatever other windows think of it

    hear_of_the_end(app, session.keep, end)
    watch_screens(app)
    session.start()
    files = instance.OpenedFiles(lambda paths: session.store.dispatch(OpenFiles(paths)))
    if sys.platform == "darwin":  # elsewhere it would only be asked about every event
        app.installEventFilter(files)
    if receiver is not None:
        receiver.deliver(session.take)
    status = app.exec()
    session.close()
    if receiver is not None:
        receiver.close()
    errors.close()
    return status


def tell_failure(words: str) -> None:
    """Show why the program ends, where nobody can read stderr; returns when it has been read."""
    app = QApplication.instance() or make_application(sys.argv[:1])
    QMessageBox.critical(None, app.applicationName(), words)
