"""Rewrites the texts of `compiled`, which are for SQLite, for PostgreSQL."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from flask_status_cli.store.statements import compiled

if TYPE_CHECKING:
    from flask_status_cli.store.statements.prepared import Additive, Prepared

_VALUE: Final = re.compile(r":([a-z_0-9]+)")
_BOOLEAN: Final = re.compile(r"\bIS ([01])\b")
_WORDS: Final = {"0": "IS FALSE", "1": "IS TRUE"}

_ROW: Final = re.compile(r"(INSERT INTO .* VALUES )(\(.*?\))( RETURNING .*)")

ROUTE_TABLES: Final = {"crowd", "crowd_page", "kept", "route"}
"""The tables that a writer keeps in memory from one transaction to the next; see `RouteBook`."""

_CHANGE: Final = re.compile(
    rf"(?:INSERT INTO|UPDATE|DELETE FROM) (?:{'|'.join(sorted(ROUTE_TABLES))})\b"
)


@cache
def changes_routes(prepared: Prepared) -> bool:
    """Return whether a statement changes one of `ROUTE_TABLES` in another way than by a new route."""
    return prepared is not compiled.ADD_ROUTE and _CHANGE.match(prepared.pattern) is not None


@cache
def rewritten(text: str) -> bytes:
    """Return a statement's text with psycopg's placeholders, and with PostgreSQL's words."""
    text = text.replace("%", "%%").replace(" IN ()", " IN (NULL)")
    text = text.replace("group_concat(", "string_agg(")
    text = _BOOLEAN.sub(lambda found: _WORDS[found[1]], text)
    return _VALUE.sub(r"%(\1)s", text).encode()


@cache
def inserting(text: str, rows: int) -> tuple[bytes, tuple[str, ...]]:
    """Return the text that inserts this many rows, and the names of the values of one row."""
    head, values, tail = _ROW.fullmatch(text).groups()  # type: ignore[union-attr]  # it inserts one row
    row = _VALUE.sub("%s", values)
    return f"{head}{', '.join([row] * rows)}{tail}".encode(), tuple(_VALUE.findall(values))


@cache
def target(head: str) -> tuple[str, str]:
    """Return the table that a statement adds rows to, and the names of its columns."""
    table, _, columns = head.removeprefix("INSERT INTO ").partition(" (")
    return table, columns.partition(")")[0]


@cache
def adding(additive: Additive, numbers: tuple[bool, ...]) -> bytes:
    """Return the statement that adds rows, given as one array for each column.

    `numbers` says which columns are numbers. Equal keys are added up first, because one statement can change
    a row only once. Rows are added in the order of their keys, so that two hosts cannot deadlock.
    """
    table, names = target(additive.head)
    keys = ", ".join(str(place) for place in range(1, additive.keys + 1))
    arrays = ", ".join(f"%s::{'bigint' if number else 'text'}[]" for number in numbers)
    columns = names.split(", ")
    for place in range(additive.keys, additive.width):
        name = columns[place]
        columns[place] = f"sum({name})" if numbers[place] else f"string_agg({name}, '')"
    text = (
        f"INSERT INTO {table} ({names}) SELECT {', '.join(columns)} "  # noqa: S608 - our own names
        f"FROM unnest({arrays}) AS new ({names}) GROUP BY {keys} ORDER BY {keys} {additive.tail}"
    )
    return text.encode()
