"""Qt sorts names and knows time zones with the trimmed ICU data as with all of it."""

from __future__ import annotations

import os
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import PySide6
import pytest

ROOT = Path(__file__).parents[2]
LIBRARIES = Path(PySide6.__path__[0], "Qt", "lib")
_ASK = """
from PySide6.QtCore import QCollator, QLocale, QTimeZone
for name in ("de_DE", "sv_SE", "cs_CZ", "zh_CN", "ja_JP"):
    words = ["z", "ä", "a", "b", "Å", "ch", "h", "c", "中", "文", "あ", "A10", "A9"]
    collator = QCollator(QLocale(name))
    print(name, sorted(words, key=collator.sortKey))
zone = QTimeZone(b"Europe/Berlin")
print(zone.isValid(), zone.displayName(QTimeZone.TimeType.StandardTime))
print(len(QTimeZone.availableTimeZoneIds()))
"""


@pytest.fixture
def trim_icu():
    return runpy.run_path(str(ROOT / "packaging" / "trim_icu.py"))


@pytest.fixture
def library() -> Path:
    found = sorted(LIBRARIES.glob("libicudata.so.*"))
    if not found:
        pytest.skip("Qt has no ICU data of its own here")
    return found[0]


def _ask(folder: Path | None) -> str:
    # Before the library that lies beside Qt's own.
    environment = {**os.environ, "LD_LIBRARY_PATH": str(folder or "")}
    words = [sys.executable, "-c", _ASK]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=True)
    return done.stdout


def test_qt_answers_as_before_with_a_fifth_of_the_data(trim_icu, library, tmp_path):
    if shutil.which("cc") is None:
        pytest.skip("there is no C compiler")
    small = tmp_path / library.name
    trim_icu["trim"](library, small)
    assert small.stat().st_size < library.stat().st_size / 5
    assert _ask(tmp_path) == _ask(None)


def test_a_package_made_of_all_items_holds_them_again(trim_icu, library):
    header, items = trim_icu["items_of"](library.read_bytes())
    few = items[:40]
    again_header, again = trim_icu["items_of"](trim_icu["package"](header, few))
    assert again_header == header
    assert [(name, data.rstrip(b"\0")) for name, data in again] == [
        (name, data.rstrip(b"\0")) for name, data in few
    ]


def test_a_library_without_such_data_is_refused(trim_icu):
    with pytest.raises(ValueError, match="no ICU data"):
        trim_icu["items_of"](b"\x7fELF and nothing")
