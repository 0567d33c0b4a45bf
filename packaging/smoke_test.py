"""Tries the frozen program as somebody would who has just unpacked it. Needs Python's own library only.

    python packaging/smoke_test.py FOLDER_OF_THE_PROGRAM

That is nvmeviz.app/Contents/MacOS on macOS. Twice: as it lies there, and from a copy that nobody can
write into, with an empty home and, on Linux, without a network. Each time: self-test, a simulation,
pictures of the default scenario and of a real trace, the window playing both, off-screen and on a
screen (on Linux Xvfb's, if it is there). Exit code 1 when something fails.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
import struct
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Generator

TRACE = "nvmeviz/resources/sample_traces/linux-dbbuf-qd16"
PLAY_S = 2
FEWEST_FRAMES = 10  # in that time, on a machine that does other things too
LONGEST_S = 120
WINDOWS, MACOS = sys.platform == "win32", sys.platform == "darwin"
PROGRAM = "nvmeviz.exe" if WINDOWS else "nvmeviz"
_PNG = b"\x89PNG\r\n\x1a\n"
# The program sees a network without a way out, and its folder mounted without write access.
_CLOSED = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"'


class SmokeError(Exception):
    """What is wrong, in a sentence."""


@dataclass(frozen=True)
class Place:
    """A program to try, and what it is started in. before: words that stand before its own."""

    folder: Path
    home: Path
    before: tuple[str, ...] = ()

    @property
    def trace(self) -> tuple[str, ...]:
        """The files of a sample trace: beside the program in a folder, in a bundle elsewhere."""
        inside = self.folder.parent / "Resources" if MACOS else self.folder / "_internal"
        return tuple(str(file) for file in sorted((inside / TRACE).glob("*.xz")))

    def run(self, *words: str, program: str = PROGRAM, **environment: str) -> str:
        """Start it; its output. Anything on stderr but progress is a failure."""
        done = subprocess.run(
            [*self.before, str(self.folder / program), *words],
            env={**_bare(self.home), "QT_QPA_PLATFORM": "offscreen", **environment},
            cwd=self.home,
            capture_output=True,
            encoding="utf-8",
            timeout=LONGEST_S,
            check=False,
        )
        if done.returncode or "Traceback" in done.stderr:
            said = (done.stdout + done.stderr).strip()
            raise SmokeError(f"{program} {' '.join(words)}: exit code {done.returncode}\n{said}")
        return done.stdout


def _bare(home: Path) -> dict[str, str]:
    """An environment with nothing of the one here, which may hold another Python's or Qt's paths."""
    if not WINDOWS:
        common = {"PATH": "/usr/bin:/bin", "HOME": str(home), "LANG": "C.UTF-8"}
        return {**common, "XDG_RUNTIME_DIR": str(home)}
    system = os.environ["SYSTEMROOT"]
    return {
        **{"SYSTEMROOT": system, "PATH": f"{system}\\System32", "TEMP": str(home)},
        # Windows asks nobody where the home is.
        **{"NVMEVIZ_CONFIG_DIR": str(home / "config"), "NVMEVIZ_CACHE_DIR": str(home / "cache")},
    }


def self_test(place: Place) -> str:
    """All checks pass, in a frozen program with a compiled engine."""
    lines = place.run("--self-test").splitlines()
    said = "\n".join(lines)
    if not any(line.split()[1:] == ["engine", "compiled"] for line in lines):
        raise SmokeError(f"The engine is not compiled.\n{said}")
    if ", frozen, in " not in said:
        raise SmokeError(f"This is not the frozen program.\n{said}")
    return lines[-1]


def simulate(place: Place) -> str:
    """The default scenario gives figures."""
    modes = json.loads(place.run("simulate", "gce-local-ssd-2017", "--json"))["modes"]
    return ", ".join(f"{name} {mode['iops']:.0f} IOPS" for name, mode in modes.items())


def picture(place: Place, name: str, *source: str) -> str:
    """A picture is saved and is one."""
    file = place.home / name
    place.run("render", *source, "--size", "1280x720", "-o", str(file))
    data = file.read_bytes()
    size = struct.unpack_from(">II", data, 16)
    if not data.startswith(_PNG) or size != (1280, 720) or len(data) < 20_000:
        raise SmokeError(f"{file} is no picture of the window: {len(data)} bytes, {size}")
    return f"{name}, {len(data) // 1024} kB"


def window(place: Place, source: tuple[str, ...], **environment: str) -> str:
    """The window opens, plays and makes no errors."""
    began = time.perf_counter()
    place.run("run", *source, "--trial", "0", **environment)
    whole_s = time.perf_counter() - began
    found: dict[str, Any] = json.loads(
        place.run("run", *source, "--trial", str(PLAY_S), **environment)
    )
    if found["errors"] or found["played_ns"] <= 0 or found["frames"] < FEWEST_FRAMES:
        raise SmokeError(f"The window does not play: {found}")
    words = f"{found['platform']}, {found['frames']} frames in {PLAY_S} s"
    first = f"first frame {found['first_frame_ms']:.0f} ms after the start of Python"
    return f"{words}, {first}, start to end {whole_s:.1f} s"


@contextmanager
def screen() -> Generator[str]:
    """A display of Xvfb, "" where there is none."""
    if shutil.which("Xvfb") is None:
        yield ""
        return
    reader, writer = os.pipe()
    words = ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1920x1080x24", "-nolisten", "tcp"]
    server = subprocess.Popen(words, pass_fds=(writer,), stderr=subprocess.DEVNULL)
    os.close(writer)
    with os.fdopen(reader) as said:
        number = said.readline().strip()
    try:
        yield f":{number}" if number else ""
    finally:
        server.terminate()
        server.wait()


def on_screen(place: Place) -> str:
    """The window as people see it."""
    if WINDOWS or MACOS:
        found = window(place, (), QT_QPA_PLATFORM="windows" if WINDOWS else "cocoa")
        if WINDOWS:  # it has no output, so the exit code must do
            place.run(
                "run", "--trial", "1", program="nvmeviz-window.exe", QT_QPA_PLATFORM="windows"
            )
        return found
    with screen() as display:
        if not display:
            return "not tried: there is no Xvfb here"
        return window(place, (), QT_QPA_PLATFORM="xcb", DISPLAY=display)


def try_out(place: Place) -> None:
    """Every check of a place, a line each. SmokeError."""
    trace = place.trace
    say("self-test", self_test(place))
    say("simulation", simulate(place))
    say("picture", picture(place, "default.png", "gce-local-ssd-2017"))
    say("trace", picture(place, "trace.png", *trace))
    say("window", window(place, ()))
    say("trace's window", window(place, trace))
    say("on a screen", on_screen(place))


def say(name: str, words: str) -> None:
    """One line of the report."""
    print(f"  {name:<15} {words}", flush=True)


def files_of(folder: Path) -> list[tuple[str, int, float]]:
    """What would change if something were written there."""
    found = [(path, path.lstat()) for path in folder.rglob("*")]
    return sorted((str(path), about.st_size, about.st_mtime) for path, about in found)


def whole(folder: Path) -> Path:
    """All that belongs to the program in a folder."""
    return folder.parents[1] if MACOS else folder


def closed_copy(folder: Path, room: Path) -> Place:
    """A copy without write access, in a world without a network where the system lets us make one."""
    copy, home = room / whole(folder).name, room / "home"
    shutil.copytree(whole(folder), copy, symlinks=True)
    home.mkdir()
    for path in (copy, *copy.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode & ~(stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH))
    before = ("unshare", "--map-root-user", "--mount", "--net", "sh", "-c", _CLOSED, str(copy))
    try:
        works = subprocess.run([*before, "true"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        works = False
    say("place", "read-only mount, no network" if works else "read-only files; network not cut off")
    return Place(copy / folder.relative_to(whole(folder)), home, before if works else ())


def main(folder: Path) -> int:
    """Try a folder both ways; the exit code."""
    with tempfile.TemporaryDirectory(prefix="nvmeviz-") as name:
        room = Path(name)
        (room / "first").mkdir()
        try:
            print(f"{folder}, as it is", flush=True)
            try_out(Place(folder, room / "first"))
            print("a copy without write access, an empty home", flush=True)
            place = closed_copy(folder, room)
            before = files_of(whole(place.folder))
            try_out(place)
            if files_of(whole(place.folder)) != before:
                raise SmokeError("The program changed its own folder.")
        except SmokeError as error:
            print(f"FAILED: {error}", flush=True)
            return 1
        finally:
            for path in (room, *room.rglob("*")):
                if path.is_dir() and not path.is_symlink():
                    path.chmod(0o755)  # so that the folder can be removed
    print("The frozen program works.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1]).resolve()))
