"""The Windows installer: it compiles, and its uninstaller deletes what it has brought and no more."""

from __future__ import annotations

import runpy
import shutil
import subprocess
from pathlib import Path

import pytest

from nvmeviz import __version__
from nvmeviz.log.recording import SUFFIX

WINDOWS = Path(__file__).parents[2] / "packaging" / "windows"
REMOVAL = runpy.run_path(str(WINDOWS / "removal.py"))["lines"]


@pytest.fixture
def stand_in(tmp_path) -> Path:
    """A folder as PyInstaller leaves it."""
    folder = tmp_path / "nvmeviz"
    (folder / "_internal" / "a" / "b").mkdir(parents=True)
    for name in ("nvmeviz.exe", "nvmeviz-window.exe", "_internal/LICENSE", "_internal/a/b/$c d.py"):
        (folder / name).write_text(name, encoding="utf-8")
    return folder


def test_uninstaller_deletes_each_file_and_then_the_folders_that_it_leaves_empty(stand_in):
    assert REMOVAL(stand_in) == [
        'Delete "$INSTDIR\\nvmeviz.exe"',
        'Delete "$INSTDIR\\nvmeviz-window.exe"',
        'Delete "$INSTDIR\\_internal\\a\\b\\$$c d.py"',
        'RMDir "$INSTDIR\\_internal\\a\\b"',
        'RMDir "$INSTDIR\\_internal\\a"',
        'Delete "$INSTDIR\\_internal\\LICENSE"',
        'RMDir "$INSTDIR\\_internal"',
    ]


def test_nothing_is_ever_deleted_with_all_that_is_in_it():
    text = (WINDOWS / "nvmeviz.nsi").read_text(encoding="utf-8")
    assert "RMDir" in text
    assert "RMDir /r" not in text
    assert f"\\{SUFFIX}" in text


def test_windows_compares_four_numbers():
    about = runpy.run_path(str(WINDOWS / "version_info.py"))
    assert about["numbers_of"]("1.20.3") == (1, 20, 3, 0)
    assert about["numbers_of"]("0.2.0rc1") == (0, 2, 0, 0)
    assert about["numbers_of"]("1.2.3.4.5") == (1, 2, 3, 4)


@pytest.mark.usefixtures("qapp")
def test_installer_compiles_without_a_warning(stand_in, tmp_path):
    makensis = shutil.which("makensis")
    if makensis is None:
        pytest.skip("there is no makensis here")
    removal, icon, setup = (
        tmp_path / name for name in ("removal.nsh", "nvmeviz.ico", "nvmeviz-setup.exe")
    )
    removal.write_text("\n".join(REMOVAL(stand_in)), encoding="utf-8")
    runpy.run_path(str(WINDOWS.parent / "icon_files.py"))["main"](icon)
    values = {
        **{"VERSION": __version__, "NUMBERS": "0.1.0.0", "FOLDER": stand_in},
        **{"ICON": icon, "REMOVAL": removal, "OUTPUT": setup},
    }
    words = [f"-D{name}={value}" for name, value in values.items()]
    done = subprocess.run(
        [makensis, "-WX", "-INPUTCHARSET", "UTF8", *words, WINDOWS / "nvmeviz.nsi"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert setup.read_bytes()[:2] == b"MZ"
