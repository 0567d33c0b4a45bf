"""The list of findings: those of all panes, errors first, each with a way to where it happened.

The frame is the same object until a look at a run brings something else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nvmeviz.analysis.findings import FINDINGS, Report
from nvmeviz.app.findings import counts_text
from nvmeviz.app.present.findings_frame import FindingRow, FindingsFrame
from nvmeviz.app.present.words import queue_name
from nvmeviz.log.about import SEVERITIES
from nvmeviz.units import grouped, time_text

if TYPE_CHECKING:
    from nvmeviz.analysis.findings import Finding
    from nvmeviz.app.findings import RunFindings
    from nvmeviz.app.runs import Run
    from nvmeviz.app.state import AppState

NOTHING = "Nothing went wrong in what is known so far."
LOOKING = "Looking at what is known so far …"
ASK = "These runs have grown long. Look again to have them looked at."


class FindingsPart:
    """Makes frames; keeps the last one."""

    def __init__(self) -> None:
        self._key: tuple[object, ...] = ()
        self._frame: FindingsFrame | None = None

    def frame(self, state: AppState, titles: tuple[str, ...]) -> FindingsFrame | None:
        """The list, None while it is closed. titles: of the panes, as they tell them apart."""
        if not state.findings.open or not state.runs:
            return None
        looking = bool(state.findings.looking)
        key = (state.findings.found, state.runs, state.shown, titles, looking)
        if self._frame is None or key != self._key:
            self._key = key
            self._frame = _frame(state, titles, looking)
        return self._frame


def _frame(state: AppState, titles: tuple[str, ...], looking: bool) -> FindingsFrame:
    known = dict(state.findings.found)
    seen = [
        (known[run.run_id], run, pane.pane_id, title)
        for run, pane, title in zip(state.runs, state.shown, titles, strict=True)
        if run.run_id in known
    ]
    found = [
        (one, run, pane_id, title)
        for findings, run, pane_id, title in seen
        for one in findings.report.findings
    ]
    found.sort(key=lambda of: (-SEVERITIES.index(of[0].severity), of[0].t_ns))
    rows = tuple(
        _row(one, run, pane_id, title, len(titles) > 1) for one, run, pane_id, title in found
    )
    empty = ""
    if not rows:
        empty = NOTHING if len(seen) == len(state.runs) else LOOKING if looking else ASK
    results = tuple(findings for findings, _, _, _ in seen)
    limits, hint = _limits(results)
    return FindingsFrame(rows, _summary(results), empty, limits, hint)


def _row(one: Finding, run: Run, pane_id: int, title: str, several: bool) -> FindingRow:
    queue = "no queue" if one.pair < 0 else queue_name(run.topology, one.pair)
    return FindingRow(
        one.severity,
        one.rule,
        f"{queue} · {title}" if several else queue,
        time_text(one.t_ns),
        one.text,
        one.facts,
        run.mode.name,
        pane_id,
        one.pair,
        one.t_ns,
    )


def _summary(results: tuple[RunFindings, ...]) -> str:
    if not results:
        return ""
    everything = tuple(one for result in results for one in result.report.findings)
    until_ns, events = min(r.until_ns for r in results), sum(r.events for r in results)
    looked = f"{grouped(events)} events, up to {time_text(until_ns)}"
    return f"{counts_text(Report(everything))} in {looked}"


def _limits(results: tuple[RunFindings, ...]) -> tuple[str, str]:
    """What could not be judged: a sentence, and the reasons one a line."""
    why = {one.rule: one.why for result in results for one in result.report.not_judged}
    if not why:
        return "", ""
    count = f"{len(why)} of {len(FINDINGS)} rules"
    sentence = f"{count} can't judge this log: it does not hold what they look at."
    return sentence, "\n".join(f"{rule}: {reason}" for rule, reason in why.items())
