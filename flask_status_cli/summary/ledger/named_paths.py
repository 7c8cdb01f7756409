"""A ledger in which some paths of `<unmatched>` or of a crowd are routes of their own."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple, TypeAlias

from flask_status_cli.model import MINUTES_PER_QUARTER, UNMATCHED, Origin, Route
from flask_status_cli.model.log.entries import RouteKey
from flask_status_cli.summary.ledger.protocol import Ledger
from flask_status_cli.summary.ledger.wrapper import LedgerWrapper


class PathRequests(NamedTuple):
    """Requests of one path in one epoch minute, with one status code.

    - `path`: the route id of the path.
    - `whole`: the id of the stored route that also counts these requests: `<unmatched>` or a crowd.
    """

    minute: int
    path: int
    whole: int
    status: int
    requests: int


NO_CROWDS: Final[Mapping[RouteKey, int]] = MappingProxyType({})


Durations: TypeAlias = Callable[[int, int], Iterable[tuple[str, str, int, int]]]
"""Yields (label, path, bucket, requests) between two epoch hours."""


def no_durations(_start: int, _end: int) -> Iterable[tuple[str, str, int, int]]:
    """Return no durations."""
    return ()


class NamedLedger(LedgerWrapper):
    """A ledger in which each of `paths` is a route with a negative id.

    `rows` are the requests of these paths: (label, path, minute, status, requests). `crowds` has the route id
    of the crowd to which a path belongs. Paths without a crowd never answered; they belong to `<unmatched>`,
    and `durations` yields how long their requests took.
    """

    def __init__(
        self,
        ledger: Ledger,
        paths: Sequence[RouteKey],
        rows: Iterable[tuple[str, str, int, int, int]],
        crowds: Mapping[RouteKey, int] = NO_CROWDS,
        durations: Durations = no_durations,
    ) -> None:
        super().__init__(ledger)
        self._durations = durations
        known = ledger.routes()
        lowest = min(known, default=0)
        numbers = {key: min(lowest, 0) - n for n, key in enumerate(paths, start=1)}
        unmatched = {route.label: n for n, route in known.items() if route.rule == UNMATCHED}
        whole = {key: crowds[key] if key in crowds else unmatched[key[0]] for key in paths}
        self._whole = frozenset(whole.values())
        self._crowds = frozenset(crowds.values())
        named = {n: _route(key, known[whole[key]]) for key, n in numbers.items()}
        self._routes = {**known, **named}
        self._numbers, self._parts = numbers, whole
        self._rows = sorted(
            PathRequests(minute, numbers[label, rule], whole[label, rule], status, requests)
            for label, rule, minute, status, requests in rows
        )
        self._minutes = [row.minute for row in self._rows]

    def routes(self) -> Mapping[int, Route]:
        """Return every route, including the named paths."""
        return self._routes

    def requests(self, start: int, end: int) -> list[tuple[int, int, int]]:
        """Return the requests between two epoch quarters."""
        counted = self._ledger.requests(start, end)
        return self._moved(counted, start * MINUTES_PER_QUARTER, end * MINUTES_PER_QUARTER)

    def minutes(self, start: int, end: int) -> list[tuple[int, int, int]]:
        """Return the requests between two epoch minutes."""
        return self._moved(self._ledger.minutes(start, end), start, end)

    def durations(self, start: int, end: int) -> Iterator[tuple[int, int, int]]:
        """Yield (route id, bucket, requests) between two epoch hours.

        Some numbers are negative: they subtract the requests of a path from those of `<unmatched>`.
        """
        yield from self._ledger.durations(start, end)
        for label, path, bucket, n in self._durations(start, end):
            yield self._parts[label, path], bucket, -n
            yield self._numbers[label, path], bucket, n

    def slices(
        self, start: int, end: int, size: int, routes: Collection[int]
    ) -> list[tuple[int, int, int, int]]:
        """Return the requests of some routes between two epoch quarters, by slices of `size` quarters."""
        first, last = (quarter * MINUTES_PER_QUARTER for quarter in (start, end))
        each = size * MINUTES_PER_QUARTER
        rows = self._ledger.slices(start, end, size, _stored(routes))
        return self._shared_out(
            rows, first, last, routes, place=lambda minute: (minute - first) // each
        )

    def by_minute(
        self, start: int, end: int, routes: Collection[int]
    ) -> list[tuple[int, int, int, int]]:
        """Return the requests of some routes between two epoch minutes, the minute first."""
        rows = self._ledger.by_minute(start, end, _stored(routes))
        return self._shared_out(rows, start, end, routes, place=lambda minute: minute)

    def failed(
        self,
        failure: Collection[int],
        success: Collection[int],
        *,
        routes: Collection[int],
        until: int,
    ) -> Iterator[tuple[int, int, int, int]]:
        """Yield the minutes in which some routes had a code of `failure`, up to the minute `until`."""
        rest: dict[tuple[int, int], list[int]] = {}
        for minute, number, failures, successes in self._ledger.failed(
            failure, success, routes=_stored(routes), until=until
        ):
            if number not in self._whole:
                yield minute, number, failures, successes
                continue
            both = rest.setdefault((minute, number), [0, 0])
            both[0] += failures
            both[1] += successes
        for minute, number, whole, status, n in self._between(0, until + 1):
            of_path = rest.setdefault((minute, number), [0, 0])
            of_whole = rest.setdefault((minute, whole), [0, 0])
            if status in success:
                of_path[1] += n
                # the rows of waiting paths have no successes
                of_whole[1] -= n if whole in self._crowds else 0
            if status in failure:
                of_path[0] += n
                of_whole[0] -= n
        for (minute, number), (failures, successes) in rest.items():
            if failures > 0 and number in routes:
                yield minute, number, failures, successes

    def minute_sums(
        self, minutes: Sequence[int], routes: Collection[int]
    ) -> list[tuple[int, int, int]]:
        """Return the requests to some routes together in each of some epoch minutes, by status code."""
        sums = _counted(self._ledger.minute_sums(minutes, _stored(routes)))
        return self._summed(sums, minutes, routes, minutes_each=1)

    def quarter_sums(
        self, quarters: Sequence[int], routes: Collection[int]
    ) -> list[tuple[int, int, int]]:
        """Return the requests to some routes together in each of some epoch quarters, by status code."""
        sums = _counted(self._ledger.quarter_sums(quarters, _stored(routes)))
        return self._summed(sums, quarters, routes, minutes_each=MINUTES_PER_QUARTER)

    def _summed(
        self,
        sums: Counter[tuple[int, ...]],
        times: Sequence[int],
        routes: Collection[int],
        *,
        minutes_each: int,
    ) -> list[tuple[int, int, int]]:
        wanted = frozenset(times)
        first, last = min(wanted, default=0), max(wanted, default=-1)
        for minute, number, whole, status, n in self._between(
            first * minutes_each, (last + 1) * minutes_each
        ):
            if minute // minutes_each in wanted:
                sums[minute // minutes_each, status] += n * ((number in routes) - (whole in routes))
        return [(time, status, n) for (time, status), n in sorted(sums.items()) if n]

    def _shared_out(
        self,
        rows: Iterable[tuple[int, int, int, int]],
        start: int,
        end: int,
        routes: Collection[int],
        *,
        place: Callable[[int], int],
    ) -> list[tuple[int, int, int, int]]:
        """Move the counts of the paths from the rows of their wholes to rows of their own.

        `place` takes an epoch minute and returns the first item of its row.
        """
        sums = _counted(rows)
        for minute, number, whole, status, n in self._between(start, end):
            if whole in routes:
                sums[place(minute), whole, status] -= n
            if number in routes:
                sums[place(minute), number, status] += n
        return [(at, number, status, n) for (at, number, status), n in sorted(sums.items()) if n]

    def _moved(
        self, counted: Iterable[tuple[int, int, int]], start: int, end: int
    ) -> list[tuple[int, int, int]]:
        sums = _counted(counted)
        for _, number, whole, status, n in self._between(start, end):
            sums[whole, status] -= n
            sums[number, status] += n
        return [(number, status, n) for (number, status), n in sorted(sums.items()) if n]

    def _between(self, start: int, end: int) -> Sequence[PathRequests]:
        return self._rows[bisect_left(self._minutes, start) : bisect_left(self._minutes, end)]


def _route(key: RouteKey, whole: Route) -> Route:
    if whole.rule == UNMATCHED:
        return Route(*key, origin=Origin.FAILING)
    return Route(*key, origin=Origin.FAILING, hidden=whole.hidden, crowd=True, part_of=whole.rule)


def _stored(routes: Collection[int]) -> list[int]:
    return [number for number in routes if number >= 0]


def _counted(rows: Iterable[tuple[int, ...]]) -> Counter[tuple[int, ...]]:
    sums: Counter[tuple[int, ...]] = Counter()
    for *key, requests in rows:
        sums[tuple(key)] += requests
    return sums
