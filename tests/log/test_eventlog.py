"""The event log against a plain list; blocks that were released come back the same."""

from __future__ import annotations

from bisect import bisect_right

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nvmeviz.log.eventlog import EventLog
from nvmeviz.log.events import EVENT


def rows_of(times: list[int], first: int = 0) -> np.ndarray:
    """Events at these times, numbered in `cause` so that none is like another."""
    rows = np.zeros(len(times), EVENT)
    rows["t"] = times
    rows["cause"] = range(first, first + len(times))
    return rows


blocks_of_times = st.lists(st.lists(st.integers(0, 5), max_size=6), max_size=8)


def build(steps: list[list[int]], log: EventLog) -> list[tuple[int, int]]:
    """Append blocks whose times grow by the given steps; the same events as a plain list."""
    plain: list[tuple[int, int]] = []
    t = 0
    for block in steps:
        times: list[int] = []
        for step in block:
            t += step
            times.append(t)
        log.append(rows_of(times, len(plain)), t)
        plain += [(t, len(plain) + i) for i, t in enumerate(times)]
    return plain


def as_pairs(events: np.ndarray) -> list[tuple[int, int]]:
    return [(int(t), int(cause)) for t, cause in events[["t", "cause"]].tolist()]


@given(blocks_of_times)
def test_the_log_is_a_list(steps: list[list[int]]):
    log = EventLog()
    plain = build(steps, log)
    assert len(log) == len(plain)
    times = [t for t, _ in plain]
    for start in range(-2, len(plain) + 2):
        for stop in range(start, len(plain) + 3):
            expected = plain[max(0, start) : max(0, stop)]
            assert as_pairs(log.slice(start, stop)) == expected
    for t in range(-1, (times[-1] if times else 0) + 2):
        assert log.count_at(t) == bisect_right(times, t)
    for index, t in enumerate(times):
        assert log.time_of(index) == t


@given(blocks_of_times, st.lists(st.integers(0, 50), max_size=20))
@settings(max_examples=60)
def test_released_blocks_come_back_the_same(steps: list[list[int]], order: list[int]):
    kept = EventLog()
    plain = build(steps, kept)
    log = EventLog(budget_bytes=64)  # two events
    made_again: list[int] = []

    def refill(number: int) -> np.ndarray:
        made_again.append(number)
        return kept.events_of(number).copy()

    log.refill = refill
    build(steps, log)
    held = [block for block in log.blocks if block.events is not None]
    assert sum(block.events.nbytes for block in held if block.events is not None) <= max(
        64, max((block.count for block in log.blocks), default=0) * 32
    )
    for at in order:
        assert as_pairs(log.slice(at, at + 5)) == plain[at : at + 5]
    assert as_pairs(log.slice(0, len(plain))) == plain
    if len(held) < len(log.blocks):
        assert made_again


def test_without_a_refill_nothing_is_released():
    log = EventLog(budget_bytes=0)
    plain = build([[1, 1], [1, 1], [1]], log)
    assert all(block.events is not None for block in log.blocks)
    assert as_pairs(log.slice(0, 99)) == plain


def test_an_empty_append_moves_the_frontier_alone():
    log = EventLog()
    log.append(rows_of([]), 50)
    assert (len(log), log.frontier_ns, log.count_at(99)) == (0, 50, 0)


def test_time_never_goes_back():
    log = EventLog()
    log.append(rows_of([5, 9]), 10)
    with pytest.raises(AssertionError, match="never goes back"):
        log.append(rows_of([]), 9)
    with pytest.raises(AssertionError, match="in time order"):
        log.append(rows_of([8]), 12)


def test_appended_events_are_frozen():
    log = EventLog()
    rows = rows_of([1])
    log.append(rows, 1)
    with pytest.raises(ValueError, match="read-only"):
        rows["t"] = 2


def test_reading_a_released_block_does_not_keep_it():
    log = EventLog(budget_bytes=0)
    made = {n: rows_of([n * 10, n * 10 + 1]) for n in range(3)}
    log.refill = lambda number: made[number].copy()
    for n in range(3):
        log.append(made[n], n * 10 + 5)
    assert [block.events is None for block in log.blocks] == [True, True, False]
    assert log.is_released(0)
    assert not log.is_released(4)
    assert log.read(0)["t"].tolist() == [0, 1]
    assert log.blocks[0].events is None
