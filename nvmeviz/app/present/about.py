"""What a pane is among the others: its place, what sets it apart, the command that is followed in it,
and a pane that has no picture yet. Plain, frozen values.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class About:
    """What a pane is among the others.

    place: 0 is the first. apart: the settings that set it apart, "" when nothing does. branch: since
    when its past is no longer shared, or "". alone: what comes to it is not what comes to the others.
    progress: 0..1 of a new run on its way, None when what is shown is what is wanted.
    """

    place: int = 0
    apart: str = ""
    branch: str = ""
    alone: bool = False
    selected: bool = False
    progress: float | None = None


PLAIN = About()


@dataclass(frozen=True, slots=True)
class Followed:
    """The command that is followed, in one pane.

    stage: how far it is, -1 before it is submitted, len(STAGES) once reaped. slot: its place in the
    SQ, cq_slot: in the CQ, -1 when it has none. ahead: commands of its queue pair submitted after it.
    """

    queue: int
    number: int
    stage: int
    slot: int
    cq_slot: int
    cid: int
    words: str
    ahead: int


@dataclass(frozen=True, slots=True)
class WaitingPane:
    """A pane whose run is not there yet. progress: 0..1."""

    pane_id: int
    title: str
    accent: str
    progress: float
    about: About = PLAIN
