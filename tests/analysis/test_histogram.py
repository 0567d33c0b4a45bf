"""Percentiles from buckets against percentiles of the values themselves."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nvmeviz.analysis.columns import Paged
from nvmeviz.analysis.histogram import BUCKETS, EDGES, Histogram, bucket_of, percentiles


@given(st.integers(1, 2**32 - 1))
def test_a_value_lies_within_its_bucket_and_that_is_narrow(value):
    bucket = int(bucket_of(np.array([value], np.uint32))[0])
    assert 0 <= bucket < BUCKETS
    assert EDGES[bucket] <= value < EDGES[bucket + 1]
    assert EDGES[bucket + 1] / EDGES[bucket] <= 1 + 1 / 32


@pytest.fixture
def column() -> Paged:
    made = Paged(np.uint32)
    rng = np.random.default_rng(3)
    made.append((20_000 * rng.lognormal(0, 0.6, 9_000)).astype(np.uint32))
    return made


def test_counts_before_any_entry_are_those_of_the_values(column):
    histogram = Histogram(column)
    histogram.update()
    at = np.array([0, 1, 1023, 1024, 1025, 8999, 9000])
    for index, counts in zip(at, histogram.before(at)):
        values = column.part(0, int(index))
        assert counts.tolist() == np.bincount(bucket_of(values), minlength=BUCKETS).tolist()


@pytest.mark.parametrize("share", [0.0, 0.5, 0.99, 0.999, 1.0])
def test_percentiles_are_exact_to_about_a_hundredth(column, share):
    histogram = Histogram(column)
    histogram.update()
    counts = np.diff(histogram.before(np.array([500, 8000])), axis=0)
    exact = np.percentile(column.part(500, 8000), share * 100, method="inverted_cdf")
    assert percentiles(counts, share)[0] == pytest.approx(exact, rel=0.016)


def test_no_entries_have_no_percentile():
    assert np.isnan(percentiles(np.zeros((1, BUCKETS), np.int64), 0.5)).all()
