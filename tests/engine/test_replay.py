"""The submissions of a recording are made again, at the same moments, on another machine."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from nvmeviz.app.opening import save_runs
from nvmeviz.app.runs import simulated_run
from nvmeviz.engine.doorbell import MODE_BY_NAME
from nvmeviz.log import kinds as k
from nvmeviz.log.recording import RecordingError
from nvmeviz.scenario.schema import Machine, Workload
from tests.engine.runs import channels, run_until, scenario_of

if TYPE_CHECKING:
    from pathlib import Path

BEFORE = scenario_of(
    machine=Machine(vcpus=2, trap_handler="thread"),
    workload=Workload(queue_depth=4, write_percent=30, block_size=8192),
    device=channels(4, 20_000),
)
UNTIL_NS = 1_000_000


@pytest.fixture
def recording(tmp_path: Path) -> str:
    path = str(tmp_path / "before.nvmeviz")
    save_runs(path, (simulated_run(0, BEFORE, MODE_BY_NAME["mmio_trap"], UNTIL_NS),))
    return path


def posts(events: np.ndarray, qid: int) -> np.ndarray:
    return events[(events["kind"] == k.SQ_POST) & (events["qid"] == qid)]


def replaying(path: str):
    workload = Workload(kind="replay", queue_depth=64, replay=path)
    return replace(BEFORE, workload=workload)


@pytest.mark.parametrize("mode", ["mapped_doorbell", "passthrough_posted"])
def test_every_submission_is_made_again(recording: str, mode: str):
    events = run_until(replaying(recording), MODE_BY_NAME[mode], 3 * UNTIL_NS)
    before = run_until(BEFORE, MODE_BY_NAME["mmio_trap"], UNTIL_NS)
    for qid in (0, 1):
        old, new = posts(before, qid), posts(events, qid)
        assert len(old) > 20
        assert len(new) >= len(old)  # the recording may hold a little more than was asked for
        assert (new["b"][: len(old)] == old["b"]).all(), "same directions and sizes"
        wanted = events[(events["kind"] == k.REQUEST) & (events["qid"] == qid)]["t"][: len(old)]
        assert (np.diff(wanted) == np.diff(old["t"])).all(), "wanted at the same moments"
        assert (new["t"][: len(old)] >= wanted).all()


def test_it_ends_when_the_recording_ends(recording: str):
    events = run_until(replaying(recording), MODE_BY_NAME["mmio_trap"], 1_000 * UNTIL_NS)
    assert events["t"][-1] < 3 * UNTIL_NS
    assert np.count_nonzero(events["kind"] == k.SQ_POST) == np.count_nonzero(
        events["kind"] == k.CQ_REAP
    )


def test_what_cannot_be_replayed_is_said(tmp_path: Path):
    with pytest.raises(RecordingError, match="can't be read"):
        run_until(replaying(str(tmp_path / "none.nvmeviz")), MODE_BY_NAME["mmio_trap"], 1_000)
    broken = tmp_path / "broken.nvmeviz"
    broken.write_bytes(b"PK\x03\x04 and nothing else")
    with pytest.raises(RecordingError):
        run_until(replaying(str(broken)), MODE_BY_NAME["mmio_trap"], 1_000)
