"""The start page: what is on show in words, and what can be opened.

The frame is the same object until something else is open, or the files opened last are others.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import PurePath
from typing import TYPE_CHECKING

from nvmeviz.app.panes import MAX_PANES
from nvmeviz.app.present.about import Choice
from nvmeviz.app.present.sketch import sketch_of, sketch_of_trace
from nvmeviz.app.present.start_frame import StartCard, StartFrame
from nvmeviz.app.reading import names_of
from nvmeviz.app.samples import samples
from nvmeviz.engine.doorbell import MODE_BY_NAME
from nvmeviz.scenario.toml import ScenarioError, builtin_names, load_scenario

if TYPE_CHECKING:
    from nvmeviz.app.state import AppState

WAY = (
    "A command goes down from the left ring to the device, its answer comes back up into the right "
    "ring."
)
RED = "Red is time in which a processor of the guest stands still, because it rang (a VM exit)."
HEADS = "What sets the panes apart stands at their heads: how the guest rings, or a setting."
HEAD = "How the guest rings the disk's doorbell stands at the head of the pane."
UNKNOWN = "What the log does not tell is hatched; what only follows from it is marked as inferred."
MOST_RECENT = 4  # the menu has the others
_COUNTS = ("no", "One", "Two", "Three", "Four", "Five", "Six")
_KINDS = {
    "simulated": "simulated",
    "recorded": "recorded",
    "measured": "measured on a real machine",
}


class StartPart:
    """Makes frames; keeps the last one."""

    def __init__(self) -> None:
        self._key: tuple[object, ...] = ()
        self._frame: StartFrame | None = None

    def frame(self, state: AppState) -> StartFrame | None:
        """The start page, None while it is closed."""
        if not state.start.open:
            return None
        key = (state.source, state.runs, state.panes, state.recent)
        if self._frame is None or key != self._key:
            self._key = key
            current = state.source if state.runs else ""
            recent = recent_choices(state.recent)[:MOST_RECENT]
            self._frame = StartFrame(_see(state), recent, *gallery(), current)
        return self._frame


@lru_cache(maxsize=1)
def gallery() -> tuple[tuple[StartCard, ...], tuple[StartCard, ...]]:
    """Scenarios and sample traces that come with the program."""
    scenarios: list[StartCard] = []
    for name in builtin_names():
        try:
            found = load_scenario(name, MODE_BY_NAME)
        except ScenarioError:
            continue  # `scenarios` tells what is wrong with it
        scenarios.append(StartCard(name, found.title, found.sentence, sketch_of(found)))
    traces = tuple(
        StartCard(one.source, one.title, one.sentence, sketch_of_trace(one)) for one in samples()
    )
    return tuple(scenarios), traces


@lru_cache(maxsize=1)
def recent_choices(sources: tuple[str, ...]) -> tuple[Choice, ...]:
    """Files opened last: name, and where they are."""
    return tuple(Choice(name, names_of(name), str(PurePath(name).parent)) for name in sources)


def _see(state: AppState) -> tuple[str, ...]:
    """The scenario's own sentences while its panes are as it has them; else what is true of all."""
    base = state.base
    if base is None or not state.runs:
        return ()
    plain = [(pane.mode, pane.settings, pane.past) for pane in state.panes]
    if base.see and plain == [(mode, (), ()) for mode in base.modes[:MAX_PANES]]:
        return base.see
    count = len(state.runs)
    kinds = " and ".join(dict.fromkeys(_KINDS[run.provenance] for run in state.runs))
    what = f"One virtual machine with its disk, {kinds}."
    if count > 1:
        what = (
            f"{_COUNTS[count]} panes on one clock, each a virtual machine with its disk, {kinds}."
        )
    measured = any(run.about.kinds is not None for run in state.runs)
    return (f"{what} {WAY}", RED, UNKNOWN if measured else HEADS if count > 1 else HEAD)
