"""What a field of a scenario may hold: unit, range, words and source, kept in the field's metadata.

The loader, the error messages, `--set` and the docs read these.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, Literal

Unit = Literal["ns", "count", "percent", "text", "choice"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a field may hold: whole numbers from `low` to `high`, or one of `choices`."""

    unit: Unit
    words: str
    low: int = 0
    high: int = 0
    choices: tuple[str, ...] = ()
    source: str = ""


def count(default: int, low: int, high: int, words: str) -> Any:
    """A whole number."""
    return field(default=default, metadata={"limits": Limits("count", words, low, high)})


def percent(default: int, low: int, high: int, words: str, source: str = "") -> Any:
    """A share in whole percent."""
    limits = Limits("percent", words, low, high, source=source)
    return field(default=default, metadata={"limits": limits})


def time(default: int, low: int, high: int, words: str, source: str = "") -> Any:
    """A time, ns."""
    limits = Limits("ns", words, low, high, source=source)
    return field(default=default, metadata={"limits": limits})


def text(default: str, words: str) -> Any:
    """A text with rules of its own (`scenario.texts`)."""
    return field(default=default, metadata={"limits": Limits("text", words)})


def choice(default: str, choices: tuple[str, ...], words: str) -> Any:
    """One of a few words."""
    return field(default=default, metadata={"limits": Limits("choice", words, choices=choices)})


def key_of(name: str) -> str:
    """The key in a file: a time's unit stands in its value, so "submit_ns" is written "submit"."""
    return name.removesuffix("_ns").removesuffix("_percent")


def limits_of(section: type[Any]) -> dict[str, tuple[str, Limits]]:
    """Key in the file -> (field name, limits) for a section."""
    return {key_of(f.name): (f.name, f.metadata["limits"]) for f in fields(section)}
