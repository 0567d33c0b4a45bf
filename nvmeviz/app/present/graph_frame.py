"""What one graph shows at one moment: curves and marks over fixed axes, or stacked bars; plain,
frozen values.

Made by `app.present.graphs`, painted by `ui.graphs`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from nvmeviz.app.present.frame import Activity


@dataclass(frozen=True, eq=False, slots=True)
class Series:
    """A curve: x, y float64 (n,); `missing` says why there is none.

    part: which of several curves of a pane, such as "p99". dash: 0 solid, 1 dashed, 2 dotted, 3
    both. symbol: 0 none, 1 ring, 2 square ... tells curves of equal colour and dash apart.
    """

    label: str
    accent: str
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    missing: str = ""
    part: str = ""
    dash: int = 0
    symbol: int = 0

    @property
    def name(self) -> str:
        """Pane and part."""
        return f"{self.label} {self.part}" if self.part else self.label


@dataclass(frozen=True, slots=True)
class Mark:
    """A measured value drawn into a graph: a labelled horizontal line with a ring at its right
    end.
    """

    label: str  # "184 k measured · Koike 2017"
    accent: str
    y: float


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of every bar. activity: its colour. hatched: a controller thread's, not a vCPU's."""

    label: str
    activity: Activity
    hatched: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """A pane's stacked bar: a value for each segment; none when `missing` says why."""

    label: str
    accent: str
    values: tuple[float, ...]
    missing: str = ""


@dataclass(frozen=True, eq=False, slots=True)
class GraphFrame:
    """One graph; ranges are fixed by `present`, so that a plot never rescales on its own.

    With `bars` there are no series, and x is what a bar's length says. x_log: x is drawn
    logarithmically. styles: what dashes stand
    for ("p99 dashed"), where they do not only tell panes apart.
    """

    name: str
    title: str
    note: str  # "lower is better"
    x_label: str
    y_unit: str  # "IOPS", "", "%": how tick labels are written
    x_unit: str  # "ns"
    x_range: tuple[float, float]
    y_range: tuple[float, float]
    series: tuple[Series, ...]
    marks: tuple[Mark, ...] = ()
    cursor_x: float | None = None
    x_log: bool = False
    segments: tuple[Segment, ...] = ()
    bars: tuple[Bar, ...] = ()
    styles: tuple[str, ...] = ()
    window: str = ""  # "the last 5 ms"
    pinned: bool = False
    enlarged: bool = False


@dataclass(frozen=True, slots=True)
class GraphChoice:
    """A graph that may be shown. in_row: it is, where there is room."""

    name: str
    title: str
    in_row: bool
    pinned: bool


@dataclass(frozen=True, slots=True)
class GraphTools:
    """What stands beside the graphs: which there are, and over how much time (0 = the whole run).

    room: how many are made, 0 where nobody asks how many fit.
    """

    choices: tuple[GraphChoice, ...] = ()
    windows: tuple[tuple[int, str], ...] = ()  # (ns, words)
    window_ns: int = 0
    enlarged: str = ""
    room: int = 0


NO_TOOLS = GraphTools()
