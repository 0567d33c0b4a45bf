"""What a log can tell is written down with it, and a broken description is refused in words."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nvmeviz.log import kinds as k
from nvmeviz.log.about import SIMULATED, About, Issue, about_from_json, about_to_json

ABOUT = About(
    title="Linux driver",
    files=("qemu.log",),
    kinds=frozenset({k.SQ_FETCH, k.SQ_POST}),
    inferred=frozenset({k.SQ_POST}),
    facts=(("clock", "one file"),),
    issues=(Issue("truncated", "warning", 2, "the last line is cut", "copy it", "qemu.log", 7),),
)


def test_a_simulated_log_covers_every_kind_and_a_measured_one_what_it_says():
    assert SIMULATED.covers(k.VM_ENTRY)
    assert ABOUT.covers(k.SQ_FETCH, k.SQ_POST)
    assert not ABOUT.covers(k.SQ_FETCH, k.VM_ENTRY)


def test_a_description_comes_back_as_it_was_written():
    assert about_from_json(about_to_json(ABOUT)) == ABOUT
    assert about_from_json({}) == SIMULATED


def test_a_kind_of_a_newer_program_is_left_out():
    table = about_to_json(ABOUT) | {"kinds": ["sq_fetch", "sq_teleport"]}
    assert about_from_json(table).kinds == {k.SQ_FETCH}


@pytest.mark.parametrize(
    "change",
    [
        {"title": 7},
        {"files": "qemu.log"},
        {"kinds": [3]},
        {"facts": [["clock"]]},
        {"issues": [{"severity": "fatal"}]},
        {"issues": [{"severity": "note", "count": -1}]},
        {"issues": [["note"]]},
    ],
)
def test_a_description_that_makes_no_sense_is_refused(change: dict[str, Any]):
    with pytest.raises(ValueError):
        about_from_json(about_to_json(ABOUT) | change)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
FIELDS = ("title", "files", "kinds", "inferred", "facts", "issues")


@given(st.dictionaries(st.sampled_from(FIELDS), JSON))
def test_no_description_does_more_than_be_refused(table: dict[str, Any]):
    try:
        found = about_from_json(table)
    except ValueError:
        return
    assert about_from_json(about_to_json(found)) == found
