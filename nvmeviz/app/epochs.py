"""The parts of a trace: an epoch each, or a controller as the guest saw it; which a pane may show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nvmeviz.app.panes import Pane
    from nvmeviz.app.runs import Run

    Recorded = tuple[tuple[str, Run], ...]


@dataclass(frozen=True, slots=True)
class ShowEpoch:
    """Show another part of a pane's trace: in its place, or beside it in a further pane.

    recording: its name in `AppState.recorded`. pane_id: None: the selected pane.
    """

    recording: str
    beside: bool = False
    pane_id: int | None = None


def epochs_of(recorded: Recorded, pane: Pane) -> Recorded:
    """The parts of the trace that a pane shows a part of, in the order of their times; none when it
    shows no trace.
    """
    read = _reading_of(pane.recording)
    if not pane.recording:
        return ()
    found = [
        (name, run)
        for name, run in recorded
        if run.provenance == "measured" and _reading_of(name) == read
    ]
    return tuple(sorted(found, key=lambda pair: _number_of(pair[0])))


def _reading_of(name: str) -> tuple[str, int]:
    """The source, and which reading of it: `change_panes` marks later ones with a tilde each."""
    source, _, place = name.rpartition("#")
    return source, place.count("~")


def _number_of(name: str) -> int:
    place = name.rpartition("#")[2].rstrip("~")
    return int(place) if place.isascii() and place.isdigit() else 0
