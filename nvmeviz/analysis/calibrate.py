"""Fit a few costs to measured figures: bounds, a robust loss, a weak pull to the defaults.

Pure: takes a function from costs to deviations and knows nothing of engine, files or time. The search
is differential evolution in the logarithm of the costs, then Nelder-Mead from the best point; scipy
does both and is an optional extra. The same seed gives the same fit, unless `stop` ends it early.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

KNEE = 2.0  # deviations beyond this many standard errors count less and less
PULL = 1.0  # weight of the defaults: a Gaussian prior of width SPREAD
POPULATION = 6  # times the number of costs
SPREAD = 0.6  # standard deviation of the pull, in the logarithm


class ScipyMissingError(Exception):
    """scipy is not installed; `str()` says what to do."""

    def __init__(self) -> None:
        super().__init__(
            "Calibration needs scipy, which is not installed: pip install nvmeviz[calibrate]."
        )


@dataclass(frozen=True, slots=True)
class Parameter:
    """One free cost: key, the default it is pulled to, and its range; all in ns, low > 0."""

    key: str
    default: int
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Fit:
    """What was found. values: key -> ns. evaluations: runs of the model. ended: searched to the
    end, not stopped.
    """

    values: dict[str, int]
    loss: float
    evaluations: int
    ended: bool


def robust(deviation: float) -> float:
    """The loss of one deviation, in standard errors: quadratic near 0, logarithmic far away."""
    return KNEE**2 * math.log1p((deviation / KNEE) ** 2)


def pull(parameters: Sequence[Parameter], values: Sequence[int]) -> float:
    """The loss of standing away from the defaults."""
    away = (math.log(value / p.default) / SPREAD for p, value in zip(parameters, values))
    return PULL * sum(one**2 for one in away)


class _StopError(Exception):
    """Ends scipy's search from within."""


class _Search:
    """Counts, remembers the best, and is the function that scipy sees."""

    def __init__(
        self,
        parameters: Sequence[Parameter],
        deviations: Callable[[dict[str, int]], Sequence[float]],
        stop: Callable[[int], bool],
    ) -> None:
        self.parameters = parameters
        self.deviations = deviations
        self.stop = stop
        self.best: tuple[float, tuple[int, ...]] = (math.inf, ())
        self.seen: dict[tuple[int, ...], float] = {}

    def __call__(self, logs: Any) -> float:
        values = tuple(
            min(p.high, max(p.low, round(math.exp(float(x)))))
            for p, x in zip(self.parameters, logs)
        )
        if values in self.seen:
            return self.seen[values]
        if self.stop(len(self.seen)):
            raise _StopError
        found = self.deviations({p.key: value for p, value in zip(self.parameters, values)})
        loss = sum(robust(one) for one in found) + pull(self.parameters, values)
        self.seen[values] = loss
        self.best = min(self.best, (loss, values))
        return loss


def fit(
    parameters: Sequence[Parameter],
    deviations: Callable[[dict[str, int]], Sequence[float]],
    *,
    seed: int = 1,
    generations: int = 25,
    stop: Callable[[int], bool] = lambda _: False,
) -> Fit:
    """The costs with the least loss.

    deviations: from ns by key to one deviation a point, in standard errors. stop: asked before each
    run of the model with the number of runs so far. Raises ScipyMissingError.
    """
    try:
        optimize: Any = import_module("scipy.optimize")
    except ImportError:
        raise ScipyMissingError from None
    search = _Search(parameters, deviations, stop)
    bounds = [(math.log(p.low), math.log(p.high)) for p in parameters]
    start = [math.log(p.default) for p in parameters]
    ended = True
    try:
        found = optimize.differential_evolution(
            search,
            bounds,
            maxiter=generations,
            popsize=POPULATION,
            tol=1e-3,
            rng=seed,
            polish=False,
            x0=start,
        )
        optimize.minimize(
            search,
            found.x,
            method="Nelder-Mead",
            bounds=bounds,
            options={"maxfev": 40 * len(parameters), "xatol": 5e-3, "fatol": 1e-2},
        )
    except _StopError:
        ended = False
    loss, values = search.best
    if not values:
        values = tuple(p.default for p in parameters)
    chosen = {p.key: value for p, value in zip(parameters, values)}
    return Fit(chosen, loss, len(search.seen), ended)
