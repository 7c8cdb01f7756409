"""What is stored beside the counts: incidents, maintenance, deploys, expected traffic, hosts and runs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from flask_status_cli.model import (
    Expectation,
    FrozenIncident,
    IncidentAnchor,
    IncidentNote,
    Maintenance,
    Run,
)
from flask_status_cli.model.deploys import Deploy
from flask_status_cli.model.log.hosts import Host
from flask_status_cli.model.pruning import ClosedEpisodes
from flask_status_cli.model.trusted_clock import ClockTrust
from flask_status_cli.store import deploys
from flask_status_cli.store.counts import expected_traffic
from flask_status_cli.store.database import integrity, key_values
from flask_status_cli.store.database.key_values import NumberName
from flask_status_cli.store.database.open_database import OpenDatabase
from flask_status_cli.store.database.sqlite_errors import translated
from flask_status_cli.store.incidents import closed_episodes, notes
from flask_status_cli.store.schema.encoding import instant
from flask_status_cli.store.streams import hosts, not_understood, runs, trusted_clock


class RecordedFacts(OpenDatabase):
    """The methods of a `Ledger` for what is stored beside the counts."""

    def maintenance(self) -> tuple[Maintenance, ...]:
        """List the maintenance windows, sorted by when they begin."""
        with translated(self._path):
            return notes.maintenance_windows(self._connection)

    def deploys(self) -> tuple[Deploy, ...]:
        """List the deploys, oldest first."""
        with translated(self._path):
            return deploys.read(self._connection)

    def expectations(self) -> tuple[Expectation, ...]:
        """List the expected traffic; each expectation has the minute since which it holds."""
        with translated(self._path):
            return expected_traffic.read(self._connection)

    def closed_episodes(self) -> ClosedEpisodes | None:
        """Return the closed episodes of the time whose minutes were pruned, `None` if none were."""
        with translated(self._path):
            return closed_episodes.read(self._connection)

    def clock_trust(self) -> ClockTrust | None:
        """Return which clock is trusted, `None` before the first run."""
        with translated(self._path):
            return trusted_clock.read(self._connection)

    def anchors(self) -> tuple[IncidentAnchor, ...]:
        """List the anchors of incidents that were announced or have a note, in the order they were stored."""
        with translated(self._path):
            return notes.anchors(self._connection)

    def frozen(self) -> tuple[FrozenIncident, ...]:
        """List the announced incidents of routes that are part of a crowd now."""
        from flask_status_cli.store.incidents import frozen_incidents

        with translated(self._path):
            return frozen_incidents.read(self._connection)

    def notes(self) -> Mapping[str, IncidentNote]:
        """Return the notes of incidents, by id."""
        with translated(self._path):
            return notes.notes(self._connection)

    def hosts(self) -> tuple[Host, ...]:
        """List the hosts that ingest into this database, by name."""
        with translated(self._path):
            return hosts.read(self._connection)

    def last_run(self) -> Run | None:
        """Return the newest completed run, `None` if there was none."""
        with translated(self._path):
            return next(runs.newest(self._connection, 1), None)

    def created_at(self) -> datetime:
        """Return when the database was made."""
        with translated(self._path):
            return instant(key_values.read(self._connection, NumberName.CREATED_AT))

    def last_good_run(self) -> Run | None:
        """Return the newest completed run without problems, `None` if there was none."""
        with translated(self._path):
            return runs.newest_good(self._connection)

    def kept_from(self) -> int | None:
        """Return the first quarter that is kept, `None` if no quarters were deleted."""
        with translated(self._path):
            return key_values.read(self._connection, NumberName.QUARTERS_FROM) or None

    def not_understood(self, now: datetime) -> int | None:
        """Return the first minute since which a log is not understood, `None` if all are understood `now`."""
        with translated(self._path):
            return not_understood.since(self._connection, now=now)

    def problems(self) -> tuple[str, ...]:
        """Check the file for damage, and minutes against quarters; return a sentence for each problem."""
        with translated(self._path):
            return tuple(integrity.problems(self._connection))

    def size(self) -> int:
        """Return how many bytes the database takes."""
        with translated(self._path):
            return self._connection.size(self._path)
