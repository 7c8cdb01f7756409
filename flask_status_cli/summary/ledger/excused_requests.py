"""A ledger that marks excused requests: they are counted, but not judged.

Requests during maintenance are excused. So are 4xx in a crowd and of a path that never answered, because such
a page need not exist.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final

from flask_status_cli.model import MINUTES_PER_QUARTER, UNMATCHED, Origin, Route
from flask_status_cli.model.log.entries import CLIENT_ERRORS
from flask_status_cli.summary.ledger.protocol import Ledger
from flask_status_cli.summary.ledger.wrapper import LedgerWrapper
from flask_status_cli.summary.maintenance import MaintenanceMinutes, excused_minutes

MARK: Final = 1000
"""This is added to the status code of an excused request. No policy judges such a code."""


def excusing_ledger(ledger: Ledger) -> Ledger:
    """Return a ledger that marks excused requests. It is the ledger itself if nothing can be excused."""
    windows, known = ledger.maintenance(), ledger.routes()
    may_be_absent = frozenset(
        number for number, route in known.items() if route.crowd or route.origin is Origin.FAILING
    )
    if may_be_absent:
        ledger = _AbsentPagesLedger(ledger, may_be_absent)
    return ExcusingLedger(ledger, excused_minutes(windows, known)) if windows else ledger


def unmarked(statuses: Mapping[int, int]) -> dict[int, int]:
    """Return requests by status code, with marks removed, in ascending order of the code."""
    total: Counter[int] = Counter()
    for status, requests in statuses.items():
        total[status % MARK] += requests
    return dict(sorted(total.items()))


def is_unanswered(route: Route) -> bool:
    """Return whether a route is `<unmatched>`, or a path that never answered."""
    return route.rule == UNMATCHED or (route.origin is Origin.FAILING and not route.crowd)


class _AbsentPagesLedger(LedgerWrapper):
    """A ledger in which a 4xx of some routes has a marked status code, because their pages need not exist."""

    def __init__(self, ledger: Ledger, routes: frozenset[int]) -> None:
        super().__init__(ledger)
        self._routes = routes

    def _mark(self, route: int, status: int) -> int:
        return status + MARK if status in CLIENT_ERRORS and route in self._routes else status

    def requests(self, start: int, end: int) -> Iterator[tuple[int, int, int]]:
        """Yield the requests between two epoch quarters."""
        for route, status, requests in self._ledger.requests(start, end):
            yield route, self._mark(route, status), requests

    def minutes(self, start: int, end: int) -> Iterator[tuple[int, int, int]]:
        """Yield the requests between two epoch minutes."""
        for route, status, requests in self._ledger.minutes(start, end):
            yield route, self._mark(route, status), requests

    def slices(
        self, start: int, end: int, size: int, routes: Collection[int]
    ) -> Iterator[tuple[int, int, int, int]]:
        """Yield the requests of some routes between two epoch quarters, by slices."""
        for number, route, status, requests in self._ledger.slices(start, end, size, routes):
            yield number, route, self._mark(route, status), requests

    def by_minute(
        self, start: int, end: int, routes: Collection[int]
    ) -> Iterator[tuple[int, int, int, int]]:
        """Yield the requests of some routes between two epoch minutes, the minute first."""
        for minute, route, status, requests in self._ledger.by_minute(start, end, routes):
            yield minute, route, self._mark(route, status), requests

    def failed(
        self,
        failure: Collection[int],
        success: Collection[int],
        *,
        routes: Collection[int],
        until: int,
    ) -> Iterator[tuple[int, int, int, int]]:
        """Yield the minutes in which some routes had a code of `failure`, without marked ones."""
        for absent, some in self._apart(routes):
            codes = [
                [code for code in each if not (absent and code in CLIENT_ERRORS)]
                for each in (failure, success)
            ]
            yield from self._ledger.failed(codes[0], codes[1], routes=some, until=until)

    def minute_sums(
        self, minutes: Sequence[int], routes: Collection[int]
    ) -> Iterator[tuple[int, int, int]]:
        """Yield the requests to some routes together in each of some epoch minutes, by status code."""
        for absent, some in self._apart(routes):
            for minute, status, requests in self._ledger.minute_sums(minutes, some):
                yield minute, status + MARK * (absent and status in CLIENT_ERRORS), requests

    def quarter_sums(
        self, quarters: Sequence[int], routes: Collection[int]
    ) -> Iterator[tuple[int, int, int]]:
        """Yield the requests to some routes together in each of some epoch quarters, by status code."""
        for absent, some in self._apart(routes):
            for quarter, status, requests in self._ledger.quarter_sums(quarters, some):
                yield quarter, status + MARK * (absent and status in CLIENT_ERRORS), requests

    def _apart(self, routes: Collection[int]) -> Iterator[tuple[bool, Collection[int]]]:
        """Yield routes whose 4xx are marked, and others, separately: whether they are, and the routes."""
        mine = self._routes.intersection(routes)
        others = set(routes) - mine if mine else routes
        if others:
            yield False, others
        if mine:
            yield True, mine


class ExcusingLedger(LedgerWrapper):
    """A ledger in which requests during the maintenance of their route have a marked status code."""

    def __init__(self, ledger: Ledger, excused: Mapping[int, MaintenanceMinutes]) -> None:
        super().__init__(ledger)
        self._excused = excused
        self._alike: dict[MaintenanceMinutes, set[int]] = {}
        for number, each in excused.items():
            self._alike.setdefault(each, set()).add(number)

    def requests(self, start: int, end: int) -> Iterable[tuple[int, int, int]]:
        """Yield the requests between two epoch quarters."""
        sums = _counted(self._ledger.requests(start, end))
        for first, beyond, routes in self._quarters(start, end):
            _mark(sums, self._ledger.requests(first, beyond), routes)
        return _rows(sums)

    def minutes(self, start: int, end: int) -> Iterable[tuple[int, int, int]]:
        """Yield the requests between two epoch minutes."""
        sums = _counted(self._ledger.minutes(start, end))
        for first, beyond, routes in self._stretches(start, end):
            _mark(sums, self._ledger.minutes(first, beyond), routes)
        return _rows(sums)

    def slices(
        self, start: int, end: int, size: int, routes: Collection[int]
    ) -> Iterator[tuple[int, int, int, int]]:
        """Yield the requests of some routes between two epoch quarters, by slices."""
        wanted = set(routes)
        slices: dict[int, Counter[tuple[int, int]]] = {}
        for number, *key, requests in self._ledger.slices(start, end, size, routes):
            slices.setdefault(number, Counter())[key[0], key[1]] += requests
        for number, sums in slices.items():
            begin = start + number * size
            for first, beyond, alike in self._quarters(begin, min(begin + size, end)):
                _mark(sums, self._ledger.requests(first, beyond), alike & wanted)
            for route, status, requests in _rows(sums):
                yield number, route, status, requests

    def by_minute(
        self, start: int, end: int, routes: Collection[int]
    ) -> Iterator[tuple[int, int, int, int]]:
        """Yield the requests of some routes between two epoch minutes, the minute first."""
        for minute, route, status, requests in self._ledger.by_minute(start, end, routes):
            mark = MARK if self._holds(route, minute) else 0
            yield minute, route, status + mark, requests

    def failed(
        self,
        failure: Collection[int],
        success: Collection[int],
        *,
        routes: Collection[int],
        until: int,
    ) -> Iterator[tuple[int, int, int, int]]:
        """Yield the minutes in which some routes had a code of `failure`, without excused requests."""
        for minute, route, *both in self._ledger.failed(
            failure, success, routes=routes, until=until
        ):
            if not self._holds(route, minute):
                yield minute, route, both[0], both[1]

    def minute_sums(
        self, minutes: Sequence[int], routes: Collection[int]
    ) -> Iterator[tuple[int, int, int]]:
        """Yield the requests to some routes together in each of some epoch minutes, by status code."""
        for spans, alike in self._apart(routes):
            out = [minute for minute in minutes if not spans.holds(minute)]
            yield from self._ledger.minute_sums(out, alike)
            within = [minute for minute in minutes if spans.holds(minute)]
            for minute, status, requests in self._ledger.minute_sums(within, alike):
                yield minute, status + MARK, requests

    def quarter_sums(
        self, quarters: Sequence[int], routes: Collection[int]
    ) -> Iterator[tuple[int, int, int]]:
        """Yield the requests to some routes together in each of some epoch quarters, by status code.

        MaintenanceMinutes requests are left out.
        """
        for spans, alike in self._apart(routes):
            out = [
                quarter for quarter in quarters if not spans.holds(quarter * MINUTES_PER_QUARTER)
            ]
            yield from self._ledger.quarter_sums(out, alike)

    def _stretches(self, start: int, end: int) -> Iterator[tuple[int, int, set[int]]]:
        """Yield the ranges in maintenance between two epoch minutes, with the routes that are in it."""
        for each, routes in self._alike.items():
            for begin, beyond in each.spans:
                if begin < end and beyond > start:
                    yield max(begin, start), min(beyond, end), routes

    def _quarters(self, start: int, end: int) -> Iterator[tuple[int, int, set[int]]]:
        minutes = (start * MINUTES_PER_QUARTER, end * MINUTES_PER_QUARTER)
        for begin, beyond, routes in self._stretches(*minutes):
            yield begin // MINUTES_PER_QUARTER, beyond // MINUTES_PER_QUARTER, routes

    def _holds(self, route: int, minute: int) -> bool:
        return route in self._excused and self._excused[route].holds(minute)

    def _apart(
        self, routes: Collection[int]
    ) -> Iterator[tuple[MaintenanceMinutes, Collection[int]]]:
        """Yield some routes in groups with the same excused minutes."""
        left = set(routes)
        for each, alike in self._alike.items():
            if both := alike & left:
                yield each, both
                left -= both
        if left:
            yield MaintenanceMinutes(), left


def _counted(rows: Iterable[tuple[int, int, int]]) -> Counter[tuple[int, int]]:
    sums: Counter[tuple[int, int]] = Counter()
    for route, status, requests in rows:
        sums[route, status] += requests
    return sums


def _mark(
    sums: Counter[tuple[int, int]], rows: Iterable[tuple[int, int, int]], routes: set[int]
) -> None:
    for route, status, requests in rows:
        if route in routes:
            sums[route, status] -= requests
            sums[route, status + MARK] += requests


def _rows(sums: Counter[tuple[int, int]]) -> list[tuple[int, int, int]]:
    return [(*key, requests) for key, requests in sorted(sums.items()) if requests]
