"""What can't be imported is refused with exit code 2 and one sentence: what, what to do, which file."""

from __future__ import annotations

import os
import sys
import time

import pytest

from nvmeviz import cli
from nvmeviz.importers.base import ImportProblem
from nvmeviz.importers.read import Cancelled, read_traces
from nvmeviz.places import resource
from tests.importers.mutations import KVM, texts
from tests.importers.traces import sample
from tests.test_cli import NoDesktop

TEXTS = dict(texts())


def refusal(capsys, *paths: object) -> str:
    """What `nvmeviz import` says about files that it refuses."""
    assert cli.main(["import", *map(str, paths)], NoDesktop()) == 2
    told = capsys.readouterr()
    assert told.out == ""
    (sentence,) = told.err.splitlines()
    return sentence


FILES = {
    "empty": (b"", "empty"),
    "nothing but blank lines": (b"\n\n#\n", "holds no lines"),
    "binary": (bytes(range(256)) * 20, "no text"),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(5000), "no text"),
    "perf.data": (b"PERFILE2" + bytes(100), "perf script -i FILE"),
    "trace.dat": (b"\x17\x08\x44tracing6\0", "trace-cmd report -i FILE"),
    "zstd": (b"\x28\xb5\x2f\xfd" + bytes(100), "zstd -d FILE"),
    "7z": (b"7z\xbc\xaf\x27\x1c" + bytes(100), "7z x FILE"),
    "zip or recording": (b"PK\x03\x04" + bytes(100), "nvmeviz run"),
    "gzip of nothing": (b"\x1f\x8b\x08\0\0\0\0\0\0\xff", "empty"),
    "another text": (b"hello world\n" * 100, "No line of this file is a trace line"),
    "another trace": (
        b" x-1 [000] d..1.  1.000001: sched_switch: prev_comm=x\n" * 9,
        "no events of NVMe",
    ),
    "a host alone": (KVM * 20, "together with QEMU's log"),
}


@pytest.mark.parametrize("what", FILES)
def test_a_file_that_is_no_trace_is_refused_in_words(tmp_path, capsys, what):
    data, words = FILES[what]
    path = tmp_path / "file"
    path.write_bytes(data)
    said = refusal(capsys, path)
    assert words in said
    assert said.endswith(f"({path})")


def test_a_scenario_is_refused_in_words(capsys):
    path = min(resource("scenarios").glob("*.toml"))
    assert "This is a scenario" in refusal(capsys, path)


def test_a_folder_and_a_missing_file_are_refused_in_words(tmp_path, capsys):
    assert "name the files in it" in refusal(capsys, tmp_path)
    assert "no such file" in refusal(capsys, tmp_path / "nothing.log")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no such files here")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path, capsys):
    os.mkfifo(tmp_path / "pipe")
    assert "into a file first" in refusal(capsys, tmp_path / "pipe")


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0, reason="who may read everything can't be refused"
)
def test_a_file_that_may_not_be_read_is_refused_in_words(tmp_path, capsys):
    path = tmp_path / "secret.log"
    path.write_bytes(TEXTS["driver"])
    path.chmod(0)
    assert "can't be read" in refusal(capsys, path)


def test_files_that_do_not_belong_together_are_refused_in_words(tmp_path, capsys):
    driver, copy, guest, other = (tmp_path / name for name in ("a.log", "b.log", "c.txt", "d.txt"))
    driver.write_bytes(TEXTS["driver"])
    copy.write_bytes(TEXTS["driver"])
    guest.write_bytes(TEXTS["guest"])
    other.write_bytes(TEXTS["guest"].replace(b"cmdid=", b"cmdid=6"))
    assert "named twice" in refusal(capsys, driver, driver)
    assert "commands of one time" in refusal(capsys, driver, copy)
    assert "commands of one time" in refusal(capsys, guest, other)


def test_the_guest_trace_of_another_run_is_refused_in_words(capsys):
    one, other = sample("linux-dbbuf-qd16"), sample("linux-mmio-batch8")
    assert other.guest is not None
    assert "Are they of the same run?" in refusal(capsys, one.qemu, other.guest)


def test_an_import_that_nobody_wants_any_more_ends_at_once():
    began = time.monotonic()

    def stop(_share: float, _words: str) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        read_traces([sample("linux-dbbuf-qd16").qemu], stop)
    assert time.monotonic() - began < 5


def test_no_files_are_no_import():
    with pytest.raises(ImportProblem):
        read_traces([])
