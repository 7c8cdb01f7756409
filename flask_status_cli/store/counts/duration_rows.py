"""Makes rows of durations: a time, a route or a path, and the numbers of requests by bucket as a text.

The text `45 52*7 ` says that one request is in bucket 45, and 7 are in bucket 52. Numbers of the same bucket
are added up when they are read. So two rows are added by putting their texts together, which both engines can
do in a statement. A row for each bucket would take several times as long to store.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any, Final, TypeAlias

from flask_status_cli.compiled_code import COUNT_ROWS, compiled_module
from flask_status_cli.model.duration_buckets import BUCKETS, CODE_BITS, CODE_MASK, HOURS_PER_DAY
from flask_status_cli.model.durations import Durations, parts_of
from flask_status_cli.store.database.sqlite_errors import DamagedValue

FIRST_HOUR: Final = -(1 << 31)
LAST_HOUR: Final = (1 << 31) - 1
"""All hours are between these."""

_WORD: Final = re.compile(r"([0-9]{1,3})(?:\*([1-9][0-9]{0,18}))?", re.ASCII)

Rows: TypeAlias = list[Any]
"""The values of rows, row after row: time, group, buckets. A group is the number of a route or of a path."""


def packed(buckets: Mapping[int, int]) -> str:
    """Return numbers of requests by bucket as a text, in order of the buckets."""
    return "".join(
        f"{bucket} " if requests == 1 else f"{bucket}*{requests} "
        for bucket, requests in sorted(buckets.items())
    )


def unpacked(buckets: str) -> dict[int, int]:
    """Return numbers of requests by bucket. Raises `DamagedValue` if the text is not one of `packed`."""
    sums: dict[int, int] = {}
    for word, times in Counter(buckets.split()).items():
        found = _WORD.fullmatch(word)
        if found is None or int(found[1]) >= BUCKETS:
            raise DamagedValue
        bucket = int(found[1])
        sums[bucket] = sums.get(bucket, 0) + times * int(found[2] or 1)
    return sums


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


def rows_of(
    durations: Durations,
    groups: Mapping[int, int],
    *,
    first: int = FIRST_HOUR,
    last: int = LAST_HOUR,
) -> tuple[Rows, Rows]:
    """Return the rows of hours, and those of days, sorted by their key.

    `groups` has the group of each code; codes without one are left out. So are hours before `first` and after
    `last`.
    """
    module = compiled_module(COUNT_ROWS)
    if module is not None:
        rows: tuple[Rows, Rows] = module.duration_rows(
            *parts_of(durations), dict(groups), first, last
        )
        return rows
    hours: dict[int, dict[int, Counter[int]]] = {}
    days: dict[int, dict[int, Counter[int]]] = {}
    for hour, cells in durations.items():
        if not first <= hour <= last:
            continue
        for key, requests in cells.items():
            group = groups.get(key & CODE_MASK)
            if group is not None:
                bucket = key >> CODE_BITS
                for times, time in ((hours, hour), (days, hour // HOURS_PER_DAY)):
                    times.setdefault(time, {}).setdefault(group, Counter())[bucket] += requests
    return _flat(hours), _flat(days)


def _flat(times: Mapping[int, Mapping[int, Mapping[int, int]]]) -> Rows:
    flat: Rows = []
    for time in sorted(times):
        for group in sorted(times[time]):
            flat += (time, group, packed(times[time][group]))
    return flat
