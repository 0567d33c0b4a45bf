"""Write the two tables of docs/model.md anew: costs from the program, points from `nvmeviz validate`.

python -m tests.benchmarks.write_model_tables
"""

from __future__ import annotations

import re
from pathlib import Path

from nvmeviz.app.validate import PointResult, chosen_points, validate
from nvmeviz.app.validate_report import error_text, quantity_text
from nvmeviz.scenario.costs import Costs
from nvmeviz.scenario.limits import limits_of
from nvmeviz.units import time_text

DOCUMENT = Path(__file__).parents[2] / "docs" / "model.md"


def cost_rows() -> list[str]:
    """One row of the table a cost."""
    defaults = Costs()
    rows: list[str] = []
    for key, (name, limits) in limits_of(Costs).items():
        value = getattr(defaults, name)
        if limits.unit == "ns":
            cells = [time_text(number) for number in (limits.low, value, limits.high)]
        else:
            cells = [f"{number} %" for number in (limits.low, value, limits.high)]
        rows.append(f"| `{key}`: {limits.words} | {' | '.join(cells)} | {limits.source} |")
    return rows


def point_row(result: PointResult) -> str:
    """One row of the table a published point."""
    point = result.point
    used = "fitted" if point.fitted else result.status
    measured = quantity_text(point.value, point.quantity)
    simulated, error = "–", point.not_modelled
    if result.simulated is not None:
        simulated = quantity_text(result.simulated, point.quantity)
        error = error_text(result)
        if result.status == "band" or point.unstable:
            low, high = (quantity_text(end, point.quantity) for end in (result.low, result.high))
            simulated += f" ({low} to {high})"
    return (
        f"| {point.section} {point.name} | `{point.mode}` | {measured} | {simulated} | {error} "
        f"| {point.scenario.profile} | {used} |"
    )


def replaced(text: str, name: str, lines: list[str]) -> str:
    """The document with another table between the marks `<!-- name -->` and `<!-- /name -->`."""
    pattern = rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)"
    found, count = re.subn(
        pattern, lambda m: m[1] + "\n".join(lines) + "\n" + m[2], text, flags=re.S
    )
    assert count == 1, f"docs/model.md has no place for {name}"
    return found


def main() -> None:
    """Validate and write."""
    text = DOCUMENT.read_text(encoding="utf-8")
    head = ["| cost | lowest | default | highest | source |", "| --- | --: | --: | --: | --- |"]
    text = replaced(text, "costs", head + cost_rows())
    found = validate(chosen_points(()), lambda _name, _share: None)
    head = [
        "| point | mode | measured | simulated | error | profile | used |",
        "| --- | --- | --: | --: | --: | --- | --- |",
    ]
    text = replaced(text, "points", head + [point_row(one) for one in found.points])
    DOCUMENT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
