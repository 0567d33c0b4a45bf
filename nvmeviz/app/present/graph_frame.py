"""What one graph shows at one moment: curves and marks over fixed axes; plain, frozen values.

Made by `app.present.graphs`, painted by `ui.graphs`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False, slots=True)
class Series:
    """A curve: x, y float64 (n,); `missing` says why there is none."""

    label: str
    accent: str
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A measured value drawn into a graph: a labelled horizontal line with a ring at its right
    end.
    """

    label: str  # "184 k measured · Koike 2017"
    accent: str
    y: float


@dataclass(frozen=True, eq=False, slots=True)
class GraphFrame:
    """One graph; ranges are fixed by `present`, so that a plot never rescales on its own."""

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
