"""Opening files: what people ask for, what a reader tells on the way, how far it is. Frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

_NO_TRACES = (".toml", ".nvmeviz")  # scenarios and recordings, which are opened one at a time


@dataclass(frozen=True, slots=True)
class OpenFiles:
    """Files that a person chose or dropped together: traces of one run, or a scenario or recording."""

    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far reading number `opening` is: 0..1, and what was found so far in words."""

    opening: int
    share: float
    words: str


@dataclass(frozen=True, slots=True)
class CancelOpening:
    """What is being opened is not wanted any more; what is open stays as it is."""


@dataclass(frozen=True, slots=True)
class NotOpened:
    """Reading number `opening` failed; `text` says what, where and what to do."""

    opening: int
    text: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What is being read, of what was asked for last. title: the files' names."""

    title: str
    share: float
    words: str


ReadingMessage = OpenFiles | Progress | CancelOpening | NotOpened


def names_of(source: str) -> str:
    """The names of the files of a source, without their folders."""
    from nvmeviz.app.measured import JOINED

    return " and ".join(PurePath(name).name for name in source.split(JOINED))


def opened_together(paths: tuple[str, ...]) -> tuple[str, ...]:
    """The files that are opened: all traces, unless the first one is something else."""
    if not paths or PurePath(paths[0]).suffix.lower() in _NO_TRACES:
        return paths[:1]
    traces = (path for path in paths if PurePath(path).suffix.lower() not in _NO_TRACES)
    return tuple(dict.fromkeys(traces))
