"""The store of `ingest --dry-run`: a temporary copy of the database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import insert, select

from flask_status_cli.model.database_url import Database, DatabaseUrl
from flask_status_cli.store.database import key_values
from flask_status_cli.store.database.connection import (
    BUSY_TIMEOUT,
    Connection,
    Mode,
    connect,
)
from flask_status_cli.store.database.key_values import NumberName
from flask_status_cli.store.database.open_database import may_exist
from flask_status_cli.store.database.sqlite import SqliteConnection
from flask_status_cli.store.database.sqlite_errors import translated
from flask_status_cli.store.schema import version
from flask_status_cli.store.schema.tables import (
    crowd,
    extension_span,
    input_,
    minute_count,
    place,
    placed,
    quarter_count,
    route,
    stream,
    url_map,
    waiting,
)
from flask_status_cli.store.writer import Store

WHOLE: Final = (route, stream, place, placed, input_, waiting, url_map, crowd, extension_span)
"""The tables that are copied whole."""

NEVER: Final = 1 << 40
"""A minute that is later than all others."""

NEEDED: Final = {
    **{table: select(table) for table in WHOLE},
    minute_count: select(minute_count).order_by(minute_count.c.minute).limit(1),
    quarter_count: select(quarter_count).order_by(quarter_count.c.quarter).limit(1),
}
"""The queries of the rows that are copied, by table. Of the counts, an ingest needs only the oldest row."""


def open_for_dry_run(
    path: Database,
    *,
    clock: Callable[[], datetime],
    busy_timeout: float = BUSY_TIMEOUT,
    keep: Sequence[str] = (),
    host: str = "",
) -> Store:
    """Open a temporary store with the routes, streams and inputs of the database at `path`.

    Nothing is written to the database, no lock is taken, and no file is made. A missing or empty file is
    treated as a new database. Raises `DatabaseError` if an ingest could not use the database either.
    """
    temporary = SqliteConnection("")
    temporary.host = host
    try:
        with translated(path):
            version.make(temporary, now=clock())
            if _has_tables(path):
                with connect(path, Mode.READ, busy_timeout=busy_timeout) as original:
                    version.check(original, path)
                    _copy(original, temporary)
    except BaseException:
        temporary.close()
        raise
    return Store(temporary, path, clock, keep=keep)


def _has_tables(where: Database) -> bool:
    if isinstance(where, DatabaseUrl):
        with connect(where, Mode.READ) as connection:
            return bool(connection.tables())
    if not may_exist(where):
        return False
    try:
        return not where.is_file() or bool(where.stat().st_size)
    except OSError:
        return True  # opening it raises an error that says more


def _copy(original: Connection, temporary: Connection) -> None:
    original.begin(writing=False)
    for table, query in NEEDED.items():
        rows = [dict(row) for row in original.execute(query).mappings()]
        if rows:
            temporary.execute(insert(table), rows)
    # The counts are not here, so they decide nothing about the end of a log.
    key_values.put(temporary, NumberName.MINUTES_FROM, NEVER)
