"""Where Qt can't open a window the program says in one sentence what to do, and dumps no core."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from nvmeviz.ui.no_window import sentence


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"QT_QPA_PLATFORM": "nonsense"}, 'QT_QPA_PLATFORM asks for "nonsense"'),
        pytest.param(
            {"QT_QPA_PLATFORM": "xcb", "DISPLAY": ":4077"},
            'the display ":4077" does not answer',
            marks=pytest.mark.skipif(not sys.platform.startswith("linux"), reason="X11"),
        ),
    ],
)
def test_qt_giving_up_is_a_sentence(environment, words):
    done = subprocess.run(
        [sys.executable, "-m", "nvmeviz", "run", "first-steps", "--trial", "0"],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith(f"nvmeviz: No window can open: {words}")
    assert done.stderr.count("\n") == 1


_FOUND = 'Could not load the Qt platform plugin "xcb" in "" even though it was found.'


def test_each_reason_has_its_advice():
    assert "there is no display" in sentence("could not connect to display ", "", "")
    if sys.platform.startswith("linux"):
        assert "apt-get install libxcb-cursor0" in sentence(_FOUND, "", ":0")
    assert "QT_PLUGIN_PATH" in sentence("Could not find the Qt platform plugin", "", ":0")
