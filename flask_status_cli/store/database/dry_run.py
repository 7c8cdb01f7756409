"""The store of `ingest --dry-run`: it begins as a copy of the database, and forgets what is stored."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import insert, select

from flask_status_cli.model.database_url import Database, DatabaseUrl
from flask_status_cli.store.database.connection import (
    BUSY_TIMEOUT,
    Connection,
    Mode,
    connect,
)
from flask_status_cli.store.database.sqlite import connect_uri
from flask_status_cli.store.database.sqlite_errors import translated
from flask_status_cli.store.schema import version
from flask_status_cli.store.schema.tables import (
    crowd,
    extension_span,
    input_,
    minute_count,
    quarter_count,
    route,
    stream,
    url_map,
    waiting,
)
from flask_status_cli.store.writer import Store

WHOLE: Final = (route, stream, input_, waiting, url_map, crowd, extension_span)

NEEDED: Final = {
    **{table: select(table) for table in WHOLE},
    minute_count: select(minute_count).order_by(minute_count.c.minute).limit(1),
    quarter_count: select(quarter_count).order_by(quarter_count.c.quarter).limit(1),
}
"""The tables that an ingest reads. Of the counts it needs only when they begin."""


def open_for_dry_run(
    path: Database,
    *,
    clock: Callable[[], datetime],
    busy_timeout: float = BUSY_TIMEOUT,
    keep: Sequence[str] = (),
    host: str = "",
) -> Store:
    """Open a temporary store with the routes, streams and inputs of the database at `path`.

    A missing or empty file is like a new database. Nothing is written to it, no lock is taken, and no file is
    made. Raises `DatabaseError` if an ingest could not use the database either.
    """
    rehearsal = connect_uri("")
    rehearsal.host = host
    try:
        with translated(path):
            version.make(rehearsal, now=clock())
            if _holds_anything(path):
                with connect(path, Mode.READ, busy_timeout=busy_timeout) as original:
                    version.check(original, path)
                    _copy(original, rehearsal)
    except BaseException:
        rehearsal.close()
        raise
    return Store(rehearsal, path, clock, keep=keep)


def _holds_anything(where: Database) -> bool:
    if isinstance(where, DatabaseUrl):
        with connect(where, Mode.READ) as connection:
            return bool(connection.tables())
    return where.exists() and (not where.is_file() or bool(where.stat().st_size))


def _copy(original: Connection, rehearsal: Connection) -> None:
    original.begin(writing=False)
    for table, query in NEEDED.items():
        rows = [dict(row) for row in original.execute(query).mappings()]
        if rows:
            rehearsal.execute(insert(table), rows)
