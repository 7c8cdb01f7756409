"""The ledger that notifications are made from."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from flask_status_cli.model import Announcements
from flask_status_cli.store.database.sqlite_errors import translated
from flask_status_cli.store.notifications import deliveries
from flask_status_cli.store.reader import Ledger


class NotificationReader(Ledger):
    """A `Ledger` that also reads announcements and deliveries."""

    def announcements(self) -> Announcements:
        """Return which transitions of which incidents were announced."""
        with translated(self._path):
            return deliveries.announcements(self._connection)

    def moment(self) -> deliveries.Moment:
        """Return a fingerprint of the data that announcements are made from."""
        with translated(self._path):
            return deliveries.last_changes(self._connection)

    def outlook(self, channels: Collection[str], *, now: datetime) -> deliveries.DueWork:
        """Return the work to be done at `now`: counts to search, messages to send, failures to report."""
        with translated(self._path):
            return deliveries.due_work(self._connection, channels, now=now)
