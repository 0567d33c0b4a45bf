"""Graphs kept from frame to frame: one is made anew a frame, so that no frame pays for all of them.

While time passes each graph is renewed about ten times a second; when it rests, graphs catch up with
the playhead one after the other, and `behind` says that some have not yet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nvmeviz.app.graph_view import on_show, with_pairs
from nvmeviz.app.present.graphs import default_titles, graph_frame

if TYPE_CHECKING:
    from nvmeviz.app.graph_view import GraphView
    from nvmeviz.app.present.graph_frame import GraphFrame
    from nvmeviz.app.present.graphs import Pairs
    from nvmeviz.app.runs import Run

REFRESH_FRAMES = 6  # 10 Hz at 60 frames a second


class GraphFeed:
    """Makes and keeps the frames of the graphs on show."""

    def __init__(self) -> None:
        self._frames: dict[str, GraphFrame] = {}
        self._made: dict[str, tuple[int, int]] = {}  # (frame number, time shown)
        self._number = 0
        self._key: object = None
        self._last: tuple[GraphFrame, ...] = ()
        self.behind = False

    def frames(
        self,
        runs: tuple[Run, ...],
        t_ns: int,
        view: GraphView,
        playing: bool,
        titles: tuple[str, ...] = (),
        pairs: Pairs = (),
    ) -> tuple[GraphFrame, ...]:
        """The graphs on show; call it once a frame. The same object while nothing changed."""
        self._number += 1
        titles = titles or default_titles(runs)
        names = on_show(with_pairs(view, any(pair is not None for pair in pairs)))
        key = (runs, view, titles, pairs)
        if key != self._key:
            self._key = key
            due = list(names)
        else:
            stale = [name for name in names if self._made[name][1] != t_ns]
            age = REFRESH_FRAMES if playing else 0
            stale = [name for name in stale if self._number - self._made[name][0] >= age]
            due = sorted(stale, key=lambda name: self._made[name])[:1]
        for name in due:
            self._frames[name] = graph_frame(name, runs, t_ns, view, titles, pairs)
            self._made[name] = (self._number, t_ns)
        if due:
            self._last = tuple(self._frames[name] for name in names)
        self.behind = any(self._made[name][1] != t_ns for name in names)
        return self._last
