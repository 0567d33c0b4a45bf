"""The self-test finds what is wrong with an installation, and says so in a line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from nvmeviz.app import selftest
from nvmeviz.app.selftest import Check, SelfTestError, checks, difference, unwritable

ROOT = Path(__file__).parents[2]


def results() -> dict[str, Check]:
    return {check.name: check for check in checks(selftest.PROBES)}


def test_everything_passes_here():
    assert [check for check in results().values() if not check.passed] == []


def test_uncompiled_engine_makes_the_same_known_run():
    done = subprocess.run(
        [sys.executable, "-c", "from nvmeviz.app import selftest; print(selftest._known_run())"],
        env={**os.environ, "NVMEVIZ_PURE": "1", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "as it should be" in done.stdout, done.stderr


def test_another_run_than_the_known_one_is_said_with_its_checksum(monkeypatch):
    monkeypatch.setattr(selftest, "KNOWN_SCENARIO", "shared-cq")
    found = results()["known run"]
    assert not found.passed
    assert "shared-cq gave " in found.found
    assert selftest.KNOWN_DIGEST in found.found


def test_a_sample_that_counts_differently_is_said(monkeypatch):
    monkeypatch.setattr(selftest, "_SAMPLE", "linux-dbbuf-qd16")
    assert not results()["sample trace"].passed


def test_a_settings_folder_that_takes_no_file_is_said_with_its_name(monkeypatch, tmp_path):
    file = tmp_path / "file"
    file.touch()
    monkeypatch.setenv("NVMEVIZ_CONFIG_DIR", str(file / "below"))
    found = results()["settings"]
    assert not found.passed
    assert found.found.startswith("Settings can't be kept: ")
    assert str(file / "below") in found.found


def test_a_cache_folder_that_takes_no_file_is_said_with_its_name(monkeypatch, tmp_path):
    file = tmp_path / "file"
    file.touch()
    monkeypatch.setenv("NVMEVIZ_CACHE_DIR", str(file / "below"))
    found = results()["cache"]
    assert not found.passed
    assert str(file / "below") in found.found


def test_looking_whether_a_folder_takes_files_leaves_nothing_behind(tmp_path):
    assert unwritable(tmp_path / "not" / "yet" / "there") == ""
    assert list(tmp_path.iterdir()) == []


def test_what_a_probe_raises_is_its_line():
    def wrong() -> str:
        raise SelfTestError("It is wrong.")

    def broken() -> str:
        raise KeyError("lost")

    assert list(checks([("a", wrong), ("b", broken), ("c", lambda: "well")])) == [
        Check("a", "It is wrong.", False),
        Check("b", "KeyError: 'lost'", False),
        Check("c", "well", True),
    ]


@pytest.mark.parametrize(
    ("found", "place"),
    [
        ({"a": [{"n": 1, "mean": 4}]}, ""),
        ({"a": [{"n": 2, "mean": 5}]}, "/a/0/n is 2 instead of 1"),
        ({"a": []}, "/a has 0 parts instead of 1"),
    ],
)
def test_the_place_of_a_difference_is_named_and_means_may_differ(found, place):
    assert difference(found, {"a": [{"n": 1, "mean": 5}]}) == place
