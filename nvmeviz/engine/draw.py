"""Counter-based random numbers: a hash of (seed, stream, n), so there is nothing to save or to
rewind.

Two panes with the same seed see the same media latency for the n-th command of a queue, whatever
their doorbell mode. Distributions are tables of 1024 integers made with decimal arithmetic, the
same on every system. The mixing function is the finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA
2014).
"""

from __future__ import annotations

from decimal import Decimal, localcontext
from functools import cache
from itertools import pairwise

import cython

from nvmeviz.scenario.texts import latency_points

TABLE_SIZE = 1024
ONE = 1024  # tables hold factors in units of 1/1024

if not cython.compiled:
    from nvmeviz.engine.choices import COUNT_STEP, MASK_64, MIX_1, MIX_2, SEED_STEP, STREAM_STEP


def draw(seed: int, stream: int, n: int) -> int:
    """64 random bits for the n-th draw of a stream."""
    x = (seed * SEED_STEP + stream * STREAM_STEP + n * COUNT_STEP) & MASK_64
    x = ((x ^ (x >> 30)) * MIX_1) & MASK_64
    x = ((x ^ (x >> 27)) * MIX_2) & MASK_64
    return x ^ (x >> 31)


def draw_bits(seed: int, stream: int, n: int) -> int:
    """`draw` for uncompiled callers."""
    return int(draw(seed, stream, n))


@cache
def exponential_table() -> tuple[int, ...]:
    """1024 equally likely values of an exponential with mean 1, in units of 1/1024."""
    with localcontext() as context:
        context.prec = 30
        values = [
            -((1 - (Decimal(2 * i + 1) / Decimal(2 * TABLE_SIZE))).ln()) * ONE
            for i in range(TABLE_SIZE)
        ]
        scale = Decimal(ONE * TABLE_SIZE) / sum(values)
        return tuple(int((value * scale).to_integral_value()) for value in values)


def jitter_table(spread_percent: int) -> tuple[int, ...]:
    """Factors with mean 1 (1024): (1 - spread) + spread * Exp(1). spread 0: always 1."""
    return tuple(
        (ONE * (100 - spread_percent) + value * spread_percent + 50) // 100
        for value in exponential_table()
    )


def latency_factors(table: str, spread_percent: int) -> tuple[tuple[int, ...], int]:
    """1024 equally likely factors in units of 1/1024, and the mean in ns of a latency table (0
    without one).

    table: as `Device.latency_table`; between its points the latency rises evenly. Without one the
    factors are those of `jitter_table`.
    """
    points = latency_points(table)
    if not points:
        return jitter_table(spread_percent), 0
    values: list[int] = []
    for i in range(TABLE_SIZE):
        # The middle of the i-th of 1024 equal shares, in thousandths of a percent.
        at = Decimal(100_000 * (2 * i + 1)) / Decimal(2 * TABLE_SIZE)
        values.append(_between(points, at))
    mean = max(1, sum(values) // TABLE_SIZE)
    return tuple(value * ONE // mean for value in values), mean


def _between(points: tuple[tuple[int, int], ...], at: Decimal) -> int:
    """The latency at a percentile (thousandths of a percent), ns."""
    if at <= points[0][0]:
        return points[0][1]
    for (low, low_ns), (high, high_ns) in pairwise(points):
        if at <= high:
            return low_ns + int((at - low) * (high_ns - low_ns) / (high - low))
    return points[len(points) - 1][1]
