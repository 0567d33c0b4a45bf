"""Gives what CHANGELOG.md says of a version, in the form that somebody wants it in.

    python packaging/changes.py VERSION [notes | debian | appstream | date]

notes: as it stands there, for a release's page. debian: the items of a Debian changelog. appstream: the
<description> of a <release>. date: the day of the release, an error while there is none. Needs no package.
"""

from __future__ import annotations

import re
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

FILE = Path(__file__).resolve().parents[1] / "CHANGELOG.md"
DEBIAN_WIDTH = 80  # characters
_HEADING = re.compile(r"^## \[(?P<version>[^\]]+)\](?: - (?P<day>\S+))?$", re.M)
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MARKUP = re.compile(r"`([^`]*)`|\[([^\]]*)\]\([^)]*\)")


@dataclass(frozen=True)
class Section:
    """What is said of one version. day: "unreleased" before there is one."""

    text: str
    day: str

    @property
    def groups(self) -> list[tuple[str, list[str]]]:
        """The headings ("" before the first) with their items and paragraphs as plain text."""
        found: list[tuple[str, list[str]]] = [("", [])]
        for part in re.split(r"\n\n+|\n(?=- )", self.text):
            words = " ".join(part.split())
            if words.startswith("### "):
                found.append((words.removeprefix("### "), []))
            elif words:
                plain = _MARKUP.sub(lambda m: m[1] or m[2], words.removeprefix("- "))
                found[-1][1].append(plain)
        return [group for group in found if group[1]]


def section(version: str, changelog: str) -> Section:
    """The section of a version. LookupError when it has none, or nothing stands in it."""
    headings = list(_HEADING.finditer(changelog))
    for heading, after in zip(headings, [*headings[1:], None], strict=True):
        if heading["version"] == version:
            text = changelog[heading.end() : after.start() if after else None].strip()
            if text:
                return Section(text, heading["day"] or "")
    raise LookupError(f"CHANGELOG.md says nothing of {version}.")


def debian(of: Section) -> str:
    """Items as Debian's changelog has them, its heading and its last line left to others."""
    items = [item for _, group in of.groups for item in group]
    return "\n".join(
        textwrap.fill(item, DEBIAN_WIDTH, initial_indent="  * ", subsequent_indent="    ")
        for item in items
    )


def appstream(of: Section) -> str:
    """A <description>: a paragraph for each heading, its items as a list."""
    lines = ["<description>"]
    for name, items in of.groups:
        if name:
            rows = (f"<li>{escape(item)}</li>" for item in items)
            lines += [f"<p>{escape(name)}:</p>", "<ul>", *rows, "</ul>"]
        else:
            lines += [f"<p>{escape(item)}</p>" for item in items]
    return "\n".join([*lines, "</description>"])


def date(of: Section) -> str:
    """The day of the release. LookupError before there is one."""
    if not _DAY.fullmatch(of.day):
        raise LookupError("CHANGELOG.md has no date for this version yet.")
    return of.day


FORMS = {"notes": lambda of: of.text, "debian": debian, "appstream": appstream, "date": date}


def main(version: str, form: str = "notes") -> int:
    """Print it; the exit code."""
    try:
        print(FORMS[form](section(version, FILE.read_text(encoding="utf-8"))))
    except LookupError as problem:
        print(problem.args[0], file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
