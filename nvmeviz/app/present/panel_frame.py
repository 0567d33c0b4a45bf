"""What the panel of settings shows: plain, frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nvmeviz.app.present.frame import Choice


@dataclass(frozen=True, slots=True)
class PanelRow:
    """One setting. text: as an editor shows it; default: as the scenario has it.

    position: 0..1 on the slider, None where there is none. mixed: the panes differ. wrong: what was
    typed last and what is wrong with it.
    """

    key: str
    label: str
    hint: str
    text: str
    default: str
    changed: bool
    mixed: bool
    choices: tuple[str, ...] = ()
    position: float | None = None
    wrong: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class PanelGroup:
    """Rows under a title."""

    title: str
    rows: tuple[PanelRow, ...]


@dataclass(frozen=True, slots=True)
class PanelFrame:
    """title: the selected pane's. recorded: it shows a recording, whose settings stay. note: what is
    to be said of that. bare: nothing on show has settings. epochs: parts of its trace; epoch: the one
    it shows.
    """

    title: str
    mode: str
    modes: tuple[Choice, ...]
    groups: tuple[PanelGroup, ...]
    all_panes: bool
    from_here: bool
    recorded: bool
    can_undo: bool
    can_redo: bool
    can_reset: bool
    note: str = ""
    bare: bool = False
    epochs: tuple[Choice, ...] = ()
    epoch: str = ""
