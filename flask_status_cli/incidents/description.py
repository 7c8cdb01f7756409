"""Describes an incident: its times, its routes with their figures, and its worst minute."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction

from flask_status_cli.frozen import frozen
from flask_status_cli.incidents.episodes.detector import Episode
from flask_status_cli.incidents.incident_ids import IdentifiedIncident
from flask_status_cli.incidents.judged_minutes import SITE, JudgedMinute, MinuteSource, RouteOrSite
from flask_status_cli.incidents.thresholds import CONTINUED_MINUTES
from flask_status_cli.model import (
    AffectedRoute,
    Incident,
    IncidentAnchor,
    WorstMinute,
    instant_of,
)


@frozen
class _Share:
    """A route in an incident. `start` and `last` are the first and last minute in which it failed.

    `minutes` are its judged minutes from `start` to `last`, or to the newest one while the route still fails.
    """

    who: RouteOrSite
    start: int
    last: int
    open: bool
    minutes: Sequence[JudgedMinute]

    @property
    def failures(self) -> int:
        return sum(minute.failure for minute in self.minutes)

    @property
    def valid(self) -> int:
        return sum(minute.valid for minute in self.minutes)

    def statuses(self) -> Counter[int]:
        total: Counter[int] = Counter()
        for minute in self.minutes:
            total.update(minute.failed)
        return total


def describe_incident(
    source: MinuteSource,
    named: IdentifiedIncident,
    *,
    names: Callable[[RouteOrSite], str] = lambda _: "",
    shows: Callable[[RouteOrSite], bool] | None = None,
) -> Incident | None:
    """Return the description of an incident, `None` if none of its routes is shown.

    `names` returns the name of a route. `shows` returns whether a route is shown, `None` means all are. The
    incident begins with its first episode, and ends with its last one. The site's episode belongs to it only
    if all routes are shown. If only the site has an episode, the routes that had failures in it are listed.
    """
    shares = sorted(_shares(source, named, shows), key=lambda each: (each.start, each.who[::-1]))
    if not shares:
        return None
    shown = {each.who for each in shares}
    episodes = [
        each.episode
        for each in named.group
        if each.who in shown or (each.who == SITE and shows is None)
    ] or [named.group[0].episode]
    start, last = min(each.start for each in episodes), max(each.last for each in episodes)
    going = any(each.open for each in episodes)
    first = named.group[0]
    until = source.newest if going else last
    return Incident(
        id=named.id,
        aliases=named.aliases,
        start=instant_of(start),
        end=None if going else instant_of(last + 1),
        recovered=None if going else all(each.recovered for each in episodes),
        last_failure=instant_of(last),
        last_request=instant_of(max(last, *(each.minutes[-1].minute for each in shares))),
        duration_minutes=until + 1 - start,
        failures=sum(each.failures for each in shares),
        valid=sum(each.valid for each in shares),
        statuses=_ascending(sum((each.statuses() for each in shares), Counter())),
        worst=_worst(minute for each in shares for minute in each.minutes),
        routes=tuple(_route(each, names(each.who)) for each in shares),
        anchor=IncidentAnchor(named.id, *first.who, first.episode.bad),
        stretches=max(len(each.stretches) for each in episodes),
        final=not going and all(_final(source, *part) for part in named.group),
    )


def _final(source: MinuteSource, who: RouteOrSite, episode: Episode) -> bool:
    """Return whether no later episode can continue this one any more.

    A later episode must begin within `CONTINUED_MINUTES`. If there was a failure in that time, twice as many
    minutes must pass, because the failure may turn out to be the beginning of an episode.
    """
    since = source.until - episode.last
    if episode.open or since <= CONTINUED_MINUTES:
        return False
    again = range(episode.last + 1, episode.last + CONTINUED_MINUTES + 1)
    return since > 2 * CONTINUED_MINUTES or not any(k.minute in again for k in source.known(who))


def _shares(
    source: MinuteSource, named: IdentifiedIncident, shows: Callable[[RouteOrSite], bool] | None
) -> Iterator[_Share]:
    parts = [part for part in named.group if part.who != SITE]
    if parts:
        shown = [(part.who, part.episode) for part in parts if shows is None or shows(part.who)]
    else:
        site = named.group[0].episode
        span = range(site.start, (source.newest if site.open else site.last) + 1)
        shown = [
            (who, site)
            for who in source.everyone()
            if who != SITE and (shows is None or shows(who))
            if any(minute.minute in span for minute in source.known(who))
        ]
    for who, episode in shown:
        until = source.newest if episode.open else episode.last
        minutes = source.at(who, range(episode.start, until + 1))
        yield _Share(who, episode.start, episode.last, episode.open, minutes)


def _worst(minutes: Iterable[JudgedMinute]) -> WorstMinute:
    """Return the minute with the highest share of failures. Of equal ones, it is that with most failures."""
    failures: Counter[int] = Counter()
    valid: Counter[int] = Counter()
    for minute in minutes:
        failures[minute.minute] += minute.failure
        valid[minute.minute] += minute.valid
    worst = max(valid, key=lambda m: (Fraction(failures[m], valid[m]), failures[m], -m))
    return WorstMinute(instant_of(worst), failures[worst], valid[worst])


def _route(share: _Share, name: str) -> AffectedRoute:
    return AffectedRoute(
        label=share.who.label,
        rule=share.who.rule,
        name=name,
        start=instant_of(share.start),
        end=None if share.open else instant_of(share.last + 1),
        failures=share.failures,
        valid=share.valid,
        statuses=_ascending(share.statuses()),
    )


def _ascending(statuses: Counter[int]) -> dict[int, int]:
    return dict(sorted(statuses.items()))
