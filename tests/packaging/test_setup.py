"""The build: which modules are compiled, and the constants they are compiled with."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest
import setuptools

ROOT = Path(__file__).parents[2]


@pytest.fixture
def build(monkeypatch):
    """setup.py as a module, with nothing built."""
    monkeypatch.setenv("NVMEVIZ_PURE_BUILD", "1")
    monkeypatch.setattr(setuptools, "setup", lambda **_: None)
    return runpy.run_path(str(ROOT / "setup.py"))


def test_every_module_with_c_types_is_compiled_and_the_other_way_round(build):
    constants = {Path(source) for source in build["CONSTANT_MODULES"]}
    typed = {path.relative_to(ROOT).with_suffix(".py") for path in ROOT.glob("nvmeviz/**/*.pxd")}
    assert typed - constants == {Path(module) for module in build["CORE_MODULES"]}


def test_constant_tables_exist(build):
    assert all((ROOT / source).is_file() for source in build["CONSTANT_MODULES"])


def test_constants_keep_their_values_whatever_their_size(build):
    text = build["constants_pxd"]("x.py", {"A": 1, "B": -5, "C": 1 << 40, "D": (1 << 64) - 1})
    assert text.splitlines() == [
        "# Made by setup.py from x.py: edit that file, not this one.",
        "",
        "cdef enum:",
        "    A = 1",
        "    B = -5",
        "",
        "cdef extern from *:",
        '    const long long C "1099511627776LL"',
        '    const unsigned long long D "18446744073709551615ULL"',
    ]
