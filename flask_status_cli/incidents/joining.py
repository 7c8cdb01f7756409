"""Episodes that began together are one incident."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple, TypeAlias

from flask_status_cli.incidents.episodes import Episode
from flask_status_cli.incidents.minutes import SITE, Who
from flask_status_cli.incidents.rule import CONTINUED_MINUTES, JOINED_MINUTES

Down: TypeAlias = Callable[[Episode, Who, Episode], int | None]
"""From which minute on an episode of a route is part of one of the site, `None` if it is not."""


def _never(_: Episode, __: Who, ___: Episode) -> None:
    return None


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
        taken = [each for each, (site, _) in sites.items() if site in joined]
        for each in (*joined, *taken):
            del left[each]
        group = [*(parts[each] for each in joined), *(sites[each][1] for each in taken)]
        yield tuple(sorted(group, key=earliest))


def _sites(parts: Sequence[Part], down: Down) -> Mapping[int, tuple[int, Part]]:
    """Return which parts belong to which part of the site, and what of them does."""
    sites = [number for number, part in enumerate(parts) if part.who == SITE]
    found: dict[int, tuple[int, Part]] = {}
    for number, part in enumerate(parts):
        for site in sites if part.who != SITE else ():
            start = down(parts[site].episode, *part)
            if start is not None:
                found[number] = site, Part(part.who, _since(part.episode, start))
                break
    return found


def _since(episode: Episode, start: int) -> Episode:
    """Return an episode without what was before a minute."""
    if start == episode.start:
        return episode
    stretches = ((max(start, first), last) for first, last in episode.stretches if last >= start)
    return replace(episode, start=start, pieces=tuple(stretches) if episode.pieces else ())


def earliest(part: Part) -> tuple[int, bool, str, str]:
    """Return the sort key: the earliest start, then the lowest rule, and the site behind them."""
    return part.episode.start, part.who == SITE, part.who.rule, part.who.label


def _during(one: Part, other: Part) -> bool:
    """Return whether another part begins while one lasts."""
    return one.episode.open or other.episode.start <= one.episode.last
