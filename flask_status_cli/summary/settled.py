"""What is settled of the failing of long ago, so that its minutes need not be looked at again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from flask_status_cli import classify, incidents
from flask_status_cli.incidents import SITE, Episode, Who
from flask_status_cli.model import MINUTES_PER_QUARTER, Policy
from flask_status_cli.model.retention import KEPT_AROUND, Settled, SettledEpisode
from flask_status_cli.summary.excusing import excusing
from flask_status_cli.summary.ledger import Ledger
from flask_status_cli.summary.minutes import LedgerSource


def source_of(ledger: Ledger, policy: Policy, *, newest: int) -> LedgerSource:
    """Return the minutes that incidents are found in, up to the epoch minute `newest`."""
    return LedgerSource(excusing(ledger), classify.for_incidents(policy), newest=newest)


def episodes(source: LedgerSource, settled: Settled | None) -> Mapping[Who, Sequence[Episode]]:
    """Return all episodes: those that are settled, and those of the time since."""
    settled = _not_later(settled, source.newest)
    found = incidents.find(source, since=None if settled is None else settled.since)
    if settled is None:
        return found
    together = {who: list(each) for who, each in found.items()}
    for who, episode in _old(source, settled.episodes):
        mine = together.setdefault(who, [])
        if not any(_overlap(episode, other) for other in mine):
            mine.append(episode)
    return {who: sorted(each, key=lambda e: e.start) for who, each in together.items() if each}


def _not_later(settled: Settled | None, newest: int) -> Settled | None:
    """Return what is settled, but for no time after `newest`: only a wrong clock can have settled that."""
    if settled is None or settled.since <= newest:
        return settled
    before = [each.last for each in settled.episodes if each.start <= newest]
    since = _floored(max(before, default=0) + KEPT_AROUND + MINUTES_PER_QUARTER)
    return Settled(min(since, settled.since), settled.episodes)


def settle(ledger: Ledger, policy: Policy, *, newest: int, horizon: int) -> Settled:
    """Return what is settled before `horizon`, which is an epoch minute, or before an earlier one.

    It begins with a quarter of an hour, and no episode reaches over it: while one lasts, nothing that came
    after its beginning is settled. What was settled stays so.
    """
    source = source_of(ledger, policy, newest=newest)
    settled = _not_later(ledger.settled(), newest)
    known = () if settled is None else settled.episodes
    since = _floored(horizon)
    before = None if settled is None else settled.since
    several = incidents.look(source, since=before).values()
    for episode in sorted(chain(*several), key=lambda each: each.start, reverse=True):
        over = not episode.open and episode.decided + KEPT_AROUND < since
        if not over and episode.start - KEPT_AROUND < since:
            since = _floored(episode.start - KEPT_AROUND)
    if settled is not None and since <= settled.since:
        return settled
    found = incidents.find(source, since=before)
    new = [_settled(who, each) for who in found for each in found[who] if each.start < since]
    order = sorted((*known, *new), key=lambda each: (each.start, each.label, each.rule))
    return Settled(since, tuple(order))


def _settled(who: Who, episode: Episode) -> SettledEpisode:
    return SettledEpisode(
        who.label,
        who.rule,
        start=episode.start,
        last=episode.last,
        bad=episode.bad,
        decided=episode.decided,
        recovered=bool(episode.recovered),
    )


def _old(source: LedgerSource, settled: Iterable[SettledEpisode]) -> Iterator[tuple[Who, Episode]]:
    """Yield the settled episodes that still have a failing minute, by whose they are now.

    A rule that there is none of any more has lost its requests to others: those that failed meanwhile.
    """
    for each in settled:
        episode = Episode(each.start, each.last, each.bad, each.recovered, each.decided)
        for who in _whose(source, each):
            span = range(each.start, each.last + 1)
            if any(minute.failing for minute in source.at(who, span)):
                yield who, episode


def _whose(source: LedgerSource, episode: SettledEpisode) -> Sequence[Who]:
    who = Who(episode.label, episode.rule)
    if who == SITE:
        return [SITE] if SITE in source.everyone() else []
    if source.has(who):
        shown = source.shown_as(who)
        return [shown] if shown in source.everyone() else []
    span = range(episode.start, episode.last + 1)
    return [
        other
        for other in source.everyone()
        if other != SITE and any(known.minute in span for known in source.known(other))
    ]


def _overlap(one: Episode, other: Episode) -> bool:
    return one.start <= other.last and other.start <= one.last


def _floored(minute: int) -> int:
    return minute // MINUTES_PER_QUARTER * MINUTES_PER_QUARTER
