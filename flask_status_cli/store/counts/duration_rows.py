"""Makes rows of durations: a time, a route or a path, and the numbers of requests by bucket as a text.

The text `45 52*7 ` says that one request is in bucket 45, and 7 are in bucket 52. Numbers of the same bucket
are added up when they are read. So two rows are added by putting their texts together, which both engines can
do in a statement. A row for each bucket would take several times as long to store.

The text of a day has all requests of the day. A letter before a bucket is the hour of the day, from `a` for 0
to `x` for 23: `n45 n52*7 `. The requests without a letter are in rows of their hours, too. If a day has few
requests, its hours need no rows of their own, and most days have few.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any, Final, TypeAlias

from flask_status_cli.compiled_code import COUNT_ROWS, compiled_module
from flask_status_cli.lazy_pattern import LazyPattern
from flask_status_cli.model.duration_buckets import BUCKETS, CODE_BITS, CODE_MASK, HOURS_PER_DAY
from flask_status_cli.model.durations import Durations, parts_of
from flask_status_cli.store.database.sqlite_errors import DamagedValue

FIRST_HOUR: Final = -(1 << 31)
LAST_HOUR: Final = (1 << 31) - 1
"""All hours are between these."""

LONGEST_WITH_HOURS: Final = 1_500
"""If the text of a day would be longer with the hours of its buckets, the hours get rows of their own."""

FIRST_LETTER: Final = "a"
"""The letter of the first hour of a day."""

_WORD: Final = LazyPattern(r"([a-x])?([0-9]{1,3})(?:\*([1-9][0-9]{0,18}))?", re.ASCII)

Rows: TypeAlias = list[Any]
"""The values of rows, row after row: time, group, buckets. A group is the number of a route or of a path."""


def packed(buckets: Mapping[int, int]) -> str:
    """Return numbers of requests by bucket as a text, in order of the buckets."""
    return "".join(
        f"{bucket} " if requests == 1 else f"{bucket}*{requests} "
        for bucket, requests in sorted(buckets.items())
    )


def unpacked(buckets: str) -> dict[int, int]:
    """Return numbers of requests by bucket, whatever their hours.

    Raises `DamagedValue` if the text is not one of a row.
    """
    sums: dict[int, int] = {}
    for _, bucket, requests in _words(buckets):
        sums[bucket] = sums.get(bucket, 0) + requests
    return sums


def unpacked_hours(day: int, buckets: str) -> dict[int, dict[int, int]]:
    """Return numbers of requests by hour and bucket: those of a day that have their hour in its text."""
    hours: dict[int, dict[int, int]] = {}
    for letter, bucket, requests in _words(buckets):
        if letter:
            sums = hours.setdefault(day * HOURS_PER_DAY + ord(letter) - ord(FIRST_LETTER), {})
            sums[bucket] = sums.get(bucket, 0) + requests
    return hours


def _words(buckets: str) -> Iterator[tuple[str | None, int, int]]:
    for word, times in Counter(buckets.split()).items():
        found = _WORD.fullmatch(word)
        if found is None or int(found[2]) >= BUCKETS:
            raise DamagedValue
        yield found[1], int(found[2]), times * int(found[3] or 1)


def joined(rows: Iterable[tuple[Any, ...]]) -> dict[tuple[Any, ...], str]:
    """Return the buckets of all rows by their key, which is all other values. Equal keys are added up."""
    texts: dict[tuple[Any, ...], str] = {}
    for row in rows:
        key, buckets = row[:-1], row[-1]
        texts[key] = texts[key] + buckets if key in texts else buckets
    return texts


def flattened(rows: Mapping[tuple[Any, ...], str]) -> Rows:
    """Return the values of all rows, row after row, sorted by key, because that is fastest in SQLite."""
    return list(chain.from_iterable((*key, rows[key]) for key in sorted(rows)))


def hours_and_days(
    hours: Mapping[tuple[int, int], str], *, all_hours: bool = False
) -> tuple[Rows, Rows]:
    """Return the rows of hours, and those of days, sorted by their key. `hours` has texts by hour and group.

    With `all_hours`, each hour gets a row.
    """
    most = 0 if all_hours else LONGEST_WITH_HOURS
    days: dict[tuple[int, int], list[int]] = {}
    for hour, group in sorted(hours):
        days.setdefault((hour // HOURS_PER_DAY, group), []).append(hour)
    of_hours: dict[tuple[int, int], str] = {}
    of_days: dict[tuple[int, int], str] = {}
    for (day, group), within in days.items():
        text = "".join(_with_hour(hour, hours[hour, group]) for hour in within)
        if len(text) > most:
            text = packed(unpacked(text))
            of_hours.update({(hour, group): hours[hour, group] for hour in within})
        of_days[day, group] = text
    return flattened(of_hours), flattened(of_days)


def _with_hour(hour: int, buckets: str) -> str:
    letter = chr(ord(FIRST_LETTER) + hour % HOURS_PER_DAY)
    return "".join(f"{letter}{word} " for word in buckets.split())


def rows_of(
    durations: Durations,
    groups: Mapping[int, int],
    *,
    first: int = FIRST_HOUR,
    last: int = LAST_HOUR,
    all_hours: bool = False,
) -> tuple[Rows, Rows]:
    """Return the rows of hours, and those of days, as `hours_and_days` does.

    `groups` has the group of each code; codes without one are left out. So are hours before `first` and after
    `last`.
    """
    module = compiled_module(COUNT_ROWS)
    if module is not None:
        rows: tuple[Rows, Rows] = module.duration_rows(
            *parts_of(durations), dict(groups), first, last, 0 if all_hours else LONGEST_WITH_HOURS
        )
        return rows
    hours: dict[tuple[int, int], Counter[int]] = {}
    for hour, cells in durations.items():
        if not first <= hour <= last:
            continue
        for key, requests in cells.items():
            group = groups.get(key & CODE_MASK)
            if group is not None:
                hours.setdefault((hour, group), Counter())[key >> CODE_BITS] += requests
    texts = {key: packed(sums) for key, sums in hours.items()}
    return hours_and_days(texts, all_hours=all_hours)
