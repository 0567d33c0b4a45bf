"""Every theme is complete and can be read: contrast by WCAG 2.1."""

from __future__ import annotations

import tomllib
from dataclasses import fields
from itertools import combinations

import pytest

from nvmeviz.app import resources
from nvmeviz.app.present.frame import Activity, SlotState
from nvmeviz.ui.theme import THEMES, Theme, contrast, load, mixed

MODES = ("mmio_trap", "batched", "google_2016", "dbbuf_qemu71", "dbbuf_qemu80")


@pytest.mark.parametrize("name", THEMES)
def test_a_theme_file_names_every_colour_and_nothing_else(name):
    data = tomllib.loads(resources.path("themes", f"{name}.toml").read_text(encoding="utf-8"))
    colors = data.pop("colors")
    assert {*data, *colors, "name"} == {f.name for f in fields(Theme)}
    assert len(data["slots"]) == len(SlotState)
    assert len(data["activities"]) == len(Activity)
    assert set(data["modes"]) == set(MODES)


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("ground", ["window", "bar", "pane", "card", "raised", "field"])
def test_text_stands_on_every_ground(name, ground):
    theme = load(name)
    for text in ("text", "muted", "faint"):
        ratio = contrast(getattr(theme, text), getattr(theme, ground))
        assert ratio >= 4.5, f"{text} on {ground}: {ratio:.2f}"


@pytest.mark.parametrize("name", THEMES)
def test_coloured_words_can_be_read(name):
    theme = load(name)
    for ground in (theme.pane, theme.card, theme.raised):
        for color in (*theme.modes.values(), *theme.fallback, theme.vm_exit_text):
            assert contrast(color, ground) >= 4.5, f"{color} on {ground}"
    assert contrast(theme.vm_exit_text, theme.wall_lit) >= 4.5
    assert contrast(theme.muted, theme.wall_lit) >= 4.5
    assert contrast(theme.on_primary, theme.primary) >= 4.5
    for state in (SlotState.FETCHED, SlotState.IN_DEVICE, SlotState.COMPLETED, SlotState.RUNG):
        ratio = contrast(theme.on_slot, theme.slots[state])
        assert ratio >= (4.5 if name != "light" else 3.0), f"{state.name}: {ratio:.2f}"


@pytest.mark.parametrize("name", THEMES)
def test_graphics_stand_out_from_the_card(name):
    theme = load(name)
    shown = [c for state, c in enumerate(theme.slots) if state != SlotState.FREE]
    shown += [c for act, c in enumerate(theme.activities) if act != Activity.IDLE]
    for color in (*shown, theme.vm_exit, theme.bell, theme.focus):
        assert contrast(color, theme.card) >= 3.0, f"{color}: {contrast(color, theme.card):.2f}"


@pytest.mark.parametrize("name", THEMES)
def test_red_belongs_to_exits_alone(name):
    theme = load(name)
    assert theme.activities[Activity.VM_EXIT] == theme.vm_exit
    others = [c for act, c in enumerate(theme.activities) if act != Activity.VM_EXIT]
    assert theme.vm_exit not in {*theme.slots, *others, *theme.modes.values(), *theme.fallback}


@pytest.mark.parametrize("name", THEMES)
def test_colours_of_one_palette_differ(name):
    theme = load(name)
    for palette in (theme.slots, theme.activities, tuple(theme.modes.values())):
        assert all(a != b for a, b in combinations(palette, 2))


def test_a_mode_without_a_colour_always_gets_the_same_one():
    theme = load("dark")
    assert theme.accent("of_tomorrow") in theme.fallback
    assert theme.accent("of_tomorrow") == theme.accent("of_tomorrow")


def test_mixing_goes_from_one_colour_to_the_other():
    assert mixed("#000000", "#ffffff", 0.0) == "#ff000000"
    assert mixed("#000000", "#ffffff", 1.0) == "#ffffffff"
