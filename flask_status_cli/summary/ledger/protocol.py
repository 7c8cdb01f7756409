"""The queries that a summary needs from the database."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

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


class Ledger(Protocol):
    """The counts as they are stored, before they are judged. All queries see the same snapshot.

    Periods include their start and not their end. Requests are tuples (route id, status code, number of
    requests). Requests of paths that never answered count for `<unmatched>`.
    """

    def routes(self) -> Mapping[int, Route]:
        """Return every route by its id, including `<unmatched>` and `<other>`."""

    def requests(self, start: int, end: int) -> Iterable[tuple[int, int, int]]:
        """Yield the requests between two epoch quarters."""

    def minutes(self, start: int, end: int) -> Iterable[tuple[int, int, int]]:
        """Yield the requests between two epoch minutes."""

    def durations(self, start: int, end: int) -> Iterable[tuple[int, int, int]]:
        """Yield (route id, bucket, requests) between two epoch hours.

        `model.duration_buckets` has the buckets. The same route and bucket may come more than once.
        """

    def slices(
        self, start: int, end: int, size: int, routes: Collection[int]
    ) -> Iterable[tuple[int, int, int, int]]:
        """Yield (slice, route id, status, requests) of some routes between two epoch quarters.

        A slice has `size` quarters. Slice 0 begins at `start`.
        """

    def by_minute(
        self, start: int, end: int, routes: Collection[int]
    ) -> Iterable[tuple[int, int, int, int]]:
        """Yield (minute, route id, status, requests) of some routes between two epoch minutes."""

    def failed(
        self,
        failure: Collection[int],
        success: Collection[int],
        *,
        routes: Collection[int],
        until: int,
    ) -> Iterable[tuple[int, int, int, int]]:
        """Yield (minute, route id, failures, successes) for each minute in which a route had failures.

        `failure` and `success` are the status codes that count as one or the other. Only `routes` are read,
        up to the minute `until`. Paths that never answered have separate tuples without successes.
        """

    def minute_sums(
        self, minutes: Sequence[int], routes: Collection[int]
    ) -> Iterable[tuple[int, int, int]]:
        """Yield (minute, status, requests) for the requests to some routes together in some minutes."""

    def quarter_sums(
        self, quarters: Sequence[int], routes: Collection[int]
    ) -> Iterable[tuple[int, int, int]]:
        """Yield (quarter, status, requests) for the requests to some routes together in some quarters."""

    def span(self, until: int) -> tuple[int | None, int | None]:
        """Return the oldest minute with an entry, and the newest one that is not after `until`."""

    def future(self, after: int) -> tuple[int, int | None]:
        """Return the number of requests later than the minute `after`, and their newest minute."""

    def unread(self, start: int, end: int) -> Mapping[UnreadKind, int]:
        """Return the number of lines between two epoch quarters that were not entries, by kind."""

    def counted_by_app(self, start: int, end: int) -> bool:
        """Return whether an app counted its own requests at some time between two epoch quarters."""

    def last_run(self) -> Run | None:
        """Return the newest run."""

    def last_good_run(self) -> Run | None:
        """Return the newest run without problems."""

    def kept_from(self) -> int | None:
        """Return the epoch quarter before which requests were deleted, `None` if none were."""

    def not_understood(self, now: datetime) -> int | None:
        """Return since which minute some log is not understood at `now`, `None` if all are."""

    def maintenance(self) -> Sequence[Maintenance]:
        """Return the maintenance windows, oldest first."""

    def deploys(self) -> Sequence[Deploy]:
        """Return the deploys, oldest first."""

    def complete_from(self) -> int | None:
        """Return the epoch minute before which only quarters are complete, `None` if all minutes are."""

    def expectations(self) -> Sequence[Expectation]:
        """Return for which routes traffic is expected, and since when."""

    def busy_minutes(self, start: int, end: int, routes: Collection[int] | None) -> Sequence[int]:
        """Return the epoch minutes in [start, end) with requests to `routes`; `None` means to any route."""

    def closed_episodes(self) -> ClosedEpisodes | None:
        """Return the stored closed episodes, `None` if none were closed yet."""

    def hosts(self) -> Sequence[Host]:
        """Return the hosts that ingest into the database, by name."""

    def clock_trust(self) -> ClockTrust | None:
        """Return which clock pruning trusts, `None` before the first run."""

    def anchors(self) -> Sequence[IncidentAnchor]:
        """Return the anchors of incidents that were announced or noted, the oldest first."""

    def frozen(self) -> Sequence[FrozenIncident]:
        """Return the announced incidents of routes that are part of a crowd now."""

    def notes(self) -> Mapping[str, IncidentNote]:
        """Return the notes of incidents, by id."""
