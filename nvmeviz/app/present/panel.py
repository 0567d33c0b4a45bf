"""The panel of settings: every field of a scenario as a row, from the schema's own table.

A row's slider runs 0..1 over the allowed range, by ratio where the range is wide; `text_at` turns a
place on it into the text that `ChangeSetting` takes.
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from nvmeviz.app.epochs import epochs_of
from nvmeviz.app.panes import SEED, scenario_of, setting_text
from nvmeviz.app.present.apart import setting_name
from nvmeviz.app.present.frame import Choice
from nvmeviz.app.present.names import run_title
from nvmeviz.app.present.panel_frame import PanelFrame, PanelGroup, PanelRow
from nvmeviz.engine.doorbell import MODE_BY_NAME, MODES
from nvmeviz.scenario.limits import Limits, limits_of
from nvmeviz.scenario.schema import SECTIONS, SEED_MAX
from nvmeviz.scenario.values import range_text
from nvmeviz.units import grouped, plain_time

if TYPE_CHECKING:
    from nvmeviz.app.panes import Pane
    from nvmeviz.app.runs import Run
    from nvmeviz.app.state import AppState
    from nvmeviz.scenario.schema import Scenario

# What people turn most often, with names that stand on their own.
OFTEN = {
    "doorbell.batch": "batch size X",
    "workload.queue_depth": "queue depth",
    "machine.vcpus": "vCPUs a guest",
    "machine.guests": "guests",
    "machine.queues": "queue pairs (0: as vCPUs)",
    "machine.ring_slots": "ring slots",
    "device.latency": "device latency",
    "costs.doorbell_exit": "one doorbell exit",
    "costs.process": "controller, a command",
    SEED: "seed",
}
WIDE = 40  # times the lowest value: from there on a slider goes by ratio
_FIRST_OF_WAY, _FIRST_OF_CONTROLLER = "doorbell_exit", "wake"
_SEED_LIMITS = Limits("count", "what is drawn at random: the same seed, the same run", 0, SEED_MAX)
_CHANGED = "in the scenario: "
RECORDED = "A recording is as it was. Add a pane to simulate its settings."
MEASURED = (
    "This pane was measured: it has no settings and no costs. Add a pane to simulate beside it."
)


def mode_choices() -> tuple[Choice, ...]:
    """The doorbell modes, as a chooser lists them."""
    return tuple(Choice(mode.name, mode.title, mode.sentence) for mode in MODES)


def panel_frame(state: AppState) -> PanelFrame | None:
    """The panel, None while it is closed or nothing is open."""
    if not state.panel.open or state.base is None or not state.panes:
        return None
    pane = next((p for p in state.panes if p.pane_id == state.selected), state.panes[0])
    others = tuple(p for p in state.panes if not p.recording)
    run = dict(state.recorded).get(pane.recording)
    measured = run is not None and run.provenance == "measured"
    made = _frame(
        state.base,
        pane,
        others if state.panel.all_panes and others else (pane,),
        state.panel.all_panes,
        state.panel.from_here,
        state.panel.wrong,
        bool(state.history.past),
        bool(state.history.future),
    )
    if run is None or not measured:
        return made
    return _measured(
        made, run_title(run), epoch_choices(state.recorded, pane), pane.recording, bare=not others
    )


def epoch_choices(recorded: tuple[tuple[str, Run], ...], pane: Pane) -> tuple[Choice, ...]:
    """The parts of the trace that a pane shows a part of."""
    return tuple(
        Choice(name, run.about.title, _commands(run.io_commands))
        for name, run in epochs_of(recorded, pane)
    )


def _commands(count: int) -> str:
    return "1 I/O command" if count == 1 else f"{grouped(count)} I/O commands"


@lru_cache(maxsize=8)
def _measured(
    frame: PanelFrame, title: str, epochs: tuple[Choice, ...], epoch: str, *, bare: bool
) -> PanelFrame:
    """Nothing here was chosen for a measured run, and no cost is its own."""
    named = tuple(
        replace(choice, title=title) if choice.name == frame.mode else choice
        for choice in frame.modes
    )
    note = MEASURED if bare else f"{MEASURED} What follows is of the simulated panes beside it."
    return replace(
        frame, title=title, modes=named, note=note, bare=bare, epochs=epochs, epoch=epoch
    )


@lru_cache(maxsize=8)
def _frame(
    base: Scenario,
    pane: Pane,
    meant: tuple[Pane, ...],
    all_panes: bool,
    from_here: bool,
    wrong: tuple[str, str, str] | None,
    can_undo: bool,
    can_redo: bool,
) -> PanelFrame:
    scenarios = tuple(scenario_of(base, p.settings) for p in meant)
    shown = scenario_of(base, pane.settings)

    def row(key: str) -> PanelRow:
        return _row(base, shown, scenarios, key, wrong)

    return PanelFrame(
        title=MODE_BY_NAME[pane.mode].title,
        mode=pane.mode,
        modes=mode_choices(),
        groups=tuple(
            PanelGroup(title, tuple(row(key) for key in keys)) for title, keys in _groups()
        ),
        all_panes=all_panes,
        from_here=from_here,
        recorded=bool(pane.recording),
        note=RECORDED if pane.recording else "",
        can_undo=can_undo,
        can_redo=can_redo,
        can_reset=any(p.settings for p in meant if not p.recording),
    )


@lru_cache(maxsize=1)
def _groups() -> tuple[tuple[str, tuple[str, ...]], ...]:
    costs = list(limits_of(SECTIONS["costs"]))
    way, controller = costs.index(_FIRST_OF_WAY), costs.index(_FIRST_OF_CONTROLLER)
    groups: list[tuple[str, list[str]]] = [
        ("Often changed", list(OFTEN)),
        ("What it costs: the guest", [f"costs.{key}" for key in costs[:way]]),
        ("What it costs: the way to the VMM", [f"costs.{key}" for key in costs[way:controller]]),
        ("What it costs: the controller", [f"costs.{key}" for key in costs[controller:]]),
    ]
    for title, section in (
        ("Workload", "workload"),
        ("Machine", "machine"),
        ("Doorbells", "doorbell"),
        ("Device", "device"),
    ):
        groups.append((title, [f"{section}.{key}" for key in limits_of(SECTIONS[section])]))
    return tuple(
        (title, tuple(key for key in keys if number == 0 or key not in OFTEN))
        for number, (title, keys) in enumerate(groups)
    )


def limits_for(key: str) -> Limits:
    """What a setting may hold. KeyError when there is no such setting."""
    if key == SEED:
        return _SEED_LIMITS
    section, _, name = key.partition(".")
    return limits_of(SECTIONS[section])[name][1]


def _row(
    base: Scenario,
    shown: Scenario,
    scenarios: tuple[Scenario, ...],
    key: str,
    wrong: tuple[str, str, str] | None,
) -> PanelRow:
    limits = limits_for(key)
    text, default = setting_text(shown, key), setting_text(base, key)
    mixed = len({setting_text(scenario, key) for scenario in scenarios}) > 1
    source = dict(shown.cost_sources).get(key.partition(".")[2], "") or limits.source
    hint = [f"{_sentence(limits.words)}.", f"It may be {range_text(limits)}."]
    changed = text != default
    if changed:
        hint.append(f"{_CHANGED}{editor_text(default, limits) or 'nothing'}.".capitalize())
    elif source:
        hint.append(f"Source: {source}.")
    return PanelRow(
        key=key,
        label=OFTEN.get(key) or setting_name(key),
        hint="\n".join(hint),
        text=editor_text(text, limits),
        default=editor_text(default, limits),
        changed=changed,
        mixed=mixed,
        choices=limits.choices,
        position=position_of(text, limits) if limits.unit in ("ns", "count", "percent") else None,
        wrong=wrong[1:] if wrong is not None and wrong[0] == key else None,
    )


def editor_text(text: str, limits: Limits) -> str:
    """A setting's text as people write it: 1.5 µs, not 1500ns."""
    return plain_time(int(text.removesuffix("ns"))) if limits.unit == "ns" else text


def _number(text: str) -> int:
    return int(text.removesuffix("ns"))


def _by_ratio(limits: Limits) -> bool:
    return limits.high > WIDE * max(1, limits.low)


def _offset(limits: Limits) -> float:
    """What is added to a value before its ratio is taken, so that 0 has a place too."""
    return max(1.0, limits.high / 2000) if limits.low == 0 else 0.0


def position_of(text: str, limits: Limits) -> float:
    """Where a value stands on its slider, 0..1."""
    high = min(limits.high, 1_000_000) if limits is _SEED_LIMITS else limits.high
    value, low = min(_number(text), high), limits.low
    if not _by_ratio(limits) or limits is _SEED_LIMITS:
        return (value - low) / max(1, high - low)
    more = _offset(limits)
    return math.log((value + more) / (low + more)) / math.log((high + more) / (low + more))


def finest_step(key: str) -> float:
    """The part of a slider between two neighbouring values, where they stand apart; else 0."""
    limits = limits_for(key)
    return 0.0 if _by_ratio(limits) else 1.0 / max(1, limits.high - limits.low)


def text_at(key: str, position: float) -> str:
    """The setting at a place on its slider, as `ChangeSetting` takes it: a round value."""
    limits = limits_for(key)
    position = min(1.0, max(0.0, position))
    if limits is _SEED_LIMITS:
        return str(round(position * 1_000_000))
    low, high = limits.low, limits.high
    if position in (0.0, 1.0):
        value = high if position else low
    elif not _by_ratio(limits):
        value = round(low + position * (high - low))
    else:
        more = _offset(limits)
        exact = (low + more) * ((high + more) / (low + more)) ** position - more
        value = _rounded(exact, limits)
    value = min(high, max(low, value))
    return f"{value}ns" if limits.unit == "ns" else str(value)


def _rounded(value: float, limits: Limits) -> int:
    """Counts snap to 1, 2, 3, 4, 6, 8, 12, 16 ..., as depths and rings go; times to two digits."""
    if value < 1:
        return 0 if value < 0.5 else 1
    if limits.unit == "count":
        power = 2.0 ** math.floor(math.log2(value))
        return round(min((power, 1.5 * power, 2 * power), key=lambda near: abs(near - value)))
    step = 10.0 ** max(0, math.floor(math.log10(value)) - 1)
    return round(round(value / step) * step)


def _sentence(words: str) -> str:
    """With a capital at its beginning, unless that is a name: vCPU."""
    return words if words[1:2].isupper() else words[:1].upper() + words[1:]
