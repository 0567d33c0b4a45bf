"""Predictions: panes that simulate the submissions of a measured or recorded run once more.

Which run a pane predicts is a part of its description (`Pane.predicts`, the name of that run as a
pane has it); the submissions lie in a file that the workload replays. The messages about it stand
here, what they do in `change_predictions`, the file and the settings in `replayable`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nvmeviz.app.measured import JOINED

if TYPE_CHECKING:
    from nvmeviz.app.panes import Pane, Panes
    from nvmeviz.scenario.schema import Scenario

_MOST_NAME = 48


@dataclass(frozen=True, slots=True)
class Predict:
    """Simulate the run of a measured or recorded pane in the pane beside it. pane_id None: the
    selected one; mode "": the one that the run looks like.
    """

    pane_id: int | None = None
    mode: str = ""


@dataclass(frozen=True, slots=True)
class ReplayWritten:
    """The submissions of `recording` lie in a file. scenario: what replays them; words: what is
    replayed.
    """

    recording: str
    generation: int
    mode: str
    scenario: Scenario
    words: str


PredictionMessage = Predict | ReplayWritten


def is_prediction(pane: Pane) -> bool:
    """True for a pane that replays the run that it is said to predict."""
    return bool(pane.predicts) and any(key == "workload.replay" for key, _ in pane.settings)


def run_name(recording: str) -> str:
    """A recorded run's name in a few words: "qemu.log.xz and 1 more"."""
    files = recording.rpartition("#")[0].split(JOINED)
    name = Path(files[0]).name or "the recording"
    name = name if len(name) <= _MOST_NAME else name[: _MOST_NAME - 1] + "…"
    return f"{name} and {len(files) - 1} more" if len(files) > 1 else name


def pairs_of(panes: Panes) -> tuple[int | None, ...]:
    """For each pane the place of the one that it predicts; None where there is none."""
    places = {pane.recording.rstrip("~"): n for n, pane in enumerate(panes) if pane.recording}
    return tuple(
        places.get(pane.predicts.rstrip("~")) if is_prediction(pane) else None for pane in panes
    )
