"""Percentiles of durations that are counted by bucket."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import timedelta
from itertools import accumulate
from typing import Final

from flask_status_cli.frozen import frozen
from flask_status_cli.model.duration_buckets import BOUNDS, middle_of


@frozen
class Latency:
    """How long requests took: the number of requests in each bucket. Percentiles are in microseconds."""

    buckets: Mapping[int, int] = field(default_factory=dict)

    def __add__(self, other: Latency) -> Latency:
        sums = dict(self.buckets)
        for bucket, n in other.buckets.items():
            sums[bucket] = sums.get(bucket, 0) + n
        return Latency(sums)

    @property
    def n(self) -> int:
        """The number of logged durations."""
        return sum(self.buckets.values())

    @property
    def p50(self) -> int | None:
        """The median."""
        return self.percentile(50)

    @property
    def p95(self) -> int | None:
        """The duration that 95 of 100 requests do not exceed."""
        return self.percentile(95)

    @property
    def p99(self) -> int | None:
        """The duration that 99 of 100 requests do not exceed."""
        return self.percentile(99)

    def percentile(self, percent: int) -> int | None:
        """Return a percentile, `None` if no duration was logged."""
        return percentile(self.buckets, percent) if self.n else None


NOT_LOGGED: Final = Latency()
"""The latency if no duration was logged."""


def percentile(buckets: Mapping[int, int], percent: int) -> int:
    """Return a percentile in microseconds by nearest rank.

    Among `n` sorted durations it is the one with the rank `percent * n / 100`, rounded up. The shortest one
    has rank 1. Raises `ValueError` if nothing is counted.
    """
    ordered = sorted(bucket for bucket, n in buckets.items() if n)
    if not ordered:
        raise ValueError("no duration is counted")
    sums = list(accumulate(buckets[bucket] for bucket in ordered))
    rank = max(-(-percent * sums[-1] // 100), 1)
    return middle_of(next(b for b, n in zip(ordered, sums, strict=True) if n >= rank))


@frozen
class LatencyLimits:
    """The percentile that `check` tests, and the durations above which the state is WARNING or CRITICAL."""

    percent: int
    warning: timedelta | None = None
    critical: timedelta | None = None


@frozen
class DurationCount:
    """One row of `flask-status counts --latency`: the requests of one period, route and bucket.

    `time` is the epoch minute at which the period begins.
    """

    time: int
    label: str
    rule: str
    bucket: int
    requests: int

    @property
    def least(self) -> int:
        """The lower bound of the bucket in microseconds (inclusive)."""
        return BOUNDS[self.bucket - 1] if self.bucket else 0

    @property
    def below(self) -> int | None:
        """The upper bound of the bucket in microseconds (exclusive), `None` for the last bucket."""
        return BOUNDS[self.bucket] if self.bucket < len(BOUNDS) else None
