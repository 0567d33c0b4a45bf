"""Where an axis has ticks, what they say, and what a single value says: steps of 1, 2 or 5, SI
prefixes, one unit of time per axis.
"""

from __future__ import annotations

import math

from nvmeviz.units import NBSP, si, three_digits, time_text

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


def y_texts(values: list[float], unit: str, step: float, high: float) -> list[str]:
    """How the ticks of the y axis are written; times share a unit as on the x axis."""
    return x_texts(values, unit, high) if unit == "ns" else [y_text(v, unit, step) for v in values]


def log_ticks(low: float, high: float, most: int) -> list[float]:
    """Tick values of a logarithmic axis: 1, 2, 5 of every decade, or fewer."""
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for digits in ((1, 2, 5), (1, 3), (1,)):
        found = [d * 10.0**power for power in decades for d in digits]
        found = [v for v in found if low * 0.999 <= v <= high * 1.001]
        if len(found) <= most:
            break
    return found


def value_text(value: float, unit: str) -> str:
    """One value of a curve, for a person to read."""
    if unit == "ns":
        return time_text(value)
    if unit == "%":
        return f"{value:.1f}{NBSP}%"
    if not unit:
        return three_digits(value)
    return si(value, "") + ("/s" if unit == "1/s" else f"{NBSP}{unit}")


def x_texts(values: list[float], unit: str, high: float) -> list[str]:
    """How the ticks of the x axis are written; times share the unit that suits the axis."""
    if unit != "ns":
        return [f"{v:g}" + (f"{NBSP}{unit}" if unit else "") for v in values]
    # 1500 µs reads better than 1.5 ms beside 500 µs: the unit changes at ten thousand.
    size, name = next((u for u in _TIME_UNITS if high >= 5 * u[0]), _TIME_UNITS[-1])
    return [f"{v / size:g}{NBSP}{name}" if v else f"0{NBSP}{name}" for v in values]
