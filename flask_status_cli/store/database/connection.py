"""The connection to an SQLite database. Nothing else opens a database.

The statements of an ingest are prepared (`compiled`) and passed to the driver, so that SQLAlchemy need not be
imported, which would take longer than most ingests. Every other statement goes through SQLAlchemy, which then
uses the same connection and the same transaction.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from enum import Enum
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self, TypeAlias

from flask_status_cli.errors import DatabaseError
from flask_status_cli.store.database.sqlite_errors import CHECK_RIGHTS, translated

if TYPE_CHECKING:
    import sqlalchemy

    from flask_status_cli.store.statements.prepared import Additive, Prepared

BUSY_TIMEOUT: Final = 5.0
"""How many seconds to wait for the lock of another program."""

ROWS_A_STATEMENT: Final = 200
"""The number of rows that one statement adds. This is twice as fast as one by one."""

ROWS_IN_BACKGROUND: Final = 5_000
"""The same beside the counting: after each statement the thread has to wait for Python's lock."""

INGEST_MAKES_IT = "flask-status ingest LOG makes one"


HeldRows: TypeAlias = "tuple[Additive, Sequence[Any]]"
"""Rows of a table of counts, value by value."""


class Mode(Enum):
    """The modes of a connection, in the words of SQLite's URI."""

    READ = "ro"
    WRITE = "rw"
    CREATE = "rwc"


class _Driver(sqlite3.Connection):
    """The driver's connection. Only statements end a transaction.

    SQLAlchemy, which joins in the middle of one, would roll back at once, and Alembic would commit.
    """

    def commit(self) -> None:
        """Do nothing."""

    def rollback(self) -> None:
        """Do nothing."""


class Connection:
    """A connection to the database. A context manager that closes it.

    Transactions are explicit (`transaction`). Without one, each statement is a transaction of its own.
    """

    def __init__(self, uri: str, *, busy_timeout: float) -> None:
        self.driver = sqlite3.connect(
            uri,
            uri=True,
            timeout=busy_timeout,
            isolation_level=None,
            factory=_Driver,
            check_same_thread=sqlite3.threadsafety == 0,
        )
        self._held: list[HeldRows] | None = None

    @cached_property
    def alchemy(self) -> sqlalchemy.Connection:
        """SQLAlchemy's view of this connection."""
        from sqlalchemy import NullPool, create_engine

        # No isolation level is asked for: the driver commits where it is set.
        engine = create_engine("sqlite://", creator=lambda: self.driver, poolclass=NullPool)
        return engine.connect()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file. What was not committed is undone."""
        joined = self.__dict__.pop("alchemy", None)
        if joined is not None:
            joined.close()
        self.driver.close()

    def rows(self, prepared: Prepared, **values: Any) -> list[tuple[Any, ...]]:
        """Return the rows that a prepared statement finds."""
        text = prepared.text(values)
        found = self.driver.execute(text, prepared.values(values)).fetchall()
        return prepared.rows(found)

    def row(self, prepared: Prepared, **values: Any) -> tuple[Any, ...] | None:
        """Return the first row that it finds."""
        return next(iter(self.rows(prepared, **values)), None)

    def column(self, prepared: Prepared, **values: Any) -> list[Any]:
        """Return the first column of what it finds."""
        return [row[0] for row in self.rows(prepared, **values)]

    def value(self, prepared: Prepared, **values: Any) -> Any:
        """Return the first column of the first row, `None` where there is none."""
        return next(iter(self.column(prepared, **values)), None)

    def change(self, prepared: Prepared, **values: Any) -> int:
        """Run a prepared statement that changes rows; return how many."""
        return self.driver.execute(prepared.text(values), prepared.values(values)).rowcount

    def change_each(self, prepared: Prepared, rows: Iterable[Mapping[str, Any]]) -> None:
        """Run it once for each of some sets of values."""
        self.driver.executemany(prepared.text({}), map(prepared.values, rows))

    def add(self, additive: Additive, flat: Sequence[Any]) -> None:
        """Add rows to a table of counts; `flat` are their values, row by row."""
        done = self._add_by(ROWS_A_STATEMENT, additive, flat, 0)
        if done < len(flat):
            rest = flat[done:]
            self.driver.execute(additive.text(len(rest) // additive.width), rest)

    def _add_by(self, rows: int, additive: Additive, flat: Sequence[Any], start: int) -> int:
        """Add so many rows a statement from `start` on; return how far that reached."""
        step = rows * additive.width
        text = additive.text(rows) if start + step <= len(flat) else ""
        while start + step <= len(flat):
            self.driver.execute(text, flat[start : start + step])
            start += step
        return start

    def add_at_last(self, additive: Additive, flat: Sequence[Any]) -> None:
        """Add rows, or hold them back until the end of the transaction, where that is wished."""
        if self._held is None:
            self.add(additive, flat)
        else:
            self._held.append((additive, flat))

    @contextmanager
    def holding_rows(self) -> Iterator[Sequence[HeldRows]]:
        """Hold rows back: who asks for it adds them with `add_held`, where a thread may be used."""
        held: list[HeldRows] = []
        self._held = held
        try:
            yield held
        finally:
            self._held = None

    def add_held(self, rows: Sequence[HeldRows]) -> None:
        """Add rows that were held back, in as few statements as this SQLite takes."""
        most = self.driver.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER)
        for additive, flat in rows:
            at_once = min(ROWS_IN_BACKGROUND, most // additive.width)
            self.add(additive, flat[self._add_by(at_once, additive, flat, 0) :])

    def version(self) -> int:
        """Return a number that changes whenever another connection has written."""
        found: int = self.pragma("data_version")
        return found

    def pragma(self, name: str) -> Any:
        """Return one of SQLite's own figures."""
        return self.driver.execute(f"PRAGMA {name}").fetchone()[0]

    def is_damaged(self) -> bool:
        """Return whether SQLite finds the file damaged. It reads the whole file."""
        return bool(self.pragma("integrity_check(1)") != "ok")

    def shrink(self) -> None:
        """Return free space in the file to the disk, if that is a quarter of the file or more."""
        if self.pragma("freelist_count") * 4 >= self.pragma("page_count"):
            self.driver.execute("VACUUM")

    def tables(self) -> set[str]:
        """Return the names of all tables."""
        found = self.driver.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        return {name for (name,) in found}

    def execute(
        self, statement: sqlalchemy.Executable, values: Any = None
    ) -> sqlalchemy.CursorResult[*tuple[Any, ...]]:
        """Run a statement that is not prepared."""
        return self.alchemy.execute(statement, values)

    def scalar(self, statement: sqlalchemy.Executable, values: Any = None) -> Any:
        """Return the first column of the first row that such a statement finds."""
        return self.alchemy.scalar(statement, values)

    def scalars(
        self, statement: sqlalchemy.Executable, values: Any = None
    ) -> sqlalchemy.ScalarResult[Any]:
        """Return the first column of what such a statement finds."""
        return self.alchemy.scalars(statement, values)

    def exec_driver_sql(
        self, statement: str, values: Any = None
    ) -> sqlalchemy.CursorResult[*tuple[Any, ...]]:
        """Run a statement that is written in the database's own words."""
        return self.alchemy.exec_driver_sql(statement, values)


def connect(path: Path, mode: Mode, *, busy_timeout: float = BUSY_TIMEOUT) -> Connection:
    """Open the database file at `path`. Only `Mode.CREATE` ever makes a file.

    The journal is truncated. A WAL is not used, because another user could not read a WAL that one user
    writes. Raises `DatabaseError` if the file is missing, is not a database, or may not be used that way.
    """
    _refuse_early(path, mode)
    uri = f"{path.absolute().as_uri()}?mode={mode.value}"
    with translated(path):
        connection = connect_uri(uri, busy_timeout=busy_timeout)
        try:
            if mode is not Mode.READ:
                connection.driver.execute("PRAGMA journal_mode=TRUNCATE")
                connection.driver.execute("PRAGMA synchronous=FULL")
        except BaseException:
            connection.close()
            raise
    return connection


def connect_uri(uri: str, *, busy_timeout: float = BUSY_TIMEOUT) -> Connection:
    """Open the database at SQLite's URI. The empty one is a private database that is deleted when closed."""
    return Connection(uri, busy_timeout=busy_timeout)


@contextmanager
def transaction(connection: Connection, *, writing: bool) -> Iterator[None]:
    """Do all of it or nothing.

    A writer takes the lock of the database at once; a reader sees one snapshot.
    """
    connection.driver.execute("BEGIN IMMEDIATE" if writing else "BEGIN")
    try:
        yield
        connection.driver.execute("COMMIT")
    except BaseException:
        with suppress(
            sqlite3.ProgrammingError
        ):  # closed, as by Ctrl-C in a statement of SQLAlchemy's
            if connection.driver.in_transaction:
                connection.driver.execute("ROLLBACK")
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
