"""Looks whether a wheel is whole, and whether the Python that runs this loads what is in it.

    python packaging/check_wheel.py WHEEL

Run by a Python in which that wheel is installed, with its dependencies. A wheel with a compiled core must
be for the limited API and hold each module of the core compiled; one without is for any system.
"""

from __future__ import annotations

import ast
import importlib
import sys
import zipfile
from importlib.machinery import ExtensionFileLoader
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LIMITED_API = "cp311-abi3"
SOURCES = {"nvmeviz": "nvmeviz", "resources": "nvmeviz/resources"}  # and where they are installed
NOT_ASKED_FOR = {"__pycache__", ".so", ".pyd", ".pxd"}  # a .pxd was for compiling
SCRIPTS = ("nvmeviz = nvmeviz.__main__:main", "nvmeviz-window = nvmeviz.__main__:window")


def core_modules() -> list[str]:
    """The names of the modules that setup.py compiles."""
    tree = ast.parse((ROOT / "setup.py").read_text(encoding="utf-8"))
    for part in tree.body:
        if isinstance(part, ast.Assign) and ast.unparse(part.targets[0]) == "CORE_MODULES":
            files: tuple[str, ...] = ast.literal_eval(part.value)
            return [file.removesuffix(".py").replace("/", ".") for file in files]
    raise LookupError("setup.py has no CORE_MODULES.")


def expected() -> set[str]:
    """What of this checkout must be in any wheel."""
    return {
        f"{installed}/{file.relative_to(ROOT / source).as_posix()}"
        for source, installed in SOURCES.items()
        for file in (ROOT / source).rglob("*")
        if file.is_file() and not NOT_ASKED_FOR & {file.suffix, file.parent.name}
    }


def compiled(wheel: Path) -> bool:
    """Whether it says that it has a compiled core."""
    return not wheel.name.endswith("-py3-none-any.whl")


def problems_inside(wheel: Path) -> list[str]:
    """What is wrong with its files, in sentences."""
    with zipfile.ZipFile(wheel) as file:
        names = set(file.namelist())
        scripts = next((n for n in names if n.endswith(".dist-info/entry_points.txt")), "")
        said = file.read(scripts).decode() if scripts else ""
    found = [f"{name} is missing." for name in sorted(expected() - names)]
    found += [f"The command {script} is missing." for script in SCRIPTS if script not in said]
    if not any(name.endswith(".dist-info/licenses/LICENSE") for name in names):
        found.append("LICENSE is missing.")
    if compiled(wheel) and f"-{LIMITED_API}-" not in wheel.name:
        found.append(f"It is not for {LIMITED_API}.")
    binary = {name.partition(".")[0] for name in names if name.endswith((".so", ".pyd"))}
    wanted = {name.replace(".", "/") for name in core_modules()} if compiled(wheel) else set[str]()
    found += [f"{name} is compiled in one and not in the other." for name in binary ^ wanted]
    return found


def problems_loaded(wheel: Path) -> list[str]:
    """What is wrong with what this Python imports, in sentences."""
    found: list[str] = []
    for name in core_modules():
        module = importlib.import_module(name)
        if Path(str(module.__file__)).is_relative_to(ROOT / "nvmeviz"):
            return [f"{name} comes from the checkout: {module.__file__}"]
        if isinstance(module.__loader__, ExtensionFileLoader) != compiled(wheel):
            found.append(f"{name} is loaded from {module.__file__}")
    return found


def main(wheel: Path) -> int:
    """Say what is wrong; the exit code."""
    found = [*problems_inside(wheel), *problems_loaded(wheel)]
    for problem in found:
        print(f"{wheel.name}: {problem}", file=sys.stderr)
    if not found:
        print(f"{wheel.name} is whole{', and its core is loaded' if compiled(wheel) else ''}.")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
