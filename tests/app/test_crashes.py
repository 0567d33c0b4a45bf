"""What is kept of an error of the program: reports, what was open, and no more of it than is useful."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime, timedelta

import pytest

from nvmeviz.app import crashes
from nvmeviz.app.crashes import Crashed
from nvmeviz.app.messages import ChangeSetting, Pause
from nvmeviz.app.update import update
from nvmeviz.log.recording import read_recording
from tests.app.drive import opened, send

WHEN = datetime(2026, 11, 28, 12, 0, 0)


@pytest.fixture(autouse=True)
def folder(monkeypatch, tmp_path):
    monkeypatch.setenv("NVMEVIZ_CONFIG_DIR", str(tmp_path))
    return crashes.crash_dir()


def test_what_is_open_is_saved_and_told_with_the_error(folder):
    folder.mkdir(parents=True)
    place = crashes.session_place(WHEN)
    state = send(opened("first-steps"), Pause(), Crashed("An error.", place))
    assert state.notice == f"An error. What was open is saved: {place}"
    assert [run.mode for run in read_recording(place).runs] == [p.mode for p in state.panes]
    # It is no file that a person saved.
    assert state.recent == ()


def test_a_place_that_takes_nothing_leaves_the_error_told(folder):
    state = send(opened("first-steps"), Crashed("An error.", str(folder / "none" / "x.nvmeviz")))
    assert state.notice.startswith("An error. ")
    assert "x.nvmeviz" in state.notice
    assert update(state, Crashed("Another."))[1] == ()


def test_a_report_says_what_one_needs_to_come_to_the_same_picture(folder):
    state = send(opened("first-steps"), ChangeSetting("workload.queue_depth", "9"))
    text = crashes.report_text("Traceback: KeyError", crashes.what_is_open(state), WHEN)
    path = crashes.write_report(text, WHEN)
    assert path is not None
    said = path.read_text(encoding="utf-8")
    assert "Traceback: KeyError" in said
    assert "source: first-steps" in said
    assert "mmio_trap workload.queue_depth=9" in said


def test_only_the_newest_are_kept(folder):
    folder.mkdir(parents=True)
    for number in range(crashes.REPORTS + 4):
        when = WHEN + timedelta(seconds=number)
        crashes.stamped(folder, "session", ".nvmeviz", when).write_text("x")
        crashes.write_report(str(number), when)
    reports = sorted(file.read_text() for file in folder.glob("error-*.txt"))
    assert sorted(map(int, reports)) == list(range(4, crashes.REPORTS + 4))
    assert len(list(folder.glob("session-*.nvmeviz"))) == crashes.SESSIONS


def test_no_place_for_reports_is_no_second_error(folder):
    folder.parent.joinpath("crashes").write_text("a file in the folder's place")
    assert crashes.write_report("x", WHEN) is None
    assert crashes.left_behind(WHEN) == ()


def test_what_a_process_that_died_wrote_is_found_once_and_that_of_a_living_one_left(folder):
    folder.mkdir(parents=True)
    died, killed, alive = (folder / f"native-{n}.txt" for n in (11, 12, 13))
    died.write_text("Fatal Python error: Segmentation fault")
    killed.touch()
    alive.write_text("of another window")
    (folder / "native-x.txt").write_text("not ours")
    (found,) = crashes.left_behind(WHEN, lambda number: number == 13)
    assert found.read_text().startswith("Fatal")
    assert not died.exists()
    assert not killed.exists()
    assert alive.exists()
    assert crashes.left_behind(WHEN, lambda number: number == 13) == ()


_DIES = """
import os
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from PySide6.QtCore import QCoreApplication
from nvmeviz.app.state import initial_state
from nvmeviz.ui.crash_handler import CrashHandler
app = QCoreApplication([])
state = initial_state("first-steps")[0]
told = []
handler = CrashHandler(lambda: state, told.append)
app.processEvents()
print(*(message.text for message in told))
import sys, ctypes
if sys.argv[1] == "dies":
    ctypes.string_at(0)
elif sys.argv[1] == "raises":
    try:
        {}["x"]
    except KeyError:
        for _ in range(2):
            sys.excepthook(*sys.exc_info())
    app.processEvents()
    print(*(f"{message.text} | {message.session}" for message in told), sep="\\n")
handler.close()
"""


def run(what):
    words = [sys.executable, "-c", _DIES, what]
    return subprocess.run(words, capture_output=True, text=True, check=False)


@pytest.mark.skipif(sys.platform == "win32", reason="other signals")
def test_a_process_that_dies_leaves_a_report_and_the_next_one_tells(folder):
    assert run("dies").returncode < 0
    second = run("lives")
    assert "ended by a crash" in second.stdout, second.stderr
    (report,) = folder.glob("error-*.txt")
    assert "Segmentation fault" in report.read_text()
    assert str(report) in second.stdout
    assert run("lives").stdout.strip() == ""
    assert list(folder.glob("native-*")) == []


def test_an_error_that_nobody_caught_is_told_once_with_its_report(folder):
    done = run("raises")
    (line,) = done.stdout.strip().splitlines()
    (report,) = folder.glob("error-*.txt")
    assert "KeyError: 'x'" in line
    assert str(report) in line
    assert line.rpartition(" | ")[2].endswith(".nvmeviz")
    assert "source: first-steps" in report.read_text()
    assert done.stderr.count("Traceback") == 2
