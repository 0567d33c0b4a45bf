"""The part of `nvmeviz --self-test` that needs Qt: fonts and a picture off-screen, and then a window
of this program, in a process of its own because Qt ends a process that it can't show windows in.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import PySide6
from PySide6.QtCore import QBuffer, QIODevice, qVersion
from PySide6.QtGui import QFontInfo, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication

from nvmeviz.app import headless, resources
from nvmeviz.app.selftest import KNOWN_SCENARIO, SelfTestError
from nvmeviz.ui import fonts
from nvmeviz.ui.application import make_application
from nvmeviz.ui.render import render_window

if TYPE_CHECKING:
    from collections.abc import Callable

SIZE = (1280, 720)
FEWEST_COLOURS = 50  # a frame has hundreds, an empty window a handful
LONGEST_S = 60


def probe(name: str, platform: str) -> str:
    """What one of DESKTOP_PROBES finds. platform: Qt's platform for the window, "" for the one that
    Qt chooses. Raises what is wrong.
    """
    return window(platform) if name == "window" else _PROBES[name]()


def _application() -> None:
    if QApplication.instance() is None:
        # Kept alive for the process: Qt does not survive being started twice.
        _application.application = make_application(sys.argv[:1])  # type: ignore[attr-defined]


def _qt() -> str:
    _application()
    platform = QGuiApplication.platformName()
    return f"{qVersion()}, PySide6 {PySide6.__version__}, pictures by platform {platform}"


def _fonts() -> str:
    _application()
    families = fonts.load_fonts()
    if fonts.complaint():
        raise SelfTestError(fonts.complaint())
    for family, mono in zip(families, (False, True), strict=True):
        found = QFontInfo(fonts.font(fonts.BODY, mono=mono)).family()
        if found != family:
            raise SelfTestError(f"Qt takes {found} instead of {family}.")
    return ", ".join(families)


def _picture() -> str:
    frame = headless.frame_at(KNOWN_SCENARIO, None, (), (), None, "compare")
    image = render_window(frame, SIZE)
    count = colours(image)
    if count < FEWEST_COLOURS:
        raise SelfTestError(f"The picture is empty: it has only {count} colours.")
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not image.save(buffer, "PNG"):  # pyright: ignore[reportCallIssue, reportArgumentType]
        raise SelfTestError("Qt can't write a picture as PNG.")
    width, height = SIZE
    return f"{width}x{height}, {count} colours, {buffer.size() // 1024} kB as PNG"


def colours(image: QImage) -> int:
    """How many colours an image of 32-bit pixels has."""
    return len(np.unique(np.frombuffer(image.constBits(), np.uint32)))


def window(platform: str) -> str:
    """Open the window for a moment; what it says of itself. SelfTestError with Qt's own words."""
    environment = {**os.environ, "QT_QPA_PLATFORM": platform}
    if not platform:
        del environment["QT_QPA_PLATFORM"]
    words = [*resources.program(), "run", KNOWN_SCENARIO, "--trial", "0"]
    try:
        done = subprocess.run(
            words,
            env=environment,
            capture_output=True,
            encoding="utf-8",
            timeout=LONGEST_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise SelfTestError(f"The window did not come within {LONGEST_S} s.") from None
    if done.returncode:
        said = " ".join(done.stderr.split()) or f"exit code {done.returncode}"
        raise SelfTestError(f"The window does not open: {said}")
    found = json.loads(done.stdout.splitlines()[-1])
    width, height = found["size"]
    place = f"{found['platform']}, {width}x{height}, {found['scale']:.2f} pixels a unit"
    return f"on {place}, first frame after {found['first_frame_ms']:.0f} ms"


_PROBES: dict[str, Callable[[], str]] = {"Qt": _qt, "fonts": _fonts, "picture": _picture}
