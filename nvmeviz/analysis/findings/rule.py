"""What a finding is, and what a rule is that finds one. Rules themselves stand by family beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nvmeviz.units import time_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

    from nvmeviz.analysis.findings.seen import Lane, Seen
    from nvmeviz.log.about import Severity


@dataclass(frozen=True, slots=True)
class Hit:
    """What a rule found on a queue, once or many times. queue: index of the pair, -1 for none.
    text: a sentence about the first. severity: when it is not the rule's own.
    """

    queue: int
    t_ns: int
    text: str
    count: int = 1
    last_ns: int = 0
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the registry.

    words: what it looks for. facts: number and name of the section it rests on, and its source.
    needs: kinds that the log must be able to hold; evidence: those of them that must stand in
    records, not follow from others. one_clock: it compares what guest and controller did when, so
    clocks that were guessed are no evidence.
    """

    name: str
    severity: Severity
    words: str
    facts: str
    find: Callable[[Seen], Iterable[Hit]]
    needs: tuple[int, ...] = ()
    evidence: tuple[int, ...] = ()
    one_clock: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found. queue: the NVMe queue id, None when it is about none; pair: its index."""

    rule: str
    severity: Severity
    queue: int | None
    t_ns: int
    text: str
    facts: str
    pair: int = -1


@dataclass(frozen=True, slots=True)
class NotJudged:
    """A rule that this log says nothing about, and why."""

    rule: str
    why: str


@dataclass(frozen=True, slots=True)
class Report:
    """What all rules found in one run, errors first, and which of them could not look."""

    findings: tuple[Finding, ...] = ()
    not_judged: tuple[NotJudged, ...] = ()


def first(
    lane: Lane,
    where: NDArray[np.bool_],
    words: Callable[[int], str],
    severity: Severity | None = None,
) -> Iterator[Hit]:
    """One hit for all the events of a lane that a mask names: a noisy run makes one row, not
    thousands. words: the sentence about the event at a place of the lane.
    """
    places = np.flatnonzero(where)
    if len(places):
        place = int(places[np.argmin(lane.rows[places])])
        times = lane.t_ns[places]
        yield Hit(
            lane.index,
            int(lane.t_ns[place]),
            words(place),
            len(places),
            int(times.max()),
            severity,
        )


def many(count: int, noun: str) -> str:
    """A count and its noun, such as 3 commands; of more than one word the first is counted."""
    head, _, rest = noun.partition(" ")
    return f"{count} {head if count == 1 else head + 's'}{' ' + rest if rest else ''}"


def summed(hits: Iterable[Hit]) -> list[Hit]:
    """Hits of one rule, those of the same queue and severity as one: the earliest, all counted."""
    by_place: dict[tuple[int, Severity | None], list[Hit]] = {}
    for hit in hits:
        by_place.setdefault((hit.queue, hit.severity), []).append(hit)
    made: list[Hit] = []
    for same in by_place.values():
        earliest = min(same, key=lambda hit: hit.t_ns)
        count = sum(hit.count for hit in same)
        last_ns = max(max(hit.t_ns, hit.last_ns) for hit in same)
        text = earliest.text
        if count > 1:
            text += f" {count} times in all, the last at {time_text(last_ns)}."
        made.append(Hit(earliest.queue, earliest.t_ns, text, count, last_ns, earliest.severity))
    return made
