"""What `nvmeviz export` writes: the run that is meant, as far as is asked, or a sentence."""

from __future__ import annotations

import csv
import json

import pytest

from nvmeviz.app import headless
from nvmeviz.app.exporting import FORMATS
from nvmeviz.app.headless import ExportAsked
from nvmeviz.engine.doorbell import MODE_BY_NAME
from nvmeviz.exporters.base import ExportError
from nvmeviz.scenario.toml import load_scenario

NAMES = [row.name for row in FORMATS]


def quiet(_mode: str, _share: float) -> None:
    pass


def exported(source: str, to: str, path, **asked) -> bytes:
    headless.export(ExportAsked(source, to, str(path), **asked), quiet)
    return path.read_bytes()


@pytest.fixture
def recording(tmp_path) -> str:
    path = str(tmp_path / "run.nvmeviz")
    scenario = headless.prepared("first-steps", (), (), None)
    headless.simulate(scenario, 300_000, quiet, path)
    return path


@pytest.mark.parametrize("to", NAMES)
def test_a_recording_gives_the_same_bytes_as_its_scenario(tmp_path, recording, to):
    for number, mode in enumerate(("mmio_trap", "batched", "google_2016"), 1):
        scenario = load_scenario("first-steps", MODE_BY_NAME)
        assert scenario.modes[number - 1] == mode
        one = exported(recording, to, tmp_path / "one", run=number)
        other = exported("first-steps", to, tmp_path / "two", modes=(mode,), until_ns=300_000)
        assert one == other
        assert one == exported(recording, to, tmp_path / "three", modes=(mode,))


def test_until_cuts_a_recording(tmp_path, recording):
    text = exported(recording, "csv", tmp_path / "x", until_ns=100_000).decode()
    times = [int(row["t_ns"]) for row in csv.DictReader(text.splitlines())]
    assert 90_000 < times[-1] <= 100_000
    trace = json.loads(exported(recording, "perfetto", tmp_path / "y", until_ns=100_000))
    assert trace["otherData"]["until_ns"] == 100_000


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"to": "perfeto"}, 'Did you mean "perfetto"'),
        ({"modes": ("mmio_trap", "batched")}, "one doorbell mode"),
        ({"modes": ("polling",)}, "no run of"),
        ({"run": 4}, "between 1 and 3"),
        ({"run": 0}, "between 1 and 3"),
        ({"modes": ("batched",), "run": 2}, "there is one run"),
        ({"seed": 3}, "--seed"),
        ({"settings": ("workload.queue_depth=1",)}, "--set"),
        ({"until_ns": 400_000}, "must not be later"),
        ({"guest": 1}, "hold one guest"),
        ({"to": "qemu-log", "guest": 2}, "between 1 and 1"),
    ],
)
def test_what_cannot_be_meant_is_said(tmp_path, recording, asked, said):
    asked = {"source": recording, "to": "csv", "path": str(tmp_path / "x"), **asked}
    with pytest.raises(ExportError, match=said):
        headless.export(ExportAsked(**asked), quiet)
    assert not (tmp_path / "x").exists()


def test_of_several_guests_one_must_be_named(tmp_path):
    asked = {"modes": ("mmio_trap",), "until_ns": 50_000}
    with pytest.raises(ExportError, match="--guest 1 to"):
        exported("noisy-neighbour", "qemu-log", tmp_path / "x", **asked)
    assert b"create_sq" in exported("noisy-neighbour", "qemu-log", tmp_path / "x", guest=2, **asked)
