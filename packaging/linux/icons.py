"""Draws the program's icon in every size that desktops ask for, from its one source."""

from __future__ import annotations

import shutil
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

SOURCE = Path(__file__).parents[2] / "resources" / "icons" / "nvmeviz.svg"
SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)


def draw(px: int) -> QImage:
    """The icon `px` wide and high, on nothing."""
    image = QImage(QSize(px, px), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(str(SOURCE)).render(painter)
    painter.end()
    return image


def main(folder: Path, name: str) -> None:
    """Write all sizes, and the source itself as the scalable one, into what stands for
    /usr/share/icons/hicolor. There must be a QGuiApplication.
    """
    for px in SIZES:
        file = folder / f"{px}x{px}" / "apps" / f"{name}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        if not draw(px).save(str(file)):
            raise SystemExit(f"The icon can't be written: {file}")
    scalable = folder / "scalable" / "apps"
    scalable.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(SOURCE, scalable / f"{name}.svg")
