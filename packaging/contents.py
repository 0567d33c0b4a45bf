"""What of a program that PyInstaller has analysed is wanted in the bundle, on every system.

Names are those of its lists, (name in the bundle, path, kind): with backslashes on Windows. What the
program does not use is left out: Qt's extras, and then every library that nothing left over needs.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Entry = tuple[str, str, str]

# Of Qt's folder of plugins, without the "lib" that some systems put before a library's name. The
# texts of Qt's own dialogs are English, as ours, and its style is Fusion everywhere.
USED_PLUGINS = (
    *("platforms/qoffscreen", "platforms/qwindows", "platforms/qcocoa"),
    *("platforms/qxcb", "platforms/qwayland", "xcbglintegrations"),
    *("wayland-decoration-client/adwaita", "wayland-shell-integration/xdg-shell"),
    *("wayland-graphics-integration-client/qt-plugin", "platformthemes/qxdgdesktopportal"),
    *("platforminputcontexts/compose", "platforminputcontexts/ibus"),
    *("imageformats/qjpeg", "imageformats/qwebp", "imageformats/qsvg", "iconengines/qsvgicon"),
)
_PYTHON = ("libpython", "python3")  # and "Python", where it is a framework


def _plain(name: str) -> str:
    return name.replace("\\", "/")


def _library(name: str) -> str:
    """The name that others ask for it by; Windows and its libraries don't agree on capitals."""
    return PurePosixPath(_plain(name)).name.lower()


def _framework(name: str) -> str:
    """The framework that a file belongs to on macOS, "" when to none."""
    before, found, _ = _plain(name).partition(".framework/")
    return before if found else ""


def is_plugin(name: str) -> bool:
    """Whether it is one of Qt's plugins, which nothing names as what it needs."""
    return "/plugins/" in _plain(name)


def used(name: str) -> bool:
    """Whether a file of the bundle is wanted: everything but Qt's extras and pictures of pyqtgraph."""
    plain = _plain(name)
    if is_plugin(name):
        plugin = plain.partition("/plugins/")[2].replace("/lib", "/")
        return plugin.startswith(USED_PLUGINS)
    return "/translations/" not in plain and not plain.startswith("pyqtgraph/icons/peegee/")


def needed(binaries: Iterable[Entry], imports: Callable[[str], Iterable[str]]) -> list[Entry]:
    """Those that Python imports or Qt loads as a plugin, Python itself, and the libraries that they
    need in turn. imports: the names or paths of what a file needs.
    """
    libraries: dict[str, list[Entry]] = {}
    for entry in binaries:
        # One name may lie in several folders: each goes with those beside it.
        libraries.setdefault(_library(entry[0]), []).append(entry)
    everything = [entry for group in libraries.values() for entry in group]
    todo = [entry for entry in everything if entry[2] == "EXTENSION" or is_plugin(entry[0])]
    for name, group in libraries.items():
        if name.startswith(_PYTHON) or name == "python":
            todo += group
    found: dict[str, Entry] = {}
    while todo:
        entry = todo.pop()
        if entry[0] not in found:
            found[entry[0]] = entry
            for name in imports(entry[1]):
                todo += libraries.get(_library(name), [])
    return list(found.values())


def wanted_data(datas: Iterable[Entry], binaries: Iterable[Entry]) -> list[Entry]:
    """The files beside the libraries: links to those only that are there, and what belongs to a
    framework only with it.
    """
    kept = list(binaries)
    names = {PurePosixPath(_plain(entry[0])).name for entry in kept}
    frameworks = {_framework(entry[0]) for entry in kept}

    def wanted(entry: Entry) -> bool:
        if _framework(entry[0]):
            return _framework(entry[0]) in frameworks
        linked = entry[2] != "SYMLINK" or PurePosixPath(_plain(entry[0])).name in names
        return linked and used(entry[0])

    return [entry for entry in datas if wanted(entry)]
