"""One TOML file on its way to something checked: sizes, syntax, texts and the sections of settings.

What the keys mean is left to those who ask (`toml`, `profiles`, `drives`, `measurements`). Nothing
read here is ever executed.
"""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any, cast

from nvmeviz.scenario.limits import limits_of
from nvmeviz.scenario.problems import Lines, ScenarioError, nearest
from nvmeviz.scenario.values import field_value

if TYPE_CHECKING:
    from pathlib import Path

    from nvmeviz.scenario.limits import Limits

MAX_BYTES = 100_000  # ours have 3,000; tomllib takes quadratic time over hostile keys
MAX_LINE = 2_000

Values = dict[str, int | str]  # field name -> value


def read_text(path: Path, source: str, missing: str) -> str:
    """The text of a file; `missing`: the sentence when there is none. Raises ScenarioError."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ScenarioError("This file is too large for a scenario (over 100 kB).", source)
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ScenarioError(missing, source) from None
    except UnicodeDecodeError:
        raise ScenarioError("This is not a text file in UTF-8.", source) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ScenarioError(f"The file can't be read: {reason}.", source) from None


class Reader:
    """The tables of one file, with the lines they stand in."""

    def __init__(self, text: str, file: str) -> None:
        self.file = file
        for number, line in enumerate(text.splitlines(), 1):
            if len(line) > MAX_LINE:
                problem = f"This line is longer than {MAX_LINE} characters."
                raise ScenarioError(problem, file, number)
        self.lines = Lines(text)
        try:
            self.data = tomllib.loads(text)
        except (ValueError, RecursionError) as error:  # ValueError also: a number of 5000 digits
            line = re.search(r"line (\d+)", str(error))
            problem = f"This is not a TOML file: {error}."
            raise ScenarioError(problem, file, int(line[1]) if line else 0) from None

    def fail(self, problem: str, *path: str) -> ScenarioError:
        """The error to raise about a key."""
        return ScenarioError(problem, self.file, self.lines(*path))

    def only(self, table: dict[str, Any], valid: tuple[str, ...], *path: str) -> None:
        """Raise when a table holds a key that has no meaning."""
        for key in table:
            if key not in valid:
                name = ".".join((*(part for part in path if not part.isdigit()), key))
                raise self.fail(f'"{name}" is not a setting.{nearest(key, valid)}', *path, key)

    def text(self, table: dict[str, Any], key: str, *path: str) -> str:
        """A text that must be there."""
        value = table.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.fail(f'"{key}" must be a text.', *path, key)
        return value

    def text_or(self, table: dict[str, Any], key: str, default: str, *path: str) -> str:
        """A text that may be missing."""
        return self.text(table, key, *path) if key in table else default

    def texts(self, table: dict[str, Any], key: str, *path: str) -> tuple[str, ...]:
        """A list of texts, () when there is none."""
        found: Any = table.get(key, [])
        if isinstance(found, list):
            listed = cast("list[Any]", found)
            if all(isinstance(one, str) and one.strip() for one in listed):
                return tuple(listed)
        raise self.fail(f'"{key}" must be a list of texts.', *path, key)

    def rows(self, name: str) -> list[dict[str, Any]]:
        """The tables of [[name]]."""
        given: Any = self.data.get(name, [])
        if not isinstance(given, list) or not all(
            isinstance(row, dict) for row in cast("list[Any]", given)
        ):
            raise self.fail(f'"{name}" must be written as [[{name}]] tables.', name)
        return cast("list[dict[str, Any]]", given)

    def table(self, name: str) -> dict[str, Any]:
        """A table of the file, {} when there is none."""
        found: Any = self.data.get(name, {})
        if not isinstance(found, dict):
            raise self.fail(f'"{name}" must be a table.', name)
        return cast("dict[str, Any]", found)

    def number(self, key: str, default: int, limits: Limits) -> int:
        """A number at the top of the file."""
        if key not in self.data:
            return default
        try:
            return int(field_value(key, self.data[key], limits))
        except ValueError as error:
            raise self.fail(f'"{key}": {error}', key) from None

    def values(
        self, name: str, cls: type[Any], *, sourced: bool = False
    ) -> tuple[Values, dict[str, str]]:
        """The settings of a section that the file gives; sources by key where `sourced` values are
        written { value, source }.
        """
        table = self.table(name)
        known = limits_of(cls)
        self.only(table, tuple(known), name)
        values: Values = {}
        sources: dict[str, str] = {}
        for key, given in table.items():
            field_name, limits = known[key]
            raw = given
            if isinstance(given, dict) and sourced:
                pair = cast("dict[str, Any]", given)
                raw = pair.get("value")
                sources[key] = self.text(pair, "source", name, key)
                extra = set(pair) - {"value", "source"}
                if extra:
                    problem = f'"{name}.{key}" holds "value" and "source", not "{min(extra)}".'
                    raise self.fail(problem, name, key)
            try:
                values[field_name] = field_value(key, raw, limits)
            except ValueError as error:
                raise self.fail(f'"{name}.{key}": {error}', name, key) from None
        return values, sources
