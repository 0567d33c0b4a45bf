"""Asked to end from outside, the program keeps what a person has set and leaves politely."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from nvmeviz.app.settings import read_settings
from nvmeviz.ui.application import Session

_RUN = """
import os, signal, sys, threading
from nvmeviz.app.messages import Pause, SaveRecording
from nvmeviz.ui import application

# In the background a shell has it ignored, and what is ignored stays so.
signal.signal(int(sys.argv[1]), signal.SIG_DFL)

class Short(application.Session):
    def start(self):
        super().start()
        self.window.setGeometry(30, 40, 700, 500)
        self.framed = self.pause

    def pause(self):
        if self.store.state.runs and self.store.state.playing:
            self.store.dispatch(Pause())
            self.store.dispatch(SaveRecording(sys.argv[2]))
            threading.Timer(0.3, os.kill, (os.getpid(), int(sys.argv[1]))).start()

application.Session = Short
sys.exit(application.run("first-steps"))
"""

# Nothing but the signal itself wakes Python.
_AT_REST = """
import os, signal, subprocess, sys
from PySide6.QtCore import QTimer
from nvmeviz.ui.application import make_application
from nvmeviz.ui.ending import hear_of_the_end
app = make_application([])
hear_of_the_end(app, lambda: None, lambda: app.exit(7))
subprocess.Popen(["sh", "-c", f"sleep 1; kill -TERM {os.getpid()}"])
sys.exit(app.exec())
"""

posix = pytest.mark.skipif(os.name != "posix", reason="signals are POSIX's")


@posix
def test_a_signal_is_heard_at_rest_too():
    done = subprocess.run([sys.executable, "-c", _AT_REST], check=False, timeout=30)
    assert done.returncode == 7


@posix
@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_a_signal_closes_the_window_as_a_person_would(tmp_path, name):
    path = tmp_path / "run.nvmeviz"
    number = int(getattr(signal, name))
    done = subprocess.run(
        [sys.executable, "-c", _RUN, str(number), str(path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    settings, complaint = read_settings()
    assert complaint == ""
    assert settings.window is not None
    assert settings.window[:2] == (30, 40)
    assert path.exists()


def test_the_end_of_the_desktops_session_keeps_the_settings(qtbot):
    session = Session("first-steps")
    qtbot.addWidget(session.window)
    session.start()
    session.window.setGeometry(50, 60, 700, 500)
    session.keep()
    window = read_settings()[0].window
    assert window is not None
    assert window[:2] == (50, 60)
    session.close()
