"""Finds the episodes of every route.

Only candidate minutes are read, with their windows. If a candidate is bad, its episode is read to its end.
"""

from __future__ import annotations

from bisect import bisect, bisect_left
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from itertools import takewhile
from types import MappingProxyType
from typing import TypeAlias

from flask_status_cli.incidents.background_failures import LEAST, FailureShare, background, is_high
from flask_status_cli.incidents.candidate_minutes import CandidateMinute, candidate_minutes
from flask_status_cli.incidents.episodes.detector import Detector, Episode
from flask_status_cli.incidents.episodes.joining import join_continued
from flask_status_cli.incidents.judged_minutes import (
    SITE,
    JudgedMinute,
    MinuteSource,
    PartlyReadMinute,
    RouteOrSite,
)
from flask_status_cli.incidents.thresholds import (
    BACKGROUND_QUARTERS,
    CONTINUED_MINUTES,
    FAILING_PART,
    JOINED_MINUTES,
    LONG_WINDOW_MINUTES,
    OVER_SUCCESSES,
    WINDOW_MINUTES,
)
from flask_status_cli.model import MINUTES_PER_QUARTER

Episodes: TypeAlias = Mapping[RouteOrSite, Sequence[Episode]]
"""The episodes of each route and of the site, in order."""

NOTHING: Episodes = MappingProxyType({})

FIRST_READ = 60
"""After the beginning of an episode, this many minutes are read first. The number doubles each time."""

LONGEST_READ = 7 * 1440
"""At most this many minutes are read at once."""


def episodes_by_route(
    source: MinuteSource, *, since: int | None = None, earlier: Episodes = NOTHING
) -> Mapping[RouteOrSite, Sequence[Episode]]:
    """Return all single episodes, including episodes of the site that are explained by routes.

    With `since`, an epoch minute, only later episodes are searched for. No episode may cross that minute, and
    `earlier` must have the episodes before it. Minutes before `since` are read only if a window needs them.
    """
    found = {
        who: _Search(source, who, since, list(earlier.get(who, ()))).episodes()
        for who in source.everyone()
    }
    return {who: episodes for who, episodes in found.items() if episodes}


def episodes_after(
    source: MinuteSource, who: RouteOrSite, past: Sequence[Episode], *, since: int | None
) -> list[Episode]:
    """Return the episodes of one route after its episodes `past`. `since` is that of `episodes_by_route`."""
    return _Search(source, who, since, list(past)).episodes()


def joined_episodes(
    source: MinuteSource, found: Episodes, *, known: Collection[Episode] = ()
) -> Mapping[RouteOrSite, Sequence[Episode]]:
    """Return all episodes, each joined with those that continue it.

    Episodes of the site that are explained by routes are left out, unless they are `known`, which means that
    they were announced before.
    """
    routes = {who: join_continued(each) for who, each in found.items() if who != SITE}
    site = unexplained_site_episodes(source, found, known=known)
    return {**routes, SITE: join_continued(site)} if site else routes


def unexplained_site_episodes(
    source: MinuteSource, found: Episodes, *, known: Collection[Episode] = ()
) -> list[Episode]:
    """Return the single episodes of the site that are not explained by routes, or that are `known`.

    An episode that continues such an episode is returned, too.
    """
    routes = {who: join_continued(each) for who, each in found.items() if who != SITE}
    new: list[Episode] = []
    for each in found.get(SITE, ()):
        continues = bool(new) and each.start - new[-1].last <= CONTINUED_MINUTES
        if continues or each in known or not _is_explained(source, each, routes):
            new.append(each)
    return new


def _is_explained(source: MinuteSource, site: Episode, found: Episodes) -> bool:
    """Return whether an episode of the site is explained by routes that failed before it and still fail.

    It is explained if at most a fifth of its failures, up to its first bad minute, are of other routes.
    Otherwise an outage of one route would become an outage of the site whenever the traffic of the other
    routes falls.
    """
    span = range(site.start, site.bad + 1)
    earlier = [who for who in found if who != SITE and any(_is_older(e, site) for e in found[who])]
    if not earlier:
        return False
    explained = sum(_failures(source, who, span) for who in earlier)
    whole = _failures(source, SITE, span)
    return (whole - explained) * FAILING_PART <= whole


def _is_older(episode: Episode, site: Episode) -> bool:
    """Return whether an episode is open when the site's begins, and began too early to be joined with it."""
    still_fails = episode.open or episode.last >= site.start
    return still_fails and episode.start < site.start - JOINED_MINUTES


def _failures(source: MinuteSource, who: RouteOrSite, span: range) -> int:
    return sum(minute.failure for minute in source.known(who) if minute.minute in span)


class _Search:
    """The search for the episodes of one route after `since`. `past` are its earlier episodes, in order."""

    def __init__(
        self, source: MinuteSource, who: RouteOrSite, since: int | None, past: list[Episode]
    ) -> None:
        self._source = source
        self._who = who
        self._since = since
        self._past = past
        self._failed = [known.minute for known in source.known(who)]

    def episodes(self) -> list[Episode]:
        """Return the episodes after `since`, in order."""
        found: list[Episode] = []
        likely, past = self._likely(), self._past
        read = _read(self._source, self._who, likely, self._since or 0)
        bound = self._since or 0
        for seed in likely:
            if past and (past[-1].open or seed.minute <= past[-1].last):
                continue
            first = _first(seed, bound)
            if past:  # minutes of an episode that is over do not belong to the next one
                first = max(first, past[-1].last + 1)
            at = bisect_left(read, first, key=_minute)
            begun = read[at : bisect(read, seed.minute, key=_minute)]
            detector = Detector(
                self._background, long=seed.long is not None, streak=self._streak_before(seed)
            )
            episode = _episode(self._source, self._who, begun, seed.minute, detector)
            if episode is not None:
                found.append(episode)
                past.append(episode)
        return found

    def _likely(self) -> list[CandidateMinute]:
        """Return the candidate minutes from `since` on."""
        since = self._since
        likely = (
            each
            for each in _seeds(self._source, self._who)
            if since is None or each.minute >= since
        )
        return _without_long(self._source, self._who, list(likely))

    def _streak_before(self, seed: CandidateMinute) -> Sequence[JudgedMinute]:
        """Return the last minutes of the last episode if it goes on: no request of the route succeeded since.

        That is possible only if the episode ended with an outage of the site. Later than `CONTINUED_MINUTES`
        that outage explains its failures, so they do not count any more.
        """
        last = self._past[-1] if self._past else None
        if last is None or last.bad > last.last or seed.minute - last.last > CONTINUED_MINUTES:
            return ()
        if seed.since is None or seed.since > last.last:
            return ()
        between = _read_minutes(self._source, self._who, range(last.last + 1, seed.minute))
        if any(minute.success for minute in between) or _show_work(between):
            return ()
        minutes = self._source.at(self._who, range(last.start, last.last + 1))
        return list(takewhile(lambda minute: not minute.success, reversed(minutes)))[::-1]

    def _background(self, minute: int) -> FailureShare:
        """Return the background of the route: its share of failures in the 24 hours before a minute.

        They are the 96 whole quarters of an hour that end before the minute. Quarters with an episode of the
        route are left out.
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
        """Return whether there was certainly no failure in [start, end), so that no minute need be read.

        Minutes before `since` may have been pruned, so nothing is certain about them.
        """
        if self._since is not None and start < self._since:
            return False
        return bisect_left(self._failed, start) == bisect_left(self._failed, end)


def _first(seed: CandidateMinute, bound: int) -> int:
    """Return the first minute that must be read to decide whether a candidate minute is bad.

    Streaks do not begin before `bound`.
    """
    since = seed.minute if seed.since is None else max(seed.since, bound)
    first = since - WINDOW_MINUTES + 1
    return first if seed.long is None else min(first, seed.minute - LONG_WINDOW_MINUTES + 1)


def _read(
    source: MinuteSource, who: RouteOrSite, likely: Sequence[CandidateMinute], bound: int
) -> Sequence[JudgedMinute]:
    """Read, in one step, the minutes that decide whether the candidate minutes are bad."""
    wanted: list[int] = []
    for first, minute in sorted((_first(seed, bound), seed.minute) for seed in likely):
        wanted += range(max(first, wanted[-1] + 1) if wanted else first, minute + 1)
    return _read_minutes(source, who, wanted) if wanted else ()


def _read_minutes(
    source: MinuteSource, who: RouteOrSite, minutes: Sequence[int]
) -> Sequence[JudgedMinute]:
    """Return those of some minutes in which a route has judged requests or signs of work, in order."""
    judged = source.at(who, minutes)
    signs = {each.minute: each for each in source.signs(who, minutes)}
    if not signs:
        return judged
    known = {minute.minute: minute for minute in judged}
    return [
        known.get(minute, JudgedMinute(minute, 0, 0, {}))._replace(
            absent=signs[minute].absent if minute in signs else 0,
            others=signs[minute].others if minute in signs else 0,
        )
        for minute in sorted(known.keys() | signs.keys())
    ]


def _show_work(minutes: Sequence[JudgedMinute]) -> bool:
    """Return whether there are enough signs of work in some minutes."""
    absent = sum(minute.absent for minute in minutes)
    return min(absent, sum(minute.others for minute in minutes)) >= OVER_SUCCESSES


def _without_long(
    source: MinuteSource, who: RouteOrSite, likely: list[CandidateMinute]
) -> list[CandidateMinute]:
    """Return the candidates, without long windows that cannot make them bad.

    The successes in the whole quarters of an hour of a long window decide that. It saves reading 30 minutes
    for each candidate.
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
            left.append(CandidateMinute(minute, begin, long))
    return left


def _quarters_in(minute: int) -> range:
    """Return the whole quarters of an hour in the long window that ends with a minute."""
    first = -(-(minute - LONG_WINDOW_MINUTES + 1) // MINUTES_PER_QUARTER)
    return range(first, (minute + 1) // MINUTES_PER_QUARTER)


def _seeds(source: MinuteSource, who: RouteOrSite) -> list[CandidateMinute]:
    """Return the candidate minutes of a route.

    If only a lower bound of successes is known, the candidates are read, and selected again by exact numbers.
    """
    answered = partial(source.answered, who)
    known = source.known(who)
    if source.exact(who):
        return list(candidate_minutes(known, answered))
    likely = [seed.minute for seed in candidate_minutes(known, answered)]
    if not likely:
        return []
    exact = {minute.minute: minute for minute in source.at(who, likely)}
    better = [
        PartlyReadMinute(minute, failure, exact[minute].success if minute in exact else success)
        for minute, failure, success in known
    ]
    return list(candidate_minutes(better, answered))


def _episode(
    source: MinuteSource,
    who: RouteOrSite,
    begun: Sequence[JudgedMinute],
    until: int,
    detector: Detector,
) -> Episode | None:
    """Return the episode that the minute `until` begins, `None` if that minute is not bad.

    `begun` are the minutes that decide whether it is bad, up to the minute itself. None of the others is bad.
    Later minutes are read until the episode is over.
    """
    for minute in begun:
        if minute.minute < until:
            detector.remember(minute)
        else:
            detector.take(minute)
    start, length = until + 1, FIRST_READ
    while detector.going and start <= source.newest:
        end = min(start + length, source.newest + 1)
        for minute in _read_minutes(source, who, range(start, end)):
            if over := detector.take(minute):
                return over
        if over := detector.over(end - 1):
            return over
        start, length = end, min(2 * length, LONGEST_READ)
    return detector.end(source.until)


def _minute(judged: JudgedMinute) -> int:
    return judged.minute
