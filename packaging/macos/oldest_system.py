"""The oldest macOS that the bundle may ask for: the newest that one of its wheels was made for.

A wheel says so in its tags (packaging.python.org, "Platform compatibility tags"). They differ: of
numpy for Apple processors pip takes the one that a macOS of this build can use.
"""

from __future__ import annotations

import re
from importlib.metadata import distributions
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_TAG = re.compile(r"^Tag: \S+-macosx_(\d+)_(\d+)_\w+$", re.M)


def oldest_of(wheels: Iterable[str]) -> str:
    """The version as Info.plist has it, "14.0", from the files WHEEL of what is installed."""
    asked = [(int(a), int(b)) for text in wheels for a, b in _TAG.findall(text)]
    major, minor = max(asked)
    return f"{major}.{minor}"


def oldest_system() -> str:
    """That of this environment, which is made from the locks and holds nothing else."""
    return oldest_of(found.read_text("WHEEL") or "" for found in distributions())
