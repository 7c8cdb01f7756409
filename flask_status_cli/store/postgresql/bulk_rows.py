"""Adds many rows to a table of counts: rows of new times by COPY, all other rows by one statement.

COPY costs the server a third of `INSERT … ON CONFLICT`, but it fails if a row is there already. So COPY adds
only the rows that are later than the newest stored row of their range of time. This is safe because only one
writer writes at a time.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import psycopg

from flask_status_cli.store.postgresql.statements import adding, target
from flask_status_cli.store.statements.prepared import Additive

WORTH: Final = 1_000
"""With fewer rows, COPY takes longer than a statement, because it needs two round trips."""

ROWS_AT_ONCE: Final = 10_000
"""One round trip reads this many rows."""

TIMES: Final = ("minute", "quarter", "hour", "day")
"""The first columns of the tables whose rows are given sorted by time, with each key once."""


def add(driver: psycopg.Connection[Any], additive: Additive, flat: Sequence[Any]) -> None:
    """Add rows to a table of counts. `flat` has the values of all rows, row after row."""
    if len(flat) >= WORTH * additive.width:
        known = _stored(driver, additive, flat)
        if len(flat) - known >= WORTH * additive.width:
            copy(driver, additive, flat[known:])
            flat = flat[:known]
    if flat:
        _upsert(driver, additive, flat)


def copy(driver: psycopg.Connection[Any], additive: Additive, flat: Sequence[int]) -> None:
    """Add rows of numbers by COPY. None of their keys may be in the table."""
    table, columns = target(additive.head)
    row = "\t".join(["%d"] * additive.width) + "\n"
    text = row * (len(flat) // additive.width) % tuple(flat)
    with _copying(driver, table, columns) as rows:
        rows.write(text)


def put(
    driver: psycopg.Connection[Any],
    table: str,
    columns: Sequence[str],
    given: Iterable[tuple[Any, ...]],
) -> None:
    """Add rows of any values by COPY. None of their keys may be in the table."""
    with _copying(driver, table, ", ".join(columns)) as rows:
        for row in given:
            rows.write_row(row)


def stored(
    driver: psycopg.Connection[Any], table: str, columns: Sequence[str]
) -> Iterator[tuple[Any, ...]]:
    """Yield the stored values of all rows of a table, some thousands in each round trip."""
    with driver.cursor(name="stored") as cursor:
        cursor.itersize = ROWS_AT_ONCE
        yield from cursor.execute(f"SELECT {', '.join(columns)} FROM {table}".encode())  # noqa: S608 - our own names


@contextmanager
def _copying(driver: psycopg.Connection[Any], table: str, columns: str) -> Iterator[psycopg.Copy]:
    text = f"COPY {table} ({columns}) FROM STDIN"
    with driver.cursor() as cursor, cursor.copy(text.encode()) as rows:
        yield rows


def _stored(driver: psycopg.Connection[Any], additive: Additive, flat: Sequence[Any]) -> int:
    """Return how many of the first values belong to rows whose keys may be in the table already."""
    table, columns = target(additive.head)
    time = columns.partition(",")[0]
    times = flat[:: additive.width]
    if time not in TIMES or not all(isinstance(value, int) for value in flat[: additive.width]):
        return len(flat)
    query = f"SELECT max({time}) FROM {table} WHERE {time} BETWEEN %s AND %s"  # noqa: S608 - our own names
    newest = driver.execute(query.encode(), (times[0], times[-1])).fetchone()
    if newest is None or newest[0] is None:
        return 0
    return bisect_right(times, newest[0]) * additive.width


def _upsert(driver: psycopg.Connection[Any], additive: Additive, flat: Sequence[Any]) -> None:
    """Add rows by one statement. It gets an array for each column, adds up equal keys, and sorts them."""
    columns = [flat[place :: additive.width] for place in range(additive.width)]
    numbers = tuple(isinstance(column[0], int) for column in columns)
    values = [
        f"{{{','.join(map(str, column))}}}" if number else list(column)
        for number, column in zip(numbers, columns, strict=True)
    ]
    driver.execute(adding(additive.head, additive.tail, numbers), values)
