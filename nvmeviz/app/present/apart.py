"""What sets the panes' scenarios apart, in words, and whether the same commands come to all.

Looks at the scenarios themselves, so that it holds for recordings as well as for simulations.
"""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from nvmeviz.engine.mode import Announce
from nvmeviz.scenario.schema import SECTIONS, key_of
from nvmeviz.units import NBSP, time_text

if TYPE_CHECKING:
    from nvmeviz.engine.mode import DoorbellMode
    from nvmeviz.scenario.limits import Limits
    from nvmeviz.scenario.schema import Scenario

MOST_WORDS = 3
_ARRIVALS = ("guests", "vcpus", "queues")  # of the machine: who sends, and through what


def setting_name(key: str) -> str:
    """A setting's key in words: "queue depth"."""
    return key.rpartition(".")[2].replace("_", " ")


def value_words(value: int | str, limits: Limits) -> str:
    """A value as people read it: 1.50 µs, not 1500ns."""
    if limits.unit == "ns":
        return time_text(int(value))
    if limits.unit == "percent":
        return f"{value}{NBSP}%"
    return str(value).replace("_", " ") or "none"


def words_apart(
    scenarios: tuple[Scenario, ...], modes: tuple[DoorbellMode, ...]
) -> tuple[str, ...]:
    """For each pane the settings in which the panes differ: "queue depth 64, guests 2"."""
    found: list[list[str]] = [[] for _ in scenarios]
    if len({scenario.seed for scenario in scenarios}) > 1:
        for words, scenario in zip(found, scenarios, strict=True):
            words.append(f"seed {scenario.seed}")
    for section, cls in SECTIONS.items():
        parts = [getattr(scenario, section) for scenario in scenarios]
        if all(part == parts[0] for part in parts[1:]):
            continue
        for item in fields(cls):
            values = [getattr(part, item.name) for part in parts]
            if len(set(values)) < 2:
                continue
            name, limits = setting_name(key_of(item.name)), item.metadata["limits"]
            for words, mode, value in zip(found, modes, values, strict=True):
                batches = mode.announce is Announce.BATCH
                if item.name == "batch":
                    continue  # stands in the title of the mode that has it: X = 8
                if item.name == "batch_limit_ns" and not batches:
                    continue
                words.append(f"{name} {value_words(value, limits)}")
    return tuple(_joined(words) for words in found)


def _joined(words: list[str]) -> str:
    more = len(words) - MOST_WORDS
    return ", ".join(words[:MOST_WORDS]) + (f" and {more} more" if more > 0 else "")


def same_arrivals(scenarios: tuple[Scenario, ...]) -> bool:
    """True when the n-th command of a queue is the same in every pane: when it comes in an open
    workload, what it does, how long the medium takes.
    """

    def what_comes(scenario: Scenario) -> tuple[object, ...]:
        machine = tuple(getattr(scenario.machine, name) for name in _ARRIVALS)
        return scenario.seed, scenario.workload, machine

    return len({what_comes(scenario) for scenario in scenarios}) <= 1
