"""Without its own fonts the window works with the system's, and says so."""

from __future__ import annotations

import subprocess
import sys

import pytest

from nvmeviz.app.settings import FILE, config_dir
from nvmeviz.ui.application import Session

_WITHOUT = """
import sys
from pathlib import Path
what, broken = sys.argv[1:]
if what == "package":
    sys.modules["fontpkg"] = None
else:
    import fontpkg
    fontpkg.path = lambda name: Path(broken)
from PySide6.QtCore import QTimer
from nvmeviz.app.selftest import SelfTestError
from nvmeviz.ui import application, selftest
app = application.make_application([])
session = application.Session("first-steps")
session.start()
def look():
    image = session.window.grab().toImage()
    assert selftest.colours(image.convertToFormat(image.Format.Format_RGB32)) > 50
    print(session.store.state.notice)
    try:
        selftest.probe("fonts", "offscreen")
    except SelfTestError as error:
        print(error)
    app.exit(0)
QTimer.singleShot(1500, look)
app.exec()
session.close()
"""


@pytest.mark.parametrize("what", ["package", "no file", "a broken file"])
def test_a_missing_font_is_a_notice(tmp_path, what):
    broken = tmp_path / "font.ttf"
    if what == "a broken file":
        broken.write_bytes(b"no font")
    done = subprocess.run(
        [sys.executable, "-c", _WITHOUT, what, str(broken)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    notice, selftest = done.stdout.splitlines()
    assert notice == selftest
    assert "(Inter, JetBrains Mono), so the system's is used" in notice


def test_what_was_wrong_with_the_settings_is_still_said_when_something_is_open(qtbot):
    config_dir().mkdir()
    (config_dir() / FILE).write_text("theme = ")
    session = Session("first-steps")
    qtbot.addWidget(session.window)
    session.start()
    qtbot.waitUntil(lambda: bool(session.store.state.runs) and bool(session.store.state.notice))
    assert "The settings file was not usable" in session.store.state.notice
    session.close()
