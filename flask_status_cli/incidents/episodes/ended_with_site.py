"""Ends the episodes of routes with the outage of the site that they were part of.

When the site works again, nothing says that a route still fails that nobody has asked for since. So its
episode is over with the site's, unless the route failed at another time, too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

from flask_status_cli.incidents.episodes.detector import Episode
from flask_status_cli.incidents.episodes.grouping import group_episodes
from flask_status_cli.incidents.episodes.joining import Group
from flask_status_cli.incidents.episodes.search import (
    Episodes,
    episodes_after,
    episodes_by_route,
    joined_episodes,
)
from flask_status_cli.incidents.judged_minutes import SITE, MinuteSource, RouteOrSite, fails
from flask_status_cli.incidents.thresholds import FAILING_PART, OVER_SUCCESSES, STREAK_FAILURES


class _End(NamedTuple):
    """An episode that ends with the site's: as it was found, and as it is with that end."""

    was: Episode
    over: Episode


def find_episodes(
    source: MinuteSource, *, major: Fraction
) -> Mapping[RouteOrSite, Sequence[Episode]]:
    """Return the episodes of each route and of the site, in order.

    A search through every minute would find the same ones. Episodes that continue each other are joined.
    Episodes of the site that are explained by routes are left out. The site is down if its share of successes
    is below `major`.
    """
    return joined_episodes(source, end_with_site(source, episodes_by_route(source), major=major))


def end_with_site(
    source: MinuteSource,
    found: Episodes,
    *,
    major: Fraction,
    since: int | None = None,
    known: Collection[Episode] = (),
) -> Episodes:
    """Return all single episodes. Those that are part of an outage of the site end with it at the latest.

    An episode of a route ends with its last failing minute in the outage of the site under these conditions:

    - It has no failing minute before that outage, nor between it and the minute in which it was over.
    - The site would have failed without this route, too, and others work again.

    If the route fails later, that is another episode. `since`, `known` and `major` are those of
    `episodes_by_route`, `joined_episodes` and `group_episodes`.
    """
    for _ in found.get(SITE, ()):
        if not _may_end(found):
            break
        joined = joined_episodes(source, found, known=known)
        ends = _ends(source, found, group_episodes(source, joined, major=major), major)
        if not ends:
            break
        changed = {who: _changed(source, who, found[who], ends[who], since) for who in ends}
        found = {who: each for who, each in {**found, **changed}.items() if each}
    return found


def _may_end(found: Episodes) -> bool:
    """Return whether an episode of a route overlaps one of the site that is over, and outlasts it."""
    over = [site for site in found.get(SITE, ()) if site.recovered]
    routes = [each for who, several in found.items() if who != SITE for each in several]
    return any(
        each.last >= site.start - 1 and _outlasts(each, site) for site in over for each in routes
    )


def _outlasts(episode: Episode, site: Episode) -> bool:
    """Return whether an episode began before the site's was over, and was not over then."""
    return episode.start <= site.decided and (not episode.recovered or episode.last > site.decided)


def _ends(
    source: MinuteSource, found: Episodes, groups: Iterable[Group], major: Fraction
) -> Mapping[RouteOrSite, _End]:
    """Return the earliest episode of each route that ends with the site's, as it was and as it is then."""
    ends: dict[RouteOrSite, _End] = {}
    for outage, who, part in _parts(source, groups, major):
        for each in found[who]:
            overlap = each.start <= part.last and part.start <= each.last
            if not overlap or not _outlasts(each, outage.site):
                continue
            last = outage.last_of(who, range(part.start, each.last + 1))
            if last is not None and (who not in ends or each.start < ends[who].was.start):
                over = replace(each, last=last, recovered=True, decided=outage.site.decided)
                ends[who] = _End(each, over)
    return ends


def _parts(
    source: MinuteSource, groups: Iterable[Group], major: Fraction
) -> Iterator[tuple[_SiteOutage, RouteOrSite, Episode]]:
    """Yield each outage of the site that is over, with each of its routes and its episode."""
    for group in groups:
        for site in (part.episode for part in group if part.who == SITE and part.episode.recovered):
            outage = _SiteOutage(source, site, major)
            for who, episode in group:
                if who != SITE:
                    yield outage, who, episode


class _SiteOutage:
    """An outage of the site that is over. `site` is its episode.

    It was a total outage if its share of successes was below `major`.
    """

    def __init__(self, source: MinuteSource, site: Episode, major: Fraction) -> None:
        self.site = site
        self._source = source
        minutes = [minute for first, last in site.stretches for minute in range(first, last + 1)]
        self._minutes = frozenset(minutes)
        judged = source.at(SITE, minutes)
        self._valid = sum(each.valid for each in judged)
        self._failures = sum(each.failure for each in judged)
        successes = self._valid - self._failures
        self._total = successes * major.denominator < major.numerator * self._valid
        self._successes: dict[int, Mapping[RouteOrSite, int]] = {}

    def last_of(self, who: RouteOrSite, minutes: range) -> int | None:
        """Return the last of some minutes in which a route was failing, if it is over with the site's."""
        if not self._is_of_others(who):
            return None
        before = range(minutes.start, min(minutes.stop, self.site.decided + 1))
        known = [each for each in self._source.known(who) if each.minute in before]
        if self._source.exact(who):
            failing = [each.minute for each in known if fails(each.failure, each.success)]
        else:
            judged = self._source.at(who, [each.minute for each in known])
            failing = [each.minute for each in judged if each.failing]
        if not failing or not all(self._is_part(who, minute) for minute in failing):
            return None
        later = (each.minute for each in self._source.known(who) if each.minute > failing[-1])
        again = next(later, self._source.newest + 1)
        return failing[-1] if self._others_work(who, before=again) else None

    def _is_of_others(self, who: RouteOrSite) -> bool:
        """Return whether it would be an outage without the failures of a route.

        That is the case if there are at least 3 other failures, and they are a fifth of all requests.
        """
        known = self._source.known(who)
        others = self._failures - sum(e.failure for e in known if e.minute in self._minutes)
        return others >= STREAK_FAILURES and others * FAILING_PART >= self._valid

    def _is_part(self, who: RouteOrSite, minute: int) -> bool:
        """Return whether a minute in which a route was failing is part of the outage.

        An outage begins and ends within a minute, in which less than a fifth of the requests may fail. So
        the minute before it is part of it, and the minute after it if another route failed, too.
        """
        if minute in self._minutes or minute + 1 in self._minutes:
            return True
        failures = _failures(self._source, who, minute)
        return minute - 1 in self._minutes and _failures(self._source, SITE, minute) > failures

    def _others_work(self, who: RouteOrSite, *, before: int) -> bool:
        """Return whether other routes had 3 successes between the outage and a minute.

        If it was no total outage, only routes that failed with the site count. Others may have worked all
        the time.
        """
        if before not in self._successes:
            read = self._read_total if self._total else self._read_failed
            self._successes[before] = read(range(self.site.last + 1, before))
        successes = self._successes[before]
        own = successes.get(who, 0)
        if self._total:
            own = sum(m.success for m in self._source.at(who, range(self.site.last + 1, before)))
        return sum(successes.values()) - own >= OVER_SUCCESSES

    def _read_total(self, since: range) -> Mapping[RouteOrSite, int]:
        return {SITE: sum(each.success for each in self._source.at(SITE, since))}

    def _read_failed(self, since: range) -> Mapping[RouteOrSite, int]:
        """Return the successes of each route that failed with the site, or of enough of them."""
        found: dict[RouteOrSite, int] = {}
        outage = range(self.site.start, self.site.last + 1)
        for who in sorted(self._source.everyone()):
            if who == SITE or not any(e.minute in outage for e in self._source.known(who)):
                continue
            found[who] = sum(each.success for each in self._source.at(who, since))
            if sum(found.values()) - max(found.values()) >= OVER_SUCCESSES:
                break
        return found


def _failures(source: MinuteSource, who: RouteOrSite, minute: int) -> int:
    return next((each.failure for each in source.known(who) if each.minute == minute), 0)


def _changed(
    source: MinuteSource,
    who: RouteOrSite,
    episodes: Sequence[Episode],
    end: _End,
    since: int | None,
) -> list[Episode]:
    """Return the episodes of a route, one of which ends with the site's. Search again for later ones.

    If the failures up to that end were not an episode yet, none ends there.
    """
    before = [each for each in episodes if each.start < end.was.start]
    later = [each for each in episodes if each.start > end.was.start]
    if end.was.last > end.over.last:
        later = episodes_after(source, who, [*before, end.over], since=since)
    return [*before, *([end.over] if end.over.bad <= end.over.last else []), *later]
