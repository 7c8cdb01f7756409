"""Copies all rows of a database into an empty one of any engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import count, islice
from pathlib import Path
from typing import Any, Final

from sqlalchemy import BigInteger, Integer, LargeBinary, Table, Text, delete, insert, select

from flask_status_cli.errors import DatabaseError, ServerAwayError
from flask_status_cli.model.database_url import Database
from flask_status_cli.model.server_wait_limits import ServerWaitLimits
from flask_status_cli.store.database.connection import Connection, Mode, connect
from flask_status_cli.store.database.sqlite_errors import translated
from flask_status_cli.store.schema import version
from flask_status_cli.store.schema.tables import METADATA, alembic_version, fact, route, run, stream
from flask_status_cli.store.writer import Store

ROWS_AT_ONCE: Final = 10_000
"""One statement inserts this many rows."""

NOTHING_COPIED: Final = "nothing was copied; run it again"

SERVER_WAIT: Final = ServerWaitLimits(30)
"""How long to wait for a server that is away."""

PLAIN: Final = {BigInteger, Integer, LargeBinary, Text}
"""The column types whose stored values are the same in both engines."""

OF_SERVERS: Final = ("writes", "route_changes")
"""The facts that only a server's database has. They count its transactions."""


def copy_rows(
    source: Database, target: Database, *, host: str, clock: Callable[[], datetime]
) -> int:
    """Copy all rows in one transaction; return their number.

    Rows of the host without a name become rows of `host`. Raises `DatabaseError` if the target is not empty.
    """
    with (
        connect(source, Mode.READ) as original,
        Store.open(target, create=True, clock=clock, wait_limits=SERVER_WAIT) as store,
    ):
        with translated(source):
            original.begin(writing=False)
            version.check(original, source)
        rows = 0
        try:
            with translated(source), store.writing() as copy:
                _refuse_unless_empty(copy, target)
                copy.execute(delete(fact).where(fact.c.name.not_in(OF_SERVERS)))
                rows = sum(_copy(original, copy, table, host) for table in METADATA.sorted_tables)
                copy.finish_copy()
        except ServerAwayError as error:
            if isinstance(target, Path) or not store.has_stored(after=error):
                raise DatabaseError(error.where, error.what, NOTHING_COPIED) from error
    return rows


def _refuse_unless_empty(copy: Connection, target: Database) -> None:
    for table in (route, run, stream):
        if copy.execute(select(table).limit(1)).first() is not None:
            what = "already has counts, and a copy cannot be added to them"
            raise DatabaseError(str(target), what, "name a new database")


def _copy(original: Connection, copy: Connection, table: Table, host: str) -> int:
    if table is alembic_version:
        return 0
    if _is_plain(table):
        return _copy_plain(original, copy, table)
    copied = 0
    rows = _rows(original, table, host)
    while part := list(islice(rows, ROWS_AT_ONCE)):
        copy.execute(insert(table), part)
        copied += len(part)
    return copied


def _is_plain(table: Table) -> bool:
    """Return whether all rows of a table are copied, and both engines store the same values for them."""
    names = set(table.columns.keys())
    types = {type(column.type) for column in table.columns}
    return table is not fact and "host" not in names and types <= PLAIN


def _copy_plain(original: Connection, copy: Connection, table: Table) -> int:
    """Copy the stored values of all rows, because it would be slow to decode millions of them."""
    copied = count()
    columns = [f'"{column.name}"' for column in table.columns]
    rows = original.stored_rows(table.name, columns)
    copy.put_rows(table.name, columns, (row for row, _ in zip(rows, copied, strict=False)))
    return next(copied)


def _rows(original: Connection, table: Table, host: str) -> Iterator[dict[str, Any]]:
    for row in original.execute(select(table)).mappings():
        if table is fact and row["name"] in OF_SERVERS:
            continue
        values = dict(row)
        if values.get("host") == "":
            values["host"] = host
        yield values
