"""The part of the self-test that needs Qt, and the short run that stands behind its last line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from nvmeviz.app.selftest import DESKTOP_PROBES, SelfTestError
from nvmeviz.ui import fonts, selftest

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _found_by_processes(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


@pytest.mark.parametrize("name", DESKTOP_PROBES)
def test_each_probe_finds_something(qapp, name):
    assert selftest.probe(name, "offscreen")


def test_a_font_that_qt_replaces_is_said(qapp, monkeypatch):
    monkeypatch.setattr(fonts, "load_fonts", lambda: ("Inter", "No Such Font"))
    with pytest.raises(SelfTestError, match="instead of No Such Font"):
        selftest.probe("fonts", "offscreen")


def test_an_empty_picture_has_one_colour():
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    image.fill(0)
    assert selftest.colours(image) == 1


def test_a_platform_that_qt_lacks_is_said_in_its_words():
    with pytest.raises(SelfTestError, match=r"The window does not open: .*no-such-platform"):
        selftest.probe("window", "no-such-platform")


def trial(source: str, seconds: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", "nvmeviz", "run", source, "--trial", seconds]
    return subprocess.run(words, capture_output=True, text=True, check=False)


def test_a_short_run_plays_and_tells_how_it_went():
    done = trial("first-steps", "0.5")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["platform"] == os.environ["QT_QPA_PLATFORM"]
    assert found["frames"] > 2
    assert found["played_ns"] > 0
    assert found["errors"] == []


def test_a_short_run_of_what_cannot_be_opened_fails(tmp_path):
    file = tmp_path / "broken.nvmeviz"
    file.write_text("not a recording")
    done = trial(str(file), "0")
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
