"""Fit a profile's free costs to the published points that it may be fitted on.

Which points and which costs stand in the files (`resources/measurements`, `resources/profiles`); the
bounds are the ranges of the schema. The result is a profile file that says how it was made.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from nvmeviz.analysis.calibrate import Fit, Parameter, ScipyMissingError, fit
from nvmeviz.app.trial import Length, mean_figures, seeded, trials
from nvmeviz.engine.doorbell import MODE_BY_NAME
from nvmeviz.files import reason, whole_file
from nvmeviz.scenario.limits import limits_of
from nvmeviz.scenario.measurements import measured_points
from nvmeviz.scenario.problems import ScenarioError
from nvmeviz.scenario.profiles import Profile, profile_named, write_profile
from nvmeviz.scenario.schema import Costs
from nvmeviz.units import time_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from nvmeviz.app.trial import Figures
    from nvmeviz.scenario.measurements import Point
    from nvmeviz.scenario.schema import Scenario

SEEDS = 3
LENGTH = Length(300, 4_000)  # long enough to see a regime tip over
SEED_STEP = 1_000  # the fit uses other seeds than validate
IOPS_ERROR = 0.05  # one standard error, in the logarithm
MMIO_ERROR = 0.03  # one standard error, a difference


@dataclass(frozen=True, slots=True)
class Calibration:
    """A fitted profile. errors: per point, label and fraction. at_bounds: costs at the edge of their
    ranges.
    """

    profile: Profile
    fit: Fit
    errors: tuple[tuple[str, float], ...]
    at_bounds: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The documented JSON."""
        return {
            "profile": self.profile.name,
            "costs_ns": self.fit.values,
            "at_bounds": list(self.at_bounds),
            "loss": self.fit.loss,
            "evaluations": self.fit.evaluations,
            "ended": self.fit.ended,
            "points": [{"point": label, "error": error} for label, error in self.errors],
        }


def fitted_points(profile: str) -> tuple[Point, ...]:
    """The points that a profile may be fitted on."""
    points = measured_points(MODE_BY_NAME)
    return tuple(p for p in points if p.fitted and p.scenario.profile == profile)


def calibrate(
    name: str,
    today: date,
    stop: Callable[[int], bool],
    progress: Callable[[str, float], None],
    seed: int = 1,
) -> Calibration:
    """Fit a profile anew from the defaults of its free costs. Raises ScenarioError."""
    place = f"calibrate {name}"
    profile = profile_named(name, place)
    points = fitted_points(name)
    if not profile.free or not points:
        problem = (
            f'The profile "{name}" has no free costs: each of its values has a source of its own.'
        )
        raise ScenarioError(problem, place)
    known, defaults = limits_of(Costs), Costs()
    prior = {key: value for key, value, _ in profile.prior}
    parameters: list[Parameter] = []
    for key in profile.free:
        field_name, limits = known[key]
        default = int(prior.get(key) or getattr(defaults, field_name))
        parameters.append(Parameter(key, max(1, default), max(1, limits.low), limits.high))
    runs = 0

    def deviations(values: dict[str, int]) -> list[float]:
        nonlocal runs
        runs += 1
        progress(place, 1 - math.exp(-runs / 400))
        return [_deviation(point, found) for point, found in _simulated(points, values)]

    try:
        found = fit(parameters, deviations, seed=seed, stop=stop)
    except ScipyMissingError as error:
        raise ScenarioError(str(error), place) from None
    fitted = _fitted_profile(profile, found.values, points, today)
    errors = tuple(
        (point.label, _simulated_value(point, figures) / point.value - 1)
        for point, figures in _simulated(points, found.values)
    )
    at_bounds = tuple(p.key for p in parameters if found.values[p.key] in (p.low, p.high))
    return Calibration(fitted, found, errors, at_bounds)


def save_profile(calibration: Calibration, path: str) -> None:
    """Write the profile file of a calibration. Raises ScenarioError."""
    try:
        with whole_file(path) as file:
            file.write(write_profile(calibration.profile).encode())
    except OSError as error:
        problem = f"The profile was not saved: {reason(error)}"
        raise ScenarioError(problem, path) from None


def _with_costs(scenario: Scenario, values: dict[str, int]) -> Scenario:
    known = limits_of(Costs)
    changed = {known[key][0]: value for key, value in values.items()}
    return replace(
        scenario, seed=scenario.seed + SEED_STEP, costs=replace(scenario.costs, **changed)
    )


def _simulated(points: Sequence[Point], values: dict[str, int]) -> list[tuple[Point, Figures]]:
    """Each point under the costs: one run serves all points of the same scenario and mode."""
    runs: dict[tuple[Scenario, str], list[Figures]] = {}
    for point in points:
        runs.setdefault((point.scenario, point.mode), [])
    planned = [
        (scenario, mode, LENGTH)
        for (base, mode) in runs
        for scenario in seeded(_with_costs(base, values), SEEDS)
    ]
    figures = iter(trials(planned))
    for kept in runs.values():
        kept += [next(figures) for _ in range(SEEDS)]
    return [(point, mean_figures(runs[point.scenario, point.mode])) for point in points]


def _simulated_value(point: Point, figures: Figures) -> float:
    """The figure as it was published: over all copies of the machine."""
    return figures.of(point.quantity) * (point.copies if point.quantity == "iops" else 1)


def _deviation(point: Point, figures: Figures) -> float:
    simulated = _simulated_value(point, figures)
    if point.quantity == "mmio_per_io":
        return (simulated - point.value) / MMIO_ERROR
    return math.log(max(1e-9, simulated) / point.value) / IOPS_ERROR


def _fitted_profile(
    profile: Profile, values: dict[str, int], points: Sequence[Point], today: date
) -> Profile:
    known = limits_of(Costs)
    tables = ", ".join(dict.fromkeys(point.section for point in points))
    sources = dict(profile.sources)
    changed: dict[str, int] = {}
    for key, value in values.items():
        field_name, limits = known[key]
        changed[field_name] = value
        sources[key] = (
            f"fitted on {tables} by nvmeviz calibrate, {today.isoformat()}; allowed "
            f"{time_text(limits.low)} to {time_text(limits.high)}: {limits.source}"
        )
    return replace(
        profile,
        made=today,
        costs=replace(profile.costs, **changed),
        sources=tuple(sorted(sources.items())),
        fitted_on=tuple(point.label for point in points),
    )
