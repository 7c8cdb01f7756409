"""Decides whether an episode of a route is part of a total outage of the site."""

from __future__ import annotations

from fractions import Fraction

from flask_status_cli.incidents.episodes.detector import Episode
from flask_status_cli.incidents.episodes.joining import PartOf
from flask_status_cli.incidents.judged_minutes import SITE, JudgedMinute, MinuteSource, RouteOrSite
from flask_status_cli.incidents.thresholds import DOWN_MINUTES

FIRST_READ = 60
"""This many minutes are read first. The number doubles each time."""


def part_of_total_outage(source: MinuteSource, major: Fraction) -> PartOf:
    """Return a `PartOf` for episodes of the site in which the site is down.

    An episode of a route is part of the site's if it begins, or has its first bad minute, while the site is
    down. The site is down if the share of successes in its last five judged minutes is below `major`. Only
    minutes in the same piece of the site's episode are used. A streak of a quiet route may have begun with
    one failure long before the site's episode. That failure is left out.
    """
    known: dict[tuple[int, int], bool] = {}

    def is_down(site: Episode, minute: int) -> bool:
        if minute < site.start or (minute > site.last and not site.open):
            return False
        since = max(start for start, _ in site.stretches if start <= minute)
        if (since, minute) not in known:
            judged = _last_judged(source, since, minute)
            success = sum(each.success for each in judged)
            valid = sum(each.valid for each in judged)
            known[since, minute] = success * major.denominator < major.numerator * valid
        return known[since, minute]

    def part_of(site: Episode, who: RouteOrSite, other: Episode) -> int | None:
        if other.start >= site.start:
            begins = is_down(site, other.start)
            lasts = site.open or other.start <= site.last
            return other.start if begins or (lasts and is_down(site, other.bad)) else None
        if not is_down(site, other.bad):
            return None
        return next(m.minute for m in source.known(who) if m.minute >= site.start)

    return part_of


def _last_judged(source: MinuteSource, since: int, minute: int) -> list[JudgedMinute]:
    """Return the site's last judged minutes up to `minute`, at most five, none before `since`."""
    found: list[JudgedMinute] = []
    end, length = minute + 1, FIRST_READ
    while end > since and len(found) < DOWN_MINUTES:
        start = max(since, end - length)
        found = [*source.at(SITE, range(start, end)), *found]
        end, length = start, 2 * length
    return found[-DOWN_MINUTES:]
