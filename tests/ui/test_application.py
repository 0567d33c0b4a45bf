"""The program as the desktop knows it."""

from __future__ import annotations

import subprocess
import sys

_ICON = """
from PySide6.QtCore import QSize
from nvmeviz.ui.application import make_application
app = make_application(["nvmeviz"])
image = app.windowIcon().pixmap(QSize(64, 64)).toImage()
print(image.width(), image.pixelColor(32, 32).name(), image.pixelColor(0, 0).alpha())
"""


def test_windows_bear_the_programs_icon():
    done = subprocess.run([sys.executable, "-c", _ICON], capture_output=True, text=True, check=True)
    # The trap in the middle, round corners.
    assert done.stdout.split() == ["64", "#ff5a4e", "0"], done.stderr
