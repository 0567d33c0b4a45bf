"""One window for a person's files: a second start hands what it was asked to open to the first.

Both speak through a socket in the person's own runtime folder (on Windows a named pipe): nothing goes
over a network, and what arrives is a few lines of JSON that can only ask for something to be opened.
Where there is no such place each start has a window of its own. macOS hands files over by itself, as
events.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
import warnings
from dataclasses import dataclass
from enum import Enum
from multiprocessing.connection import Client, Listener
from pathlib import Path
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any, cast

import platformdirs
from PySide6.QtCore import QEvent, QLockFile, QObject, QTimer, Signal
from PySide6.QtGui import QFileOpenEvent

from nvmeviz.app.settings import config_dir

if TYPE_CHECKING:
    from collections.abc import Callable

ANSWER = b"taken"
MOST_BYTES = 1 << 18
PATIENCE_S = 3.0  # for a window that is busy; longer, and a second one is of more use


@dataclass(frozen=True, slots=True)
class Request:
    """What a start was asked for. source: to be opened, "" for nothing; token: what the desktop gave it
    to bring a window to the front.
    """

    source: str = ""
    token: str = ""


def own_request(source: str) -> Request:
    """What this process was started for. With the desktop's token a window may come to the front."""
    return Request(source, os.environ.get("XDG_ACTIVATION_TOKEN", ""))


def place() -> str | None:
    """Where the first window of this program, person and screen is to be found; None: nowhere. Another
    copy of the program, such as a checkout, has windows of its own.
    """
    screen = [os.environ.get(n, "") for n in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")]
    own = [str(Path(__file__).absolute()), str(config_dir().absolute())]
    key = hashlib.sha256("\0".join([*own, *screen]).encode("utf-8", "replace")).hexdigest()
    name = f"window-{key[:16]}"
    if sys.platform == "win32":
        return rf"\\.\pipe\nvmeviz-{name}"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # that there is no folder made for it: any private one will do
            folder = platformdirs.user_runtime_path("nvmeviz", appauthor=False)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.stat()
    except OSError:
        return None
    # A folder that others can reach into is no place to take orders from.
    private = found.st_uid == os.getuid() and not found.st_mode & 0o077
    return str(folder / name) if private else None


class Answer(Enum):
    """What came of handing a request over."""

    TAKEN = "taken"
    NOBODY = "nobody listens there"
    SILENT = "somebody does, and does not take it"


def hand_over(address: str, request: Request) -> Answer:
    """Give a request to the window that listens at `address`."""
    said = json.dumps({"source": request.source, "token": request.token}).encode()
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.user32.AllowSetForegroundWindow(-1)  # its window may come before this one's
    try:
        connection = Client(address)
    except OSError:
        return Answer.NOBODY
    with connection, contextlib.suppress(OSError, EOFError):
        connection.send_bytes(said)
        if connection.poll(PATIENCE_S) and connection.recv_bytes(len(ANSWER)) == ANSWER:
            return Answer.TAKEN
    return Answer.SILENT


def read_request(said: bytes) -> Request | None:
    """The request that was sent; None when it is none of ours."""
    try:
        values: Any = json.loads(said)
    except (ValueError, RecursionError):
        return None
    if not isinstance(values, dict):
        return None
    words = cast("dict[str, object]", values)
    source, token = words.get("source"), words.get("token")
    if not isinstance(source, str) or not isinstance(token, str):
        return None
    if "\0" in source + token or not token.isascii():
        return None
    return Request(source, token)


class Receiver(QObject):
    """Takes the requests of later starts to the thread of the window, and answers when it has them.
    Those that come before `deliver` are kept. Nobody may listen at `address`.
    """

    _asked = Signal(object, object)

    def __init__(self, address: str) -> None:
        super().__init__()
        if sys.platform != "win32":
            Path(address).unlink(missing_ok=True)  # of one that was killed
        self._listener = Listener(address)  # OSError
        self._early: list[Request] | None = []
        self._take: Callable[[Request], None] | None = None
        self._lock = Lock()
        self._asked.connect(self._taken)
        Thread(target=self._listen, name="instance", daemon=True).start()

    def deliver(self, take: Callable[[Request], None]) -> None:
        """From now on requests go to `take`."""
        with self._lock:
            early, self._early, self._take = self._early or [], None, take
        for request in early:
            take(request)

    def _taken(self, request: Request, done: Event) -> None:
        """On the window's thread."""
        if self._take is not None:
            done.set()
            self._take(request)

    def _listen(self) -> None:
        while True:
            try:
                connection = self._listener.accept()
            except OSError:
                return  # closed
            with contextlib.suppress(OSError, EOFError), connection:
                request = None
                if connection.poll(PATIENCE_S):
                    request = read_request(connection.recv_bytes(MOST_BYTES))
                if request is not None and self._has(request):
                    connection.send_bytes(ANSWER)

    def _has(self, request: Request) -> bool:
        """Whether the window has the request, or will have it as soon as it is there. One that hangs
        has none: the other start gets a window of its own.
        """
        with self._lock:
            if self._early is not None:
                self._early.append(request)
                return True
        done = Event()
        self._asked.emit(request, done)
        return done.wait(PATIENCE_S * 0.8)

    def close(self) -> None:
        """Take and listen no more."""
        self._take = None
        with contextlib.suppress(OSError):
            self._listener.close()


def settle(request: Request) -> tuple[bool, Receiver | None]:
    """Who has the window: (another process, which took the request; the receiver of later ones, when
    it is this one and there is a place for one). Two that start at once settle it one after the other.
    """
    address = place()
    if address is None:
        return False, None
    lock = QLockFile(f"{address}.lock") if sys.platform != "win32" else None
    if lock is not None:
        lock.tryLock(round(PATIENCE_S * 1000))
    try:
        answer = hand_over(address, request)
        if answer is Answer.NOBODY:
            return False, Receiver(address)
        return answer is Answer.TAKEN, None  # a window that hangs keeps its place
    except OSError:
        return False, None
    finally:
        if lock is not None:
            lock.unlock()


class OpenedFiles(QObject):
    """Files that macOS tells a running program to open, one event each: those of one turn belong
    together.
    """

    def __init__(self, take: Callable[[tuple[str, ...]], None]) -> None:
        super().__init__()
        self._take = take
        self._files: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QFileOpenEvent) and event.file():
            if not self._files:
                QTimer.singleShot(0, self, self._together)
            self._files.append(event.file())
            return True
        return False

    def _together(self) -> None:
        files, self._files = tuple(self._files), []
        self._take(files)
