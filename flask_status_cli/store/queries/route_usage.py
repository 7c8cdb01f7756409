"""The stored requests of each route: how many, and from when to when."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import func, select

from flask_status_cli.model import MINUTES_PER_QUARTER, UNMATCHED
from flask_status_cli.store.database.connection import Connection
from flask_status_cli.store.schema.tables import minute_count, quarter_count, route, waiting


class RouteUsage(NamedTuple):
    """The requests of a route: the oldest and the newest minute with requests, and their number."""

    first: int
    last: int
    requests: int

    def __or__(self, other: RouteUsage) -> RouteUsage:
        requests = self.requests + other.requests
        return RouteUsage(min(self.first, other.first), max(self.last, other.last), requests)


def usage(connection: Connection, routes: Collection[int]) -> dict[int, RouteUsage]:
    """Return the usage of each of these routes that has requests. Waiting paths are part of `<unmatched>`.

    If minutes were pruned, the first minute of the quarter is returned instead.
    """
    quarter = quarter_count.c.quarter
    columns = (func.min(quarter), func.max(quarter), func.sum(quarter_count.c.requests))
    rows = connection.execute(
        select(quarter_count.c.route, *columns)
        .where(quarter_count.c.route.in_(routes))
        .group_by(quarter_count.c.route)
    ).all()
    minutes = _minutes(connection, {edge for _, first, last, _ in rows for edge in (first, last)})
    found = {}
    for number, first, last, requests in rows:
        oldest = min(minutes.get((first, number), [first * MINUTES_PER_QUARTER]))
        newest = max(minutes.get((last, number), [last * MINUTES_PER_QUARTER]))
        found[number] = RouteUsage(oldest, newest, requests)
    for number, waits in _waiting(connection).items():
        if number not in routes:
            continue
        found[number] = found[number] | waits if number in found else waits
    return found


def _minutes(connection: Connection, quarters: set[int]) -> dict[tuple[int, int], list[int]]:
    """Return the minutes with requests in some quarters, by (quarter, route)."""
    minute = minute_count.c.minute
    found: dict[tuple[int, int], list[int]] = {}
    for quarter in quarters:
        start = quarter * MINUTES_PER_QUARTER
        within = (minute >= start, minute < start + MINUTES_PER_QUARTER)
        for number, at in connection.execute(select(minute_count.c.route, minute).where(*within)):
            found.setdefault((quarter, number), []).append(at)
    return found


def _waiting(connection: Connection) -> dict[int, RouteUsage]:
    unmatched = (route.c.label == waiting.c.label) & (route.c.rule == UNMATCHED)
    minute = waiting.c.minute
    columns = (func.min(minute), func.max(minute), func.sum(waiting.c.requests))
    query = select(route.c.id, *columns).join_from(waiting, route, unmatched)
    return {row[0]: RouteUsage(*row[1:]) for row in connection.execute(query.group_by(route.c.id))}
