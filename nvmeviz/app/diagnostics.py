"""One file for a problem report: the self-test, the settings, what is open, reports of crashes.

It holds no trace and no recording. The home folder's name is taken out.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from nvmeviz import __version__, places
from nvmeviz.app.crashes import crash_dir
from nvmeviz.app.settings import FILE, config_dir
from nvmeviz.files import reason, whole_file

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_S = 180
_MOST_BYTES = 1 << 20  # of each file that is put in
_PACKAGES = (
    "PySide6-Essentials",
    "shiboken6",
    "numpy",
    "pyqtgraph",
    "platformdirs",
    "tomli-w",
    "rich",
)
_TOLD = (
    "QT_",
    "QSG_",
    "XDG_SESSION",
    "XDG_CURRENT",
    "NVMEVIZ_",
    "LANG",
    "LC_",
    "DISPLAY",
    "WAYLAND_",
)
_READ_ME = """What helps to find out why nvmeviz does not do what it should:

self-test.txt   whether this installation works on this machine
about.txt       versions, and settings of the system that Qt heeds
settings.toml   your settings: theme, scale, window, the panes of each scenario, files opened last
open.txt        what was open in the window
crashes/        what the program wrote down when something went wrong in it

No trace and no recording is in it. Names of files that you opened are; look through it before you send it.
"""


@dataclass(frozen=True, slots=True)
class SaveDiagnostics:
    """Write what helps with a problem report into one file."""

    path: str


class DiagnosticsError(Exception):
    """The file can't be written, as a sentence."""


def write_diagnostics(path: str, doing: str = "") -> None:
    """Write the file, a zip. doing: what is open, in lines. Takes as long as the self-test.
    DiagnosticsError when the place won't take it.
    """
    try:
        with whole_file(path) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as found:
            for name, text in _parts(doing):
                found.writestr(name, without_home(text).encode("utf-8", "replace"))
    except OSError as error:
        raise DiagnosticsError(f"The file was not saved: {reason(error)} ({path})") from None


def _parts(doing: str) -> Iterator[tuple[str, str]]:
    yield "read-me.txt", _READ_ME
    yield "self-test.txt", self_test()
    yield "about.txt", about()
    if doing:
        yield "open.txt", doing + "\n"
    yield from _file("settings.toml", config_dir() / FILE)
    for report in sorted(crash_dir().glob("*.txt")):
        yield from _file(f"crashes/{report.name}", report)


def _file(name: str, path: Path) -> Iterator[tuple[str, str]]:
    try:
        with path.open("rb") as file:
            yield name, file.read(_MOST_BYTES).decode("utf-8", "replace")
    except FileNotFoundError:
        return
    except OSError as error:
        yield name, f"It could not be read: {error.strerror}\n"


def self_test() -> str:
    """What `nvmeviz --self-test` says, of a process of its own."""
    flags = subprocess.CREATE_NO_WINDOW if sys.platform == "win32" else 0
    try:
        done = subprocess.run(
            [*places.program(), "--self-test"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=LONGEST_S,
            check=False,
            creationflags=flags,
            env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"The self-test gave no answer: {error}\n"
    return done.stdout.decode("utf-8", "replace")


def about() -> str:
    """Versions, and what of the environment Qt and the program heed."""
    lines = [f"nvmeviz {__version__}"]
    for name in _PACKAGES:
        try:
            lines.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            lines.append(f"{name}: no version on record")
    lines.append("")
    lines += [f"{key}={os.environ[key]}" for key in sorted(os.environ) if key.startswith(_TOLD)]
    return "\n".join(lines) + "\n"


def without_home(text: str, home: str | None = None) -> str:
    """`text` with ~ for the home folder, however a file or a traceback writes its separators."""
    parts = [re.escape(part) for part in re.split(r"[\\/]+", home or str(Path.home())) if part]
    if not parts:
        return text
    flags = re.IGNORECASE if sys.platform == "win32" else 0
    return re.sub(r"[\\/]*" + r"[\\/]+".join(parts) + r"(?![\w.-])", "~", text, flags=flags)
