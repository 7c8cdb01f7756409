"""A ledger that also knows what was told of incidents, and what is left to do."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from flask_status_cli.model import Told
from flask_status_cli.store.database.sqlite_errors import translated
from flask_status_cli.store.notifications import deliveries
from flask_status_cli.store.reader import Ledger


class TellingLedger(Ledger):
    """A ledger for who tells of incidents: all of it is of one moment."""

    def told(self) -> Told:
        """Look up what was told of which incident."""
        with translated(self._path):
            return deliveries.told(self._connection)

    def moment(self) -> deliveries.Moment:
        """Return what the incidents follow from, and all that was told of them."""
        with translated(self._path):
            return deliveries.moment(self._connection)

    def outlook(self, channels: Collection[str], *, now: datetime) -> deliveries.Outlook:
        """Look up whether there is anything to look through, to send to these channels, or to say."""
        with translated(self._path):
            return deliveries.outlook(self._connection, channels, now=now)
