"""What of a frozen program is wanted, by the names that PyInstaller gives on each system."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

CONTENTS = runpy.run_path(str(Path(__file__).parents[2] / "packaging" / "contents.py"))
QT_CORE = "PySide6/Qt/lib/QtCore.framework"


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("PySide6/Qt/plugins/platforms/libqxcb.so", True),
        ("PySide6/Qt/plugins/wayland-shell-integration/libxdg-shell.so", True),
        ("PySide6/Qt/plugins/platformthemes/libqgtk3.so", False),
        ("PySide6\\plugins\\platforms\\qwindows.dll", True),
        ("PySide6\\plugins\\platforms\\qoffscreen.dll", True),
        ("PySide6\\plugins\\platforms\\qdirect2d.dll", False),
        ("PySide6\\plugins\\styles\\qmodernwindowsstyle.dll", False),
        ("PySide6\\plugins\\imageformats\\qsvg.dll", True),
        ("PySide6\\translations\\qtbase_de.qm", False),
        ("pyqtgraph\\icons\\peegee\\peegee.svg", False),
        ("PySide6/Qt/plugins/platforms/libqcocoa.dylib", True),
        ("PySide6/Qt/plugins/imageformats/libqmacheif.dylib", False),
        ("PySide6/Qt/translations/qtbase_de.qm", False),
        ("nvmeviz/resources/drives.toml", True),
    ],
)
def test_qt_extras_are_left_out_on_every_system(name, wanted):
    assert CONTENTS["used"](name) is wanted


def _names(binaries, needs):
    found = CONTENTS["needed"](binaries, lambda file: needs.get(file, ()))
    return {entry[0] for entry in found}


def test_libraries_that_nothing_left_over_needs_are_left_out():
    binaries = [
        ("PySide6\\QtCore.pyd", "core", "EXTENSION"),
        ("PySide6\\plugins\\platforms\\qwindows.dll", "windows", "BINARY"),
        *(("PySide6\\Qt6Core.dll", "qt", "BINARY"), ("PySide6\\Qt6Gui.dll", "gui", "BINARY")),
        ("PySide6\\opengl32sw.dll", "gl", "BINARY"),
        ("python311.dll", "python", "BINARY"),
        ("VCRUNTIME140.dll", "runtime", "BINARY"),
        ("PySide6\\vcruntime140.dll", "Qt's runtime", "BINARY"),
    ]
    needs = {
        "core": ["Qt6Core.dll", "KERNEL32.dll"],
        "windows": ["Qt6Gui.dll"],
        "python": ["vcruntime140.dll"],
    }
    left_out = {entry[0] for entry in binaries} - _names(binaries, needs)
    assert left_out == {"PySide6\\opengl32sw.dll"}


def test_a_framework_is_needed_by_its_path_and_keeps_what_belongs_to_it():
    binaries = [
        ("PySide6/QtCore.abi3.so", "module", "EXTENSION"),
        (f"{QT_CORE}/Versions/A/QtCore", "core", "BINARY"),
        ("PySide6/Qt/lib/QtQml.framework/Versions/A/QtQml", "qml", "BINARY"),
        ("Python.framework/Versions/3.11/Python", "python", "BINARY"),
    ]
    needs = {"module": ["@rpath/QtCore.framework/Versions/A/QtCore"]}
    kept = [entry for entry in binaries if entry[0] in _names(binaries, needs)]
    assert [entry[1] for entry in kept] == ["module", "core", "python"]
    datas = [
        (f"{QT_CORE}/Versions/Current", "A", "SYMLINK"),
        (f"{QT_CORE}/Versions/A/Resources/Info.plist", "list", "DATA"),
        ("PySide6/Qt/lib/QtQml.framework/Versions/Current", "A", "SYMLINK"),
        ("PySide6/Qt/lib/QtQml.framework/Versions/A/Resources/Info.plist", "list", "DATA"),
        ("Python", "Python.framework/Versions/3.11/Python", "SYMLINK"),
        ("QtQml", "PySide6/Qt/lib/QtQml.framework/Versions/A/QtQml", "SYMLINK"),
        ("nvmeviz/resources/drives.toml", "drives", "DATA"),
    ]
    found = CONTENTS["wanted_data"](datas, kept)
    assert found == [datas[0], datas[1], datas[4], datas[6]]
