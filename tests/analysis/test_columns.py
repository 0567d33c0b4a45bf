"""Columns count, sum and integrate like plain lists, however they were filled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nvmeviz.analysis import columns
from nvmeviz.analysis.columns import Column, Moments, Paged

if TYPE_CHECKING:
    import pytest

STEPS = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 1000)), max_size=300)


def filled(steps: list[tuple[int, int]], cut: int) -> tuple[Column, np.ndarray, np.ndarray]:
    times = np.cumsum([step for step, _ in steps], dtype=np.int64)
    values = np.array([value for _, value in steps], np.int64)
    column = Column()
    for start in range(0, len(steps), cut):
        column.extend(times[start : start + cut], values[start : start + cut])
    return column, times, values


@given(STEPS, st.integers(-1, 9000), st.integers(0, 9000), st.integers(1, 150))
def test_a_column_counts_and_sums_like_a_list(steps, after, length, cut):
    column, times, values = filled(steps, cut)
    until = after + length
    inside = (times > after) & (times <= until)
    assert column.count(after, until) == inside.sum()
    assert column.total(after, until) == values[inside].sum()
    assert column.values(after, until).tolist() == values[inside].tolist()
    later, earlier = times[times > after], times[times < after]
    assert column.after(after) == (later[0] if len(later) else None)
    assert column.before(after) == (earlier[-1] if len(earlier) else None)


@given(STEPS, st.lists(st.integers(-5, 9000), max_size=20), st.integers(1, 150))
def test_many_look_ups_at_once_are_the_same_as_one_after_the_other(steps, wanted, cut):
    column, times, _ = filled(steps, cut)
    at = np.array(wanted, np.int64)
    assert column.index_each(at).tolist() == [column.index(t) for t in wanted]
    assert column.area(at).tolist() == [int((t - times[times <= t]).sum()) for t in wanted]


@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(0, 200)), max_size=200),
    st.lists(st.integers(-5, 9000), max_size=20),
)
def test_time_that_has_passed_counts_what_is_under_way_for_its_part(steps, wanted):
    begins, ends = list[int](), list[int]()
    for pause, length in steps:
        begins.append((ends[-1] if ends else 0) + pause)
        ends.append(begins[-1] + length)
    column = Column()
    column.extend(np.array(ends, np.int64), np.subtract(ends, begins))
    expected = [sum(max(0, min(t, e) - b) for b, e in zip(begins, ends)) for t in wanted]
    assert column.passed(np.array(wanted, np.int64)).tolist() == expected


def test_pages_join_without_a_seam(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(columns, "PAGE", 128)
    times = np.arange(0, 5000, 5, dtype=np.int64)
    column = Column()
    for start in range(0, 1000, 37):
        column.extend(times[start : start + 37], times[start : start + 37] % 97)
    at = np.arange(-3, 5100, 11)
    assert column.index_each(at).tolist() == [(times <= t).sum() for t in at]
    assert column.area(at).tolist() == [int((t - times[times <= t]).sum()) for t in at]
    assert column.values(-1, 4000).tolist() == (times[times <= 4000] % 97).tolist()
    assert column.total(17, 4321) == (times[(times > 17) & (times <= 4321)] % 97).sum()


def test_pages_that_are_full_have_no_next_one_yet(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(columns, "PAGE", 64)
    rows = Paged(np.int64)
    rows.append(np.arange(128))
    assert rows.part(128, 128).tolist() == []
    assert rows.part(60, 70).tolist() == list(range(60, 70))
    moments = Moments()
    moments.add(np.arange(128))
    assert moments.index_each(np.array([127, 500])).tolist() == [128, 128]
