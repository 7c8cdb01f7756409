"""Whether the site is down when a route begins to fail: its last judged minutes say so."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from flask_status_cli.incidents.episodes import Episode
from flask_status_cli.incidents.minutes import SITE, Judged, Source
from flask_status_cli.incidents.rule import DOWN_MINUTES

FIRST_READ = 60
"""So many minutes are read back at first, and twice as many each time."""


def down(source: Source, major: Fraction) -> Callable[[Episode, Episode], bool]:
    """Return what tells whether the site is down when an episode of a route begins.

    It is where fewer than the share `major` succeeded of the site's last five minutes with judged requests,
    of those in its present stretch of failing. The first and the first bad minute of the route are looked at.
    """
    known: dict[tuple[int, int], bool] = {}

    def is_down(site: Episode, other: Episode) -> bool:
        for minute in (other.start, other.bad):
            since = max(start for start, _ in site.stretches if start <= other.start)
            if (since, minute) not in known:
                judged = _last_judged(source, since, minute)
                success = sum(each.success for each in judged)
                valid = sum(each.valid for each in judged)
                known[since, minute] = success * major.denominator < major.numerator * valid
            if known[since, minute]:
                return True
        return False

    return is_down


def _last_judged(source: Source, since: int, minute: int) -> list[Judged]:
    """Return the site's last five judged minutes from `since` up to a minute."""
    found: list[Judged] = []
    end, length = minute + 1, FIRST_READ
    while end > since and len(found) < DOWN_MINUTES:
        start = max(since, end - length)
        found = [*source.at(SITE, range(start, end)), *found]
        end, length = start, 2 * length
    return found[-DOWN_MINUTES:]
