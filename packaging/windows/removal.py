"""Writes what the uninstaller deletes: exactly the files and folders of a frozen program.

python packaging/windows/removal.py FOLDER OUTPUT
"""

from __future__ import annotations

import sys
from pathlib import Path


def lines(folder: Path) -> list[str]:
    """NSIS's words, files before the folders they lie in. A folder stays when something is left."""
    # What is in a folder sorts behind it. By parts: paths of Windows sort otherwise.
    found = sorted(folder.rglob("*"), key=lambda path: path.parts, reverse=True)
    return [
        f'{"RMDir" if path.is_dir() else "Delete"} "$INSTDIR\\{_windows(path.relative_to(folder))}"'
        for path in found
    ]


def _windows(path: Path) -> str:
    return "\\".join(path.parts).replace("$", "$$")


if __name__ == "__main__":
    text = "\n".join(lines(Path(sys.argv[1]))) + "\n"
    Path(sys.argv[2]).write_text(text, encoding="utf-8")
