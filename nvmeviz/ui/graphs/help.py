"""What the words of a graph mean: axes, names of curves and of bars, measured lines, parts of bars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nvmeviz.app.glossary import key_shown
from nvmeviz.app.terms import explained
from nvmeviz.ui.draw.rect import Rect
from nvmeviz.ui.graphs.bars import LINE, STYLE, plan_bars

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nvmeviz.app.present.graph_frame import GraphFrame
    from nvmeviz.ui.draw.canvas import Canvas

Help = tuple[str, Rect]
_ALONG = {"machine time": "machine_time", "latency": "latency"}


def help_at(
    c: Canvas, frame: GraphFrame, field: Rect, labels: dict[str, Rect], x: float, y: float
) -> Help | None:
    """The help at a place, and what it is for; None over the curves, where values are read.

    field: inside the axes; labels: where the names of curves and marks stand; all in the same px.
    """
    if x < field.x:
        says = f"Upwards: {frame.y_unit or 'a number'}." if not frame.bars else ""
        beside = Rect(0, field.y, field.x, field.h)
        return explained(f"graph_{frame.name}", says), beside
    if y >= field.bottom:
        below = Rect(field.x, field.bottom, field.w, 24 * c.u)
        says = f"To the right: {frame.x_label}."
        return explained(_ALONG.get(frame.x_label, f"graph_{frame.name}"), says), below
    if not frame.bars and not labels and not any(len(series.x) for series in frame.series):
        return explained(f"graph_{frame.name}"), field  # it says in its middle why it is empty
    places = _bar_places(c, frame, field) if frame.bars else _label_places(frame, labels)
    return next(((text, at) for text, at in places if at.contains(x, y)), None)


def _label_places(frame: GraphFrame, labels: dict[str, Rect]) -> Iterator[Help]:
    for mark in frame.marks:
        if mark.label in labels:
            yield explained("measured_line", mark.label), labels[mark.label]
    for series in frame.series:
        if series.label in labels:
            yield explained(f"mode:{series.accent}", f"Curve: {series.label}"), labels[series.label]


def _bar_places(c: Canvas, frame: GraphFrame, field: Rect) -> Iterator[Help]:
    plan = plan_bars(c, frame, field)
    for x, y, segment in plan.legend:
        wide = 16 * c.u + c.text_width(segment.label, STYLE)
        yield explained(key_shown(segment.label)), Rect(x, y, wide, LINE * c.u)
    for bar, name in zip(frame.bars, plan.names, strict=True):
        yield explained(f"mode:{bar.accent}", f"Bar: {bar.label}"), name
