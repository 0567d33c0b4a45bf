"""What the scrubber shows at one moment: strips, flags and the playhead; plain, frozen values.

Made by `app.present.scrubber`, painted by `ui`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nvmeviz.analysis.landmarks import LandmarkKind

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["BINS", "Flag", "LandmarkKind", "MARK_TERMS", "ScrubberFrame", "ScrubberGround", "Strip"]

BINS = 512
# What is marked, as a term of the glossary.
MARK_TERMS = {
    LandmarkKind.WAKE: "controller_does",
    LandmarkKind.SLEEP: "controller_does",
    LandmarkKind.HANDED_OVER: "shadow",
    LandmarkKind.AVOIDED: "avoided",
    LandmarkKind.TRAP: "vm_exit",
    LandmarkKind.SLOWEST: "latency",
    LandmarkKind.LONGEST_EXIT: "vm_exit",
    LandmarkKind.LOCK: "vmm_lock",
    LandmarkKind.FULL: "full",
    LandmarkKind.CHANGED: "changed",
    LandmarkKind.RESET: "reset",
    LandmarkKind.STUCK: "stuck",
}


@dataclass(frozen=True, eq=False, slots=True)
class Strip:
    """One pane's density. outside: (BINS,) float32, share of its vCPUs' time outside the guest in
    equal parts of the range.
    """

    accent: str
    outside: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Flag:
    """A marked place. pane: its number and title; accent: its colour."""

    t_ns: int
    kind: LandmarkKind
    pane: int
    title: str
    accent: str
    words: str


@dataclass(frozen=True, eq=False, slots=True)
class ScrubberGround:
    """What stays for a while. range_ns: the right end; known_ns: how far one can go. flags: in the
    order of time.
    """

    range_ns: int
    known_ns: int
    strips: tuple[Strip, ...]
    flags: tuple[Flag, ...]


@dataclass(frozen=True, eq=False, slots=True)
class ScrubberFrame:
    """The scrubber at one moment. spoken: its value for screen readers, as old as the ground."""

    ground: ScrubberGround
    t_ns: int
    time_text: str
    spoken: str
