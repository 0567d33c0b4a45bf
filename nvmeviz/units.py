"""Quantities and how they are shown: time, rates, counts. Knows nothing of NVMe.

Simulated time is `int` nanoseconds everywhere; this is the edge where it becomes text and back.
"""

from __future__ import annotations

import re

THIN = "\u2009"  # between groups of thousands
NBSP = "\u00a0"  # before a unit
_TIME_UNITS_NS = {
    "ns": 1,
    "us": 1_000,
    "µs": 1_000,
    "μs": 1_000,
    "ms": 1_000_000,
    "s": 1_000_000_000,
}
_LARGEST_FIRST = ((1_000_000_000, "s"), (1_000_000, "ms"), (1_000, "µs"))
_TIME = re.compile(r"\s*([0-9][0-9_]*(?:\.[0-9]+)?)\s*(ns|us|µs|μs|ms|s)\s*")
_PREFIXES = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"), (1.0, ""))


def parse_time_ns(text: str) -> int:
    """Read "1.2ms", "350 ns", "20us" as whole nanoseconds. ValueError says what a time looks
    like.
    """
    match = _TIME.fullmatch(text)
    if match is None:
        msg = f'"{text}" is not a time; write a number and a unit, such as 350ns, 1.2us, 20ms or 1s'
        raise ValueError(msg)
    number, unit = match.groups()
    whole, _, fraction = number.replace("_", "").partition(".")
    scale = _TIME_UNITS_NS[unit]
    value = int(whole) * scale
    if fraction:
        value += round(int(fraction) * scale / 10 ** len(fraction))
    return value


def grouped(value: int) -> str:
    """12345 -> "12 345" with thin spaces."""
    return f"{value:,}".replace(",", THIN)


def three_digits(value: float) -> str:
    """Three significant digits without an exponent: 0.0412, 4.12, 41.2, 412, 4123."""
    if value == 0:
        return "0"
    if abs(value) < 0.0005:
        return "<0.001" if value > 0 else ">-0.001"
    if abs(value) >= 99.95:
        digits = 0
    elif abs(value) >= 9.995:
        digits = 1
    elif abs(value) >= 0.9995:
        digits = 2
    else:
        digits = 3
    return f"{value:.{digits}f}"


def si(value: float, unit: str = "") -> str:
    """43 912 -> "43.9 k", with three significant digits and an SI prefix; unit is appended."""
    size = abs(value)
    for factor, prefix in _PREFIXES:
        if size >= factor * 0.9995 or factor == 1.0:
            tail = f"{prefix}{unit}"
            text = three_digits(value / factor)
            return f"{text}{NBSP}{tail}" if tail else text
    raise AssertionError("the last prefix has factor 1")


def time_text(t_ns: float) -> str:
    """A duration with three significant digits in the unit that fits: "8.30 µs"."""
    size = abs(t_ns)
    if size < 999.5:
        return f"{t_ns:.0f}{NBSP}ns"
    if size < 999_500:
        return f"{three_digits(t_ns / 1e3)}{NBSP}µs"
    if size < 999_500_000:
        return f"{three_digits(t_ns / 1e6)}{NBSP}ms"
    return f"{three_digits(t_ns / 1e9)}{NBSP}s"


def plain_time(t_ns: int) -> str:
    """A duration to the nanosecond without digits that mean nothing: "1.5 µs", "20 ms"."""
    size, name = next(
        ((size, name) for size, name in _LARGEST_FIRST if abs(t_ns) >= size), (1, "ns")
    )
    whole, rest = divmod(abs(t_ns), size)
    digits = f"{rest:0{len(str(size)) - 1}d}".rstrip("0") if rest else ""
    sign = "-" if t_ns < 0 else ""
    return f"{sign}{whole}{'.' + digits if digits else ''}{NBSP}{name}"


def clock_text(t_ns: int) -> str:
    """A moment, exact to the nanosecond: 1284316 -> "1 284.316 µs"."""
    whole, rest = divmod(t_ns, 1000)
    return f"{grouped(whole)}.{rest:03d}{NBSP}µs"


def percent(fraction: float) -> str:
    """0.714 -> "71 %"; small shares keep a digit."""
    value = fraction * 100
    return f"{value:.0f}{NBSP}%" if value >= 9.95 or value == 0 else f"{value:.1f}{NBSP}%"
