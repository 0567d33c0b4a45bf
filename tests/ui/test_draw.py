"""The batched ways of drawing paint what the plain ways paint."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPixmap

from nvmeviz.app.present.frame import SlotState
from nvmeviz.ui import fonts
from nvmeviz.ui.draw import fragments, lines
from nvmeviz.ui.draw.canvas import Canvas
from nvmeviz.ui.draw.fragments import FragmentArray
from nvmeviz.ui.draw.glyphs import GlyphFace, cells
from nvmeviz.ui.draw.pixmaps import Lru, make_pixmap
from nvmeviz.ui.draw.sprites import WedgeSheet, state_mark
from nvmeviz.ui.graphs.ticks import ticks, x_texts, y_text
from nvmeviz.ui.theme import THEMES, load


def blank(width: int = 200, height: int = 60) -> QImage:
    image = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(QColor("#000000"))
    return image


def array(image: QImage) -> np.ndarray:
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1).astype(int)


def test_memory_can_be_wrapped_with_the_qt_we_pin():
    assert fragments.CAN_WRAP
    assert lines.CAN_WRAP


def test_fragments_one_by_one_paint_the_same_as_in_one_call(qtbot):
    sheet = QPixmap(32, 16)
    sheet.fill(QColor("#e6b422"))
    pictures = []
    for wrapped in (True, False):
        image = blank()
        painter = QPainter(image)
        batch = FragmentArray(1.0, wrapped=wrapped)
        rows = batch.rows(100)
        rows[:, 0] = np.arange(100) * 2 + 8
        rows[:, 1] = 20 + np.arange(100) % 7
        rows[:, 4:6] = 8
        rows[:, 8] = np.arange(100)
        rows[:, 9] = np.linspace(0, 1, 100)
        batch.draw(painter, sheet)
        painter.end()
        pictures.append(array(image))
    assert (pictures[0] == pictures[1]).all()
    assert pictures[0].max() > 0


def test_polylines_one_by_one_paint_the_same_as_in_one_call(qtbot):
    x = np.linspace(0, 199, 300)
    y = 30 + 20 * np.sin(x / 9)
    pictures = []
    for wrapped in (True, False):
        image = blank()
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor("#ffffff"), 2))
        lines.draw_polyline(painter, x, y, wrapped=wrapped)
        painter.end()
        pictures.append(array(image))
    assert (pictures[0] == pictures[1]).all()
    assert pictures[0].max() > 0


def test_columns_keep_every_peak_and_every_dip():
    rng = np.random.default_rng(1)
    x = np.sort(rng.uniform(0, 100, 5000))
    y = rng.normal(size=5000)
    px, py = lines.per_column(x, y, 100)
    assert len(px) <= 202
    assert (np.diff(px) >= 0).all()
    for column in range(100):
        inside = y[np.floor(x) == column]
        kept = py[np.floor(px) == column]
        assert (kept.min(), kept.max()) == (inside.min(), inside.max())


def test_few_points_are_left_alone():
    x, y = np.arange(10.0), np.arange(10.0)
    assert lines.per_column(x, y, 100)[0] is x


@pytest.mark.parametrize("dpr", [1.0, 2.0])
def test_figures_from_the_sheet_look_like_drawn_text(qtbot, dpr):
    text = "1 284.316 µs × 17 ← 0x3f"
    face = GlyphFace(14.0, 600, "#ffffff", dpr)

    def canvas_image() -> QImage:
        image = blank(round(300 * dpr), round(40 * dpr))
        image.setDevicePixelRatio(dpr)
        return image

    ours, plain = canvas_image(), canvas_image()
    painter = QPainter(ours)
    face.add(10, 25, text)
    face.flush(painter)
    painter.end()
    painter = QPainter(plain)
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
    painter.setFont(fonts.font(14.0, 600, mono=True))
    painter.setPen(QColor("#ffffff"))
    for i, c in enumerate(text):  # the sheet places by whole device pixels
        painter.drawText(QPointF(round((10 + i * face.advance) * dpr) / dpr, 25), c)
    painter.end()
    difference = np.abs(array(ours) - array(plain))
    assert array(ours).max() == 255
    assert (difference > 90).mean() < 0.002


def test_thin_spaces_take_half_a_cell():
    assert cells("1\u2009284")[2] == 4.5
    assert cells("1 284")[2] == 5.0
    assert cells("")[2] == 0.0


def test_a_glyph_we_do_not_have_is_a_question_mark():
    assert cells("猫")[0] == cells("?")[0]


@pytest.mark.parametrize("theme", THEMES)
def test_states_differ_without_colour(qtbot, theme):
    """Grey pictures of one slot in each state, brightness evened out, are all different."""
    shapes = []
    for state in SlotState:
        image = state_mark(load(theme), state, 24, 1.0).toImage()
        gray = array(image).reshape(image.height(), image.width(), 4)[:, :, :3].mean(axis=2)
        spread = gray.max() - gray.min()
        shapes.append((gray - gray.min()) / max(1.0, spread))
    for i, first in enumerate(shapes):
        for second in shapes[i + 1 :]:
            assert np.abs(first - second).mean() > 0.004


def test_wedges_stand_where_their_slots_are(qtbot):
    sheet = WedgeSheet(load("dark"), 32, 80, 65, 1.0)
    image = blank(200, 200)
    painter = QPainter(image)
    batch = FragmentArray(1.0)
    rows = batch.rows(1)
    sheet.fill(rows, 100, 100, np.array([8]), np.array([SlotState.RUNG], np.uint8))
    batch.draw(painter, sheet.pixmap)
    painter.end()
    turn = np.radians((8 + 0.5) * 360 / 32)
    x, y = 100 + 72 * np.sin(turn), 100 - 72 * np.cos(turn)
    assert image.pixelColor(round(x), round(y)) == QColor(load("dark").slots[SlotState.RUNG])


def test_lru_forgets_the_longest_unused():
    made = []
    cache: Lru[int] = Lru(2)
    for key in (1, 2, 1, 3, 1, 2):
        cache.get(key, lambda key=key: made.append(key) or key)
    assert made == [1, 2, 3, 2]


def test_pixmaps_are_premultiplied_and_sharp(qtbot):
    pixmap = make_pixmap(10, 10, 1.5, lambda painter: None)
    assert (pixmap.width(), pixmap.devicePixelRatio()) == (15, 1.5)
    assert pixmap.toImage().format() == QImage.Format.Format_ARGB32_Premultiplied


def test_words_are_cut_to_their_width(qtbot):
    canvas = Canvas(load("dark"), 1.0)
    from nvmeviz.ui.draw import canvas as kit

    assert canvas.fit("SQ 1 tail doorbell", kit.CAPTION, 40, words=True) == "SQ 1"
    assert canvas.fit("every doorbell write traps", kit.BODY, 60).endswith("…")
    assert canvas.fit("short", kit.BODY, 100) == "short"


@pytest.mark.parametrize(("high", "most"), [(200e3, 5), (2.0, 4), (100.0, 3), (1e-3, 6)])
def test_ticks_are_few_round_and_inside(high, most):
    found = ticks(0.0, high, most)
    assert 2 <= len(found) <= most + 1
    assert found[0] == 0.0
    assert found[-1] <= high * 1.000001


def test_ticks_are_written_without_needless_digits():
    assert y_text(50_000, "IOPS", 50_000) == "50\u00a0k"
    assert y_text(1_500_000, "IOPS", 500_000) == "1.5\u00a0M"
    assert y_text(0.5, "", 0.5) == "0.5"
    assert y_text(0, "IOPS", 50_000) == "0"
    assert x_texts([0, 500_000, 1_500_000], "ns", 2e6) == [
        "0\u00a0µs",
        "500\u00a0µs",
        "1500\u00a0µs",
    ]
