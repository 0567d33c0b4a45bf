"""Lays what a desktop wants to know of the program into a folder that stands for /usr/share.

    python packaging/linux/share.py FOLDER SECONDS_SINCE_1970 [ID]

Menu entry, entry in software centres, file type, icons, man page, completions. ID: the name of all these,
`nvmeviz` when it is not given; a Flatpak's is a reversed domain name. SECONDS: when this version was made.
"""

from __future__ import annotations

import os
import runpy
import sys
from datetime import UTC, datetime
from pathlib import Path

import icons
import manual
from PySide6.QtGui import QGuiApplication

from nvmeviz import __version__

HERE = Path(__file__).resolve().parent
# Where each lies, and what it is made of.
TEXTS = {
    "applications/{id}.desktop": "nvmeviz.desktop",
    "metainfo/{id}.metainfo.xml": "nvmeviz.metainfo.xml",
    "mime/packages/{id}.xml": "nvmeviz-mime.xml",
}


def texts(identity: str, day: datetime) -> dict[str, str]:
    """The text files by their place."""
    changes = runpy.run_path(str(HERE.parent / "changes.py"))
    file = changes["FILE"].read_text(encoding="utf-8")
    values = {
        "@ID@": identity,
        "@VERSION@": __version__,
        "@DATE@": f"{day:%F}",
        "@CHANGES@": changes["appstream"](changes["section"](__version__, file)),
    }
    made: dict[str, str] = {}
    for place, source in TEXTS.items():
        text = (HERE / source).read_text(encoding="utf-8")
        for mark, value in values.items():
            text = text.replace(mark, value)
        made[place.format(id=identity)] = text
    return made


def main(share: Path, day: datetime, identity: str = "nvmeviz") -> None:
    """Write everything below `share`. There must be a QGuiApplication."""
    for place, text in texts(identity, day).items():
        (share / place).parent.mkdir(parents=True, exist_ok=True)
        (share / place).write_text(text, encoding="utf-8")
    icons.main(share / "icons" / "hicolor", identity)
    manual.main(share, day)


if __name__ == "__main__":
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    application = QGuiApplication([])
    main(Path(sys.argv[1]), datetime.fromtimestamp(int(sys.argv[2]), UTC), *sys.argv[3:])
