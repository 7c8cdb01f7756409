"""A year of three routes with known outages: each is found once, to the minute, and noise is none."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from functools import cached_property

import pytest

from flask_status_cli.incidents import (
    SITE,
    JudgedMinute,
    PartlyReadMinute,
    RouteOrSite,
    SignsOfWork,
    find_episodes,
    group_episodes,
    identify,
)
from flask_status_cli.incidents.description import describe_incident

BUSY, SHOP, QUIET = RouteOrSite("", "/busy"), RouteOrSite("", "/shop"), RouteOrSite("", "/quiet")
SALTS = {BUSY: 11, SHOP: 23, QUIET: 37}
# One in this many minutes has one failed request, which is noise.
NOISE = {BUSY: 20, SHOP: 200, QUIET: 200}
HOUR, DAY = 60, 1440


def minute_of(month: int, day: int, hour: int = 0, minute: int = 0) -> int:
    return int(datetime(2026, month, day, hour, minute, tzinfo=UTC).timestamp()) // 60


FIRST, BEYOND = minute_of(1, 1), minute_of(12, 31, 23, 59) + 1


@dataclass(frozen=True)
class Outage:
    """An outage: some of a hundred requests fail, on some routes. `silent` minutes have no requests."""

    start: int
    minutes: int
    routes: tuple[RouteOrSite, ...]
    percent: int = 100
    silent: tuple[int, int] = (0, 0)

    def holds(self, minute: int) -> bool:
        return self.start <= minute < self.start + self.minutes

    def silences(self, minute: int) -> bool:
        return self.silent[0] <= minute - self.start < self.silent[1]


def planned() -> Iterator[Outage]:
    # Short and long, total and partial, on a busy, a slow and a quiet route.
    for place, (minutes, routes, percent) in enumerate(
        (minutes, routes, percent)
        for minutes in (3, 7, 12, 31, 4 * HOUR, 30 * HOUR)
        for routes in ((BUSY,), (BUSY, SHOP))
        for percent in (100, 60)
    ):
        yield Outage(minute_of(1, 2) + place * 3 * DAY + 97 * place, minutes, routes, percent)
    for place, minutes in enumerate((12, 31, 4 * HOUR, 30 * HOUR)):
        yield Outage(minute_of(4, 13, 3) + place * 4 * DAY + 41 * place, minutes, (SHOP,))
    for place, minutes in enumerate((2 * HOUR, 9 * HOUR, 50 * HOUR)):
        yield Outage(minute_of(5, 2, 5) + place * 5 * DAY, minutes, (QUIET,))
    # Across midnight, the ends of months and of a leap day's month, and the changes of the clock in Europe.
    for month, day in ((2, 28), (5, 31), (6, 30), (8, 31), (12, 30)):
        yield Outage(minute_of(month, day, 23, 51), 25, (BUSY,))
    yield Outage(minute_of(3, 29, 0, 47), 38, (BUSY, SHOP))
    yield Outage(minute_of(10, 25, 0, 47), 98, (BUSY,))
    # With silence during the outage: of the whole site, or of the route.
    for place, silent in enumerate(((5, 25), (10, 90), (10, 20 * HOUR))):
        start = minute_of(9, 3, 7, 13) + place * 4 * DAY
        yield Outage(start, silent[1] + 12, (BUSY,), silent=silent)
    yield Outage(minute_of(11, 3, 7), 3 * DAY, (QUIET,), silent=(9 * HOUR, 30 * HOUR))


OUTAGES = sorted(planned(), key=lambda each: each.start)


class Year:
    """The simulated traffic of a year, which is always the same."""

    newest = until = BEYOND - 1

    def counts(self, who: RouteOrSite, minute: int) -> tuple[int, int]:
        """Return successes and failures."""
        h = (minute * 2654435761 + SALTS[who] * 40503) % 2**32 // 7
        asked = {BUSY: 25 + h % 11, SHOP: h % 5, QUIET: int(h % 10 == 0)}[who]
        outage = self.outage(who, minute)
        if outage is not None and outage.silences(minute):
            return 0, 0
        if outage is not None:
            failed = -(-asked * outage.percent // 100)
        else:
            failed = int(asked > 0 and h // 10 % NOISE[who] == 0)
        return asked - failed, failed

    def outage(self, who: RouteOrSite, minute: int) -> Outage | None:
        return next(
            (
                each
                for each in self.around[minute // DAY]
                if who in each.routes and each.holds(minute)
            ),
            None,
        )

    @cached_property
    def around(self) -> dict[int, list[Outage]]:
        return {
            day: [o for o in OUTAGES if o.start // DAY <= day <= (o.start + o.minutes) // DAY]
            for day in range(FIRST // DAY, BEYOND // DAY + 1)
        }

    @cached_property
    def failures(self) -> dict[RouteOrSite, dict[int, tuple[int, int]]]:
        failing = {
            who: {m: both for m in range(FIRST, BEYOND) if (both := self.counts(who, m))[1]}
            for who in SALTS
        }
        minutes = {minute for series in failing.values() for minute in series}
        return failing | {SITE: {minute: self.total(minute) for minute in sorted(minutes)}}

    def total(self, minute: int) -> tuple[int, int]:
        each = [self.counts(who, minute) for who in SALTS]
        return sum(success for success, _ in each), sum(failure for _, failure in each)

    def everyone(self) -> Collection[RouteOrSite]:
        return self.failures

    def known(self, who: RouteOrSite) -> Sequence[PartlyReadMinute]:
        return [PartlyReadMinute(minute, f, s) for minute, (s, f) in self.failures[who].items()]

    def exact(self, who: RouteOrSite) -> bool:
        return True

    def at(self, who: RouteOrSite, minutes: Iterable[int]) -> list[JudgedMinute]:
        counted = ((m, self.total(m) if who == SITE else self.counts(who, m)) for m in minutes)
        return [JudgedMinute(m, s, f, {503: f} if f else {}) for m, (s, f) in counted if s or f]

    def signs(self, _who: RouteOrSite, _minutes: Sequence[int]) -> Sequence[SignsOfWork]:
        return ()

    def answered(self, who: RouteOrSite, start: int, end: int) -> bool:
        return any(self.counts(who, minute)[0] for minute in range(start, end))

    def each(self, minute: int) -> Mapping[RouteOrSite, tuple[int, int]]:
        counted = {who: self.counts(who, minute) for who in self.failures if who != SITE}
        return {who: both for who, both in counted.items() if any(both)}

    def quarters(self, who: RouteOrSite, quarters: Sequence[int]) -> Iterable[tuple[int, int]]:
        for quarter in quarters:
            minutes = self.at(who, range(quarter * 15, quarter * 15 + 15))
            yield sum(m.success for m in minutes), sum(m.failure for m in minutes)


@pytest.fixture(scope="module")
def year() -> Year:
    return Year()


def test_the_outages_of_a_year_are_found_once_and_to_the_minute(year: Year) -> None:
    named = identify(
        group_episodes(year, find_episodes(year, major=Fraction(3, 10)), major=Fraction(3, 10)), ()
    )
    found = [incident for each in named if (incident := describe_incident(year, each)) is not None]
    assert len(found) == len(OUTAGES) == 42
    right = 0
    for incident, outage in zip(found, OUTAGES, strict=True):
        assert {RouteOrSite(route.label, route.rule) for route in incident.routes} == set(
            outage.routes
        )
        minutes = range(outage.start, outage.start + outage.minutes)
        failed = [m for m in minutes if any(year.counts(who, m)[1] for who in outage.routes)]
        ends = [minute_at(incident.start), minute_at(incident.end or incident.start)]
        right += ends == [failed[0], failed[-1] + 1]
        assert incident.recovered is True
    assert right >= len(OUTAGES) * 95 // 100


def test_the_simulated_year_has_noise(year: Year) -> None:
    outside = {
        who: sum(year.outage(who, minute) is None for minute in series)
        for who, series in year.failures.items()
        if who != SITE
    }
    assert outside[BUSY] > 20_000
    assert outside[SHOP] > 1_500
    assert outside[QUIET] > 150


def minute_at(instant: datetime) -> int:
    return int(instant.timestamp()) // 60
