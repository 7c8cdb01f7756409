"""The store of the Flask extension."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from flask_status_cli.model import OTHER, MinuteCounts, RuleSource, minute_of
from flask_status_cli.store.counts import extension_spans
from flask_status_cli.store.counts.attribution import store_counts
from flask_status_cli.store.database.sqlite_errors import translated
from flask_status_cli.store.streams import runs
from flask_status_cli.store.writer import Store

if TYPE_CHECKING:
    from datetime import datetime

    from flask_status_cli.model import Expectation, Flush, Run, UrlMap
    from flask_status_cli.store.database.connection import Connection
    from flask_status_cli.store.edits import Placing


class LiveStore(Store):
    """A `Store` for counts from an app instead of a log. Every method may raise `DatabaseError`."""

    def add(  # noqa: PLR0913 - what is stored in one transaction
        self,
        counted: MinuteCounts,
        run: Run,
        url_map: UrlMap | None,
        *,
        flush: Flush,
        placing: Placing,
        expectations: Sequence[Expectation],
    ) -> int:
        """Store counts and the run in one transaction; return how many requests are left to the log.

        The rules of `url_map` are declared first, `None` declares nothing. If the `flush` is stored already,
        nothing is stored.
        """
        from flask_status_cli.store.counts import expected_traffic, extension_flushes

        minute, label = minute_of(run.finished_at), counted.label

        def work(connection: Connection) -> int:
            if extension_flushes.is_stored(connection, flush):
                return 0
            extension_flushes.record_flush(connection, flush, minute=minute)
            if url_map is not None:
                self._declared(connection, label, RuleSource.APP, url_map, placing=placing)
            kept = extension_spans.extend(connection, counted, now=minute)
            self._book.refresh()
            if any(rule == OTHER for rule, _status in kept.keys):
                self._book.gather(label, OTHER)
            store_counts(self._book, kept, freeze=self._freeze)
            expected_traffic.write(connection, expectations, minute=minute)
            self._record(connection, run)
            return _requests(counted) - _requests(kept)

        self.follow()
        left = self._write(work)
        self.follow()
        return left

    def holds(self, label: str, first: int, last: int) -> bool:
        """Return whether requests of a label are stored in the quarters of the minutes [first, last]."""
        with translated(self._path):
            return extension_spans.is_counted(self._connection, label, first, last)

    def import_counts(self, counted: MinuteCounts) -> None:
        """Add the counts of another program in one transaction."""

        def work(_: Connection) -> None:
            self._book.refresh()
            store_counts(self._book, counted, freeze=self._freeze)

        self.follow()
        self._write(work)
        self.follow()

    def end(self, label: str) -> None:
        """Record that the extension has stopped counting the requests of a label."""
        self._write(lambda connection: extension_spans.close(connection, label))

    def declares(self, label: str) -> bool:
        """Return whether an app has declared its rules for a label."""
        return self.url_map(label, RuleSource.APP) is not None

    def is_open(self, label: str) -> bool:
        """Return whether the extension is recorded as counting the requests of a label."""
        with translated(self._path):
            mine = extension_spans.spans(self._connection, label)
        return bool(mine) and not mine[-1].closed

    def last_run(self) -> datetime | None:
        """Return when the last run without problems ended, `None` if there was none."""
        with translated(self._path):
            found = runs.newest_good(self._connection)
        return None if found is None else found.finished_at


def _requests(counted: MinuteCounts) -> int:
    return sum(requests for row in counted.minutes.values() for requests in row.values())
