"""A ledger that also knows what was told of incidents, and what is left to do."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from flask_status_cli.model import Told
from flask_status_cli.store import notices
from flask_status_cli.store.faults import translated
from flask_status_cli.store.ledger import Ledger


class TellingLedger(Ledger):
    """A ledger for who tells of incidents: all of it is of one moment."""

    def told(self) -> Told:
        """Look up what was told of which incident."""
        with translated(self._path):
            return notices.told(self._connection)

    def moment(self) -> notices.Moment:
        """Return what the incidents follow from, and all that was told of them."""
        with translated(self._path):
            return notices.moment(self._connection)

    def outlook(self, channels: Collection[str], *, now: datetime) -> notices.Outlook:
        """Look up whether there is anything to look through, to send to these channels, or to say."""
        with translated(self._path):
            return notices.outlook(self._connection, channels, now=now)
