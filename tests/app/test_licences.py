"""The licences of all that the program is made of."""

from __future__ import annotations

import re
from pathlib import Path

from nvmeviz.app.licences import PACKAGES, QT_PACKAGES, components

ROOT = Path(__file__).parents[2]


def test_everything_that_is_installed_with_the_program_is_among_them():
    lock = (ROOT / "packaging" / "runtime.lock").read_text(encoding="utf-8")
    locked = {name.lower() for name in re.findall(r"^([\w-]+)==", lock, re.MULTILINE)}
    assert locked == {name.lower() for name in (*QT_PACKAGES, *PACKAGES)}


def test_each_has_its_licence_and_a_text():
    found = {part.name: part for part in components()}
    assert list(found)[:3] == ["nvmeviz", "Python", "Qt for Python"]
    assert {"numpy", "pyqtgraph", "rich"} < set(found)
    assert all(part.version and part.licence and part.text for part in found.values())
    assert "Permission is hereby granted" in found["pyqtgraph"].text
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in found["Qt for Python"].text
    assert "SIL OPEN FONT LICENSE" in found["fontpkg-inter"].text.upper()
    assert found["numpy"].licence.startswith("BSD-3-Clause")


def test_the_programs_own_is_the_one_of_the_project():
    assert components()[0].text == (ROOT / "LICENSE").read_text(encoding="utf-8")


def test_libraries_of_the_system_that_were_bundled_are_listed_too(tmp_path, monkeypatch):
    from nvmeviz.app import licences

    own = licences.resources.path
    (tmp_path / "libxcb1.txt").write_text("X11 licence")

    def path(*parts):
        return tmp_path if parts == ("licences", "system") else own(*parts)

    monkeypatch.setattr(licences.resources, "path", path)
    last = components()[-1]
    assert (last.name, last.text) == ("libxcb1", "X11 licence")
