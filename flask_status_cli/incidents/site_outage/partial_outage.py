"""Decides whether an episode of a route is part of a partial outage of the site."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import NamedTuple

from flask_status_cli.incidents.background_failures import FailureShare, is_rare
from flask_status_cli.incidents.episodes.detector import Episode
from flask_status_cli.incidents.episodes.joining import PartOf
from flask_status_cli.incidents.judged_minutes import SITE, MinuteSource, RouteOrSite, fails
from flask_status_cli.incidents.thresholds import (
    JOINED_MINUTES,
    LONG_WINDOW_MINUTES,
    SILENT_MINUTES,
    SPREAD_PART,
    SPREAD_REQUESTS,
)


class _Sum(NamedTuple):
    """The judged requests of a route in some minutes."""

    success: int
    failure: int

    @property
    def valid(self) -> int:
        return self.success + self.failure

    @property
    def failing(self) -> bool:
        return self.failure > 0 and fails(self.failure, self.success)


def part_of_partial_outage(source: MinuteSource) -> PartOf:
    """Return a `PartOf` for episodes of the site in which a part of the requests fails on all routes.

    An episode of a route is part of the site's if it begins while other routes fail, too, and if its own
    requests do not fail clearly more often than theirs. This is judged at its first bad minute, over the 30
    minutes up to it that lie in the same piece of the site's episode.
    """
    read: dict[int, Mapping[RouteOrSite, tuple[int, int]]] = {}
    sums: dict[range, Mapping[RouteOrSite, _Sum]] = {}

    def minute_of(minute: int) -> Mapping[RouteOrSite, tuple[int, int]]:
        if minute not in read:
            read[minute] = source.each(minute)
        return read[minute]

    def of_routes(minutes: range) -> Mapping[RouteOrSite, _Sum]:
        if minutes not in sums:
            sums[minutes] = _summed(minute_of(minute) for minute in minutes)
        return sums[minutes]

    def part_of(site: Episode, who: RouteOrSite, other: Episode) -> int | None:
        stretch = _stretch(site, other.bad)
        if stretch is None or other.start < site.start <= other.start + JOINED_MINUTES:
            return None  # the site's episode joins the route's, by the usual rule
        first = max(stretch[0], other.bad - LONG_WINDOW_MINUTES + 1)
        if not _everywhere(of_routes(range(first, other.bad + 1)), who):
            return None
        end = max(other.bad, min(other.last, stretch[1], other.bad + SILENT_MINUTES))
        own = _total(
            minute_of(minute).get(who, (0, 0))
            for minute in range(max(other.start, stretch[0]), end + 1)
        )
        others = _total(
            counts
            for minute in range(first, end + 1)
            for route, counts in minute_of(minute).items()
            if route != who
        )
        if is_rare(own.failure, own.valid, FailureShare(others.failure, others.valid)):
            return None
        if other.start >= site.start:
            return other.start
        return next(each.minute for each in source.known(who) if each.minute >= site.start)

    return part_of


def _stretch(site: Episode, minute: int) -> tuple[int, int] | None:
    """Return the piece of the site's episode that has a minute, as (first, last minute), or `None`."""
    if minute < site.start or (minute > site.last and not site.open):
        return None
    return next(each for each in reversed(site.stretches) if each[0] <= minute)


def _everywhere(routes: Mapping[RouteOrSite, _Sum], who: RouteOrSite) -> bool:
    """Return whether routes other than `who` fail, too. The one of them with most failures is left out.

    Two things must be true of the others: failing routes have at least half of the requests to routes with
    enough requests, and the routes with few requests fail when added up. So a route that has failed for a
    month does not make the site fail.
    """
    others = {route: each for route, each in routes.items() if route != who}
    if not others:
        return False
    worst = min(others, key=lambda route: (-others[route].failure, route.rule, route.label))
    left = [each for route, each in others.items() if route != worst]
    single = [each for each in left if each.valid >= SPREAD_REQUESTS]
    failing = sum(each.valid for each in single if each.failing)
    if failing * SPREAD_PART < sum(each.valid for each in single):
        return False
    few = _total(each for each in left if each.valid < SPREAD_REQUESTS)
    return few.failing if few.valid else bool(single)


def _summed(minutes: Iterable[Mapping[RouteOrSite, tuple[int, int]]]) -> Mapping[RouteOrSite, _Sum]:
    success: Counter[RouteOrSite] = Counter()
    failure: Counter[RouteOrSite] = Counter()
    for who, (good, bad) in chain.from_iterable(each.items() for each in minutes):
        success[who] += good
        failure[who] += bad
    return {who: _Sum(success[who], failure[who]) for who in success if who != SITE}


def _total(counts: Iterable[tuple[int, int]]) -> _Sum:
    """Return the sum of pairs (successes, failures)."""
    success = failure = 0
    for good, bad in counts:
        success += good
        failure += bad
    return _Sum(success, failure)
