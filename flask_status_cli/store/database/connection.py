"""Connections to a database of either engine. No other module opens one.

The statements of an ingest are prepared texts (`compiled`), which the driver runs. So an ingest need not
import SQLAlchemy, which takes longer than most ingests. All other statements go through SQLAlchemy, on the
same connection and within the same transaction.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self, TypeAlias, TypeVar, cast

from flask_status_cli.errors import DatabaseError, ServerAwayError, install_extra
from flask_status_cli.frozen import frozen
from flask_status_cli.model.database_url import Database, DatabaseUrl
from flask_status_cli.model.server_wait_limits import ServerWaitLimits
from flask_status_cli.store.database.server_wait import ServerWait
from flask_status_cli.store.database.sqlite_errors import translated

if TYPE_CHECKING:
    import sqlalchemy

    from flask_status_cli.store.statements.prepared import Additive, Prepared

BUSY_TIMEOUT: Final = 5.0
"""Seconds to wait for another program's lock."""

READERS_WAIT: Final = 1.0
"""A reader waits at most this many seconds for a server that is away."""

INGEST_MAKES_IT = "flask-status ingest LOG creates it"

NEEDS_EXTRA: Final = install_extra("postgres")


T = TypeVar("T")

HeldRows: TypeAlias = "tuple[Additive, Sequence[Any]]"
"""Rows to be added later: the statement that adds them, and their values one after the other."""


@frozen
class LaterRows:
    """Rows that `make` returns when they are added.

    `values` is about the number of their values, 0 if it is not known.
    """

    make: Callable[[], Iterable[HeldRows]]
    values: int = 0


Postponed: TypeAlias = "HeldRows | LaterRows"


class Mode(Enum):
    """What a connection may do. The values are those of `mode` in SQLite's URIs."""

    READ = "ro"
    WRITE = "rw"
    CREATE = "rwc"


class AlreadyStored(Exception):  # noqa: N818 - it reports no error
    """The transaction that was tried again is stored already. Only the server's answer was lost."""


class Connection(ABC):
    """A connection to a database, made by `connect`. It is a context manager that closes it.

    Transactions are explicit (`transaction`). Outside of them, each statement is committed by itself.
    """

    _postponed: list[Postponed] | None = None

    restore: Callable[[ServerAwayError], None] | None = None
    """A function that repeats the open transaction after the connection was lost, `None` if there is none."""

    host: str = ""
    """The host whose logs are read. Each stream, input and run belongs to one host."""

    moves_at_once: ClassVar[bool]
    """Whether the transaction that merges routes also moves their counts: see `merged_counts`."""

    may_be_lost: ClassVar[bool]
    """Whether a commit may get no answer, because the database is reached over a network."""

    numbers_follow: ClassVar[bool]
    """Whether a new row gets the next number after the highest one in the table, whoever has stored that."""

    takes_text: ClassVar[bool]
    """Whether rows of numbers are added in less time if `add_at_last` gets their text (`RowText`)."""

    clock_ahead: timedelta = timedelta(0)
    """How far the clock of this host is ahead of the database server's, 0 if by less than 5 minutes."""

    expected_version: str | None = None
    """The version of the schema when the database was opened. Another host may migrate it meanwhile."""

    @property
    @abstractmethod
    def alchemy(self) -> sqlalchemy.Connection:
        """SQLAlchemy's view of this connection."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @abstractmethod
    def close(self) -> None:
        """Close the connection. A transaction that was not committed is rolled back."""

    @abstractmethod
    def begin(self, *, writing: bool, again: bool = False) -> None:
        """Begin a transaction. There is one writer at a time. A reader sees one snapshot.

        With `again`, the last transaction is tried again. Raises `AlreadyStored` if it is stored already.
        """

    @abstractmethod
    def recover(self, error: ServerAwayError, wait: ServerWait) -> None:
        """Wait until the server can be used again, and take the same locks again; or raise the error."""

    @property
    @abstractmethod
    def wait_limits(self) -> ServerWaitLimits:
        """How long to wait for a server that is away."""

    @abstractmethod
    def commit(self) -> None:
        """Commit the transaction."""

    @abstractmethod
    def rollback(self) -> None:
        """Roll back the transaction, if there is one and the connection is open."""

    @abstractmethod
    def run(self, text: str) -> None:
        """Run a statement without parameters. Both engines must know it."""

    @abstractmethod
    def rows(self, prepared: Prepared, **values: Any) -> list[tuple[Any, ...]]:
        """Return the rows that a prepared statement finds."""

    def row(self, prepared: Prepared, **values: Any) -> tuple[Any, ...] | None:
        """Return the first row that a prepared statement finds, `None` if it finds none."""
        return next(iter(self.rows(prepared, **values)), None)

    def column(self, prepared: Prepared, **values: Any) -> list[Any]:
        """Return the first column of the rows that a prepared statement finds."""
        return [row[0] for row in self.rows(prepared, **values)]

    def value(self, prepared: Prepared, **values: Any) -> Any:
        """Return the first column of the first row that a prepared statement finds, `None` for no row."""
        found = self.rows(prepared, **values)
        return found[0][0] if found else None

    def insert(self, prepared: Prepared, rows: Iterable[Mapping[str, Any]]) -> list[int]:
        """Insert rows; return their numbers. The statement inserts one row and returns its number."""
        return [self.value(prepared, **values) for values in rows]

    @abstractmethod
    def change(self, prepared: Prepared, **values: Any) -> None:
        """Run a prepared statement that changes rows. An error of a server may be raised only later."""

    @abstractmethod
    def changed(self, prepared: Prepared, **values: Any) -> int:
        """Run a prepared statement that changes rows; return the number of changed rows."""

    @abstractmethod
    def change_each(self, prepared: Prepared, rows: Iterable[Mapping[str, Any]]) -> None:
        """Run a prepared statement that changes rows once for each set of values."""

    def put(self, prepared: Prepared, columns: Mapping[str, Sequence[Any]]) -> None:
        """Run a prepared insertion for many rows. `columns` has the values of each column, row by row."""
        rows = zip(*columns.values(), strict=True)
        self.change_each(prepared, [dict(zip(columns, row, strict=True)) for row in rows])

    @abstractmethod
    def add(self, additive: Additive, flat: Sequence[Any]) -> None:
        """Add rows to a table of counts. `flat` has the values of all rows, row after row."""

    def add_at_last(self, additive: Additive, flat: Sequence[Any]) -> None:
        """Add rows to a table of counts, or postpone that if `holding_rows` is entered."""
        if self._postponed is None:
            self.add(additive, flat)
        else:
            self._postponed.append((additive, flat))

    def add_made(self, make: Callable[[], Iterable[HeldRows]], *, values: int = 0) -> None:
        """Add rows that `make` returns. If `holding_rows` is entered, it is called when they are added.

        So it must need nothing that changes until then. See `LaterRows` for `values`.
        """
        if self._postponed is None:
            self.add_held(make())
        else:
            self._postponed.append(LaterRows(make, values))

    @contextmanager
    def holding_rows(self) -> Iterator[Sequence[Postponed]]:
        """Postpone the rows of `add_at_last` and `add_made` within the block.

        `add_held` adds them, after `made` has made those of `add_made`.
        """
        postponed: list[Postponed] = []
        self._postponed = postponed
        try:
            yield postponed
        finally:
            self._postponed = None

    @abstractmethod
    def add_held(self, rows: Iterable[HeldRows], *, beside: bool = False) -> None:
        """Add postponed rows, many in each statement. `beside` says that another thread counts meanwhile."""

    @abstractmethod
    def version(self) -> int:
        """Return a number that changes whenever another connection has written."""

    @abstractmethod
    def foresee(
        self, asked: Sequence[tuple[Prepared, Mapping[str, Any]]], *, routes_after: int
    ) -> None:
        """Send these queries, and `new_routes`, when the next writing transaction begins.

        An engine does this only if it saves round trips.

        The first call of `rows` with the same query and values returns that result. So a transaction must not
        change these rows before it reads them.
        """

    def must_move(self) -> bool:
        """Return whether the open transaction may have to move the counts of merged routes before it ends."""
        return False

    def routes_version(self) -> int:
        """Return a number that changes when another connection has changed routes, crowds or their pages.

        If it changes for new routes, too, `new_routes` returns none. Call it within a writing transaction.
        """
        return self.version()

    def new_routes(self, after: int) -> list[tuple[Any, ...]]:  # noqa: ARG002 - for other engines
        """Return the routes with a higher number, as `compiled.ROUTES` has them, once in a transaction."""
        return []

    @abstractmethod
    def stamp(self) -> str | None:
        """Return the version of the schema that is stored in the database, `None` if none is."""

    @abstractmethod
    def tables(self) -> set[str]:
        """Return the names of all tables."""

    @abstractmethod
    def make_tables(self) -> None:
        """Make all tables, within the open transaction."""

    @abstractmethod
    def stored_rows(self, table: str, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        """Yield the stored values of all rows of a table, without keeping them in memory."""

    @abstractmethod
    def put_rows(self, table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
        """Insert rows of stored values. None of their keys may be in the table."""

    @abstractmethod
    def finish_copy(self) -> None:
        """Make the database ready after rows were copied into it, so that new rows get later numbers."""

    @abstractmethod
    def new_stream_numbers(self) -> Iterable[int]:
        """Return numbers for new streams. No other program gets the same ones."""

    @abstractmethod
    def finish_numbers(self, table: str, column: str) -> None:
        """Let new rows get numbers after all stored ones, after rows were stored with numbers of ours."""

    @abstractmethod
    def damage(self, *, most: int) -> list[str]:
        """Return at most `most` sentences, one for each damage that the engine finds."""

    def is_damaged(self) -> bool:
        """Return whether the engine finds the database damaged. SQLite reads the whole file for that."""
        return bool(self.damage(most=1))

    @abstractmethod
    def is_checked_when_read(self, where: Database) -> bool:
        """Return whether the check for damage is so fast that each reader makes it."""

    @abstractmethod
    def size(self, where: Database) -> int:
        """Return how many bytes the database takes."""

    @abstractmethod
    def shrink(self) -> None:
        """Return free space to the disk if there is much of it."""

    @abstractmethod
    def lock(self, where: Database, *, wait: float) -> AbstractContextManager[object]:
        """Keep other ingests from writing; raises `LockBusy` if one has the lock for `wait` more seconds."""

    def execute(
        self, statement: sqlalchemy.Executable, values: Any = None
    ) -> sqlalchemy.CursorResult[*tuple[Any, ...]]:
        """Run a statement of SQLAlchemy's."""
        return self.alchemy.execute(statement, values)

    def scalar(self, statement: sqlalchemy.Executable, values: Any = None) -> Any:
        """Return the first column of the first row that a statement of SQLAlchemy's finds."""
        return self.alchemy.scalar(statement, values)

    def scalars(
        self, statement: sqlalchemy.Executable, values: Any = None
    ) -> sqlalchemy.ScalarResult[Any]:
        """Return the first column of the rows that a statement of SQLAlchemy's finds."""
        return self.alchemy.scalars(statement, values)

    def exec_driver_sql(
        self, statement: str, values: Any = None
    ) -> sqlalchemy.CursorResult[*tuple[Any, ...]]:
        """Run a statement given as text in the SQL of the engine."""
        return self.alchemy.exec_driver_sql(statement, values)


def made(postponed: Iterable[Postponed]) -> Iterator[HeldRows]:
    """Yield the postponed rows, and make those that are not made yet."""
    for each in postponed:
        if isinstance(each, tuple):
            yield each
        else:
            yield from each.make()


def connect(
    where: Database,
    mode: Mode,
    *,
    busy_timeout: float = BUSY_TIMEOUT,
    wait_limits: ServerWaitLimits | None = None,
    answer_within: float | None = None,
) -> Connection:
    """Open a database. Only `Mode.CREATE` makes a missing file.

    `wait_limits` says how long to wait for a server that is away. By default, a writer waits `busy_timeout`
    seconds, and a reader at most `READERS_WAIT` seconds. `answer_within` is that of `ServerWaitLimits`.
    Raises `DatabaseError` if the file is missing, is no database or may not be used in this mode, or if the
    server does not answer.
    """
    if isinstance(where, DatabaseUrl):
        usual = READERS_WAIT if mode is Mode.READ else busy_timeout
        given = ServerWaitLimits(min(usual, busy_timeout), answer_within=answer_within)
        return _connect_to_server(where, wait_limits or given)
    from flask_status_cli.store.database import sqlite

    return sqlite.connect(
        where, create=mode is Mode.CREATE, writing=mode is not Mode.READ, busy_timeout=busy_timeout
    )


def _connect_to_server(url: DatabaseUrl, wait_limits: ServerWaitLimits) -> Connection:
    with translated(url):
        try:
            from flask_status_cli.store.postgresql.connection import PostgresqlConnection
        except ImportError as error:
            what = "PostgreSQL needs psycopg, which is not installed"
            raise DatabaseError(str(url), what, NEEDS_EXTRA) from error
        return PostgresqlConnection(url, wait_limits)


@contextmanager
def transaction(connection: Connection, *, writing: bool, again: bool = False) -> Iterator[None]:
    """Commit what the block does, or roll it back if the block raises.

    A writer takes the database's lock at the beginning. A reader sees one snapshot.
    """
    try:
        connection.begin(writing=writing, again=again)
        yield
        connection.commit()
    except BaseException:
        connection.rollback()
        raise


def write(  # noqa: PLR0913 - what to do, and what became of the first attempt
    connection: Connection,
    where: Database,
    work: Callable[[], T],
    *,
    failed: Callable[[], None] = lambda: None,
    after: ServerAwayError | None = None,
    done: T | None = None,
) -> T:
    """Call `work` in a transaction, and return its result. `failed` is called after each failed attempt.

    If the server was away, `work` is called again, unless the transaction is found to be stored. With
    `after`, there was an attempt already: it ended with this error, and its result was `done`.
    """
    wait = ServerWait(connection.wait_limits)
    while True:
        if after is not None:
            connection.recover(after, wait)
        try:
            with translated(where), transaction(connection, writing=True, again=after is not None):
                done = work()
        except AlreadyStored:
            return cast("T", done)
        except ServerAwayError as error:
            failed()
            after = error
        except BaseException:
            failed()
            raise
        else:
            return done
