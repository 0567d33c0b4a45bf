"""What the list of findings shows: plain, frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nvmeviz.log.about import Severity


@dataclass(frozen=True, slots=True)
class FindingRow:
    """One finding. place: which queue of which pane, in words. accent: the mode's colour in the
    theme. pane_id, pair, t_ns: where it leads.
    """

    severity: Severity
    rule: str
    place: str
    time: str
    text: str
    facts: str
    accent: str
    pane_id: int
    pair: int
    t_ns: int

    @property
    def spoken(self) -> str:
        """All of it in one sentence, for screen readers."""
        return f"{self.severity}, {self.rule}, {self.place}, at {self.time}: {self.text}"


@dataclass(frozen=True, slots=True)
class FindingsFrame:
    """rows: errors first. summary: how many, and in what. empty: what is said in place of rows.
    limits: what could not be judged, as a sentence; limits_hint: which rules, and why.
    """

    rows: tuple[FindingRow, ...]
    summary: str
    empty: str
    limits: str
    limits_hint: str
