"""Connections to a SQLite file."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from functools import cached_property
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from flask_status_cli.errors import DatabaseError, ServerAwayError
from flask_status_cli.model.database_url import Database, DatabaseUrl
from flask_status_cli.model.server_wait_limits import ServerWaitLimits
from flask_status_cli.store.database.connection import (
    BUSY_TIMEOUT,
    INGEST_MAKES_IT,
    Connection,
    HeldRows,
)
from flask_status_cli.store.database.lock import WriteLock
from flask_status_cli.store.database.server_wait import ServerWait
from flask_status_cli.store.database.sqlite_errors import CHECK_RIGHTS, translated
from flask_status_cli.store.statements import compiled
from flask_status_cli.store.statements.prepared import insertion

if TYPE_CHECKING:
    import sqlalchemy

    from flask_status_cli.store.statements.prepared import Additive, Prepared

ROWS_A_STATEMENT: Final = 200
"""The number of rows that one statement adds: twice as fast as single rows, within SQLite's bound of values.
"""

ROWS_IN_BACKGROUND: Final = 2_000
"""The number of rows that one statement adds in a commit in the background.

There are more of them because the thread has to wait for Python's lock after each statement. With still
more, each row takes longer, because the values do not fit into the processor's cache.
"""

_RETURNING: Final = " RETURNING id"
"""The end of a statement that returns the number of a new row. `executemany` does not accept it."""

CHECKED_BYTES: Final = 16 * 2**20
"""A file up to this size is checked for damage by each reader. SQLite needs about 7 ms for a MiB."""


class _Driver(sqlite3.Connection):
    """The connection of Python's `sqlite3`. Only statements end a transaction, not its methods.

    SQLAlchemy would roll back the open transaction as it connects, and Alembic would commit it.
    """

    def commit(self) -> None:
        """Do nothing."""

    def rollback(self) -> None:
        """Do nothing."""


class SqliteConnection(Connection):
    """A connection to the database of a SQLite URI. The empty URI is a private one, deleted when closed."""

    moves_at_once = False
    takes_text = False
    numbers_follow = True

    may_be_lost = False

    def __init__(self, uri: str, *, busy_timeout: float = BUSY_TIMEOUT) -> None:
        self.driver = sqlite3.connect(
            uri,
            uri=True,
            timeout=busy_timeout,
            isolation_level=None,
            factory=_Driver,
            check_same_thread=sqlite3.threadsafety == 0,
        )

    @cached_property
    def alchemy(self) -> sqlalchemy.Connection:
        """SQLAlchemy's view of this connection."""
        from sqlalchemy import NullPool, create_engine

        # No isolation level is set, because setting it would commit.
        engine = create_engine("sqlite://", creator=lambda: self.driver, poolclass=NullPool)
        return engine.connect()

    def close(self) -> None:
        """Close the file. A transaction that was not committed is rolled back."""
        joined = self.__dict__.pop("alchemy", None)
        if joined is not None:
            joined.close()
        self.driver.close()

    @property
    def wait_limits(self) -> ServerWaitLimits:
        """No time to wait, because a file is never away."""
        return ServerWaitLimits(0)

    def recover(self, error: ServerAwayError, wait: ServerWait) -> None:  # noqa: ARG002 - a file is never away
        """Raise the error."""
        raise error

    def begin(self, *, writing: bool, again: bool = False) -> None:  # noqa: ARG002 - its commits are answered
        """Begin a transaction. A writer takes SQLite's own lock at the beginning."""
        self.driver.execute("BEGIN IMMEDIATE" if writing else "BEGIN")

    def commit(self) -> None:
        """Commit the transaction."""
        self.driver.execute("COMMIT")

    def rollback(self) -> None:
        """Roll back the transaction, if there is one and the connection is open."""
        with suppress(
            sqlite3.ProgrammingError
        ):  # Ctrl-C in a statement of SQLAlchemy's closes the connection
            if self.driver.in_transaction:
                self.driver.execute("ROLLBACK")

    def run(self, text: str) -> None:
        """Run a statement without parameters."""
        self.driver.execute(text)

    def rows(self, prepared: Prepared, **values: Any) -> list[tuple[Any, ...]]:
        """Return the rows that a prepared statement finds."""
        text = prepared.text(values)
        found = self.driver.execute(text, prepared.values(values)).fetchall()
        return prepared.rows(found)

    def change(self, prepared: Prepared, **values: Any) -> None:
        """Run a prepared statement that changes rows."""
        self.driver.execute(prepared.text(values), prepared.values(values))

    def changed(self, prepared: Prepared, **values: Any) -> int:
        """Run a prepared statement that changes rows; return the number of changed rows."""
        return self.driver.execute(prepared.text(values), prepared.values(values)).rowcount

    def insert(self, prepared: Prepared, rows: Iterable[Mapping[str, Any]]) -> list[int]:
        """Insert them in one call. Each gets the number after the highest one, so the last tells them all."""
        values = list(map(prepared.values, rows))
        if not values:
            return []
        self.driver.executemany(prepared.pattern.removesuffix(_RETURNING), values)
        last: int = self.driver.execute("SELECT last_insert_rowid()").fetchone()[0]
        return list(range(last - len(values) + 1, last + 1))

    def change_each(self, prepared: Prepared, rows: Iterable[Mapping[str, Any]]) -> None:
        """Run a prepared statement that changes rows once for each set of values."""
        self.driver.executemany(prepared.text({}), map(prepared.values, rows))

    def put(self, prepared: Prepared, columns: Mapping[str, Sequence[Any]]) -> None:
        """Insert many rows in each statement, which takes half as long as one by one."""
        additive, names = insertion(prepared)
        encoded = [
            [None if value is None else code(value) for value in columns[name]]
            if code
            else columns[name]
            for name, code in names
        ]
        most = self.driver.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER)
        at_once = min(ROWS_A_STATEMENT, most // additive.width)
        flat = list(chain.from_iterable(zip(*encoded, strict=True)))
        self.add(additive, flat[self._add_by(at_once, additive, flat, 0) :])

    def add(self, additive: Additive, flat: Sequence[Any]) -> None:
        """Add rows to a table of counts. `flat` has the values of all rows, row after row."""
        done = self._add_by(ROWS_A_STATEMENT, additive, flat, 0)
        if done < len(flat):
            rest = flat[done:]
            self.driver.execute(additive.text(len(rest) // additive.width), rest)

    def _add_by(self, rows: int, additive: Additive, flat: Sequence[Any], start: int) -> int:
        """Add values from the position `start` on, `rows` rows a statement; return the position reached.

        Fewer rows than a statement adds are left.
        """
        step = rows * additive.width
        text = additive.text(rows) if start + step <= len(flat) else ""
        while start + step <= len(flat):
            self.driver.execute(text, flat[start : start + step])
            start += step
        return start

    def add_held(self, rows: Iterable[HeldRows], *, beside: bool = False) -> None:
        """Add postponed rows. If another thread counts meanwhile, wait for it as rarely as possible."""
        most = self.driver.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER) if beside else 0
        for additive, flat in rows:
            if not beside:
                self.add(additive, flat)
                continue
            at_once = min(ROWS_IN_BACKGROUND, most // additive.width)
            self.add(additive, flat[self._add_by(at_once, additive, flat, 0) :])

    def foresee(
        self, asked: Sequence[tuple[Prepared, Mapping[str, Any]]], *, routes_after: int
    ) -> None:
        """Do nothing, because a query of a file needs no round trip."""

    def version(self) -> int:
        """Return a number that changes whenever another connection has written."""
        found: int = self.pragma("data_version")
        return found

    def pragma(self, name: str) -> Any:
        """Return the value of one of SQLite's pragmas."""
        return self.driver.execute(f"PRAGMA {name}").fetchone()[0]

    def damage(self, *, most: int) -> list[str]:
        """Read the whole file; return at most `most` sentences about damage."""
        found = [text for (text,) in self.driver.execute(f"PRAGMA integrity_check({most})")]
        return [] if found == ["ok"] else found

    def is_checked_when_read(self, where: Database) -> bool:
        """Return whether the file is at most `CHECKED_BYTES` large."""
        return not isinstance(where, DatabaseUrl) and where.stat().st_size <= CHECKED_BYTES

    def size(self, where: Database) -> int:
        """Return the size of the file in bytes."""
        return 0 if isinstance(where, DatabaseUrl) else where.stat().st_size

    def shrink(self) -> None:
        """Shrink the file if at least a quarter of it is free space."""
        if self.pragma("freelist_count") * 4 >= self.pragma("page_count"):
            self.driver.execute("VACUUM")

    def tables(self) -> set[str]:
        """Return the names of all tables."""
        found = self.driver.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        return {name for (name,) in found}

    def stamp(self) -> str | None:
        """Return the version of the schema that is stored in the database, `None` if none is."""
        try:
            found: str | None = self.value(compiled.VERSION)
        except sqlite3.OperationalError as error:
            if "no such table" in str(error):
                return None
            raise
        return found

    def make_tables(self) -> None:
        """Make all tables, within the open transaction."""
        from flask_status_cli.store.statements.compiled_tables import TABLES

        for table in TABLES:
            self.driver.execute(table)

    def stored_rows(self, table: str, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        """Yield the stored values of all rows of a table, without keeping them in memory."""
        yield from self.driver.execute(f"SELECT {', '.join(columns)} FROM {table}")  # noqa: S608 - names of our own tables

    def put_rows(self, table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
        """Insert rows of stored values."""
        marks = ", ".join("?" * len(columns))
        text = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 - names of our own tables
        self.driver.executemany(text, rows)

    def finish_copy(self) -> None:
        """Do nothing, because SQLite gives new rows the number after the highest one."""

    def new_stream_numbers(self) -> Iterable[int]:
        """Return the numbers after the highest number of a stream."""
        return count((self.value(compiled.LAST_STREAM) or 0) + 1)

    def finish_numbers(self, table: str, column: str) -> None:
        """Do nothing, because SQLite gives new rows the number after the highest one."""

    def lock(self, where: Database, *, wait: float) -> AbstractContextManager[object]:
        """Take the lock file beside the database."""
        return nullcontext() if isinstance(where, DatabaseUrl) else WriteLock(where, wait=wait)


def connect(path: Path, *, create: bool, writing: bool, busy_timeout: float) -> SqliteConnection:
    """Open the database file at `path`. Only with `create`, a missing file is made.

    The journal mode is TRUNCATE, because a WAL that one user writes cannot be read by another user. Raises
    `DatabaseError` if the file is missing, is no database, or may not be used in this way.
    """
    _refuse_early(path, create=create, writing=writing)
    mode = "rwc" if create else "rw" if writing else "ro"
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    with translated(path):
        connection = SqliteConnection(uri, busy_timeout=busy_timeout)
        try:
            if writing:
                connection.driver.execute("PRAGMA journal_mode=TRUNCATE")
                connection.driver.execute("PRAGMA synchronous=FULL")
        except BaseException:
            connection.close()
            raise
    return connection


def _refuse_early(path: Path, *, create: bool, writing: bool) -> None:
    """Raise precise errors for what SQLite only calls "unable to open database file".

    With `create`, the parent directory is made.
    """
    try:
        if path.exists() and not path.is_file():
            raise DatabaseError(str(path), "is a directory or a device", "name a file with --db")
        if create:
            path.parent.mkdir(parents=True, exist_ok=True)
        elif not path.exists():
            raise DatabaseError(str(path), "the database does not exist", INGEST_MAKES_IT)
    except OSError as error:
        where = os.fsdecode(error.filename or path)
        what = "is not a directory" if isinstance(error, FileExistsError) else error.strerror
        raise DatabaseError(where, f"cannot be used: {what}", CHECK_RIGHTS) from error
    if writing:
        # Fail before a log is read. The journal beside the database needs a writable directory, too.
        _refuse_unless(path.resolve().parent, os.W_OK | os.X_OK, "write to")
    if path.exists():
        _refuse_unless(path, os.R_OK, "read")
        if writing:
            _refuse_unless(path, os.W_OK, "write to")


def _refuse_unless(path: Path, right: int, verb: str) -> None:
    if not os.access(path, right):
        raise DatabaseError(str(path), f"this user may not {verb} it", CHECK_RIGHTS)
