"""Which files are remembered as those of last time."""

from __future__ import annotations

import pytest

from nvmeviz.app.messages import OpenScenario, SaveRecording
from nvmeviz.app.recent import MAX_RECENT, recent_of, with_recent
from tests.app.drive import opened, send


def test_what_was_saved_and_opened_last_comes_first(tmp_path):
    first, second = str(tmp_path / "a.nvmeviz"), str(tmp_path / "b.nvmeviz")
    state = send(opened("first-steps"), SaveRecording(first), SaveRecording(second))
    assert state.recent == (second, first)
    assert send(state, OpenScenario(first)).recent == (first, second)


def test_what_comes_with_the_program_or_can_not_be_opened_is_not_remembered(tmp_path):
    state = opened("first-steps")
    state = send(state, OpenScenario("coalescing"), OpenScenario("sample:qemu-5.2-qd8"))
    state = send(state, OpenScenario(str(tmp_path / "none.toml")))
    assert state.recent == ()


def test_a_list_of_some_length_is_kept_without_names_that_no_text_file_can_hold():
    names: tuple[str, ...] = ()
    for number in range(MAX_RECENT + 5):
        names = with_recent(names, f"{number}.toml")
    assert len(names) == MAX_RECENT
    assert names[0] == f"{MAX_RECENT + 4}.toml"
    assert with_recent(names, "bad\udcff.toml") == names
    assert recent_of([*names, "one more"]) == names
    with pytest.raises(ValueError, match="recent"):
        recent_of({"a": 1})
