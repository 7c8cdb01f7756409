"""Reads and deletes durations; `store.counts.durations` adds them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from sqlalchemy import Column, ColumnElement, Select, Table, delete, func, select

from flask_status_cli.model import UNMATCHED
from flask_status_cli.model.duration_buckets import HOURS_PER_DAY, MINUTES_PER_HOUR
from flask_status_cli.model.latency import DurationCount
from flask_status_cli.store.counts.duration_rows import joined, unpacked, unpacked_hours
from flask_status_cli.store.database.connection import Connection
from flask_status_cli.store.schema.tables import (
    day_duration,
    hour_duration,
    route,
    waiting,
)

TIERS: Final = (hour_duration, day_duration)
"""The tables of durations by route."""

_TOOK: Final = waiting.c.buckets != ""


def days_before(connection: Connection, minute: int) -> Iterator[tuple[int, int]]:
    """Yield [start, end) of each day with durations that ends before a minute, oldest first."""
    end = minute // (MINUTES_PER_HOUR * HOURS_PER_DAY)
    day = day_duration.c.day
    found = connection.scalar(select(func.min(day)).where(day < end))
    while found is not None:
        yield found, found + 1
        found = connection.scalar(select(func.min(day)).where(day > found, day < end))


def delete_days(connection: Connection, start: int, end: int) -> None:
    """Delete the durations of the days [start, end)."""
    hour, day = hour_duration.c.hour, day_duration.c.day
    hours = start * HOURS_PER_DAY, end * HOURS_PER_DAY
    connection.execute(delete(hour_duration).where(hour >= hours[0], hour < hours[1]))
    connection.execute(delete(day_duration).where(day >= start, day < end))


def sums(connection: Connection, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Yield (route, bucket, requests) of the hours [start, end).

    Whole days are read from the table of days. Waiting paths are part of `<unmatched>`.
    """
    first, last = -(-start // HOURS_PER_DAY), end // HOURS_PER_DAY
    asked = [_waiting_rows(start, end)]
    if first < last:
        asked.append(_rows(day_duration, first, last))
        edges = [(start, first * HOURS_PER_DAY), (last * HOURS_PER_DAY, end)]
    else:
        edges = [(start, end)]
    edges = [(begin, beyond) for begin, beyond in edges if begin < beyond]
    asked += [_rows(hour_duration, begin, beyond) for begin, beyond in edges]
    found = (tuple(row) for query in asked for row in connection.execute(query))
    for (number,), buckets in joined(found).items():
        for bucket, requests in unpacked(buckets).items():
            yield number, bucket, requests
    for begin, beyond in edges:
        for hour, number, by_bucket in _hours_of_days(connection, begin, beyond):
            if begin <= hour < beyond:
                for bucket, requests in by_bucket.items():
                    yield number, bucket, requests


def _hours_of_days(
    connection: Connection, start: int, end: int
) -> Iterator[tuple[int, int, Mapping[int, int]]]:
    """Yield (hour, route, requests by bucket) as the texts of the days of [start, end) have them."""
    day = day_duration.c.day
    within = day >= start // HOURS_PER_DAY, day < -(-end // HOURS_PER_DAY)
    for found, number, buckets in connection.execute(select(day_duration).where(*within)):
        for hour, by_bucket in unpacked_hours(found, buckets).items():
            yield hour, number, by_bucket


def listed(connection: Connection, *, by_day: bool) -> Iterator[DurationCount]:
    """Yield all counts of durations, by hour or by day, sorted by time, label, rule and bucket."""
    known = connection.execute(select(route.c.id, route.c.label, route.c.rule))
    names = {number: (label, rule) for number, label, rule in known}
    day = _first_day(connection, None)
    while day is not None:
        start, end = day * HOURS_PER_DAY, (day + 1) * HOURS_PER_DAY
        cells: Counter[tuple[int, str, str, int]] = Counter()
        for hour, number, buckets in _by_hour(connection, start, end):
            label, rule = names[number]
            time = start if by_day else hour
            for bucket, requests in buckets.items():
                cells[time, label, rule, bucket] += requests
        for hour, label, rule, bucket in sorted(cells):
            n = cells[hour, label, rule, bucket]
            yield DurationCount(hour * MINUTES_PER_HOUR, label, rule, bucket, n)
        day = _first_day(connection, day + 1)


def _by_hour(
    connection: Connection, start: int, end: int
) -> Iterator[tuple[int, int, Mapping[int, int]]]:
    """Yield (hour, route, requests by bucket) of the hours [start, end), which are whole days."""
    hour = hour_duration.c.hour
    stored = select(hour_duration).where(hour >= start, hour < end)
    for time, number, buckets in connection.execute(stored):
        yield time, number, unpacked(buckets)
    for minute, number, buckets in connection.execute(_waiting_rows(start, end, waiting.c.minute)):
        yield minute // MINUTES_PER_HOUR, number, unpacked(buckets)
    yield from _hours_of_days(connection, start, end)


def _first_day(connection: Connection, since: int | None) -> int | None:
    """Return the first day with durations, or the first one from the day `since` on."""
    day, minute = day_duration.c.day, waiting.c.minute
    days, minutes = select(func.min(day)), select(func.min(minute)).where(_TOOK)
    if since is not None:
        days = days.where(day >= since)
        minutes = minutes.where(minute >= since * HOURS_PER_DAY * MINUTES_PER_HOUR)
    found: int | None = connection.scalar(days)
    waits: int | None = connection.scalar(minutes)
    both = (found, None if waits is None else waits // MINUTES_PER_HOUR // HOURS_PER_DAY)
    return min((each for each in both if each is not None), default=None)


def waiting_of(
    connection: Connection, paths: Iterable[tuple[str, str]], start: int, end: int
) -> Iterator[tuple[str, str, int, int]]:
    """Yield (label, path, bucket, requests) of some waiting paths in the hours [start, end)."""
    for label, rule in paths:
        of_path = waiting.c.label == label, waiting.c.rule == rule
        found = select(waiting.c.buckets).where(*of_path, _within(start, end, waiting.c.minute))
        buckets = "".join(connection.scalars(found))
        for bucket, requests in unpacked(buckets).items():
            yield label, rule, bucket, requests


def _within(start: int, end: int, minute: ColumnElement[int]) -> ColumnElement[bool]:
    """Return the condition that waiting requests are in the hours [start, end) and have durations."""
    return _TOOK & (minute >= start * MINUTES_PER_HOUR) & (minute < end * MINUTES_PER_HOUR)


def _rows(table: Table, start: int, end: int) -> Select[int, str]:
    time: Column[int] = table.columns[0]
    return select(table.c.route, table.c.buckets).where(time >= start, time < end)


def _waiting_rows(start: int, end: int, *first: Column[int]) -> Select[*tuple[Any, ...]]:
    """Return the query of waiting durations: the columns `first`, the number of `<unmatched>`, buckets.

    If there are no such columns, all rows are read. In most reports, most of them are within the time, and
    then it takes SQLite ten times as long to look each one up in the index of minutes. The sum prevents that.
    """
    minute = first[0] if first else waiting.c.minute + 0
    unmatched = (route.c.label == waiting.c.label) & (route.c.rule == UNMATCHED)
    return (
        select(*first, route.c.id, waiting.c.buckets)
        .join_from(waiting, route, unmatched)
        .where(_within(start, end, minute))
    )
