"""Joins episodes to incidents by the minutes in which they began."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple, TypeAlias

from flask_status_cli.incidents.episodes.detector import Episode
from flask_status_cli.incidents.judged_minutes import SITE, RouteOrSite
from flask_status_cli.incidents.thresholds import (
    CONTINUED_MINUTES,
    JOINED_MINUTES,
    LATE_MINUTES,
    LATE_ROUTES,
)

PartOf: TypeAlias = Callable[[Episode, RouteOrSite, Episode], int | None]
"""A function `part_of(site, who, episode)` that compares an episode of a route with an episode of the site.

It returns the minute from which on the route's episode is part of the site's, `None` if it is not part of it.
"""

Succeeded: TypeAlias = Callable[[RouteOrSite, range], bool]
"""A function that returns whether any request to a route succeeded in some minutes."""


def _never(_: Episode, __: RouteOrSite, ___: Episode) -> None:
    return None


def _always(_: RouteOrSite, __: range) -> bool:
    return True


class RouteEpisode(NamedTuple):
    """An episode with its route."""

    who: RouteOrSite
    episode: Episode


Group: TypeAlias = tuple[RouteEpisode, ...]
"""The episodes of one incident, the earliest first."""


def join_continued(episodes: Iterable[Episode]) -> list[Episode]:
    """Return the episodes of one route, each joined with the next one if that continues it.

    An episode continues another one if it begins at most 30 minutes after its last failing minute.
    """
    found: list[Episode] = []
    for each in sorted(episodes, key=lambda episode: episode.start):
        if found and each.start - found[-1].last <= CONTINUED_MINUTES:
            before = found.pop()
            pieces = (*before.stretches, *each.stretches)
            found.append(replace(each, start=before.start, bad=before.bad, pieces=pieces))
        else:
            found.append(each)
    return found


def join_episodes(
    episodes: Mapping[RouteOrSite, Sequence[Episode]],
    *,
    part_of: PartOf = _never,
    succeeded: Succeeded = _always,
) -> Iterator[Group]:
    """Yield the episodes of each incident, the earliest incident first.

    The earliest episode is joined by those that begin within ten minutes of its beginning and before its end.
    These are not joined by further ones, so incidents do not form chains. A quiet route may join later, if
    none of its requests succeeded meanwhile (`succeeded`). An episode that is part of an episode of the site
    (`part_of`) joins the incident of that one.
    """
    parts = sorted(
        (RouteEpisode(who, each) for who in episodes for each in episodes[who]), key=earliest
    )
    sites = _sites(parts, part_of)
    left = dict.fromkeys(number for number in range(len(parts)) if number not in sites)
    while left:
        joined = _joined(parts, list(left), succeeded)
        for each in joined:
            del left[each]
        taken = [part for site, part in sites.values() if site in joined]
        yield tuple(sorted([*(parts[each] for each in joined), *taken], key=earliest))


def _joined(parts: Sequence[RouteEpisode], left: Sequence[int], succeeded: Succeeded) -> list[int]:
    """Return the numbers of the parts in `left` that are one incident with the first of them."""
    first = parts[left[0]]
    soon = first.episode.start + JOINED_MINUTES
    joined: list[int] = []
    for number in left:
        part = parts[number]
        start = part.episode.start
        if start > first.episode.start + LATE_MINUTES:
            break
        if not _during(first, part):
            continue
        late = sum(parts[each].who != SITE for each in joined) >= LATE_ROUTES and part.who != SITE
        if start <= soon or (late and not succeeded(part.who, range(soon + 1, start))):
            joined.append(number)
    return joined


def _sites(
    parts: Sequence[RouteEpisode], part_of: PartOf
) -> Mapping[int, tuple[int, RouteEpisode]]:
    """Return the episodes of routes that are part of an episode of the site, by their number in `parts`.

    The values are the number of the site's episode, and the minutes of the route's episode that are part of
    it.
    """
    sites = [number for number, part in enumerate(parts) if part.who == SITE]
    found: dict[int, tuple[int, RouteEpisode]] = {}
    for number, part in enumerate(parts):
        for site in sites if part.who != SITE else ():
            start = part_of(parts[site].episode, *part)
            if start is not None:
                found[number] = site, RouteEpisode(part.who, _since(part.episode, start))
                break
    return found


def _since(episode: Episode, start: int) -> Episode:
    """Return an episode without the minutes before `start`."""
    if start == episode.start:
        return episode
    stretches = ((max(start, first), last) for first, last in episode.stretches if last >= start)
    return replace(episode, start=start, pieces=tuple(stretches) if episode.pieces else ())


def earliest(part: RouteEpisode) -> tuple[int, bool, str, str]:
    """Return the sort key: by start, then routes before the site, then by rule and label."""
    return part.episode.start, part.who == SITE, part.who.rule, part.who.label


def _during(one: RouteEpisode, other: RouteEpisode) -> bool:
    """Return whether `other` begins before the end of `one`."""
    return one.episode.open or other.episode.start <= one.episode.last
