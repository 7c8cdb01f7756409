"""One SQLite connection, opened the way flask-status needs it: the only place that opens a database."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, NullPool, create_engine

from flask_status_cli.errors import DatabaseError
from flask_status_cli.store.database.sqlite_errors import CHECK_RIGHTS, translated

BUSY_TIMEOUT: Final = 5.0
"""Seconds to wait for another program's lock."""

INGEST_MAKES_IT = "flask-status ingest LOG makes one"


class Mode(Enum):
    """What a connection may do, in the words of SQLite's URI."""

    READ = "ro"
    WRITE = "rw"
    CREATE = "rwc"


def connect(path: Path, mode: Mode, *, busy_timeout: float = BUSY_TIMEOUT) -> Connection:
    """Open the database file at `path`; only `Mode.CREATE` ever makes a file.

    Transactions are written out (`transaction`); without one each statement stands alone. The journal
    is truncated, not kept as a WAL, because a WAL that one user writes cannot be read by another.

    Raises `DatabaseError` where the file is missing, no database, or may not be used that way.
    """
    _refuse_early(path, mode)
    uri = f"{path.absolute().as_uri()}?mode={mode.value}"
    with translated(path):
        connection = connect_uri(uri, busy_timeout=busy_timeout)
        try:
            if mode is not Mode.READ:
                connection.exec_driver_sql("PRAGMA journal_mode=TRUNCATE")
                connection.exec_driver_sql("PRAGMA synchronous=FULL")
        except BaseException:
            connection.close()
            raise
    return connection


def connect_uri(uri: str, *, busy_timeout: float = BUSY_TIMEOUT) -> Connection:
    """Open what SQLite's URI names; the empty one is a private database that is gone when closed."""

    def driver() -> sqlite3.Connection:
        return sqlite3.connect(uri, uri=True, timeout=busy_timeout, isolation_level=None)

    engine = create_engine(
        "sqlite://", creator=driver, poolclass=NullPool, isolation_level="AUTOCOMMIT"
    )
    return engine.connect()


@contextmanager
def transaction(connection: Connection, *, writing: bool) -> Iterator[None]:
    """Do all of it or nothing; a writer takes the database's lock at once, a reader sees one snapshot."""
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
    try:
        yield
        connection.exec_driver_sql("COMMIT")
    except BaseException:
        if (
            not connection.invalidated
        ):  # as Ctrl-C in a statement does: then the driver's is closed already
            connection.connection.rollback()
        raise


def _refuse_early(path: Path, mode: Mode) -> None:
    """Say precisely what SQLite only calls "unable to open database file"; make the parent directory."""
    try:
        if path.exists() and not path.is_file():
            raise DatabaseError(str(path), "is a directory or a device", "name a file with --db")
        if mode is Mode.CREATE:
            path.parent.mkdir(parents=True, exist_ok=True)
        elif not path.exists():
            raise DatabaseError(str(path), "there is no database", INGEST_MAKES_IT)
    except OSError as error:
        where = os.fsdecode(error.filename or path)
        what = "is no directory" if isinstance(error, FileExistsError) else error.strerror
        raise DatabaseError(where, f"cannot be used: {what}", CHECK_RIGHTS) from error
    if mode is not Mode.READ:
        # Fail before a log is read: the journal beside the database needs a writable directory too.
        _refuse_unless(path.resolve().parent, os.W_OK | os.X_OK, "written")
    if path.exists():
        _refuse_unless(path, os.R_OK, "read")
        if mode is not Mode.READ:
            _refuse_unless(path, os.W_OK, "written")


def _refuse_unless(path: Path, right: int, participle: str) -> None:
    if not os.access(path, right):
        raise DatabaseError(str(path), f"may not be {participle} by this user", CHECK_RIGHTS)
