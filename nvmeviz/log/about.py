"""Where a run's events come from, what they can tell, and what went wrong on the way: counted.

A log that was read from traces can't hold every kind of event. What it can't hold is unknown, which
is something else than zero; whoever measures or draws asks `About.covers`. Written into a recording.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal, cast

from nvmeviz.log.events import KIND_BY_NAME, KIND_BY_NUMBER

if TYPE_CHECKING:
    from collections.abc import Iterable

Severity = Literal["note", "warning", "error"]
SEVERITIES: tuple[Severity, ...] = ("note", "warning", "error")
_MOST = 10_000  # entries of any list in a file
_MOST_TEXT = 4_000


@dataclass(frozen=True, slots=True)
class Issue:
    """Something that a file did wrong or does not say, with how often and what to do about it.

    line: the first one, from 1; 0 when it is about the file as a whole.
    """

    code: str
    severity: Severity
    count: int
    text: str
    advice: str = ""
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class About:
    """title: which part of the files this is. files: their names. kinds: those that the log can
    hold, None for all of them; inferred: those of them that stand in no record and follow from
    others. facts: (name, words), such as how the clocks were put together.
    """

    title: str = ""
    files: tuple[str, ...] = ()
    kinds: frozenset[int] | None = None
    inferred: frozenset[int] = frozenset()
    facts: tuple[tuple[str, str], ...] = ()
    issues: tuple[Issue, ...] = ()

    def covers(self, *kinds: int) -> bool:
        """True when the log would hold events of all these kinds, had they happened."""
        return self.kinds is None or self.kinds.issuperset(kinds)

    def tells(self, *kinds: int) -> bool:
        """True when events of all these kinds stand in the log itself, and are not inferred."""
        return self.covers(*kinds) and self.inferred.isdisjoint(kinds)


SIMULATED = About()


def about_to_json(about: About) -> dict[str, Any]:
    """Plain values for a recording; kinds go by name."""
    return {
        "title": about.title,
        "files": list(about.files),
        "kinds": None if about.kinds is None else _names(about.kinds),
        "inferred": _names(about.inferred),
        "facts": [list(fact) for fact in about.facts],
        "issues": [asdict(issue) for issue in about.issues],
    }


def _names(kinds: Iterable[int]) -> list[str]:
    return [KIND_BY_NUMBER[kind].name for kind in sorted(kinds)]


def about_from_json(data: object) -> About:
    """The description out of a recording. ValueError when it makes no sense."""
    table = _table(data)
    if not table:
        return SIMULATED
    kinds = table.get("kinds")
    return About(
        title=_text(table.get("title", "")),
        files=tuple(_text(name) for name in _list(table.get("files", []))),
        kinds=None if kinds is None else _kinds(kinds),
        inferred=_kinds(table.get("inferred", [])),
        facts=tuple(_pair(pair) for pair in _list(table.get("facts", []))),
        issues=tuple(_issue(issue) for issue in _list(table.get("issues", []))),
    )


def _issue(data: object) -> Issue:
    table = _table(data)
    severity = table.get("severity")
    if severity not in SEVERITIES:
        raise ValueError("an issue has no such severity")
    texts = {name: _text(table.get(name, "")) for name in ("code", "text", "advice", "file")}
    return Issue(
        severity=severity, count=_whole(table.get("count")), line=_whole(table.get("line")), **texts
    )


def _kinds(names: object) -> frozenset[int]:
    # A kind that this program does not know is one that it will not miss.
    known = (KIND_BY_NAME.get(_text(name)) for name in _list(names))
    return frozenset(row.kind for row in known if row is not None)


def _pair(value: object) -> tuple[str, str]:
    pair = _list(value)
    if len(pair) != 2:
        raise ValueError("a fact is a name and its words")
    return _text(pair[0]), _text(pair[1])


def _table(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("a table was expected")
    return cast("dict[str, Any]", value)


def _list(value: object) -> list[object]:
    if not isinstance(value, list) or len(cast("list[object]", value)) > _MOST:
        raise ValueError("a list was expected")
    return cast("list[object]", value)


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > _MOST_TEXT:
        raise ValueError("a text was expected")
    return value


def _whole(value: object) -> int:
    if not isinstance(value, int) or not 0 <= value < 1 << 62:
        raise ValueError("a whole number was expected")
    return value
