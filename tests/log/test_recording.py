"""A recording is written whole or not at all, and a broken one is one sentence, never a crash."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nvmeviz.log.about import SIMULATED, About
from nvmeviz.log.events import EVENT
from nvmeviz.log.recording import (
    VERSION,
    Recording,
    RecordingError,
    RunSource,
    blocks_of,
    is_recording,
    read_recording,
    write_recording,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]
TOPOLOGY = {"guests": ["VM 1"], "channels": 4}


def random_events(count: int, seed: int = 1) -> np.ndarray:
    """Events with every field filled and times in order."""
    random = np.random.default_rng(seed)
    events = np.frombuffer(random.bytes(count * EVENT.itemsize), EVENT).copy()
    events["t"] = np.sort(random.integers(0, 10**9, count))
    return events


def source(events: np.ndarray, mode: str = "mmio_trap", **other: Any) -> RunSource:
    fields: dict[str, Any] = {
        "mode": mode,
        "topology": TOPOLOGY,
        "frontier_ns": int(events["t"][-1]) + 5 if len(events) else 5,
        "count": len(events),
        "blocks": blocks_of(events, 100),
    }
    return RunSource(**fields | other)


MEASURED = About(title="Linux driver", files=("qemu.log",), kinds=frozenset({1, 27}))


def test_where_a_run_comes_from_is_kept(tmp_path: Path):
    write(tmp_path / "r", source(random_events(3), about=MEASURED), source(random_events(3)))
    assert [run.about for run in read_recording(tmp_path / "r").runs] == [MEASURED, SIMULATED]


def write(path: Path, *runs: RunSource, scenario: str = "title = 'µ'\n") -> None:
    write_recording(path, program="0.1.0", name="a name", scenario=scenario, runs=runs)


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    path = tmp_path / "run.nvmeviz"
    write(path, source(random_events(700)), source(random_events(30, 2), "batched"))
    return path


def read_or_say(path: Path) -> Recording | None:
    """A broken file gives RecordingError with a sentence that ends in the file's name."""
    try:
        return read_recording(path)
    except RecordingError as error:
        text = str(error)
        assert text.endswith(f"({path})")
        assert text[0].isupper()
        assert len(text) > len(str(path)) + 10
        return None


# ---- round trip ----


@given(
    counts=st.lists(st.integers(0, 300), min_size=1, max_size=4),
    text=st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_was_written_is_read(tmp_path: Path, counts: list[int], text: str):
    path = tmp_path / "x.nvmeviz"
    events = [random_events(count, number) for number, count in enumerate(counts)]
    write(path, *[source(e, f"mode {n}") for n, e in enumerate(events)], scenario=text)
    found = read_recording(path)
    assert (found.program, found.name, found.scenario) == ("0.1.0", "a name", text)
    assert [run.mode for run in found.runs] == [f"mode {n}" for n in range(len(counts))]
    for run, wrote in zip(found.runs, events):
        assert run.events.tobytes() == wrote.tobytes()
        assert run.topology == TOPOLOGY
        assert run.frontier_ns == (wrote["t"][-1] if len(wrote) else 0) + 5


def test_the_same_run_gives_the_same_bytes(tmp_path: Path):
    one, other = tmp_path / "one.nvmeviz", tmp_path / "other.nvmeviz"
    write(one, source(random_events(500)))
    time.sleep(0.01)
    write(other, source(random_events(500)))
    assert one.read_bytes() == other.read_bytes()


def test_a_recording_is_known_by_its_beginning_or_its_name(recording: Path, tmp_path: Path):
    assert is_recording(recording)
    assert is_recording(recording.rename(tmp_path / "without_suffix"))
    (tmp_path / "text.toml").write_text("title = 'x'")
    assert not is_recording(tmp_path / "text.toml")
    assert not is_recording(tmp_path)
    assert not is_recording(tmp_path / "missing.nvmeviz")
    assert not is_recording("a\0b")


# ---- broken files ----


def test_a_file_cut_anywhere_is_refused(recording: Path, tmp_path: Path):
    whole = recording.read_bytes()
    path = tmp_path / "cut.nvmeviz"
    for length in {*range(0, len(whole), max(1, len(whole) // 150)), len(whole) - 1}:
        path.write_bytes(whole[:length])
        assert read_or_say(path) is None


@given(st.data())
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_flipped_bits_give_a_sentence_or_the_same_events(recording: Path, data: st.DataObject):
    whole = bytearray(recording.read_bytes())
    wrote = read_recording(recording)
    # Places near either end hold the archive's tables, where damage does most.
    places = st.one_of(
        st.integers(0, len(whole) - 1),
        st.integers(0, 80),
        st.integers(len(whole) - 1200, len(whole) - 1),
    )
    for _ in range(data.draw(st.integers(1, 3))):
        whole[data.draw(places)] ^= 1 << data.draw(st.integers(0, 7))
    path = recording.with_name("flipped.nvmeviz")
    path.write_bytes(whole)
    found = read_or_say(path)
    if found is not None:
        for run, before in zip(found.runs, wrote.runs):
            assert run.events.tobytes() == before.events.tobytes()


@given(st.binary(max_size=300))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_refused(tmp_path: Path, data: bytes):
    path = tmp_path / "bytes.nvmeviz"
    path.write_bytes(data)
    assert read_or_say(path) is None
    path.write_bytes(b"PK\x03\x04" + data)
    assert read_or_say(path) is None


def changed(recording: Path, change: Callable[[dict[str, Any], dict[str, bytes]], object]) -> Path:
    """A copy of a recording whose description and members were changed, as a valid zip archive."""
    with zipfile.ZipFile(recording) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    described = json.loads(members.pop("recording.json"))
    change(described, members)
    path = recording.with_name("changed.nvmeviz")
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
        archive.writestr("recording.json", json.dumps(described))
    return path


def set_run(key: str, value: object) -> Callable[[dict[str, Any], dict[str, bytes]], object]:
    return lambda described, _: described["runs"][0].update({key: value})


def set_top(key: str, value: object) -> Callable[[dict[str, Any], dict[str, bytes]], object]:
    return lambda described, _: described.update({key: value})


def backwards(_: dict[str, Any], members: dict[str, bytes]) -> None:
    members["runs/0.events"] = np.frombuffer(members["runs/0.events"], EVENT)[::-1].tobytes()


def before_zero(_: dict[str, Any], members: dict[str, bytes]) -> None:
    events = np.frombuffer(members["runs/0.events"], EVENT).copy()
    events["t"] -= 10**10
    members["runs/0.events"] = events.tobytes()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (set_top("version", VERSION + 1), "Install a newer nvmeviz"),
        (set_top("version", VERSION - 1), "Record it anew"),
        (set_top("version", "two"), "damaged"),
        (set_top("version", None), "damaged"),
        (set_top("version", 1e400), "damaged"),
        (set_top("format", "something else"), "no nvmeviz recording"),
        (set_top("runs", []), "holds no run"),
        (set_top("runs", {}), "holds no run"),
        (set_top("runs", [1]), "damaged"),
        (set_top("runs", None), "damaged"),
        (lambda described, _: described.pop("scenario"), "damaged"),
        (lambda described, _: described.pop("format"), "damaged"),
        (lambda _, members: members.pop("runs/0.events"), "damaged"),
        (set_run("events", 699), "does not hold 699 events"),
        (set_run("events", 10**30), "does not hold"),
        (set_run("events", -1), "does not hold"),
        (set_run("events", "many"), "damaged"),
        (set_run("frontier_ns", 3), "ends before its last event"),
        (set_run("frontier_ns", 10**30), "at no possible time"),
        (set_run("frontier_ns", -1), "at no possible time"),
        (set_run("topology", 7), "damaged"),
        (backwards, "time goes back"),
        (before_zero, "time goes back"),
    ],
)
def test_a_wrong_description_is_said(
    recording: Path, change: Callable[[dict[str, Any], dict[str, bytes]], object], words: str
):
    path = changed(recording, change)
    with pytest.raises(RecordingError, match=words) as error:
        read_recording(path)
    assert str(error.value).endswith(f"({path})")


def test_a_description_that_is_not_a_table_is_refused(recording: Path):
    for text in ("[]", "7", "null", '"text"', "[" * 100_000, "\xff", ""):
        path = recording.with_name("odd.nvmeviz")
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("recording.json", text.encode("latin-1"))
        assert read_or_say(path) is None


def test_huge_sizes_are_refused_before_they_are_read(tmp_path: Path):
    path = tmp_path / "huge.nvmeviz"
    count = 100_000_000 // EVENT.itemsize
    run = {"mode": "m", "topology": {}, "frontier_ns": 0, "events": count}
    described = {
        "format": "nvmeviz recording",
        "version": VERSION,
        "program": "0",
        "name": "",
        "scenario": "",
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("runs/0.events", bytes(count * EVENT.itemsize))
        archive.writestr("recording.json", json.dumps(described | {"runs": [run]}))
    assert path.stat().st_size < 200_000
    with pytest.raises(RecordingError, match="more memory than the program may use"):
        read_recording(path, budget_bytes=1 << 20)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("recording.json", " " * 50_000_000)
    with pytest.raises(RecordingError, match="description is too large"):
        read_recording(path)


def test_an_archive_of_something_else_is_refused(tmp_path: Path):
    path = tmp_path / "other.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert read_or_say(path) is None


def test_places_that_hold_no_file(tmp_path: Path):
    with pytest.raises(RecordingError, match="There is no such file"):
        read_recording(tmp_path / "missing.nvmeviz")
    for path in (tmp_path, tmp_path / ("x" * 300)):
        assert read_or_say(path) is None
    with pytest.raises(RecordingError):
        read_recording("a\0b")


# ---- writing ----


class _Stop(Exception):
    """Something that happens while a recording is being written."""


def failing_blocks(error: BaseException) -> Iterator[np.ndarray]:
    yield random_events(100)
    raise error


@pytest.mark.parametrize(
    "error", [_Stop(), KeyboardInterrupt(), OSError(28, "No space left on device")]
)
def test_a_write_that_fails_leaves_the_old_file(recording: Path, error: BaseException):
    before = recording.read_bytes()
    run = source(random_events(100), count=200, blocks=failing_blocks(error))
    with pytest.raises(RecordingError if isinstance(error, OSError) else type(error)) as raised:
        write(recording, run)
    if isinstance(error, OSError):
        assert str(raised.value) == (
            "The recording was not saved: No space left on device. "
            f"Free some space, or choose another folder. ({recording})"
        )
    assert recording.read_bytes() == before
    assert os.listdir(recording.parent) == [recording.name]


def test_what_could_not_be_opened_again_is_not_saved(recording: Path):
    before = recording.read_bytes()
    runs = [source(random_events(1), count=20_000_000) for _ in range(2)]
    with pytest.raises(RecordingError, match=r"have 40.000.000 events.*Take runs away"):
        write(recording, *runs)
    assert recording.read_bytes() == before


def test_a_write_that_fails_leaves_no_file_behind(tmp_path: Path):
    with pytest.raises(_Stop):
        write(tmp_path / "new.nvmeviz", source(random_events(1), blocks=failing_blocks(_Stop())))
    assert os.listdir(tmp_path) == []


def test_a_folder_that_is_not_there(tmp_path: Path):
    with pytest.raises(RecordingError, match=r"^The recording was not saved: "):
        write(tmp_path / "no" / "such.nvmeviz", source(random_events(3)))


def test_a_folder_in_the_way_of_the_file(tmp_path: Path):
    (tmp_path / "dir.nvmeviz").mkdir()
    with pytest.raises(RecordingError, match=r"^The recording was not saved: "):
        write(tmp_path / "dir.nvmeviz", source(random_events(3)))
    assert os.listdir(tmp_path) == ["dir.nvmeviz"]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder(tmp_path: Path):
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(RecordingError, match=r"Permission denied"):
            write(tmp_path / "x.nvmeviz", source(random_events(3)))
    finally:
        tmp_path.chmod(0o700)


def test_a_name_that_cannot_be(tmp_path: Path):
    for name in ("x" * 300 + ".nvmeviz", "a\0b"):
        with pytest.raises(RecordingError):
            write(tmp_path / name, source(random_events(3)))


ENDLESS = """
import sys, itertools
from tests.log.test_recording import random_events, source, write
from pathlib import Path
events = random_events(1000)
def blocks():
    for number in itertools.count():
        yield events
        if number == 50:
            print("writing", flush=True)
write(Path(sys.argv[1]), source(events, blocks=blocks()))
"""


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is POSIX")
def test_kill_9_during_a_write_leaves_the_old_file(recording: Path):
    before = recording.read_bytes()
    writer = subprocess.Popen(
        [sys.executable, "-c", ENDLESS, str(recording)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
    )
    assert writer.stdout is not None
    with writer.stdout:
        assert writer.stdout.readline() == b"writing\n"
        writer.send_signal(signal.SIGKILL)
        writer.wait()
    assert recording.read_bytes() == before
    assert read_recording(recording).runs[0].mode == "mmio_trap"
    # And the next write goes through, whatever lies beside it.
    write(recording, source(random_events(10)))
    assert len(read_recording(recording).runs[0].events) == 10


def test_blocks_cover_everything_once():
    events = random_events(250)
    assert [len(block) for block in blocks_of(events, 100)] == [100, 100, 50]
    assert np.concatenate(list(blocks_of(events, 100))).tobytes() == events.tobytes()
