"""Hold the model against every published point: simulate, compare, say how sure that is.

Each point runs under several seeds. An unstable point runs under more seeds and several jitters, and
is a band. The elasticity of a point says by how many percent it moves when one cost moves by one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from nvmeviz.app.trial import Figures, Length, mean_figures, seeded, trials
from nvmeviz.engine.doorbell import MODE_BY_NAME
from nvmeviz.scenario.limits import limits_of
from nvmeviz.scenario.measurements import measured_points
from nvmeviz.scenario.problems import ScenarioError, nearest
from nvmeviz.scenario.profiles import profile_named
from nvmeviz.scenario.schema import Costs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from nvmeviz.scenario.measurements import Point

    Run = tuple[Any, str, Length]

SEEDS, BAND_SEEDS = 3, 3
BAND_JITTERS = (0, 10, 25, 50)
LENGTH = Length()
SHORT = Length(200, 1_500)  # for elasticities
STEP = 0.05  # of a cost, up and down, under the same random numbers
SENSITIVE = 1.0  # elasticity that is warned of


@dataclass(frozen=True, slots=True)
class PointResult:
    """A point and what the model says of it. simulated: None when it is not modelled. low, high:
    the band over seeds, for an unstable point over seeds and jitters. sensitive: (cost, elasticity)
    where a 1 % change of the cost moves the figure by more than 1 %.
    """

    point: Point
    simulated: float | None
    low: float = 0.0
    high: float = 0.0
    sensitive: tuple[tuple[str, float], ...] = ()

    @property
    def error(self) -> float | None:
        """Simulated over measured, less 1."""
        return None if self.simulated is None else self.simulated / self.point.value - 1

    @property
    def status(self) -> str:
        """Which of the lists the point belongs to."""
        point = self.point
        if point.not_modelled:
            return "not modelled"
        if point.open:
            return "open"
        if point.unstable:
            return "band"
        return "fitted" if point.fitted else "tested"

    @property
    def in_band(self) -> bool:
        """True when the measured value lies within the band."""
        return self.low <= self.point.value <= self.high

    @property
    def broken(self) -> bool:
        """True when a bound that the measurement file states does not hold."""
        point = self.point
        if not point.bound or self.simulated is None or self.error is None:
            return False
        if point.quantity == "mmio_per_io":
            return abs(self.simulated - point.value) > point.bound
        return abs(self.error) > point.bound

    def as_json(self) -> dict[str, Any]:
        """The documented JSON, with more."""
        point = self.point
        return {
            "source": f"{point.section} {point.title}",
            "point": point.name,
            "mode": point.mode,
            "measured": point.value,
            "simulated": self.simulated,
            "error": self.error,
            "profile": point.scenario.profile,
            "fitted": point.fitted,
            "section": point.section,
            "quantity": point.quantity,
            "status": self.status,
            "band": None if self.simulated is None else [self.low, self.high],
            "bound": point.bound or None,
            "broken": self.broken,
            "sensitive": dict(self.sensitive),
            "reason": point.not_modelled or point.open or point.unstable or None,
            "note": point.note or None,
        }


@dataclass(frozen=True, slots=True)
class ProfileResult:
    """One profile's errors.

    fitted, tested: (points, mean |error|, largest |error|) of IOPS and latency; None where there
    are none. notes: how its costs were chosen, as its file says.
    """

    name: str
    title: str
    free: tuple[str, ...]
    fitted: tuple[int, float, float] | None
    tested: tuple[int, float, float] | None
    mmio_difference: float | None
    notes: str = ""

    def as_json(self) -> dict[str, Any]:
        """The documented JSON."""

        def group(found: tuple[int, float, float] | None) -> dict[str, Any] | None:
            return found and dict(zip(("points", "mean_error", "largest_error"), found))

        return {
            "profile": self.name,
            "title": self.title,
            "free_costs": list(self.free),
            "fitted": group(self.fitted),
            "tested": group(self.tested),
            "largest_mmio_difference": self.mmio_difference,
            "notes": self.notes,
        }


@dataclass(frozen=True, slots=True)
class Validation:
    """Every point, and the profiles they rest on."""

    points: tuple[PointResult, ...]
    profiles: tuple[ProfileResult, ...]

    @property
    def broken(self) -> tuple[PointResult, ...]:
        """The points whose stated bound does not hold."""
        return tuple(one for one in self.points if one.broken)

    def as_json(self) -> dict[str, Any]:
        """The documented JSON."""
        return {
            "points": [one.as_json() for one in self.points if one.simulated is not None],
            "not_modelled": [one.as_json() for one in self.points if one.simulated is None],
            "profiles": [one.as_json() for one in self.profiles],
        }


def chosen_points(sections: Sequence[str]) -> tuple[Point, ...]:
    """The published points, or those of some sections of the facts. Raises ScenarioError."""
    points = measured_points(MODE_BY_NAME)
    known = {point.section for point in points}
    for section in sections:
        if section not in known:
            problem = f'"{section}" is not a table of measurements.{nearest(section, known)}'
            raise ScenarioError(problem, f"validate {section}")
    return tuple(point for point in points if not sections or point.section in sections)


def validate(points: Sequence[Point], progress: Callable[[str, float], None]) -> Validation:
    """Simulate and compare. progress(what, share done)."""
    modelled = [point for point in points if not point.not_modelled]
    plans = [_runs(point) for point in modelled]
    figures = iter(
        trials([run for plan in plans for run in plan], lambda share: progress("points", share))
    )
    found = {id(point): [next(figures) for _ in plan] for point, plan in zip(modelled, plans)}
    steps = _elasticities(modelled, lambda share: progress("elasticities", share))
    results = tuple(
        _result(point, found[id(point)], steps[id(point)])
        if id(point) in found
        else PointResult(point, None)
        for point in points
    )
    names = dict.fromkeys(one.point.scenario.profile for one in results)
    profiles = tuple(
        _profile(name, [one for one in results if one.point.scenario.profile == name])
        for name in names
        if name
    )
    return Validation(results, profiles)


def _runs(point: Point) -> list[Run]:
    scenarios = seeded(point.scenario, SEEDS)
    if point.unstable:
        for jitter in BAND_JITTERS:
            costs = replace(point.scenario.costs, jitter_percent=jitter)
            scenarios += seeded(replace(point.scenario, costs=costs), BAND_SEEDS)
    return [(scenario, point.mode, LENGTH) for scenario in scenarios]


def _result(
    point: Point, found: list[Figures], sensitive: tuple[tuple[str, float], ...]
) -> PointResult:
    values = [one.of(point.quantity) * _copies(point) for one in found]
    middle = mean_figures(found[:SEEDS]).of(point.quantity) * _copies(point)
    return PointResult(point, middle, min(values), max(values), sensitive)


def _copies(point: Point) -> int:
    return point.copies if point.quantity == "iops" else 1


def _elasticities(
    points: Sequence[Point], progress: Callable[[float], None]
) -> dict[int, tuple[tuple[str, float], ...]]:
    """Id of a point -> the costs that it is sensitive to, by finite differences."""
    runs: list[Run] = []
    steps: list[tuple[Point, str, float]] = []
    for point in points:
        for key, (name, limits) in limits_of(Costs).items():
            value = getattr(point.scenario.costs, name)
            pair = [round(value * (1 + sign * STEP)) for sign in (-1, 1)]
            if limits.unit != "ns" or pair[0] < 1 or pair[0] == pair[1]:
                continue
            for changed in pair:
                costs = replace(point.scenario.costs, **{name: changed})
                runs.append((replace(point.scenario, costs=costs), point.mode, SHORT))
            steps.append((point, key, math.log(pair[1] / pair[0])))
    figures = iter(trials(runs, progress))
    found: dict[int, list[tuple[str, float]]] = {id(point): [] for point in points}
    for point, key, width in steps:
        down, up = (next(figures).of(point.quantity) for _ in range(2))
        if down > 0 and up > 0:
            elasticity = math.log(up / down) / width
            if abs(elasticity) > SENSITIVE:
                found[id(point)].append((key, elasticity))
    return {
        number: tuple(sorted(pairs, key=lambda pair: -abs(pair[1])))
        for number, pairs in found.items()
    }


def _profile(name: str, results: Iterable[PointResult]) -> ProfileResult:
    profile = profile_named(name, f"profile {name}")
    listed = list(results)

    def group(status: str) -> tuple[int, float, float] | None:
        errors = [
            abs(one.error)
            for one in listed
            if one.status == status
            and one.error is not None
            and one.point.quantity != "mmio_per_io"
        ]
        return (len(errors), sum(errors) / len(errors), max(errors)) if errors else None

    differences = [
        abs(one.simulated - one.point.value)
        for one in listed
        if one.status in ("fitted", "tested")
        and one.point.quantity == "mmio_per_io"
        and one.simulated is not None
    ]
    return ProfileResult(
        name,
        profile.title,
        profile.free,
        group("fitted"),
        group("tested"),
        max(differences) if differences else None,
        profile.notes,
    )
