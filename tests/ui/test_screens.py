"""Windows are where they can be seen, whatever screens come and go."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

# Prints where the main window and a pane's own window stand, and where after a screen has gone.
_RUN = """
import sys
from dataclasses import replace
from PySide6.QtWidgets import QApplication
from nvmeviz.app.messages import FloatPane, Pause
from nvmeviz.app.settings import Settings, read_settings, write_settings
from nvmeviz.ui import window_place
from nvmeviz.ui.application import Session, make_application
x, y, w, h = map(int, sys.argv[1:])
write_settings(Settings(window=(x, y, w, h)))
app = make_application([])
session = Session("gce-local-ssd-2017")
session.start()
while not session.store.state.runs:
    app.processEvents()
session.store.dispatch(FloatPane())
session.show_state()
(pane,) = session.window.compare.board.windows
pane.resize(2600, 400)
pane.move(9000, 100)  # as on a screen that is no more
def said():
    for window in (session.window, pane):
        print(*window.geometry().getRect())
said()
window_place.watch_screens(app)
app.screenRemoved.emit(app.primaryScreen())
for _ in range(5):
    app.processEvents()
said()
session.close()
"""
_SCREENS = [
    {"name": "desk", "x": 0, "y": 0, "width": 1280, "height": 720},
    {"name": "beamer", "x": 1280, "y": 0, "width": 1920, "height": 1080},
]


def places(tmp_path, screens: int, place: tuple[int, int, int, int]) -> list[tuple[int, ...]]:
    config = tmp_path / "screens.json"
    config.write_text(json.dumps({"screens": _SCREENS[:screens]}))
    done = subprocess.run(
        [sys.executable, "-c", _RUN, *map(str, place)],
        env=os.environ | {"QT_QPA_PLATFORM": f"offscreen:configfile={config}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [tuple(map(int, line.split())) for line in done.stdout.splitlines()]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="screens made of a file")
def test_a_window_stands_where_it_was_if_the_screen_is_still_there(tmp_path):
    place = (1400, 50, 1700, 1000)  # larger than the first screen
    assert places(tmp_path, 2, place)[0] == place
    x, y, w, h = places(tmp_path, 1, place)[0]
    assert x >= 0
    assert y >= 0
    assert x + w <= 1280
    assert y + h <= 720


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="screens made of a file")
def test_windows_come_back_from_a_screen_that_goes(tmp_path):
    home, away, home_after, back = places(tmp_path, 1, (100, 100, 800, 500))
    assert home == home_after
    assert away[0] > 1280
    x, y, w, h = back
    assert 0 <= x <= 1280 - w
    assert 0 <= y <= 720 - h
