"""The states of the window whose pictures are kept in tests/golden, and how a picture is made.

`python -m tests.ui.pictures` writes them all anew, and those of the guide: look at each before it is
committed.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from nvmeviz.app.graph_view import EnlargeGraph, FitGraphs
from nvmeviz.app.messages import (
    Branch,
    ChangeSetting,
    Follow,
    Pause,
    Place,
    Seek,
    SelectQueue,
    SetPanes,
    SetScope,
    SetSpeedPosition,
    Step,
    TogglePanel,
    Unit,
)
from nvmeviz.app.present import present
from nvmeviz.app.start_view import ToggleStart
from nvmeviz.ui.render import render_window
from tests.app.drive import opened, send, ticks

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QImage

    from nvmeviz.app.messages import Message
    from nvmeviz.app.state import AppState

GOLDEN = Path(__file__).parents[1] / "golden"
DOCS = Path(__file__).parents[2] / "docs" / "pictures"
SIZE = (1280, 720)
SSD, NULL = "gce-local-ssd-2017", "google-null-device-2016"
SIX = ("mmio_trap", "batched", "dbbuf_qemu80", "dbbuf_iothread", "polling", "passthrough")


def at(source: str, t_ns: int, *messages: Message) -> AppState:
    """A scenario opened and paused at a time."""
    return send(opened(source), Pause(), Seek(t_ns), *messages)


def _from_here() -> AppState:
    state = at(SSD, 1_240_000, Branch(), SetScope(all_panes=False, from_here=False))
    return send(state, ChangeSetting("costs.doorbell_exit", "9us"), Seek(1_420_000))


def _in_a_flow() -> AppState:
    return ticks(send(opened(SSD), SetSpeedPosition(0.75)), 40)


STATES: dict[str, Callable[[], AppState]] = {
    "opened": lambda: at(SSD, 1_240_000),
    "stepped-back": lambda: ticks(at(SSD, 1_240_000, Step(Unit.EVENT, -3)), 40),
    "start": lambda: send(opened(SSD), Pause(), Seek(Place.START)),
    "branched": _from_here,
    "settings": lambda: at(SSD, 1_240_000, TogglePanel(True), ChangeSetting("seed", "no")),
    "followed": lambda: at(SSD, 1_240_000, Follow(0, 61)),
    "flow": _in_a_flow,
    "four-queues": lambda: at(NULL, 450_000, SelectQueue(2)),
    "six-panes": lambda: at("first-steps", 250_000, SetPanes(SIX), Seek(250_000)),
    "start-page": lambda: at(SSD, 1_240_000, ToggleStart(open=True)),
    "enlarged": lambda: at(SSD, 1_400_000, FitGraphs(5), EnlargeGraph("iops")),
}
GUIDE: dict[str, Callable[[], AppState]] = {
    "compare-dark": STATES["opened"],
    "start-page": STATES["start-page"],
    "branch": _from_here,
    "settings": lambda: at(SSD, 1_240_000, TogglePanel(True)),
}
THEMES = {"four-queues": "light", "flow": "contrast"}


def picture(name: str) -> QImage:
    """The window in a state."""
    return render_window(present(STATES[name]()), SIZE, THEMES.get(name, "dark"), 1.0)


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for state_name in STATES:
        picture(state_name).save(str(GOLDEN / f"{state_name}.png"))
    for file_name, make in GUIDE.items():
        image = render_window(present(make()), (1600, 900), "dark", 1.0)
        image.save(str(DOCS / f"{file_name}.png"))
