"""One window: later starts hand over what they were asked for, and nothing else gets in."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from multiprocessing.connection import Client
from threading import Thread

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication

from nvmeviz.app.messages import OpenScenario
from nvmeviz.ui import instance
from nvmeviz.ui.instance import Answer, OpenedFiles, Request, hand_over, read_request, settle

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="folders of their own for sockets")


@pytest.fixture(autouse=True)
def own_place(monkeypatch, tmp_path_factory):
    # A socket's name has room for about a hundred characters.
    folder = tmp_path_factory.mktemp("r")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
    monkeypatch.setattr(instance, "PATIENCE_S", 30.0)  # on a machine that does other things too
    return folder


@pytest.fixture
def first():
    taken, receiver = settle(Request())
    assert not taken
    assert receiver is not None
    yield receiver
    receiver.close()


def started(qtbot, request):
    """What a start in another process gets to hear, while this one's window goes on."""
    heard = []
    address = str(instance.place())
    Thread(target=lambda: heard.append(hand_over(address, request))).start()
    qtbot.waitUntil(lambda: bool(heard), timeout=60_000)
    return heard[0]


def test_a_second_start_hands_over_what_it_was_asked_for(qtbot, first):
    got = []
    first.deliver(got.append)
    asked = Request("/data/a.nvmeviz", "token")
    assert started(qtbot, asked) is Answer.TAKEN
    assert got == [asked]


def test_what_comes_before_the_window_is_there_is_kept(first):
    assert settle(Request("first-steps")) == (True, None)
    assert settle(Request()) == (True, None)
    got = []
    first.deliver(got.append)
    assert got == [Request("first-steps"), Request()]


def test_a_window_that_was_killed_leaves_no_trap(own_place):
    code = (
        "import os, signal\nfrom nvmeviz.ui.instance import *\n"
        "assert settle(Request())[1]\nos.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", code], env=os.environ, check=False)
    assert list(own_place.glob("nvmeviz/window-*"))
    taken, receiver = settle(Request("x"))
    assert not taken
    assert receiver is not None
    receiver.close()


def test_of_two_that_start_at_once_one_has_the_window():
    code = "from nvmeviz.ui.instance import *\nprint(settle(Request('x'))[0], flush=True)\ninput()"
    starts = [
        subprocess.Popen(
            [sys.executable, "-c", code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    said = [start.stdout.readline().strip() for start in starts]  # type: ignore[union-attr]
    for start in starts:
        start.communicate("\n")
    assert sorted(said) == ["False", "True", "True"]


def test_another_screen_has_a_window_of_its_own(first, monkeypatch):
    monkeypatch.setenv("DISPLAY", ":77")
    taken, receiver = settle(Request())
    assert not taken
    assert receiver is not None
    receiver.close()


@pytest.mark.parametrize(
    "said",
    [b"", b"\xff", b"[]", b"7", b"{}", b'{"source": 1, "token": ""}', b"[" * 100_000,
     json.dumps({"source": "a\0b", "token": ""}).encode(),
     json.dumps({"source": "a", "token": "\udcff"}).encode()],
)  # fmt: skip
def test_what_is_no_request_is_dropped_and_the_next_one_taken(qtbot, first, said):
    got = []
    first.deliver(got.append)
    assert read_request(said) is None
    with Client(str(instance.place())) as connection:
        connection.send_bytes(said)
    assert started(qtbot, Request("y")) is Answer.TAKEN
    assert got == [Request("y")]


def test_too_much_at_once_is_dropped(qtbot, first):
    with Client(str(instance.place())) as connection, contextlib.suppress(OSError):
        connection.send_bytes(b"x" * (instance.MOST_BYTES + 1))
    assert settle(Request("y")) == (True, None)


def test_a_folder_that_others_can_write_into_is_not_used(own_place):
    (own_place / "nvmeviz").mkdir()
    (own_place / "nvmeviz").chmod(0o777)
    assert instance.place() is None
    assert settle(Request()) == (False, None)


def test_a_window_that_hangs_takes_nothing_and_keeps_its_place(qtbot, monkeypatch, first):
    monkeypatch.setattr(instance, "PATIENCE_S", 0.2)
    got = []
    first.deliver(got.append)
    # This thread is the window's, and does nothing else meanwhile.
    assert settle(Request("x")) == (False, None)
    assert got == []
    monkeypatch.setattr(instance, "PATIENCE_S", 30.0)
    assert started(qtbot, Request("y")) is Answer.TAKEN
    assert got[-1] == Request("y")


def test_a_window_that_closes_takes_nothing_more(qtbot, monkeypatch, first):
    monkeypatch.setattr(instance, "PATIENCE_S", 0.2)
    first.deliver(print)
    first.close()
    assert started(qtbot, Request("x")) in (Answer.NOBODY, Answer.SILENT)


def test_a_runtime_folder_that_nobody_made_is_no_warning(monkeypatch, recwarn):
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    instance.place()
    assert list(recwarn) == []


def test_without_a_place_for_it_each_start_has_its_window(monkeypatch, own_place):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(own_place / ("long" * 40)))
    assert settle(Request()) == (False, None)


def test_files_that_macos_hands_over_are_opened_together(qapp, qtbot):
    got = []
    files = OpenedFiles(got.append)
    qapp.installEventFilter(files)
    for name in ("/data/a.log", "/data/b.log"):
        QApplication.sendEvent(qapp, QFileOpenEvent(QUrl.fromLocalFile(name)))
    qtbot.waitUntil(lambda: bool(got))
    qapp.removeEventFilter(files)
    assert got == [("/data/a.log", "/data/b.log")]


def test_a_request_opens_its_file_in_the_window_that_is_there(qtbot, monkeypatch, tmp_path):
    from nvmeviz.ui.application import Session

    monkeypatch.setenv("NVMEVIZ_CONFIG_DIR", str(tmp_path))
    session = Session("first-steps")
    qtbot.addWidget(session.window)
    session.start()
    said = []
    monkeypatch.setattr(session.store, "dispatch", said.append)
    session.window.showMinimized()
    session.take(Request())
    assert not session.window.isMinimized()
    session.take(Request("coalescing"))
    assert [each for each in said if isinstance(each, OpenScenario)] == [OpenScenario("coalescing")]
    monkeypatch.undo()
    session.close()
