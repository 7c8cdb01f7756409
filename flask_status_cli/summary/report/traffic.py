"""The requests behind a report: read from the ledger, chosen by rule, added up per route shown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase
from typing import TypeAlias

from flask_status_cli.judgement import NOW_MINUTES
from flask_status_cli.model import Route, minute_of
from flask_status_cli.summary.calendar import Day
from flask_status_cli.summary.ledger.protocol import Ledger

Key: TypeAlias = tuple[str, str]
"""Label and rule of a route."""

Statuses = dict[int, int]
"""Requests per status code."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which routes a report shows: by globs on the rule.

    Or just `one`, by its label and rule, hidden or not, whatever else is chosen.
    """

    only: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    one: tuple[str, str] | None = None

    def shows(self, route: Route) -> bool:
        """Tell whether a route is left: not hidden, named by `only` if given, not by `exclude`."""
        if self.one is not None:
            return (route.label, route.rule) == self.one
        return not route.hidden and self.shows_rule(route.rule)

    @property
    def some(self) -> Callable[[str], bool] | None:
        """What tells by its rule whether a route is left, `None` where all are."""
        return self.shows_rule if self.only or self.exclude else None

    def shows_rule(self, rule: str) -> bool:
        """Tell whether a rule is named by `only` if given, and not by `exclude`."""
        return not _matches(rule, self.exclude) and (not self.only or _matches(rule, self.only))


@dataclass(slots=True)
class Traffic:
    """What one route has had: per day of the window (by its place), and in the minutes that are now.

    `since` is the minute at which the open incident began for it that it is in, if it is.
    """

    days: dict[int, Statuses] = field(default_factory=dict)
    now: Statuses = field(default_factory=dict)
    since: int | None = None

    @property
    def requests(self) -> int:
        """All requests of the window."""
        return sum(sum(statuses.values()) for statuses in self.days.values())

    def statuses(self) -> Statuses:
        """Return the requests per status code of the whole window."""
        return add_up({}, *self.days.values())


def read_traffic(
    ledger: Ledger, *, days: Sequence[Day], until: datetime | None
) -> dict[int, Traffic]:
    """Return what each route id has had in the window, asking the ledger once a day.

    "Now" is the hour that ends with the minute of `until`, and may begin before the window: a route that
    failed until midnight is down after it.
    """
    traffic: dict[int, Traffic] = {}
    for place, day in enumerate(days):
        for route, statuses in _by_route(ledger.requests(day.start, day.end)).items():
            traffic.setdefault(route, Traffic()).days[place] = statuses
    if until is not None:
        last = minute_of(until)
        now = _by_route(ledger.minutes(last - NOW_MINUTES + 1, last + 1))
        for route, statuses in now.items():
            traffic.setdefault(route, Traffic()).now = statuses
    return traffic


def add_declared(
    traffic: dict[int, Traffic], known: Mapping[int, Route], *, one: tuple[str, str] | None = None
) -> None:
    """Add the declared routes that had no request: they are there before their first one.

    Add the `one` route that is asked for by its label and rule likewise.
    """
    for number, route in known.items():
        if route.declared or (route.label, route.rule) == one:
            traffic.setdefault(number, Traffic())


def read_recent(
    ledger: Ledger, minutes: int, *, newest: int, shown: Mapping[int, Route]
) -> dict[Route, Statuses]:
    """Return what routes have had in the minutes that end with `newest`, as they are shown."""
    traffic: dict[Route, Statuses] = {}
    for number, statuses in _by_route(ledger.minutes(newest - minutes + 1, newest + 1)).items():
        if number in shown:
            add_up(traffic.setdefault(shown[number], {}), statuses)
    return traffic


def shown_as(
    numbers: Iterable[int], known: Mapping[int, Route], selection: Selection
) -> dict[int, Route]:
    """Return the routes of some route ids, of those that the selection leaves."""
    return {number: known[number] for number in numbers if selection.shows(known[number])}


def by_shown_route(
    traffic: Mapping[int, Traffic], shown: Mapping[int, Route]
) -> dict[Route, Traffic]:
    """Add up the traffic of route ids by the route they are shown as."""
    parts: dict[Route, list[Traffic]] = {}
    for number, route in shown.items():
        parts.setdefault(route, []).append(traffic[number])
    return {route: each[0] if len(each) == 1 else _merged(each) for route, each in parts.items()}


def add_up(total: Statuses, *parts: Mapping[int, int]) -> Statuses:
    """Add requests per status code to `total`, and return it."""
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
        for place, statuses in traffic.days.items():
            add_up(merged.days.setdefault(place, {}), statuses)
        add_up(merged.now, traffic.now)
    return merged


def _matches(rule: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(rule, pattern) for pattern in patterns)
