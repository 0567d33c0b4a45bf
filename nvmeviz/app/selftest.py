"""What `nvmeviz --self-test` looks at: whether this installation can do its work, on this machine.

Each probe returns what it found as one line for a support mail, or raises what is wrong. What needs
Qt is probed by `cli`'s desktop under the names of DESKTOP_PROBES.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from nvmeviz import __version__, places
from nvmeviz.app.importing import import_traces
from nvmeviz.app.replayable import cache_dir
from nvmeviz.app.runs import modes_of
from nvmeviz.app.settings import config_dir
from nvmeviz.engine.core import COMPILED
from nvmeviz.engine.doorbell import MODE_BY_NAME
from nvmeviz.engine.simulation import Simulation
from nvmeviz.scenario.toml import load_scenario
from nvmeviz.units import grouped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    Probe = Callable[[], str]

DESKTOP_PROBES = ("Qt", "fonts", "picture", "window")

# The events of every mode of `first-steps`, as the engine makes them compiled and uncompiled on
# every system. When a change of the engine, its costs or that scenario is meant, the failing line
# of `nvmeviz --self-test` says the new one.
KNOWN_SCENARIO = "first-steps"
KNOWN_DIGEST = "7fbcc11e22cc85919cf53de5c03f6ce0a4e9a1a7a2be4b78b6f99803a3d3ca7d"
_SAMPLE = "qemu-5.2-qd8"
_SAMPLE_LOG = "qemu.log.gz"
_ENOUGH_EVENTS = 1_000_000  # more than the scenario has


class SelfTestError(Exception):
    """What a probe found wrong, as a sentence."""


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the self-test. found: what there is, or what is wrong with it."""

    name: str
    found: str
    passed: bool


def checks(probes: Iterable[tuple[str, Probe]]) -> Iterator[Check]:
    """Each probe's result as soon as it is known. Whatever a probe raises is its result."""
    for name, probe in probes:
        try:
            yield Check(name, probe(), passed=True)
        except SelfTestError as error:
            yield Check(name, str(error), passed=False)
        except Exception as error:
            yield Check(name, f"{type(error).__name__}: {error}", passed=False)


def _program() -> str:
    kind = "frozen" if places.frozen() else "run by Python"
    return f"nvmeviz {__version__}, {kind}, in {Path(places.__file__).parent}"


def _python() -> str:
    return f"{platform.python_version()} ({platform.python_implementation()}), {sys.executable}"


def _system() -> str:
    return f"{platform.platform()}, {os.cpu_count()} processors"


def _engine() -> str:
    return "compiled" if COMPILED else "uncompiled: the same results, slower"


def _known_run() -> str:
    scenario = load_scenario(KNOWN_SCENARIO, MODE_BY_NAME)
    digest = hashlib.sha256()
    count = 0
    for mode in modes_of(scenario):
        events = Simulation(scenario, mode).advance(scenario.until_ns, _ENOUGH_EVENTS)
        digest.update(events.tobytes())
        count += len(events)
    found = digest.hexdigest()
    if found != KNOWN_DIGEST:
        problem = f"{KNOWN_SCENARIO} gave {found} instead of {KNOWN_DIGEST}"
        raise SelfTestError(f"The engine does not compute what it should: {problem}.")
    return f"{KNOWN_SCENARIO}, {grouped(count)} events, checksum {found[:16]} as it should be"


def _sample_trace() -> str:
    folder = places.resource("sample_traces", _SAMPLE)
    wanted = json.loads((folder / "counts.json").read_text(encoding="utf-8"))
    result = import_traces((str(folder / _SAMPLE_LOG),), lambda _share, _words: None)
    problem = difference(result.values["epochs"], wanted["epochs"], "epochs")
    if problem:
        raise SelfTestError(f"{_SAMPLE} is not read as it should be: {problem}.")
    commands = sum(
        queue["commands"] for epoch in wanted["epochs"] for queue in epoch["queues"].values()
    )
    return f"{_SAMPLE}, {grouped(commands)} commands, every count agrees"


def difference(found: Any, wanted: Any, place: str = "") -> str:
    """Where `found` lacks something of `wanted`, "" when it is all there. Means are left out: they
    may be rounded either way.
    """
    pairs: Iterable[tuple[Any, Any]]
    if isinstance(wanted, dict):
        pairs = cast("dict[str, Any]", wanted).items()
    elif isinstance(wanted, list):
        rows = cast("list[Any]", wanted)
        if len(found) != len(rows):
            return f"{place} has {len(found)} parts instead of {len(rows)}"
        pairs = enumerate(rows)
    else:
        return "" if found == wanted else f"{place} is {found} instead of {wanted}"
    parts = ((key, value) for key, value in pairs if key != "mean")
    return next(filter(None, (difference(found[k], v, f"{place}/{k}") for k, v in parts)), "")


def _settings() -> str:
    folder = config_dir()
    problem = unwritable(folder)
    if problem:
        raise SelfTestError(f"Settings can't be kept: {problem}: {folder}")
    return f"can be kept in {folder}"


def _cache() -> str:
    folder = cache_dir()
    problem = unwritable(folder)
    if problem:
        raise SelfTestError(f"Traces can't be predicted: {problem}: {folder}")
    return f"what can be made again goes to {folder}"


def unwritable(folder: Path) -> str:
    """Why no file can be written there, "" when one can. Nothing is left behind; a folder that is
    not there yet is as good as the one it would be made in.
    """
    there = next((place for place in (folder, *folder.parents) if place.exists()), folder)
    try:
        with tempfile.TemporaryFile(dir=there) as file:
            file.write(b"nvmeviz")
    except OSError as error:
        return error.strerror or str(error)
    return ""


PROBES: tuple[tuple[str, Probe], ...] = (
    ("program", _program),
    ("Python", _python),
    ("system", _system),
    ("engine", _engine),
    ("known run", _known_run),
    ("sample trace", _sample_trace),
    ("settings", _settings),
    ("cache", _cache),
)
