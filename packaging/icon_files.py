"""Makes the program's icon for Windows (.ico) or macOS (.icns), from its one source.

    python packaging/icon_files.py FILE

Both are containers of pictures, which may be PNG: ICO since Windows Vista, ICNS since macOS 10.7.
"""

from __future__ import annotations

import os
import runpy
import struct
import sys
from pathlib import Path

ICO_SIZES_PX = (16, 24, 32, 48, 64, 128, 256)
# A type for each size and scale. The two smallest are left out: macOS does not read PNG in them, and
# makes them of the next ones.
ICNS_SIZES_PX = {
    **{b"ic11": 32, b"ic12": 64, b"ic07": 128, b"ic13": 256},
    **{b"ic08": 256, b"ic14": 512, b"ic09": 512, b"ic10": 1024},
}
_DIRECTORY = struct.Struct("<HHH")  # reserved, 1 for an icon, number of pictures
_ENTRY = struct.Struct("<BBBBHHII")  # width, height, colours, reserved, planes, bits, bytes, place
_BOX = struct.Struct(">4sI")  # type, bytes with this


def ico(pictures: dict[int, bytes]) -> bytes:
    """An ICO file of PNG pictures by their size in px, at most 256."""
    place = _DIRECTORY.size + _ENTRY.size * len(pictures)
    table = [_DIRECTORY.pack(0, 1, len(pictures))]
    for px, data in pictures.items():
        side = px % 256  # 0 stands for 256
        table.append(_ENTRY.pack(side, side, 0, 0, 1, 32, len(data), place))
        place += len(data)
    return b"".join([*table, *pictures.values()])


def icns(pictures: dict[int, bytes]) -> bytes:
    """An ICNS file of PNG pictures by their size in px."""
    boxes = b"".join(
        _BOX.pack(kind, _BOX.size + len(pictures[px])) + pictures[px]
        for kind, px in ICNS_SIZES_PX.items()
    )
    return _BOX.pack(b"icns", _BOX.size + len(boxes)) + boxes


def png(px: int) -> bytes:
    """The icon `px` wide and high. Needs a QGuiApplication."""
    from PySide6.QtCore import QBuffer, QIODevice

    image = runpy.run_path(str(Path(__file__).resolve().parent / "linux" / "icons.py"))["draw"](px)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not image.save(buffer, "PNG"):
        raise SystemExit("Qt can't write the icon as PNG.")
    return bytes(buffer.data().data())


def main(file: Path) -> None:
    """Write the icon; its name's end says which."""
    if file.suffix == ".ico":
        file.write_bytes(ico({px: png(px) for px in ICO_SIZES_PX}))
    else:
        file.write_bytes(icns({px: png(px) for px in set(ICNS_SIZES_PX.values())}))


if __name__ == "__main__":
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtGui import QGuiApplication

    application = QGuiApplication([])
    main(Path(sys.argv[1]))
