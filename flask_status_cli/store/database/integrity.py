"""Checks that a database is not damaged, and that each quarter is the sum of its minutes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import ColumnElement, Select, func, select, union_all

from flask_status_cli.errors import DatabaseError
from flask_status_cli.model import MINUTES_PER_QUARTER, instant_of
from flask_status_cli.model.database_url import Database
from flask_status_cli.store.database import key_values
from flask_status_cli.store.database.connection import Connection
from flask_status_cli.store.database.key_values import NumberName
from flask_status_cli.store.database.sqlite_errors import DAMAGED
from flask_status_cli.store.schema.tables import minute_count, quarter_count, route

MOST_LISTED: Final = 10
"""At most this many problems of one kind are listed."""


def refuse_damaged(connection: Connection, path: Database) -> None:
    """Raise `DatabaseError` if the database is damaged, because its figures may be wrong.

    A small file is checked now. For a large file, the result of an ingest's last daily check is used.
    """
    if connection.is_checked_when_read(path):
        damaged = connection.is_damaged()
    else:
        damaged = bool(key_values.read(connection, NumberName.DAMAGED))
    if damaged:
        raise DatabaseError(str(path), *DAMAGED)


def problems(connection: Connection) -> Iterator[str]:
    """Yield the problems, one sentence each. If the file is damaged, nothing else is checked."""
    damage = connection.damage(most=MOST_LISTED)
    if damage:
        yield from damage
        return
    for table in (minute_count, quarter_count):
        lost = connection.scalar(_without_route(table.c.route)) or 0
        if lost:
            yield f"{table.name}: {lost} rows belong to no route"
    first = key_values.read(connection, NumberName.MINUTES_FROM)
    for quarter, number, status, difference in connection.execute(_differences(first)):
        when = f"{instant_of(quarter * MINUTES_PER_QUARTER):%Y-%m-%d %H:%M} UTC"
        more = "fewer" if difference < 0 else "more"
        yield (
            f"the quarter of {when} has {abs(difference)} {more} requests than its minutes "
            f"(route {number}, status {status})"
        )


def _without_route(column: ColumnElement[int]) -> Select[int]:
    return select(func.count()).where(column.not_in(select(route.c.id)))


def _differences(first: int) -> Select[int, int, int, int]:
    """Select the quarters that are not the sum of their minutes, from the minute `first` on.

    Rows are (quarter, route, status, requests of the quarter minus requests of its minutes).
    """
    minute, quarter = minute_count.c.minute, quarter_count.c.quarter
    floored = minute - (minute % MINUTES_PER_QUARTER + MINUTES_PER_QUARTER) % MINUTES_PER_QUARTER
    rows = union_all(
        select(
            quarter.label("quarter"),
            quarter_count.c.route,
            quarter_count.c.status,
            quarter_count.c.requests,
        ).where(quarter >= first // MINUTES_PER_QUARTER),
        select(
            floored / MINUTES_PER_QUARTER,
            minute_count.c.route,
            minute_count.c.status,
            -minute_count.c.requests,
        ).where(minute >= first),
    ).subquery()
    key = (rows.c.quarter, rows.c.route, rows.c.status)
    difference = func.sum(rows.c.requests)
    return (
        select(*key, difference)
        .group_by(*key)
        .having(difference != 0)
        .order_by(*key)
        .limit(MOST_LISTED)
    )
