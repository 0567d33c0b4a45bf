"""Nothing that is read is ever executed, and nothing goes over the network: no module could."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "nvmeviz").rglob("*.py"))

# Modules that turn data into code, and those that speak with other machines.
EXECUTING = {"pickle", "marshal", "shelve", "dill", "code", "codeop", "runpy", "yaml"}
NETWORK = {
    *("socket", "socketserver", "ssl", "http", "urllib", "ftplib", "smtplib", "xmlrpc", "asyncio"),
    *("requests", "httpx", "webbrowser", "multiprocessing.connection", "PySide6.QtNetwork"),
}
CALLS = {"eval", "exec", "compile", "__import__", "input", "breakpoint"}
METHODS = {"os.system", "os.popen", "np.load", "numpy.load", "np.fromfile", "os.startfile"}
# By file: what it may do, and why.
ALLOWED = {
    "nvmeviz/ui/instance.py": {"multiprocessing.connection"},  # a socket file on this machine
}


def _name(node: ast.expr) -> str:
    """a.b.c as text; "" for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        front = _name(node.value)
        return f"{front}.{node.attr}" if front else ""
    return ""


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module:
        return [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return []


def found_in(source: str) -> set[str]:
    """What a module does of all that none should."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        for name in _imported(node):
            parts = name.split(".")
            fronts = {".".join(parts[: n + 1]) for n in range(len(parts))}
            found |= fronts & (EXECUTING | NETWORK)
        if isinstance(node, ast.Call):
            name = _name(node.func)
            found |= {name} & (CALLS | METHODS)
            for keyword in node.keywords:
                on = not isinstance(keyword.value, ast.Constant) or bool(keyword.value.value)
                if keyword.arg in ("shell", "allow_pickle") and on:
                    found.add(keyword.arg)
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_module_executes_what_it_reads_or_speaks_with_others(path):
    allowed = ALLOWED.get(path.relative_to(ROOT).as_posix(), set())
    assert found_in(path.read_text(encoding="utf-8")) - allowed == set()


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import pickle", "pickle"),
        ("from urllib.request import urlopen", "urllib"),
        ("from multiprocessing import connection", "multiprocessing.connection"),
        ("from PySide6 import QtNetwork", "PySide6.QtNetwork"),
        ("eval('1')", "eval"),
        ("import os\nos.system('x')", "os.system"),
        ("import subprocess\nsubprocess.run('x', shell=True)", "shell"),
        ("import numpy as np\nnp.frombuffer(b'', allow_pickle=True)", "allow_pickle"),
        ("import numpy as np\nnp.load('x')", "np.load"),
    ],
)
def test_the_guard_sees_what_it_guards_against(source, found):
    assert found in found_in(source)
