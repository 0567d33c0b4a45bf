"""How panes are told apart in words: by their settings, and predictions from what they predict.

A prediction differs from a measured run in its workload, device and machine because these were
taken from it; that is said in a few words instead, and settings are compared among predictions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nvmeviz.app.predictions import is_prediction, pairs_of, run_name
from nvmeviz.app.present.apart import same_arrivals, words_apart
from nvmeviz.app.present.graphs import default_titles
from nvmeviz.app.present.names import run_title

if TYPE_CHECKING:
    from nvmeviz.app.panes import Panes
    from nvmeviz.app.runs import Run
    from nvmeviz.scenario.schema import Scenario


@dataclass(frozen=True, slots=True)
class ToldApart:
    """For each pane: words in its subtitle, its name in graphs, and the place of the pane that it
    predicts. same_arrivals: the same commands come to all.
    """

    words: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    pairs: tuple[int | None, ...] = ()
    same_arrivals: bool = True


def told_apart(panes: Panes, runs: tuple[Run, ...], scenarios: tuple[Scenario, ...]) -> ToldApart:
    """What is said of panes on show; scenarios: those in force."""
    predicts = tuple(is_prediction(pane) for pane in panes)
    pairs = pairs_of(panes)
    own: list[str] = [""] * len(runs)
    for kind in (False, True):
        group = [n for n, is_one in enumerate(predicts) if is_one == kind]
        modes = tuple(runs[n].mode for n in group)
        words = words_apart(tuple(scenarios[n] for n in group), modes)
        for n, apart in zip(group, words, strict=True):
            own[n] = apart
    told = [
        f"prediction: replays {run_name(pane.predicts)}" if is_one else ""
        for pane, is_one in zip(panes, predicts, strict=True)
    ]
    # The same commands come to a prediction as came to what it predicts; nothing else gets those that
    # came to a real machine.
    standing_for = [n if pair is None else pair for n, pair in enumerate(pairs)]
    of_its_own = any(runs[n].provenance == "measured" for n in standing_for)
    alike = same_arrivals(tuple(scenarios[n] for n in standing_for))
    return ToldApart(
        words=tuple(", ".join(w for w in both if w) for both in zip(told, own, strict=True)),
        titles=_titles(runs, own, predicts, pairs),
        pairs=pairs,
        same_arrivals=alike and (not of_its_own or len(set(standing_for)) == 1),
    )


def _titles(
    runs: tuple[Run, ...],
    own: list[str],
    predicts: tuple[bool, ...],
    pairs: tuple[int | None, ...],
) -> tuple[str, ...]:
    """The modes' titles with what sets panes apart; of a pair who is who."""
    plain = default_titles(runs)
    titles: list[str] = []
    for number, run in enumerate(runs):
        if predicts[number]:
            twins = [n for n, r in enumerate(runs) if r.mode is run.mode and predicts[n]]
            which = own[number] or (f"{twins.index(number) + 1}" if len(twins) > 1 else "")
            titles.append(" · ".join(w for w in (run_title(run), "predicted", which) if w))
        elif number in pairs:
            titles.append(f"{run_title(run)} · {run.provenance}")
        else:
            titles.append(f"{run_title(run)} · {own[number]}" if own[number] else plain[number])
    return tuple(titles)
