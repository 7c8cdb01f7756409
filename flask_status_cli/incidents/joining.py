"""Episodes that began together are one incident."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from flask_status_cli.incidents.episodes import Episode
from flask_status_cli.incidents.minutes import SITE, Who
from flask_status_cli.incidents.rule import JOINED_MINUTES


class Part(NamedTuple):
    """An episode and whose it is."""

    who: Who
    episode: Episode


Group: TypeAlias = tuple[Part, ...]
"""The parts of one incident, the earliest first."""


def join(episodes: Mapping[Who, Sequence[Episode]]) -> Iterator[Group]:
    """Yield the incidents, the earliest first.

    The earliest episode takes those that begin at most ten minutes after its beginning and while it
    lasts; what these would take in turn stays out, so that nothing is chained.
    """
    parts = sorted((Part(who, each) for who in episodes for each in episodes[who]), key=earliest)
    left = dict.fromkeys(range(len(parts)))
    for number, first in enumerate(parts):
        if number not in left:
            continue
        joined = []
        for other in range(number, len(parts)):
            if parts[other].episode.start > first.episode.start + JOINED_MINUTES:
                break
            if other in left and _during(first.episode, parts[other].episode.start):
                joined.append(other)
                del left[other]
        yield tuple(parts[each] for each in joined)


def earliest(part: Part) -> tuple[int, bool, str, str]:
    """Return the sort key: the earliest start, then the lowest rule, and the site behind them."""
    return part.episode.start, part.who == SITE, part.who.rule, part.who.label


def _during(episode: Episode, minute: int) -> bool:
    return episode.open or minute <= episode.last
