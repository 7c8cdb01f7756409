"""Simulates outages and noise with random traffic, and counts the incidents that are found.

    python -m benchmarks.outages                  every table; some minutes
    python -m benchmarks.outages noise --days 20  one table, fewer days

Requests come at random (a Poisson process), and so do failures. Every table has a row for each kind of site.
"""

from __future__ import annotations

import argparse
import math
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import accumulate
from random import Random

from flask_status_cli.incidents import (
    SITE,
    IdentifiedIncident,
    JudgedMinute,
    PartlyReadMinute,
    RouteOrSite,
    SignsOfWork,
    find_episodes,
    group_episodes,
    identify,
)
from flask_status_cli.model import IncidentAnchor

FIRST = 29_000_000 // 1440 * 1440
DAY = 1440
MAJOR = Fraction(3, 10)

RATES = (0.2, 1, 3, 5, 10, 60, 300)
SITES = (
    (1, 0.2),
    (1, 1),
    (1, 60),
    (20, 1),
    (20, 4),
    (50, 4),
    (150, 4),
    (150, 20),
    (300, 60),
    (300, 300),
)
"""The number of routes of each site, and its number of requests a minute."""

Series = Mapping[int, tuple[int, int]]


class Traffic:
    """The simulated minutes of routes and of their sum, up to `newest`, for the search for incidents."""

    def __init__(self, series: Mapping[RouteOrSite, Series], newest: int) -> None:
        self.newest = self.until = newest
        self._series = {SITE: _sum(series.values()), **series}
        self._known = {
            who: [PartlyReadMinute(m, bad, good) for m, (good, bad) in sorted(each.items()) if bad]
            for who, each in self._series.items()
        }
        self._good = {
            who: sorted(minute for minute, (good, _) in each.items() if good)
            for who, each in self._series.items()
        }

    def everyone(self) -> Collection[RouteOrSite]:
        """Return the routes with failures, and the site."""
        return [
            who for who, known in self._known.items() if known and known[0].minute <= self.newest
        ]

    def known(self, who: RouteOrSite) -> Sequence[PartlyReadMinute]:
        """Return the minutes of a route with failures."""
        known = self._known[who]
        return known[: bisect_left(known, (self.newest + 1,))]

    def exact(self, who: RouteOrSite) -> bool:
        """Return true: the successes of every route are known."""
        return who in self._series

    def at(self, who: RouteOrSite, minutes: Iterable[int]) -> Sequence[JudgedMinute]:
        """Return those of the minutes that have judged requests."""
        series = self._series[who]
        return [
            JudgedMinute(minute, good, bad, {500: bad} if bad else {})
            for minute in minutes
            if minute in series and minute <= self.newest
            for good, bad in (series[minute],)
        ]

    def signs(self, _who: RouteOrSite, _minutes: Sequence[int]) -> Sequence[SignsOfWork]:
        """Return nothing: there are no requests without a route."""
        return ()

    def answered(self, who: RouteOrSite, start: int, end: int) -> bool:
        """Return whether there is a success in [start, end)."""
        good = self._good[who]
        place = bisect_left(good, start)
        return place < len(good) and good[place] < end

    def each(self, minute: int) -> Mapping[RouteOrSite, tuple[int, int]]:
        """Return the successes and failures of every route in a minute."""
        return {
            who: series[minute]
            for who, series in self._series.items()
            if who != SITE and minute in series and minute <= self.newest
        }

    def quarters(self, who: RouteOrSite, quarters: Sequence[int]) -> Iterator[tuple[int, int]]:
        """Yield the successes and the failures of each quarter of an hour."""
        for quarter in quarters:
            judged = self.at(who, range(quarter * 15, quarter * 15 + 15))
            yield sum(each.success for each in judged), sum(each.failure for each in judged)


@dataclass(frozen=True, slots=True)
class Outage:
    """An outage of `minutes` minutes from `start` on: a share of the requests of some routes fails.

    With `None` as `routes`, it affects all routes.
    """

    start: int
    minutes: int
    share: float = 1.0
    routes: Collection[int] | None = None

    def affects(self, minute: int, route: int) -> bool:
        """Return whether the outage affects a route in a minute."""
        inside = self.start <= minute < self.start + self.minutes
        return inside and (self.routes is None or route in self.routes)


@dataclass(frozen=True, slots=True)
class Site:
    """A simulated site: the number of its routes, its requests a minute, and the share that always fails."""

    routes: int
    rate: float
    noise: float = 0.0
    outages: Sequence[Outage] = field(default_factory=tuple)

    def play(self, days: float, chance: Random) -> dict[RouteOrSite, Series]:
        """Return the minutes of every route. The first route has the most requests, as on real sites."""
        weights = [1 / (place + 1) for place in range(self.routes)]
        minutes = int(days * DAY)
        return {
            RouteOrSite("", f"/{place}"): self._route(
                place, self.rate * weight / sum(weights), minutes, chance
            )
            for place, weight in enumerate(weights)
        }

    def _route(self, place: int, rate: float, minutes: int, chance: Random) -> Series:
        good, bad = (
            _poisson(rate * share, minutes, chance) for share in (1 - self.noise, self.noise)
        )
        series = {
            FIRST + m: (g, b) for m, (g, b) in enumerate(zip(good, bad, strict=True)) if g or b
        }
        for outage in self.outages:
            for minute in range(FIRST + outage.start, FIRST + outage.start + outage.minutes):
                if minute in series and outage.affects(minute - FIRST, place):
                    valid = sum(series[minute])
                    failed = sum(chance.random() < outage.share for _ in range(valid))
                    series[minute] = (valid - failed, failed)
        return series


def incidents(
    traffic: Traffic, anchors: Iterable[IncidentAnchor] = ()
) -> tuple[IdentifiedIncident, ...]:
    """Return the incidents in the traffic, as a report finds them."""
    return identify(
        group_episodes(traffic, find_episodes(traffic, major=MAJOR), major=MAJOR), anchors
    )


def opened(series: Mapping[RouteOrSite, Series], since: int, until: int) -> int:
    """Return how many messages about opened incidents are sent if a run looks for incidents every minute."""
    announced: dict[str, IncidentAnchor] = {}
    traffic = Traffic(series, FIRST + since)
    for minute in range(since, until):
        traffic.newest = traffic.until = FIRST + minute
        for each in incidents(traffic, announced.values()):
            if not announced.keys() & {each.id, *each.aliases}:
                who, episode = each.group[0]
                announced[each.id] = IncidentAnchor(each.id, *who, episode.bad)
    return len(announced)


def noise(options: argparse.Namespace) -> None:
    """Print the number of incidents of routes that always fail a little. There should be none."""
    print("\n| requests a minute | noise | days | incidents |\n|---:|---:|---:|---:|")
    for rate in RATES:
        for share in (0.01, 0.03, 0.05):
            chance = Random(f"{options.seed} {rate} {share}")
            series = Site(1, rate, share).play(options.days, chance)
            found = incidents(Traffic(series, FIRST + options.days * DAY))
            print(f"| {rate:g} | {share:.0%} | {options.days} | {len(found)} |", flush=True)


OUTAGES: Mapping[str, tuple[Sequence[Outage], int]] = {
    "total, 1 h": ([Outage(DAY, 60)], 1),
    "total, 6 h": ([Outage(DAY, 360)], 1),
    "half of the requests, 3 h": ([Outage(DAY, 180, 0.5)], 1),
    "8 min of each 20, 3 h": ([Outage(DAY + n * 20, 8) for n in range(9)], 1),
    "three groups, 20 min each": (
        [Outage(DAY + n * 25, 20, 1.0, range(n, 300, 3)) for n in range(3)],
        3,
    ),
}
"""The kinds of outages, and the number of incidents that each should make."""


def outages(options: argparse.Namespace) -> None:
    """Print the numbers of incidents and messages of outages. There should be one of each for each group."""
    print(
        "\n| outage | routes | requests a minute | once | more | never | messages | start | end |"
    )
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    for kind, (each, wanted) in OUTAGES.items():
        for routes, rate in SITES:
            if wanted > routes or rate * sum(o.minutes for o in each) * 0.5 < 30:
                continue  # too few requests: nobody could notice the outage
            print(_row(kind, Site(routes, rate, 0.002, each), wanted, options), flush=True)


def _row(kind: str, site: Site, wanted: int, options: argparse.Namespace) -> str:
    counted: dict[int, int] = {-1: 0, 0: 0, 1: 0}
    messages = 0
    late: list[int] = []
    ends: list[int] = []
    for run in range(options.runs):
        series = site.play(2.0, Random(f"{options.seed} {kind} {site.routes} {site.rate} {run}"))
        found = incidents(Traffic(series, FIRST + 2 * DAY))
        difference = len(found) - wanted
        counted[(difference > 0) - (difference < 0)] += 1
        if found:
            first, last = _failed(series, site)
            late.append(min(p.episode.start for each in found for p in each.group) - first)
            ends.append(max(p.episode.last for each in found for p in each.group) - last)
        if run < options.messages:
            end = max(each.start + each.minutes for each in site.outages)
            messages = max(messages, opened(series, DAY, end + 30))
    once, more, never = counted[0], counted[1], counted[-1]
    of = (
        kind,
        site.routes,
        f"{site.rate:g}",
        once,
        more,
        never,
        messages,
        _spread(late),
        _spread(ends),
    )
    return f"| {' | '.join(map(str, of))} |"


def _failed(series: Mapping[RouteOrSite, Series], site: Site) -> tuple[int, int]:
    """Return the first and the last minute in which a request failed in an outage."""
    minutes = [
        minute
        for place, each in enumerate(series.values())
        for minute, (_, bad) in each.items()
        if bad and any(outage.affects(minute - FIRST, place) for outage in site.outages)
    ]
    return min(minutes), max(minutes)


def _spread(minutes: Sequence[int]) -> str:
    """Return the median and the largest of these errors, in minutes."""
    if not minutes:
        return "—"
    by_size = sorted(minutes, key=abs)
    return f"{by_size[len(by_size) // 2]} ({by_size[-1]})"


def short(options: argparse.Namespace) -> None:
    """Print how many outages of 5 minutes are found, if half of at least 20 requests fail."""
    print("\n| requests a minute | noise | outages | found |\n|---:|---:|---:|---:|")
    for rate in (4, 10, 60, 300):
        for share in (0.0, 0.01, 0.03, 0.05):
            chance = Random(f"{options.seed} short {rate} {share}")
            found = sum(_found(rate, share, chance) for _ in range(options.runs))
            print(f"| {rate:g} | {share:.0%} | {options.runs} | {found} |", flush=True)


def _found(rate: float, share: float, chance: Random) -> bool:
    """Return whether an outage of 5 minutes is found in which half of the requests fail."""
    while True:
        series = Site(1, rate, share).play(1.2, chance)
        ((who, minutes),) = series.items()
        span = range(FIRST + DAY, FIRST + DAY + 5)
        requests = [minute for minute in span for _ in range(sum(minutes.get(minute, (0, 0))))]
        if len(requests) >= 20:
            break
    changed = dict(minutes) | dict.fromkeys(set(requests), (0, 0))
    failed = set(chance.sample(range(len(requests)), -(-len(requests) // 2)))
    for place, minute in enumerate(requests):
        good, bad = changed[minute]
        changed[minute] = (good, bad + 1) if place in failed else (good + 1, bad)
    named = incidents(Traffic({who: changed}, FIRST + DAY + 250))
    parts = [part.episode for each in named for part in each.group]
    return any(each.start < span.stop and each.last >= span.start for each in parts)


def _poisson(mean: float, length: int, chance: Random) -> list[int]:
    """Return `length` random numbers of the Poisson distribution with this mean."""
    if mean == 0:
        return [0] * length
    top = int(mean + 10 * math.sqrt(mean) + 12)
    weights = [math.exp(n * math.log(mean) - mean - math.lgamma(n + 1)) for n in range(top)]
    return chance.choices(range(top), cum_weights=list(accumulate(weights)), k=length)


def _sum(several: Iterable[Series]) -> dict[int, tuple[int, int]]:
    total: dict[int, tuple[int, int]] = {}
    for series in several:
        for minute, (good, bad) in series.items():
            before = total.get(minute, (0, 0))
            total[minute] = (before[0] + good, before[1] + bad)
    return total


def main() -> None:
    """Print the tables asked for."""
    tables: dict[str, Callable[[argparse.Namespace], None]] = {
        "noise": noise,
        "outages": outages,
        "short": short,
    }
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("tables", nargs="*", default=list(tables), metavar="|".join(tables))
    parser.add_argument("--days", type=int, default=200)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument(
        "--messages", type=int, default=1, help="the number of runs in which messages are counted"
    )
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if unknown := set(options.tables) - set(tables):
        parser.error(f"no such table: {', '.join(unknown)}")
    for each in options.tables:
        tables[each](options)


if __name__ == "__main__":
    main()
