"""Details of routes with failures: several periods, the hours of bad days, the minutes of incidents."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from fractions import Fraction
from heapq import nsmallest

from flask_status_cli.frozen import frozen
from flask_status_cli.model import (
    MINUTE,
    MINUTES_PER_QUARTER,
    AffectedRoute,
    DayDetail,
    DaySummary,
    Route,
    RouteDetail,
    RouteSummary,
    SpanSummary,
    StatusSummary,
    StretchSummary,
    instant_of,
    minute_of,
)
from flask_status_cli.model.log.entries import RouteKey
from flask_status_cli.summary.calendar import Day, day_bounds
from flask_status_cli.summary.ledger.protocol import Ledger
from flask_status_cli.summary.report.rows import Judge
from flask_status_cli.summary.report.traffic import Statuses, Traffic, add_up

SPANS = (1, 7, 30, 90)
"""The availability is shown for these numbers of days.

The first one means the last 24 hours, the others mean calendar days.
"""

DAYS_A_REPORT = 200
"""A report shows the hours of about this many days: the worst ones of each route, at least one each."""

DAY = timedelta(days=1)
"""An incident that lasts longer is not shown by minutes."""

HOUR_OF_QUARTERS = 4
DAY_OF_QUARTERS = 96


Slices = dict[tuple[RouteKey, int], Statuses]
"""Requests by status code, by the route shown and the number of the slice of time."""


@frozen
class DetailReader:
    """Reads details of the routes of one report.

    `traffic` has the requests of the routes shown. `numbers` has the route as which each route id is shown.
    """

    ledger: Ledger
    judge: Judge
    now: datetime
    zone: tzinfo
    days: Sequence[Day]
    traffic: Mapping[Route, Traffic]
    numbers: Mapping[int, Route]

    def details(self, summary: StatusSummary, *, every: bool = False) -> Iterator[RouteDetail]:
        """Yield the details of the routes of `summary` with failures, or of `every` route, in its order."""
        rows = {_key(row): row for row in summary.routes if every or row.counts.failure}
        keys = {number: _key(route) for number, route in self.numbers.items()}
        part = _Part(rows, {number: key for number, key in keys.items() if key in rows})
        spans = self._spans(part)
        days = self._days(part)
        minutes = self._minutes(part, summary)
        for key, row in rows.items():
            yield RouteDetail(
                label=row.label,
                rule=row.rule,
                spans=tuple(spans[key]),
                statuses=row.statuses,
                days=tuple(days[key]),
                minutes=tuple(minutes.get(key, ())),
            )

    def _spans(self, part: _Part) -> dict[RouteKey, list[SpanSummary]]:
        """Judge the requests of each route in the last 24 hours and in each longer span.

        Counts in the window of the report are known already. Earlier counts are read once.
        """
        traffic = {_key(route): each for route, each in self.traffic.items()}
        last = minute_of(self.now) // MINUTES_PER_QUARTER
        newest = self._slices(last - DAY_OF_QUARTERS + 1, last + 1, part.numbers)
        spans = {
            key: [self.judge.span(1, newest.get((key, 0), {}), rule=row.rule)]
            for key, row in part.rows.items()
        }
        sums: dict[RouteKey, Statuses] = {key: traffic[key].statuses() for key in part.rows}
        read_from = self.days[0].start
        for days in self._shown_spans():
            if days > len(self.days):
                start = day_bounds(self.now, self.zone, days)[0].start
                before = self._slices(start, read_from, part.numbers)
                read_from = start
                for (key, _), statuses in before.items():
                    add_up(sums[key], statuses)
            for key, row in part.rows.items():
                inside = sums[key] if days >= len(self.days) else self._newest(traffic[key], days)
                spans[key].append(self.judge.span(days, inside, rule=row.rule))
        return spans

    def _shown_spans(self) -> Iterator[int]:
        """Yield the lengths of the spans in days, up to the first that reaches back to the first entry."""
        first = self.judge.data.first
        last = minute_of(self.now) // MINUTES_PER_QUARTER
        reached = (last - DAY_OF_QUARTERS + 1) * MINUTES_PER_QUARTER
        for days in SPANS[1:]:
            if first is not None and minute_of(first) >= reached:
                return
            yield days
            reached = day_bounds(self.now, self.zone, days)[0].start * MINUTES_PER_QUARTER

    def _newest(self, traffic: Traffic, days: int) -> Statuses:
        first = len(self.days) - days
        return add_up({}, *(each for place, each in traffic.days.items() if place >= first))

    def _days(self, part: _Part) -> dict[RouteKey, list[DayDetail]]:
        chosen: dict[int, set[RouteKey]] = {}
        each = max(DAYS_A_REPORT // max(len(part.rows), 1), 1)
        for key, row in part.rows.items():
            failed = [(day, place) for place, day in enumerate(row.days) if day.counts.failure]
            for _, place in nsmallest(each, failed, key=_badness):
                chosen.setdefault(place, set()).add(key)
        details: dict[RouteKey, list[DayDetail]] = {key: [] for key in part.rows}
        for place in sorted(chosen, reverse=True):
            day, keys = self.days[place], chosen[place]
            numbers = {number: key for number, key in part.numbers.items() if key in keys}
            hours = self._slices(day.start, day.end, numbers, size=HOUR_OF_QUARTERS)
            for key in keys:
                details[key].append(DayDetail(day.date, tuple(self._hours(day, key, hours))))
        return details

    def _hours(self, day: Day, key: RouteKey, slices: Slices) -> Iterator[StretchSummary]:
        for number, start in enumerate(range(day.start, day.end, HOUR_OF_QUARTERS)):
            begin = _instant(start)
            if begin > self.now:
                return
            end = _instant(min(start + HOUR_OF_QUARTERS, day.end))
            yield self.judge.stretch(begin, end, slices.get((key, number), {}), rule=key[1])

    def _minutes(self, part: _Part, summary: StatusSummary) -> dict[RouteKey, list[StretchSummary]]:
        minutes: dict[RouteKey, list[StretchSummary]] = {}
        for incident in reversed(summary.incidents):
            for route in incident.routes:
                key = _key(route)
                if key in part.rows and not (end := self._end(route, summary)) - route.start > DAY:
                    ids = [number for number, of in part.numbers.items() if of == key]
                    minutes.setdefault(key, []).extend(self._judged(key, ids, route.start, end))
        return minutes

    def _end(self, route: AffectedRoute, summary: StatusSummary) -> datetime:
        return route.end or (summary.data.last or route.start) + MINUTE

    def _judged(
        self, key: RouteKey, ids: Collection[int], start: datetime, end: datetime
    ) -> Iterator[StretchSummary]:
        """Yield the minutes from `start` to `end` with judged requests."""
        counted: dict[int, Statuses] = {}
        for minute, _, status, n in self.ledger.by_minute(minute_of(start), minute_of(end), ids):
            add_up(counted.setdefault(minute, {}), {status: n})
        for minute, statuses in counted.items():
            begin = instant_of(minute)
            judged = self.judge.stretch(begin, begin + MINUTE, statuses, rule=key[1])
            if judged.counts.valid:
                yield judged

    def _slices(
        self, start: int, end: int, numbers: Mapping[int, RouteKey], *, size: int = 0
    ) -> Slices:
        """Read the requests between two epoch quarters, in slices of `size` quarters. 0 means one slice."""
        read = self.ledger.slices(start, end, size or max(end - start, 1), tuple(numbers))
        slices: Slices = {}
        for number, route, status, requests in read:
            add_up(slices.setdefault((numbers[route], number), {}), {status: requests})
        return slices


@frozen
class _Part:
    """The rows that get details, by label and rule. `numbers` has the row of each route id."""

    rows: Mapping[RouteKey, RouteSummary]
    numbers: Mapping[int, RouteKey]


def _key(route: Route | RouteSummary | AffectedRoute) -> RouteKey:
    return route.label, route.rule


def _instant(quarter: int) -> datetime:
    return instant_of(quarter * MINUTES_PER_QUARTER)


def _badness(day_and_place: tuple[DaySummary, int]) -> tuple[Fraction, int, int]:
    """Return the sort key of a day: first the highest share of failures, then the most, then the latest."""
    day, place = day_and_place
    counts = day.counts
    return -Fraction(counts.failure, counts.valid), -counts.failure, -place
