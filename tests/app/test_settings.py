"""Settings survive a round trip, and a bad file never stops the program."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nvmeviz.app.graph_view import (
    ALL_GRAPHS,
    DEFAULT_VIEW,
    WINDOWS_NS,
    PinGraph,
    SetGraphWindow,
    ShowGraph,
    changed,
    view_of,
)
from nvmeviz.app.panes import Pane
from nvmeviz.app.recent import MAX_RECENT
from nvmeviz.app.settings import (
    FILE,
    MAX_SCALE,
    MIN_SCALE,
    THEMES,
    Settings,
    keep_settings,
    merged,
    read_settings,
    scaled,
    write_settings,
)

whole = st.integers(-5000, 5000)
place = st.none() | st.tuples(whole, whole, st.integers(1, 9000), st.integers(1, 9000))
settings = st.builds(
    Settings,
    theme=st.sampled_from(THEMES),
    scale=st.floats(MIN_SCALE, MAX_SCALE),
    reduced_motion=st.booleans(),
    window=place,
    maximized=st.booleans(),
    layouts=st.lists(
        st.tuples(
            st.text(min_size=1, max_size=9), st.just((Pane(0, "batched"), Pane(1, "polling")))
        ),
        max_size=3,
        unique_by=lambda pair: pair[0],
    ).map(tuple),
    graphs=st.lists(
        st.one_of(
            st.builds(PinGraph, st.sampled_from(ALL_GRAPHS), st.booleans()),
            st.builds(ShowGraph, st.sampled_from(ALL_GRAPHS), st.booleans()),
            st.builds(SetGraphWindow, st.sampled_from(WINDOWS_NS)),
        ),
        max_size=5,
    ).map(lambda messages: reduce(changed, messages, DEFAULT_VIEW)),
    recent=st.lists(st.text(min_size=1, max_size=20), max_size=MAX_RECENT, unique=True).map(tuple),
    start_page=st.booleans(),
)


@given(settings)
def test_what_is_written_is_read(tmp_path_factory, settings):
    folder = tmp_path_factory.mktemp("config")
    assert write_settings(settings, folder) == ""
    assert read_settings(folder) == (settings, "")
    assert [f.name for f in folder.iterdir()] == [FILE]


@given(settings, settings)
def test_two_windows_lose_nothing_of_one_another(tmp_path_factory, one, other):
    folder = tmp_path_factory.mktemp("config")
    known = read_settings(folder)[0]
    assert keep_settings(one, known, folder) == ""
    assert keep_settings(known, known, folder) == ""  # a window in which nothing was changed
    assert read_settings(folder)[0] == one
    # Each has changed something else.
    assert keep_settings(replace(known, theme=other.theme), known, folder) == ""
    found = read_settings(folder)[0]
    assert found == replace(one, theme=one.theme if other.theme == known.theme else other.theme)


@given(settings, settings)
def test_layouts_and_files_of_both_windows_are_kept(one, other):
    known = Settings()
    found = merged(known, other, one)
    assert dict(found.layouts) == dict(one.layouts) | dict(other.layouts)
    assert set(found.recent) <= {*one.recent, *other.recent}
    if other.recent:
        assert found.recent[: len(set(other.recent))] == tuple(dict.fromkeys(other.recent))
    # What one window takes away is gone.
    assert merged(one, replace(one, layouts=()), one).layouts == ()


def test_a_file_that_can_not_be_read_now_is_not_written_over(tmp_path):
    (tmp_path / FILE).mkdir()
    assert "could not be saved" in keep_settings(Settings(theme="light"), Settings(), tmp_path)
    assert (tmp_path / FILE).is_dir()


def test_without_a_file_the_defaults_hold(tmp_path):
    assert read_settings(tmp_path / "none") == (Settings(), "")


@pytest.mark.parametrize(
    "text",
    ["theme = ", 'theme = "pink"', "scale = 9", "scale = true", 'scale = "big"', "window = [1, 2]",
     "window = [1, 2, 0, 4]", "window = 7", "window = [1000000000000, 0, 9, 9]",
     "reduced_motion = 1", "recent = 7", "recent = [1]", "start_page = 1", "\udcff"],
)  # fmt: skip
def test_a_bad_file_is_set_aside_with_a_sentence(tmp_path, text):
    (tmp_path / FILE).write_bytes(text.encode("utf-8", "surrogateescape"))
    found, sentence = read_settings(tmp_path)
    assert found == Settings()
    assert "settings.bad.toml" in sentence
    assert not (tmp_path / FILE).exists()
    assert (tmp_path / "settings.bad.toml").exists()
    assert read_settings(tmp_path) == (Settings(), "")


def test_a_key_of_a_later_version_is_no_error(tmp_path):
    (tmp_path / FILE).write_text('theme = "light"\nfont = "Comic"\n')
    assert read_settings(tmp_path) == (Settings(theme="light"), "")


def test_the_folder_can_be_chosen(tmp_path, monkeypatch):
    monkeypatch.setenv("NVMEVIZ_CONFIG_DIR", str(tmp_path / "mine"))
    assert write_settings(Settings(theme="contrast")) == ""
    assert (tmp_path / "mine" / FILE).exists()
    assert read_settings()[0].theme == "contrast"


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    assert "could not be saved" in write_settings(Settings(), tmp_path / "file" / "below")


def test_the_scale_stays_within_its_range():
    assert scaled(Settings(), 99).scale == MAX_SCALE
    assert scaled(Settings(), 0.01).scale == MIN_SCALE


@pytest.mark.parametrize(
    "table",
    [
        None,
        3,
        {},
        {"shown": "iops"},
        {"shown": ["?"], "pinned": [4]},
        {"window_ns": 7},
        {"shown": []},
    ],
)
def test_graphs_that_make_no_sense_are_the_usual_ones(table):
    assert view_of(table) == DEFAULT_VIEW
