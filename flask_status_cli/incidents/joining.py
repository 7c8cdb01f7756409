"""Episodes that began together are one incident."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple, TypeAlias

from flask_status_cli.incidents.episodes import Episode
from flask_status_cli.incidents.minutes import SITE, Who
from flask_status_cli.incidents.rule import CONTINUED_MINUTES, JOINED_MINUTES

Down: TypeAlias = Callable[[Episode, Episode], bool]
"""Whether the site is down, in an episode of its own, when an episode of a route begins."""


def _never(_: Episode, __: Episode) -> bool:
    return False


class Part(NamedTuple):
    """An episode and whose it is."""

    who: Who
    episode: Episode


Group: TypeAlias = tuple[Part, ...]
"""The parts of one incident, the earliest first."""


def continued(episodes: Iterable[Episode]) -> list[Episode]:
    """Return the episodes of one route, those put together of which one goes on with the one before.

    It does where it begins at most 30 minutes after the last failing minute of the other.
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


def join(episodes: Mapping[Who, Sequence[Episode]], *, down: Down = _never) -> Iterator[Group]:
    """Yield the incidents, the earliest first.

    The earliest episode takes those that begin at most ten minutes after its beginning and while it
    lasts; what these would take in turn stays out, so that nothing is chained. What begins while the site is
    `down` is part of the incident that the site's episode is in.
    """
    parts = sorted((Part(who, each) for who in episodes for each in episodes[who]), key=earliest)
    sites = _sites(parts, down)
    left = dict.fromkeys(range(len(parts)))
    for number, first in enumerate(parts):
        if number not in left or number in sites:
            continue
        joined = []
        for other in range(number, len(parts)):
            if parts[other].episode.start > first.episode.start + JOINED_MINUTES:
                break
            if other in left and other not in sites and _during(first, parts[other]):
                joined.append(other)
        joined += [each for each, site in sites.items() if site in joined]
        for each in joined:
            del left[each]
        yield tuple(parts[each] for each in sorted(joined))


def _sites(parts: Sequence[Part], down: Down) -> Mapping[int, int]:
    """Return which parts began while the site was down, and which part the site's episode is."""
    sites = [number for number, part in enumerate(parts) if part.who == SITE]
    return {
        number: site
        for number, part in enumerate(parts)
        if part.who != SITE
        for site in sites
        if parts[site].episode.start <= part.episode.start
        and _during(parts[site], part)
        and down(parts[site].episode, part.episode)
    }


def earliest(part: Part) -> tuple[int, bool, str, str]:
    """Return the sort key: the earliest start, then the lowest rule, and the site behind them."""
    return part.episode.start, part.who == SITE, part.who.rule, part.who.label


def _during(one: Part, other: Part) -> bool:
    """Return whether another part begins while one lasts."""
    return one.episode.open or other.episode.start <= one.episode.last
