"""Scenario files: read, check and write. A wrong file becomes one clear error, and nothing else
happens.

Every problem names file, line, key, what is allowed and the nearest valid name. `--set` values go
through the same checks. Nothing read here is ever executed.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from nvmeviz.places import resource
from nvmeviz.scenario.schema import (
    SECTIONS,
    SEED_MAX,
    UNTIL_MAX_NS,
    Limits,
    Measured,
    Scenario,
    key_of,
    limits_of,
)
from nvmeviz.units import parse_time_ns, time_text

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_BYTES = 100_000  # ours have 3,000; tomllib takes quadratic time over hostile keys
MAX_LINE = 2_000
_TOP = ("title", "sentence", "source", "modes", "seed", "until", "show_from", "measured", *SECTIONS)
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")


class ScenarioError(Exception):
    """What is wrong, where, and what to do; `str()` is the whole sentence, the file's name last."""

    def __init__(self, problem: str, file: str, line: int = 0) -> None:
        super().__init__(f"{problem} ({file}, line {line})" if line else f"{problem} ({file})")
        self.problem = problem
        self.file = file
        self.line = line


class _Lines:
    """Where each key of a TOML text stands: good enough to point at, not a parser."""

    def __init__(self, text: str) -> None:
        self._at: dict[tuple[str, ...], int] = {}
        table: tuple[str, ...] = ()
        count: dict[str, int] = {}
        for number, line in enumerate(text.splitlines(), 1):
            header = re.match(r"\s*(\[\[?)\s*([\w.\-]+)\s*\]", line)
            if header:
                name = header[2]
                table = tuple(name.split("."))
                if header[1] == "[[":
                    table = (*table, str(count.setdefault(name, 0)))
                    count[name] += 1
                self._at.setdefault(table, number)
                continue
            key = re.match(r"\s*([\w.\-]+)\s*=", line)
            if key:
                self._at.setdefault((*table, *key[1].split(".")), number)

    def __call__(self, *path: str) -> int:
        """The line of a key, else of its table, else 0."""
        for length in range(len(path), 0, -1):
            if path[:length] in self._at:
                return self._at[path[:length]]
        return 0


def nearest(name: str, valid: Iterable[str]) -> str:
    """' Did you mean "x"?' for the nearest valid name, with the whole list when none is near."""
    names = sorted(valid)
    found = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    return f' Did you mean "{found[0]}"?' if found else f" Valid: {', '.join(names)}."


def _range_text(limits: Limits) -> str:
    if limits.unit == "choice":
        return "one of " + ", ".join(f'"{choice}"' for choice in limits.choices)
    if limits.unit == "ns":
        return f"a time from {time_text(limits.low)} to {time_text(limits.high)}"
    unit = " percent" if limits.unit == "percent" else ""
    return f"a whole number from {limits.low} to {limits.high}{unit}"


def _value(raw: Any, limits: Limits) -> int | str:
    """`raw` as the field wants it; ValueError with what is allowed."""
    allowed = _range_text(limits)
    if limits.unit == "choice":
        if raw not in limits.choices:
            hint = nearest(raw, limits.choices) if isinstance(raw, str) else ""
            raise ValueError(f"it must be {allowed}, not {raw!r}.{hint}")
        return str(raw)
    if limits.unit == "ns":
        if not isinstance(raw, str):
            raise ValueError(
                f'it must be {allowed}, written with its unit, such as "1.2us", not {raw!r}.'
            )
        try:
            value = parse_time_ns(raw)
        except ValueError as error:
            raise ValueError(f"it must be {allowed}: {error}.") from None
    else:
        if isinstance(raw, bool) or not isinstance(raw, int):
            raise ValueError(f"it must be {allowed}, not {raw!r}.")
        value = raw
    if not limits.low <= value <= limits.high:
        raise ValueError(f"it must be {allowed}, not {raw}.")
    return value


class _Reader:
    """One file on its way to a Scenario."""

    def __init__(self, text: str, file: str, mode_names: Iterable[str]) -> None:
        self.file = file
        for number, line in enumerate(text.splitlines(), 1):
            if len(line) > MAX_LINE:
                problem = f"This line is longer than {MAX_LINE} characters."
                raise ScenarioError(problem, file, number)
        self.lines = _Lines(text)
        self.modes = tuple(mode_names)
        try:
            self.data = tomllib.loads(text)
        except (ValueError, RecursionError) as error:  # ValueError also: a number of 5000 digits
            line = re.search(r"line (\d+)", str(error))
            problem = f"This is not a TOML file: {error}."
            raise ScenarioError(problem, file, int(line[1]) if line else 0) from None

    def fail(self, problem: str, *path: str) -> ScenarioError:
        return ScenarioError(problem, self.file, self.lines(*path))

    def text(self, table: dict[str, Any], key: str, *path: str) -> str:
        value = table.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.fail(f'"{key}" must be a text.', *path, key)
        return value

    def section(self, name: str, cls: type[Any]) -> tuple[Any, list[tuple[str, str]]]:
        found = self.data.get(name, {})
        if not isinstance(found, dict):
            raise self.fail(f'"{name}" must be a table.', name)
        table = cast("dict[str, Any]", found)
        known = limits_of(cls)
        values: dict[str, int | str] = {}
        sources: list[tuple[str, str]] = []
        for key, given in table.items():
            if key not in known:
                problem = f'"{name}.{key}" is not a setting.{nearest(key, known)}'
                raise self.fail(problem, name, key)
            field_name, limits = known[key]
            raw = given
            if isinstance(given, dict) and name == "costs":
                pair = cast("dict[str, Any]", given)
                raw = pair.get("value")
                sources.append((key, self.text(pair, "source", name, key)))
                extra = set(pair) - {"value", "source"}
                if extra:
                    problem = f'"{name}.{key}" holds "value" and "source", not "{min(extra)}".'
                    raise self.fail(problem, name, key)
            try:
                values[field_name] = _value(raw, limits)
            except ValueError as error:
                raise self.fail(f'"{name}.{key}": {error}', name, key) from None
        return cls(**values), sources

    def mode_list(self) -> tuple[str, ...]:
        found = self.data.get("modes")
        if not isinstance(found, list) or not 1 <= len(cast("list[Any]", found)) <= 6:
            raise self.fail('"modes" must be a list of one to six doorbell modes.', "modes")
        names = cast("list[Any]", found)
        for name in names:
            if name not in self.modes:
                hint = nearest(str(name), self.modes)
                raise self.fail(f'"modes": {name!r} is not a doorbell mode.{hint}', "modes")
        if len(set(names)) != len(names):  # texts: checked above
            raise self.fail('"modes" names the same doorbell mode twice.', "modes")
        return tuple(names)

    def measured(self) -> tuple[Measured, ...]:
        given: Any = self.data.get("measured", [])
        if not isinstance(given, list) or not all(
            isinstance(row, dict) for row in cast("list[Any]", given)
        ):
            raise self.fail('"measured" must be written as [[measured]] tables.', "measured")
        rows = cast("list[dict[str, Any]]", given)
        found: list[Measured] = []
        for number, row in enumerate(rows):
            path = ("measured", str(number))
            extra = set(row) - {"mode", "iops", "label", "source"}
            if extra:
                hint = nearest(min(extra), ("mode", "iops", "label", "source"))
                raise self.fail(
                    f'"measured.{min(extra)}" is not a setting.{hint}', *path, min(extra)
                )
            mode = self.text(row, "mode", *path)
            if mode not in self.modes:
                hint = nearest(mode, self.modes)
                raise self.fail(
                    f'"measured.mode": "{mode}" is not a doorbell mode.{hint}', *path, "mode"
                )
            iops = row.get("iops")
            if isinstance(iops, bool) or not isinstance(iops, int) or not 0 < iops < 10**9:
                raise self.fail(
                    '"measured.iops" must be a whole number of I/O per second.', *path, "iops"
                )
            label, source = self.text(row, "label", *path), self.text(row, "source", *path)
            found.append(Measured(mode, iops, label, source))
        return tuple(found)

    def number(self, key: str, default: int, limits: Limits) -> int:
        if key not in self.data:
            return default
        try:
            return int(_value(self.data[key], limits))
        except ValueError as error:
            raise self.fail(f'"{key}": {error}', key) from None

    def scenario(self, name: str) -> Scenario:
        for key in self.data:
            if key not in _TOP:
                raise self.fail(f'"{key}" is not a setting.{nearest(key, _TOP)}', key)
        sections: dict[str, Any] = {}
        sources: list[tuple[str, str]] = []
        for section, cls in SECTIONS.items():
            sections[section], more = self.section(section, cls)
            sources += more
        made = Scenario(
            name=name,
            title=self.text(self.data, "title"),
            sentence=self.text(self.data, "sentence"),
            source=self.text(self.data, "source"),
            modes=self.mode_list(),
            seed=self.number("seed", 1, Limits("count", "", 0, SEED_MAX)),
            until_ns=self.number("until", 20_000_000, Limits("ns", "", 1000, UNTIL_MAX_NS)),
            show_from_ns=self.number("show_from", 0, Limits("ns", "", 0, 1_000_000_000)),
            measured=self.measured(),
            cost_sources=tuple(sorted(sources)),
            **sections,
        )
        return self.checked(made)

    def checked(self, made: Scenario) -> Scenario:
        """What one field alone can't know."""
        depth, slots = made.workload.queue_depth, made.machine.ring_slots
        if depth > slots - 1:
            raise self.fail(
                f'"workload.queue_depth": {depth} commands do not fit a ring of {slots} slots, which '
                f"holds {slots - 1}; lower it or raise machine.ring_slots.",
                "workload",
                "queue_depth",
            )
        if made.device.kind == "channels" and made.device.channels < 1:
            problem = '"device.channels" must be at least 1 when device.kind is "channels".'
            raise self.fail(problem, "device", "channels")
        return made


def read_scenario(text: str, name: str, file: str, mode_names: Iterable[str]) -> Scenario:
    """A Scenario from the text of a file. Raises ScenarioError."""
    return _Reader(text, file, mode_names).scenario(name)


def builtin_names() -> tuple[str, ...]:
    """The scenarios that come with the program, the one to open first in front."""
    names = sorted(path.stem for path in resource("scenarios").glob("*.toml"))
    first = "gce-local-ssd-2017"
    return tuple(sorted(names, key=lambda name: (name != first, name)))


def load_scenario(source: str | Path, mode_names: Iterable[str]) -> Scenario:
    """A built-in scenario by name, or one from a file. Raises ScenarioError."""
    path = Path(source)
    if isinstance(source, str) and _NAME.fullmatch(source) and source in builtin_names():
        path = resource("scenarios", f"{source}.toml")
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ScenarioError("This file is too large for a scenario (over 100 kB).", str(source))
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        hint = nearest(str(source), builtin_names())
        raise ScenarioError(f"There is no such scenario or file.{hint}", str(source)) from None
    except UnicodeDecodeError:
        raise ScenarioError("This is not a text file in UTF-8.", str(source)) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ScenarioError(f"The file can't be read: {reason}.", str(source)) from None
    return read_scenario(text, path.stem, str(source), mode_names)


def with_setting(scenario: Scenario, assignment: str) -> Scenario:
    """`section.key=value` applied, as `--set` writes it. Raises ScenarioError."""
    place = f"--set {assignment}"
    path, equals, raw = assignment.partition("=")
    section, dot, key = path.strip().partition(".")
    if not equals or not dot:
        raise ScenarioError(
            "A setting is written section.key=value, such as workload.queue_depth=16.", place
        )
    if section not in SECTIONS:
        raise ScenarioError(f'"{section}" is not a section.{nearest(section, SECTIONS)}', place)
    known = limits_of(SECTIONS[section])
    if key not in known:
        raise ScenarioError(f'"{path}" is not a setting.{nearest(key, known)}', place)
    field_name, limits = known[key]
    given: Any = raw.strip()
    if limits.unit in ("count", "percent") and re.fullmatch(r"-?[0-9][0-9_]{0,99}", given):
        given = int(given)
    try:
        value = _value(given, limits)
    except ValueError as error:
        raise ScenarioError(f'"{path}": {error}', place) from None
    part = replace(getattr(scenario, section), **{field_name: value})
    changed = replace(scenario, **{section: part})
    reader = _Reader("", place, ())
    return reader.checked(changed)


def write_scenario(scenario: Scenario) -> str:
    """The whole scenario as TOML that `read_scenario` reads back equal."""
    sources = dict(scenario.cost_sources)
    out = [
        f"title = {_quoted(scenario.title)}",
        f"sentence = {_quoted(scenario.sentence)}",
        f"source = {_quoted(scenario.source)}",
        f"modes = [{', '.join(_quoted(mode) for mode in scenario.modes)}]",
        f"seed = {scenario.seed}",
        f'until = "{scenario.until_ns}ns"',
        f'show_from = "{scenario.show_from_ns}ns"',
    ]
    for section, cls in SECTIONS.items():
        out.append(f"\n[{section}]")
        part = getattr(scenario, section)
        for item in fields(cls):
            value, limits = getattr(part, item.name), item.metadata["limits"]
            text = _quoted(value) if limits.unit == "choice" else str(value)
            text = f'"{value}ns"' if limits.unit == "ns" else text
            key = key_of(item.name)
            if section == "costs" and key in sources:
                text = f"{{ value = {text}, source = {_quoted(sources[key])} }}"
            out.append(f"{key} = {text}")
    for row in scenario.measured:
        out.append(
            f"\n[[measured]]\nmode = {_quoted(row.mode)}\niops = {row.iops}\n"
            f"label = {_quoted(row.label)}\nsource = {_quoted(row.source)}"
        )
    return "\n".join(out) + "\n"


def _quoted(text: str) -> str:
    """A TOML basic string."""
    plain = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c >= " " and c != "\x7f" else f"\\u{ord(c):04x}" for c in plain) + '"'
