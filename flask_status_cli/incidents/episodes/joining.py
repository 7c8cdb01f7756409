"""Joins episodes that began together to one incident."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple, TypeAlias

from flask_status_cli.incidents.episodes.detector import Episode
from flask_status_cli.incidents.judged_minutes import SITE, Who
from flask_status_cli.incidents.thresholds import (
    CONTINUED_MINUTES,
    JOINED_MINUTES,
    LATE_MINUTES,
    LATE_ROUTES,
)

PartOf: TypeAlias = Callable[[Episode, Who, Episode], int | None]
"""Returns the minute from which an episode of a route is part of one of the site, `None` if it is not."""

Succeeded: TypeAlias = Callable[[Who, range], bool]
"""Returns whether any request to a route succeeded in some minutes."""


def _never(_: Episode, __: Who, ___: Episode) -> None:
    return None


def _always(_: Who, __: range) -> bool:
    return True


class Part(NamedTuple):
    """An episode, and its route."""

    who: Who
    episode: Episode


Group: TypeAlias = tuple[Part, ...]
"""The episodes of one incident, the earliest first."""


def continued(episodes: Iterable[Episode]) -> list[Episode]:
    """Return the episodes of one route, where each one is joined with the next if that continues it.

    It does if it begins at most 30 minutes after the last failing minute.
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


def join(
    episodes: Mapping[Who, Sequence[Episode]],
    *,
    part_of: PartOf = _never,
    succeeded: Succeeded = _always,
) -> Iterator[Group]:
    """Yield the incidents, the earliest first.

    The earliest episode takes those that begin at most ten minutes after its beginning and while it lasts.
    Those take no further ones, so incidents do not form chains. A quiet route may join later if none of its
    requests has `succeeded` since. An episode that is `part_of` one of the site joins its incident.
    """
    parts = sorted((Part(who, each) for who in episodes for each in episodes[who]), key=earliest)
    sites = _sites(parts, part_of)
    left = dict.fromkeys(number for number in range(len(parts)) if number not in sites)
    while left:
        joined = _joined(parts, list(left), succeeded)
        for each in joined:
            del left[each]
        taken = [part for site, part in sites.values() if site in joined]
        yield tuple(sorted([*(parts[each] for each in joined), *taken], key=earliest))


def _joined(parts: Sequence[Part], left: Sequence[int], succeeded: Succeeded) -> list[int]:
    """Return which of the parts that are left are one incident with the first of them."""
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


def _sites(parts: Sequence[Part], part_of: PartOf) -> Mapping[int, tuple[int, Part]]:
    """Return which parts belong to which part of the site, and what of them does."""
    sites = [number for number, part in enumerate(parts) if part.who == SITE]
    found: dict[int, tuple[int, Part]] = {}
    for number, part in enumerate(parts):
        for site in sites if part.who != SITE else ():
            start = part_of(parts[site].episode, *part)
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
    """Return the sort key: the earliest start, then the lowest rule; the site comes last."""
    return part.episode.start, part.who == SITE, part.who.rule, part.who.label


def _during(one: Part, other: Part) -> bool:
    """Return whether another part begins while one lasts."""
    return one.episode.open or other.episode.start <= one.episode.last
