"""The database for sending messages: notices are queued, leased and completed, each step on the disk."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, Self, TypeVar

from flask_status_cli.model import Delivery, FailedDelivery, IncidentAnchor, Level, Notice
from flask_status_cli.model.database_url import Database
from flask_status_cli.model.patience import Patience
from flask_status_cli.store.database.connection import Connection, Mode, write
from flask_status_cli.store.database.open_database import OpenDatabase, opening
from flask_status_cli.store.notifications import deliveries
from flask_status_cli.store.notifications.deliveries import Moment
from flask_status_cli.store.schema import version

T = TypeVar("T")


PATIENCE: Final = Patience(30)
"""How long to wait for a server. Otherwise the result of a sent message is lost, and it is sent again."""


class Changed(Exception):  # noqa: N818 - it names what happened, not an error
    """The database has changed since it was read. Nothing was queued. Read it again."""


class Outbox(OpenDatabase):
    """A database with messages. A context manager; every method is one transaction.

    Many processes may use it at once. Every method raises `DatabaseError` if SQLite fails.
    """

    @classmethod
    def open(cls, path: Database) -> Self:
        """Open the existing database at `path`; raises `DatabaseError`."""
        with opening(path, Mode.WRITE, patience=PATIENCE) as connection:
            version.check(connection, path)
            connection.expected_version = version.REVISIONS[-1]
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
        anchors = list(anchors)

        def work(connection: Connection) -> None:
            if deliveries.moment(connection) != seen:
                raise Changed
            deliveries.put(connection, wanted, channels, now=now)
            deliveries.put_levels(connection, levels)
            deliveries.remember(connection, anchors, looked=seen[0])

        self._write(work)

    def take(self, channels: Collection[str], *, now: datetime) -> list[Delivery]:
        """Lease what may be sent to these channels now, at most one delivery for each channel."""

        def work(connection: Connection) -> list[Delivery]:
            found = deliveries.due(connection, channels, now=now)
            deliveries.take(connection, found, now=now)
            return found

        return self._write(work)

    def settle(self, outcomes: Mapping[Delivery, str | None], *, now: datetime) -> None:
        """Record the results of deliveries: why each failed, `None` if it arrived."""

        def work(connection: Connection) -> None:
            for each, problem in outcomes.items():
                if problem is None:
                    deliveries.done(connection, each, now=now)
                else:
                    deliveries.failed(connection, each, problem, now=now)

        self._write(work)

    def failures(self) -> list[FailedDelivery]:
        """Return the failures that were not reported yet. The next call does not return them again."""

        def work(connection: Connection) -> list[FailedDelivery]:
            found = list(deliveries.untold(connection))
            deliveries.mark_told(connection)
            return found

        return self._write(work)

    def _write(self, work: Callable[[Connection], T]) -> T:
        return write(self._connection, self._path, lambda: work(self._connection))
