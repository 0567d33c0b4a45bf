"""The table of settings is whole: defaults and every cost of a built-in scenario lie in their ranges."""

from __future__ import annotations

from dataclasses import fields

import pytest

from nvmeviz.scenario.schema import SECTIONS, Costs, Limits, limits_of
from nvmeviz.scenario.texts import text_value


@pytest.mark.parametrize("section", SECTIONS)
def test_defaults_lie_in_their_ranges(section: str):
    cls = SECTIONS[section]
    for key, (name, limits) in limits_of(cls).items():
        value = getattr(cls(), name)
        if limits.unit == "choice":
            assert value in limits.choices, key
        elif limits.unit == "text":
            assert text_value(key, value) == value
        elif limits.unit != "text":
            assert limits.low <= value <= limits.high, key


def test_every_setting_has_words_and_every_cost_a_source():
    for cls in SECTIONS.values():
        for item in fields(cls):
            limits: Limits = item.metadata["limits"]
            assert limits.words
            assert limits.source or cls is not Costs, item.name


def test_keys_are_unique_within_a_section():
    for cls in SECTIONS.values():
        assert len(limits_of(cls)) == len(fields(cls))
