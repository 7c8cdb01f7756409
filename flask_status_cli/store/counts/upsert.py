"""Adding requests to both tiers of counts, minutes and quarters.

Statements only ever add, so parts of a log may come in any order and from any number of processes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import chain
from typing import Final

from sqlalchemy import Connection, Table, func, select
from sqlalchemy.dialects import sqlite

from flask_status_cli.model import MINUTES_PER_QUARTER
from flask_status_cli.store.schema.tables import minute_count, quarter_count, waiting

ROWS_AT_ONCE: Final = 50_000
"""Rows handed to the driver in one call: enough for its full speed, few enough for flat memory."""

ROWS_A_STATEMENT: Final = 200
"""Rows that one statement adds: twice as fast as one by one, and fewer values than any SQLite takes."""

Row = tuple[int | str, ...]


def add(
    connection: Connection,
    places: Mapping[int, tuple[int, int]],
    minutes: Mapping[int, Mapping[int, int]],
) -> None:
    """Add `minutes[minute][code]` requests; `places[code]` is (route, status), other codes are left out.

    Rows go in by time, the order of the primary keys, which is what makes SQLite fast.
    """
    quarters: dict[int, dict[int, int]] = {}
    rows: list[Row] = []
    for minute in sorted(minutes):
        sums = quarters.setdefault(minute // MINUTES_PER_QUARTER, {})
        for code, requests in minutes[minute].items():
            place = places.get(code)
            if place is not None:
                rows.append((minute, place[0], place[1], requests))
                sums[code] = sums.get(code, 0) + requests
        if len(rows) >= ROWS_AT_ONCE:
            upsert(connection, minute_count, rows)
            rows = []
    upsert(connection, minute_count, rows)
    upsert(
        connection,
        quarter_count,
        [
            (quarter, *places[code], requests)
            for quarter, sums in quarters.items()
            for code, requests in sums.items()
        ],
    )


def oldest(connection: Connection) -> int | None:
    """Find the first minute with requests; only to the quarter where minutes are no longer kept."""
    times = (minute_count.c.minute, waiting.c.minute, quarter_count.c.quarter)
    minute, waits, quarter = (connection.scalar(select(func.min(time))) for time in times)
    if quarter is not None and (minute is None or minute // MINUTES_PER_QUARTER > quarter):
        minute = quarter * MINUTES_PER_QUARTER
    return min((time for time in (minute, waits) if time is not None), default=None)


def newest_by_quarter(connection: Connection, until: int) -> int | None:
    """Find the beginning of the newest quarter with requests that begins at `until` or before."""
    quarter = quarter_count.c.quarter
    until_quarter = until // MINUTES_PER_QUARTER
    found = connection.scalar(select(func.max(quarter)).where(quarter <= until_quarter))
    return None if found is None else found * MINUTES_PER_QUARTER


def add_rows(connection: Connection, rows: Iterable[tuple[int, int, int, int]]) -> int:
    """Add rows of (minute, route, status, requests); the sum of the requests."""
    codes: dict[tuple[int, int], int] = {}
    minutes: dict[int, dict[int, int]] = {}
    total = 0
    for minute, route, status, requests in rows:
        code = codes.setdefault((route, status), len(codes))
        cells = minutes.setdefault(minute, {})
        cells[code] = cells.get(code, 0) + requests
        total += requests
    add(connection, {code: place for place, code in codes.items()}, minutes)
    return total


def upsert(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Add rows to an additive table: the columns in order, the last one added up."""
    many = len(rows) // ROWS_A_STATEMENT * ROWS_A_STATEMENT
    for start in range(0, many, ROWS_A_STATEMENT):
        values = tuple(chain.from_iterable(rows[start : start + ROWS_A_STATEMENT]))
        connection.exec_driver_sql(additive(table, ROWS_A_STATEMENT), values)
    if rows[many:]:
        connection.exec_driver_sql(additive(table), list(rows[many:]))


@cache
def additive(table: Table, rows: int = 1) -> str:
    """Write the statement that adds a row's last column to the row of the same key, or inserts it."""
    added = list(table.columns)[-1]
    statement = sqlite.insert(table)
    upsert = statement.on_conflict_do_update(
        index_elements=list(table.primary_key),
        set_={added.name: added + statement.excluded[added.name]},
    )
    one = str(upsert.compile(dialect=sqlite.dialect(paramstyle="qmark")))
    row = f"({', '.join('?' * len(table.columns))})"
    return one.replace(row, ", ".join([row] * rows), 1)
