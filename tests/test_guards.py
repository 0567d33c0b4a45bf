"""What the test run guards against: exceptions and warnings that Qt would print and swallow."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

_WIDGET = """
from PySide6.QtCore import QTimer, qWarning
from PySide6.QtWidgets import QWidget

class Widget(QWidget):
    def paintEvent(self, event):
        {what}

def test_it(qtbot):
    widget = Widget()
    qtbot.addWidget(widget)
    widget.grab()
"""


@pytest.mark.parametrize(
    ("what", "passes"),
    [
        ("pass", True),
        ("raise KeyError('lost in paintEvent')", False),
        ("QTimer.singleShot(0, lambda: 1 / 0)", False),
        ("qWarning(b'something is wrong')", False),
    ],
    ids=["nothing", "exception in paintEvent", "exception in a timer", "warning of Qt"],
)
def test_what_qt_would_swallow_fails_the_test(tmp_path, what, passes):
    (tmp_path / "test_widget.py").write_text(_WIDGET.format(what=what))
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-c", ROOT / "pyproject.toml"),
            *("--rootdir", tmp_path, "-p", "no:cacheprovider", tmp_path),
        ],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode == 0) is passes, done.stdout + done.stderr
