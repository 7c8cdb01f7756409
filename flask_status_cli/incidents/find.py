"""The episodes of everybody: looked for where minutes may be bad, and read only as far as they go."""

from __future__ import annotations

from bisect import bisect, bisect_left
from collections.abc import Mapping, Sequence
from functools import partial

from flask_status_cli.incidents.episodes import Detector, Episode
from flask_status_cli.incidents.minutes import SITE, Judged, Known, Source, Who
from flask_status_cli.incidents.rule import FAILING_PART, JOINED_MINUTES, WINDOW_MINUTES
from flask_status_cli.incidents.seeds import Seed, seeds

BEFORE = WINDOW_MINUTES - 1
"""The minutes before one that a window looks at with it."""

FIRST_READ = 60
"""So many minutes of an episode that goes on are read at first,"""

LONGEST_READ = 7 * 1440
"""and twice as many each time, up to this."""


def find(source: Source, *, since: int | None = None) -> Mapping[Who, Sequence[Episode]]:
    """Return the episodes of each route that has any, and of the site, in order.

    They are those that a look at every minute would find, but for those of the site that tell nothing new.
    With `since`, an epoch minute that no episode reaches over, only what comes after it.
    """
    found = {**look(source, since=since)}
    if SITE in found:
        found[SITE] = [each for each in found[SITE] if not _told(source, each, found)]
    return {who: episodes for who, episodes in found.items() if episodes}


def look(source: Source, *, since: int | None = None) -> Mapping[Who, Sequence[Episode]]:
    """Return all episodes, those of the site that tell nothing new too.

    Of the minutes before `since` only those are looked at that a window behind it begins with.
    """
    found = {who: _episodes(source, who, since) for who in source.everyone()}
    return {who: episodes for who, episodes in found.items() if episodes}


def _told(source: Source, site: Episode, found: Mapping[Who, Sequence[Episode]]) -> bool:
    """Tell whether an episode of the site is told by routes that failed before it, and go on with that.

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
    """Tell whether an episode lasts when that of the site begins, and began too early to be joined by it."""
    goes_on = episode.open or episode.last >= site.start
    return goes_on and episode.start < site.start - JOINED_MINUTES


def _failures(source: Source, who: Who, span: range) -> int:
    return sum(minute.failure for minute in source.known(who) if minute.minute in span)


def _episodes(source: Source, who: Who, since: int | None) -> list[Episode]:
    found: list[Episode] = []
    likely = _seeds(source, who)
    if since is not None:
        likely = [Seed(max(s.since, since), s.minute) for s in likely if s.minute >= since]
    read = _read(source, who, likely)
    for seed in likely:
        if found and (found[-1].open or seed.minute <= found[-1].last):
            continue
        first = seed.since - BEFORE
        if found:  # what was before an episode that is over has no part in the next one
            first = max(first, found[-1].last + 1)
        begun = read[bisect_left(read, first, key=_minute) : bisect(read, seed.minute, key=_minute)]
        episode = _episode(source, who, begun, seed.minute)
        if episode is not None:
            found.append(episode)
    return found


def _read(source: Source, who: Who, likely: Sequence[Seed]) -> Sequence[Judged]:
    """Read at once what tells whether the minutes that may be bad are."""
    wanted: list[int] = []
    for since, minute in sorted(likely):
        start = since - BEFORE
        wanted += range(max(start, wanted[-1] + 1) if wanted else start, minute + 1)
    return source.at(who, wanted) if wanted else ()


def _seeds(source: Source, who: Who) -> list[Seed]:
    """Return the minutes that may be bad, once those that look so have been read exactly."""
    answered = partial(source.answered, who)
    known = source.known(who)
    if source.exact(who):
        return list(seeds(known, answered))
    likely = [seed.minute for seed in seeds(known, answered)]
    if not likely:
        return []
    exact = {minute.minute: minute for minute in source.at(who, likely)}
    better = [
        Known(minute, failure, exact[minute].success if minute in exact else success)
        for minute, failure, success in known
    ]
    return list(seeds(better, answered))


def _episode(source: Source, who: Who, begun: Sequence[Judged], until: int) -> Episode | None:
    """Return the episode that the minute `until` is in, `None` if there is none.

    `begun` is all that tells whether that minute is bad, up to it; no minute before it is. What follows is
    read as far as the episode goes.
    """
    detector = Detector()
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
    return detector.end(source.newest)


def _minute(judged: Judged) -> int:
    return judged.minute
