"""Find again the one number of the two Google scenarios: how far their costs stand above the
defaults.

Ten costs stand at default + f * (top of the range - default), all with the same f. The f with the
smallest largest error over the four published points is chosen. Prints every f tried.

    python -m tests.benchmarks.fit_cloud
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from nvmeviz.engine.doorbell import MODE_BY_NAME
from nvmeviz.engine.simulation import Simulation
from nvmeviz.log import kinds as k
from nvmeviz.scenario.schema import Costs, Scenario, limits_of
from nvmeviz.scenario.toml import load_scenario

SCENARIOS = ("gce-local-ssd-2017", "google-null-device-2016")
SCALED = (
    *("submit", "doorbell_exit", "kick", "irq_exits", "irq"),
    *("reap", "wake", "post", "msi", "shared"),
)
TRIED = tuple(percent / 100 for percent in range(30, 46))
CHUNK = 65_536


def costs_at(f: float, costs: Costs) -> Costs:
    """`costs` with the ten scaled ones at the share f of the way from default to top."""
    limits, defaults = limits_of(Costs), Costs()
    changed: dict[str, int] = {}
    for key in SCALED:
        name, limit = limits[key]
        default = getattr(defaults, name)
        changed[name] = round(default + f * (limit.high - default))
    return replace(costs, **changed)


def simulated_iops(scenario: Scenario, mode_name: str) -> float:
    """I/O per second over the scenario's own time."""
    simulation = Simulation(scenario, MODE_BY_NAME[mode_name])
    commands = 0
    while True:
        events = simulation.advance(scenario.until_ns, CHUNK)
        commands += int(np.count_nonzero(events["kind"] == k.CQ_REAP))
        if len(events) < CHUNK:
            return commands * 1e9 / scenario.until_ns


def errors_at(f: float, scenarios: list[Scenario]) -> list[float]:
    """Relative error of each published point."""
    found: list[float] = []
    for scenario in scenarios:
        fitted = replace(scenario, costs=costs_at(f, scenario.costs))
        found += [simulated_iops(fitted, row.mode) / row.iops - 1 for row in scenario.measured]
    return found


def best_fit() -> tuple[float, dict[float, list[float]]]:
    """The f with the smallest largest error, and the errors of all that were tried."""
    scenarios = [load_scenario(name, MODE_BY_NAME) for name in SCENARIOS]
    tried = {f: errors_at(f, scenarios) for f in TRIED}
    return min(tried, key=lambda f: max(map(abs, tried[f]))), tried


def main() -> None:
    """Fit and print."""
    best, tried = best_fit()
    print("   f  largest error  errors of the four points")
    for f, errors in tried.items():
        row = "  ".join(f"{error:+.1%}" for error in errors)
        mark = "  <-" if f == best else ""
        print(f"{f:.2f}  {max(map(abs, errors)):13.1%}  {row}{mark}")


if __name__ == "__main__":
    main()
