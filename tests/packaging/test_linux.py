"""What the Linux packages lay on a desktop is made from the program itself and is well formed."""

from __future__ import annotations

import argparse
import configparser
import gzip
import runpy
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from datetime import UTC, datetime
from pathlib import Path

import pytest

from nvmeviz.cli.parser import parser

ROOT = Path(__file__).parents[2]
LINUX = ROOT / "packaging" / "linux"
DAY = datetime(2026, 1, 2, tzinfo=UTC)

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="for Linux")


def _commands() -> list[str]:
    (found,) = (a for a in parser()._actions if isinstance(a, argparse._SubParsersAction))
    return list(found.choices)


@pytest.fixture(scope="module")
def share(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("share")
    runpy.run_path(str(LINUX / "manual.py"))["main"](folder, DAY)
    return folder


def test_man_page_names_every_command_and_its_options(share):
    page = gzip.decompress((share / "man/man1/nvmeviz.1.gz").read_bytes()).decode()
    assert all(f".SS nvmeviz {name}" in page for name in _commands())
    assert "\\-\\-self\\-test" in page
    assert "\\-\\-trial" not in page  # for the program's own tests
    assert page.startswith('.TH NVMEVIZ 1 "2026\\-01\\-02"')


def _completed(share: Path, *words: str) -> list[str]:
    file = share / "bash-completion/completions/nvmeviz"
    script = 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _nvmeviz'
    script += '; echo "${COMPREPLY[@]}"'
    done = subprocess.run(
        ["bash", "-c", script, "bash", str(file), *words],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("nvmeviz", "sim"), ["simulate"]),
        (("nvmeviz", "--self"), ["--self-test"]),
        (("nvmeviz", "render", "--th"), ["--theme"]),
        (("nvmeviz", "render", "x", "--theme", "l"), ["light"]),
        (("nvmeviz", "simulate", "shared"), ["shared-cq"]),
        (("nvmeviz", "simulate", "-o", "x", "--j"), ["--json"]),
    ],
)
def test_bash_completes(share, words, found):
    assert _completed(share, *words) == found


@pytest.mark.parametrize(
    ("shell", "file"),
    [
        ("zsh", "zsh/vendor-completions/_nvmeviz"),
        ("fish", "fish/vendor_completions.d/nvmeviz.fish"),
    ],
)
def test_other_shells_read_their_completions(share, shell, file):
    text = (share / file).read_text(encoding="utf-8")
    assert all(name in text for name in _commands())
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell} here to read it with")
    subprocess.run([shell, "-n", share / file], check=True)


def test_icons_of_all_sizes_are_drawn(qapp, tmp_path):
    from PySide6.QtGui import QImage

    icons = runpy.run_path(str(LINUX / "icons.py"))
    icons["main"](tmp_path)
    for px in icons["SIZES"]:
        image = QImage(str(tmp_path / f"{px}x{px}/apps/nvmeviz.png"))
        assert image.width() == image.height() == px
        middle = image.pixelColor(px // 2, px // 2)
        assert (middle.red(), middle.green()) > (200, 0)
        assert middle.green() < 120
    assert (tmp_path / "scalable/apps/nvmeviz.svg").is_file()


def test_desktop_files_speak_of_the_same_program():
    entry = configparser.ConfigParser(interpolation=None)
    entry.optionxform = str  # pyright: ignore[reportAttributeAccessIssue]
    entry.read(LINUX / "nvmeviz.desktop", encoding="utf-8")
    kind = ET.parse(LINUX / "nvmeviz-mime.xml").getroot()[0].attrib["type"]
    info = ET.parse(LINUX / "nvmeviz.metainfo.xml").getroot()
    assert entry["Desktop Entry"]["Exec"].split()[0] == "nvmeviz"
    assert entry["Desktop Entry"]["MimeType"] == f"{kind};"
    assert info.findtext("provides/mediatype") == kind
    assert info.findtext("launchable") == "nvmeviz.desktop"
