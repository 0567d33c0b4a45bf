"""Files that were opened or saved last, newest first: what a person may want again.

What comes with the program is not among them: it stands in lists of its own.
"""

from __future__ import annotations

from typing import cast

from nvmeviz.app.opening import is_builtin
from nvmeviz.app.samples import files_of_sample
from nvmeviz.files import is_text

MAX_RECENT = 10


def with_recent(recent: tuple[str, ...], source: str) -> tuple[str, ...]:
    """The list after `source` was opened or saved. A name that no text file can hold is left out."""
    if not is_text(source) or is_builtin(source) or files_of_sample(source):
        return recent
    return (source, *(name for name in recent if name != source))[:MAX_RECENT]


def recent_of(value: object) -> tuple[str, ...]:
    """The list from the settings file. ValueError when it is none."""
    rows = cast("list[object]", value) if isinstance(value, list) else [None]
    names = [row for row in rows if isinstance(row, str) and row]
    if len(names) != len(rows):
        raise ValueError("recent must be a list of file names")
    return tuple(names)[:MAX_RECENT]
