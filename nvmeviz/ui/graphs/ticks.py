"""Where an axis has ticks and what they say: steps of 1, 2 or 5, SI prefixes, one unit of time per
axis.
"""

from __future__ import annotations

import math

from nvmeviz.units import NBSP, si

_TIME_UNITS = ((1e9, "s"), (1e6, "ms"), (1e3, "µs"), (1.0, "ns"))


def tick_step(low: float, high: float, most: int) -> float:
    """The smallest step of 1, 2 or 5 times a power of ten that gives at most `most` ticks."""
    span = max(high - low, 1e-12)
    raw = span / max(1, most)
    power = 10.0 ** math.floor(math.log10(raw))
    for digit in (1, 2, 5, 10):
        if digit * power >= raw * 0.999999:
            return digit * power
    return 10 * power


def ticks(low: float, high: float, most: int) -> list[float]:
    """Tick values within low..high."""
    step = tick_step(low, high, most)
    first = math.ceil(low / step - 1e-9)
    return [i * step for i in range(first, math.floor(high / step + 1e-9) + 1)]


def y_text(value: float, unit: str, step: float) -> str:
    """How a tick of the y axis is written."""
    if unit == "%":
        return f"{value:g}{NBSP}%"
    if abs(value) >= 1000 or (unit and abs(step) >= 1000):
        if not value:
            return "0"
        number, space, prefix = si(value).partition(NBSP)
        if "." in number:  # a tick is a round number: 50 k, not 50.0 k
            number = number.rstrip("0").rstrip(".")
        return f"{number}{space}{prefix}"
    digits = max(0, -math.floor(math.log10(step) + 1e-9)) if step < 1 else 0
    return f"{value:.{digits}f}"


def x_texts(values: list[float], unit: str, high: float) -> list[str]:
    """How the ticks of the x axis are written; times share the unit that suits the axis."""
    if unit != "ns":
        return [f"{v:g}" + (f"{NBSP}{unit}" if unit else "") for v in values]
    # 1500 µs reads better than 1.5 ms beside 500 µs: the unit changes at ten thousand.
    size, name = next((u for u in _TIME_UNITS if high >= 5 * u[0]), _TIME_UNITS[-1])
    return [f"{v / size:g}{NBSP}{name}" if v else f"0{NBSP}{name}" for v in values]
