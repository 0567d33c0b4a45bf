"""What the program is made of, under which licences: for About, and for whoever passes it on.

Texts of Python packages come with them; the others lie in `resources/licences`, where `packaging/build`
also puts those of the system's libraries that a frozen program carries.
"""

from __future__ import annotations

import platform
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from nvmeviz import __version__
from nvmeviz.app import resources

# All of packaging/runtime.lock, by the names of PyPI. Qt for Python comes first, as a whole.
QT_PACKAGES = ("PySide6-Essentials", "shiboken6")
PACKAGES = (
    *("numpy", "pyqtgraph", "fontpkg", "fontpkg-inter", "fontpkg-jetbrains-mono"),
    *("platformdirs", "tomli-w", "rich", "Pygments", "markdown-it-py", "mdurl", "colorama"),
)
_FOLDER = "licences"
_SYSTEM = "system"
_QT = """Qt and Qt for Python are used under the GNU Lesser General Public License, version 3.
They are libraries in files of their own: put others with the same interface in their place, and
the program uses those. Their source is at https://download.qt.io/official_releases/ (folders qt
and QtForPython), and what they contain of others is listed at
https://doc.qt.io/qt-6/licenses-used-in-qt.html.
"""


@dataclass(frozen=True, slots=True)
class Component:
    """A part of the program. licence: its name, by SPDX where it has one; text: all of it."""

    name: str
    version: str
    licence: str
    text: str


def components() -> tuple[Component, ...]:
    """The program itself first, then what it is built on, as far as it is here."""
    qt_text = "\n\n\n".join((_QT, _own_text("LGPL-3.0"), _own_text("GPL-3.0")))
    found = [
        Component("nvmeviz", __version__, "Apache-2.0", _own_text("nvmeviz")),
        Component("Python", platform.python_version(), "PSF-2.0", _own_text("Python")),
        Component("Qt for Python", _version(QT_PACKAGES[0]), "LGPL-3.0-only", qt_text),
    ]
    found += [_package(name) for name in PACKAGES if _version(name)]
    folder = resources.path(_FOLDER, _SYSTEM)
    for file in sorted(folder.glob("*.txt")) if folder.is_dir() else ():
        found.append(Component(file.stem, "of the system", "see its text", _text(file)))
    return tuple(found)


def _own_text(name: str) -> str:
    return _text(resources.path(_FOLDER, f"{name}.txt"))


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def _package(name: str) -> Component:
    found = metadata.distribution(name)
    names = [str(file) for file in found.files or () if _is_licence(str(file))]
    texts = [_text(Path(str(found.locate_file(name)))) for name in names]
    licence = _licence_name(found)
    return Component(name, found.version, licence, "\n\n\n".join(texts) or licence)


def _licence_name(found: metadata.Distribution) -> str:
    for key in ("License-Expression", "Classifier", "License"):
        for row in found.metadata.get_all(key) or ():
            if key != "Classifier" or row.startswith("License :: "):
                return row.rpartition(" :: ")[2].splitlines()[0]
    return "see its text"


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        return f"The text is not here: {error.strerror}. ({path})"


def _is_licence(path: str) -> bool:
    folder, _, name = path.replace("\\", "/").rpartition("/")
    return ".dist-info" in folder and any(word in name.upper() for word in ("LICEN", "COPYING"))
