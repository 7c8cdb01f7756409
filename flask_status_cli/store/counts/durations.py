"""How long requests took: numbers of requests by route and bucket, for each hour and each day of UTC.

Days have all durations, so that a report of a month reads few rows. Hours have rows of their own where a day
has many durations; see `duration_rows`. The durations of waiting paths are with their requests until the path
answers; see `waiting_paths`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, TypeAlias, cast

from flask_status_cli.model import MinuteCounts
from flask_status_cli.model.duration_buckets import HOURS_PER_DAY, MINUTES_PER_HOUR
from flask_status_cli.model.durations import Durations
from flask_status_cli.store.counts.duration_rows import (
    Rows,
    flattened,
    hours_and_days,
    joined,
    packed,
    rows_of,
    unpacked,
    unpacked_hours,
)
from flask_status_cli.store.database.connection import Connection, HeldRows
from flask_status_cli.store.statements import compiled_durations
from flask_status_cli.store.statements.prepared import Prepared

LONG: Final = 2_000
"""Texts longer than this are made shorter before durations of their time are added.

The text of all 185 buckets has 1,600 characters if each has some thousand requests.
"""

TIERS: Final = (
    (
        compiled_durations.LONG_HOUR_DURATIONS,
        compiled_durations.PUT_HOUR_DURATIONS,
        "hour",
        MINUTES_PER_HOUR,
    ),
    (
        compiled_durations.LONG_DAY_DURATIONS,
        compiled_durations.PUT_DAY_DURATIONS,
        "day",
        MINUTES_PER_HOUR * HOURS_PER_DAY,
    ),
)
"""How long rows are found and replaced, the column of time of their table, and its unit in minutes."""

Row: TypeAlias = tuple[int, int, str]
"""The values (time, route, buckets)."""


def add(connection: Connection, places: Mapping[int, tuple[int, int]], batch: MinuteCounts) -> None:
    """Add the durations of a batch to the routes of their codes.

    `places` has (route, status) by code. Codes that are not in it are left out.
    """
    durations = batch.durations
    if durations:
        groups = {code: route for code, (route, _) in places.items()}
        connection.add_made(lambda: _held(*rows_of(durations, groups)))


def _held(hours: Rows, days: Rows) -> tuple[HeldRows, HeldRows]:
    return (
        (compiled_durations.ADD_HOUR_DURATIONS, hours),
        (compiled_durations.ADD_DAY_DURATIONS, days),
    )


def held_hours(rows: Iterable[Row]) -> tuple[HeldRows, HeldRows]:
    """Return the rows that add those of hours, which may be in any order. They are counted by day, too."""
    return _held(*hours_and_days(joined(rows)))


def add_minutes(connection: Connection, rows: Iterable[Row]) -> None:
    """Add the durations of waiting paths: (minute of the hour, route, buckets)."""
    hours = ((minute // MINUTES_PER_HOUR, route, buckets) for minute, route, buckets in rows)
    for additive, flat in held_hours(hours):
        connection.add_at_last(additive, flat)


def long_rows(counts: Sequence[MinuteCounts]) -> list[tuple[Prepared, dict[str, int]]]:
    """Return the queries that find the long rows at the time of counts: one for hours, and one for days.

    The time is that from the minute that was counted first to the one that was counted last. In a log in
    order these are all minutes. Other long rows are found later.
    """
    ends: list[int] = []
    for each in counts:
        if each.durations and each.minutes:
            minutes = cast("dict[int, object]", each.minutes)
            ends += (next(iter(minutes)), next(reversed(minutes)))
    if not ends:
        return []
    first, last = min(ends), max(ends)
    return [
        (query, {"first": first // unit, "last": last // unit, "most": LONG})
        for query, _, _, unit in TIERS
    ]


def join_long_rows(connection: Connection, counts: Sequence[MinuteCounts]) -> None:
    """Add up the buckets of long rows at the time of counts, so that rows do not grow with each run.

    A long day loses the hours of its buckets. They get rows of their own.
    """
    for (query, values), (_, put, time, _) in zip(long_rows(counts), TIERS, strict=False):
        found = connection.rows(query, **values)
        if time == "day":
            connection.add(compiled_durations.ADD_HOUR_DURATIONS, _hours_of(found))
        connection.change_each(
            put,
            [
                {time: at, "route": route, "buckets": packed(unpacked(buckets))}
                for at, route, buckets in found
            ],
        )


def _hours_of(days: Iterable[Row]) -> Rows:
    """Return the rows of the hours that the texts of days have."""
    hours = {
        (hour, route): packed(sums)
        for day, route, buckets in days
        for hour, sums in unpacked_hours(day, buckets).items()
    }
    return flattened(hours)


def of_paths(
    durations: Durations, paths: Mapping[int, tuple[str, int]]
) -> dict[tuple[str, int], str]:
    """Return the buckets of waiting paths by path and hour. `paths` has (path, status) by code."""
    if not durations:
        return {}
    numbers: dict[str, int] = {}
    groups = {code: numbers.setdefault(path, len(numbers)) for code, (path, _) in paths.items()}
    names = list(numbers)
    flat, _ = rows_of(durations, groups, all_hours=True)
    return {
        (names[number], hour): text
        for hour, number, text in zip(flat[::3], flat[1::3], flat[2::3], strict=True)
    }
