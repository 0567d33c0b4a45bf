"""The program's start, with a console, a pipe or neither."""

from __future__ import annotations

import io
import runpy
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QMessageBox

from nvmeviz import __main__ as program
from nvmeviz.units import grouped

ROOT = Path(__file__).parents[1]


@pytest.fixture
def boxes(qapp, monkeypatch) -> list[str]:
    """What message boxes said."""
    said: list[str] = []
    monkeypatch.setattr(QMessageBox, "critical", lambda _parent, _title, words: said.append(words))
    return said


def start(monkeypatch, *words: str, console: io.StringIO | None = None) -> int:
    monkeypatch.setattr(sys, "argv", ["nvmeviz-window", *words])
    monkeypatch.setattr(sys, "stdout", console)
    monkeypatch.setattr(sys, "stderr", console)
    return program.window()


@pytest.mark.parametrize("words", [("simulate", "first-steps"), ("--version",)])
def test_output_without_a_console_harms_nobody(boxes, monkeypatch, words):
    assert start(monkeypatch, *words) == 0
    assert boxes == []


@pytest.mark.parametrize(
    ("words", "part"),
    [(("no-such-file.toml",), "no-such-file.toml"), (("--no-such-option",), "--no-such-option")],
)
def test_wrong_use_is_told_in_a_box(boxes, monkeypatch, words, part):
    assert start(monkeypatch, *words) == 2
    assert len(boxes) == 1
    assert part in boxes[0]


def test_an_error_of_the_program_itself_is_told_in_a_box(boxes, monkeypatch):
    def broken() -> int:
        raise RuntimeError("a bug")

    monkeypatch.setattr(program, "main", broken)
    assert start(monkeypatch) == 1
    assert "RuntimeError: a bug" in boxes[0]


def test_with_a_console_it_is_as_any_start(boxes, monkeypatch):
    console = io.StringIO()
    assert start(monkeypatch, "no-such-file.toml", console=console) == 2
    assert "no-such-file.toml" in console.getvalue()
    assert boxes == []


def test_a_pipe_of_windows_gets_what_its_own_encoding_lacks(monkeypatch):
    pipe = io.TextIOWrapper(io.BytesIO(), encoding="cp1252", write_through=True)
    monkeypatch.setattr(sys, "stdout", pipe)
    monkeypatch.setattr(program.cli, "main", lambda _words, _desktop: pipe.write(grouped(12345)))
    program.main([])
    assert pipe.buffer.getvalue().decode("utf-8") == grouped(12345)


def test_the_frozen_program_starts_so(monkeypatch):
    for name in ("PySide6.QtOpenGL", "PySide6.QtOpenGLWidgets"):  # it puts stand-ins there
        monkeypatch.setitem(sys.modules, name, sys)
    monkeypatch.setattr(program, "window", lambda: 7)
    with pytest.raises(SystemExit) as stop:
        runpy.run_path(str(ROOT / "packaging" / "start.py"))
    assert stop.value.code == 7
