"""The store: a database that an ingest writes.

Most runs find nothing new, so modules that they do not need are imported in the methods.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypeVar

from flask_status_cli.errors import DatabaseError, ServerAwayError
from flask_status_cli.frozen import replace
from flask_status_cli.model.database_url import Database
from flask_status_cli.model.server_wait_limits import ServerWaitLimits
from flask_status_cli.store.batch import Batch, Committed
from flask_status_cli.store.database import background_commit
from flask_status_cli.store.database.background_commit import BackgroundCommit, OpenTransaction
from flask_status_cli.store.database.connection import (
    BUSY_TIMEOUT,
    Connection,
    Mode,
    Postponed,
    made,
    transaction,
    write,
)
from flask_status_cli.store.database.lock import LockBusy
from flask_status_cli.store.database.open_database import opening
from flask_status_cli.store.database.sqlite_errors import translated
from flask_status_cli.store.edits import Edits
from flask_status_cli.store.end_of_run import EndOfRun
from flask_status_cli.store.lookups import Lookups
from flask_status_cli.store.route_folding import RouteFolding
from flask_status_cli.store.schema import version

if TYPE_CHECKING:
    from flask_status_cli.model import Stream
    from flask_status_cli.model.log.checkpoints import PackedStream
    from flask_status_cli.store.counts.gathered_batches import GatheredBatches
    from flask_status_cli.store.gathering import Gathering
    from flask_status_cli.store.routes.route_book import RouteBook
    from flask_status_cli.store.small_batch import SmallBatch, SmallCommitted

T = TypeVar("T")


class _NotStored(Exception):  # noqa: N818 - it reports no error
    """Ends a transaction that was begun only to find out whether the last one is stored."""


class Store(Edits, EndOfRun, Lookups, RouteFolding):
    """A database to write; a context manager. Every method raises `DatabaseError` if SQLite fails.

    Readers may read meanwhile. Only one writer writes at a time (`WriteLock`).

    - `clock` returns the present instant.
    - Rules that match one of the globs `keep` never become part of a crowd.
    - `copied` is the path of the copy that was made before an older database was migrated.
    """

    def __init__(
        self,
        connection: Connection,
        path: Database,
        clock: Callable[[], datetime],
        *,
        keep: Sequence[str] = (),
    ) -> None:
        super().__init__(connection, path)
        self._background: BackgroundCommit | None = None
        self._in_background: Batch | None = None
        self._stored: Batch | None = None  # freed when there is time, which takes milliseconds
        self._clock = clock
        self._gathering: Gathering | None = None
        self._keep = keep
        self.copied: Path | None = None

    @property
    def _connection(self) -> Connection:
        self.wait()
        if self._gathering is not None:
            self._gathering.put_streams()
        return self._opened

    def wait(self) -> None:
        """Wait until the batch in the background is committed; raise the error if that failed."""
        background, self._background = self._background, None
        batch, self._in_background = self._in_background, None
        if background is None:
            return
        self._stored = batch
        try:
            background.wait()
        except ServerAwayError as error:
            if batch is None:
                raise
            self._commit_again(batch, error)

    @cached_property
    def _book(self) -> RouteBook:
        from flask_status_cli.store.routes.route_book import RouteBook

        return RouteBook(self._connection, keep=self._keep)

    @classmethod
    def open(  # noqa: PLR0913 - a database, and how to use it
        cls,
        path: Database,
        *,
        create: bool,
        clock: Callable[[], datetime],
        busy_timeout: float | None = None,
        wait_limits: ServerWaitLimits | None = None,
        keep: Sequence[str] = (),
        host: str = "",
        left_open: bool = False,
    ) -> Self:
        """Open the database at `path`. With `create`, a missing database is made, with its directory.

        An older schema is migrated. Statements wait up to `busy_timeout` seconds (by default `BUSY_TIMEOUT`)
        for the lock of another program. `wait_limits` says how long a server may be away; by default as long.
        With `left_open`, the transaction that makes a new file is open until another method is called; `note`
        stores in the same transaction. Raises `DatabaseError` if the database cannot be used.
        """
        mode = Mode.CREATE if create else Mode.WRITE
        busy = BUSY_TIMEOUT if busy_timeout is None else busy_timeout
        with opening(path, mode, busy_timeout=busy, wait_limits=wait_limits) as connection:
            connection.host = host
            begun = _begun(connection, path, clock()) if create and left_open else None
            copied = None
            if begun is None:
                copied = version.make_ready(connection, path, create=create, now=clock())
        store = cls(connection, path, clock, keep=keep)
        store._background = begun
        store.copied = copied
        return store

    @property
    def may_be_lost(self) -> bool:
        """Whether a commit may get no answer: see `Connection`."""
        return self._opened.may_be_lost

    def locked(self, *, wait: float) -> AbstractContextManager[object]:
        """Keep other ingests from writing; raises `LockBusy` if one has the lock for `wait` more seconds."""
        return self._connection.lock(self._path, wait=wait)

    def close(self) -> None:
        """Wait for the batch in the background, and close the connection."""
        try:
            self.wait()
        finally:
            self._opened.close()

    def streams(self, head: bytes) -> list[Stream]:
        """Return the streams whose first line has this digest, the longest first."""
        if self._gathering is None:
            return super().streams(head)
        return self._gathering.streams(head)

    def known_heads(self, heads: Sequence[bytes]) -> set[bytes]:
        """Return those of these first lines that a stream has; at most `MOST_STREAMS` can be given."""
        if self._gathering is None:
            return super().known_heads(heads)
        return self._gathering.known_heads(heads)

    def packed_streams(self, numbers: Sequence[int]) -> dict[int, PackedStream]:
        """Return those of these streams that alone have their first line, by number."""
        if self._gathering is None:
            return super().packed_streams(numbers)
        return self._gathering.packed_streams(numbers)

    def commit_small(self, batch: SmallBatch) -> SmallCommitted:
        """Store a batch of small logs within `together`, or its first logs.

        Raises `StreamsChanged` if one of the logs is known, or if other rules were declared.
        """
        if self._gathering is None:
            raise ValueError("small batches are stored together")
        return self._gathering.store_small(batch)

    def adopt(self, number: int) -> None:
        """Make a stream of another host a stream of this host."""
        super().adopt(number)
        if self._gathering is not None:
            self._gathering.gathered.forget_streams()

    def version(self) -> int:
        """Return a number that changes whenever another program writes."""
        with translated(self._path):
            return self._connection.version()

    def commit(
        self, batch: Batch, *, lock: ExitStack | None = None, left_open: bool = False
    ) -> Committed:
        """Store the batch: its counts, its unread lines, its checkpoint and inputs, or nothing of it.

        If routes become part of a crowd, call `follow` to move their counts. A batch that is committed in the
        background (`is_committing`) does that by itself. Raises `StreamsChanged` if the streams differ from
        `batch.expected`, or if other rules were declared. Raises `CountedTwice` if `batch.unknown_only` is
        set and the requests were counted before.

        With a `lock`, a large batch is committed in the background, and the lock is released afterwards. The
        next method that is called waits for the commit, and raises its error. A batch that is `left_open` is
        stored at once, and the next method commits it; `record` stores the run in the same transaction.
        """
        if self._gathering is not None and lock is None:  # `together` ends the transaction
            return self._gathering.store(batch)
        if self._gathering is None:
            from flask_status_cli.store.store_batch import foresee

            self.follow()  # a killed run may have left counts to be moved
            foresee(self._book, batch)
        if lock is None:
            return self._write(lambda _: self._store_batch(batch))
        tried: list[Committed] = []
        try:
            self._commit_in_background(batch, lock, tried, left_open=left_open)
        except ServerAwayError as error:
            return self._write(
                lambda _: self._store_batch(batch),
                after=error,
                done=tried[0] if tried else None,
            )
        return tried[0]

    def made_ready(self, batch: Batch) -> Batch:
        """Return the batch with what can be found out before its turn, if a server is still busy."""
        if not (self.is_committing and self._opened.takes_text) or batch.of_hosts:
            return batch
        from flask_status_cli.store.counts.attribution import make_ready

        return replace(batch, ready=make_ready(self._book, batch.counts))

    def _commit_in_background(
        self, batch: Batch, lock: ExitStack, tried: list[Committed], *, left_open: bool
    ) -> None:
        """Store the batch. If it is large, commit it in the background. The result is appended to `tried`.

        A batch may be `left_open` only in a file, because the connection to a server may be lost.
        """
        left_open = left_open and not self.may_be_lost
        with ExitStack() as within:
            connection = within.enter_context(self.writing())
            with connection.holding_rows() as rows:
                committed = self._store_batch(batch)
            tried.append(committed)
            beside = not left_open and background_commit.worth_it(
                rows
            )  # else nothing is counted beside it
            one_label = not batch.of_hosts
            add = partial(_add_held, connection, rows, one_label=one_label, beside=beside)
            if not (beside or left_open):
                add()
                return
            self._background = BackgroundCommit(
                add,
                OpenTransaction(
                    within.pop_all(),
                    lock.pop_all(),
                    then=partial(self.follow, connection) if committed.folded else lambda: None,
                ),
                beside=beside,
                left_open=left_open,
            )
            new = batch.stream is None  # its number is returned before the commit
            self._in_background = replace(batch, number=committed.stream) if new else batch
            self._stored = None

    def _commit_again(self, batch: Batch, error: ServerAwayError) -> None:
        """Store a batch whose commit in the background got no answer, unless it is stored already."""
        from flask_status_cli.store.batch import READ_MEANWHILE, StreamsChanged

        with self._opened.lock(self._path, wait=self._opened.wait_limits.seconds):
            try:
                self._write(lambda _: self._store_batch(batch), after=error)
            except StreamsChanged:
                raise DatabaseError(str(self._path), *READ_MEANWHILE) from None

    @property
    def is_committing(self) -> bool:
        """Whether a batch is being committed in the background, or was and is not waited for yet."""
        return self._background is not None

    @property
    def is_busy(self) -> bool:
        """Whether a batch is still being committed in the background, so that the next one would wait."""
        return self._background is not None and self._background.is_running

    @property
    def is_left_open(self) -> bool:
        """Whether the transaction of the last batch is still open, so that more can be stored in it."""
        return self._background is not None and self._background.left_open

    def _store_batch(self, batch: Batch) -> Committed:
        from flask_status_cli.store.store_batch import store_batch

        return store_batch(self._book, batch, None, freeze=self._freeze, now=self._clock())

    @contextmanager
    def together(self) -> Iterator[GatheredBatches]:
        """Store all batches that are committed within the block in one transaction.

        Their counts are added up and stored at the end of the block. Only then the yielded object knows the
        new routes and crowds. A refused batch stores nothing, and the batches before it stay.
        """
        from flask_status_cli.store.gathering import Gathering

        self.follow()  # a killed run may have left counts to be moved
        gathering = Gathering(
            self._connection, self._path, self._book, freeze=self._freeze, clock=self._clock
        )
        try:
            gathering.begin()
            self._gathering = gathering
            yield gathering.gathered
            gathering.finish()
        except BaseException:
            gathering.abort()
            raise
        finally:
            self._gathering = None

    def has_stored(self, *, after: ServerAwayError) -> bool:
        """Return whether the last transaction was stored although its commit raised this error."""

        def work(_: Connection) -> None:
            raise _NotStored

        try:
            self._write(work, after=after)
        except _NotStored:
            return False
        return True

    def _write(
        self,
        work: Callable[[Connection], T],
        *,
        after: ServerAwayError | None = None,
        done: T | None = None,
        connection: Connection | None = None,
    ) -> T:
        connection = self._connection if connection is None else connection
        self._book.waiting = None
        if self._gathering is not None:  # `together` ends the transaction, also if this fails
            return work(connection)

        def attempt() -> T:
            result = work(connection)
            if connection.must_move():
                _move_merged(connection)
            return result

        return write(
            connection, self._path, attempt, failed=self._book.forget, after=after, done=done
        )

    def _write_last(self, work: Callable[[Connection], None]) -> None:
        if self._gathering is not None:
            self._gathering.at_end.append(work)
        elif self._background is not None and self.is_left_open:
            open_batch, self._background, self._in_background = self._background, None, None
            open_batch.wait(partial(work, self._opened))
        else:
            self._write(work)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One writing transaction, with its connection."""
        connection = self._connection
        if self._gathering is not None:  # `together` ends the transaction, also if this fails
            yield connection
            return
        try:
            with translated(self._path), transaction(connection, writing=True):
                yield connection
                if connection.must_move():
                    _move_merged(connection)
        except BaseException:
            self._book.forget()
            raise


def _add_held(
    connection: Connection, rows: Sequence[Postponed], *, one_label: bool, beside: bool
) -> None:
    """Add the postponed rows of a batch. `beside` says that another thread counts meanwhile.

    If all have `one_label`, none of them is of a merged route. Then it takes less time to move the counts of
    merged routes before there are more rows to search.
    """
    if one_label and connection.must_move():
        _move_merged(connection)
    connection.add_held(made(rows), beside=beside)


def _begun(connection: Connection, path: Database, now: datetime) -> BackgroundCommit | None:
    """Make the tables of a new file in a transaction that is left open.

    Return `None` if the database is not new, or on a server, or if an ingest has its lock.
    """
    if connection.may_be_lost or version.stamp(connection) is not None:
        return None
    with ExitStack() as lock, ExitStack() as within:
        try:
            lock.enter_context(connection.lock(path, wait=0))
        except LockBusy:
            return None
        within.enter_context(translated(path))
        within.enter_context(transaction(connection, writing=True))
        if not version.make_new(connection, path, create=True, now=now):
            return None
        transaction_of_it = OpenTransaction(within.pop_all(), lock.pop_all(), then=_nothing)
        return BackgroundCommit(_nothing, transaction_of_it, beside=False, left_open=True)


def _nothing() -> None:
    """Do nothing."""


def _move_merged(connection: Connection) -> None:
    from flask_status_cli.store.routes import merged_counts

    merged_counts.move_all(connection)
