"""Adds many rows to a table of counts: rows of new times by COPY, all other rows by one statement.

COPY costs the server a third of `INSERT … ON CONFLICT`, and a fifth if keys hold texts. But it fails if a row
is there already. So COPY adds only the rows that are later than the newest stored row of their range of time.
This is safe because only one writer writes at a time.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any, Final

import psycopg

from flask_status_cli.store.database.connection import HeldRows
from flask_status_cli.store.database.row_text import RowText
from flask_status_cli.store.postgresql.statements import adding, target
from flask_status_cli.store.statements.prepared import Additive

WORTH: Final = 1_000
"""With fewer rows, COPY takes longer than a statement, because it needs two round trips."""

SENT_AT_ONCE: Final = 5_000
"""COPY sends this many rows at once, so that the server works while the next ones are written as text."""

ROWS_AT_ONCE: Final = 10_000
"""One round trip reads this many rows."""

TIMES: Final = ("minute", "quarter", "hour", "day")
"""The columns of time. Rows of numbers begin with it and are sorted by it, with each key once."""

_ESCAPES: Final = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
"""The escapes of COPY's text format (PostgreSQL's manual, COPY)."""


def add(driver: psycopg.Connection[Any], additive: Additive, flat: Sequence[Any]) -> None:
    """Add rows to a table of counts. `flat` has the values of all rows, row after row."""
    if len(flat) >= WORTH * additive.width:
        new, flat = _split(driver, additive, flat)
        if new:
            copy(driver, additive, new)
    if flat:
        _upsert(driver, additive, flat)


def merged(rows: Iterable[HeldRows]) -> Iterator[HeldRows]:
    """Put rows together that follow each other in one table, if the first column of the later ones is higher.

    So each key is still there once if it was.
    """
    last: tuple[Additive, list[Any]] | None = None
    for additive, flat in rows:
        if not flat:
            continue
        if last is not None and _follow(last, additive, flat):
            last[1].extend(flat)
            continue
        if last is not None:
            yield last
            last = None
        if isinstance(flat, RowText):
            yield additive, flat
        else:
            last = additive, list(flat)
    if last is not None:
        yield last


def _follow(last: tuple[Additive, list[Any]], additive: Additive, flat: Sequence[Any]) -> bool:
    """Return whether rows are of the same table as the last ones, and later than these."""
    same = last[0] is additive and not isinstance(flat, RowText)
    return same and last[1][-additive.width] < flat[0]


def copy(driver: psycopg.Connection[Any], additive: Additive, flat: Sequence[Any]) -> None:
    """Add rows by COPY. None of their keys may be in the table."""
    pieces = flat.pieces() if isinstance(flat, RowText) else _pieces(flat, additive.width)
    with _copying(driver, *target(additive.head)) as rows:
        for piece in pieces:
            rows.write(piece)


def _pieces(flat: Sequence[Any], width: int) -> Iterator[str]:
    """Yield the text of rows for COPY, some rows at once."""
    texts = [place for place in range(width) if isinstance(flat[place], str)]
    values = list(flat)
    for place in texts:
        escaped = {text: text.translate(_ESCAPES) for text in set(flat[place::width])}
        values[place::width] = map(escaped.__getitem__, flat[place::width])
    row = "\t".join("%s" if place in texts else "%d" for place in range(width)) + "\n"
    step = SENT_AT_ONCE * width
    for start in range(0, len(values), step):
        piece = tuple(values[start : start + step])
        yield row * (len(piece) // width) % piece


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


def _split(
    driver: psycopg.Connection[Any], additive: Additive, flat: Sequence[Any]
) -> tuple[Sequence[Any], Sequence[Any]]:
    """Return the rows for COPY, whose keys are certainly new, and all other rows.

    There are none for COPY if they would be too few.
    """
    table, columns = target(additive.head)
    names, width = columns.split(", "), additive.width
    place = next((place for place, name in enumerate(names) if name in TIMES), None)
    if place is None:
        return (), flat
    first, last = _times(flat, width, place)
    query = f"SELECT max({names[place]}) FROM {table} WHERE {names[place]} BETWEEN %s AND %s"  # noqa: S608 - our own names
    found = driver.execute(query.encode(), (first, last)).fetchone()
    newest = first - 1 if found is None or found[0] is None else found[0]
    new, others = _parted(flat, additive, place, newest)
    return (new, others) if len(new) >= WORTH * width else ((), flat)


def _times(flat: Sequence[Any], width: int, place: int) -> tuple[int, int]:
    """Return the first and the last time of rows."""
    if isinstance(flat, RowText):
        return flat.first_time, flat.last_time
    times = flat[place::width]
    return min(times), max(times)


def _parted(
    flat: Sequence[Any], additive: Additive, place: int, newest: int
) -> tuple[Sequence[Any], Sequence[Any]]:
    """Return the rows whose time, in the column `place`, is later than `newest`, and all other rows.

    If two of the later rows have the same key, all rows are other ones.
    """
    if isinstance(flat, RowText):
        old, later = flat.parted(newest)
        return later, old
    width, keys = additive.width, additive.keys
    if not any(isinstance(value, str) for value in flat[:keys]):  # sorted by time
        known = bisect_right(flat[place::width], newest) * width
        return flat[known:], flat[:known]
    rows = list(zip(*(flat[each::width] for each in range(width)), strict=True))
    new = [row for row in rows if row[place] > newest]
    if len({row[:keys] for row in new}) < len(new):
        return (), flat
    others = [row for row in rows if row[place] <= newest]
    return list(chain.from_iterable(new)), list(chain.from_iterable(others))


def _upsert(driver: psycopg.Connection[Any], additive: Additive, flat: Sequence[Any]) -> None:
    """Add rows by one statement. It gets an array for each column, adds up equal keys, and sorts them."""
    columns = [flat[place :: additive.width] for place in range(additive.width)]
    numbers = tuple(isinstance(column[0], int) for column in columns)
    values = [
        f"{{{','.join(map(str, column))}}}" if number else list(column)
        for number, column in zip(numbers, columns, strict=True)
    ]
    driver.execute(adding(additive, numbers), values)
