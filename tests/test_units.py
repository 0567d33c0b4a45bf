"""Quantities as text and back."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nvmeviz.units import (
    NBSP,
    THIN,
    clock_text,
    grouped,
    parse_time_ns,
    percent,
    plain_time,
    si,
    three_digits,
    time_text,
)

SCALE = {"ns": 1, "us": 1_000, "µs": 1_000, "ms": 1_000_000, "s": 1_000_000_000}
FACTOR = {"": 1.0, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}


@pytest.mark.parametrize(
    ("text", "t_ns"),
    [
        ("0ns", 0),
        ("350 ns", 350),
        ("1.2us", 1_200),
        ("1.2µs", 1_200),
        ("1.2μs", 1_200),
        (" 20ms ", 20_000_000),
        ("77.9us", 77_900),
        ("1_000ns", 1_000),
        ("1s", 10**9),
        ("0.5ns", 0),
        ("60s", 60 * 10**9),
    ],
)
def test_parse_time(text: str, t_ns: int):
    assert parse_time_ns(text) == t_ns


@pytest.mark.parametrize(
    "text",
    ["", "1", "ns", "1 m", "-1ns", "1e3ns", "1.ns", ".5us", "1,5us", "1us 2ns", "_1ns", "٣ns"],
)
def test_what_is_no_time_says_what_a_time_looks_like(text: str):
    with pytest.raises(ValueError, match="is not a time; write a number and a unit"):
        parse_time_ns(text)


@given(st.integers(0, 10**15), st.sampled_from(sorted(SCALE)))
def test_whole_numbers_are_read_exactly(value: int, unit: str):
    assert parse_time_ns(f"{value}{unit}") == value * SCALE[unit]


@given(st.integers(0, 10**12))
def test_clock_text_is_exact(t_ns: int):
    text = clock_text(t_ns).replace(THIN, "")
    assert parse_time_ns(text) == t_ns


@given(st.integers(0, 10**12))
def test_time_text_is_within_half_a_digit(t_ns: int):
    number, unit = time_text(t_ns).split(NBSP)
    assert float(number) * SCALE[unit] == pytest.approx(t_ns, rel=0.0051, abs=0.5)


@given(st.floats(0.001, 1e15))
def test_si_is_within_half_a_digit(value: float):
    parts = si(value).split(NBSP)
    shown = float(parts[0]) * FACTOR[parts[1] if len(parts) > 1 else ""]
    assert shown == pytest.approx(value, rel=0.0051, abs=0.0006)


@given(st.floats(0.0005, 1e14))
def test_si_shows_at_most_three_digits_before_the_next_prefix(value: float):
    assert abs(float(si(value).split(NBSP)[0])) < 1000


@given(st.lists(st.floats(0, 1e12), min_size=2, max_size=8))
def test_three_digits_keeps_order(values: list[float]):
    shown = [float(three_digits(v).lstrip("<")) for v in sorted(values)]
    assert shown == sorted(shown)


@given(st.floats(0.0995, 99_999))
def test_three_digits_are_three_digits(value: float):
    digits = re.sub(r"^0\.", "", three_digits(value)).replace(".", "")
    assert len(digits) >= 3


@given(st.floats(-1e12, 1e12))
def test_a_minus_sign_changes_nothing_else(value: float):
    assert three_digits(-value).replace("-", "").replace(">", "<") == three_digits(value).replace(
        "-", ""
    ).replace(">", "<")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (43_912, "43.9 k"),
        (999.9e3, "1.00 M"),
        (999.4e3, "999 k"),
        (999.5, "1.00 k"),
        (999.4, "999"),
        (1e6, "1.00 M"),
        (0.04, "0.040"),
        (-43_912, "-43.9 k"),
        (9.996, "10.0"),
        (1.5e16, "15000 T"),
    ],
)
def test_si_carries_into_the_next_prefix(value: float, text: str):
    assert si(value) == text.replace(" ", NBSP)


def test_si_appends_the_unit():
    assert si(184e3, "IOPS") == f"184{NBSP}kIOPS"
    assert si(5, "W") == f"5.00{NBSP}W"


@pytest.mark.parametrize(
    ("t_ns", "text"),
    [
        (0, "0 ns"),
        (999, "999 ns"),
        (999.6, "1.00 µs"),
        (8_300, "8.30 µs"),
        (999_499, "999 µs"),
        (999_600, "1.00 ms"),
        (999_999_999, "1.00 s"),
        (-8_300, "-8.30 µs"),
    ],
)
def test_time_text_carries_into_the_next_unit(t_ns: float, text: str):
    assert time_text(t_ns) == text.replace(" ", NBSP)


@given(st.integers(-(10**15), 10**15))
def test_grouped_only_adds_thin_spaces(value: int):
    assert int(grouped(value).replace(THIN, "")) == value
    assert all(len(part.lstrip("-")) <= 3 for part in grouped(value).split(THIN))


@pytest.mark.parametrize(
    ("fraction", "text"),
    [
        (0.714, "71 %"),
        (0, "0 %"),
        (0.0995, "10 %"),
        (0.0994, "9.9 %"),
        (0.051, "5.1 %"),
        (1, "100 %"),
    ],
)
def test_percent(fraction: float, text: str):
    assert percent(fraction) == text.replace(" ", NBSP)


@given(st.integers(0, 10**12))
def test_a_plain_time_reads_back_exactly(t_ns: int):
    assert parse_time_ns(plain_time(t_ns)) == t_ns


@pytest.mark.parametrize(
    ("t_ns", "text"),
    [
        (0, "0 ns"),
        (999, "999 ns"),
        (1_500, "1.5 µs"),
        (20_000_000, "20 ms"),
        (10**9 + 1, "1.000000001 s"),
    ],
)
def test_a_plain_time_has_no_digits_that_mean_nothing(t_ns: int, text: str):
    assert plain_time(t_ns) == text.replace(" ", NBSP)
