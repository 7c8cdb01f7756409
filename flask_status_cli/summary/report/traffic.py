"""Reads the requests of a report from the ledger, and adds them up for each route shown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase
from functools import cache

from flask_status_cli import judgement
from flask_status_cli.frozen import frozen
from flask_status_cli.judgement import NOW_MINUTES
from flask_status_cli.model import Counts, Incident, Policy, Route, minute_of
from flask_status_cli.model.latency import NOT_LOGGED, Latency
from flask_status_cli.summary.calendar import Day
from flask_status_cli.summary.ledger.excused_requests import excusing_ledger
from flask_status_cli.summary.ledger.protocol import Ledger

QUARTERS_PER_HOUR = 4

Statuses = dict[int, int]
"""Requests by status code."""


@frozen
class RouteSelection:
    """Which routes a report shows.

    `only` and `exclude` are globs on the rule. If `one` is given, only the route with this label and rule is
    shown, even if it is hidden or excluded.
    """

    only: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    one: tuple[str, str] | None = None

    def shows(self, route: Route) -> bool:
        """Return whether a route is shown. Hidden routes are not, unless it is the `one` route."""
        if self.one is not None:
            return (route.label, route.rule) == self.one
        return not route.hidden and self.shows_rule(route.rule)

    @property
    def some(self) -> Callable[[str], bool] | None:
        """Return a function that takes a rule and returns whether it is shown; `None` without globs."""
        return self.shows_rule if self.only or self.exclude else None

    def shows_rule(self, rule: str) -> bool:
        """Return whether a rule matches `only`, if given, and does not match `exclude`."""
        return not _matches(rule, self.exclude) and (not self.only or _matches(rule, self.only))


@dataclass(slots=True)
class Traffic:
    """The requests of one route in a report.

    `days` has the requests of each day, by the index of the day in the period.
    `now` has the requests by which the present state is judged.
    `since` is the epoch minute at which the route's open incident began, `None` if it is in none.
    `latency` is how long the requests took.
    """

    days: dict[int, Statuses] = field(default_factory=dict)
    now: Statuses = field(default_factory=dict)
    since: int | None = None
    latency: Latency = NOT_LOGGED

    @property
    def requests(self) -> int:
        """The number of requests in the period."""
        return sum(sum(statuses.values()) for statuses in self.days.values())

    def statuses(self) -> Statuses:
        """Return the requests of the whole period by status code."""
        return add_up({}, *self.days.values())


def read_traffic(
    ledger: Ledger, *, days: Sequence[Day], until: datetime | None
) -> dict[int, Traffic]:
    """Return the requests of each route id on `days`, and in the hour up to the minute of `until`.

    That hour, by which the present state is judged, may begin before the first day.
    """
    traffic: dict[int, Traffic] = {}
    for index, day in enumerate(days):
        for route, statuses in _by_route(ledger.requests(day.start, day.end)).items():
            traffic.setdefault(route, Traffic()).days[index] = statuses
    if until is not None:
        last = minute_of(until)
        now = _by_route(ledger.minutes(last - NOW_MINUTES + 1, last + 1))
        for route, statuses in now.items():
            traffic.setdefault(route, Traffic()).now = statuses
    if days:
        for route, buckets in _by_route(_durations(ledger, days[0], days[-1])).items():
            if route in traffic:
                traffic[route].latency = Latency(buckets)
    return traffic


def _durations(ledger: Ledger, first: Day, last: Day) -> Iterable[tuple[int, int, int]]:
    """Return the durations of the whole UTC hours that cover some days."""
    start, end = first.start // QUARTERS_PER_HOUR, -(-last.end // QUARTERS_PER_HOUR)
    return ledger.durations(start, end)


def add_declared(
    traffic: dict[int, Traffic], known: Mapping[int, Route], *, one: tuple[str, str] | None = None
) -> None:
    """Add the declared routes without requests to `traffic`, and the `one` route, by its label and rule."""
    for number, route in known.items():
        if route.declared or (route.label, route.rule) == one:
            traffic.setdefault(number, Traffic())


def read_recent(
    ledger: Ledger, minutes: int, *, newest: int, shown: Mapping[int, Route]
) -> dict[Route, Statuses]:
    """Return the requests of the routes shown in the last `minutes` up to the epoch minute `newest`."""
    traffic: dict[Route, Statuses] = {}
    for number, statuses in _by_route(ledger.minutes(newest - minutes + 1, newest + 1)).items():
        if number in shown:
            add_up(traffic.setdefault(shown[number], {}), statuses)
    return traffic


def recent_of(
    ledger: Ledger, policy: Policy, *, newest: datetime, minutes: int
) -> Callable[[Incident], Counts]:
    """Return a function that adds up the requests of an incident's routes in the `minutes` up to `newest`.

    Only the codes that make incidents are failures. The ledger is read at the first call.
    """
    judged = judgement.for_incidents(policy)

    @cache
    def by_route() -> dict[tuple[str, str], Counts]:
        known = ledger.routes()
        shown = shown_as(known, known, RouteSelection())
        found = read_recent(excusing_ledger(ledger), minutes, newest=minute_of(newest), shown=shown)
        return {
            (route.label, route.rule): judgement.judge(statuses, judged, rule=route.rule)
            for route, statuses in found.items()
        }

    def recent(incident: Incident) -> Counts:
        counts = by_route()
        parts = (counts.get((each.label, each.rule), Counts()) for each in incident.routes)
        return sum(parts, Counts())

    return recent


def shown_as(
    numbers: Iterable[int], known: Mapping[int, Route], selection: RouteSelection
) -> dict[int, Route]:
    """Return the routes that a selection shows, by route id. Only the ids `numbers` are considered."""
    return {number: known[number] for number in numbers if selection.shows(known[number])}


def by_shown_route(
    traffic: Mapping[int, Traffic], shown: Mapping[int, Route]
) -> dict[Route, Traffic]:
    """Add up the traffic of all route ids that are shown as the same route."""
    parts: dict[Route, list[Traffic]] = {}
    for number, route in shown.items():
        parts.setdefault(route, []).append(traffic[number])
    return {route: each[0] if len(each) == 1 else _merged(each) for route, each in parts.items()}


def add_up(total: Statuses, *parts: Mapping[int, int]) -> Statuses:
    """Add requests by status code to `total`, and return it."""
    for statuses in parts:
        for status, requests in statuses.items():
            total[status] = total.get(status, 0) + requests
    return total


def _by_route(counted: Iterable[tuple[int, int, int]]) -> dict[int, Statuses]:
    result: defaultdict[int, Statuses] = defaultdict(dict)
    for route, status, requests in counted:
        statuses = result[route]
        statuses[status] = statuses.get(status, 0) + requests
    return result


def _merged(parts: Iterable[Traffic]) -> Traffic:
    merged = Traffic()
    for traffic in parts:
        for index, statuses in traffic.days.items():
            add_up(merged.days.setdefault(index, {}), statuses)
        add_up(merged.now, traffic.now)
        merged.latency += traffic.latency
    return merged


def _matches(rule: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(rule, pattern) for pattern in patterns)
