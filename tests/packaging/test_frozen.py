"""The frozen program is built and tried, as a release is: some minutes, once for each change."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NO_TOOLS = 75  # packaging/build says so
BUILD_S = 1500  # a machine that does other things too; by itself it takes two minutes


@pytest.fixture(scope="module")
def frozen() -> Path:
    """The folder of the frozen program."""
    if not sys.platform.startswith("linux"):
        pytest.skip("packaging/build is for Linux")
    missing = [tool for tool in ("cc", "strip") if shutil.which(tool) is None]
    if missing:
        pytest.skip(f"freezing needs {' and '.join(missing)}")
    done = subprocess.run(
        [ROOT / "packaging" / "build", "folder"],
        env={**os.environ, "PYTHON": sys.executable},
        capture_output=True,
        text=True,
        timeout=BUILD_S,
        check=False,
    )
    if done.returncode == NO_TOOLS:
        pytest.skip(f"the tools that freeze can't be installed here: {done.stderr[-300:]}")
    assert done.returncode == 0, done.stdout + done.stderr
    return ROOT / "build" / "freeze" / "nvmeviz"


def test_frozen_program_works_where_it_lies_and_where_nobody_can_write(frozen: Path):
    done = subprocess.run(
        [sys.executable, ROOT / "packaging" / "smoke_test.py", frozen],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_frozen_program_carries_no_address_of_the_machine_it_was_made_on(frozen: Path):
    for core in frozen.glob("_internal/nvmeviz/**/*.so"):
        assert str(ROOT).encode() not in core.read_bytes(), core


def test_frozen_program_carries_the_licences_of_what_it_carries(frozen: Path):
    inside = frozen / "_internal"
    for package in ("numpy", "pyqtgraph", "platformdirs", "fontpkg_inter"):
        (licence,) = inside.glob(f"{package}-*.dist-info/licenses/LICENSE*")
        assert licence.stat().st_size > 500, licence
    if shutil.which("dpkg-query"):
        texts = list((inside / "nvmeviz/resources/licences/system").glob("*.txt"))
        assert {"libxkbcommon0", "libfontconfig1"} <= {text.stem for text in texts}


def _made(script: str, *words: str) -> None:
    done = subprocess.run(
        [ROOT / "packaging" / "linux" / script, *words],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_appimage_starts_before_it_is_packed(frozen: Path, tmp_path: Path):
    _made("build-appimage")
    folder = ROOT / "build" / "appimage" / "nvmeviz.AppDir"
    assert "Icon=nvmeviz\n" in (folder / "nvmeviz.desktop").read_text(encoding="utf-8")
    for name in ("nvmeviz.png", ".DirIcon"):
        assert (folder / name).read_bytes().startswith(b"\x89PNG")
    done = subprocess.run(
        [folder / "AppRun", "--self-test"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "frozen, in" in done.stdout


def test_flatpak_is_called_the_same_everywhere(frozen: Path):
    name = "io.example.nvmeviz"
    _made("build-flatpak", name)
    folder = ROOT / "build" / "flatpak"
    manifest = (folder / f"{name}.yml").read_text(encoding="utf-8")
    assert f'\nid: "{name}"\n' in manifest
    assert "@ID@" not in manifest
    share = folder / "tree" / "share"
    assert (share / "applications" / f"{name}.desktop").is_file()
    assert (folder / "tree" / "lib" / "nvmeviz" / "_internal" / "LICENSE").is_file()


def test_flatpak_wants_a_name_with_a_domain(frozen: Path):
    script = ROOT / "packaging" / "linux" / "build-flatpak"
    assert subprocess.run([script, "nvmeviz"], capture_output=True, check=False).returncode == 2
