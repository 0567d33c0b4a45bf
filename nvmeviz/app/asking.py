"""Asking for something to be read: it gets a number, and what was asked for before is given up."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from nvmeviz.app.effects import StopOpening

if TYPE_CHECKING:
    from nvmeviz.app.state import AppState


def asked(state: AppState, source: str) -> tuple[AppState, tuple[StopOpening, ...]]:
    """The state with `source` on its way, under the number `state.opening`; what is to be stopped."""
    stop = (StopOpening(state.opening),) if state.asked else ()
    return replace(state, opening=state.opening + 1, asked=source, reading=None), stop
