"""Panes as tables and back; what a file says is never trusted."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nvmeviz.app.pane_files import layout_tables, layouts_of, pane_of, pane_table
from nvmeviz.app.panes import Epoch, Pane, ordered
from nvmeviz.engine.doorbell import MODE_BY_NAME

SETTINGS = st.dictionaries(
    st.sampled_from(["costs.process", "profile", "seed"]), st.text(max_size=9)
).map(ordered)
EPOCHS = st.lists(
    st.builds(Epoch, st.integers(1, 1 << 40), st.integers(0, 1 << 50), SETTINGS),
    max_size=4,
    unique_by=lambda epoch: epoch.count,
).map(lambda found: tuple(sorted(found, key=lambda epoch: epoch.count)))
PANES = st.builds(
    Pane, st.integers(0, 5), st.sampled_from(sorted(MODE_BY_NAME)), SETTINGS, EPOCHS,
    st.text(max_size=5),
)  # fmt: skip


@given(PANES)
def test_a_pane_comes_back_as_it_was(pane: Pane):
    assert pane_of(json.loads(json.dumps(pane_table(pane))), pane.pane_id) == pane


@pytest.mark.parametrize(
    "table",
    [
        None,
        {},
        {"mode": "no_such_mode"},
        {"mode": 3},
        {"mode": "batched", "settings": []},
        {"mode": "batched", "settings": {"seed": 3}},
        {"mode": "batched", "past": {}},
        {"mode": "batched", "past": [{"events": "1", "t_ns": 0}]},
        {"mode": "batched", "past": [{"events": 0, "t_ns": 0}]},
        {"mode": "batched", "past": [{"events": 9, "t_ns": 0}, {"events": 9, "t_ns": 0}]},
        {"mode": "batched", "recording": 1},
    ],
)
def test_a_table_that_makes_no_sense_is_refused(table: object):
    with pytest.raises(ValueError):
        pane_of(table, 0)


def test_layouts_that_make_no_sense_are_left_out():
    good = (("first-steps", (Pane(0, "batched"), Pane(1, "polling"))),)
    tables = layout_tables(good)
    assert layouts_of(tables) == good
    assert layouts_of([{"source": "x", "panes": [{"mode": "?"}]}, *tables, 7]) == good
    assert layouts_of("nonsense") == ()
    assert layouts_of([{"source": "x", "panes": []}]) == ()
