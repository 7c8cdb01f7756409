"""One transaction for the batches of many small logs.

A connection to a server may be lost before the end of it. Then the batches are stored again in a new
transaction, unless they are found to be stored already. Their logs need not be read again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from flask_status_cli.errors import DatabaseError, ServerAwayError
from flask_status_cli.frozen import replace
from flask_status_cli.model.database_url import Database
from flask_status_cli.store.batch import READ_MEANWHILE, Batch, BatchRefused, Committed
from flask_status_cli.store.counts.gathered_batches import GatheredBatches, store_gathered
from flask_status_cli.store.database.connection import Connection, write
from flask_status_cli.store.database.server_wait import ServerWait
from flask_status_cli.store.database.sqlite_errors import translated
from flask_status_cli.store.incidents.frozen_incidents import Freeze
from flask_status_cli.store.routes import declarations, merged_counts
from flask_status_cli.store.routes.route_book import RouteBook
from flask_status_cli.store.small_batch import SmallBatch, SmallCommitted, numbered
from flask_status_cli.store.store_batch import store_batch, store_small
from flask_status_cli.store.streams import checkpoints

if TYPE_CHECKING:
    from flask_status_cli.model import Stream
    from flask_status_cli.model.log.checkpoints import PackedStream

T = TypeVar("T")


class Gathering:
    """A transaction that is open from `begin` to `finish` or `abort`. `Store.together` makes one.

    `gathered` has the sums of its batches.
    """

    def __init__(
        self,
        connection: Connection,
        path: Database,
        book: RouteBook,
        *,
        freeze: Freeze,
        clock: Callable[[], datetime],
    ) -> None:
        self.gathered = GatheredBatches(connection)
        self._connection = connection
        self._path = path
        self._book = book
        self._freeze = freeze
        self._clock = clock
        self._batches: list[Batch | SmallBatch] = []
        self._wait = ServerWait(connection.wait_limits)
        self.at_end: list[Callable[[Connection], None]] = []
        """These are called at the end of the transaction."""

    def begin(self, after: ServerAwayError | None = None) -> None:
        """Begin the transaction. With the error `after`, begin it again, and store its batches again."""
        error = after
        while True:
            if error is not None:
                self.abort()
                self._connection.recover(error, self._wait)
            try:
                with translated(self._path):
                    self._connection.begin(writing=True, again=error is not None)
                    self._store_batches()
            except ServerAwayError as again:
                error = again
            else:
                self._connection.restore = self.begin
                return

    def streams(self, head: bytes) -> list[Stream]:
        """Return the streams with this first line, the longest first."""
        return self._do(lambda: self.gathered.streams(head))

    def put_streams(self) -> None:
        """Store the new streams of the batches."""
        if self._connection.restore is None:  # in the middle of a batch
            self.gathered.put_streams()
        else:
            self._do(self.gathered.put_streams)

    def _do(self, work: Callable[[], T]) -> T:
        """Call `work` in the transaction; return its result. Call it again if the connection was lost."""
        while True:
            self._connection.restore = None
            try:
                with translated(self._path):
                    return work()
            except ServerAwayError as error:
                self.begin(error)
            finally:
                self._connection.restore = self.begin

    def store(self, batch: Batch) -> Committed:
        """Store a batch together with the earlier ones. If it is refused, the earlier ones stay."""
        committed = self._do(lambda: self._store(batch))
        new = batch.stream is None  # its number is returned before the commit
        self._batches.append(replace(batch, number=committed.stream) if new else batch)
        return committed

    def known_heads(self, heads: Sequence[bytes]) -> set[bytes]:
        """Return those of these first lines that a stream has; at most `MOST_STREAMS` can be given."""
        return self._do(lambda: self.gathered.known_heads(heads))

    def packed_streams(self, numbers: Sequence[int]) -> dict[int, PackedStream]:
        """Return those of these streams that alone have their first line, by number."""
        return self._do(lambda: self.gathered.packed_streams(numbers))

    def store_small(self, batch: SmallBatch) -> SmallCommitted:
        """Store a batch of small logs together with the earlier batches, or its first logs."""
        committed = self._do(lambda: self._store_small(batch))
        if committed.states:
            self._batches.append(numbered(batch, committed.states))
        return committed

    def finish(self) -> None:
        """Store the added-up counts, and commit the transaction."""
        self._connection.restore = None
        try:
            with translated(self._path):
                self._complete()
                self._connection.commit()
        except ServerAwayError as error:
            self.abort()
            write(self._connection, self._path, self._repeat, failed=self._book.forget, after=error)
        self.gathered.committed = True

    def abort(self) -> None:
        """Roll back the transaction."""
        self._connection.restore = None
        self._connection.rollback()
        self._book.forget()

    def _store(self, batch: Batch) -> Committed:
        return store_batch(
            self._book,
            batch,
            self.gathered,
            freeze=self._freeze,
            now=self._clock(),
        )

    def _store_small(self, batch: SmallBatch) -> SmallCommitted:
        return store_small(self._book, batch, self.gathered, now=self._clock())

    def _store_batches(self) -> None:
        """Store the batches of the transaction from the first one on. When it is new, there are none."""
        self.gathered.begin(declarations.version(self._connection))
        try:
            for batch in self._batches:
                if isinstance(batch, Batch):
                    self._store(batch)
                else:
                    self._store_small(batch)
        except BatchRefused:
            raise DatabaseError(str(self._path), *READ_MEANWHILE) from None

    def _complete(self) -> None:
        self.gathered.put_streams()
        store_gathered(self._book, self.gathered, freeze=self._freeze)
        checkpoints.save_inputs(self._connection, self.gathered.inputs)
        if self._connection.must_move():
            merged_counts.move_all(self._connection)
        for work in self.at_end:
            work(self._connection)

    def _repeat(self) -> None:
        self._store_batches()
        self._complete()
