"""The fixed table of buckets in which durations are counted.

A duration is counted in one of `BUCKETS` buckets. Their bounds are whole microseconds, each 10 % above the
one before. So a percentile is exact to 5 %, and counts of several hours, routes and hosts can be added up.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from math import isqrt
from typing import Final

SHORTEST: Final = 100
"""The lower bound of the second bucket, in microseconds. Shorter durations are in the first bucket."""

LONGEST: Final = 3_600_000_000
"""The lower bound of the last bucket, in microseconds: an hour."""


def _bounds() -> tuple[int, ...]:
    steps: list[int] = []
    over, below = SHORTEST, 1
    while (bound := over // below) < LONGEST:
        steps.append(bound)
        over, below = over * 11, below * 10
    return (*steps, LONGEST)


BOUNDS: Final = _bounds()
"""The lower bounds of the buckets, except the bound of the first one, which is 0.

The database stores the numbers of the buckets, so this table must never change.
"""

BUCKETS: Final = len(BOUNDS) + 1
"""The number of buckets."""

CODE_BITS: Final = 32
CODES: Final = 1 << CODE_BITS
"""A number that is higher than every code. A code is the number of a (rule, status) pair.

So `bucket * CODES + code` is one number for a bucket and a code.
"""

CODE_MASK: Final = CODES - 1

MINUTES_PER_HOUR: Final = 60
HOURS_PER_DAY: Final = 24


def bucket_of(microseconds: int) -> int:
    """Return the number of the bucket that counts a duration."""
    return bisect_right(BOUNDS, microseconds)


def middle_of(bucket: int) -> int:
    """Return the duration that represents a bucket, in microseconds: the geometric mean of its bounds.

    0 represents the first bucket, because a log in milliseconds has 0 for most such durations. The lower
    bound represents the last bucket.
    """
    if bucket == 0:
        return 0
    if bucket == len(BOUNDS):
        return BOUNDS[-1]
    return (isqrt(4 * BOUNDS[bucket - 1] * BOUNDS[bucket]) + 1) // 2


def add_recoded(
    sums: dict[int, dict[int, int]],
    durations: Mapping[int, Mapping[int, int]],
    code_of: Callable[[int], int],
) -> None:
    """Add `durations` to `sums`; both are by hour, bucket and code. `code_of` returns the code in `sums`."""
    for hour, cells in durations.items():
        mine = sums.setdefault(hour, {})
        for key, requests in cells.items():
            bucket, code = divmod(key, CODES)
            recoded = bucket * CODES + code_of(code)
            mine[recoded] = mine.get(recoded, 0) + requests
