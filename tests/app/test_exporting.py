"""A run is exported as it is known, the selected one, whole or not at all."""

from __future__ import annotations

import pytest

from nvmeviz.app import headless
from nvmeviz.app.effects import WriteExport, perform
from nvmeviz.app.exporting import FORMATS, export_of
from nvmeviz.app.headless import ExportAsked
from nvmeviz.app.messages import AddPane, Export, Pause, SelectPane, SelectQueue, SetSpeedPosition
from nvmeviz.app.runs import simulated_run
from nvmeviz.app.update import update
from nvmeviz.engine.doorbell import MODE_BY_NAME
from nvmeviz.scenario.toml import load_scenario
from tests.app.drive import opened, send, ticks

NAMES = [row.name for row in FORMATS]


@pytest.mark.parametrize("to", NAMES)
def test_the_selected_panes_run_goes_into_the_file(tmp_path, to):
    state = send(opened("gce-local-ssd-2017"), Pause())
    state = send(state, SelectPane(state.panes[1].pane_id))
    path = tmp_path / "out"
    state = send(state, Export(str(path), to))
    assert state.notice == f"Exported: {path}"
    run = state.runs[1]
    assert run.mode.name == "google_2016"
    again = tmp_path / "again"
    asked = ExportAsked(
        state.source, to, str(again), modes=("google_2016",), until_ns=run.frontier_ns
    )
    headless.export(asked, lambda *_: None)
    assert path.read_bytes() == again.read_bytes()


def test_a_run_that_goes_on_is_exported_as_it_was_when_asked(tmp_path):
    state = opened("first-steps")
    path = tmp_path / "x.csv"
    state, (effect,) = update(state, Export(str(path), "csv"))
    assert isinstance(effect, WriteExport)
    assert not effect.inline
    run = state.runs[0]
    count, frontier_ns = run.log.count_at(run.frontier_ns), run.frontier_ns
    state = send(state, SetSpeedPosition(1.0))
    state = ticks(state, 3)
    assert run.frontier_ns > frontier_ns
    perform(effect)
    assert len(path.read_text().splitlines()) == 1 + count


def test_a_qemu_log_is_of_the_guest_that_is_shown(tmp_path):
    state = send(opened("noisy-neighbour"), Pause())
    queues = state.runs[0].topology.queues
    other = next(number for number, pair in enumerate(queues) if pair.guest == 1)
    path = tmp_path / "x.log"
    state = send(state, SelectQueue(other), Export(str(path), "qemu-log"))
    assert state.notice == f"Exported: VM 2 alone: {path}"
    vcpus = {f"{2000 + pair.vcpu}@" for pair in queues if pair.guest == 1}
    threads = {f"{1000 + pair.thread}@" for pair in queues if pair.guest == 1}
    assert {line[:5] for line in path.read_text().splitlines()} <= vcpus | threads


def test_a_pane_without_a_run_yet_says_so(tmp_path):
    state = send(opened("first-steps"), Pause())
    state, _ = update(state, AddPane("polling"))
    state, _ = update(state, SelectPane(state.panes[-1].pane_id))
    state, effects = update(state, Export(str(tmp_path / "x"), "csv"))
    assert not [effect for effect in effects if isinstance(effect, WriteExport)]
    assert "still being made" in state.notice


def test_what_was_there_stays_when_a_run_cannot_be_exported(tmp_path):
    path = tmp_path / "x.log"
    path.write_text("mine")
    state = send(opened("first-steps", ("passthrough",)), Export(str(path), "qemu-log"))
    assert "QEMU sees nothing" in state.notice
    assert path.read_text() == "mine"
    assert list(tmp_path.glob("*x.log*")) == [path]
    state = send(state, Export(str(tmp_path / "no" / "x"), "csv"))
    assert "not exported" in state.notice


def test_released_blocks_are_exported_too(tmp_path):
    scenario = load_scenario("first-steps", MODE_BY_NAME)
    run = simulated_run(0, scenario, MODE_BY_NAME["polling"], 20_000_000)
    run.log.budget_bytes = 1
    run.log._release(keep=len(run.log.blocks) - 1)
    assert run.log.blocks[0].events is None
    sizes = [len(block) for block in export_of(run).blocks]
    assert sum(sizes) == run.log.count_at(run.frontier_ns)
