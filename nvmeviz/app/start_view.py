"""The start page in the window: whether it is on show, and whether it is at the next start."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nvmeviz.app.state import AppState


@dataclass(frozen=True, slots=True)
class StartView:
    """open: it is on show. next_time: it will be when the program starts with nothing asked for: so it
    is until a person closes it.
    """

    open: bool = False
    next_time: bool = True


@dataclass(frozen=True, slots=True)
class ToggleStart:
    """Show or hide the start page; None: the other of the two."""

    open: bool | None = None


def change_start(state: AppState, message: ToggleStart) -> AppState:
    """The state after the start page was opened or closed."""
    is_open = not state.start.open if message.open is None else message.open
    return replace(state, start=StartView(is_open, next_time=is_open))
