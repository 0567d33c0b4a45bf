"""A recording and the settings survive `kill -9` at any moment: what is there is one whole version."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from nvmeviz.app.opening import read_runs, save_runs
from nvmeviz.app.panes import Pane
from nvmeviz.app.runs import simulated_run
from nvmeviz.app.settings import Settings, read_settings, write_settings
from nvmeviz.engine.doorbell import MODE_BY_NAME
from nvmeviz.scenario.toml import load_scenario

KILLS = 100
LONGEST_S = 0.03  # a writer lives so long at most: some rounds of both files
ROOT = Path(__file__).parents[2]


def _versions():
    scenario = load_scenario("first-steps", MODE_BY_NAME)
    run = simulated_run(0, scenario, MODE_BY_NAME["mmio_trap"], 1_000_000)
    other = simulated_run(0, replace(scenario, seed=3), MODE_BY_NAME["batched"], 500_000)
    layouts = tuple((f"scenario {n}", (Pane(0, "batched"), Pane(1, "polling"))) for n in range(40))
    settings = Settings(theme="dark"), Settings(theme="light", layouts=layouts)
    return (run, other), settings


def _write_for_ever(folder: Path, runs, settings, begun: int) -> None:
    while True:
        for run, one in zip(runs, settings, strict=True):
            save_runs(str(folder / "run.nvmeviz"), (run,))
            write_settings(one, folder)
            os.write(begun, b".")


def _log(run) -> bytes:
    return b"".join(run.log.read(number).tobytes() for number in range(len(run.log.blocks)))


def kill_writers(folder: Path) -> None:
    """In a process of its own, without threads: fork, kill and look, a hundred times."""
    runs, settings = _versions()
    wholes = {_log(run) for run in runs}
    save_runs(str(folder / "run.nvmeviz"), runs[:1])
    write_settings(settings[0], folder)
    moment = random.Random(1)
    seen: set[tuple[bytes, str]] = set()
    for _ in range(KILLS):
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            _write_for_ever(folder, runs, settings, writing)
        os.close(writing)
        os.read(reading, 1)  # it is in the middle of it
        time.sleep(moment.uniform(0, LONGEST_S))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(reading)
        found, complaint = read_settings(folder)
        assert complaint == "", complaint
        assert found in settings
        (run,) = read_runs(str(folder / "run.nvmeviz")).runs
        assert _log(run) in wholes
        seen.add((_log(run)[:64], found.theme))
    assert len(seen) > 1, "writers were killed before they wrote anything"
    left = sum(path.suffix == ".part" for path in folder.iterdir())
    print(f"{KILLS} killed, {left} of them while a file was half written")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kill -9 is POSIX")
def test_a_hundred_kills_leave_whole_files(tmp_path):
    code = "import sys; from tests.app import test_kill as t; t.kill_writers(t.Path(sys.argv[1]))"
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[2]) > 10, done.stdout  # kills that prove something
