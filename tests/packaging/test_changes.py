"""CHANGELOG.md tells of this version, in each form that a release needs."""

from __future__ import annotations

import runpy
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from nvmeviz import __version__

ROOT = Path(__file__).parents[2]
TEXT = """# Changes

## [Unreleased]

## [1.2.0] - 2026-03-04

A calm release.

### Added

- `nvmeviz wait` waits,
  as long as you like & <longer>.
- A thing ([here](https://example.org)).

### Fixed

- Nothing.

## [1.1.0] - unreleased

- Old.
"""


@pytest.fixture(scope="module")
def changes() -> dict:
    return runpy.run_path(str(ROOT / "packaging" / "changes.py"))


def test_this_version_has_a_section(changes, capsys):
    assert changes["main"](__version__) == 0
    assert "### Added" in capsys.readouterr().out


def test_a_section_ends_where_the_next_begins(changes):
    text = changes["section"]("1.2.0", TEXT).text
    assert text.startswith("A calm release.")
    assert text.endswith("- Nothing.")


@pytest.mark.parametrize("version", ["Unreleased", "9.9.9", "1.2"])
def test_what_has_no_text_is_an_error(changes, version):
    with pytest.raises(LookupError):
        changes["section"](version, TEXT)


def test_debian_gets_one_item_for_each(changes):
    said = changes["debian"](changes["section"]("1.2.0", TEXT))
    assert said.splitlines() == [
        "  * A calm release.",
        "  * nvmeviz wait waits, as long as you like & <longer>.",
        "  * A thing (here).",
        "  * Nothing.",
    ]
    real = changes["debian"](changes["section"](__version__, changes["FILE"].read_text("utf-8")))
    assert all(len(line) <= 80 for line in real.splitlines())


def test_appstream_gets_paragraphs_and_lists(changes):
    root = ET.fromstring(changes["appstream"](changes["section"]("1.2.0", TEXT)))
    assert [part.tag for part in root] == ["p", "p", "ul", "p", "ul"]
    assert root.findtext("ul/li") == "nvmeviz wait waits, as long as you like & <longer>."


def test_a_date_is_wanted_for_a_release(changes):
    assert changes["date"](changes["section"]("1.2.0", TEXT)) == "2026-03-04"
    with pytest.raises(LookupError):
        changes["date"](changes["section"]("1.1.0", TEXT))
