"""Pixmaps made once at the device's resolution and kept: a small least-recently-used store."""

from __future__ import annotations

import math
from collections import OrderedDict
from typing import TYPE_CHECKING, Generic, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPixmap

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

T = TypeVar("T")


class Lru(Generic[T]):
    """At most `size` values by key, the longest unused forgotten first."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._items: OrderedDict[Hashable, T] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        items = self._items
        found = items.get(key)
        if found is not None:
            items.move_to_end(key)
            return found
        made = items[key] = make()
        if len(items) > self._size:
            items.popitem(last=False)
        return made

    def clear(self) -> None:
        self._items.clear()


def make_pixmap(
    w: float, h: float, dpr: float, paint: Callable[[QPainter], None], fill: str | None = None
) -> QPixmap:
    """A pixmap of at least w x h logical px, painted by `paint` in logical coordinates.

    Transparent unless `fill` names a colour; then it is opaque, which blits fastest.
    """
    pixmap = QPixmap(max(1, math.ceil(w * dpr)), max(1, math.ceil(h * dpr)))
    pixmap.setDevicePixelRatio(dpr)
    pixmap.fill(Qt.GlobalColor.transparent if fill is None else fill)
    painter = QPainter(pixmap)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    paint(painter)
    painter.end()
    return pixmap
