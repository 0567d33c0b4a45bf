"""Panes as plain tables, for the settings file (layouts) and for recordings; and back, checked.

What a file says is never trusted: a table that makes no sense is a ValueError in words.
"""

from __future__ import annotations

from typing import Any, cast

from nvmeviz.app.panes import MAX_PANES, Epoch, Pane, Settings, ordered
from nvmeviz.engine.doorbell import MODE_BY_NAME

MAX_LAYOUTS = 40
_MAX_TEXT = 4_000
_MAX_SETTINGS, _MAX_PAST = 200, 100

Table = dict[str, Any]


def pane_table(pane: Pane) -> Table:
    """A pane as a table of texts and numbers."""
    table: Table = {"mode": pane.mode}
    if pane.settings:
        table["settings"] = dict(pane.settings)
    if pane.past:
        table["past"] = [
            {"events": e.count, "t_ns": e.t_ns, "settings": dict(e.settings)} for e in pane.past
        ]
    if pane.recording:
        table["recording"] = pane.recording
    if pane.predicts:
        table["predicts"] = pane.predicts
    return table


def pane_of(table: object, pane_id: int) -> Pane:
    """The pane of a table. ValueError."""
    values = _table(table)
    mode = _text(values.get("mode"), "mode")
    if mode not in MODE_BY_NAME:
        raise ValueError(f'"{mode[:60]}" is not a doorbell mode')
    past = _list(values.get("past", []), "past", _MAX_PAST)
    epochs = tuple(_epoch(entry) for entry in past)
    counts = [epoch.count for epoch in epochs]
    if counts != sorted(set(counts)):
        raise ValueError("the stretches of a pane's past must follow one another")
    recording = _text(values.get("recording", ""), "recording")
    predicts = _text(values.get("predicts", ""), "predicts")
    settings = _settings(values.get("settings", {}))
    return Pane(pane_id, mode, settings, epochs, recording, predicts)


def _epoch(entry: object) -> Epoch:
    values = _table(entry)
    count, t_ns = values.get("events"), values.get("t_ns")
    if not isinstance(count, int) or not isinstance(t_ns, int):
        raise ValueError("a stretch of a pane's past needs whole numbers of events and t_ns")
    if not 0 < count < 1 << 48 or not 0 <= t_ns < 1 << 62:
        raise ValueError("a stretch of a pane's past ends at no possible place")
    return Epoch(count, t_ns, _settings(values.get("settings", {})))


def _settings(value: object) -> Settings:
    values = _table(value)
    if len(values) > _MAX_SETTINGS:
        raise ValueError("too many settings")
    return ordered({_text(key, "setting"): _text(text, key) for key, text in values.items()})


def _table(value: object) -> Table:
    if not isinstance(value, dict):
        raise ValueError("a table was expected")
    return cast("Table", value)


def _list(value: object, name: str, most: int) -> list[object]:
    if not isinstance(value, list) or len(cast("list[object]", value)) > most:
        raise ValueError(f"{name} must be a list of at most {most} tables")
    return cast("list[object]", value)


def _text(value: object, name: str) -> str:
    if not isinstance(value, str) or len(value) > _MAX_TEXT:
        raise ValueError(f"{name[:60]} must be a text")
    return value


def layout_tables(layouts: tuple[tuple[str, tuple[Pane, ...]], ...]) -> list[Table]:
    """Layouts for the settings file, the newest last."""
    return [
        {"source": source, "panes": [pane_table(pane) for pane in panes]}
        for source, panes in layouts[-MAX_LAYOUTS:]
    ]


def layouts_of(value: object) -> tuple[tuple[str, tuple[Pane, ...]], ...]:
    """Layouts from the settings file; one that makes no sense is left out."""
    found: list[tuple[str, tuple[Pane, ...]]] = []
    entries = cast("list[object]", value) if isinstance(value, list) else []
    for entry in entries[-MAX_LAYOUTS:]:
        try:
            values = _table(entry)
            tables = _list(values.get("panes", []), "panes", MAX_PANES)
            panes = tuple(pane_of(table, number) for number, table in enumerate(tables))
            if panes:
                found.append((_text(values.get("source"), "source"), panes))
        except ValueError:
            continue
    return tuple(found)
