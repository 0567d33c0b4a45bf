"""What the panels beside the panes have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


def hide_panel(panel: QWidget) -> None:
    """Hide it; a focus that was in it goes to the window, so that Space plays and the arrows step."""
    window = panel.window()
    had_focus = panel.isAncestorOf(window.focusWidget() or window)
    panel.setVisible(False)
    if had_focus:
        window.setFocus()
