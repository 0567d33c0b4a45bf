"""A run out of a file is the run that was saved, whatever machine it was."""

from __future__ import annotations

import gc
import weakref
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from nvmeviz.app import opening
from nvmeviz.app.messages import OpenScenario, SaveRecording, SetSpeedPosition
from nvmeviz.app.opening import read_runs, save_runs
from nvmeviz.app.runs import advance, simulated_run, topology_from_json, topology_to_json
from nvmeviz.engine.doorbell import MODE_BY_NAME
from nvmeviz.engine.simulation import topology_of
from nvmeviz.log import recording
from nvmeviz.log.recording import RecordingError
from nvmeviz.scenario.schema import Machine, Scenario, Workload
from tests.app.drive import opened, send, ticks

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LARGE = Scenario(
    name="large",
    title="Large",
    sentence="Three guests whose SQs share CQs.",
    source="made for tests",
    modes=("dbbuf_qemu80", "dbbuf_iothread"),
    machine=Machine(guests=3, vcpus=2, queues=4, sqs_per_cq=2, ring_slots=64),
    workload=Workload(queue_depth=8),
)
UNTIL_NS = 500_000


@pytest.mark.parametrize("mode", ["dbbuf_qemu80", "dbbuf_iothread", "adaptive_polling"])
def test_a_machine_of_many_guests_is_opened_as_it_was(tmp_path: Path, mode: str):
    scenario = replace(LARGE, modes=(mode,))
    saved = simulated_run(0, scenario, MODE_BY_NAME[mode], UNTIL_NS)
    path = str(tmp_path / "run.nvmeviz")
    save_runs(path, (saved,))
    (opened,) = read_runs(path).runs
    assert opened.topology == saved.topology
    assert len(opened.log) == len(saved.log)
    for count in (0, 1_000, len(saved.log)):
        before = saved.timeline.state_after(count).snapshot()
        assert opened.timeline.state_after(count).snapshot() == before


def test_what_a_worker_digests_is_what_the_log_says():
    mode = MODE_BY_NAME["dbbuf_qemu80"]
    piecewise = simulated_run(0, LARGE, mode)
    assert piecewise.simulation is not None
    while piecewise.frontier_ns < UNTIL_NS:
        chunk = advance(piecewise.simulation, UNTIL_NS, 500, piecewise.series.standing)
        assert chunk.series is not None
        assert chunk.series.events == len(chunk.events)
        piecewise.take(chunk)
    whole = simulated_run(0, LARGE, mode, UNTIL_NS)
    for t in (0, UNTIL_NS // 3, UNTIL_NS):
        assert piecewise.series.in_flight(t) == whole.series.in_flight(t)
        spent = piecewise.series.activity.spent(t)
        assert spent.tolist() == whole.series.activity.spent(t).tolist()


@pytest.mark.parametrize("share", [0.9, 0.4, 0.1])
def test_of_runs_that_are_more_than_a_recording_holds_the_beginnings_are_saved(
    share, tmp_path, monkeypatch
):
    state = ticks(opened("gce-local-ssd-2017"), 30)
    state = send(state, SetSpeedPosition(1.0))
    state = ticks(state, 3)
    total = sum(len(run.log) for run in state.runs)
    most = int(total * share)
    monkeypatch.setattr(opening, "MOST_EVENTS", most)
    monkeypatch.setattr(recording, "MOST_EVENTS", most)
    path = str(tmp_path / "x.nvmeviz")
    blocks = [run.log.blocks[:] for run in state.runs]
    state = send(state, SaveRecording(path))
    assert state.notice.startswith(f"Saved: {path}. It holds their first ")
    found = read_runs(path).runs
    assert sum(len(run.log) for run in found) <= most
    until_ns = max(run.frontier_ns for run in found)
    for one, saved in zip(state.runs, found, strict=True):
        assert saved.frontier_ns <= until_ns
        assert saved.log.slice(0, len(saved.log)).tobytes() == (
            one.log.slice(0, len(saved.log)).tobytes()
        )
    # None of the blocks that were left out would have fitted.
    kept = [len(run.log) for run in found]
    left = [b for row, count in zip(blocks, kept, strict=True) for b in row if b.first >= count]
    assert min(block.last_ns for block in left) >= until_ns


def test_a_run_that_nobody_shows_is_gone_at_once():
    state = ticks(opened("gce-local-ssd-2017"), 30)
    logs = [weakref.ref(run.log) for run in state.runs]
    gc.disable()  # memory must not wait for it
    try:
        state = send(state, OpenScenario("first-steps"))
        assert [log() for log in logs] == [None, None]
    finally:
        gc.enable()


def set_queue(index: int, **fields: float) -> Callable[[dict[str, Any]], object]:
    return lambda data: data["queues"][index].update(fields)


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data.update(vcpu_guests=[0]),
        lambda data: data.update(vcpu_guests=[9] * 6),
        lambda data: data.update(thread_guests=[]),
        lambda data: data.update(thread_guests=[-2] * len(data["threads"])),
        lambda data: data.pop("vcpu_guests"),
        set_queue(0, cq=0),
        set_queue(1, cq=5),
        set_queue(3, cq=0),
        set_queue(1, vcpu=5),
        set_queue(0, qid=0),
        set_queue(0, qid=1 << 20),
        set_queue(0, qid=float("inf")),
        set_queue(2, tags=0),
    ],
)
def test_a_topology_that_makes_no_sense_is_refused(damage: Callable[[dict[str, Any]], object]):
    data = topology_to_json(topology_of(LARGE, MODE_BY_NAME["dbbuf_qemu80"]))
    for name, value in data.items():
        data[name] = list(value) if isinstance(value, tuple) else value
    assert topology_from_json(data) == topology_of(LARGE, MODE_BY_NAME["dbbuf_qemu80"])
    damage(data)
    with pytest.raises(RecordingError, match="topology"):
        topology_from_json(data)
