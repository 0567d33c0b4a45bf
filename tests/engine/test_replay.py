"""The submissions of a recording are made again, at the same moments, on another machine."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from nvmeviz.app.opening import save_runs
from nvmeviz.app.runs import simulated_run
from nvmeviz.engine.doorbell import MODE_BY_NAME
from nvmeviz.engine.simulation import Simulation
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


def ready_ns(events: np.ndarray) -> int:
    """No request comes before the driver is set up."""
    return int(events["t"][events["kind"] == k.GUEST_READY][0])


def replaying(path: str):
    workload = Workload(kind="replay", queue_depth=64, replay=path)
    return replace(BEFORE, workload=workload)


@pytest.mark.parametrize("mode", ["mapped_doorbell", "passthrough_posted", "dbbuf_qemu80"])
def test_every_submission_is_made_again(recording: str, mode: str):
    events = run_until(replaying(recording), MODE_BY_NAME[mode], 3 * UNTIL_NS)
    before = run_until(BEFORE, MODE_BY_NAME["mmio_trap"], UNTIL_NS)
    for qid in (0, 1):
        old, new = posts(before, qid), posts(events, qid)
        assert len(old) > 20
        assert len(new) >= len(old)  # the recording may hold a little more than was asked for
        assert (new["b"][: len(old)] == old["b"]).all(), "same directions and sizes"
        wanted = events[(events["kind"] == k.REQUEST) & (events["qid"] == qid)]["t"][: len(old)]
        early = np.count_nonzero(old["t"] < ready_ns(events))
        assert early < 5
        old, wanted = old[early:], wanted[early:]
        assert (wanted == old["t"]).all(), "wanted at the same moments of the run"
        assert (new["t"][early : early + len(old)] >= wanted).all()


def test_it_ends_when_the_recording_ends(recording: str):
    events = run_until(replaying(recording), MODE_BY_NAME["mmio_trap"], 1_000 * UNTIL_NS)
    assert events["t"][-1] < 3 * UNTIL_NS
    assert np.count_nonzero(events["kind"] == k.SQ_POST) == np.count_nonzero(
        events["kind"] == k.CQ_REAP
    )


OPEN = replace(
    BEFORE, workload=Workload(kind="poisson", rate=60_000, queue_depth=4, write_percent=30)
)


@pytest.mark.parametrize("mode", ["mmio_trap", "dbbuf_qemu71", "google_2016"])
def test_open_arrivals_replayed_in_their_own_mode_give_the_same_events(tmp_path: Path, mode: str):
    path = str(tmp_path / "open.nvmeviz")
    save_runs(path, (simulated_run(0, OPEN, MODE_BY_NAME[mode], 3 * UNTIL_NS),))
    workload = Workload(kind="replay", queue_depth=4, replay=path)
    again = run_until(replace(OPEN, workload=workload), MODE_BY_NAME[mode], 2 * UNTIL_NS)
    assert np.count_nonzero(again["kind"] == k.CQ_REAP) > 100
    assert again.tobytes() == run_until(OPEN, MODE_BY_NAME[mode], 2 * UNTIL_NS).tobytes()


def test_a_queue_that_submitted_nothing_stays_silent(tmp_path: Path):
    path = str(tmp_path / "one-job.nvmeviz")
    before = replace(BEFORE, workload=replace(BEFORE.workload, jobs=1))
    save_runs(path, (simulated_run(0, before, MODE_BY_NAME["mmio_trap"], UNTIL_NS),))
    events = run_until(replaying(path), MODE_BY_NAME["mmio_trap"], UNTIL_NS)
    assert len(posts(events, 0)) > 20
    assert len(posts(events, 1)) == 0


def test_going_back_and_on_gives_the_same_events(recording: str):
    simulation = Simulation(replaying(recording), MODE_BY_NAME["dbbuf_qemu71"])
    simulation.advance(UNTIL_NS, 500)
    state, checkpoint = simulation.state.snapshot(), simulation.checkpoint()
    on = simulation.advance(UNTIL_NS, 500)
    other = Simulation(replaying(recording), MODE_BY_NAME["dbbuf_qemu71"])
    other.restore(state, checkpoint)
    assert other.advance(UNTIL_NS, 500).tobytes() == on.tobytes()


def test_what_cannot_be_replayed_is_said(tmp_path: Path):
    with pytest.raises(RecordingError, match="is gone"):
        run_until(replaying(str(tmp_path / "none.nvmeviz")), MODE_BY_NAME["mmio_trap"], 1_000)
    broken = tmp_path / "broken.nvmeviz"
    broken.write_bytes(b"PK\x03\x04 and nothing else")
    with pytest.raises(RecordingError):
        run_until(replaying(str(broken)), MODE_BY_NAME["mmio_trap"], 1_000)
