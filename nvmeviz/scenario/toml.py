"""Scenario files: read, check and write. A wrong file becomes one clear error, and nothing else
happens.

Every problem names file, line, key, what is allowed and the nearest valid name. `--set` values go
through the same checks. Costs start from the scenario's profile and the device from its drive; what
the file says itself comes on top, so that a loaded scenario holds plain numbers.
"""

from __future__ import annotations

import re
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from nvmeviz.places import resource
from nvmeviz.scenario.checks import first_problem
from nvmeviz.scenario.drives import drive_named
from nvmeviz.scenario.limits import Limits, key_of, limits_of
from nvmeviz.scenario.problems import ScenarioError, nearest
from nvmeviz.scenario.profiles import profile_named
from nvmeviz.scenario.reader import Reader, read_text
from nvmeviz.scenario.schema import (
    SECTIONS,
    SEE_LONGEST,
    SEE_MAX,
    SEED_MAX,
    UNTIL_MAX_NS,
    Costs,
    Device,
    Measured,
    Scenario,
)
from nvmeviz.scenario.texts import NAME
from nvmeviz.scenario.values import field_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from nvmeviz.scenario.reader import Values

_FIRST = ("gce-local-ssd-2017", "first-steps", "google-null-device-2016")
_TOP = (
    *("title", "sentence", "see", "source", "profile", "modes", "seed", "until", "show_from"),
    "measured",
    *SECTIONS,
)


class ScenarioReader(Reader):
    """One file on its way to a Scenario."""

    def __init__(self, text: str, file: str, mode_names: Iterable[str]) -> None:
        super().__init__(text, file)
        self.modes = tuple(mode_names)

    def mode(self, table: dict[str, Any], name: str, *path: str) -> str:
        """The doorbell mode of a table called `name`."""
        mode = self.text(table, "mode", *path)
        if mode not in self.modes:
            hint = nearest(mode, self.modes)
            raise self.fail(f'"{name}.mode": "{mode}" is not a doorbell mode.{hint}', *path, "mode")
        return mode

    def _mode_list(self) -> tuple[str, ...]:
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

    def _see(self) -> tuple[str, ...]:
        found = self.texts(self.data, "see")
        if "see" in self.data and not 1 <= len(found) <= SEE_MAX:
            raise self.fail(f'"see" must be a list of one to {SEE_MAX} sentences.', "see")
        if max(map(len, found), default=0) > SEE_LONGEST:
            problem = f'"see": a sentence has at most {SEE_LONGEST} characters.'
            raise self.fail(problem, "see")
        return found

    def _measured(self) -> tuple[Measured, ...]:
        found: list[Measured] = []
        for number, row in enumerate(self.rows("measured")):
            path = ("measured", str(number))
            self.only(row, ("mode", "iops", "label", "source"), *path)
            mode = self.mode(row, "measured", *path)
            iops = row.get("iops")
            if isinstance(iops, bool) or not isinstance(iops, int) or not 0 < iops < 10**9:
                raise self.fail(
                    '"measured.iops" must be a whole number of I/O per second.', *path, "iops"
                )
            label, source = self.text(row, "label", *path), self.text(row, "source", *path)
            found.append(Measured(mode, iops, label, source))
        return tuple(found)

    def _costs(self) -> tuple[str, Costs, tuple[tuple[str, str], ...]]:
        """Profile, costs and their sources: the profile's, with the file's own on top."""
        values, sources = self.values("costs", Costs, sourced=True)
        profile = self.text_or(self.data, "profile", "")
        if not profile:
            return "", Costs(**values), tuple(sorted(sources.items()))  # pyright: ignore[reportArgumentType] -- checked
        if len(values) == len(fields(Costs)):
            # A recording says every cost itself and outlives the profile's file.
            if not NAME.fullmatch(profile):
                raise self.fail('"profile" must be the name of a cost profile.', "profile")
            return profile, Costs(**values), tuple(sorted(sources.items()))  # pyright: ignore[reportArgumentType] -- checked
        start = profile_named(profile, self.file, self.lines("profile"))
        given = {key_of(name) for name in values}
        kept = {key: source for key, source in start.sources if key not in given}
        costs = replace(start.costs, **values)  # pyright: ignore[reportArgumentType] -- checked
        return profile, costs, tuple(sorted({**kept, **sources}.items()))

    def _device(self) -> Device:
        """The device: its drive's figures, with the file's own on top."""
        values, _ = self.values("device", Device)
        name = str(values.get("drive", ""))
        start: Values = {}
        if name and len(values) < len(fields(Device)):
            start = drive_named(name, self.file, self.lines("device", "drive")).values
        return Device(**{**start, **values})  # pyright: ignore[reportArgumentType] -- checked

    def parts(self) -> dict[str, Any]:
        """What a file says of the machine: sections, profile and sources of costs."""
        sections: dict[str, Any] = {
            name: cls(**self.values(name, cls)[0])
            for name, cls in SECTIONS.items()
            if cls not in (Costs, Device)
        }
        profile, costs, sources = self._costs()
        return {
            **sections,
            "profile": profile,
            "costs": costs,
            "cost_sources": sources,
            "device": self._device(),
        }

    def scenario(self, name: str) -> Scenario:
        """The whole file as a scenario. Raises ScenarioError."""
        self.only(self.data, _TOP)
        made = Scenario(
            name=name,
            title=self.text(self.data, "title"),
            sentence=self.text(self.data, "sentence"),
            source=self.text(self.data, "source"),
            modes=self._mode_list(),
            seed=self.number("seed", 1, Limits("count", "", 0, SEED_MAX)),
            until_ns=self.number("until", 20_000_000, Limits("ns", "", 1000, UNTIL_MAX_NS)),
            show_from_ns=self.number("show_from", 0, Limits("ns", "", 0, UNTIL_MAX_NS)),
            measured=self._measured(),
            see=self._see(),
            **self.parts(),
        )
        return self.checked(made)

    def checked(self, made: Scenario) -> Scenario:
        """`made` when its fields agree with one another. Raises ScenarioError."""
        problem = first_problem(made)
        if problem:
            sentence, section, key = problem
            raise self.fail(sentence, section, key)
        return made


def read_scenario(text: str, name: str, file: str, mode_names: Iterable[str]) -> Scenario:
    """A Scenario from the text of a file. Raises ScenarioError."""
    return ScenarioReader(text, file, mode_names).scenario(name)


def builtin_names() -> tuple[str, ...]:
    """The scenarios that come with the program, the ones to begin with in front."""
    names = sorted(path.stem for path in resource("scenarios").glob("*.toml"))
    first = [name for name in _FIRST if name in names]
    return (*first, *(name for name in names if name not in first))


def load_scenario(source: str | Path, mode_names: Iterable[str]) -> Scenario:
    """A built-in scenario by name, or one from a file. Raises ScenarioError."""
    path = Path(source)
    if isinstance(source, str) and NAME.fullmatch(source) and source in builtin_names():
        path = resource("scenarios", f"{source}.toml")
    hint = nearest(str(source), builtin_names())
    text = read_text(path, str(source), f"There is no such scenario or file.{hint}")
    return read_scenario(text, path.stem, str(source), mode_names)


def with_setting(scenario: Scenario, assignment: str) -> Scenario:
    """`section.key=value` applied, as `--set` writes it. Raises ScenarioError."""
    return with_settings(scenario, (assignment,))


def with_settings(scenario: Scenario, assignments: Sequence[str]) -> Scenario:
    """Several settings in turn; only the result must agree with itself. `profile=name` starts from
    all costs of a profile, `device.drive=name` from all figures of a drive. Raises ScenarioError.
    """
    changed = scenario
    for assignment in assignments:
        # What its file says of its panes need not be true of another machine.
        changed = replace(_changed(changed, assignment), see=())
    problem = first_problem(changed) if assignments else None
    if problem:
        keys = [assignment.partition("=")[0].strip() for assignment in assignments]
        near = f"{problem[1]}.{problem[2]}"
        blamed = assignments[keys.index(near) if near in keys else -1]
        raise ScenarioError(problem[0], f"--set {blamed}")
    return changed


def with_modes(scenario: Scenario, modes: tuple[str, ...]) -> Scenario:
    """The scenario in other modes, of which its `see` tells nothing."""
    return scenario if modes == scenario.modes else replace(scenario, modes=modes, see=())


def _changed(scenario: Scenario, assignment: str) -> Scenario:
    place = f"--set {assignment}"
    path, equals, raw = assignment.partition("=")
    given: Any = raw.strip()
    if equals and path.strip() == "profile":
        profile = profile_named(given, place)
        return replace(
            scenario, profile=profile.name, costs=profile.costs, cost_sources=profile.sources
        )
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
    if limits.unit in ("count", "percent") and re.fullmatch(r"-?[0-9][0-9_]{0,99}", given):
        given = int(given)
    try:
        value = field_value(key, given, limits)
    except ValueError as error:
        raise ScenarioError(f'"{path}": {error}', place) from None
    if section == "device" and key == "drive" and value:
        figures = drive_named(str(value), place).values
        return replace(scenario, device=Device(**figures))  # pyright: ignore[reportArgumentType] -- checked
    part = replace(getattr(scenario, section), **{field_name: value})
    changed = replace(scenario, **{section: part})
    if section == "costs":  # the value is no longer what its source says
        kept = tuple(pair for pair in scenario.cost_sources if pair[0] != key)
        changed = replace(changed, cost_sources=kept)
    return changed


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
    if scenario.see:
        out += ["see = [", *(f"    {_quoted(sentence)}," for sentence in scenario.see), "]"]
    if scenario.profile:
        out.append(f"profile = {_quoted(scenario.profile)}")
    for section, cls in SECTIONS.items():
        out.append(f"\n[{section}]")
        part = getattr(scenario, section)
        for item in fields(cls):
            value, limits = getattr(part, item.name), item.metadata["limits"]
            text = _quoted(value) if limits.unit in ("choice", "text") else str(value)
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


__all__ = [
    "ScenarioError",
    "builtin_names",
    "load_scenario",
    "nearest",
    "read_scenario",
    "with_modes",
    "with_setting",
    "with_settings",
    "write_scenario",
]
