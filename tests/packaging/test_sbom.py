"""The list of what a release is made of says what the locks say, and says it the same each time."""

from __future__ import annotations

import json
import runpy
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def document():
    return runpy.run_path(str(ROOT / "packaging" / "sbom.py"))["sbom"]("1.2.3", 1_700_000_000)


def test_every_package_stands_there_with_its_hashes(document):
    parts = {part["name"]: part for part in document["components"]}
    assert parts["numpy"]["scope"] == "required"
    assert parts["pyinstaller"]["scope"] == "excluded"
    assert parts["pyside6-essentials"]["purl"] == "pkg:pypi/pyside6-essentials@6.11.3"
    assert all(len(h["content"]) == 64 for p in parts.values() for h in p.get("hashes", ()))
    assert "cpython" in parts
    assert ("pefile" in parts) is (sys.platform == "win32")


def test_references_name_components(document):
    names = {part["bom-ref"] for part in document["components"]}
    names.add(document["metadata"]["component"]["bom-ref"])
    for row in document["dependencies"]:
        assert {row["ref"], *row["dependsOn"]} <= names


def test_it_is_the_same_each_time(document):
    again = runpy.run_path(str(ROOT / "packaging" / "sbom.py"))["sbom"]("1.2.3", 1_700_000_000)
    assert json.dumps(again) == json.dumps(document)
