"""Findings of runs: which part of a log the rules see, and what `check` tells a person.

The rules themselves stand in `analysis.findings`; here a run becomes what they look at.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nvmeviz.analysis.findings import Report, judge
from nvmeviz.analysis.findings.seen import Seen
from nvmeviz.log.about import SEVERITIES
from nvmeviz.log.events import EVENT
from nvmeviz.units import grouped, time_text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nvmeviz.analysis.findings import Finding
    from nvmeviz.app.runs import Run
    from nvmeviz.log.about import Issue

MOST_EVENTS = 4_000_000  # looked at in one run: about 400 MB while the rules work
COLUMNS = ("severity", "rule", "queue", "time", "finding", "rests on")
RIGHT = frozenset({"queue", "time"})


@dataclass(frozen=True, slots=True)
class RunFindings:
    """What was found in one run. name: of its mode. title: of its mode, or which part of a trace it is.
    issues: what was wrong with the files it was read from. events, until_ns: how much was looked at;
    whole: that is all there is.
    """

    name: str
    title: str
    report: Report
    events: int
    until_ns: int
    whole: bool = True
    issues: tuple[Issue, ...] = ()


def judged(run: Run) -> RunFindings:
    """All rules over a run as far as it is known now; safe beside the thread that appends."""
    frontier_ns, known = run.frontier_ns, len(run.log.blocks)
    parts: list[NDArray[np.void]] = [np.empty(0, EVENT)]
    count = 0
    for number in range(known):
        parts.append(run.log.read(number))
        count += len(parts[-1])
        if count >= MOST_EVENTS:
            break
    events = np.concatenate(parts)[:MOST_EVENTS]
    whole = len(parts) > known and count <= MOST_EVENTS
    until_ns = frontier_ns if whole else int(events["t"][-1])
    seen = Seen(
        events,
        run.topology,
        max(until_ns, int(events["t"][-1]) if len(events) else 0),
        run.about,
        run.quiet_ns,
        run.mode.spec_rule,
    )
    about = run.about
    title = f"{about.title}: {run.mode.title}" if about.title else run.mode.title
    report = judge(seen)
    return RunFindings(run.mode.name, title, report, len(events), until_ns, whole, about.issues)


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What `check` found, run by run."""

    runs: tuple[RunFindings, ...]

    @property
    def broken(self) -> bool:
        """True when an error was found."""
        return any(one.severity == "error" for run in self.runs for one in run.report.findings)

    def as_json(self) -> dict[str, Any]:
        """The documented JSON. A recording of several runs tells them apart by `run`, from 0."""
        return {
            "findings": [
                {**_finding_json(one), "run": number, "mode": run.name}
                for number, run in enumerate(self.runs)
                for one in run.report.findings
            ],
            "not_judged": [
                {"rule": one.rule, "why": one.why, "run": number, "mode": run.name}
                for number, run in enumerate(self.runs)
                for one in run.report.not_judged
            ],
            "issues": [
                {"code": one.code, "count": one.count, "text": one.text, "advice": one.advice}
                for one in self.issues
            ],
        }

    @property
    def issues(self) -> tuple[Issue, ...]:
        """What was wrong with the files, each once."""
        return tuple(dict.fromkeys(one for run in self.runs for one in run.issues))


def _finding_json(one: Finding) -> dict[str, Any]:
    return {
        "rule": one.rule,
        "severity": one.severity,
        "queue": one.queue,
        "t_ns": one.t_ns,
        "text": one.text,
        "facts": one.facts,
    }


def rows(run: RunFindings) -> list[tuple[str, ...]]:
    """The findings of a run as cells of a table."""
    return [
        (
            one.severity,
            one.rule,
            "–" if one.queue is None else str(one.queue),
            time_text(one.t_ns),
            one.text,
            one.facts,
        )
        for one in run.report.findings
    ]


def issue_sentences(issues: tuple[Issue, ...]) -> list[str]:
    """What was wrong with files, in words."""
    return [
        f"{one.severity}: {grouped(one.count)} × {one.text}{' ' * bool(one.advice)}{one.advice}"
        for one in issues
    ]


def counts_text(report: Report) -> str:
    """How many of each severity: 1 error, 2 warnings, 3 notes."""
    count = Counter(one.severity for one in report.findings)
    parts = [
        f"{count[severity]} {severity}{'s' if count[severity] != 1 else ''}"
        for severity in reversed(SEVERITIES)
        if count[severity]
    ]
    return ", ".join(parts) if parts else "no findings"


def sentences(run: RunFindings) -> list[str]:
    """What has to be said of a run beside its findings."""
    said: list[str] = []
    if not run.whole:
        said.append(f"Only the first {grouped(run.events)} events were looked at.")
    said += [f"Not judged, {one.rule}: {one.why}" for one in run.report.not_judged]
    return said
