"""Random numbers: a hash of what is asked for, with the distributions that the scenario speaks
of.
"""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nvmeviz.engine.draw import ONE, TABLE_SIZE, draw_bits, exponential_table, jitter_table

MASK = 2**64 - 1


def splitmix(x: int) -> int:
    """The finaliser as Steele, Lea and Flood print it."""
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK
    return x ^ (x >> 31)


@given(st.integers(0, 2**63 - 1), st.integers(0, 2**20), st.integers(0, 2**40))
def test_draw_is_a_hash_of_seed_stream_and_number(seed: int, stream: int, n: int):
    key = seed * 0x9E3779B97F4A7C15 + stream * 0xD1B54A32D192ED03 + n * 0x8CB92BA72F3D8DD7
    assert draw_bits(seed, stream, n) == splitmix(key & MASK)


def test_neighbouring_draws_have_nothing_in_common():
    seen = {draw_bits(7, stream, n) & 1023 for stream in range(40) for n in range(100)}
    assert len(seen) > 900  # 4000 draws of 1024 values: 1003 different ones on average
    low = [draw_bits(7, 1, n) & 1023 for n in range(20_000)]
    assert sum(low) / len(low) == pytest.approx(511.5, rel=0.02)
    paired = sum((a - 511.5) * (b - 511.5) for a, b in itertools.pairwise(low)) / len(low)
    assert abs(paired) < 0.03 * 1024**2 / 12


def test_the_exponential_table_has_mean_and_variance_one():
    table = exponential_table()
    assert len(table) == TABLE_SIZE
    assert sum(table) / TABLE_SIZE == pytest.approx(ONE, rel=1e-3)
    assert sum((x / ONE - 1) ** 2 for x in table) / TABLE_SIZE == pytest.approx(1, rel=0.02)
    assert list(table) == sorted(table)


@pytest.mark.parametrize("spread", [0, 1, 25, 50, 100])
def test_spread_keeps_the_mean(spread: int):
    table = jitter_table(spread)
    assert sum(table) / TABLE_SIZE == pytest.approx(ONE, rel=2e-3)
    assert min(table) >= ONE * (100 - spread) // 100
    if spread == 0:
        assert set(table) == {ONE}
