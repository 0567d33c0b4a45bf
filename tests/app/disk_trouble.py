"""Everything that writes a file, in a process of its own, in a place that takes none.

python -m tests.app.disk_trouble TROUBLE FOLDER prints what each writer said, as JSON.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from nvmeviz import __main__ as program
from nvmeviz.app.effects import Save, SaveText, WriteExport, perform
from nvmeviz.app.exporting import export_of, format_named
from nvmeviz.app.messages import Failed
from nvmeviz.app.opening import open_source, sources_of
from nvmeviz.app.replayable import replay_of
from nvmeviz.app.samples import files_of_sample, samples
from nvmeviz.app.settings import FILE, Settings, write_settings
from nvmeviz.log.recording import RecordingError
from nvmeviz.ui import render

if TYPE_CHECKING:
    from collections.abc import Callable

NOBODY = 65_534
MOST_BYTES = 1000  # of a file, where the disk is full: less than any of these
SHORT = ("--until", "200us")
COMMANDS = {
    "run.nvmeviz": ("simulate", "first-steps", *SHORT, "-o"),
    "run.json": ("export", "first-steps", "--to", "perfetto", *SHORT, "-o"),
    "run.png": ("render", "first-steps", "--size", "640x400", "-o"),
    "trace.nvmeviz": ("import", *files_of_sample(samples()[-1].source), "-o"),
}
NAMES = (*COMMANDS, "window.nvmeviz", "window.csv", "recipe.sh", FILE)
Said = tuple[int, str]


def _command(words: tuple[str, ...]) -> Said:
    wrong = io.StringIO()
    with contextlib.redirect_stderr(wrong), contextlib.redirect_stdout(io.StringIO()):
        code = program.main(words)
    return code, wrong.getvalue()


def _effect(effect: Save | SaveText | WriteExport) -> Said:
    answer = perform(effect)
    return (2, answer.text) if isinstance(answer, Failed) else (0, str(answer))


def _settings(folder: Path) -> Said:
    said = write_settings(Settings(layouts=(("x" * MOST_BYTES, opened.panes),)), folder)
    return (2, said) if said else (0, "")


def _replay() -> Said:
    try:
        replay_of(opened.runs[0], opened.base, "the run")
    except RecordingError as error:
        return 2, str(error)
    return 0, ""


opened = open_source("gce-local-ssd-2017")


def _make_trouble(trouble: str) -> None:
    # Qt and its fonts are read before anything is forbidden.
    render.render_window(
        program.cli.headless.frame_at("first-steps", None, (), (), None, ""), (640, 400)
    )
    if trouble == "full":
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_BYTES, MOST_BYTES))
    if trouble == "read-only" and os.geteuid() == 0:
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)


def main(trouble: str, folder: Path) -> None:
    """Try all writers and print what they said."""
    _make_trouble(trouble)
    run = export_of(opened.runs[0])
    sources = sources_of(opened.runs, opened.panes)
    effects = {
        "window.nvmeviz": Save(str(folder / "window.nvmeviz"), opened.base, sources),
        "window.csv": WriteExport(str(folder / "window.csv"), format_named("commands"), run),
        "recipe.sh": SaveText(str(folder / "recipe.sh"), "echo\n" * MOST_BYTES),
    }
    writers: dict[str, Callable[[], Said]] = {
        **{
            name: lambda words=words, name=name: _command((*words, str(folder / name)))
            for name, words in COMMANDS.items()
        },
        **{name: lambda effect=effect: _effect(effect) for name, effect in effects.items()},
        FILE: lambda: _settings(folder),
        "replay": _replay,
    }
    print(json.dumps({name: write() for name, write in writers.items()}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
