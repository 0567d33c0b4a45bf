"""What sets predictions apart from what they predict, in words: "12 % more commands completed than
measured".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nvmeviz.analysis.measures.residual import difference
from nvmeviz.units import NBSP

if TYPE_CHECKING:
    from nvmeviz.analysis.measure import Stretch
    from nvmeviz.app.runs import Run

SAME_PERCENT = 0.5


def completed_words(percent: float | None) -> str:
    """How many commands completed, against the measured ones; "" when that is not known."""
    if percent is None:
        return ""
    if abs(percent) < SAME_PERCENT:
        return "as many commands completed as measured"
    much = f"{abs(percent):.0f}{NBSP}%"
    return f"{much} {'more' if percent > 0 else 'fewer'} commands completed than measured"


def latency_words(percent: float | None) -> str:
    """How long the median latency is, against the measured one; "" when that is not known."""
    if percent is None:
        return ""
    if abs(percent) < SAME_PERCENT:
        return "p50 latency as measured"
    return f"p50 latency {abs(percent):.0f}{NBSP}% {'longer' if percent > 0 else 'shorter'}"


def difference_words(
    pairs: tuple[tuple[int, Run, Run], ...], titles: tuple[str, ...], stretch: Stretch
) -> str:
    """A sentence for each (place, prediction, what it predicts); with the pane's title where there
    are several.
    """
    told: list[str] = []
    for place, own, other in pairs:
        found = difference(own.series, other.series, stretch)
        words = (completed_words(found.completed), latency_words(found.p50))
        sentence = ", ".join(w for w in words if w)
        if sentence:
            told.append(f"{titles[place]}: {sentence}" if len(pairs) > 1 else sentence)
    return "; ".join(told)
