"""A disk that is full, a folder that is read-only or gone: one sentence each, and nothing is lost."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from nvmeviz.app.settings import FILE
from tests.app.disk_trouble import NAMES

ROOT = Path(__file__).parents[2]
WORDS = {
    "full": "File too large. Choose another folder.",
    "read-only": "Choose another folder, or another name.",
    "gone": "No such file or directory. Choose a folder that exists.",
    "a folder": "a folder has this name. Choose another name.",
}


@pytest.fixture
def folder():
    """One that another user may look into, which pytest's are not."""
    made = Path(tempfile.mkdtemp(prefix="disk-"))
    made.chmod(0o755)
    yield made
    made.chmod(0o755)
    shutil.rmtree(made, ignore_errors=True)


@pytest.mark.skipif(os.name != "posix", reason="limits and users are POSIX's")
@pytest.mark.parametrize("trouble", WORDS)
def test_no_place_for_a_file_is_a_sentence_and_the_old_file_stays(folder, trouble):
    cache = folder / "cache"
    for name in NAMES:
        path = folder / name
        path.mkdir() if trouble == "a folder" else path.write_bytes(b"old")
    if trouble == "a folder":
        cache.write_bytes(b"in the way")
    if trouble == "read-only":
        folder.chmod(0o555)
    before = sorted(path.name for path in folder.iterdir())
    place = folder / "gone" if trouble == "gone" else folder
    done = subprocess.run(
        [sys.executable, "-m", "tests.app.disk_trouble", trouble, str(place)],
        cwd=ROOT,
        env=os.environ
        | {
            "PYTHONPATH": str(ROOT),
            "QT_QPA_PLATFORM": "offscreen",
            "NVMEVIZ_CACHE_DIR": str(folder / FILE / "below" if trouble == "gone" else cache),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout.splitlines()[-1])
    if trouble == "gone":
        del said[FILE]  # its folder is made
    for name, (code, words) in said.items():
        assert code == 2, (name, words)
        assert words.strip().count("\n") == 0, words
        assert str(folder) in words
        if name != "replay":
            assert WORDS[trouble] in words, (name, words)
    if trouble != "gone":
        kept = sorted(
            path.name for path in folder.iterdir() if path.name != "cache" or cache.is_file()
        )
        assert kept == before
    for name in NAMES:
        assert (folder / name).is_dir() or (folder / name).read_bytes() == b"old"
    if cache.is_dir():
        assert list(cache.iterdir()) == []
