"""Closes old episodes: they are stored, so that incidents stay the same when minutes are pruned."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import chain
from typing import TypeAlias

from flask_status_cli import incidents, judgement
from flask_status_cli.incidents import SITE, Episode, RouteOrSite
from flask_status_cli.model import MINUTES_PER_QUARTER, Policy
from flask_status_cli.model.minute_counts import quarter_start
from flask_status_cli.model.pruning import KEPT_AROUND, ClosedEpisode, ClosedEpisodes
from flask_status_cli.summary.incidents.minute_source import LedgerSource
from flask_status_cli.summary.ledger.excused_requests import excusing_ledger
from flask_status_cli.summary.ledger.protocol import Ledger

Episodes: TypeAlias = Mapping[RouteOrSite, Sequence[Episode]]


def source_of(
    ledger: Ledger, policy: Policy, *, newest: int, until: int | None = None
) -> LedgerSource:
    """Return the source of judged minutes for incidents.

    `newest` is the epoch minute of the newest entry, `until` the minute up to which the log was read.
    """
    judged = judgement.for_incidents(policy)
    return LedgerSource(excusing_ledger(ledger), judged, newest=newest, until=until)


def episodes(source: LedgerSource, closed: ClosedEpisodes | None, *, major: Fraction) -> Episodes:
    """Return all episodes: the stored ones, and those found in the minutes after them.

    The site is down if its share of successes is below `major`.
    """
    closed = _not_later(closed, source.newest)
    if closed is None:
        return incidents.find_episodes(source, major=major)
    old: dict[RouteOrSite, list[Episode]] = {}
    for who, episode in _old(source, closed.episodes):
        if not any(_overlap(episode, other) for other in old.get(who, ())):
            old.setdefault(who, []).append(episode)
    found = incidents.episodes_by_route(source, since=closed.since, earlier=old)
    known = old.get(SITE, ())
    together = incidents.end_with_site(
        source, _both(old, found), major=major, since=closed.since, known=known
    )
    return incidents.joined_episodes(source, together, known=known)


def _not_later(closed: ClosedEpisodes | None, newest: int) -> ClosedEpisodes | None:
    """Return the stored episodes, treating none of the time after `newest` as closed.

    Only a run with a wrong clock can have closed that time.
    """
    if closed is None or closed.since <= newest:
        return closed
    before = [each.last for each in closed.episodes if each.start <= newest]
    since = quarter_start(max(before, default=0) + KEPT_AROUND + MINUTES_PER_QUARTER)
    return ClosedEpisodes(min(since, closed.since), closed.episodes)


def _before_unfinished(since: int, episodes: Iterable[Episode]) -> int:
    """Return `since`, or an earlier quarter so that each episode is over before it, or begins after it."""
    for each in sorted(episodes, key=lambda each: each.start, reverse=True):
        over = not each.open and each.decided + KEPT_AROUND < since
        if not over and each.start - KEPT_AROUND < since:
            since = quarter_start(each.start - KEPT_AROUND)
    return since


def close_episodes(ledger: Ledger, policy: Policy, *, newest: int, horizon: int) -> ClosedEpisodes:
    """Return the episodes to store as closed, and the epoch minute `since` before which all are closed.

    `since` is at most `horizon`, and the start of a quarter of an hour. It is earlier if an episode would
    cross it or is still open. Episodes that were stored before are part of the result.
    """
    source = source_of(ledger, policy, newest=newest)
    closed = _not_later(ledger.closed_episodes(), newest)
    known = () if closed is None else closed.episodes
    since = quarter_start(horizon)
    before = None if closed is None else closed.since
    old: dict[RouteOrSite, list[Episode]] = {}
    for who, episode in _old(source, known):
        old.setdefault(who, []).append(episode)
    found = incidents.episodes_by_route(source, since=before, earlier=old)
    together = incidents.end_with_site(
        source, _both(old, found), major=policy.major, since=before, known=old.get(SITE, ())
    )
    found = _new(together, old)
    since = _before_unfinished(since, chain(*found.values()))
    if closed is not None and since <= closed.since:
        return closed
    of_site = incidents.unexplained_site_episodes(source, together, known=old.get(SITE, ()))
    new = [
        _as_stored(who, each)
        for who, several in found.items()
        for each in several
        if each.start < since and (who != SITE or each in of_site)
    ]
    order = sorted((*known, *new), key=lambda each: (each.start, each.label, each.rule))
    return ClosedEpisodes(since, tuple(order))


def _both(old: Episodes, found: Episodes) -> Episodes:
    """Return the stored and the newly found episodes of each route together, in order of time."""
    together: dict[RouteOrSite, list[Episode]] = {who: list(each) for who, each in old.items()}
    for who, several in found.items():
        mine = together.setdefault(who, [])
        mine += [each for each in several if not any(_overlap(each, other) for other in mine)]
    return {who: sorted(each, key=lambda e: e.start) for who, each in together.items() if each}


def _new(together: Episodes, old: Episodes) -> Episodes:
    """Return the episodes of each route that overlap no stored one."""
    return {
        who: [
            each for each in several if not any(_overlap(each, other) for other in old.get(who, ()))
        ]
        for who, several in together.items()
    }


def _as_stored(who: RouteOrSite, episode: Episode) -> ClosedEpisode:
    return ClosedEpisode(
        who.label,
        who.rule,
        start=episode.start,
        last=episode.last,
        bad=episode.bad,
        decided=episode.decided,
        recovered=bool(episode.recovered),
    )


def _old(
    source: LedgerSource, closed: Iterable[ClosedEpisode]
) -> Iterator[tuple[RouteOrSite, Episode]]:
    """Yield each stored episode that still has a failing minute, with its present route.

    If its rule no longer exists, its requests were moved to other routes. Then the episode is yielded for
    each route that failed during it.
    """
    for each in closed:
        episode = Episode(each.start, each.last, each.bad, each.recovered, each.decided)
        for who in _whose(source, each):
            span = range(each.start, each.last + 1)
            if any(minute.failing for minute in source.at(who, span)):
                yield who, episode


def _whose(source: LedgerSource, episode: ClosedEpisode) -> Sequence[RouteOrSite]:
    who = RouteOrSite(episode.label, episode.rule)
    if who == SITE:
        return [SITE] if SITE in source.everyone() else []
    if source.has(who):
        return [who] if who in source.everyone() else []
    span = range(episode.start, episode.last + 1)
    return [
        other
        for other in source.everyone()
        if other != SITE and any(known.minute in span for known in source.known(other))
    ]


def _overlap(one: Episode, other: Episode) -> bool:
    return one.start <= other.last and other.start <= one.last
