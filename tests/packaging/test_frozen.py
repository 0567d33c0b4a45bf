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
