"""What is counted in real traces is what an independent script counted in them."""

from __future__ import annotations

import lzma
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pytest

from nvmeviz.importers.read import read_traces
from nvmeviz.importers.report import report
from tests.importers.traces import Case, all_cases, sample

if TYPE_CHECKING:
    from pathlib import Path

CASES = all_cases()
MEANS = {"device_latency_us_fetch_to_completion", "host_latency_us_setup_to_complete"}


@lru_cache(maxsize=1)
def counted(case_number: int) -> dict[str, Any]:
    return report(read_traces(CASES[case_number].files))


def check(found: dict[str, Any], wanted: dict[str, Any]) -> None:
    """Everything wanted is found; means may be rounded the other way."""
    for key, value in wanted.items():
        if key in MEANS and value:
            assert found[key]["mean"] == pytest.approx(value["mean"], abs=1)
            assert {**found[key], "mean": 0} == {**value, "mean": 0}
        elif isinstance(value, dict):
            check(found[key], value)
        else:
            assert found[key] == value, key


@pytest.mark.parametrize("number", range(len(CASES)), ids=[case.name for case in CASES])
def test_every_count_is_that_of_an_independent_script(number: int):
    case = CASES[number]
    found = counted(number)
    assert len(found["epochs"]) == len(case.counts["epochs"])
    for epoch, wanted in zip(found["epochs"], case.counts["epochs"], strict=True):
        assert set(epoch["queues"]) == set(wanted["queues"])
        check(epoch, wanted)
    if case.guest:
        wanted = case.counts["guest_trace"]["queues"]
        assert set(found["guest_trace"]["queues"]) == set(wanted)
        check(found["guest_trace"]["queues"], wanted)


def offset_of(case: Case) -> float | None:
    if "guest_to_qemu_offset_s_at_most" in case.counts:
        return case.counts["guest_to_qemu_offset_s_at_most"]
    return case.counts.get("clock", {}).get("guest_to_qemu_offset_s_min")


@pytest.mark.parametrize("number", range(len(CASES)), ids=[case.name for case in CASES])
def test_two_clocks_are_put_together_within_what_is_said(number: int):
    case = CASES[number]
    at_most = offset_of(case)
    if case.guest is None or at_most is None:
        pytest.skip("one file, or two controllers that the log can't tell apart")
    (clock,) = counted(number)["clock"].values()
    # The script took the largest offset that is possible; ours lies that far below or less.
    assert clock["offset_s"] <= at_most + 5e-6
    assert clock["offset_s"] >= at_most - 2 * clock["within_us"] * 1e-6 - 5e-6
    assert clock["matched"] > 100


def test_a_report_says_which_file_is_what():
    case = sample("linux-dbbuf-qd16")
    found = report(read_traces(case.files))
    assert [file["kind"] for file in found["files"]] == ["qemu", "guest"]
    assert found["issues"] == []
    assert [run["mode"] for run in found["runs"]] == ["mmio_trap", "dbbuf_qemu71"]


def test_two_controllers_are_told_and_not_guessed():
    numbers = [n for n, case in enumerate(CASES) if case.name == "two-controllers-on"]
    if not numbers:
        pytest.skip("that run is not here")
    found = counted(numbers[0])
    assert "two-controllers" in {issue["code"] for issue in found["issues"]}
    titles = [run["title"] for run in found["runs"]]
    assert any("nvme0" in title for title in titles)
    assert any("nvme1" in title for title in titles)


def test_a_log_without_times_has_counts_and_no_latencies(tmp_path: Path):
    with lzma.open(sample("linux-mmio-batch8").qemu, "rt") as file:
        lines = [line.partition(":")[2] for line in file]
    path = tmp_path / "qemu.log"
    path.write_text("".join(lines), encoding="utf-8")
    queue = report(read_traces([str(path)]))["epochs"][2]["queues"]["1"]
    assert queue["commands"] == 2003
    assert queue["device_latency_us_fetch_to_completion"] is None
    assert queue["first_ts"] is None
