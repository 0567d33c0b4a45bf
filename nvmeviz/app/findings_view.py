"""The list of findings in the window: what is known of each run, what is being looked at, and the
messages about it. What they do to the state stands in `change_findings`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nvmeviz.app.findings import RunFindings


@dataclass(frozen=True, slots=True)
class FindingsView:
    """found: by run id, what the last look found. looking: runs that a worker looks at now. again:
    runs that are to be looked at once more although nothing tells that they changed.
    """

    open: bool = False
    found: tuple[tuple[int, RunFindings], ...] = ()
    looking: frozenset[int] = frozenset()
    again: frozenset[int] = frozenset()


NO_FINDINGS = FindingsView()


@dataclass(frozen=True, slots=True)
class ToggleFindings:
    """Show or hide the findings; None: the other of the two."""

    open: bool | None = None


@dataclass(frozen=True, slots=True)
class LookAgain:
    """Look at all runs once more, as far as they are known by now."""


@dataclass(frozen=True, slots=True)
class ShowFinding:
    """Pause where it happened, in its pane, with its queue pair large; pair -1: as it is."""

    pane_id: int
    pair: int
    t_ns: int


@dataclass(frozen=True, slots=True)
class SeekFinding:
    """To the next finding of any run, or back to the last one."""

    forward: bool


@dataclass(frozen=True, eq=False, slots=True)
class Judged:
    """A worker has looked at run `run_id` of opening `generation`."""

    run_id: int
    generation: int
    findings: RunFindings


FindingsMessage = ToggleFindings | LookAgain | ShowFinding | SeekFinding | Judged
