"""Slices that are open on a track, kept so that they always nest, whatever a log leaves out.

A slice has a rank: one of a higher rank lies inside one of a lower, and the beginning of a slice ends
those of its own rank and above. Nothing of any file format.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

BASE, INNER, INMOST, IDLE = 0, 1, 2, 9  # IDLE: whatever else happens ends it


@dataclass(eq=False, slots=True)
class Track:
    """begin, end: called with a time in ns, and a name and details, for every slice that begins or
    ends.
    """

    begin: Callable[[int, str, str], None]
    end: Callable[[int], None]
    ranks: list[int] = field(default_factory=list[int])
    names: list[str] = field(default_factory=list[str])

    def enter(self, t_ns: int, rank: int, name: str, details: str = "") -> None:
        """A slice begins."""
        self.leave(t_ns, BASE if rank == IDLE else rank)
        self.ranks.append(rank)
        self.names.append(name)
        self.begin(t_ns, name, details)

    def leave(self, t_ns: int, rank: int) -> None:
        """Slices of this rank and above are over, if any are open."""
        while self.ranks and self.ranks[-1] >= rank:
            self.ranks.pop()
            self.names.pop()
            self.end(t_ns)

    def turn_to(self, t_ns: int, name: str) -> None:
        """One thing at a time: `name` from now on, or still."""
        if self.names != [name]:
            self.enter(t_ns, BASE, name)
