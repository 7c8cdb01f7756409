"""The fixed table of buckets in which durations are counted.

A duration is counted in one of `BUCKETS` buckets. Their bounds are whole microseconds, each a tenth above the
one before: a percentile is known to 5 %, and counts of any time, route and host can be added up.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from math import isqrt
from typing import Final

SHORTEST: Final = 100
"""The second bucket begins at this many microseconds. Shorter durations are in the first one."""

LONGEST: Final = 3_600_000_000
"""The last bucket begins at this many microseconds: an hour."""


def _bounds() -> tuple[int, ...]:
    steps: list[int] = []
    over, below = SHORTEST, 1
    while (bound := over // below) < LONGEST:
        steps.append(bound)
        over, below = over * 11, below * 10
    return (*steps, LONGEST)


BOUNDS: Final = _bounds()
"""The beginnings of the buckets, without the first one, which begins at 0.

The database stores their numbers, so this table never changes.
"""

BUCKETS: Final = len(BOUNDS) + 1
"""How many buckets there are."""

CODE_BITS: Final = 32
CODES: Final = 1 << CODE_BITS
"""`bucket * CODES + code` is one number for both, because there are fewer codes."""

CODE_MASK: Final = CODES - 1

MINUTES_PER_HOUR: Final = 60
HOURS_PER_DAY: Final = 24


def bucket_of(microseconds: int) -> int:
    """Return the number of the bucket of a duration."""
    return bisect_right(BOUNDS, microseconds)


def middle_of(bucket: int) -> int:
    """Return the microseconds that represent a bucket: the geometric middle of its bounds.

    The first bucket is represented by 0, because a log in milliseconds writes most of its durations as 0. The
    last one is represented by its beginning.
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
    """Add durations by hour, code and bucket to others. `code_of` returns the other code for each code."""
    for hour, cells in durations.items():
        mine = sums.setdefault(hour, {})
        for key, requests in cells.items():
            bucket, code = divmod(key, CODES)
            recoded = bucket * CODES + code_of(code)
            mine[recoded] = mine.get(recoded, 0) + requests
