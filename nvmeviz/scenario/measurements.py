"""Published measurements that the model is held against: one file a table (`resources/measurements`).

A file says machine, workload, device and cost profile once; a point adds its own settings, the mode
and the measured value. Points that the model does not cover stay in the list, with the reason.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from nvmeviz.places import resource
from nvmeviz.scenario.problems import ScenarioError, nearest
from nvmeviz.scenario.reader import read_text
from nvmeviz.scenario.schema import SECTIONS, Scenario
from nvmeviz.scenario.toml import ScenarioReader, with_settings

if TYPE_CHECKING:
    from collections.abc import Iterable

Quantity = Literal["iops", "mmio_per_io", "latency_us"]
QUANTITIES: tuple[Quantity, ...] = ("iops", "mmio_per_io", "latency_us")
_TOP = ("section", "title", "source", "profile", "notes", "points", *SECTIONS)
_POINT = (
    *("name", "mode", "set", "quantity", "value", "fitted", "bound", "copies"),
    *("unstable", "open", "not_modelled", "note"),
)


@dataclass(frozen=True, slots=True)
class Point:
    """One published figure, with the run that should give it.

    value: IOPS, doorbell writes that left the guest per command, or mean us from SQE to reaped CQE.
    copies: how many such machines the published figure adds up. bound: largest |error|, a fraction;
    for mmio_per_io the largest difference; 0: none. unstable: why it is shown as a band. open: why
    it is an open residual that nobody may tune away. not_modelled: why it is not simulated at all.
    """

    section: str
    title: str
    source: str
    name: str
    mode: str
    quantity: Quantity
    value: float
    scenario: Scenario
    fitted: bool = False
    bound: float = 0.0
    copies: int = 1
    unstable: str = ""
    open: str = ""
    not_modelled: str = ""
    note: str = ""

    @property
    def label(self) -> str:
        """The point's name over all tables: "3.4, QD 8, mmio_trap, iops"."""
        return f"{self.section}, {self.name}, {self.mode}, {self.quantity}"


class _Reader(ScenarioReader):
    """One table of measurements."""

    def points(self, name: str) -> tuple[Point, ...]:
        self.only(self.data, _TOP)
        section, title, source = (
            self.text(self.data, key) for key in ("section", "title", "source")
        )
        base = Scenario(
            name=name,
            title=title,
            sentence=self.text_or(self.data, "notes", title),
            source=source,
            modes=self.modes[:1],
            **self.parts(),
        )
        found: list[Point] = []
        for number, row in enumerate(self.rows("points")):
            path = ("points", str(number))
            self.only(row, _POINT, *path)
            found.append(self._point(row, path, (section, title, source), base))
        return tuple(found)

    def _point(
        self, row: dict[str, Any], path: tuple[str, str], head: tuple[str, str, str], base: Scenario
    ) -> Point:
        given: dict[str, str] = {
            key: self.text_or(row, key, "", *path)
            for key in ("unstable", "open", "not_modelled", "note")
        }
        if given["not_modelled"]:
            mode, scenario = self.text(row, "mode", *path), base
        else:
            mode = self.mode(row, "points", *path)
            try:
                scenario = with_settings(base, self.texts(row, "set", *path))
            except ScenarioError as error:
                raise self.fail(error.problem, *path, "set") from None
            scenario = replace(self.checked(scenario), modes=(mode,))
        quantity = self.text_or(row, "quantity", "iops", *path)
        if quantity not in QUANTITIES:
            hint = nearest(quantity, QUANTITIES)
            raise self.fail(f'"points.quantity": "{quantity}" is not measured.{hint}', *path)
        fitted = row.get("fitted", False)
        if not isinstance(fitted, bool):
            raise self.fail('"points.fitted" must be true or false.', *path, "fitted")
        return Point(
            section=head[0],
            title=head[1],
            source=head[2],
            name=self.text(row, "name", *path),
            mode=mode,
            quantity=quantity,
            value=self._size(row, "value", None, path),
            scenario=scenario,
            fitted=fitted,
            bound=self._size(row, "bound", 0.0, path),
            copies=int(self._size(row, "copies", 1.0, path)),
            **given,
        )

    def _size(
        self, row: dict[str, Any], key: str, default: float | None, path: tuple[str, str]
    ) -> float:
        value = row.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e12:
            raise self.fail(f'"points.{key}" must be a number of at least 0.', *path, key)
        if value == 0 and default is None:
            raise self.fail(f'"points.{key}" must be more than 0.', *path, key)
        return float(value)


def read_measurements(
    text: str, name: str, file: str, mode_names: Iterable[str]
) -> tuple[Point, ...]:
    """The points of one table. Raises ScenarioError."""
    return _Reader(text, file, mode_names).points(name)


def measured_points(mode_names: Iterable[str]) -> tuple[Point, ...]:
    """Every published point that comes with the program, in the order of its sections."""
    modes = tuple(mode_names)
    found: list[Point] = []
    for path in resource("measurements").glob("*.toml"):
        text = read_text(path, str(path), "There is no such table of measurements.")
        found += read_measurements(text, path.stem, str(path), modes)
    return tuple(sorted(found, key=lambda point: _numbers(point.section)))


def _numbers(section: str) -> tuple[int, ...]:
    return tuple(int(part) for part in section.split(".") if part.isdigit())
