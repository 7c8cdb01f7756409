"""Reads and deletes durations; `store.counts.durations` adds them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from sqlalchemy import (
    Column,
    CompoundSelect,
    Select,
    Table,
    delete,
    func,
    literal,
    select,
    union_all,
)

from flask_status_cli.model import UNMATCHED
from flask_status_cli.model.duration_buckets import HOURS_PER_DAY, MINUTES_PER_HOUR
from flask_status_cli.model.latency import DurationCount
from flask_status_cli.store.counts.duration_rows import joined, unpacked
from flask_status_cli.store.database.connection import Connection
from flask_status_cli.store.schema.tables import (
    day_duration,
    hour_duration,
    route,
    waiting_duration,
)

TIERS: Final = (hour_duration, day_duration)
"""The tables of durations by route."""


def forget(connection: Connection, label: str, rule: str, number: int | None) -> None:
    """Delete the durations of a route, and of the waiting path of the same name.

    With `<unmatched>`, the durations of all waiting paths of the label are deleted.
    """
    table = waiting_duration
    waits = table.c.label == label
    if rule != UNMATCHED:
        waits &= table.c.rule == rule
    connection.execute(delete(table).where(waits))
    if number is not None:
        for tier in TIERS:
            connection.execute(delete(tier).where(tier.c.route == number))


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
    asked += [_rows(hour_duration, begin, beyond) for begin, beyond in edges if begin < beyond]
    found = (tuple(row) for query in asked for row in connection.execute(query))
    for (number,), buckets in joined(found).items():
        for bucket, requests in unpacked(buckets).items():
            yield number, bucket, requests


def listed(connection: Connection, *, by_day: bool) -> Iterator[DurationCount]:
    """Yield all counts of durations, by hour or by day, sorted by time, label, rule and bucket."""
    day: int | None = _first_day(connection, None)
    while day is not None:
        start, end = day * HOURS_PER_DAY, (day + 1) * HOURS_PER_DAY
        cells: dict[tuple[int, str, str, int], int] = {}
        for hour, label, rule, buckets in connection.execute(_named(start, end)):
            time = day * HOURS_PER_DAY if by_day else hour
            for bucket, requests in unpacked(buckets).items():
                key = time, label, rule, bucket
                cells[key] = cells.get(key, 0) + requests
        for hour, label, rule, bucket in sorted(cells):
            n = cells[hour, label, rule, bucket]
            yield DurationCount(hour * MINUTES_PER_HOUR, label, rule, bucket, n)
        day = _first_day(connection, day + 1)


def _first_day(connection: Connection, since: int | None) -> int | None:
    hours = []
    for hour in (hour_duration.c.hour, waiting_duration.c.hour):
        first = select(func.min(hour))
        if since is not None:
            first = first.where(hour >= since * HOURS_PER_DAY)
        hours.append(connection.scalar(first))
    return min((hour // HOURS_PER_DAY for hour in hours if hour is not None), default=None)


def _named(start: int, end: int) -> CompoundSelect[int, str, str, str]:
    stored, waits = hour_duration.c, waiting_duration.c
    return union_all(
        select(stored.hour, route.c.label, route.c.rule, stored.buckets)
        .join_from(hour_duration, route, route.c.id == stored.route)
        .where(stored.hour >= start, stored.hour < end),
        select(waits.hour, waits.label, literal(UNMATCHED), waits.buckets).where(
            waits.hour >= start, waits.hour < end
        ),
    )


def waiting_of(
    connection: Connection, paths: Iterable[tuple[str, str]], start: int, end: int
) -> Iterator[tuple[str, str, int, int]]:
    """Yield (label, path, bucket, requests) of some waiting paths in the hours [start, end)."""
    table = waiting_duration
    for label, rule in paths:
        found = select(table.c.buckets).where(
            table.c.label == label, table.c.rule == rule, table.c.hour >= start, table.c.hour < end
        )
        buckets = "".join(connection.scalars(found))
        for bucket, requests in unpacked(buckets).items():
            yield label, rule, bucket, requests


def _rows(table: Table, start: int, end: int) -> Select[int, str]:
    time: Column[int] = table.columns[0]
    return select(table.c.route, table.c.buckets).where(time >= start, time < end)


def _waiting_rows(start: int, end: int) -> Select[int, str]:
    table = waiting_duration
    unmatched = (route.c.label == table.c.label) & (route.c.rule == UNMATCHED)
    return (
        select(route.c.id, table.c.buckets)
        .join_from(table, route, unmatched)
        .where(table.c.hour >= start, table.c.hour < end)
    )
