"""The reading side of the database, from which reports are made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Self

from sqlalchemy import Column, Row, Select, Table, func, select

from flask_status_cli.errors import DatabaseError
from flask_status_cli.model import (
    MINUTES_PER_QUARTER,
    UNMATCHED,
    DatabaseInfo,
    Expectation,
    FrozenIncident,
    IncidentAnchor,
    IncidentNote,
    LifetimeCount,
    ListedRoute,
    Maintenance,
    MinuteCount,
    Origin,
    PathFailures,
    Route,
    Run,
    Stretch,
    Unread,
    instant_of,
)
from flask_status_cli.model.database_url import Database
from flask_status_cli.model.deploys import Deploy
from flask_status_cli.model.latency import DurationCount
from flask_status_cli.model.log.hosts import Host
from flask_status_cli.model.pruning import Settled
from flask_status_cli.model.times import ALL_TIME
from flask_status_cli.model.trusted_clock import Belief
from flask_status_cli.store import deploys
from flask_status_cli.store.counts import (
    busy_minutes,
    expected_traffic,
    extension_spans,
    lifetime_counts,
    upsert,
)
from flask_status_cli.store.crowds import page_counts, path_failures
from flask_status_cli.store.database import info, integrity, key_values
from flask_status_cli.store.database.connection import BUSY_TIMEOUT, Mode
from flask_status_cli.store.database.key_values import Fact
from flask_status_cli.store.database.open_database import OpenDatabase, opening
from flask_status_cli.store.database.sqlite_errors import DAMAGED, translated
from flask_status_cli.store.incidents import closed_episodes, notes
from flask_status_cli.store.queries import (
    all_counts,
    durations,
    failing_minutes,
    time_slices,
    unanswered_failures,
)
from flask_status_cli.store.queries.route_usage import usage
from flask_status_cli.store.routes import merged_counts
from flask_status_cli.store.schema import version
from flask_status_cli.store.schema.encoding import instant
from flask_status_cli.store.schema.tables import minute_count, quarter_count, route, unread, waiting
from flask_status_cli.store.streams import hosts, not_understood, runs, trusted_clock


class Ledger(OpenDatabase):
    """A database to read; a context manager. It never makes a file, and needs no right to write.

    All queries see one snapshot, taken at the first of them; only `counts` releases it. Paths that have not
    answered belong to `<unmatched>` everywhere. Every method raises `DatabaseError` if SQLite fails. Times
    are epoch minutes and quarters; ranges are half open.
    """

    @classmethod
    def open(
        cls, path: Database, *, busy_timeout: float = BUSY_TIMEOUT, damaged: bool = False
    ) -> Self:
        """Open the database at `path` read-only.

        Raises `DatabaseError` if that is not possible, or if SQLite finds the file damaged. With `damaged`, a
        damaged one is opened, too.
        """
        with opening(path, Mode.READ, busy_timeout=busy_timeout) as connection:
            connection.begin(writing=False)
            version.check(connection, path)
            if not damaged:
                integrity.refuse_damaged(connection, path)
            merged_counts.redirect_reader(connection)
        return cls(connection, path)

    def routes(self) -> Mapping[int, Route]:
        """Return every route by number, including `<unmatched>` and `<other>` of each label."""
        with translated(self._path):
            known = select(route).where(route.c.merged_into.is_(None)).order_by(route.c.id)
            rows = self._connection.execute(known)
            return {row.id: _route(row) for row in rows}

    def listed_routes(self, only: Collection[Route] | None = None) -> list[ListedRoute]:
        """Return every route, or `only` some, with its requests that are kept."""
        known = self.routes()
        routes = {n: each for n, each in known.items() if only is None or each in only}
        with translated(self._path):
            found = usage(self._connection, routes)
        return [
            ListedRoute(each, instant_of(used.first), instant_of(used.last), used.requests)
            if (used := found.get(number))
            else ListedRoute(each, None, None, 0)
            for number, each in routes.items()
        ]

    def requests(self, start: int, end: int) -> list[tuple[int, int, int]]:
        """Add up the quarters [start, end) by route and status: (route, status, requests)."""
        minutes = (start * MINUTES_PER_QUARTER, end * MINUTES_PER_QUARTER)
        return self._summed(_sums(quarter_count, start, end), _waiting_sums(*minutes))

    def minutes(self, start: int, end: int) -> list[tuple[int, int, int]]:
        """Add up the minutes [start, end) by route and status: (route, status, requests)."""
        return self._summed(_sums(minute_count, start, end), _waiting_sums(start, end))

    def lifetime(self) -> list[LifetimeCount]:
        """List all requests ever counted by label, rule and status; see `lifetime_counts`."""
        with translated(self._path):
            return list(lifetime_counts.counts(self._connection))

    def durations(self, start: int, end: int) -> Iterator[tuple[int, int, int]]:
        """Yield the requests of the hours [start, end) by how long they took: (route, bucket, requests).

        See `model.duration_buckets`. The same route and bucket may come more than once.
        """
        with translated(self._path):
            yield from durations.sums(self._connection, start, end)

    def duration_counts(self, *, by_day: bool) -> Iterator[DurationCount]:
        """Yield every count of durations by hour or by day, sorted by time, label, rule and bucket."""
        with translated(self._path):
            yield from durations.listed(self._connection, by_day=by_day)

    def waiting_durations(
        self, paths: Iterable[tuple[str, str]], start: int, end: int
    ) -> Iterator[tuple[str, str, int, int]]:
        """Yield (label, path, bucket, requests) of paths that never answered, over the hours [start, end)."""
        with translated(self._path):
            yield from durations.waiting_of(self._connection, paths, start, end)

    def slices(
        self, start: int, end: int, size: int, routes: Collection[int]
    ) -> list[tuple[int, int, int, int]]:
        """Add up the quarters [start, end) of some routes by slices of `size` quarters.

        Rows are (slice, route, status, requests); slice 0 begins at `start`.
        """
        with translated(self._path):
            return list(time_slices.of_quarters(self._connection, start, end, size, routes))

    def by_minute(
        self, start: int, end: int, routes: Collection[int]
    ) -> list[tuple[int, int, int, int]]:
        """List the minutes [start, end) of some routes: (minute, route, status, requests)."""
        with translated(self._path):
            rows = time_slices.of_minutes(self._connection, start, end, routes)
            return [(start + number, of, status, n) for number, of, status, n in rows]

    def failed(
        self,
        failure: Collection[int],
        success: Collection[int],
        *,
        routes: Collection[int],
        until: int,
    ) -> list[tuple[int, int, int, int]]:
        """List (minute, route, failures, successes) of minutes in which some routes had a code of `failure`.

        Nothing is later than the minute `until`. Waiting paths have rows of their own, without successes.
        """
        with translated(self._path):
            rows = failing_minutes.failed(
                self._connection, failure, success, routes=routes, until=until
            )
            return list(rows)

    def minute_sums(
        self, minutes: Sequence[int], routes: Collection[int]
    ) -> list[tuple[int, int, int]]:
        """Add up the requests of some routes in each of some minutes: (minute, status, requests)."""
        with translated(self._path):
            return failing_minutes.minute_sums(self._connection, minutes, routes)

    def quarter_sums(
        self, quarters: Sequence[int], routes: Collection[int]
    ) -> list[tuple[int, int, int]]:
        """Add up the requests of some routes in each of some quarters, without waiting paths."""
        with translated(self._path):
            return failing_minutes.quarter_sums(self._connection, quarters, routes)

    def crowd_failures(
        self, label: str, rule: str, *, since: int | None = None
    ) -> tuple[PathFailures, ...]:
        """Return the paths of a crowd with server errors, the worst first; at most 50 are known.

        With `since`, an epoch minute, codes that did not come then or later are left out. Figures are sums
        over all time.
        """
        with translated(self._path):
            return path_failures.read(self._connection, label, rule, since=since)

    def unanswered_failures(
        self, codes: Collection[int], *, until: int
    ) -> list[tuple[str, str, int, int]]:
        """List (label, path, minute, failures) of paths that never answered, up to the minute `until`."""
        with translated(self._path):
            return unanswered_failures.failed(self._connection, codes, until=until)

    def unanswered(self, paths: Iterable[tuple[str, str]]) -> list[tuple[str, str, int, int, int]]:
        """List (label, path, minute, status, requests) of some paths that never answered."""
        with translated(self._path):
            return list(unanswered_failures.of_paths(self._connection, paths))

    def page_failures(
        self, codes: Collection[int], *, until: int
    ) -> list[tuple[str, str, int, int, int]]:
        """List (label, path, crowd, minute, failures) of pages of crowds, up to the minute `until`.

        Only some pages with server errors are known for each crowd; see `page_minutes`.
        """
        with translated(self._path):
            return page_counts.failed(self._connection, codes, until=until)

    def page_answers(self, codes: Collection[int], *, until: int) -> Mapping[tuple[str, str], int]:
        """Return the minute in which each of these pages last had one of these codes."""
        with translated(self._path):
            return page_counts.answered(self._connection, codes, until=until)

    def pages(
        self, pages: Iterable[tuple[str, str]], *, until: int
    ) -> list[tuple[str, str, int, int, int]]:
        """List (label, path, minute, status, requests) of some of these pages."""
        with translated(self._path):
            return list(page_counts.of_pages(self._connection, pages, until=until))

    def page_requests_in(
        self, page: tuple[str, str], codes: Collection[int], minutes: Sequence[int], *, until: int
    ) -> int:
        """Count the requests of one of these pages, in some minutes, that had one of these codes."""
        with translated(self._path):
            return page_counts.requests_in(self._connection, page, codes, minutes, until=until)

    def failures_in(
        self, codes: Collection[int], minutes: Sequence[int], routes: Collection[int]
    ) -> Mapping[int, int]:
        """Add up by minute how often some routes had one of these codes of server errors."""
        with translated(self._path):
            return unanswered_failures.failed_in(self._connection, codes, minutes, routes)

    def worst_unanswered(
        self, label: str, *, start: int = 0, end: int = ALL_TIME, most: int = 20
    ) -> list[PathFailures]:
        """List the paths that never answered with the most server errors, then those with the most 404s."""
        with translated(self._path):
            return unanswered_failures.worst(
                self._connection, label, start=start, end=end, most=most
            )

    def maintenance(self) -> tuple[Maintenance, ...]:
        """List the maintenance windows, sorted by when they begin."""
        with translated(self._path):
            return notes.maintenance_windows(self._connection)

    def deploys(self) -> tuple[Deploy, ...]:
        """List the deploys, oldest first."""
        with translated(self._path):
            return deploys.read(self._connection)

    def expectations(self) -> tuple[Expectation, ...]:
        """List the promised traffic, and since when it was promised."""
        with translated(self._path):
            return expected_traffic.read(self._connection)

    def busy_minutes(self, start: int, end: int, routes: Collection[int] | None) -> list[int]:
        """List the epoch minutes in [start, end) with requests to some routes, or to any."""
        with translated(self._path):
            return busy_minutes.between(self._connection, start, end, routes)

    def settled(self) -> Settled | None:
        """Return the closed episodes from before all minutes are kept, `None` if nothing was pruned."""
        with translated(self._path):
            return closed_episodes.read(self._connection)

    def belief(self) -> Belief | None:
        """Return which clock is trusted, `None` before the first run."""
        with translated(self._path):
            return trusted_clock.read(self._connection)

    def anchors(self) -> tuple[IncidentAnchor, ...]:
        """List the ids of incidents that were announced, the oldest first."""
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

    def span(self, until: int) -> tuple[int | None, int | None]:
        """Find the oldest minute with requests, and the newest that is not later than `until`.

        They are beginnings of quarters if minutes are no longer kept.
        """
        with translated(self._path):
            both = (minute_count.c.minute, waiting.c.minute)
            oldest = upsert.oldest(self._connection)
            found = [self._connection.scalar(select(func.max(c)).where(c <= until)) for c in both]
            newest = max((minute for minute in found if minute is not None), default=None)
            if newest is None:
                newest = upsert.newest_by_quarter(self._connection, until)
        return oldest, newest

    def future(self, after: int) -> tuple[int, int | None]:
        """Count the requests later than the minute `after`, and return their newest minute, too."""
        requests = sum(n for _, _, n in self.minutes(after + 1, ALL_TIME))
        return requests, self.span(ALL_TIME)[1] if requests else None

    def unread(self, start: int, end: int) -> Mapping[Unread, int]:
        """Count the lines that were not entries, by kind, in the quarters [start, end)."""
        lines = select(unread.c.kind, func.sum(unread.c.lines)).where(
            unread.c.quarter >= start, unread.c.quarter < end
        )
        with translated(self._path):
            rows = self._connection.execute(lines.group_by(unread.c.kind)).all()
        sums = {Unread(kind): n for kind, n in rows}
        return {kind: sums.get(kind, 0) for kind in Unread}

    def counted_by_app(self, start: int, end: int) -> bool:
        """Return whether the extension counted requests at some time in the quarters [start, end)."""
        with translated(self._path):
            return extension_spans.any_between(
                self._connection, start * MINUTES_PER_QUARTER, end * MINUTES_PER_QUARTER
            )

    def hosts(self) -> tuple[Host, ...]:
        """List the hosts that ingest into this database, by name."""
        with translated(self._path):
            return hosts.read(self._connection)

    def last_run(self) -> Run | None:
        """Return the newest completed run."""
        with translated(self._path):
            return next(runs.newest(self._connection, 1), None)

    def created_at(self) -> datetime:
        """Return when the database was made."""
        with translated(self._path):
            return instant(key_values.read(self._connection, Fact.CREATED_AT))

    def last_good_run(self) -> Run | None:
        """Return the newest completed run without problems."""
        with translated(self._path):
            return runs.newest_good(self._connection)

    def kept_from(self) -> int | None:
        """Return the quarter before which days were deleted, `None` if none were."""
        with translated(self._path):
            return key_values.read(self._connection, Fact.QUARTERS_FROM) or None

    def not_understood(self, now: datetime) -> int | None:
        """Return since which minute some log is not understood at `now`, `None` if all are."""
        with translated(self._path):
            return not_understood.since(self._connection, now=now)

    def complete_from(self) -> int | None:
        """Find the minute from which on minutes are complete, `None` if all are.

        Before it only quarters are left.
        """
        with translated(self._path):
            quarter = self._connection.scalar(select(func.min(quarter_count.c.quarter)))
            minute = key_values.read(self._connection, Fact.MINUTES_FROM)
        return minute if quarter is not None and quarter * MINUTES_PER_QUARTER < minute else None

    def counts(self, by: Stretch) -> Iterator[MinuteCount]:
        """Yield every count, in UTC, sorted by time, label, rule (code points) and status.

        Hours and days are read from quarters. Counts are read block by block, and between blocks the snapshot
        is released, so that a slow reader does not stop an ingest. Counts stored meanwhile may appear in
        later blocks.
        """
        with translated(self._path):
            yield from all_counts.counts(self._connection, by)

    def problems(self) -> tuple[str, ...]:
        """Check the whole database for damage and disagreement; return a sentence for each problem."""
        with translated(self._path):
            return tuple(integrity.problems(self._connection))

    def size(self) -> int:
        """Return how many bytes the database takes."""
        with translated(self._path):
            return self._connection.size(self._path)

    def info(self) -> DatabaseInfo:
        """Return what is in the database, and how full it is."""
        span, complete_from = self.span(ALL_TIME), self.complete_from()
        with translated(self._path):
            return info.collect(self._connection, self._path, span=span, minutes_from=complete_from)

    def _summed(self, *queries: Select[int, int, int]) -> list[tuple[int, int, int]]:
        sums: Counter[tuple[int, int]] = Counter()
        with translated(self._path):
            for query in queries:
                for number, status, requests in self._connection.execute(query):
                    sums[number, status] += requests
            known = set(self._connection.scalars(select(route.c.id)))
        if not known.issuperset(number for number, _ in sums):
            raise DatabaseError(str(self._path), *DAMAGED)
        return [(number, status, sums[number, status]) for number, status in sorted(sums)]


def _route(row: Row[Any]) -> Route:
    return Route(
        label=row.label,
        rule=row.rule,
        name=row.name if row.given_name is None else row.given_name,
        doc=row.doc if row.given_doc is None else row.given_doc,
        origin=Origin(row.origin),
        hidden=row.hidden,
        endpoint=row.endpoint,
        group=row.group,
        methods=row.methods,
        retired=row.retired,
        crowd=row.crowd and (row.origin == Origin.DISCOVERED.value or row.retired),
    )


def _sums(table: Table, start: int, end: int) -> Select[int, int, int]:
    time: Column[int] = table.columns[0]
    key = (table.c.route, table.c.status)
    return select(*key, func.sum(table.c.requests)).where(time >= start, time < end).group_by(*key)


def _waiting_sums(start: int, end: int) -> Select[int, int, int]:
    """Add up `waiting` likewise, every label's under its `<unmatched>`."""
    unmatched = (route.c.label == waiting.c.label) & (route.c.rule == UNMATCHED)
    return (
        select(route.c.id, waiting.c.status, func.sum(waiting.c.requests))
        .join_from(waiting, route, unmatched)
        .where(waiting.c.minute >= start, waiting.c.minute < end)
        .group_by(route.c.id, waiting.c.status)
    )
