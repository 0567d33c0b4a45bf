"""Builds the compiled core where it can; the rest of the project stands in pyproject.toml.

The core's modules are ordinary Python files with their C types in a `.pxd` beside them. With Cython
and a C compiler they become extension modules, which Python then prefers; without either the
installation is complete all the same, and slower. Switches, all environment variables set to 1:

    NVMEVIZ_PURE_BUILD    build no extension modules at all
    NVMEVIZ_ABI3          build for the limited API of 3.11: one wheel for 3.11 and newer (releases)
    NVMEVIZ_REQUIRE_CORE  a core that does not compile is an error (our own tests, releases)
"""

from __future__ import annotations

import os
import runpy
import sys
from pathlib import Path

from setuptools import Extension, find_packages, setup
from setuptools.command.build_ext import build_ext

ROOT = Path(__file__).resolve().parent

# Written out, so that a new file is compiled because someone decided so.
CORE_MODULES = (
    "nvmeviz/model/state.py",
    "nvmeviz/model/ask.py",
    "nvmeviz/model/apply_actor.py",
    "nvmeviz/model/apply_command.py",
    "nvmeviz/model/apply_queue.py",
    "nvmeviz/model/reduce.py",
    "nvmeviz/engine/calendar.py",
    "nvmeviz/engine/draw.py",
    "nvmeviz/engine/plan.py",
    "nvmeviz/engine/driver.py",
    "nvmeviz/engine/vmm.py",
    "nvmeviz/engine/steps.py",
    "nvmeviz/engine/eventloop.py",
    "nvmeviz/engine/controller.py",
    "nvmeviz/engine/core.py",
    "nvmeviz/importers/line_form.py",
    "nvmeviz/importers/scan.py",
    "nvmeviz/importers/board.py",
    "nvmeviz/importers/driver_side.py",
    "nvmeviz/importers/controller_side.py",
    "nvmeviz/importers/lifting.py",
)

# Tables of whole numbers that the core uses as C constants. There is one table, in Python; the
# `.pxd` is made from it.
CONSTANT_MODULES = (
    "nvmeviz/log/kinds.py",
    "nvmeviz/model/layout.py",
    "nvmeviz/engine/choices.py",
    "nvmeviz/importers/records.py",
)

DIRECTIVES = {
    "language_level": 3,
    "annotation_typing": False,  # `int` in a .py means int; the .pxd says which C type that is
    "infer_types": True,  # locals take the C type of what is assigned to them
    "boundscheck": True,  # measured: costs nothing, and turns a bug into an IndexError
    "wraparound": False,
    "cdivision": True,  # operands of // and % are never negative in the core
    "initializedcheck": False,
    "show_performance_hints": False,
}

LIMITED_API = "0x030B0000"  # 3.11


def switched_on(name: str) -> bool:
    """Whether an environment variable is set to something other than 0."""
    return os.environ.get(name, "") not in {"", "0"}


def constants_pxd(source: str, values: dict[str, int]) -> str:
    """The text of a `.pxd` that gives each name its value as a C constant."""
    lines = [f"# Made by setup.py from {source}: edit that file, not this one."]
    small = {name: value for name, value in values.items() if -(2**31) <= value < 2**31}
    if small:
        lines += ["", "cdef enum:", *(f"    {name} = {value}" for name, value in small.items())]
    large = {name: value for name, value in values.items() if name not in small}
    if large:
        # An enum holds no more than an int with Microsoft's compiler.
        lines += ["", "cdef extern from *:"]
        for name, value in large.items():
            kind, suffix = ("long long", "LL") if value < 2**63 else ("unsigned long long", "ULL")
            lines.append(f'    const {kind} {name} "{value}{suffix}"')
    return "\n".join(lines) + "\n"


def write_constants() -> None:
    """Write the `.pxd` beside each table of constants, touching it only when it changes."""
    for source in CONSTANT_MODULES:
        path = ROOT / source
        if not path.is_file():
            continue
        values = {
            name: value
            for name, value in runpy.run_path(str(path)).items()
            if name.isupper() and not name.startswith("_") and type(value) is int
        }
        text = constants_pxd(source, values)
        target = path.with_suffix(".pxd")
        if not target.is_file() or target.read_text(encoding="utf-8") != text:
            target.write_text(text, encoding="utf-8", newline="\n")


def core_extensions() -> list[Extension]:
    """The extension modules to build; none without Cython or when switched off."""
    if switched_on("NVMEVIZ_PURE_BUILD"):
        return []
    try:
        from Cython.Build import cythonize
    except ImportError:
        if switched_on("NVMEVIZ_REQUIRE_CORE"):
            raise
        return []
    os.chdir(ROOT)  # Cython finds the .pxd files through paths relative to here
    write_constants()
    abi3 = switched_on("NVMEVIZ_ABI3")
    limited: list[tuple[str, str | None]] = []
    if abi3:
        limited = [("Py_LIMITED_API", LIMITED_API), ("CYTHON_LIMITED_API", "1")]
    extensions = cythonize(
        [
            Extension(
                module.removesuffix(".py").replace("/", "."),
                [module],
                define_macros=limited,
                py_limited_api=abi3,
            )
            for module in CORE_MODULES
            if (ROOT / module).is_file()
        ],
        build_dir="build/cython",
        compiler_directives=DIRECTIVES,
        # Elsewhere a new process would run this file again.
        nthreads=2 if sys.platform == "linux" else 0,
        quiet=True,
    )
    for extension in extensions:
        # After cythonize, which drops it. Without a working compiler the core is slower, no more.
        extension.optional = not switched_on("NVMEVIZ_REQUIRE_CORE")
    return extensions


class BuildCore(build_ext):
    """build_ext with the options of the compiler that was found."""

    def build_extensions(self) -> None:
        """Optimise, leave debugging symbols out (1.5 MB a module), let signed integers wrap."""
        if self.compiler.compiler_type != "msvc":
            for extension in self.extensions:
                extension.extra_compile_args = ["-O3", "-g0", "-fwrapv"]
        super().build_extensions()


OPTIONS = {"build_ext": {"parallel": "2"}}
if switched_on("NVMEVIZ_ABI3"):
    OPTIONS["bdist_wheel"] = {"py_limited_api": "cp311"}

setup(
    # resources/ stands at the top of a checkout and inside the package when installed;
    # nvmeviz/places.py finds both.
    packages=[*find_packages(include=["nvmeviz", "nvmeviz.*"]), "nvmeviz.resources"],
    package_dir={"nvmeviz.resources": "resources"},
    # The .pxd files so that a source distribution can be compiled.
    package_data={"": ["*.pxd"], "nvmeviz.resources": ["**/*"]},
    ext_modules=core_extensions(),
    cmdclass={"build_ext": BuildCore},
    options=OPTIONS,
)
