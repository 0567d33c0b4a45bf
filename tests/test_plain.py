"""The stand-in for Cython, and the switch that runs the core uncompiled."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import pytest

from nvmeviz import _plain

ROOT = Path(__file__).parents[1]


@pytest.fixture
def cython():
    return _plain.stand_in()


def test_decorators_leave_functions_and_classes_alone(cython):
    def function() -> int:
        return 7

    class Thing:
        pass

    assert cython.cfunc(function) is function
    assert cython.nogil(function) is function
    assert cython.inline(cython.ccall(function)) is function
    assert cython.exceptval(-1, check=True)(function) is function
    assert cython.returns(cython.longlong)(function) is function
    assert cython.locals(i=cython.Py_ssize_t)(function) is function
    assert cython.boundscheck(False)(function) is function
    assert cython.final(cython.cclass(Thing)) is Thing


def test_nogil_is_a_block_too_and_hides_no_exception(cython):
    with cython.nogil:
        pass
    with cython.nogil(True), cython.gil:
        pass
    with pytest.raises(ZeroDivisionError), cython.nogil:
        raise ZeroDivisionError


def test_types_convert_and_can_be_subscripted(cython):
    assert cython.declare(cython.Py_ssize_t, 5) == 5
    assert cython.declare(cython.longlong) is None
    assert cython.cast(cython.uint, 3.0) == 3
    assert cython.bint(2) is True
    assert cython.double(2) == 2.0
    assert repr(cython.longlong[::1]) == "cython.longlong[]"
    assert cython.compiled is False


def test_stand_in_agrees_with_cython_where_both_are_there(cython):
    real = pytest.importorskip("Cython.Shadow")
    for name in vars(cython):
        if not name.startswith("__"):
            assert hasattr(real, name) or name in _REAL_DIRECTIVES, name
    assert real.declare(real.Py_ssize_t, 5) == cython.declare(cython.Py_ssize_t, 5)
    assert real.cast(real.uint, 3) == cython.cast(cython.uint, 3)


_REAL_DIRECTIVES = {"annotation_typing", "infer_types", "initializedcheck", "nonecheck"}


def _run(code: str, path: Path, **environment: str) -> str:
    """Run code in a fresh Python that sees `path` and nothing of the environment's packages."""
    done = subprocess.run(
        [sys.executable, "-P", "-S", "-c", code],
        env={**os.environ, "PYTHONPATH": str(path), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_package_imports_where_cython_is_not_installed():
    code = "import nvmeviz, cython; print(cython.compiled, hasattr(cython, '__file__'))"
    assert _run(code, ROOT) == "False False"


def test_nvmeviz_pure_prefers_the_source_to_the_extension_beside_it(tmp_path):
    """Only the finding is tried: any file with an extension module's ending will do."""
    package = tmp_path / "nvmeviz"
    package.mkdir()
    (package / "_plain.py").write_bytes((ROOT / "nvmeviz" / "_plain.py").read_bytes())
    (package / "__init__.py").write_text("from nvmeviz import _plain\n_plain.install()\n")
    (package / "both.py").write_text("")
    compiled = f"both{EXTENSION_SUFFIXES[0]}"
    (package / compiled).write_bytes(b"")
    (package / f"only{EXTENSION_SUFFIXES[0]}").write_bytes(b"")
    code = (
        "import importlib.util as u, os\n"
        "print(*(os.path.basename(u.find_spec('nvmeviz.' + m).origin) for m in ('both', 'only')))"
    )
    only = f"only{EXTENSION_SUFFIXES[0]}"
    assert _run(code, tmp_path, NVMEVIZ_PURE="1") == f"both.py {only}"
    assert _run(code, tmp_path, NVMEVIZ_PURE="0") == f"{compiled} {only}"
    assert _run(code, tmp_path, NVMEVIZ_PURE="") == f"{compiled} {only}"


def test_install_twice_changes_nothing():
    before = list(sys.meta_path), sys.modules.get("cython")
    _plain.install()
    assert (list(sys.meta_path), sys.modules.get("cython")) == before
