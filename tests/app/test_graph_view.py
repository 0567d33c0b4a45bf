"""Which graphs are shown follows from messages alone, and what nobody knows changes nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nvmeviz.app.graph_view import (
    ALL_GRAPHS,
    DEFAULT_VIEW,
    WINDOWS_NS,
    EnlargeGraph,
    FitGraphs,
    GraphView,
    PinGraph,
    SetGraphWindow,
    ShowGraph,
    changed,
    in_order,
    on_show,
)
from nvmeviz.app.state import AppState
from nvmeviz.app.update import update


def after(*messages) -> GraphView:
    view = DEFAULT_VIEW
    for message in messages:
        view = changed(view, message)
    return view


def test_as_many_as_fit_are_made_pinned_ones_first():
    assert on_show(after(FitGraphs(3))) == ALL_GRAPHS[:3]
    view = after(FitGraphs(3), PinGraph("depth", True), PinGraph("latency", True))
    assert on_show(view) == ("depth", "latency", ALL_GRAPHS[0])
    assert on_show(changed(view, PinGraph("depth", False))) == ("latency", *ALL_GRAPHS[:2])


def test_a_graph_that_is_not_shown_makes_room_for_the_next():
    view = after(FitGraphs(2), ShowGraph("iops", False))
    assert on_show(view) == ALL_GRAPHS[1:3]
    assert on_show(changed(view, ShowGraph("iops", True))) == ALL_GRAPHS[:2]


def test_pinning_shows_and_hiding_unpins():
    view = after(ShowGraph("depth", False), PinGraph("depth", True))
    assert in_order(view)[0] == "depth"
    hidden = changed(view, ShowGraph("depth", False))
    assert hidden.pinned == ()
    assert "depth" not in in_order(hidden)


def test_the_last_graph_stays():
    view = DEFAULT_VIEW
    for name in ALL_GRAPHS:
        view = changed(view, ShowGraph(name, False))
    assert on_show(view) == ALL_GRAPHS[-1:]


def test_an_enlarged_graph_is_the_only_one_made():
    view = after(EnlargeGraph("depth"))
    assert on_show(view) == ("depth",)
    assert on_show(changed(view, EnlargeGraph(""))) == on_show(DEFAULT_VIEW)


@pytest.mark.parametrize(
    "message",
    [PinGraph("none", True), EnlargeGraph("none"), SetGraphWindow(3), ShowGraph("x", True)],
)
def test_what_is_not_known_changes_nothing(message):
    assert changed(DEFAULT_VIEW, message) == DEFAULT_VIEW


def test_update_hands_the_messages_on():
    state, effects = update(AppState(), SetGraphWindow(0))
    assert state.graphs.window_ns == 0
    assert effects == ()


NAMES = st.sampled_from([*ALL_GRAPHS, "none", ""])
MESSAGES = st.one_of(
    st.builds(PinGraph, NAMES, st.booleans()),
    st.builds(ShowGraph, NAMES, st.booleans()),
    st.builds(EnlargeGraph, NAMES),
    st.builds(FitGraphs, st.integers(-3, 30)),
    st.builds(SetGraphWindow, st.sampled_from([*WINDOWS_NS, 7])),
)


@given(st.lists(MESSAGES, max_size=30))
def test_whatever_is_done_some_known_graph_is_shown_once(messages):
    view = after(*messages)
    names = on_show(view)
    assert 1 <= len(names) == len(set(names)) <= max(view.room, 1)
    assert set(names) <= set(ALL_GRAPHS)
    assert set(view.pinned) <= set(view.shown)
    assert view.window_ns in WINDOWS_NS
