"""Writes to the database under its lock, or to a copy of it for a dry run."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from copy import copy
from datetime import datetime
from typing import TYPE_CHECKING, Self, TypeVar

from flask_status_cli.model.database_url import Database
from flask_status_cli.model.server_wait_limits import ServerWaitLimits
from flask_status_cli.pipeline.ingest.writing import fold_messages
from flask_status_cli.store import BatchRefused, Store

if TYPE_CHECKING:
    from flask_status_cli.model import (
        Declaration,
        Expectation,
        InputFact,
        RuleSource,
        Run,
        UrlMap,
    )
    from flask_status_cli.pipeline.ingest.options import IngestOptions
    from flask_status_cli.pipeline.ingest.rejects import Rejects
    from flask_status_cli.store import (
        Batch,
        Committed,
        FoldedRoutes,
        Freezing,
        GatheredBatches,
        Placing,
        PrintedProblems,
        SmallBatch,
        SmallCommitted,
    )

T = TypeVar("T")

GATHERED = 0.5
"""Batches of small logs are committed together after this many seconds. Other ingests wait meanwhile."""

GATHERED_ON_SERVER = 0.2
"""On a database server, batches of small logs are committed together after this many seconds.

Other hosts, and apps that count their own requests, wait meanwhile.
"""


class Writer:
    """The database to which an ingest writes, with one short locked transaction for each batch.

    This is a context manager. Every method may raise `DatabaseError`. Methods that store something raise
    `LockBusy` if another ingest holds the lock for `wait` seconds.

    Arguments:
    - `rehearsal`: use a copy of the database, and leave no trace.
    - `keep`: globs on rules that are never folded.
    - `freezing`: returns the announced incidents to freeze when routes are folded.
    - `rejects`: the file of refused lines, which are appended with their batch.
    - `stored`: is called with every stored batch.
    - `host`: the name of this host.
    - `wait_limits`: how long to wait for a database server that is away.
    - `records`: whether `record` follows the last batch. Then both are stored in one transaction.

    Attributes:
    - `store`: the database, only for reading: what is written goes through the methods here.
    - `on_server`: whether the database is on a server.
    - `gathers`: whether batches of small logs are committed together.
    - `new_routes`: how many routes these batches created.
    - `left_out`: how many requests were not counted, because the extension counts them.
    - `other_hosts`: how many requests are for virtual hosts without a label of their own.
    """

    def __init__(  # noqa: PLR0913 - a database, how to write to it, and what to call
        self,
        path: Database,
        *,
        wait: float,
        clock: Callable[[], datetime],
        rehearsal: bool = False,
        keep: Sequence[str] = (),
        freezing: Freezing | None = None,
        rejects: Rejects | None = None,
        stored: Callable[[Batch], None] | None = None,
        host: str = "",
        wait_limits: ServerWaitLimits | None = None,
        records: bool = False,
    ) -> None:
        self.stored = stored
        self._records = records
        self.rejects = rejects
        self._path = path
        self._wait = wait
        self._rehearsal = rehearsal
        if rehearsal:
            from flask_status_cli.store import open_for_dry_run

            self.store = open_for_dry_run(path, clock=clock, keep=keep, host=host)
        else:
            self.store = Store.open(
                path, create=True, clock=clock, keep=keep, host=host, wait_limits=wait_limits,
                left_open=records,
            )  # fmt: skip
        self.on_server = self.store.may_be_lost
        self.store.freezing = freezing
        self.gathers = self._beside = not (rehearsal or rejects or stored)
        self._open: ExitStack | None = None
        self._gathered: GatheredBatches | None = None
        self.new_routes = 0
        self._open_until = 0.0
        self._notices: list[str] = []
        self.left_out = 0
        self.other_hosts = 0
        if self.store.copied is not None:
            self._notices.append(fold_messages.copied(path, self.store.copied))

    @property
    def is_busy(self) -> bool:
        """Whether the batch before is still being committed, so that another one would wait."""
        return self.store.is_busy

    def _lock(self) -> AbstractContextManager[object]:
        self.store.wait()  # a commit in the background may still hold the lock
        return nullcontext() if self._rehearsal else self.store.locked(wait=self._wait)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.commit_gathered()
        finally:
            self.store.close()
            if self.rejects is not None:
                self.rejects.close()

    def declare(
        self,
        label: str,
        source: RuleSource,
        url_map: UrlMap | None,
        *,
        placing: Placing,
        dry_run: bool = False,
    ) -> Declaration:
        """Replace the rules of a source, and move the counts to the rules that match now."""
        self.commit_gathered()
        with self._lock():
            return self.store.declare(label, source, url_map, placing=placing, dry_run=dry_run)

    def adopt(self, number: int) -> None:
        """Make a stream of another host a stream of this host."""
        self.commit_gathered()
        with self._lock():
            self.store.adopt(number)

    def counted(self, minutes: Collection[int]) -> Mapping[int, Mapping[int, int]]:
        """Return the requests of each of these minutes by status. Minutes that may be pruned are left out."""
        self.commit_gathered()
        return self.store.counted(minutes)

    def inputs(self) -> Sequence[InputFact]:
        """Return the file states that earlier runs recorded."""
        return () if self.store.is_left_open else self.store.inputs()

    def keeping(self, rejects: Rejects | None) -> Self:
        """Return a writer to the same database with another file of refused lines."""
        other = copy(self)
        other.rejects = rejects
        return other

    def prune_if_due(self, options: IngestOptions, clock: Callable[[], datetime]) -> None:
        """Prune old counts once a day, as the options say. A dry run prunes nothing."""
        self.commit_gathered()
        if self._rehearsal or not self.store.prune_due():
            return
        from flask_status_cli.pipeline.database.pruning import PruneOptions, prune_for_a_while

        keep = PruneOptions(self._path, options.retention, options.policy, wait=self._wait)
        prune_for_a_while(self.store, keep, clock=clock)

    def commit(self, batch: Batch) -> Committed:
        """Store the counts, checkpoint and file state of a batch together. Raises `StreamsChanged`.

        The transaction of the last batch of a log is open until another method is called, if `record` will
        be. So both wait for the disk only once.

        Batches of small logs share one transaction for up to `GATHERED` seconds, or until
        `commit_gathered()`, because a commit takes longer than reading such a log. If the run is killed
        before the commit, the next run reads these logs again.
        """
        if batch.small and self.gathers:
            committed = self._gather(lambda: self.store.commit(batch))
        else:
            batch = self.store.made_ready(batch)
            self.commit_gathered()
            kept = nullcontext() if self.rejects is None else self.rejects.kept()
            with ExitStack() as lock:
                lock.enter_context(self._lock())
                with kept:
                    beside = lock if self._beside else None
                    committed = self.store.commit(
                        batch, lock=beside, left_open=self._records and batch.ends_log
                    )
                if committed.folded and not self.store.is_committing:
                    self.store.follow()
        self._tell_folding(committed.foldings)
        self.left_out += committed.left_out
        self.other_hosts += committed.other_hosts
        if self.stored is not None:
            self.stored(batch)
        return committed

    def commit_small(self, batch: SmallBatch) -> SmallCommitted:
        """Store a batch of small logs, or its first logs, as `commit` does. Raises `StreamsChanged`."""
        committed = self._gather(lambda: self.store.commit_small(batch))
        self.left_out += committed.left_out
        return committed

    def _gather(self, store: Callable[[], T]) -> T:
        """Call `store` in the transaction that is open. If none is, begin one."""
        if self._open is None:
            with ExitStack() as begun:
                begun.enter_context(self._lock())
                begun.callback(self._after_gathering)
                self._gathered = begun.enter_context(self.store.together())
                self._open = begun.pop_all()
            seconds = GATHERED_ON_SERVER if self.on_server else GATHERED
            self._open_until = time.monotonic() + seconds
        try:
            committed = store()
        except BatchRefused:
            raise  # this batch was not stored; the batches before it stay
        except BaseException:
            gathered, self._open = self._open, None
            gathered.__exit__(*sys.exc_info())
            raise
        if time.monotonic() > self._open_until:
            self.commit_gathered()
        return committed

    def commit_gathered(self) -> None:
        """Commit the batches that wait, and release the lock."""
        self.store.wait()
        gathered, self._open = self._open, None
        if gathered is not None:
            gathered.close()

    def _after_gathering(self) -> None:
        """Follow the foldings of the batches after their transaction has ended, still under the lock."""
        gathered, self._gathered = self._gathered, None
        for stored in gathered.stored if gathered and gathered.committed else ():
            if any(each.moved for each in stored.foldings):
                self.store.follow()
            self._tell_folding(stored.foldings)
            self.new_routes += stored.new_routes

    def _tell_folding(self, foldings: Iterable[FoldedRoutes]) -> None:
        for each in foldings:
            self._notices.extend(fold_messages.dropped(each))

    def fold_all(self) -> None:
        """Fold the routes of a database that was made before there were crowds. This happens once."""
        if self.store.is_left_open or self.store.folded():  # a new database has no routes
            return
        with self._lock():
            done = self.store.fold_all()
            self.store.follow()
        self._notices.extend(fold_messages.folded(done))

    def take_notices(self) -> list[str]:
        """Return the messages since the last call."""
        taken = self._notices[:]
        self._notices.clear()
        return taken

    def note(self, facts: Sequence[InputFact]) -> None:
        """Store file states."""
        if self.store.is_left_open:
            self.store.note(facts)
            return
        self.commit_gathered()
        with self._lock():
            self.store.note(facts)

    def record(
        self,
        run: Run,
        facts: Sequence[InputFact],
        expectations: Sequence[Expectation] | None,
        printed: PrintedProblems | None = None,
    ) -> None:
        """Commit the batches that wait, and with them the run.

        With it are stored file states, the expected traffic, and the problems that are printed.
        """
        is_open = self._open is not None or self.store.is_left_open
        with nullcontext() if is_open else self._lock():
            self.store.record(run, facts, expectations, printed)
        self.commit_gathered()
        self._notices.extend(
            f"{name}: this host has been silent for 24 hours and is retired until it runs again"
            for name in self.store.retired
        )
