"""Counts follow the routes that were merged into others, some rows at a time.

A merged route is redirected in one statement; from then on readers count what it has under the other one.
Its rows are moved in transactions of their own, none of them large, and it is deleted at last. A kill
anywhere leaves right figures: what is still to be moved is told by the routes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Column, Connection, Table, delete, func, select, true
from sqlalchemy.dialects.sqlite import insert

from flask_status_cli.store.schema.tables import minute_count, quarter_count, route

ROWS_AT_ONCE: Final = 20_000
"""About so many rows are looked at in one transaction: others wait no longer than for that."""

TIERS: Final = (minute_count, quarter_count)


_MERGED = select(route.c.id).where(route.c.merged_into.is_not(None)).limit(1)


def pending(connection: Connection) -> bool:
    """Return whether a route is left that was merged into another."""
    return connection.scalar(_MERGED) is not None


def spans(connection: Connection, table: Table) -> Iterator[tuple[int, int]]:
    """Yield the stretches [start, end) of a tier, one after the other; each holds some rows."""
    time: Column[int] = table.columns[0]
    start = connection.scalar(select(func.min(time)))
    while start is not None:
        later = select(time).where(time >= start).order_by(time)
        last = connection.scalar(later.offset(ROWS_AT_ONCE).limit(1))
        if last is None:
            newest = connection.scalar(select(func.max(time)))
            if newest is not None and newest >= start:
                yield start, newest + 1
            return
        yield start, last + 1
        start = last + 1


def move(connection: Connection, table: Table, start: int, end: int) -> None:
    """Move the rows of [start, end) to the routes that theirs were merged into."""
    time: Column[int] = table.columns[0]
    merged = route.c.merged_into.is_not(None)
    key = (time, route.c.merged_into, table.c.status)
    rows = (
        select(*key, func.sum(table.c.requests))
        .join_from(table, route, route.c.id == table.c.route)
        .where(true(), merged, time >= start, time < end)
        .group_by(*key)
    )
    statement = insert(table).from_select([c.name for c in table.columns], rows)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=list(table.primary_key),
            set_={"requests": table.c.requests + statement.excluded.requests},
        )
    )
    gone = table.c.route.in_(select(route.c.id).where(merged))
    connection.execute(delete(table).where(time >= start, time < end, gone))


def finish(connection: Connection) -> None:
    """Delete the routes whose rows have all been moved."""
    connection.execute(delete(route).where(route.c.merged_into.is_not(None)))


def redirect_reader(connection: Connection) -> None:
    """Let a reader count what merged routes have under those they were merged into.

    Views of the reader's own stand in front of the tables; where nothing is merged there are none.
    """
    if not pending(connection):
        return
    for table in TIERS:
        time = table.columns[0].name
        connection.exec_driver_sql(
            f"CREATE TEMP VIEW IF NOT EXISTS {table.name} AS SELECT c.{time} AS {time}, "  # noqa: S608 - names of our own tables
            "coalesce(r.merged_into, c.route) AS route, c.status AS status, c.requests AS requests "
            f"FROM main.{table.name} AS c LEFT JOIN main.route AS r ON r.id = c.route"
        )
