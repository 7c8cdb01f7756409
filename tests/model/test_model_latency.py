"""The buckets in which durations are counted, and percentiles from them."""

from __future__ import annotations

from collections import Counter
from math import ceil, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_status_cli.model.duration_buckets import BOUNDS, BUCKETS, bucket_of, middle_of
from flask_status_cli.model.latency import DurationCount, Latency, percentile

HOUR = 3_600_000_000

durations = st.integers(0, 2 * HOUR) | st.integers(0, 100_000)


def test_the_bounds_grow_by_a_tenth_from_100_microseconds_to_an_hour() -> None:
    # 100 times 1.1 to the power of 0, 1, 2, 3, 10, 100 and 182, cut to whole microseconds, by hand with bc.
    assert [BOUNDS[n] for n in (0, 1, 2, 3, 10, 100)] == [100, 110, 121, 133, 259, 1_378_061]
    assert BOUNDS[-2:] == (3_415_613_322, HOUR)
    assert len(BOUNDS) + 1 == BUCKETS


@pytest.mark.parametrize(
    ("microseconds", "bucket"),
    [(0, 0), (99, 0), (100, 1), (109, 1), (110, 2), (HOUR - 1, 183), (HOUR, 184), (10 * HOUR, 184)],
)
def test_a_bucket_begins_with_its_bound(microseconds: int, bucket: int) -> None:
    assert bucket_of(microseconds) == bucket


@given(durations)
def test_a_duration_lies_in_its_bucket(microseconds: int) -> None:
    cell = DurationCount(0, "", "/", bucket_of(microseconds), 1)
    assert cell.least <= microseconds
    assert cell.below is None or microseconds < cell.below


@pytest.mark.parametrize(
    ("bucket", "microseconds"),
    # The geometric middle of 100 and 110 is 104.88, of 121 and 133 it is 126.86.
    [(0, 0), (1, 105), (3, 127), (184, HOUR)],
)
def test_the_middle_of_a_bucket_is_geometric(bucket: int, microseconds: int) -> None:
    assert middle_of(bucket) == microseconds


@given(st.lists(durations, min_size=1, max_size=300), st.sampled_from([50, 95, 99]))
def test_a_percentile_is_that_of_the_sorted_durations_to_the_width_of_a_bucket(
    logged: list[int], percent: int
) -> None:
    # Nearest rank, numpy's method "inverted_cdf": the first duration that so many of a hundred reach at most.
    exact = sorted(logged)[max(ceil(percent * len(logged) / 100), 1) - 1]
    found = percentile(Counter(map(bucket_of, logged)), percent)
    assert bucket_of(found) == bucket_of(exact)
    if 1000 <= exact < HOUR:
        assert exact / sqrt(1.104) <= found <= exact * sqrt(1.104)


@pytest.mark.parametrize(
    ("buckets", "expected"),
    [
        ({}, (0, None, None, None)),
        ({1: 1}, (1, 105, 105, 105)),
        ({1: 1, 3: 1}, (2, 105, 127, 127)),
        ({1: 95, 3: 4, 184: 1}, (100, 105, 105, 127)),
        ({1: 94, 3: 5, 184: 1}, (100, 105, 127, 127)),
        ({1: 50, 3: 48, 184: 2}, (100, 105, 127, HOUR)),
    ],
)
def test_percentiles_are_of_the_nearest_rank(
    buckets: dict[int, int], expected: tuple[int | None, ...]
) -> None:
    found = Latency(buckets)
    assert (found.n, found.p50, found.p95, found.p99) == expected


def test_two_latencies_can_be_added() -> None:
    assert Latency({1: 2, 3: 1}) + Latency({3: 4, 5: 1}) == Latency({1: 2, 3: 5, 5: 1})


def test_without_durations_there_is_no_percentile() -> None:
    with pytest.raises(ValueError, match="no duration is counted"):
        percentile({1: 0}, 50)
