"""The ledger: a database that reports are made from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import Any, Self, TypeVar

from sqlalchemy import Row, Select, func, select

from flask_status_cli.errors import DatabaseError, ServerAwayError
from flask_status_cli.model import (
    MINUTES_PER_QUARTER,
    DatabaseInfo,
    LifetimeCount,
    ListedRoute,
    MinuteCount,
    Origin,
    PathFailures,
    Route,
    Stretch,
    UnreadKind,
    instant_of,
)
from flask_status_cli.model.database_url import Database
from flask_status_cli.model.latency import DurationCount
from flask_status_cli.model.server_wait_limits import ServerWaitLimits
from flask_status_cli.model.times import ALL_TIME
from flask_status_cli.store.counts import (
    busy_minutes,
    extension_spans,
    lifetime_counts,
    upsert,
)
from flask_status_cli.store.crowds import page_counts, path_failures
from flask_status_cli.store.database import info, integrity, key_values
from flask_status_cli.store.database.connection import BUSY_TIMEOUT, Mode
from flask_status_cli.store.database.key_values import NumberName
from flask_status_cli.store.database.open_database import opening
from flask_status_cli.store.database.server_wait import ServerWait
from flask_status_cli.store.database.sqlite_errors import DAMAGED, translated
from flask_status_cli.store.queries import (
    all_counts,
    busy_unanswered,
    durations,
    failing_minutes,
    sums,
    time_slices,
    unanswered_failures,
)
from flask_status_cli.store.queries.route_usage import usage
from flask_status_cli.store.recorded_facts import RecordedFacts
from flask_status_cli.store.routes import merged_counts
from flask_status_cli.store.schema import version
from flask_status_cli.store.schema.tables import minute_count, quarter_count, route, unread, waiting

T = TypeVar("T")


class Ledger(RecordedFacts):
    """A database to read; a context manager. It never makes a file, and needs no right to write.

    All queries see one snapshot, which is taken by the first query. Only `counts` releases it. The requests
    of paths that never answered are part of `<unmatched>`. Every method raises `DatabaseError` if SQLite
    fails. Times are minutes or quarters of an hour since the epoch. Ranges include their start, not their
    end.
    """

    @classmethod
    def open(
        cls,
        path: Database,
        *,
        busy_timeout: float = BUSY_TIMEOUT,
        damaged: bool = False,
        answer_within: float | None = None,
    ) -> Self:
        """Open the database at `path` read-only.

        `answer_within` says that somebody waits this many seconds for an answer, so that timeouts are short.

        Raises `DatabaseError` if that is not possible, or if the file is damaged. With `damaged`, a damaged
        file is opened, too.
        """
        with opening(
            path, Mode.READ, busy_timeout=busy_timeout, answer_within=answer_within
        ) as connection:
            connection.begin(writing=False)
            version.check(connection, path)
            if not damaged:
                integrity.refuse_damaged(connection, path)
            merged_counts.redirect_reader(connection)
        return cls(connection, path)

    @classmethod
    def read(
        cls,
        path: Database,
        work: Callable[[Self], T],
        *,
        busy_timeout: float = BUSY_TIMEOUT,
        answer_within: float | None = None,
    ) -> T:
        """Return what `work` makes of a snapshot of the database at `path`.

        If the server goes away meanwhile, `work` is done again with another snapshot, for at most
        `busy_timeout` seconds after that. Raises the errors of `open`.
        """
        wait = ServerWait(ServerWaitLimits(busy_timeout))
        began = False
        while True:
            try:
                with cls.open(
                    path, busy_timeout=busy_timeout, answer_within=answer_within
                ) as ledger:
                    began = True
                    return work(ledger)
            except ServerAwayError as error:
                if not began:  # it was away from the beginning, and was waited for
                    raise
                wait.pause(error)

    def routes(self) -> Mapping[int, Route]:
        """Return every route by number, including `<unmatched>` and `<other>` of each label."""
        return self._routes

    @cached_property
    def _routes(self) -> Mapping[int, Route]:
        with translated(self._path):
            known = select(route).where(route.c.merged_into.is_(None)).order_by(route.c.id)
            rows = self._connection.execute(known)
            return MappingProxyType({row.id: _route(row) for row in rows})

    def listed_routes(self, only: Collection[Route] | None = None) -> list[ListedRoute]:
        """Return every route, or only the routes `only`, with the times and number of its stored requests."""
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
        return self._summed(sums.of_routes(quarter_count, start, end), sums.of_waiting(*minutes))

    def minutes(self, start: int, end: int) -> list[tuple[int, int, int]]:
        """Add up the minutes [start, end) by route and status: (route, status, requests)."""
        return self._summed(sums.of_routes(minute_count, start, end), sums.of_waiting(start, end))

    def lifetime(self) -> list[LifetimeCount]:
        """List the numbers of all requests ever counted, by label, rule and status; see `lifetime_counts`."""
        with translated(self._path):
            return list(lifetime_counts.counts(self._connection))

    def durations(self, start: int, end: int) -> Iterator[tuple[int, int, int]]:
        """Yield how long requests of the hours [start, end) took: (route, bucket, requests).

        See `model.duration_buckets`. The same route and bucket may come more than once.
        """
        with translated(self._path):
            yield from durations.sums(self._connection, start, end)

    def duration_counts(self, *, by_day: bool) -> Iterator[DurationCount]:
        """Yield all counts of durations, by hour or by day, sorted by time, label, rule and bucket."""
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
        """List the minutes in which some routes failed: (minute, route, failures, successes).

        Failures are requests with one of the codes `failure`, successes with one of the codes `success`. No
        minute is later than `until`. Failures of paths that never answered are rows of `<unmatched>` without
        successes.
        """
        with translated(self._path):
            rows = failing_minutes.failed(
                self._connection, failure, success, routes=routes, until=until
            )
            return list(rows)

    def minute_sums(
        self, minutes: Sequence[int], routes: Collection[int]
    ) -> list[tuple[int, int, int]]:
        """Add up the requests of some routes in some minutes: (minute, status, requests)."""
        with translated(self._path):
            return failing_minutes.minute_sums(
                self._connection, minutes, routes, unmatched=self._unmatched
            )

    def quarter_sums(
        self, quarters: Sequence[int], routes: Collection[int]
    ) -> list[tuple[int, int, int]]:
        """Add up the requests of some routes in some quarters: (quarter, status, requests)."""
        with translated(self._path):
            return failing_minutes.quarter_sums(
                self._connection,
                quarters,
                routes,
                unmatched=self._unmatched,
                stored=lambda: self._stored_quarters,
            )

    @cached_property
    def _unmatched(self) -> Mapping[int, str]:
        return failing_minutes.labels_of_unmatched(self._connection)

    @cached_property
    def _stored_quarters(self) -> Sequence[int]:
        return failing_minutes.stored_quarters(self._connection)

    def crowd_failures(
        self, label: str, rule: str, *, since: int | None = None
    ) -> tuple[PathFailures, ...]:
        """Return the paths of a crowd with server errors, the worst first; at most 50 are stored.

        The numbers are sums over all time. With `since`, a code of a path is left out if it last came before
        that epoch minute.
        """
        with translated(self._path):
            return path_failures.read(self._connection, label, rule, since=since)

    def unanswered_failures(
        self, codes: Collection[int], *, until: int
    ) -> list[tuple[str, str, int, int]]:
        """List the failures of paths that never answered: (label, path, minute, failures), up to `until`."""
        with translated(self._path):
            return unanswered_failures.failed(self._connection, codes, until=until)

    def unanswered(self, paths: Iterable[tuple[str, str]]) -> list[tuple[str, str, int, int, int]]:
        """List the requests of some paths that never answered: (label, path, minute, status, requests)."""
        with translated(self._path):
            return list(unanswered_failures.of_paths(self._connection, paths))

    def busiest_unanswered(
        self, start: int, end: int, *, least: tuple[int, int], most: int
    ) -> list[tuple[str, str, int, int]]:
        """List (label, path, status, requests) of what most requests without a route ask for.

        See `busy_unanswered`. The minutes are [start, end).
        """
        with translated(self._path):
            return busy_unanswered.busiest(self._connection, (start, end), least, most)

    def page_failures(
        self, codes: Collection[int], *, until: int
    ) -> list[tuple[str, str, int, int, int]]:
        """List the failures of pages of crowds: (label, path, crowd, minute, failures), up to `until`.

        Only some pages with server errors are stored for each crowd; see `page_minutes`.
        """
        with translated(self._path):
            return page_counts.failed(self._connection, codes, until=until)

    def page_answers(self, codes: Collection[int], *, until: int) -> Mapping[tuple[str, str], int]:
        """Return when each stored page of a crowd last had one of these codes: a minute by (label, path)."""
        with translated(self._path):
            return page_counts.answered(self._connection, codes, until=until)

    def pages(
        self, pages: Iterable[tuple[str, str]], *, until: int
    ) -> list[tuple[str, str, int, int, int]]:
        """List the requests of some stored pages of crowds: (label, path, minute, status, requests)."""
        with translated(self._path):
            return list(page_counts.of_pages(self._connection, pages, until=until))

    def page_requests_in(
        self, page: tuple[str, str], codes: Collection[int], minutes: Sequence[int], *, until: int
    ) -> int:
        """Count the requests of a stored page of a crowd, in some minutes, that had one of these codes."""
        with translated(self._path):
            return page_counts.requests_in(self._connection, page, codes, minutes, until=until)

    def failures_in(
        self, codes: Collection[int], minutes: Sequence[int], routes: Collection[int]
    ) -> Mapping[int, int]:
        """Count the requests of some routes in some minutes with one of these server errors, by minute."""
        with translated(self._path):
            return unanswered_failures.failed_in(self._connection, codes, minutes, routes)

    def worst_unanswered(
        self, label: str, *, start: int = 0, end: int = ALL_TIME, most: int = 20, busy: int = 0
    ) -> list[PathFailures]:
        """List the worst paths that never answered in the minutes [start, end).

        They are the `most` paths with the most server errors, then the `most` paths with the most 404s, then
        the `busy` paths with the most requests.
        """
        with translated(self._path):
            return unanswered_failures.worst(
                self._connection, label, (start, end), most=most, busy=busy
            )

    def busy_minutes(self, start: int, end: int, routes: Collection[int] | None) -> list[int]:
        """List the epoch minutes in [start, end) with requests to some routes; `None` means any route."""
        with translated(self._path):
            return busy_minutes.between(self._connection, start, end, routes)

    def span(self, until: int) -> tuple[int | None, int | None]:
        """Return the oldest minute with requests, and the newest one that is not later than `until`.

        If minutes were pruned, the start of the quarter is returned instead.
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
        """Return the number of requests later than the minute `after`, and the newest minute of them."""
        requests = sum(n for _, _, n in self.minutes(after + 1, ALL_TIME))
        return requests, self.span(ALL_TIME)[1] if requests else None

    def unread(self, start: int, end: int) -> Mapping[UnreadKind, int]:
        """Return the number of lines in the quarters [start, end) that were not entries, by kind."""
        lines = select(unread.c.kind, func.sum(unread.c.lines)).where(
            unread.c.quarter >= start, unread.c.quarter < end
        )
        with translated(self._path):
            rows = self._connection.execute(lines.group_by(unread.c.kind)).all()
        sums = {UnreadKind(kind): n for kind, n in rows}
        return {kind: sums.get(kind, 0) for kind in UnreadKind}

    def counted_by_app(self, start: int, end: int) -> bool:
        """Return whether the extension counted in a part of the quarters [start, end)."""
        with translated(self._path):
            return extension_spans.any_between(
                self._connection, start * MINUTES_PER_QUARTER, end * MINUTES_PER_QUARTER
            )

    def complete_from(self) -> int | None:
        """Return the minute from which on all minutes are kept, `None` if none were pruned.

        Before that minute, only quarters and the minutes of incidents are left.
        """
        with translated(self._path):
            quarter = self._connection.scalar(select(func.min(quarter_count.c.quarter)))
            minute = key_values.read(self._connection, NumberName.MINUTES_FROM)
        return minute if quarter is not None and quarter * MINUTES_PER_QUARTER < minute else None

    def counts(self, by: Stretch) -> Iterator[MinuteCount]:
        """Yield all counts by minute, hour or day of UTC, sorted by time, label, rule and status.

        Rules are sorted by code points. Hours and days are read from quarters. Counts are read block by
        block. The snapshot is released between blocks, so that a slow reader does not stop an ingest. Counts
        that are stored meanwhile may appear in later blocks.
        """
        with translated(self._path):
            yield from all_counts.counts(self._connection, by)

    def info(self) -> DatabaseInfo:
        """Return the contents of the database in figures, for `db info`."""
        span, complete_from = self.span(ALL_TIME), self.complete_from()
        with translated(self._path):
            return info.collect(self._connection, self._path, span=span, minutes_from=complete_from)

    def _summed(self, *queries: Select[int, int, int]) -> list[tuple[int, int, int]]:
        totals: Counter[tuple[int, int]] = Counter()
        with translated(self._path):
            for query in queries:
                for number, status, requests in self._connection.execute(query):
                    totals[number, status] += requests
            known = set(self._connection.scalars(select(route.c.id)))
        if not known.issuperset(number for number, _ in totals):
            raise DatabaseError(str(self._path), *DAMAGED)
        return [(number, status, totals[number, status]) for number, status in sorted(totals)]


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
