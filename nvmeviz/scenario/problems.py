"""What is wrong with a file or a setting, said so that it can be mended: one sentence, the line, the
nearest valid name.
"""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class ScenarioError(Exception):
    """What is wrong, where, and what to do; `str()` is the whole sentence, the file's name last."""

    def __init__(self, problem: str, file: str, line: int = 0) -> None:
        super().__init__(f"{problem} ({file}, line {line})" if line else f"{problem} ({file})")
        self.problem = problem
        self.file = file
        self.line = line


class Lines:
    """Where each key of a TOML text stands: good enough to point at, not a parser."""

    def __init__(self, text: str) -> None:
        self._at: dict[tuple[str, ...], int] = {}
        table: tuple[str, ...] = ()
        count: dict[str, int] = {}
        for number, line in enumerate(text.splitlines(), 1):
            header = re.match(r"\s*(\[\[?)\s*([\w.\-]+)\s*\]", line)
            if header:
                name = header[2]
                table = tuple(name.split("."))
                if header[1] == "[[":
                    table = (*table, str(count.setdefault(name, 0)))
                    count[name] += 1
                self._at.setdefault(table, number)
                continue
            key = re.match(r"\s*([\w.\-]+)\s*=", line)
            if key:
                self._at.setdefault((*table, *key[1].split(".")), number)

    def __call__(self, *path: str) -> int:
        """The line of a key, else of its table, else 0."""
        for length in range(len(path), 0, -1):
            if path[:length] in self._at:
                return self._at[path[:length]]
        return 0


def nearest(name: str, valid: Iterable[str]) -> str:
    """' Did you mean "x"?' for the nearest valid name, with the whole list when none is near."""
    names = sorted(valid)
    found = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    return f' Did you mean "{found[0]}"?' if found else f" Valid: {', '.join(names)}."
