"""What Windows shows of the program: Properties, Details; the name in Task Manager.

python packaging/windows/version_info.py        prints the version, and it as four numbers
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

_SOURCE = Path(__file__).resolve().parents[2] / "nvmeviz" / "__init__.py"
_ENGLISH, _UNICODE = 0x0409, 1200


def numbers_of(version: str) -> tuple[int, int, int, int]:
    """The four numbers that Windows compares: of 0.2.0rc1 they are 0, 2, 0, 0."""
    numbers = [int(part) for part in re.split(r"[^\d.]", version)[0].split(".") if part]
    first, second, third, fourth = (*numbers, 0, 0, 0, 0)[:4]
    return first, second, third, fourth


def version_info(version: str, description: str) -> Any:
    """PyInstaller's version resource, which it can make on Windows only."""
    # Not among the packages that the tests need.
    from PyInstaller.utils.win32 import versioninfo as v  # pyright: ignore[reportMissingModuleSource]

    numbers = numbers_of(version)
    texts = {
        "ProductName": "nvmeviz",
        "ProductVersion": version,
        "FileDescription": "nvmeviz",
        "FileVersion": version,
        "Comments": description,
        "CompanyName": "nvmeviz maintainers",
        "LegalCopyright": "Apache License 2.0",
        "InternalName": "nvmeviz",
    }
    table = v.StringTable(
        f"{_ENGLISH:04x}{_UNICODE:04x}", [v.StringStruct(*text) for text in texts.items()]
    )
    return v.VSVersionInfo(
        ffi=v.FixedFileInfo(filevers=numbers, prodvers=numbers),
        kids=[
            v.StringFileInfo([table]),
            v.VarFileInfo([v.VarStruct("Translation", [_ENGLISH, _UNICODE])]),
        ],
    )


if __name__ == "__main__":
    (found,) = re.findall(r'^__version__ = "(.*)"$', _SOURCE.read_text(encoding="utf-8"), re.M)
    print(found, ".".join(map(str, numbers_of(found))), sep="\n")
