"""Finds the episodes of every route.

Only candidate minutes are examined, and each episode is read to its end.
"""

from __future__ import annotations

from bisect import bisect, bisect_left
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import TypeAlias

from flask_status_cli.incidents.background_failures import LEAST, Share, background, is_high
from flask_status_cli.incidents.candidate_minutes import CandidateMinute, candidate_minutes
from flask_status_cli.incidents.episodes.detector import Detector, Episode
from flask_status_cli.incidents.episodes.joining import continued
from flask_status_cli.incidents.judged_minutes import SITE, Judged, Known, Source, Who
from flask_status_cli.incidents.thresholds import (
    BACKGROUND_QUARTERS,
    CONTINUED_MINUTES,
    FAILING_PART,
    JOINED_MINUTES,
    LONG_WINDOW_MINUTES,
    WINDOW_MINUTES,
)
from flask_status_cli.model import MINUTES_PER_QUARTER

Episodes: TypeAlias = Mapping[Who, Sequence[Episode]]

NOTHING: Episodes = MappingProxyType({})

FIRST_READ = 60
"""The number of minutes of an open episode that are read first."""

LONGEST_READ = 7 * 1440
"""The most minutes that are read at once; the number doubles each time."""


def find(source: Source) -> Mapping[Who, Sequence[Episode]]:
    """Return the episodes of each route and of the site, in order.

    They are those that a search through every minute would find. Episodes that continue each other are
    joined, and those of the site that routes explain are left out.
    """
    return put_together(source, episodes_by_route(source))


def episodes_by_route(
    source: Source, *, since: int | None = None, earlier: Episodes = NOTHING
) -> Mapping[Who, Sequence[Episode]]:
    """Return all single episodes, including those of the site that routes explain.

    With `since`, an epoch minute that no episode crosses, only later ones are searched for, and `earlier` are
    the episodes before it. Of the minutes before `since`, only those in windows that reach beyond it are
    read.
    """
    found = {
        who: _Search(source, who, since, list(earlier.get(who, ()))).episodes()
        for who in source.everyone()
    }
    return {who: episodes for who, episodes in found.items() if episodes}


def put_together(
    source: Source, found: Episodes, *, known: Collection[Episode] = ()
) -> Mapping[Who, Sequence[Episode]]:
    """Return all episodes, joined with those that continue them.

    Of the site, only those are returned that routes do not explain. Episodes of the site that are `known`
    were announced before, and stay.
    """
    routes = {who: continued(each) for who, each in found.items() if who != SITE}
    site = new_of_the_site(source, found, known=known)
    return {**routes, SITE: continued(site)} if site else routes


def new_of_the_site(
    source: Source, found: Episodes, *, known: Collection[Episode] = ()
) -> list[Episode]:
    """Return the episodes of the site that routes do not explain, unjoined.

    An episode that continues such an episode is returned, too.
    """
    routes = {who: continued(each) for who, each in found.items() if who != SITE}
    new: list[Episode] = []
    for each in found.get(SITE, ()):
        goes_on = bool(new) and each.start - new[-1].last <= CONTINUED_MINUTES
        if goes_on or each in known or not _told(source, each, routes):
            new.append(each)
    return new


def _told(source: Source, site: Episode, found: Episodes) -> bool:
    """Return whether an episode of the site is told by routes that failed before it, and go on with that.

    It is if at most a fifth of the failures that made it bad are of others. Without this, an outage of a
    route would be a second incident whenever the others go to sleep.
    """
    span = range(site.start, site.bad + 1)
    earlier = [who for who in found if who != SITE and any(_lasts(e, site) for e in found[who])]
    if not earlier:
        return False
    told = sum(_failures(source, who, span) for who in earlier)
    whole = _failures(source, SITE, span)
    return (whole - told) * FAILING_PART <= whole


def _lasts(episode: Episode, site: Episode) -> bool:
    """Return whether an episode lasts when the site's begins, and began too early to be joined by it."""
    goes_on = episode.open or episode.last >= site.start
    return goes_on and episode.start < site.start - JOINED_MINUTES


def _failures(source: Source, who: Who, span: range) -> int:
    return sum(minute.failure for minute in source.known(who) if minute.minute in span)


class _Search:
    """Looks for the episodes of one route after `since`; `past` are those that are known, in order."""

    def __init__(self, source: Source, who: Who, since: int | None, past: list[Episode]) -> None:
        self._source = source
        self._who = who
        self._since = since
        self._past = past
        self._failed = [known.minute for known in source.known(who)]

    def episodes(self) -> list[Episode]:
        """Return the episodes that were found, in order."""
        found: list[Episode] = []
        likely, past = self._likely(), self._past
        read = _read(self._source, self._who, likely)
        for seed in likely:
            if past and (past[-1].open or seed.minute <= past[-1].last):
                continue
            first = _first(seed)
            if past:  # what was before an episode that is over has no part in the next one
                first = max(first, past[-1].last + 1)
            at = bisect_left(read, first, key=_minute)
            begun = read[at : bisect(read, seed.minute, key=_minute)]
            detector = Detector(self._background, long=seed.long is not None)
            episode = _episode(self._source, self._who, begun, seed.minute, detector)
            if episode is not None:
                found.append(episode)
                past.append(episode)
        return found

    def _likely(self) -> list[CandidateMinute]:
        """Return the minutes that may be bad, from `since` on."""
        since = self._since
        likely = (
            each
            for each in _seeds(self._source, self._who)
            if since is None or each.minute >= since
        )
        return _without_long(self._source, self._who, list(likely), since or 0)

    def _background(self, minute: int) -> Share:
        """Return the share of failures in the 24 hours before a minute, without those of episodes.

        They are the 96 whole quarters of an hour that end before the minute; quarters in which an episode of
        the route lasted are left out.
        """
        end = minute // MINUTES_PER_QUARTER
        quarters = set(range(end - BACKGROUND_QUARTERS, end))
        if self._is_least(min(quarters) * MINUTES_PER_QUARTER, end * MINUTES_PER_QUARTER):
            return LEAST
        for each in reversed(self._past):
            first, last = each.start // MINUTES_PER_QUARTER, each.last // MINUTES_PER_QUARTER
            if last < end - BACKGROUND_QUARTERS:
                break
            quarters.difference_update(range(first, last + 1))
        success = failure = 0
        for good, bad in self._source.quarters(self._who, sorted(quarters)):
            success += good
            failure += bad
        return background(failure, success + failure)

    def _is_least(self, start: int, end: int) -> bool:
        """Return whether there was no failure, so that nothing has to be read.

        Nothing is known of minutes that may have been pruned.
        """
        if self._since is not None and start < self._since:
            return False
        return bisect_left(self._failed, start) == bisect_left(self._failed, end)


def _first(seed: CandidateMinute) -> int:
    """Return the first minute that has to do with whether a minute is bad."""
    since = seed.minute if seed.since is None else seed.since
    first = since - WINDOW_MINUTES + 1
    return first if seed.long is None else min(first, seed.minute - LONG_WINDOW_MINUTES + 1)


def _read(source: Source, who: Who, likely: Sequence[CandidateMinute]) -> Sequence[Judged]:
    """Read at once what tells whether the minutes that may be bad are."""
    wanted: list[int] = []
    for first, minute in sorted((_first(seed), seed.minute) for seed in likely):
        wanted += range(max(first, wanted[-1] + 1) if wanted else first, minute + 1)
    return source.at(who, wanted) if wanted else ()


def _without_long(
    source: Source, who: Who, likely: list[CandidateMinute], since: int
) -> list[CandidateMinute]:
    """Return the candidates, without a long window whose whole quarters of an hour hold too many successes.

    It saves reading 30 minutes for each. Streaks do not begin before `since`.
    """
    quarters = {seed.minute: _quarters_in(seed.minute) for seed in likely if seed.long}
    wanted = sorted({quarter for several in quarters.values() for quarter in several})
    successes = dict(zip(wanted, (good for good, _ in source.quarters(who, wanted)), strict=True))
    left = []
    for seed in likely:
        minute, begin, long = seed
        if long is not None:
            whole = sum(successes[quarter] for quarter in quarters[minute])
            if not is_high(long.failure, max(long.success, whole), LEAST):
                long = None
        if begin is not None or long is not None:
            left.append(CandidateMinute(minute, None if begin is None else max(begin, since), long))
    return left


def _quarters_in(minute: int) -> range:
    """Return the whole quarters of the long window that ends with a minute."""
    first = -(-(minute - LONG_WINDOW_MINUTES + 1) // MINUTES_PER_QUARTER)
    return range(first, (minute + 1) // MINUTES_PER_QUARTER)


def _seeds(source: Source, who: Who) -> list[CandidateMinute]:
    """Return the minutes that may be bad, once those that look so have been read exactly."""
    answered = partial(source.answered, who)
    known = source.known(who)
    if source.exact(who):
        return list(candidate_minutes(known, answered))
    likely = [seed.minute for seed in candidate_minutes(known, answered)]
    if not likely:
        return []
    exact = {minute.minute: minute for minute in source.at(who, likely)}
    better = [
        Known(minute, failure, exact[minute].success if minute in exact else success)
        for minute, failure, success in known
    ]
    return list(candidate_minutes(better, answered))


def _episode(
    source: Source, who: Who, begun: Sequence[Judged], until: int, detector: Detector
) -> Episode | None:
    """Return the episode that the minute `until` is in, `None` if there is none.

    `begun` is all that tells whether that minute is bad, up to it; no minute before it is. What follows is
    read as far as the episode goes.
    """
    for minute in begun:
        if minute.minute < until:
            detector.remember(minute)
        else:
            detector.take(minute)
    start, length = until + 1, FIRST_READ
    while detector.going and start <= source.newest:
        end = min(start + length, source.newest + 1)
        for minute in source.at(who, range(start, end)):
            if over := detector.take(minute):
                return over
        if over := detector.over(end - 1):
            return over
        start, length = end, min(2 * length, LONGEST_READ)
    return detector.end(source.until)


def _minute(judged: Judged) -> int:
    return judged.minute
