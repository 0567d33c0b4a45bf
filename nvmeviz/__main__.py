"""The program's start: headless commands at once, Qt only when something is to be shown."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from nvmeviz import cli

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nvmeviz.app.present.frame import WindowFrame


class _Desktop:
    """The Qt side, imported on first use."""

    def run(self, source: str, modes: tuple[str, ...], seed: int | None) -> int:
        from nvmeviz.ui import application

        return application.run(source, modes or None, seed)

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


def main(argv: Sequence[str] | None = None) -> int:
    """Entry point of the program; returns the exit code."""
    return cli.main(sys.argv[1:] if argv is None else argv, _Desktop())


if __name__ == "__main__":
    raise SystemExit(main())
