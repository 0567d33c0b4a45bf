"""The glossary says what every word is, in a sentence or two, and lacks none of those the program uses."""

from __future__ import annotations

import re

import pytest

from nvmeviz.analysis.findings import FINDINGS
from nvmeviz.analysis.landmarks import LandmarkKind
from nvmeviz.analysis.measures import MEASURE_BY_NAME
from nvmeviz.app.glossary import glossary, key_shown, setting_words
from nvmeviz.app.messages import TogglePanel
from nvmeviz.app.present import present
from nvmeviz.app.present.frame import LEGEND, SlotState
from nvmeviz.app.present.panel import panel_frame
from nvmeviz.app.present.scrubber_frame import MARK_TERMS
from nvmeviz.app.terms import explained, term_named, terms
from nvmeviz.engine.doorbell import MODES
from nvmeviz.log.about import SEVERITIES
from tests.app.drive import opened, send

LONGEST = 260  # letters: five lines of a tool tip


@pytest.mark.parametrize("term", terms().values(), ids=terms())
def test_a_term_is_told_in_plain_sentences(term):
    assert term.name
    assert term.section
    assert term.words[0].isupper() or term.words[0].isdigit()
    assert term.words.endswith(".")
    assert "\n" not in term.words
    assert "  " not in term.words
    if ":" not in term.key:  # modes and rules have their own measure
        assert len(term.words) <= LONGEST


def test_no_two_terms_of_a_section_have_one_name():
    names = [(term.section, term.name) for term in terms().values()]
    assert len(names) == len(set(names))


def test_a_text_on_screen_means_one_term():
    shown = [(text, term.key) for term in glossary().values() for text in term.shown]
    assert len({text for text, _ in shown}) == len(shown)
    assert all(key_shown(text) == key for text, key in shown)


def test_all_that_has_a_name_is_a_term():
    for state in SlotState:
        assert state is SlotState.UNKNOWN or f"slot_{state.name.lower()}" in glossary()
    for name in MEASURE_BY_NAME:
        assert f"graph_{name}" in glossary()
    for severity in SEVERITIES:
        assert f"severity_{severity}" in glossary()
    for how in ("simulated", "measured", "recorded", "prediction"):
        assert f"provenance_{how}" in glossary()
    assert all(f"rule:{rule.name}" in terms() for rule in FINDINGS)
    assert all(term_named(f"mode:{mode.name}").name == mode.title for mode in MODES)
    assert set(MARK_TERMS) == set(LandmarkKind)
    assert set(MARK_TERMS.values()) <= set(glossary())
    assert all(key_shown(words) for _, words in LEGEND)


def test_every_setting_is_about_one_term():
    frame = panel_frame(send(opened("first-steps"), TogglePanel(True)))
    assert frame is not None
    keys = [row.key for group in frame.groups for row in group.rows]
    named = [setting for term in glossary().values() for setting in term.settings]
    assert sorted(named) == sorted(keys)
    assert setting_words("workload.queue_depth").startswith("In flight: Commands")


def test_a_mode_that_a_trace_does_not_tell_is_explained_as_such():
    assert term_named("mode:unknown") is terms()["mode"]


def test_every_figure_of_a_pane_has_a_term():
    (pane, *_) = present(opened("first-steps")).panes
    assert all(key_shown(chip.label) for chip in pane.chips)


def test_help_names_explains_and_tells_what_is_so():
    name, words, says = explained("sq", "SQ 1: 32 slots").split("\n")
    assert name == "Submission queue (SQ)"
    assert words == glossary()["sq"].words
    assert says == "SQ 1: 32 slots"


def test_words_are_for_everybody():
    """No names of our own code, no jargon of ours."""
    for term in glossary().values():
        assert not re.search(r"[a-z]_[a-z]", term.words), term.key
