"""Every theme is complete and can be read: contrast by WCAG 2.1."""

from __future__ import annotations

import tomllib
from dataclasses import fields
from itertools import combinations

import numpy as np
import pytest

from nvmeviz.app import resources
from nvmeviz.app.present.frame import OUTSIDE, Activity, SlotState
from nvmeviz.engine.doorbell import MODE_BY_NAME
from nvmeviz.ui.theme import THEMES, Theme, contrast, load, mixed

MODES = (
    "mmio_trap",
    "batched",
    "google_2016",
    "dbbuf_qemu71",
    "dbbuf_qemu80",
    "dbbuf_ioeventfd",
    "dbbuf_iothread",
    "polling",
    "adaptive_polling",
    "eventidx_behind",
    "mapped_doorbell",
    "passthrough",
    "passthrough_posted",
)
# Linear RGB as seen without long-, medium- or short-wave cones: Machado, Oliveira, Fernandes 2009,
# table of severity 1.0. Distances in OKLab (Ottosson 2020) that two modes keep at least.
SEEN = {
    "all cones": (np.eye(3), 0.094),
    "protanopia": (
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
        0.06,
    ),
    "deuteranopia": (
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
        0.06,
    ),
    "tritanopia": (
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
        0.047,
    ),
}  # fmt: skip
_LMS = np.array(
    [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
     [0.0883024619, 0.2817188376, 0.6299787005]]
)  # fmt: skip
_LAB = np.array(
    [[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
     [0.0259040371, 0.7827717662, -0.8086757660]]
)  # fmt: skip


def oklab(color, seen=None):
    """OKLab of "#rrggbb" as an eye sees it."""
    rgb = np.array([int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    if seen is not None:
        linear = np.clip(np.asarray(seen) @ linear, 0, 1)
    return _LAB @ np.cbrt(_LMS @ linear)


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
    others = [c for act, c in enumerate(theme.activities) if act not in OUTSIDE]
    assert theme.vm_exit not in {*theme.slots, *others, *theme.modes.values(), *theme.fallback}


@pytest.mark.parametrize("name", THEMES)
def test_colours_of_one_palette_differ(name):
    theme = load(name)
    for palette in (theme.slots, theme.activities, tuple(theme.modes.values())):
        assert all(a != b for a, b in combinations(palette, 2))


@pytest.mark.parametrize("eye", SEEN)
@pytest.mark.parametrize("name", THEMES)
def test_modes_can_be_told_apart_whatever_cones_an_eye_lacks(name, eye):
    seen, least = SEEN[eye]
    modes = load(name).modes
    for (first, one), (second, other) in combinations(modes.items(), 2):
        apart = float(np.linalg.norm(oklab(one, seen) - oklab(other, seen)))
        assert apart >= least, f"{first} and {second}: {apart:.3f}"


@pytest.mark.parametrize("name", THEMES)
def test_no_mode_looks_like_an_exit(name):
    theme = load(name)
    for mode, color in theme.modes.items():
        apart = float(np.linalg.norm(oklab(color) - oklab(theme.vm_exit)))
        assert apart >= 0.065, f"{mode}: {apart:.3f}"


def test_every_mode_of_the_program_has_its_colour():
    assert set(MODE_BY_NAME) <= set(MODES)


def test_a_mode_without_a_colour_always_gets_the_same_one():
    theme = load("dark")
    assert theme.accent("of_tomorrow") in theme.fallback
    assert theme.accent("of_tomorrow") == theme.accent("of_tomorrow")


def test_mixing_goes_from_one_colour_to_the_other():
    assert mixed("#000000", "#ffffff", 0.0) == "#ff000000"
    assert mixed("#000000", "#ffffff", 1.0) == "#ffffffff"
