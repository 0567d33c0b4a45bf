"""Counts references to None and True across calls of Qt: the reason PySide6 is pinned.

PySide6 6.12.0 on Python 3.11 releases one reference to None (or True) too many in nearly every
void method, so a painting program dies within seconds: "none_dealloc: deallocating None". From
Python 3.12 on these objects are immortal and the fault cannot show. When a newer PySide6 passes
this test on Python 3.11, lift the pin in pyproject.toml.
"""

from __future__ import annotations

import sys

import pytest
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QImage, QPainter

CALLS = 500
TOLERATED = 200  # other code may come and go with a few references meanwhile


class _Sender(QObject):
    said = Signal(bool)


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None and True are immortal from 3.12 on")
def test_calls_of_qt_keep_their_references_to_none_and_true():
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    sender = _Sender()
    sender.said.connect(lambda _flag: None)
    painter = QPainter(image)
    before = sys.getrefcount(None), sys.getrefcount(True)
    for _ in range(CALLS):
        painter.setPen(Qt.GlobalColor.red)
        painter.fillRect(0, 0, 4, 4, Qt.GlobalColor.blue)
        sender.said.emit(True)
        sender.signalsBlocked()
    after = sys.getrefcount(None), sys.getrefcount(True)
    painter.end()
    assert after[0] > before[0] - TOLERATED, f"None lost {before[0] - after[0]} references"
    assert after[1] > before[1] - TOLERATED, f"True lost {before[1] - after[1]} references"
