"""A trace beside its prediction: the same commands at the same times, on a simulated machine."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from nvmeviz.app.change_panes import FULL
from nvmeviz.app.messages import (
    AddPane,
    Branch,
    ChangeMode,
    OpenScenario,
    Pause,
    Place,
    RemovePane,
    SaveRecording,
    Seek,
    SelectPane,
    SetPanes,
    Undo,
)
from nvmeviz.app.opening import made_run, open_source, save_runs
from nvmeviz.app.panes import scenario_of
from nvmeviz.app.predictions import Predict, is_prediction, pairs_of, run_name
from nvmeviz.app.present import present
from nvmeviz.app.replayable import device_latencies, replay_of
from nvmeviz.app.runs import recorded_run, simulated_run, topology_to_json
from nvmeviz.engine.doorbell import MODE_BY_NAME
from nvmeviz.log import kinds as k
from nvmeviz.log.about import About
from nvmeviz.log.events import EVENT
from nvmeviz.log.recording import RecordingError, RunRecord
from nvmeviz.model.topology import ADMIN_QID, QueuePair, Topology
from nvmeviz.scenario.schema import Machine, Workload
from nvmeviz.scenario.toml import load_scenario
from tests.app.drive import opened, send, settle
from tests.engine.runs import channels
from tests.engine.runs import scenario_of as engine_scenario
from tests.importers.traces import all_cases, sample

if TYPE_CHECKING:
    from pathlib import Path

CASE = sample("linux-dbbuf-qd16")
UNTIL_NS = 6_000_000


def source(case) -> str:
    return " + ".join(case.files)


def paused(case=CASE):
    return send(opened(source(case)), Pause())


def whole(state, pane) -> np.ndarray:
    """All events of a pane's run, simulated to the end of what it replays."""
    run = made_run(0, state.base, pane, max(run.frontier_ns for run in state.runs) + 50_000_000)
    return run.log.slice(0, 1 << 40)


def submitted(events: np.ndarray, topology: Topology, kind: int) -> list[np.ndarray]:
    """Times of the events of a kind, for each I/O queue."""
    io = [n for n, queue in enumerate(topology.queues) if queue.qid != ADMIN_QID]
    return [events["t"][(events["kind"] == kind) & (events["qid"] == n)] for n in io]


def chosen(name: str) -> bool:
    return name in ("mq4-rw-split-on", "uring-batch16-off10-qd64", "two-controllers-on")


CASES = [case for case in all_cases() if len(case.files) < 3]
CASES = [c for c in CASES if "sample_traces" in c.qemu or chosen(c.name)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_command_of_a_trace_is_made_again_at_its_time(case):
    state = send(paused(case), Predict())
    assert [run.provenance for run in state.runs] == ["measured", "simulated"]
    assert state.panes[1].mode == state.panes[0].mode
    measured = state.runs[0]
    then = submitted(measured.log.slice(0, 1 << 40), measured.topology, k.SQ_POST)
    events = whole(state, state.panes[1])
    again = submitted(events, state.runs[1].topology, k.REQUEST)
    assert sum(map(len, then)) > 1000
    for old, wanted in zip(then, again, strict=True):
        assert len(wanted) == len(old)
        late = wanted - old
        assert not late[1:].any(), "at the same moments"
        assert 0 <= (late[0] if len(late) else 0) < 1_000_000, "or when the driver is set up"
    posts = [len(times) for times in submitted(events, state.runs[1].topology, k.SQ_POST)]
    assert posts == [len(times) for times in then]


def test_the_prediction_says_what_it_is_and_what_it_replays():
    state = send(paused(), Predict())
    measured, predicted = present(state).panes
    assert predicted.subtitle == "prediction: replays qemu.log.xz and 1 more"
    assert (measured.provenance, predicted.provenance) == ("measured", "prediction")
    assert "prediction" not in measured.subtitle
    assert "003 I/O commands of qemu.log.xz" in state.told
    assert "at most 16 in flight" in state.told
    assert "same arrivals" in present(state).status


def test_the_machine_and_the_device_are_the_measured_ones():
    state = send(paused(), Predict())
    made = scenario_of(state.base, state.panes[1].settings)
    assert (made.workload.queue_depth, made.machine.ring_slots) == (16, 1024)
    events = state.runs[0].log.slice(0, 1 << 40)
    reads, _ = device_latencies(events[events["qid"] == 0])
    simulated = whole(state, state.panes[1])
    again, _ = device_latencies(simulated[simulated["qid"] == 0])
    assert len(again) == len(reads)
    for share in (0.1, 0.5, 0.9):
        assert np.quantile(again, share) == pytest.approx(np.quantile(reads, share), rel=0.1)


def open_recording(tmp_path: Path) -> str:
    """The path of a recording of random arrivals."""
    before = engine_scenario(
        machine=Machine(vcpus=2, trap_handler="thread"),
        workload=Workload(kind="poisson", rate=60_000, queue_depth=4),
        device=channels(4, 20_000),
    )
    path = str(tmp_path / "open.nvmeviz")
    save_runs(path, (simulated_run(0, before, MODE_BY_NAME["dbbuf_qemu71"], UNTIL_NS),))
    return path


def test_open_arrivals_predicted_by_their_own_mode_are_the_same_run(tmp_path: Path):
    path = open_recording(tmp_path)
    state = send(opened(path), Pause(), Seek(Place.LIVE_EDGE), Predict())
    recorded, predicted = state.runs
    assert recorded.provenance == "recorded"
    assert predicted.mode.name == "dbbuf_qemu71"
    count = len(recorded.log) - 200  # the recording ends with commands wanted and not yet written
    assert predicted.log.slice(0, count).tobytes() == recorded.log.slice(0, count).tobytes()


def test_another_mode_and_several_predictions_stand_side_by_side():
    state = send(paused(), Predict(mode="mmio_trap"), Predict(), ChangeMode("google_2016"))
    assert [pane.mode for pane in state.panes] == ["dbbuf_qemu71", "mmio_trap", "google_2016"]
    state = send(state, AddPane("polling"), Branch())
    assert [is_prediction(pane) for pane in state.panes] == [False, True, True, True, True]
    assert pairs_of(state.panes) == (None, 0, 0, 0, 0)

    assert not send(state, Undo(), Undo(), Undo(), Undo(), Undo()).panes[1:]


def test_a_prediction_stands_for_the_run_that_it_predicts():
    state = send(paused(), Predict(), Predict())
    assert state.panes[2].predicts == state.panes[0].recording
    state = send(state, SelectPane(state.panes[0].pane_id), RemovePane())
    assert pairs_of(state.panes) == (None, None)


def test_the_same_trace_gives_the_same_file_and_another_one_another(tmp_path: Path):
    first = send(paused(), Predict()).panes[1].settings
    assert send(paused(), Predict()).panes[1].settings == first
    other = send(paused(sample("linux-mmio-batch8")), Predict()).panes[1].settings
    files = {dict(settings)["workload.replay"] for settings in (first, other)}
    assert files == {str(path) for path in (tmp_path / "cache").iterdir()}


def test_a_cache_that_was_emptied_is_one_sentence(tmp_path: Path):
    state = send(paused(), Predict())
    for path in (tmp_path / "cache").iterdir():
        path.unlink()
    found = open_source("first-steps", panes=(state.panes[1],))
    assert found.notice.count("gone") == 1
    assert "Predict" in found.notice
    again = send(state, ChangeMode("polling", state.panes[1].pane_id))
    assert "cache was emptied" in again.notice
    assert again.panes == state.panes


def test_a_cache_that_takes_no_file_is_one_sentence(tmp_path: Path, monkeypatch):
    (tmp_path / "taken").write_text("", encoding="utf-8")
    monkeypatch.setenv("NVMEVIZ_CACHE_DIR", str(tmp_path / "taken"))
    state = send(paused(), Predict())
    assert "not written" in state.notice
    assert len(state.panes) == 1


def test_a_pair_that_was_saved_is_a_pair_when_it_is_opened(tmp_path: Path):
    path = str(tmp_path / "pair.nvmeviz")
    state = send(paused(), Predict(), SaveRecording(path), OpenScenario(path))
    assert [pane.recording for pane in state.panes] == [f"{path}#0", f"{path}#1"]
    assert pairs_of(state.panes) == (None, 0)
    assert present(state).panes[1].provenance == "prediction"


def test_what_can_not_be_predicted_is_said():
    state = send(opened("first-steps"), Pause())
    assert "simulation already" in send(state, Predict()).notice
    state = send(paused(), *[Predict()] * 5)
    assert len(state.panes) == 6
    assert send(state, Predict()).notice == FULL
    assert send(state, SetPanes(("polling",)), Predict()).notice != FULL


def many_queues(pairs: int, used: int, flags: int = 0, at_ns: int = 1000) -> RunRecord:
    """A measured run in which `used` of so many queue pairs have one command each."""
    topology = Topology(
        guests=("VM 1",),
        vcpus=tuple(f"vCPU {n}" for n in range(pairs)),
        threads=("main loop",),
        queues=tuple(
            QueuePair(qid, 0, n, 0, 64, 64, 8)
            for n, qid in enumerate([*range(1, pairs + 1), ADMIN_QID][:pairs])
        ),
        channels=0,
        vcpu_guests=(0,) * pairs,
        thread_guests=(0,),
    )
    events = np.zeros(used, EVENT)
    events["t"] = at_ns + 1000 * np.arange(used)
    events["qid"], events["kind"], events["b"] = np.arange(used), k.SQ_POST, 2 | 8 << 8
    events["flags"] = flags
    return RunRecord(
        "mmio_trap", topology_to_json(topology), at_ns + 1_000_000, events, about=About("epoch 1")
    )


def replayed(record: RunRecord):
    base = load_scenario("first-steps", MODE_BY_NAME)
    return replay_of(recorded_run(0, base, record), base, "a.log")


def test_more_queue_pairs_than_a_guest_has_are_folded_and_that_is_said():
    found = replayed(many_queues(pairs=12, used=11))
    assert found.scenario.machine.queues == found.scenario.machine.vcpus == 8
    assert "11 queue pairs are folded into 8" in found.words
    run = simulated_run(0, found.scenario, MODE_BY_NAME["mmio_trap"], 3_000_000)
    then = submitted(run.log.slice(0, 1 << 40), run.topology, k.REQUEST)
    assert [len(times) for times in then] == [2, 2, 2, 1, 1, 1, 1, 1]
    assert sorted(np.concatenate(then).tolist()) == [1000 * n for n in range(1, 12)]
    few = replayed(many_queues(pairs=12, used=3))
    assert few.scenario.machine.queues == 3
    assert "Only the 3 of its 12" in few.words


def test_runs_that_can_not_be_replayed_at_their_times_are_refused():
    with pytest.raises(RecordingError, match="no times"):
        replayed(many_queues(2, 2, flags=k.CLOCK_GUESSED))
    with pytest.raises(RecordingError, match="a minute"):
        replayed(many_queues(2, 2, at_ns=61_000_000_000))
    record = many_queues(2, 2)
    with pytest.raises(RecordingError, match="No I/O command"):
        replayed(replace(record, events=record.events[:0]))


def test_a_trace_that_knows_nothing_of_the_device_says_so():
    assert "does not tell how long the device took" in replayed(many_queues(2, 2)).words


def test_runs_are_named_by_their_files():
    assert run_name("/a/b/qemu.log#1") == "qemu.log"
    assert run_name("/a/qemu.log + /b/guest.txt#0~") == "qemu.log and 1 more"
    assert len(run_name(f"/{'x' * 500}.log#0")) < 60


def test_an_answer_for_what_was_open_before_changes_nothing():
    from nvmeviz.app.update import update

    state = paused()
    asked, effects = update(state, Predict())
    other = send(asked, OpenScenario("first-steps"))
    assert settle(other, effects).panes == other.panes


def test_a_batch_is_announced_as_one():
    state = send(paused(sample("linux-mmio-batch8")), Predict())
    assert scenario_of(state.base, state.panes[1].settings).workload.batch_submit >= 8
    bells = [
        np.count_nonzero((events["kind"] == k.SQ_DOORBELL) & (events["qid"] == 0))
        for events in (state.runs[0].log.slice(0, 1 << 40), whole(state, state.panes[1]))
    ]
    assert bells[1] == pytest.approx(bells[0], rel=0.1)
