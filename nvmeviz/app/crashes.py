"""What is kept of an error of the program itself: a report, and what was open.

Knows where such files lie, what a report says and how many are kept; catching errors is `ui`'s. The
folder is the platform's for state, or below NVMEVIZ_CONFIG_DIR.
"""

from __future__ import annotations

import os
import platform
import re
import secrets
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from nvmeviz import __version__
from nvmeviz.app import playback
from nvmeviz.engine.core import COMPILED
from nvmeviz.files import whole_file
from nvmeviz.units import time_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from nvmeviz.app.state import AppState

REPORTS, SESSIONS = 10, 3  # so many of each are kept
_NUMBER = re.compile(r"[1-9]\d{0,8}")
_NATIVE = "native-"  # what Python writes when the process dies of a signal: one file a process


@dataclass(frozen=True, slots=True)
class Crashed:
    """An error of the program itself. text: what is told; session: where what is open is to be saved,
    "" when it is not.
    """

    text: str
    session: str = ""


def crash_dir() -> Path:
    """The folder of reports and rescued sessions; it need not exist."""
    own = os.environ.get("NVMEVIZ_CONFIG_DIR")
    home = Path(own) if own else platformdirs.user_state_path("nvmeviz", appauthor=False)
    return home / "crashes"


def what_is_open(state: AppState) -> str:
    """The state in lines for a report: enough to come to the same picture again."""
    lines = [
        f"source: {state.source}",
        f"playhead: {time_text(state.head.t_ns)}, {'playing' if state.playing else 'paused'}, "
        f"{playback.speed_text(state.speed)}",
    ]
    for pane in state.panes:
        settings = " ".join(f"{key}={text}" for key, text in pane.settings)
        lines.append(f"pane {pane.pane_id}: {pane.mode} {settings} {pane.recording}".rstrip())
        lines += [f"  then: {step}" for step in pane.past]
    for run in state.runs:
        lines.append(f"run {run.run_id}: {run.mode.name}, {len(run.log)} events")
    return "\n".join(lines)


def report_text(error: str, doing: str, when: datetime) -> str:
    """A report. error: the traceback; doing: what was open."""
    engine = "compiled" if COMPILED else "uncompiled"
    return (
        f"nvmeviz {__version__}, engine {engine}, Python {platform.python_version()}, "
        f"{platform.platform()}\n{when.isoformat(timespec='seconds')}\n\n{error}\n\n{doing}\n"
    )


def stamped(folder: Path, kind: str, suffix: str, when: datetime) -> Path:
    """A file name of its own for this moment."""
    return folder / f"{kind}-{when:%Y%m%d-%H%M%S.%f}-{os.getpid()}{suffix}"


def write_report(text: str, when: datetime) -> Path | None:
    """Keep a report; None when the folder won't take it."""
    folder = crash_dir()
    path = stamped(folder, "error", ".txt", when)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as file:
            file.write(text.encode("utf-8", "replace"))
    except OSError:
        return None
    keep_newest(folder)
    return path


def session_place(when: datetime) -> str:
    """Where what is open is saved when something went wrong."""
    return str(stamped(crash_dir(), "session", ".nvmeviz", when))


def keep_newest(folder: Path) -> None:
    """Remove all but the newest reports and sessions."""
    for pattern, count in (("error-*.txt", REPORTS), ("session-*.nvmeviz", SESSIONS)):
        for old in sorted(folder.glob(pattern))[:-count]:
            with suppress(OSError):  # on Windows: somebody reads it
                old.unlink()


def native_place() -> Path:
    """The file of this process for the case that it dies of a signal."""
    return crash_dir() / f"{_NATIVE}{os.getpid()}-{secrets.token_hex(4)}.txt"


def left_behind(when: datetime, is_alive: Callable[[int], bool] | None = None) -> tuple[Path, ...]:
    """Reports of earlier processes that died of a signal, found now and told once. What was left empty,
    by a process that was killed, is taken away.
    """
    alive = is_alive or is_another
    folder, found = crash_dir(), list[Path]()
    for file in sorted(folder.glob(f"{_NATIVE}*.txt")):
        number = file.stem.removeprefix(_NATIVE).partition("-")[0]
        if not _NUMBER.fullmatch(number) or alive(int(number)):
            continue
        try:
            if file.stat().st_size == 0:
                file.unlink()
                continue
            kept = folder / f"error-{when:%Y%m%d-%H%M%S.%f}-{number}.txt"
            file.replace(kept)
        except OSError:
            continue  # on Windows: still open, so it is alive
        found.append(kept)
    return tuple(found)


def is_another(number: int) -> bool:
    """Whether a process of this person other than this one has that number. In a sandbox each start
    may have the same.
    """
    if sys.platform == "win32" or number == os.getpid():
        return False  # on Windows a file that is open can't be moved
    try:
        os.kill(number, 0)
    except OSError:
        return False  # there is none, or it is somebody else's
    return True
