"""One file for a problem report: what is in it, and what is not."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from nvmeviz import __version__
from nvmeviz.app import crashes, diagnostics
from nvmeviz.app.diagnostics import SaveDiagnostics, write_diagnostics
from nvmeviz.app.settings import Settings, write_settings
from tests.app.drive import opened, send
from tests.test_cli import call


@pytest.fixture(autouse=True)
def home(monkeypatch, tmp_path):
    monkeypatch.setenv("NVMEVIZ_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setattr(diagnostics, "self_test", lambda: f"all fine in {Path.home()}\n")
    return tmp_path


def parts(path):
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name).decode() for name in file.namelist()}


def test_it_holds_what_a_report_needs_and_not_the_name_of_the_home_folder(home):
    write_settings(Settings(theme="light", recent=(str(home / "a.nvmeviz"),)))
    crashes.crash_dir().mkdir()
    (crashes.crash_dir() / "error-1.txt").write_text(f"in {home}/x.py")
    (crashes.crash_dir() / "session-1.nvmeviz").write_text("no recording")
    path = home / "found.zip"
    write_diagnostics(str(path), "source: first-steps")
    found = parts(path)
    assert list(found) == [
        "read-me.txt", "self-test.txt", "about.txt", "open.txt", "settings.toml",
        "crashes/error-1.txt",
    ]  # fmt: skip
    assert 'theme = "light"' in found["settings.toml"]
    assert f"nvmeviz {__version__}" in found["about.txt"]
    assert "numpy 2" in found["about.txt"]
    assert found["self-test.txt"] == "all fine in ~\n"
    assert not any(str(home) in text for text in found.values())


def test_the_window_writes_it_with_what_is_open(home):
    path = str(home / "found.zip")
    state = send(opened("first-steps"), SaveDiagnostics(path))
    assert state.notice == f"Saved: {path}"
    assert "source: first-steps" in parts(path)["open.txt"]
    state = send(state, SaveDiagnostics(str(home / "none" / "found.zip")))
    assert "not saved" in state.notice


def test_the_command_writes_it_when_no_window_opens(home, capsys):
    assert call("diagnostics", "-o", str(home / "found.zip")) == 0
    assert "self-test.txt" in parts(home / "found.zip")
    assert call("diagnostics", "-o", str(home / "none" / "x.zip")) == 2
    assert "not saved" in capsys.readouterr().err


def test_the_self_test_is_that_of_a_process_of_its_own(monkeypatch):
    monkeypatch.undo()
    monkeypatch.setattr(diagnostics.places, "program", lambda: ("echo", "x"))
    assert diagnostics.self_test() == "x --self-test\n"
    monkeypatch.setattr(diagnostics.places, "program", lambda: ("/no/such/program",))
    assert "gave no answer" in diagnostics.self_test()
