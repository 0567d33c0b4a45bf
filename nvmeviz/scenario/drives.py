"""Named drives: the figures of real devices, each with its source (`resources/drives.toml`).

A scenario that names one gets its figures as plain numbers; the engine never looks up names.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from nvmeviz.places import resource
from nvmeviz.scenario.problems import ScenarioError, nearest
from nvmeviz.scenario.reader import Reader, read_text
from nvmeviz.scenario.schema import Device

if TYPE_CHECKING:
    from nvmeviz.scenario.reader import Values


@dataclass(frozen=True, slots=True)
class Drive:
    """A named drive: its title, where its figures come from, and the fields of Device that it
    sets.
    """

    name: str
    title: str
    source: str
    values: Values


@cache
def drives() -> dict[str, Drive]:
    """Every named drive by its name."""
    path = resource("drives.toml")
    reader = Reader(read_text(path, str(path), "The table of drives is missing."), str(path))
    found: dict[str, Drive] = {}
    for name in reader.data:
        table = reader.table(name)
        title, source = (reader.text(table, key, name) for key in ("title", "source"))
        reader.data[name] = {
            key: value for key, value in table.items() if key not in ("title", "source", "drive")
        }
        values, _ = reader.values(name, Device)
        found[name] = Drive(name, title, source, {"kind": "channels", **values, "drive": name})
    return found


def drive_named(name: str, file: str, line: int = 0) -> Drive:
    """The drive of that name. Raises ScenarioError about `file`."""
    known = drives()
    if name not in known:
        problem = f'"device.drive": "{name}" is not a drive.{nearest(name, known)}'
        raise ScenarioError(problem, file, line)
    return known[name]
