"""The fit finds costs that it can find, stays in its bounds, and gives the same every time."""

from __future__ import annotations

import sys

import pytest

from nvmeviz.analysis.calibrate import Parameter, ScipyMissingError, fit, pull, robust

COSTS = (Parameter("a", 1_000, 100, 5_000), Parameter("b", 2_000, 500, 4_000))


def deviations(values: dict[str, int]) -> list[float]:
    """A machine whose true costs are 1,400 and 1,500 ns."""
    a, b = values["a"], values["b"]
    return [30 * (a + b - 2_900) / 2_900, 30 * (a - 1_400) / 1_400]


def test_it_finds_the_costs_that_explain_the_figures():
    pytest.importorskip("scipy")
    found = fit(COSTS, deviations)
    assert found.ended
    assert found.values["a"] == pytest.approx(1_400, rel=0.03)
    assert found.values["b"] == pytest.approx(1_500, rel=0.03)
    assert fit(COSTS, deviations).values == found.values


def test_it_stays_in_the_bounds():
    pytest.importorskip("scipy")
    found = fit((Parameter("a", 1_000, 900, 1_100),), lambda v: [50 * (v["a"] - 3_000) / 3_000])
    assert found.values["a"] == 1_100


def test_it_can_be_stopped():
    pytest.importorskip("scipy")
    found = fit(COSTS, deviations, stop=lambda runs: runs >= 10)
    assert not found.ended
    assert found.evaluations == 10


def test_far_points_count_less_than_their_square():
    assert robust(0.1) == pytest.approx(0.01, rel=0.01)
    assert robust(20) < 20**2 / 10


def test_the_defaults_pull():
    assert pull(COSTS, (1_000, 2_000)) == 0
    assert pull(COSTS, (2_000, 2_000)) > pull(COSTS, (1_100, 2_000)) > 0


def test_without_scipy_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "scipy.optimize", None)
    with pytest.raises(ScipyMissingError, match="pip install"):
        fit(COSTS, deviations)
