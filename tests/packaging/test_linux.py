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
from PySide6.QtGui import QImage

from nvmeviz import __version__
from nvmeviz.cli.parser import parser

ROOT = Path(__file__).parents[2]
LINUX = ROOT / "packaging" / "linux"
DAY = datetime(2026, 1, 2, tzinfo=UTC)

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="for Linux")


def _commands() -> list[str]:
    (found,) = (a for a in parser()._actions if isinstance(a, argparse._SubParsersAction))
    return list(found.choices)


ID = "io.example.nvmeviz"


@pytest.fixture(scope="module")
def share(qapp, tmp_path_factory) -> Path:
    """What is laid into /usr/share under another name than the program's."""
    folder = tmp_path_factory.mktemp("share")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(LINUX)  # as Python does for a script
        runpy.run_path(str(LINUX / "share.py"))["main"](folder, DAY, ID)
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


def test_icons_of_all_sizes_are_drawn(share):
    for px in runpy.run_path(str(LINUX / "icons.py"))["SIZES"]:
        image = QImage(str(share / f"icons/hicolor/{px}x{px}/apps/{ID}.png"))
        assert image.width() == image.height() == px
        middle = image.pixelColor(px // 2, px // 2)
        assert (middle.red(), middle.green()) > (200, 0)
        assert middle.green() < 120
    assert (share / f"icons/hicolor/scalable/apps/{ID}.svg").is_file()


def test_desktop_files_speak_of_the_same_program(share):
    entry = configparser.ConfigParser(interpolation=None)
    entry.optionxform = str  # pyright: ignore[reportAttributeAccessIssue]
    entry.read(share / f"applications/{ID}.desktop", encoding="utf-8")
    kind = ET.parse(share / f"mime/packages/{ID}.xml").getroot()[0]
    info = ET.parse(share / f"metainfo/{ID}.metainfo.xml").getroot()
    assert entry["Desktop Entry"]["Exec"].split()[0] == "nvmeviz"
    assert entry["Desktop Entry"]["MimeType"] == f"{kind.attrib['type']};"
    assert info.findtext("provides/mediatype") == kind.attrib["type"]
    assert info.findtext("id") == entry["Desktop Entry"]["Icon"] == ID
    assert kind.find("{*}icon").attrib["name"] == ID  # pyright: ignore[reportOptionalMemberAccess]
    assert info.findtext("launchable") == f"{ID}.desktop"


def test_the_release_is_told_with_its_changes(share):
    info = ET.parse(share / f"metainfo/{ID}.metainfo.xml").getroot()
    release = info.find("releases/release")
    assert release is not None
    assert release.attrib == {"version": __version__, "date": "2026-01-02"}
    assert len(release.findall("description/ul/li")) > 1


@pytest.mark.parametrize(
    ("tool", "file"),
    [
        (("desktop-file-validate",), f"applications/{ID}.desktop"),
        (("appstreamcli", "validate", "--no-net"), f"metainfo/{ID}.metainfo.xml"),
    ],
)
def test_desktops_own_checks_pass(share, tool, file):
    if shutil.which(tool[0]) is None:
        pytest.skip(f"there is no {tool[0]} here")
    done = subprocess.run([*tool, share / file], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
