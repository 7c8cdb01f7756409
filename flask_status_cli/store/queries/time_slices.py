"""The requests of some routes by slices of time, for the detail of a route."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator

from sqlalchemy import Column, Select, Table, func, select

from flask_status_cli.model import MINUTES_PER_QUARTER, UNMATCHED
from flask_status_cli.store.database.connection import Connection
from flask_status_cli.store.schema.tables import minute_count, quarter_count, route, waiting

Row = tuple[int, int, int, int]
"""The values (number of the slice, route, status, requests)."""


def of_quarters(
    connection: Connection, start: int, end: int, size: int, routes: Collection[int]
) -> Iterator[Row]:
    """Add up the quarters [start, end) by slices of `size` quarters. Slice 0 begins at `start`."""
    minutes = (start * MINUTES_PER_QUARTER, end * MINUTES_PER_QUARTER)
    return _summed(
        connection,
        _counted(quarter_count, start, end, size, routes),
        _waiting(*minutes, size * MINUTES_PER_QUARTER, routes),
    )


def of_minutes(
    connection: Connection, start: int, end: int, routes: Collection[int]
) -> Iterator[Row]:
    """Add up the minutes [start, end). Each minute is a slice; slice 0 is the minute `start`."""
    return _summed(
        connection,
        _counted(minute_count, start, end, 1, routes),
        _waiting(start, end, 1, routes),
    )


def _summed(connection: Connection, *queries: Select[int, int, int, int]) -> Iterator[Row]:
    sums: Counter[tuple[int, int, int]] = Counter()
    for query in queries:
        for number, of, status, requests in connection.execute(query):
            sums[number, of, status] += requests
    for key in sorted(sums):
        yield (*key, sums[key])


def _counted(
    table: Table, start: int, end: int, size: int, routes: Collection[int]
) -> Select[int, int, int, int]:
    time: Column[int] = table.columns[0]
    key = ((time - start) // size, table.c.route, table.c.status)
    rows = select(*key, func.sum(table.c.requests)).where(time >= start, time < end)
    return rows.where(table.c.route.in_(routes)).group_by(*key)


def _waiting(
    start: int, end: int, size: int, routes: Collection[int]
) -> Select[int, int, int, int]:
    """Select the requests of waiting paths by slices of `size` minutes, as those of `<unmatched>`."""
    unmatched = (route.c.label == waiting.c.label) & (route.c.rule == UNMATCHED)
    key = ((waiting.c.minute - start) // size, route.c.id, waiting.c.status)
    rows = select(*key, func.sum(waiting.c.requests)).join_from(waiting, route, unmatched)
    inside = (waiting.c.minute >= start, waiting.c.minute < end, route.c.id.in_(routes))
    return rows.where(*inside).group_by(*key)
