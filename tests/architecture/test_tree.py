"""The tree is the one that docs/architecture.md draws, and its files stay small enough to read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "architecture.md"
LINES_MAX = 400
LINES_MAX_OF = {"main_window.py": 200}
_NAME = re.compile(r"[A-Za-z_][\w.-]*(?:/[\w.-]+)*\.(?:py|toml|md)\b|[a-z_]+/")


def _modules() -> list[Path]:
    return sorted(ROOT.glob("nvmeviz/**/*.py"))


@pytest.mark.parametrize("path", _modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_module_is_short_enough(path):
    lines = len(path.read_text(encoding="utf-8").splitlines())
    limit = LINES_MAX_OF.get(path.name, LINES_MAX)
    assert lines <= limit, f"{lines} lines, at most {limit}: split it by concept"


@pytest.mark.parametrize("path", _modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_module_opens_with_what_it_knows(path):
    text = path.read_text(encoding="utf-8")
    assert not text.strip() or text.startswith(('"""', "# cython", 'r"""'))


def _drawn() -> list[str]:
    """Paths that the document's tree draws: a code block whose lines are indented under folders.

    `engine/  core.py  draw.py (words)` names engine/core.py and engine/draw.py; a line that starts
    with a name ending in `/` is a folder, deeper lines belong to it.
    """
    if not DOCUMENT.is_file():
        return []
    blocks = re.findall(r"^```\n(.*?)^```", DOCUMENT.read_text(encoding="utf-8"), re.M | re.S)
    tree = next((block for block in blocks if re.search(r"^nvmeviz/", block, re.M)), "")
    drawn: list[str] = []
    folders: list[tuple[int, str]] = []
    for line in tree.splitlines():
        if not line.strip():
            continue
        indent = len(line) - len(line.lstrip())
        while folders and folders[-1][0] >= indent:
            folders.pop()
        here = folders[-1][1] if folders else ""
        first, *rest = re.split(r"\s{2,}", line.strip())
        if not first.endswith("/"):
            drawn += [here + first] if _NAME.fullmatch(first) else []
            continue
        folders.append((indent, here + first))
        drawn.append(here + first)
        words = re.sub(r"\([^)]*\)", " ", " ".join(rest))
        drawn += [here + first + name for name in words.split() if _NAME.fullmatch(name)]
    return drawn


def test_the_document_draws_a_tree():
    if not DOCUMENT.is_file():
        pytest.skip("docs/architecture.md is not written yet")
    assert len(_drawn()) > 30


@pytest.mark.parametrize("name", _drawn())
def test_what_the_document_draws_exists(name):
    path = ROOT / name
    assert path.is_dir() if name.endswith("/") else path.is_file(), name


def test_every_folder_of_the_package_is_drawn():
    drawn = _drawn()
    if not drawn:
        pytest.skip("docs/architecture.md is not written yet")
    folders = {f"{path.parent.relative_to(ROOT)}/" for path in _modules()}
    assert folders <= set(drawn)


def test_top_level_holds_the_agreed_folders_and_nothing_else_of_weight():
    folders = {p.name for p in ROOT.iterdir() if p.is_dir() and not p.name.startswith(".")}
    assert folders <= {"nvmeviz", "resources", "tests", "packaging", "docs", "build", "dist"} | {
        name for name in folders if name.endswith(".egg-info") or name == "__pycache__"
    }
