"""The outbox: the database as senders of messages use it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, Self, TypeVar

from flask_status_cli.model import Delivery, FailedDelivery, IncidentAnchor, Level, Notice
from flask_status_cli.model.database_url import Database
from flask_status_cli.model.server_wait_limits import ServerWaitLimits
from flask_status_cli.store.database.connection import Connection, Mode, write
from flask_status_cli.store.database.open_database import OpenDatabase, opening
from flask_status_cli.store.notifications import deliveries
from flask_status_cli.store.notifications.deliveries import Moment
from flask_status_cli.store.schema import version

T = TypeVar("T")


SERVER_WAIT: Final = ServerWaitLimits(30)
"""How long to wait for a server that is away. If a result cannot be stored, the message is sent twice."""


class DatabaseChanged(Exception):  # noqa: N818 - it names what happened, not an error
    """The database has changed since notices were computed. Nothing was stored. Compute them again."""


class Outbox(OpenDatabase):
    """A database with notices and deliveries. A context manager. Every method is one transaction.

    Many processes may use it at once. Every method raises `DatabaseError` if SQLite fails.
    """

    @classmethod
    def open(cls, path: Database) -> Self:
        """Open the existing database at `path`; raises `DatabaseError` if that is not possible."""
        with opening(path, Mode.WRITE, wait_limits=SERVER_WAIT) as connection:
            version.check(connection, path)
            connection.expected_version = version.REVISIONS[-1]
        return cls(connection, path)

    def put(  # noqa: PLR0913 - the results of one search for incidents
        self,
        wanted: Sequence[Notice],
        *,
        levels: Mapping[str, Level],
        anchors: Iterable[IncidentAnchor],
        channels: Collection[str],
        seen: Moment,
        now: datetime,
    ) -> None:
        """Store notices that were computed in the state `seen`; raise `DatabaseChanged` if it has changed."""
        anchors = list(anchors)

        def work(connection: Connection) -> None:
            if deliveries.last_changes(connection) != seen:
                raise DatabaseChanged
            deliveries.put(connection, wanted, channels, now=now)
            deliveries.put_levels(connection, levels)
            deliveries.store_anchors(connection, anchors, looked=seen[0])

        self._write(work)

    def take(self, channels: Collection[str], *, now: datetime) -> list[Delivery]:
        """Lease the deliveries that are due, at most one for each channel; return them."""

        def work(connection: Connection) -> list[Delivery]:
            found = deliveries.due(connection, channels, now=now)
            deliveries.lease(connection, found, now=now)
            return found

        return self._write(work)

    def record_results(self, outcomes: Mapping[Delivery, str | None], *, now: datetime) -> None:
        """Record the result of each delivery: the reason if it failed, `None` if it arrived."""

        def work(connection: Connection) -> None:
            for each, problem in outcomes.items():
                if problem is None:
                    deliveries.mark_arrived(connection, each, now=now)
                else:
                    deliveries.mark_failed(connection, each, problem, now=now)

        self._write(work)

    def failures(self) -> list[FailedDelivery]:
        """Return the failures to be reported, and record that they were."""

        def work(connection: Connection) -> list[FailedDelivery]:
            found = list(deliveries.unreported(connection))
            deliveries.mark_reported(connection)
            return found

        return self._write(work)

    def _write(self, work: Callable[[Connection], T]) -> T:
        return write(self._connection, self._path, lambda: work(self._connection))
