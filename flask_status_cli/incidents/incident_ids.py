"""Gives incidents their ids: computed from their beginning, or kept from an earlier announcement."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from flask_status_cli.frozen import frozen
from flask_status_cli.incidents.episodes.joining import Group
from flask_status_cli.incidents.judged_minutes import RouteOrSite
from flask_status_cli.model import IncidentAnchor

ID_DIGITS: Final = 8
"""An id has this many hexadecimal digits."""


@frozen
class IdentifiedIncident:
    """An incident with its id. `aliases` are other ids under which it was announced before."""

    id: str
    aliases: tuple[str, ...]
    group: Group


def identify(
    groups: Iterable[Group],
    anchors: Iterable[IncidentAnchor],
) -> tuple[IdentifiedIncident, ...]:
    """Give every incident its id. No two incidents get the same one.

    `anchors` are the ids that were announced, the oldest first, each with a bad minute. The incident that has
    this minute keeps the id. If an incident has several ids, it keeps the oldest, and the others become
    aliases.
    """
    groups = list(groups)
    announced = _announced(groups, anchors)
    used = {known for ids in announced for known in ids}
    named = []
    for group, ids in zip(groups, announced, strict=True):
        own = next(each for each in _computed(group) if each in ids or each not in used)
        used.add(own)
        known = tuple(dict.fromkeys((*ids, own)))
        named.append(IdentifiedIncident(known[0], known[1:], group))
    return tuple(named)


def _announced(groups: Sequence[Group], anchors: Iterable[IncidentAnchor]) -> list[list[str]]:
    """Return the ids under which each incident was announced."""
    episodes = defaultdict(list)
    for place, group in enumerate(groups):
        for part in group:
            episodes[part.who].append((part.episode, place))
    announced: list[list[str]] = [[] for _ in groups]
    for anchor in anchors:
        for episode, place in episodes[RouteOrSite(anchor.label, anchor.rule)]:
            if episode.holds(anchor.minute):
                announced[place].append(anchor.id)
    return announced


def _computed(group: Group) -> Iterator[str]:
    """Yield the ids that can be computed for an incident, the usual one first."""
    who, episode = group[0]
    digest = hashlib.sha256(f"{who.label}|{who.rule}|{episode.start}".encode()).hexdigest()
    for start in range(0, len(digest), ID_DIGITS):
        yield digest[start : start + ID_DIGITS]
