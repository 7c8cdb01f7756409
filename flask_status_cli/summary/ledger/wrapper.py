"""A ledger that passes queries on to another ledger."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from flask_status_cli.model import (
    Expectation,
    FrozenIncident,
    IncidentAnchor,
    IncidentNote,
    Maintenance,
    Route,
    Run,
    UnreadKind,
)
from flask_status_cli.model.deploys import Deploy
from flask_status_cli.model.log.hosts import Host
from flask_status_cli.model.pruning import ClosedEpisodes
from flask_status_cli.model.trusted_clock import ClockTrust
from flask_status_cli.summary.ledger.protocol import Ledger


class LedgerWrapper:
    """A base for ledgers that change the requests of another ledger. It passes all other queries on."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def hosts(self) -> Sequence[Host]:
        """Return the hosts."""
        return self._ledger.hosts()

    def clock_trust(self) -> ClockTrust | None:
        """Return which clock pruning trusts."""
        return self._ledger.clock_trust()

    def deploys(self) -> Sequence[Deploy]:
        """Return the deploys."""
        return self._ledger.deploys()

    def complete_from(self) -> int | None:
        """Return the epoch minute before which only quarters are complete."""
        return self._ledger.complete_from()

    def expectations(self) -> Sequence[Expectation]:
        """Return for which routes traffic is expected, and since when."""
        return self._ledger.expectations()

    def busy_minutes(self, start: int, end: int, routes: Collection[int] | None) -> Sequence[int]:
        """Return the epoch minutes with requests."""
        return self._ledger.busy_minutes(start, end, routes)

    def closed_episodes(self) -> ClosedEpisodes | None:
        """Return the stored closed episodes."""
        return self._ledger.closed_episodes()

    def routes(self) -> Mapping[int, Route]:
        """Return every route."""
        return self._ledger.routes()

    def durations(self, start: int, end: int) -> Iterable[tuple[int, int, int]]:
        """Yield the durations between two epoch hours."""
        return self._ledger.durations(start, end)

    def span(self, until: int) -> tuple[int | None, int | None]:
        """Return the oldest and the newest minute with an entry."""
        return self._ledger.span(until)

    def future(self, after: int) -> tuple[int, int | None]:
        """Return the number of requests later than a minute, and their newest minute."""
        return self._ledger.future(after)

    def unread(self, start: int, end: int) -> Mapping[UnreadKind, int]:
        """Return the number of lines between two epoch quarters that were not entries, by kind."""
        return self._ledger.unread(start, end)

    def counted_by_app(self, start: int, end: int) -> bool:
        """Return whether an app counted its own requests at some time between two epoch quarters."""
        return self._ledger.counted_by_app(start, end)

    def last_run(self) -> Run | None:
        """Return the newest run."""
        return self._ledger.last_run()

    def last_good_run(self) -> Run | None:
        """Return the newest run without problems."""
        return self._ledger.last_good_run()

    def kept_from(self) -> int | None:
        """Return the epoch quarter before which requests were deleted."""
        return self._ledger.kept_from()

    def not_understood(self, now: datetime) -> int | None:
        """Return since which minute some log is not understood."""
        return self._ledger.not_understood(now)

    def maintenance(self) -> Sequence[Maintenance]:
        """Return the maintenance windows."""
        return self._ledger.maintenance()

    def anchors(self) -> Sequence[IncidentAnchor]:
        """Return the anchors of incidents that were announced or noted."""
        return self._ledger.anchors()

    def frozen(self) -> Sequence[FrozenIncident]:
        """Return the announced incidents of routes that are part of a crowd now."""
        return self._ledger.frozen()

    def notes(self) -> Mapping[str, IncidentNote]:
        """Return the notes of incidents."""
        return self._ledger.notes()
