"""What the start page shows: sentences about what is open, files, and a card for each scenario with
its machine in small. Plain values, no Qt.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from nvmeviz.app.present.about import Choice

Announce = Literal["every", "batched", "shadow"]
Wall = Literal["lit", "part", "shut", "open"]
Worker = Literal["sleeps", "naps", "polls", "card"]


@dataclass(frozen=True, slots=True)
class SketchPane:
    """One way of ringing in small. accent names the mode's colour in the theme. sqs, cqs: how full the
    rings are, 0..1. announce: what stands between the rings. wall: each ring stops the guest, some
    do, hardly any, or none can. worker: who serves the rings. guest_polls: it waits for no interrupt.
    cup: completions are collected before the guest is interrupted. torn: a barrier is missing.
    """

    accent: str
    sqs: tuple[float, ...]
    cqs: tuple[float, ...]
    announce: Announce
    wall: Wall
    worker: Worker
    guest_polls: bool = False
    cup: bool = False
    torn: bool = False


@dataclass(frozen=True, slots=True)
class Sketch:
    """A scenario's machine in each of its modes. channels: of the device, 0 for one that answers at
    once. traced: it was not simulated, but read from the logs of a real machine.
    """

    panes: tuple[SketchPane, ...]
    channels: int
    traced: bool = False


@dataclass(frozen=True, slots=True)
class StartCard:
    """Something that comes with the program and can be opened."""

    source: str
    title: str
    sentence: str
    sketch: Sketch


@dataclass(frozen=True, eq=False, slots=True)
class StartFrame:
    """see: what is on show, in sentences. recent: files opened last. current: the source that is open."""

    see: tuple[str, ...]
    recent: tuple[Choice, ...]
    scenarios: tuple[StartCard, ...]
    samples: tuple[StartCard, ...]
    current: str
