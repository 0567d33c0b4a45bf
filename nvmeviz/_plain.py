"""Lets the compiled core's files run as the ordinary Python that they are.

Knows two things: a stand-in for the few names of the module `cython` that those files use, put in
place when Cython is not installed; and, with NVMEVIZ_PURE=1 in the environment, an import finder
that prefers a `.py` to the compiled module beside it (so that the tests can run both). The lowest
layer: imports nothing of ours. Follows Cython.Shadow, with which Cython itself runs uncompiled.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from contextlib import AbstractContextManager
from importlib.machinery import ExtensionFileLoader, ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

PURE_SWITCH: Final = "NVMEVIZ_PURE"
_PACKAGE: Final = __name__.partition(".")[0]

_DECORATORS: Final = ("cclass", "ccall", "cfunc", "final", "inline")
_SETTINGS: Final = (
    "annotation_typing",
    "boundscheck",
    "cdivision",
    "exceptval",
    "infer_types",
    "initializedcheck",
    "locals",
    "nonecheck",
    "overflowcheck",
    "returns",
    "wraparound",
)
_INTEGERS: Final = (
    *("char", "schar", "uchar", "short", "ushort", "int", "uint", "long", "ulong"),
    *("longlong", "ulonglong", "size_t", "ssize_t", "Py_ssize_t", "sint", "slong", "slonglong"),
)
_POINTERS: Final = ("p_char", "p_uchar", "p_int", "p_uint", "p_long", "p_longlong", "p_void")


class _Type:
    """A C type's stand-in: converts when called, can be subscripted as `longlong[::1]`."""

    def __init__(self, name: str, convert: Callable[[Any], Any] | None) -> None:
        self._name = name
        self._convert = convert

    def __call__(self, *value: Any) -> Any:
        if self._convert is None:
            return value[0] if value else None
        return self._convert(value[0] if value else 0)

    def __getitem__(self, _index: object) -> _Type:
        return _Type(f"{self._name}[]", None)

    def __repr__(self) -> str:
        return f"cython.{self._name}"


class _GilBlock(AbstractContextManager[None]):
    """`nogil` and `gil`: a decorator, a context manager, and either with a condition."""

    def __call__(self, target: Any = True) -> Any:
        return target if callable(target) else self

    def __exit__(self, *_exc: object) -> None:
        return None


def _same(target: Any) -> Any:
    """A decorator that changes nothing."""
    return target


def _setting(*_args: object, **_kwargs: object) -> Callable[[Any], Any]:
    """A decorator with arguments that changes nothing when uncompiled."""
    return _same


def _declare(kind: Any = None, value: Any = None, /, **_names: object) -> Any:
    return value if value is None or not isinstance(kind, _Type) else kind(value)


def _cast(kind: Any, value: Any, **_options: object) -> Any:
    return kind(value) if isinstance(kind, _Type) else value


def stand_in() -> ModuleType:
    """A module with the names of `cython` that uncompiled files use; it changes nothing."""
    module = ModuleType("cython", "Stand-in of nvmeviz: Cython itself is not installed.")
    names: dict[str, Any] = {"compiled": False, "NULL": None, "declare": _declare, "cast": _cast}
    names |= dict.fromkeys(_DECORATORS, _same)
    names |= dict.fromkeys(_SETTINGS, _setting)
    names |= {name: _Type(name, int) for name in _INTEGERS}
    names |= {name: _Type(name, float) for name in ("double", "float", "longdouble")}
    names |= {name: _Type(name, None) for name in (*_POINTERS, "void")}
    names |= {"bint": _Type("bint", bool), "nogil": _GilBlock(), "gil": _GilBlock()}
    module.__dict__.update(names)
    return module


class _PureFinder:
    """Finds our modules as `.py` where a compiled one lies beside it (Python prefers that)."""

    @staticmethod
    def find_spec(
        name: str, path: Sequence[str] | None = None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """As `importlib.abc.MetaPathFinder.find_spec`; None leaves a name to other finders."""
        if path is None or name.partition(".")[0] != _PACKAGE:
            return None
        spec = PathFinder.find_spec(name, path)
        if spec is None or spec.origin is None or not isinstance(spec.loader, ExtensionFileLoader):
            return None
        source = Path(spec.origin).with_name(name.rpartition(".")[2] + ".py")
        if not source.is_file():
            return None
        return importlib.util.spec_from_file_location(name, source)


def install() -> None:
    """Make `import cython` work without Cython, and obey NVMEVIZ_PURE; once is enough."""
    if "cython" not in sys.modules and importlib.util.find_spec("cython") is None:
        sys.modules["cython"] = stand_in()
    if os.environ.get(PURE_SWITCH, "") not in {"", "0"} and _PureFinder not in sys.meta_path:
        sys.meta_path.insert(0, _PureFinder)
