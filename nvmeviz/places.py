"""Where the files that come with the program lie: beside the package when installed, at the top of
a checkout. And how this program is started.
"""

from __future__ import annotations

import sys
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def resource(*parts: str) -> Path:
    """The path of a file or folder of `resources/`; it need not exist."""
    installed = _PACKAGE / "resources"
    root = installed if installed.is_dir() else _PACKAGE.parent / "resources"
    return root.joinpath(*parts)


def frozen() -> bool:
    """True in a bundle that carries its own Python."""
    return bool(getattr(sys, "frozen", False))


def program() -> tuple[str, ...]:
    """The words that start this program once more, to be followed by its arguments."""
    if not frozen():
        return (sys.executable, "-m", "nvmeviz")
    if sys.platform == "win32":  # the one with a console: what the other one says goes nowhere
        return (str(Path(sys.executable).with_name("nvmeviz.exe")),)
    return (sys.executable,)
