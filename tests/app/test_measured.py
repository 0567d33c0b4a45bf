"""A trace is opened like anything else: its busiest epoch in a pane, the others in reserve."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from nvmeviz.analysis.landmarks import LandmarkKind
from nvmeviz.app.findings import judged
from nvmeviz.app.headless import frame_at
from nvmeviz.app.importing import import_traces
from nvmeviz.app.measured import ImportProblem, source_of, trace_files
from nvmeviz.app.opening import open_source, read_runs
from nvmeviz.importers.base import Cancelled
from tests.importers.traces import all_cases, sample

if TYPE_CHECKING:
    from pathlib import Path

CASE = sample("linux-dbbuf-qd16")


def quiet(_share: float, _words: str) -> None:
    """Nobody looks."""


def test_a_trace_opens_with_its_busiest_epoch_and_keeps_the_others():
    found = open_source(source_of(tuple(CASE.files)))
    assert [run.provenance for run in found.runs] == ["measured"]
    assert found.runs[0].mode.name == "dbbuf_qemu71"
    assert [run.mode.name for _, run in found.others] == ["mmio_trap"]
    assert found.base.show_from_ns > 0
    assert found.base.machine.ring_slots == 1024
    assert found.base.workload.queue_depth == 16


def test_a_real_queue_may_be_silent_for_longer_than_a_simulated_one():
    (run,) = open_source(CASE.qemu).runs
    marks = {landmark.kind for landmark in run.landmarks.places}
    assert LandmarkKind.STUCK not in marks


def test_what_is_no_trace_is_not_taken_for_one(tmp_path: Path):
    scenario = tmp_path / "a.toml"
    scenario.write_text("title = 'x'\n", encoding="utf-8")
    assert trace_files(str(scenario)) == ()
    assert trace_files("gce-local-ssd-2017") == ()
    assert trace_files("bad\0name") == ()
    assert trace_files(CASE.qemu) == (CASE.qemu,)


def test_an_import_becomes_a_recording_that_says_where_it_comes_from(tmp_path: Path):
    path = str(tmp_path / "run.nvmeviz")
    result = import_traces(tuple(CASE.files), quiet, path)
    json.dumps(result.values)
    found = read_runs(path)
    direct = read_runs(source_of(tuple(CASE.files)))
    for saved, run in zip(found.runs, direct.runs, strict=True):
        assert saved.about == run.about
        assert saved.log.slice(0, 1 << 30).tobytes() == run.log.slice(0, 1 << 30).tobytes()


def test_the_tables_name_every_queue_and_the_clock():
    result = import_traces(tuple(CASE.files), quiet)
    headings = [heading for heading, _, _ in result.tables]
    assert len(headings) == 3
    assert any("clock of guest" in sentence for sentence in result.sentences)


def test_an_import_can_be_cancelled():
    def no(_share: float, _words: str) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        open_source(CASE.qemu, progress=no)


def test_a_file_of_nothing_is_one_sentence(tmp_path: Path):
    path = tmp_path / "empty.log"
    path.write_bytes(b"")
    with pytest.raises(ImportProblem, match="empty"):
        read_runs(str(path))


def test_a_trace_makes_a_frame_at_any_time():
    for t_ns in (0, 1_900_000_000):
        frame = frame_at(CASE.qemu, t_ns, (), (), None, "compare")
        assert frame.panes[0].provenance == "measured"


@pytest.mark.parametrize("case", all_cases(), ids=lambda case: case.name)
def test_no_rule_finds_an_error_in_a_run_that_went_well(case):
    source = source_of(tuple(case.files))
    for run in read_runs(source).runs:
        errors = [one for one in judged(run).report.findings if one.severity == "error"]
        assert not errors
