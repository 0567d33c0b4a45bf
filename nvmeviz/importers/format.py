"""What a trace format is: the names of its events, and which of their numbers are wanted where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nvmeviz.importers.records import FIRST, KINDS, LAST, NOTHING
from nvmeviz.importers.scan import Scanner, name_hash, word_value

if TYPE_CHECKING:
    from collections.abc import Iterable

COLUMNS = "ABCDEF"


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a trace. numbers: for column A, B ...: the word before the number, or its place
    among the line's numbers (1 ..), 0 for the last, "" for none. need: columns without which the line
    makes no sense, or with a number below 0; short: those of 16 bits. words: (column, table of words)
    where a word counts.
    """

    name: str
    kind: int
    numbers: tuple[str | int, ...] = ()
    need: str = ""
    words: tuple[str, dict[str, int]] | None = None
    others: tuple[str, ...] = ()
    short: str = ""


@dataclass(frozen=True, slots=True)
class Format:
    """A source of trace lines: its name, what it is in words, its events."""

    name: str
    words: str
    events: tuple[Event, ...]


def _want(number: str | int) -> int:
    if isinstance(number, str):
        return name_hash(number.encode()) if number else NOTHING
    return LAST if number == 0 else FIRST + number - 1


def _bits(columns: str) -> int:
    return sum(1 << COLUMNS.index(column) for column in columns)


def scanner_of(formats: Iterable[Format]) -> Scanner:
    """A scanner that reads the lines of all these formats."""
    names: dict[bytes, int] = {}
    wants = [NOTHING] * (12 * KINDS)
    needs = [0] * (2 * KINDS)
    classes: list[dict[str, int]] = []
    same: dict[int, object] = {}  # what is asked of a line depends on its kind alone
    for format_ in formats:
        for event in format_.events:
            names[event.name.encode()] = event.kind
            asked = (event.numbers, event.need, event.words, event.others, event.short)
            assert same.setdefault(event.kind, asked) == asked, f"{event.name} is not like its kind"
            for column, number in enumerate(event.numbers):
                wants[12 * event.kind + column] = _want(number)
            for column, word in enumerate(event.others):
                wants[12 * event.kind + 6 + column] = _want(word)
            needs[2 * event.kind] = _bits(event.need) | _bits(event.short) << len(COLUMNS)
            if event.words is None:
                continue
            column, table = event.words
            if table not in classes:
                classes.append(table)
                for word, value in table.items():
                    names[word.encode()] = word_value(len(classes), value)
            word_class = classes.index(table) + 1
            needs[2 * event.kind + 1] = 8 * word_class + COLUMNS.index(column)
    return Scanner(names, wants, needs)
