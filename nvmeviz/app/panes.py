"""Panes as people describe them: a doorbell mode, settings of its own, a past that it shares.

A pane is a description; the run made from it is somewhere else and can always be made again, which
is what lets undo, branches and saved layouts be plain values. Settings are written as `--set` writes
them and checked by the same table.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from nvmeviz.engine.doorbell import MODE_BY_NAME
from nvmeviz.engine.simulation import Change, topology_of
from nvmeviz.scenario.problems import ScenarioError
from nvmeviz.scenario.schema import SECTIONS, SEED_MAX, limits_of
from nvmeviz.scenario.toml import with_settings

if TYPE_CHECKING:
    from nvmeviz.app.runs import Run
    from nvmeviz.scenario.schema import Scenario

MAX_PANES = 6
MAX_STEPS = 100  # that can be undone
SEED = "seed"
PROFILE = "profile"
# These bring a whole table of values: they go first, so that single values stand on top.
_FIRST = (PROFILE, "device.drive")

Settings = tuple[tuple[str, str], ...]  # ("costs.submit", "1500ns"), in the order they are applied


@dataclass(frozen=True, slots=True)
class Epoch:
    """A stretch of a pane's past: up to event number `count`, at `t_ns`, it ran with `settings`."""

    count: int
    t_ns: int
    settings: Settings


@dataclass(frozen=True, slots=True)
class Pane:
    """settings: what differs from the scenario that is open, since the last epoch of `past`.

    recording: which recorded run it shows, "" for a simulation; then all else is as recorded.
    predicts: the recorded run whose submissions it replays, "" for none.
    """

    pane_id: int
    mode: str
    settings: Settings = ()
    past: tuple[Epoch, ...] = ()
    recording: str = ""
    predicts: str = ""

    def same_run(self, other: Pane) -> bool:
        """True when the same run serves both."""
        return replace(self, pane_id=0) == replace(other, pane_id=0)


Panes = tuple[Pane, ...]


@dataclass(frozen=True, slots=True)
class History:
    """What can be undone and done again, the newest last."""

    past: tuple[Panes, ...] = ()
    future: tuple[Panes, ...] = ()

    def after(self, panes: Panes) -> History:
        """The history once `panes` have been changed."""
        return History((*self.past, panes)[-MAX_STEPS:])


def setting_text(scenario: Scenario, key: str) -> str:
    """A setting's value as `--set` writes it, always the same text for the same value."""
    if key == SEED:
        return str(scenario.seed)
    if key == PROFILE:
        return scenario.profile
    section, _, name = key.partition(".")
    field_name, limits = limits_of(SECTIONS[section])[name]
    value = getattr(getattr(scenario, section), field_name)
    return f"{value}ns" if limits.unit == "ns" else str(value)


def _seeded(scenario: Scenario, text: str) -> Scenario:
    seed = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else -1
    if not 0 <= seed <= SEED_MAX:
        raise ScenarioError(f'"{SEED}": it must be a whole number from 0 to {SEED_MAX}.', text)
    return replace(scenario, seed=seed)


@lru_cache(maxsize=256)
def scenario_of(base: Scenario, settings: Settings) -> Scenario:
    """The scenario that is open with a pane's settings on top. ScenarioError."""
    made = base
    for key, text in settings:
        if key == SEED:
            made = _seeded(made, text.strip())
    assignments = [f"{key}={text}" for key, text in settings if key != SEED]
    # What was measured was measured on the scenario's machine, not on another one.
    return with_settings(replace(made, measured=()), assignments) if assignments else made


def with_value(base: Scenario, settings: Settings, key: str, text: str | None) -> Settings:
    """Settings with one value changed; None: as in the scenario. ScenarioError."""
    values = dict(settings)
    values.pop(key, None)
    if text is not None:
        made = scenario_of(base, ordered({**values, key: text}))
        values[key] = setting_text(made, key)
        others = ordered({name: other for name, other in values.items() if name != key})
        if _valid(base, others) and setting_text(scenario_of(base, others), key) == values[key]:
            del values[key]
    changed = ordered(values)
    scenario_of(base, changed)
    return changed


def _valid(base: Scenario, settings: Settings) -> bool:
    try:
        scenario_of(base, settings)
    except ScenarioError:
        return False
    return True


def ordered(values: dict[str, str]) -> Settings:
    """Settings in the order in which they are applied: what brings a table of values first."""
    return tuple(sorted(values.items(), key=lambda item: (item[0] not in _FIRST, item[0])))


def settings_between(base: Scenario | None, other: Scenario) -> Settings:
    """The settings that make `other` out of `base`: value by value, no table of values."""
    if base is None:
        return ()
    keys = [f"{section}.{key}" for section, cls in SECTIONS.items() for key in limits_of(cls)]
    texts = ((key, setting_text(other, key)) for key in (SEED, *keys) if key not in _FIRST)
    return ordered({key: text for key, text in texts if text != setting_text(base, key)})


def rebased(pane: Pane, base: Scenario, run: Run) -> Pane:
    """A recorded pane with its settings told as what differs from another scenario."""
    scenarios = (run.scenario, *(change.scenario for change in run.changes))
    stretches = [settings_between(base, scenario) for scenario in scenarios]
    past = tuple(
        replace(epoch, settings=settings)
        for epoch, settings in zip(pane.past, stretches[:-1], strict=True)
    )
    return replace(pane, settings=stretches[-1], past=past)


def described(base: Scenario, pane: Pane) -> tuple[Scenario, tuple[Change, ...]]:
    """What a pane's run begins with, and what takes over later. ScenarioError."""
    stretches = (*(epoch.settings for epoch in pane.past), pane.settings)
    changes = tuple(
        Change(epoch.count, scenario_of(base, settings))
        for epoch, settings in zip(pane.past, stretches[1:], strict=True)
    )
    first, mode = scenario_of(base, stretches[0]), MODE_BY_NAME[pane.mode]
    machine = topology_of(first, mode)
    if any(topology_of(change.scenario, mode) != machine for change in changes):
        raise ScenarioError("Settings that change the machine can't begin in the middle.", "pane")
    return first, changes


def same_machine(base: Scenario, pane: Pane, settings: Settings) -> bool:
    """True when `settings` can take over in the middle of the pane's run: they change no ring, no
    thread, nobody who is there.
    """
    mode = MODE_BY_NAME[pane.mode]
    before = topology_of(scenario_of(base, pane.settings), mode)
    return topology_of(scenario_of(base, settings), mode) == before


def with_settings_from(
    base: Scenario, pane: Pane, settings: Settings, at: tuple[int, int] | None
) -> Pane:
    """The pane with other settings from the start, or from event count and time `at` on.

    A past that another machine can't have had is dropped: then the run begins anew.
    """
    if settings == pane.settings:
        return pane
    if not same_machine(base, pane, settings):
        return replace(pane, settings=settings, past=())
    if at is None or at[0] == 0:
        return replace(pane, settings=settings)
    kept = tuple(epoch for epoch in pane.past if epoch.count < at[0])
    epoch = Epoch(at[0], at[1], _in_force(pane, at[0]))
    return replace(pane, settings=settings, past=(*kept, epoch))


def _in_force(pane: Pane, count: int) -> Settings:
    """The settings with which a pane made event number `count` - 1."""
    return next((epoch.settings for epoch in pane.past if epoch.count >= count), pane.settings)


def branched(pane: Pane, pane_id: int, at: tuple[int, int]) -> Pane:
    """Another pane with the same past up to event count and time `at`; what comes is its own."""
    count, t_ns = at
    if count == 0 or pane.recording:
        return replace(pane, pane_id=pane_id)
    kept = tuple(epoch for epoch in pane.past if epoch.count < count)
    settings = _in_force(pane, count)
    past = (*kept, Epoch(count, t_ns, settings))
    return replace(pane, pane_id=pane_id, settings=settings, past=past)
