"""The ids of incidents: computed from their beginning, or kept from an earlier announcement."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from flask_status_cli.frozen import frozen
from flask_status_cli.incidents.episodes.joining import Group
from flask_status_cli.incidents.judged_minutes import Who
from flask_status_cli.model import IncidentAnchor

ID_DIGITS: Final = 8


@frozen
class Named:
    """An incident with its id, and its earlier ids."""

    id: str
    aliases: tuple[str, ...]
    group: Group


def name(
    groups: Iterable[Group],
    anchors: Iterable[IncidentAnchor],
) -> tuple[Named, ...]:
    """Give every incident its id.

    `anchors` are the ids that were announced, the oldest first, each with a bad minute. The incident that
    includes this minute keeps the id. If there are several, the oldest is kept and the others become aliases.
    No two incidents get the same id.
    """
    groups = list(groups)
    told = _told(groups, anchors)
    used = {known for ids in told for known in ids}
    named = []
    for group, ids in zip(groups, told, strict=True):
        own = next(each for each in _computed(group) if each in ids or each not in used)
        used.add(own)
        known = tuple(dict.fromkeys((*ids, own)))
        named.append(Named(known[0], known[1:], group))
    return tuple(named)


def _told(groups: Sequence[Group], anchors: Iterable[IncidentAnchor]) -> list[list[str]]:
    """Return the ids that were told of each incident."""
    holders = defaultdict(list)
    for place, group in enumerate(groups):
        for part in group:
            holders[part.who].append((part.episode, place))
    told: list[list[str]] = [[] for _ in groups]
    for anchor in anchors:
        for episode, place in holders[Who(anchor.label, anchor.rule)]:
            if episode.holds(anchor.minute):
                told[place].append(anchor.id)
    return told


def _computed(group: Group) -> Iterator[str]:
    """Yield the ids that an incident may have, the usual one first."""
    who, episode = group[0]
    digest = hashlib.sha256(f"{who.label}|{who.rule}|{episode.start}".encode()).hexdigest()
    for start in range(0, len(digest), ID_DIGITS):
        yield digest[start : start + ID_DIGITS]
