"""Cost profiles: what the steps of one measured machine take (`resources/profiles`).

A profile says which of its costs were fitted, on which published points, and where each of the
others comes from. Fitting is `nvmeviz calibrate`; the points stand in `resources/measurements`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from functools import cache

import tomli_w

from nvmeviz.places import resource
from nvmeviz.scenario.costs import Costs
from nvmeviz.scenario.limits import key_of, limits_of
from nvmeviz.scenario.problems import ScenarioError, nearest
from nvmeviz.scenario.reader import Reader, read_text
from nvmeviz.scenario.texts import NAME

_KEYS = ("title", "machine", "source", "date", "fitted_on", "free", "notes", "prior", "costs")


@dataclass(frozen=True, slots=True)
class Profile:
    """The costs of one machine.

    machine: what it is, in words. made: when the costs were fitted or collected. fitted_on: the
    names of the points that the free costs were fitted on. free: keys of the fitted costs. sources:
    key -> where a cost comes from, for each cost that differs from the default. prior: key, ns and
    source of what a free cost is pulled to where the default describes another kind of machine.
    """

    name: str
    title: str
    machine: str
    source: str
    made: date
    costs: Costs
    sources: tuple[tuple[str, str], ...]
    fitted_on: tuple[str, ...] = ()
    free: tuple[str, ...] = ()
    notes: str = ""
    prior: tuple[tuple[str, int, str], ...] = ()


def profile_names() -> tuple[str, ...]:
    """The profiles that come with the program."""
    return tuple(sorted(path.stem for path in resource("profiles").glob("*.toml")))


def profile_named(name: str, file: str, line: int = 0) -> Profile:
    """The profile of that name. Raises ScenarioError about `file`."""
    if not NAME.fullmatch(name) or name not in profile_names():
        hint = nearest(name, profile_names())
        raise ScenarioError(f'"profile": "{name[:60]}" is not a cost profile.{hint}', file, line)
    return _load(name)


@cache
def _load(name: str) -> Profile:
    path = resource("profiles", f"{name}.toml")
    return read_profile(read_text(path, str(path), "There is no such profile."), name, str(path))


def read_profile(text: str, name: str, file: str) -> Profile:
    """A profile from the text of its file. Raises ScenarioError."""
    reader = Reader(text, file)
    reader.only(reader.data, _KEYS)
    values, sources = reader.values("costs", Costs, sourced=True)
    prior, prior_sources = reader.values("prior", Costs, sourced=True)
    known = limits_of(Costs)
    for table, given, said in (("costs", values, sources), ("prior", prior, prior_sources)):
        for key in known:
            if known[key][0] in given and key not in said:
                raise reader.fail(f'"{table}.{key}" needs a source.', table, key)
    free = reader.texts(reader.data, "free")
    for key in free:
        if key not in known:
            raise reader.fail(f'"free": "{key}" is not a cost.{nearest(key, known)}', "free")
    made = reader.data.get("date")
    if type(made) is not date:
        raise reader.fail('"date" must be a date, such as 2026-11-25.', "date")
    return Profile(
        name=name,
        title=reader.text(reader.data, "title"),
        machine=reader.text(reader.data, "machine"),
        source=reader.text(reader.data, "source"),
        made=made,
        costs=Costs(**values),  # pyright: ignore[reportArgumentType] -- checked against its limits
        sources=tuple(sorted(sources.items())),
        fitted_on=reader.texts(reader.data, "fitted_on"),
        free=free,
        notes=reader.text_or(reader.data, "notes", ""),
        prior=tuple(
            (key, int(prior[known[key][0]]), prior_sources[key]) for key in sorted(prior_sources)
        ),
    )


def write_profile(profile: Profile) -> str:
    """The profile as a file that `read_profile` reads back equal."""
    sources = dict(profile.sources)
    costs: dict[str, dict[str, str | int]] = {}
    for item in fields(Costs):
        key = key_of(item.name)
        if key in sources:
            value = getattr(profile.costs, item.name)
            in_ns = item.metadata["limits"].unit == "ns"
            costs[key] = {"value": f"{value}ns" if in_ns else value, "source": sources[key]}
    data: dict[str, object] = {
        "title": profile.title,
        "machine": profile.machine,
        "source": profile.source,
        "date": profile.made,
        "fitted_on": list(profile.fitted_on),
        "free": list(profile.free),
    }
    if profile.notes:
        data["notes"] = profile.notes
    if profile.prior:
        data["prior"] = {
            key: {"value": f"{value}ns", "source": source} for key, value, source in profile.prior
        }
    return tomli_w.dumps({**data, "costs": costs})
