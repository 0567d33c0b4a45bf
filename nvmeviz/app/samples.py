"""The real traces that come with the program: `sample:NAME` names one wherever a source is named."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, NamedTuple

from nvmeviz.places import resource

if TYPE_CHECKING:
    from pathlib import Path

PREFIX = "sample:"
_FOLDER = "sample_traces"
_ABOUT = "about.toml"
_TRACES = ("qemu.log", "guest.txt")


class Sample(NamedTuple):
    """source: how it is opened. For a picture of it: the doorbell mode that it looks like, how many
    commands it has in flight, and how many of them one ring announces.
    """

    source: str
    title: str
    sentence: str
    mode: str
    depth: int
    batch: int = 1


def samples() -> tuple[Sample, ...]:
    """All samples, in the order of their names."""
    found: list[Sample] = []
    for about in sorted(resource(_FOLDER).glob(f"*/{_ABOUT}")):
        words = tomllib.loads(about.read_text(encoding="utf-8"))
        found.append(Sample(PREFIX + about.parent.name, **words))
    return tuple(found)


def files_of_sample(source: str) -> tuple[str, ...]:
    """The trace files of `sample:NAME`, QEMU's log first; none for any other source."""
    name = source.removeprefix(PREFIX)
    if name == source or not name or not all(c.isalnum() or c in "-." for c in name):
        return ()
    folder = resource(_FOLDER, name)
    return tuple(str(path) for start in _TRACES for path in _beginning(folder, start))


def _beginning(folder: Path, start: str) -> list[Path]:
    return sorted(folder.glob(f"{start}*"))
