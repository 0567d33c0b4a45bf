"""About: the version, and the licence of each part."""

from __future__ import annotations

import pytest

from nvmeviz import __version__
from nvmeviz.app.settings import Settings
from nvmeviz.ui.about_dialog import AboutDialog
from nvmeviz.ui.main_window import MainWindow


@pytest.mark.parametrize("scale", [0.75, 1.0, 3.0])
def test_a_part_is_chosen_and_its_licence_shown(qtbot, scale):
    window = MainWindow(lambda message: None, Settings(theme="dark", scale=scale))
    qtbot.addWidget(window)
    window.resize(1280, 720)
    window.show()
    window.commands.run_named("about")
    (dialog,) = window.findChildren(AboutDialog)
    assert dialog.width() <= window.width()
    assert dialog.height() <= window.height()
    assert __version__ in dialog.text.toPlainText()
    rows = [dialog.parts.item(n).text() for n in range(dialog.parts.count())]
    dialog.parts.setCurrentRow(next(n for n, row in enumerate(rows) if row.startswith("pyqtgraph")))
    assert "Luke Campagnola" in dialog.text.toPlainText()
    dialog.close()
