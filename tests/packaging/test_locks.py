"""The lock files: complete, hashed, and free of any machine's addresses."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = ("runtime", "build", "dev", "freeze")
_LINE = re.compile(
    r"(?P<name>[a-z0-9-]+)==(?P<version>[0-9][\w.]*)(?: ; [^\\\n]+?)?"
    r"(?: \\\n +--hash=sha256:[0-9a-f]{64})+\n"
)


def _read(lock: str) -> str:
    return (ROOT / "packaging" / f"{lock}.lock").read_text(encoding="utf-8")


def _versions(lock: str) -> dict[str, str]:
    return {match["name"]: match["version"] for match in _LINE.finditer(_read(lock))}


def _name(requirement: str) -> str:
    return re.split(r"[\s\[<>=!;]", requirement, maxsplit=1)[0].lower().replace("_", "-")


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_holds_versions_and_hashes_and_nothing_else(lock):
    assert _LINE.sub("", _read(lock)) == ""


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_names_no_address_and_no_path(lock):
    assert not re.search(r"http|://|file:|find-links|index|/|@", _read(lock))


def test_dev_lock_contains_the_other_two():
    dev = _versions("dev")
    for lock in ("runtime", "build"):
        assert _versions(lock).items() <= dev.items()


def test_every_dependency_of_the_project_is_locked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert {_name(text) for text in project["dependencies"]} <= _versions("runtime").keys()
    extra = project["optional-dependencies"]["dev"]
    assert {_name(text) for text in extra} <= _versions("dev").keys()


def test_pyside_is_pinned():
    """See test_pyside_references.py for the reason and for when to lift it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert "PySide6-Essentials==6.11.3" in project["dependencies"]
    assert _versions("runtime")["pyside6-essentials"] == "6.11.3"
    assert _versions("runtime")["shiboken6"] == "6.11.3"
