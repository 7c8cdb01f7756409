"""A reader that also knows the announcements, and what is left to do."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from flask_status_cli.model import Announcements
from flask_status_cli.store.database.sqlite_errors import translated
from flask_status_cli.store.notifications import deliveries
from flask_status_cli.store.reader import Ledger


class NotificationReader(Ledger):
    """The reader for sending messages. All answers are of one moment."""

    def told(self) -> Announcements:
        """Return which incidents were announced, and what was said."""
        with translated(self._path):
            return deliveries.told(self._connection)

    def moment(self) -> deliveries.Moment:
        """Return the state on which incidents and announcements depend."""
        with translated(self._path):
            return deliveries.moment(self._connection)

    def outlook(self, channels: Collection[str], *, now: datetime) -> deliveries.Outlook:
        """Return whether there are counts to examine, messages for these channels, or failures to report."""
        with translated(self._path):
            return deliveries.outlook(self._connection, channels, now=now)
