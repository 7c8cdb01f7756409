"""Estimates whether the requests of a new log were counted before, from their numbers by minute and status.

A copy from which lines were removed, or in which each line was changed, has other bytes than the log. But
its requests are among those that were counted: in no minute does it have more of a status. A log of another
server has more in some minute, unless it is short or its server is much less busy. So each number of requests
is weighed by how often the minutes around it would have allowed it. Requests that repeat after a fixed time
prove nothing, because probes look the same on all servers.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping
from math import log2
from typing import TYPE_CHECKING, Final

from flask_status_cli.store import is_regular

if TYPE_CHECKING:
    from flask_status_cli.model import MinuteCounts
    from flask_status_cli.pipeline.ingest.writing.locked_store import Writer

Numbers = Mapping[int, Mapping[int, int]]
"""Numbers of requests, by epoch minute and status."""

MINUTES: Final = 240
"""At most so many minutes are compared, from the first one on that both have."""

AROUND: Final = 5
"""A number is compared with those of so many minutes before and after it."""

CERTAIN: Final = 20
"""The requests are taken for counted if chance is less likely than 1 in 2 to this power."""


TRIED: Final = 8
"""So many times the next `MINUTES` of a log are looked up, until some of them have counts."""


def requests_counted_before(counts: MinuteCounts, writer: Writer) -> int:
    """Return how many requests of a new log were probably counted before.

    Return 0 if chance may explain the numbers.
    """
    oldest, minutes = writer.store.oldest(), sorted(counts.minutes)
    at = 0 if oldest is None else bisect_left(minutes, oldest)
    for _ in range(TRIED if oldest is not None else 0):
        if at == len(minutes):
            break
        end = minutes[at] + MINUTES
        known = writer.store.counted(range(minutes[at], end))
        following = bisect_left(minutes, end)
        within = minutes[at:following]
        if any(known.get(minute) for minute in within):
            return probably_counted(
                {minute: _by_status(counts, minute) for minute in within}, known
            )
        at = following
    return 0


def _by_status(counts: MinuteCounts, minute: int) -> Counter[int]:
    found: Counter[int] = Counter()
    for code, requests in counts.minutes[minute].items():
        found[counts.keys[code][1]] += requests
    return found


def probably_counted(new: Numbers, known: Numbers) -> int:
    """Return how many requests of a new log were probably counted before, 0 if chance may explain them.

    `known` has what was counted before. Either all requests of the log are among these, or all of these are
    in the log. The last minute that both have is left out, because both may have stopped within it.
    """
    both = sorted(new.keys() & {minute for minute, numbers in known.items() if numbers})
    minutes = (
        [minute for minute in range(both[0], both[-1]) if minute - both[0] < MINUTES]
        if both
        else []
    )
    if max(_bits(new, known, minutes), _bits(known, new, minutes)) < CERTAIN:
        return 0
    return sum(min(n, _number(known, m, status)) for m in both for status, n in new[m].items())


def _bits(part: Numbers, whole: Numbers, minutes: list[int]) -> float:
    """Return how unlikely it is that all requests of `part` are among those of `whole` by chance.

    The result is the binary logarithm of 1 in how many. It is 0 if they are not among them.
    """
    if not minutes:
        return 0.0
    bits = 0.0
    for status in {status for minute in minutes for status in part.get(minute, ())}:
        series = {m: n for m in minutes if (n := _number(part, m, status))}
        regular = is_regular(series, minutes[-1])
        for minute, requests in series.items():
            around = range(max(minutes[0], minute - AROUND), min(minutes[-1], minute + AROUND) + 1)
            enough = sum(_number(whole, other, status) >= requests for other in around)
            if _number(whole, minute, status) < requests:
                return 0.0
            bits += 0.0 if regular else log2(len(around) / enough)
    return bits


def _number(numbers: Numbers, minute: int, status: int) -> int:
    return numbers.get(minute, {}).get(status, 0)
