"""The icons for Windows and macOS hold a picture of every size, where their tables say."""

from __future__ import annotations

import runpy
import struct
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

ICONS = runpy.run_path(str(Path(__file__).parents[2] / "packaging" / "icon_files.py"))


def _size_px(png: bytes) -> int:
    """Of a picture that is the icon: its middle is the red of the trap."""
    image = QImage.fromData(png)
    middle = image.pixelColor(image.width() // 2, image.height() // 2)
    assert middle.red() > 200 > 120 > middle.green()
    assert image.width() == image.height()
    return image.width()


@pytest.mark.usefixtures("qapp")
def test_ico_holds_every_size(tmp_path):
    file = tmp_path / "nvmeviz.ico"
    ICONS["main"](file)
    data = file.read_bytes()
    zero, kind, count = struct.unpack_from("<HHH", data)
    assert (zero, kind, count) == (0, 1, len(ICONS["ICO_SIZES_PX"]))
    found, end = [], 6 + 16 * count
    for width, _, _, _, _, bits, size, place in struct.iter_unpack("<BBBBHHII", data[6:end]):
        assert place == end
        end += size
        px = _size_px(data[place:end])
        assert (px % 256, 32) == (width, bits)
        found.append(px)
    assert tuple(found) == ICONS["ICO_SIZES_PX"]
    assert end == len(data)


@pytest.mark.usefixtures("qapp")
def test_icns_holds_every_size(tmp_path):
    file = tmp_path / "nvmeviz.icns"
    ICONS["main"](file)
    data = file.read_bytes()
    assert struct.unpack_from(">4sI", data) == (b"icns", len(data))
    found, place = {}, 8
    while place < len(data):
        kind, size = struct.unpack_from(">4sI", data, place)
        found[kind] = _size_px(data[place + 8 : place + size])
        place += size
    assert found == ICONS["ICNS_SIZES_PX"]
