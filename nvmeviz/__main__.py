"""The program's start: headless commands at once, Qt only when something is to be shown."""

from __future__ import annotations

import io
import os
import sys
import time
import traceback
from typing import TYPE_CHECKING, Any

_BEGAN = time.perf_counter()

from nvmeviz import cli  # noqa: E402 - what is imported belongs to the time to the first frame

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nvmeviz.app.present.frame import WindowFrame


class _Desktop:
    """The Qt side, imported on first use."""

    def __init__(self) -> None:
        # As it was before pictures were asked for, which need no screen.
        self._platform = os.environ.get("QT_QPA_PLATFORM", "")
        self._display = self.has_display()

    def run(
        self, source: str, modes: tuple[str, ...], seed: int | None, *, new_window: bool
    ) -> int:
        from nvmeviz.ui import application

        return application.run(source, modes or None, seed, new_window=new_window)

    def short_run(
        self, source: str, modes: tuple[str, ...], seed: int | None, seconds: float
    ) -> int:
        from nvmeviz.ui import short_run

        return short_run.short_run(source, modes or None, seed, seconds, _BEGAN)

    def render(
        self, frame: WindowFrame, size: tuple[int, int], theme: str, scale: float, path: str
    ) -> str:
        if not os.environ.get("QT_QPA_PLATFORM"):
            os.environ["QT_QPA_PLATFORM"] = "offscreen"
        from nvmeviz.ui import render

        return render.write_picture(frame, size, theme, scale, path)

    def has_display(self) -> bool:
        if sys.platform.startswith("linux"):
            chosen = os.environ.get("QT_QPA_PLATFORM", "")
            found = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
            return bool(found) or chosen in ("offscreen", "vnc", "minimal", "linuxfb", "eglfs")
        return True

    def measure_window(self) -> dict[str, Any]:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        from nvmeviz.ui import benchmark

        return benchmark.measure_window()

    def probe(self, name: str) -> str:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        from nvmeviz.ui import selftest

        return selftest.probe(name, self._platform if self._display else "offscreen")

    def tell_failure(self, words: str) -> None:
        from nvmeviz.ui import application

        application.tell_failure(words)


def main(argv: Sequence[str] | None = None) -> int:
    """Entry point of the program; returns the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8")  # a pipe's on Windows lacks half of what we say
    return cli.main(sys.argv[1:] if argv is None else argv, _Desktop())


def window() -> int:
    """Entry point of a start without a console, as from Windows' menus; returns the exit code.
    There is neither stdout nor stderr then: a failure's words stand in a box of their own.
    """
    console: object = sys.stderr  # None there, whatever its type says
    if console is not None:
        return main()
    said = sys.stdout = sys.stderr = io.StringIO()
    try:
        status = main()
    except SystemExit as stop:  # argparse
        status = stop.code if isinstance(stop.code, int) else 0
    except Exception:
        traceback.print_exc()
        status = 1
    if status:
        _Desktop().tell_failure(said.getvalue())
    return status


if __name__ == "__main__":
    raise SystemExit(main())
