"""The window looks as it did when somebody last looked: pictures of each state, with tolerance.

Another version of Qt or FreeType smooths letters a little otherwise; a part that moved, is missing
or has another colour differs by far more.
"""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QImage

from tests.ui.pictures import GOLDEN, SIZE, STATES, picture

BLOCK = 8  # px: differences count by their mean over blocks, so that smoothing does not
FAR = 24.0  # of 255
MOST_BLOCKS = 0.004  # of all


def blocks(image: QImage) -> np.ndarray:
    """(rows, columns, 3) mean colour of each block."""
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1).copy()
    pixels = rows[:, : image.width() * 4].reshape(image.height(), image.width(), 4)[:, :, :3]
    high, wide = (size // BLOCK for size in pixels.shape[:2])
    cut = pixels[: high * BLOCK, : wide * BLOCK].astype(np.float64)
    return cut.reshape(high, BLOCK, wide, BLOCK, 3).mean(axis=(1, 3))


def different(one: QImage, other: QImage) -> float:
    """Share of the blocks whose colour is another."""
    return float((np.abs(blocks(one) - blocks(other)).max(axis=2) > FAR).mean())


@pytest.mark.parametrize("name", STATES)
def test_the_window_looks_as_it_did(qapp, tmp_path, name: str):
    golden = QImage(str(GOLDEN / f"{name}.png"))
    assert (golden.width(), golden.height()) == SIZE, "python -m tests.ui.pictures writes it"
    now = picture(name)
    share = different(now, golden)
    if share > MOST_BLOCKS:
        now.save(str(tmp_path / f"{name}.png"))
    assert share <= MOST_BLOCKS, f"{share:.2%} of the picture differs: {tmp_path / name}.png"


def test_another_state_is_another_picture(qapp):
    one = QImage(str(GOLDEN / "opened.png"))
    for name in STATES:
        if name != "opened":
            assert different(one, QImage(str(GOLDEN / f"{name}.png"))) > MOST_BLOCKS, name


def test_a_part_that_moved_is_found(qapp):
    image = QImage(str(GOLDEN / "opened.png"))
    moved = image.copy()
    for x in range(60, 300):
        for y in range(60, 200):
            moved.setPixelColor(x, y, image.pixelColor(x + 200, y + 100))
    assert different(image, moved) > MOST_BLOCKS / 2
