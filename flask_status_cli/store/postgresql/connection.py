"""Connections to a PostgreSQL server. A database is one schema of the server."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import cached_property
from itertools import count, islice
from typing import TYPE_CHECKING, Any, Final, TypeVar

import psycopg
from psycopg.pq import TransactionStatus

from flask_status_cli.errors import DatabaseError, ServerAwayError
from flask_status_cli.model.database_url import Database, DatabaseUrl
from flask_status_cli.model.server_wait_limits import ServerWaitLimits
from flask_status_cli.store.database.connection import AlreadyStored, Connection, HeldRows
from flask_status_cli.store.database.lock import LATER, POLL_SECONDS, LockBusy
from flask_status_cli.store.database.server_wait import ServerWait
from flask_status_cli.store.database.sqlite_errors import translated
from flask_status_cli.store.postgresql import bulk_rows, tables
from flask_status_cli.store.postgresql.errors import database_error
from flask_status_cli.store.postgresql.locked_session import LOCKS, LockedSession
from flask_status_cli.store.postgresql.own_statements import (
    COUNT_WRITE,
    DRAW_STREAMS,
    END_IF_IDLE,
    FORGET_NUMBER,
    LOCK_TURN,
    NEW_ROUTES,
    NUMBER_WRITE,
    READ,
    SIZE,
    TAKE_LOCK,
    WRITE,
)
from flask_status_cli.store.postgresql.statements import inserting, rewritten
from flask_status_cli.store.postgresql.turn import COUNT_CHANGE, READ_FACTS, WriteTurn
from flask_status_cli.store.statements import compiled

if TYPE_CHECKING:
    import sqlalchemy

    from flask_status_cli.store.statements.prepared import Additive, Prepared

WRITES: Final = "writes"
"""The row of `fact` that counts writing transactions."""

FEW: Final = 100
"""Up to this many statements are sent one by one. For more, psycopg first waits for the earlier answers."""


T = TypeVar("T")


class PostgresqlConnection(Connection):
    """A connection to a PostgreSQL server; see `Connection`."""

    moves_at_once = True
    numbers_follow = False
    takes_text = True

    may_be_lost = True

    def __init__(self, url: DatabaseUrl, wait_limits: ServerWaitLimits) -> None:
        self.url = url
        self._wait_limits = wait_limits
        self._within = False
        self._name = secrets.token_hex(8)
        self._number = 0
        self._last = 0
        self._others = 0
        self._sending = ExitStack()
        self._pipeline: psycopg.Pipeline | None = None
        self._turn = WriteTurn()
        self._foreseen: Sequence[tuple[Prepared, Mapping[str, Any]]] = ()
        self._session = LockedSession(url, wait_limits)
        self._connect(ServerWait(wait_limits))

    @property
    def wait_limits(self) -> ServerWaitLimits:
        """How long to wait for a server that is away."""
        return self._wait_limits

    @property
    def alchemy(self) -> sqlalchemy.Connection:
        """SQLAlchemy's view of this connection. It waits for the answer to each statement."""
        self._answered()
        return self._joined

    @cached_property
    def _joined(self) -> sqlalchemy.Connection:
        from flask_status_cli.store.postgresql.dialect import join

        return join(self.driver)

    def close(self) -> None:
        """Delete the number of the last transaction, and close the connection."""
        if self._number and self.driver.info.transaction_status == TransactionStatus.IDLE:
            with suppress(psycopg.Error):  # `extension_flushes.forget_old` deletes it later
                self.driver.execute(FORGET_NUMBER.format(self._name).encode())
        self._close()

    def _close(self) -> None:
        joined = self.__dict__.pop("_joined", None)
        if joined is not None:
            joined.close()
        self.driver.close()

    def _connect(self, wait: ServerWait) -> None:
        self.driver = self._session.begin(wait)
        self.clock_ahead = self.driver.clock_ahead

    def recover(self, error: ServerAwayError, wait: ServerWait) -> None:
        """Wait, and connect again.

        A connection that still works is not used again, because the driver would use statements that it
        prepared in the transaction, which the server has forgotten.
        """
        wait.pause(error)
        self._close()
        self._connect(wait)

    def begin(self, *, writing: bool, again: bool = False) -> None:
        """Begin a transaction. A writer waits for its turn, and stores the number of its transaction."""
        if not writing:
            self._asked(lambda: self.driver.execute(READ))
            self._within = True
            return
        self._within = True
        if not again:
            self._number += 1
        self._turn.end()
        if self.expected_version is None:
            self._begin_in_unknown_schema()
            return
        self._send_without_waiting()
        self._wait_for_turn(in_table=True)
        counted = self.driver.execute(COUNT_WRITE.encode(), (WRITES,))
        numbered = self.driver.execute(NUMBER_WRITE.encode(), (self._name, self._number))
        facts = self.driver.execute(READ_FACTS)
        foreseen = [(each, values, self._send(each, values)) for each, values in self._foreseen]
        self._foreseen = ()
        writes, version = counted.fetchone() or (0, None)
        self._refuse_unless_expected(version)
        if numbered.fetchone() == (0,):
            raise AlreadyStored
        self._note(writes - 1)
        self._last = writes
        self._turn.begin(facts.fetchall(), foreseen)

    def foresee(
        self, asked: Sequence[tuple[Prepared, Mapping[str, Any]]], *, routes_after: int
    ) -> None:
        """Send these queries together with the statements that begin the next writing transaction."""
        self._foreseen = (*asked, (NEW_ROUTES, {"after": routes_after}))

    def _send(self, prepared: Prepared, values: Mapping[str, Any]) -> psycopg.Cursor[Any]:
        return self.driver.execute(rewritten(prepared.text(values)), prepared.values(values))

    def _begin_in_unknown_schema(self) -> None:
        """Begin a transaction in a schema that may be missing, or may have to be migrated."""
        self._wait_for_turn(in_table=self._has_table("alembic_version"))
        if not self._has_table("fact"):
            return
        writes, _ = self._first(COUNT_WRITE, WRITES)
        self._note(writes - 1)
        self._last = writes

    def _wait_for_turn(self, *, in_table: bool) -> None:
        """Begin a transaction, and wait until no other connection writes.

        If the table is there, wait for a lock of it first: unlike a wait for an advisory lock, that holds no
        snapshot, so the server can remove old versions of rows meanwhile.
        """
        self.driver.execute(WRITE)
        self.driver.execute(END_IF_IDLE)
        if in_table:
            self.driver.execute(LOCK_TURN)
        self.driver.execute(
            "SELECT pg_advisory_xact_lock(%s, %s)", (LOCKS, self._session.key("writer"))
        )

    def _refuse_unless_expected(self, version: str | None) -> None:
        if self.expected_version != version:
            what = f"was migrated to schema {version} meanwhile, by a newer flask-status"
            raise DatabaseError(str(self.url), what, "upgrade this host, too")

    def _send_without_waiting(self) -> None:
        """From now on, send statements without waiting for their answers, unless their rows are read.

        Other hosts wait for this transaction, and a round trip may take longer than the statement. An error
        is raised by a later statement, or at the latest by `commit`.
        """
        if psycopg.Pipeline.is_supported():
            self._pipeline = self._sending.enter_context(self.driver.pipeline())

    def _answered(self) -> None:
        """Wait for all answers. From now on, wait for the answer to each statement."""
        self._pipeline = None
        self._sending.close()

    def commit(self) -> None:
        """Commit the transaction."""
        if self._turn.changes_routes:
            self.driver.execute(COUNT_CHANGE)
        self.driver.execute("COMMIT")
        self._answered()
        self._within = False
        self._turn.end(committed=True)

    def rollback(self) -> None:
        """Roll back the transaction, if there is one and the connection is open."""
        self._within = False
        self._turn.end()
        with suppress(psycopg.Error):  # errors of a transaction that is rolled back do not matter
            self._answered()
        if self.driver.closed:
            return
        with suppress(psycopg.OperationalError):  # a lost connection has no transaction any more
            if self.driver.info.transaction_status != TransactionStatus.IDLE:
                self.driver.execute("ROLLBACK")

    def _asked(self, ask: Callable[[], T]) -> T:
        """Call `ask`; return its result. Outside of a transaction, call it again if the server was away."""
        wait = ServerWait(self.wait_limits)
        while True:
            try:
                return ask()
            except Exception as error:
                away = database_error(self.url, getattr(error, "orig", error))
                may_ask_again = not self._within or self.restore is not None
                if not may_ask_again or not isinstance(away, ServerAwayError):
                    raise
            if self.restore is None:
                self.recover(away, wait)
            else:
                self.restore(away)

    def run(self, text: str) -> None:
        """Run a statement without parameters."""
        self.driver.execute(text.encode())
        if text.startswith("ROLLBACK") and self._turn.knows_facts:
            self._turn.read_again(self.driver.execute(READ_FACTS).fetchall())

    def rows(self, prepared: Prepared, **values: Any) -> list[tuple[Any, ...]]:
        """Return the rows that a prepared statement finds, without a query if they are known in this turn."""
        known = self._turn.answer(prepared, values)
        if known is not None:
            return prepared.rows(known)
        self._turn.note(prepared)
        return prepared.rows(self._asked(lambda: self._send(prepared, values).fetchall()))

    def insert(self, prepared: Prepared, rows: Iterable[Mapping[str, Any]]) -> list[int]:
        """Insert rows, `FEW` in each statement; return their numbers in the order of the rows."""
        numbers: list[int] = []
        each = iter(rows)
        while some := list(islice(each, FEW)):
            self._turn.note(prepared)
            text, names = inserting(prepared.pattern, len(some))
            written = map(prepared.values, some)
            values = [row[name] for row in written for name in names]
            numbers += sorted(number for (number,) in self.driver.execute(text, values).fetchall())
        return numbers

    def execute(
        self, statement: sqlalchemy.Executable, values: Any = None
    ) -> sqlalchemy.CursorResult[*tuple[Any, ...]]:
        """Run a statement of SQLAlchemy's."""
        self._turn.note_other(statement)
        return self._asked(lambda: self.alchemy.execute(statement, values))

    def scalar(self, statement: sqlalchemy.Executable, values: Any = None) -> Any:
        """Return the first column of the first row that a statement of SQLAlchemy's finds."""
        return self._asked(lambda: self.alchemy.scalar(statement, values))

    def scalars(
        self, statement: sqlalchemy.Executable, values: Any = None
    ) -> sqlalchemy.ScalarResult[Any]:
        """Return the first column of the rows that a statement of SQLAlchemy's finds."""
        return self._asked(lambda: self.alchemy.scalars(statement, values))

    def change(self, prepared: Prepared, **values: Any) -> None:
        """Run a prepared statement that changes rows, without waiting for its answer."""
        self._turn.note(prepared, values.get("name", ""), values.get("value", 0))
        self._send(prepared, values)

    def changed(self, prepared: Prepared, **values: Any) -> int:
        """Run a prepared statement that changes rows; return the number of changed rows."""
        self._turn.note(prepared)
        sent = self._send(prepared, values)
        if self._pipeline is not None:
            self._pipeline.sync()
        return sent.rowcount

    def change_each(self, prepared: Prepared, rows: Iterable[Mapping[str, Any]]) -> None:
        """Run a prepared statement for each set of values. All are sent before the first answer is read."""
        text, given = rewritten(prepared.text({})), list(map(prepared.values, rows))
        if given:
            self._turn.note(prepared)
        if len(given) <= FEW:
            for each in given:
                self.driver.execute(text, each)
        else:
            with self.driver.cursor() as cursor:
                cursor.executemany(text, given)

    def add(self, additive: Additive, flat: Sequence[Any]) -> None:
        """Add rows to a table of counts, in at most one COPY and one statement."""
        if len(flat) >= bulk_rows.WORTH * additive.width:
            self._answered()  # COPY cannot be sent otherwise
        if flat:
            bulk_rows.add(self.driver, additive, flat)

    def add_held(self, rows: Iterable[HeldRows], *, beside: bool = False) -> None:  # noqa: ARG002 - for files
        """Add postponed rows. The thread releases Python's lock (the GIL) while it waits for the server."""
        for additive, flat in bulk_rows.merged(rows):
            self.add(additive, flat)

    def version(self) -> int:
        """Return a number that changes whenever another connection has written."""
        if not self._within:
            self._note(self.value(compiled.FACT, of=WRITES) or 0)
        return self._others

    def must_move(self) -> bool:
        """Return whether this transaction has changed routes, because then some may have been merged."""
        return self._turn.changes_routes

    def routes_version(self) -> int:
        """Return a number that changes when another connection has changed routes, crowds or their pages.

        It does not change for new routes.
        """
        return self._turn.others_changes

    def new_routes(self, after: int) -> list[tuple[Any, ...]]:
        """Return the routes with a higher number, once in a transaction."""
        if self._turn.knows_routes:
            return []
        self._turn.knows_routes = True
        return self.rows(NEW_ROUTES, after=after)

    def stamp(self) -> str | None:
        """Return the version of the schema that is stored in the database, `None` if none is."""
        if not self._has_table("alembic_version"):
            return None
        found: str | None = self.value(compiled.VERSION)
        return found

    def tables(self) -> set[str]:
        """Return the names of all tables in the schema."""
        return self._asked(lambda: tables.names(self.driver, self.url.schema))

    def make_tables(self) -> None:
        """Make the schema if it is missing, and all tables in it."""
        tables.make(self.driver, self.url.schema)

    def stored_rows(self, table: str, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        """Yield the stored values of all rows of a table, by a cursor of the server."""
        return bulk_rows.stored(self.driver, table, columns)

    def put_rows(self, table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
        """Insert rows of stored values by COPY."""
        bulk_rows.put(self.driver, table, columns, rows)

    def finish_copy(self) -> None:
        """Move the sequences beyond the numbers that are in use, and run ANALYZE."""
        tables.finish_copy(self.driver, self.url.schema)

    def new_stream_numbers(self) -> Iterator[int]:
        """Yield numbers from the sequence, each time twice as many, so that few logs leave few gaps."""
        for many in (2**n for n in count()):
            drawn = self.driver.execute(DRAW_STREAMS, (min(many, FEW),)).fetchall()
            yield from (number for (number,) in drawn)

    def finish_numbers(self, table: str, column: str) -> None:
        """Move the sequence of a column beyond its highest number, if there is one."""
        tables.finish_numbers(self.driver, self.url.schema, table, column)

    def damage(self, *, most: int) -> list[str]:  # noqa: ARG002 - the server checks its files
        """Return an empty list, because the server checks its files itself."""
        return []

    def is_checked_when_read(self, where: Database) -> bool:  # noqa: ARG002 - there is nothing to check
        """Return true, because there is nothing to check."""
        return True

    def size(self, where: Database) -> int:  # noqa: ARG002 - the connection knows its URL
        """Return the size of the tables with their indexes, in bytes."""
        size: int = self._first(SIZE, self.url.schema)[0]
        return size

    def shrink(self) -> None:
        """Do nothing, because the server's autovacuum reuses free space."""

    @contextmanager
    def lock(self, where: Database, *, wait: float) -> Iterator[None]:
        """Take an advisory lock of this host. It ends with the session, even if this process is killed."""
        key = self._session.key("ingest", self.host)
        give_up = time.monotonic() + wait
        with translated(self.url):
            while not self._first(TAKE_LOCK, LOCKS, key)[0]:
                left = give_up - time.monotonic()
                if left <= 0:
                    what = f"another ingest held the lock for {wait:g} seconds"
                    raise LockBusy(str(where), what, LATER)
                time.sleep(min(POLL_SECONDS, left))
        with self._session.holding(key):
            yield

    def _note(self, writes: int) -> None:
        if writes != self._last:
            self._others += 1
            self._last = writes

    def _has_table(self, name: str) -> bool:
        return self._first("SELECT to_regclass(%s)::text", name)[0] is not None

    def _first(self, text: str, *values: object) -> tuple[Any, ...]:
        found = self._asked(lambda: self.driver.execute(text.encode(), values).fetchone())
        assert found is not None  # noqa: S101 - each of these statements finds a row
        return found
