"""A graph's values as CSV: one row per x, one column per curve, with units in the header."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from nvmeviz.app.present.graph_frame import GraphFrame


def _header(words: str, unit: str) -> str:
    return f"{words} ({unit})" if unit else words


def csv_text(frame: GraphFrame) -> str:
    """The table. A curve that has no value at an x leaves its cell empty; measured values are columns
    of their own. Bars: one row per part.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    if frame.bars:
        bars = [bar for bar in frame.bars if bar.values]
        names = [_header(f"{bar.label}: {frame.title}", frame.y_unit) for bar in bars]
        writer.writerow(["part", *names])
        for number, segment in enumerate(frame.segments):
            writer.writerow([segment.label, *(repr(bar.values[number]) for bar in bars)])
        return out.getvalue()
    curves = [series for series in frame.series if len(series.x)]
    writer.writerow(
        [
            _header(frame.x_label, frame.x_unit),
            *(_header(f"{s.name}: {frame.title}", frame.y_unit) for s in curves),
            *(_header(mark.label, frame.y_unit) for mark in frame.marks),
        ]
    )
    xs = np.unique(np.concatenate([s.x for s in curves])) if curves else np.empty(0)
    columns: list[list[str]] = []
    for series in curves:
        # Where a curve rises straight up, the last of its values at that x.
        last = np.searchsorted(series.x, xs, side="right") - 1
        there = (last >= 0) & (series.x[np.maximum(last, 0)] == xs)
        values = zip(there.tolist(), series.y[np.maximum(last, 0)].tolist())
        columns.append([repr(value) if known else "" for known, value in values])
    marks = [repr(mark.y) for mark in frame.marks]
    for number, x in enumerate(xs.tolist()):
        writer.writerow([repr(x), *(column[number] for column in columns), *marks])
    return out.getvalue()
