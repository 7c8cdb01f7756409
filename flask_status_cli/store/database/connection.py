"""A connection to a database, whatever its engine, and how it is opened: the only place that opens one.

What an ingest asks is prepared (`compiled`) and handed to the driver, so that SQLAlchemy need not be
imported: that takes longer than most ingests. Every other statement goes through SQLAlchemy, which then joins
the same connection, within the same transaction.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self, TypeAlias, TypeVar, cast

from flask_status_cli.errors import DatabaseError, ServerAwayError
from flask_status_cli.model.database_url import Database, DatabaseUrl
from flask_status_cli.model.patience import Patience
from flask_status_cli.store.database.server_wait import Wait
from flask_status_cli.store.database.sqlite_errors import translated

if TYPE_CHECKING:
    import sqlalchemy

    from flask_status_cli.store.statements.prepared import Additive, Prepared

BUSY_TIMEOUT: Final = 5.0
"""Seconds to wait for another program's lock."""

READERS_WAIT: Final = 1.0
"""Seconds that a reader waits for a server that is away."""

INGEST_MAKES_IT = "flask-status ingest LOG creates it"

NEEDS_EXTRA: Final = "pip install 'flask-status-cli[postgres]'"


T = TypeVar("T")

HeldRows: TypeAlias = "tuple[Additive, Sequence[Any]]"
"""Rows of a table of counts, value by value."""


class Mode(Enum):
    """What a connection may do, in the words of SQLite's URI."""

    READ = "ro"
    WRITE = "rw"
    CREATE = "rwc"


class AlreadyStored(Exception):  # noqa: N818 - it reports no error
    """The transaction that is tried again was stored the first time: only the answer was lost."""


class Connection(ABC):
    """A connection to the database. A context manager that closes it.

    Transactions are written out (`transaction`). Without one each statement stands alone.
    """

    _held: list[HeldRows] | None = None

    host: str = ""
    """The host whose logs are read: a stream, an input and a run are of one host."""

    moves_at_once: ClassVar[bool]
    """Whether counts follow a merged route in the transaction that merges it: see `merged_counts`."""

    may_be_lost: ClassVar[bool]
    """Whether a transaction may end without an answer, as it may where a network lies between."""

    numbers_follow: ClassVar[bool]
    """Whether a new row gets the number after the highest one, also if somebody else has given that."""

    expected_version: str | None = None
    """The schema that the database was found to have. On a server another host may migrate it meanwhile."""

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
        """Close it; what was not committed is undone."""

    @abstractmethod
    def begin(self, *, writing: bool, again: bool = False) -> None:
        """Begin a transaction. Of writers there is one at a time, a reader sees one snapshot.

        With `again` it is the last one that is tried again; raises `AlreadyStored` if that was stored.
        """

    @abstractmethod
    def recover(self, error: ServerAwayError, wait: Wait) -> None:
        """Wait until the server can be used again, with the locks that were held; or raise the error."""

    @property
    @abstractmethod
    def patience(self) -> Patience:
        """How long the server may be away."""

    @abstractmethod
    def commit(self) -> None:
        """End the transaction; all of it is stored."""

    @abstractmethod
    def rollback(self) -> None:
        """End the transaction, if there is one and the connection is open; nothing of it is stored."""

    @abstractmethod
    def run(self, text: str) -> None:
        """Run a statement without values that both engines know."""

    @abstractmethod
    def rows(self, prepared: Prepared, **values: Any) -> list[tuple[Any, ...]]:
        """Return the rows that a prepared statement finds."""

    def row(self, prepared: Prepared, **values: Any) -> tuple[Any, ...] | None:
        """Return the first row that it finds."""
        return next(iter(self.rows(prepared, **values)), None)

    def column(self, prepared: Prepared, **values: Any) -> list[Any]:
        """Return the first column of what it finds."""
        return [row[0] for row in self.rows(prepared, **values)]

    def value(self, prepared: Prepared, **values: Any) -> Any:
        """Return the first column of the first row, `None` where there is none."""
        found = self.rows(prepared, **values)
        return found[0][0] if found else None

    @abstractmethod
    def change(self, prepared: Prepared, **values: Any) -> None:
        """Run a prepared statement that changes rows. A server may answer after the next one."""

    @abstractmethod
    def changed(self, prepared: Prepared, **values: Any) -> int:
        """Run a prepared statement that changes rows; return how many."""

    @abstractmethod
    def change_each(self, prepared: Prepared, rows: Iterable[Mapping[str, Any]]) -> None:
        """Run it once for each of some sets of values."""

    @abstractmethod
    def add(self, additive: Additive, flat: Sequence[Any]) -> None:
        """Add rows to a table of counts; `flat` are their values, row by row."""

    def add_at_last(self, additive: Additive, flat: Sequence[Any]) -> None:
        """Add rows, or hold them back until the end of the transaction, where that is wished."""
        if self._held is None:
            self.add(additive, flat)
        else:
            self._held.append((additive, flat))

    @contextmanager
    def holding_rows(self) -> Iterator[Sequence[HeldRows]]:
        """Hold rows back. The caller adds them with `add_held`, in a thread if it likes."""
        held: list[HeldRows] = []
        self._held = held
        try:
            yield held
        finally:
            self._held = None

    @abstractmethod
    def add_held(self, rows: Sequence[HeldRows]) -> None:
        """Add rows that were held back, in as few statements as the engine takes."""

    @abstractmethod
    def version(self) -> int:
        """Return a number that changes whenever another connection has written."""

    @abstractmethod
    def foresee(self, asked: Sequence[tuple[Prepared, Mapping[str, Any]]]) -> None:
        """Let the next writing transaction ask these things as it begins, where that saves round trips.

        `rows` answers the first of the same questions by it. So only what is asked before it is changed.
        """

    def must_move(self) -> bool:
        """Return whether counts may have to follow merged routes before the transaction that is open ends."""
        return False

    def routes_version(self) -> int:
        """Return a number that changes when another connection has changed routes, crowds or their pages.

        It is asked within a writing transaction.
        """
        return self.version()

    @abstractmethod
    def stamp(self) -> str | None:
        """Return the version of the schema that the database says it has, `None` where it says nothing."""

    @abstractmethod
    def tables(self) -> set[str]:
        """Return the names of all tables."""

    @abstractmethod
    def make_tables(self) -> None:
        """Make all tables, within the transaction that is open."""

    @abstractmethod
    def stored_rows(self, table: str, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        """Yield all rows of a table as they are stored, without keeping them in memory."""

    @abstractmethod
    def put_rows(self, table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
        """Add rows that are not there yet, given as they are stored."""

    @abstractmethod
    def finish_copy(self) -> None:
        """Make the database ready after rows were copied into it: numbers of new rows come behind theirs."""

    @abstractmethod
    def damage(self, *, most: int) -> list[str]:
        """Return what the engine itself finds damaged, a sentence each."""

    def is_damaged(self) -> bool:
        """Return whether the engine finds the database damaged. SQLite reads all of the file."""
        return bool(self.damage(most=1))

    @abstractmethod
    def is_checked_when_read(self, where: Database) -> bool:
        """Return whether looking for damage is quick enough to be done by each reader."""

    @abstractmethod
    def size(self, where: Database) -> int:
        """Return how many bytes the database takes."""

    @abstractmethod
    def shrink(self) -> None:
        """Give free room back to the disk, where that is worth it."""

    @abstractmethod
    def lock(self, where: Database, *, wait: float) -> AbstractContextManager[object]:
        """Hold off other ingests; raises `LockBusy` where one has held us off for `wait` seconds."""

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


def connect(
    where: Database,
    mode: Mode,
    *,
    busy_timeout: float = BUSY_TIMEOUT,
    patience: Patience | None = None,
) -> Connection:
    """Open a database; only `Mode.CREATE` ever makes a file.

    A server that is away is waited for with `patience`: for `busy_timeout` unless given, by a reader for
    `READERS_WAIT` at most.

    Raises `DatabaseError` where the file is missing, no database, or may not be used that way, and where no
    server answers.
    """
    if isinstance(where, DatabaseUrl):
        usual = READERS_WAIT if mode is Mode.READ else busy_timeout
        return _connect_to_server(where, patience or Patience(min(usual, busy_timeout)))
    from flask_status_cli.store.database import sqlite

    return sqlite.connect(
        where, create=mode is Mode.CREATE, writing=mode is not Mode.READ, busy_timeout=busy_timeout
    )


def _connect_to_server(url: DatabaseUrl, patience: Patience) -> Connection:
    with translated(url):
        try:
            from flask_status_cli.store.postgresql import connection as postgresql
        except ImportError as error:
            what = "PostgreSQL needs psycopg, which is not installed"
            raise DatabaseError(str(url), what, NEEDS_EXTRA) from error
        return postgresql.connect(url, patience)


@contextmanager
def transaction(connection: Connection, *, writing: bool, again: bool = False) -> Iterator[None]:
    """Do all of it or nothing. A writer takes the database's lock at once, a reader sees one snapshot."""
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
    """Do `work` in a transaction, and return its result. `failed` is called if that did not succeed.

    It is done again if the server was away, unless that transaction is found to be stored: then only the
    answer was lost. With `after` there was an attempt already, which ended so, with the result `done`.
    """
    wait = Wait(connection.patience)
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
