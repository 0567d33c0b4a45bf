"""No scenario, settings file or recording whatever breaks the program: each is read, or refused in
words, in bounded memory; and nothing in it is ever executed.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import lzma
import os
import pickle
import struct
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nvmeviz.app.headless import UserError
from nvmeviz.app.opening import open_source, read_runs
from nvmeviz.app.settings import FILE
from nvmeviz.engine.core import COMPILED
from nvmeviz.engine.doorbell import MODE_BY_NAME
from nvmeviz.log.recording import MAX_DESCRIPTION, MAX_RUNS
from nvmeviz.scenario.toml import load_scenario
from tests.app import damage

DAMAGES = st.lists(
    st.tuples(st.integers(0, 39), st.integers(0, (1 << 16) - 1), st.integers(0, (1 << 20) - 1)),
    min_size=1,
    max_size=8,
)
PATIENT = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example)


def examples(count: int) -> settings:
    return settings(max_examples=count if COMPILED else count // 3, suppress_health_check=PATIENT)


@pytest.fixture(scope="module")
def whole() -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        return {"settings": damage.settings_text(here), "recording": damage.recording_bytes(here)}


@given(st.sampled_from(damage.scenario_texts()), DAMAGES)
@examples(150)
def test_any_scenario_is_read_or_refused_in_words(text, damages):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.toml")
        path.write_bytes(damage.text_damaged(text, damages))
        damage.survive_scenario(path)


@given(damages=DAMAGES)
@examples(80)
def test_any_settings_are_read_or_set_aside(whole, damages):
    base = load_scenario("first-steps", MODE_BY_NAME)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, FILE).write_bytes(damage.text_damaged(whole["settings"], damages))
        damage.survive_settings(Path(folder), base)


@given(damages=DAMAGES)
@examples(60)
def test_any_recording_is_read_or_refused_in_words(whole, damages):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.nvmeviz")
        path.write_bytes(damage.archive_damaged(whole["recording"], damages))
        damage.survive_recording(path, Path(folder))
        damage.survive_replay(path)


# ---- what a file might want to be done ----


class _Evil:
    """Makes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


def test_nothing_in_a_recording_is_executed_or_written_outside(tmp_path, whole):
    planted = tmp_path / "planted"
    evil = pickle.dumps(_Evil(planted))
    header = io.BytesIO()
    np.save(header, np.array([_Evil(planted)], dtype=object), allow_pickle=True)
    for content in (evil, header.getvalue()):
        for name in ("runs/0.events", "recording.json", "runs/0.npy", "../planted", str(planted)):
            path = tmp_path / "evil.nvmeviz"
            with zipfile.ZipFile(io.BytesIO(whole["recording"])) as archive:
                members = {member: archive.read(member) for member in archive.namelist()}
            members[name] = content
            with zipfile.ZipFile(path, "w") as archive:
                for member, data in members.items():
                    archive.writestr(member, data)
            with contextlib.suppress(*UserError):
                read_runs(str(path))
            assert not planted.exists()
    for text in (evil, b"!!python/object/apply:os.mkdir [%s]" % str(planted).encode()):
        (tmp_path / "evil.toml").write_bytes(text)
        with pytest.raises(UserError):
            open_source(str(tmp_path / "evil.toml"))
        assert not planted.exists()


def test_a_member_that_stands_there_twice_is_no_way_around_the_checks(tmp_path, whole):
    path = tmp_path / "twice.nvmeviz"
    path.write_bytes(whole["recording"])
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(path, "a") as archive:
        archive.writestr("runs/0.events", b"\xff" * 64)
    with pytest.raises(UserError, match="does not hold"):
        read_runs(str(path))


def test_more_runs_than_there_is_memory_for_are_refused(tmp_path, whole):
    path = tmp_path / "many.nvmeviz"
    with zipfile.ZipFile(io.BytesIO(whole["recording"])) as archive:
        described = json.loads(archive.read("recording.json"))
        events = archive.read("runs/0.events")
    described["runs"] = described["runs"][:1] * (MAX_RUNS + 1)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("recording.json", json.dumps(described))
        for number in range(MAX_RUNS + 1):
            archive.writestr(f"runs/{number}.events", events)
    with pytest.raises(UserError, match=f"more than {MAX_RUNS} runs"):
        read_runs(str(path))


# ---- little files that want to become large ones ----

LARGE = 600 << 20
MOST_KB = 200_000  # that reading one may take
_OPEN = """
import resource, sys
from nvmeviz.app.headless import UserError
from nvmeviz.app.opening import open_source
resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    open_source(sys.argv[1])
except UserError as error:
    print(error)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def _zeros(opened) -> None:
    for _ in range(LARGE >> 20):
        opened.write(b"0" * (1 << 20))


def _forged(path: Path, name: str, whole: bytes, says: int) -> None:
    """A recording one member of which is large, while the archive's table says otherwise."""
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        members = {member: archive.read(member) for member in archive.namelist() if member != name}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for member, data in members.items():
            archive.writestr(member, data)
        with archive.open(name, "w", force_zip64=True) as large:
            _zeros(large)
    data = bytearray(path.read_bytes())
    entry = data.rindex(b"PK\x01\x02")  # the table's last entry is the one that was written last
    data[entry + 24 : entry + 28] = struct.pack("<I", says)
    path.write_bytes(data)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the limit is Linux's")
@pytest.mark.parametrize("kind", ["description", "events", "gz", "xz", "toml"])
def test_a_bomb_is_a_sentence_and_no_large_memory(tmp_path, whole, kind):
    path = tmp_path / f"bomb.{kind}"
    if kind == "description":
        _forged(path, "recording.json", whole["recording"], MAX_DESCRIPTION)
    elif kind == "events":
        with zipfile.ZipFile(io.BytesIO(whole["recording"])) as archive:
            size = archive.getinfo("runs/1.events").file_size
        _forged(path, "runs/1.events", whole["recording"], size)
    elif kind == "toml":
        with path.open("wb") as file:
            file.truncate(LARGE)
    else:
        with gzip.open(path, "wb", 1) if kind == "gz" else lzma.open(path, "wb", preset=0) as out:
            _zeros(out)
    done = subprocess.run(
        [sys.executable, "-c", _OPEN, str(path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    sentence, kilobytes = done.stdout.splitlines()
    assert str(path) in sentence
    assert int(kilobytes) < MOST_KB
