"""The database for sending messages: notices are queued, leased and completed, each step on the disk."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Self

from flask_status_cli.model import Delivery, FailedDelivery, IncidentAnchor, Level, Notice
from flask_status_cli.model.database_url import Database
from flask_status_cli.store.database.connection import Connection, Mode, transaction
from flask_status_cli.store.database.open_database import OpenDatabase, opening
from flask_status_cli.store.database.sqlite_errors import translated
from flask_status_cli.store.notifications import deliveries
from flask_status_cli.store.notifications.deliveries import Moment
from flask_status_cli.store.schema import version


class Changed(Exception):  # noqa: N818 - it names what happened: one looks again
    """The database has changed since it was read. Nothing was queued."""


class Outbox(OpenDatabase):
    """A database with messages. A context manager; every method is one transaction.

    Many processes may use it at once. Every method raises `DatabaseError` if SQLite fails.
    """

    @classmethod
    def open(cls, path: Database) -> Self:
        """Open the existing database at `path`; raises `DatabaseError`."""
        with opening(path, Mode.WRITE) as connection:
            version.check(connection, path)
        return cls(connection, path)

    def put(  # noqa: PLR0913 - what one look gave, all but the notices by name
        self,
        wanted: Sequence[Notice],
        *,
        levels: Mapping[str, Level],
        anchors: Iterable[IncidentAnchor],
        channels: Collection[str],
        seen: Moment,
        now: datetime,
    ) -> None:
        """Queue notices computed from snapshot `seen`. Raises `Changed` if the database has moved on."""
        with self._writing() as connection:
            if deliveries.moment(connection) != seen:
                raise Changed
            deliveries.put(connection, wanted, channels, now=now)
            deliveries.put_levels(connection, levels)
            deliveries.remember(connection, anchors, looked=seen[0])

    def take(self, channels: Collection[str], *, now: datetime) -> list[Delivery]:
        """Lease what may be sent to these channels now, at most one delivery for each channel."""
        with self._writing() as connection:
            found = deliveries.due(connection, channels, now=now)
            deliveries.take(connection, found, now=now)
        return found

    def settle(self, outcomes: Mapping[Delivery, str | None], *, now: datetime) -> None:
        """Record the results of deliveries: why each failed, `None` if it arrived."""
        with self._writing() as connection:
            for each, problem in outcomes.items():
                if problem is None:
                    deliveries.done(connection, each, now=now)
                else:
                    deliveries.failed(connection, each, problem, now=now)

    def failures(self) -> list[FailedDelivery]:
        """Return the failures that were not reported yet. The next call does not return them again."""
        with self._writing() as connection:
            found = list(deliveries.untold(connection))
            deliveries.mark_told(connection)
        return found

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with translated(self._path), transaction(self._connection, writing=True):
            yield self._connection
