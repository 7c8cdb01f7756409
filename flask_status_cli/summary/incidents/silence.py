"""Finds silences: times without requests to a route for which the configuration expects traffic."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

from flask_status_cli import incidents
from flask_status_cli.incidents import SITE, Episode, IdentifiedIncident, RouteOrSite
from flask_status_cli.incidents.episodes.joining import Group, RouteEpisode, join_continued
from flask_status_cli.incidents.thresholds import CONTINUED_MINUTES
from flask_status_cli.model import (
    MINUTES_PER_QUARTER,
    AffectedRoute,
    Expectation,
    Incident,
    IncidentAnchor,
    IncidentKind,
    WorstMinute,
    instant_of,
    minute_of,
)
from flask_status_cli.summary.ledger.protocol import Ledger
from flask_status_cli.summary.maintenance import excused_minutes

HISTORY = 96
"""A silence of the site lists the routes that were requested in the 96 quarters (24 hours) before it."""


def silent_episodes(ledger: Ledger, *, until: int) -> Mapping[RouteOrSite, Sequence[Episode]]:
    """Return the silences of each route, and of the site, up to the epoch minute `until`.

    A silence is a time without entries that is at least as long as the expectation allows. It begins after
    an entry, or when traffic was first expected. Maintenance counts as traffic. Pruned minutes are not
    searched.
    """
    closed = ledger.closed_episodes()
    kept = 0 if closed is None else closed.since
    found: dict[RouteOrSite, list[Episode]] = {}
    for who, (each, numbers) in _expected_traffic(ledger).items():
        since = max(each.since, kept)
        busy = _busy(ledger, since, numbers, until=until)
        episodes = join_continued(_gaps(busy, since, each.minutes, until=until))
        if episodes:
            found[who] = episodes
    return found


def silent_groups(found: Mapping[RouteOrSite, Sequence[Episode]]) -> Iterator[Group]:
    """Yield the silences that make one incident, in groups.

    A route's silence that begins while the site is silent joins the silence of the site.
    """
    return incidents.join_episodes(found, part_of=_during)


def _during(site: Episode, _: RouteOrSite, other: Episode) -> int | None:
    lasts = site.start <= other.start and (site.open or other.start <= site.last)
    return other.start if lasts else None


def describe_silent(
    ledger: Ledger,
    named: IdentifiedIncident,
    *,
    until: int,
    shows: Callable[[RouteOrSite], bool] | None = None,
) -> Incident | None:
    """Return the incident of a group of silences, `None` if none of its routes is shown.

    If only the site was silent, the incident lists the routes with requests in the 24 hours before.
    """
    routes = [part for part in _silent_routes(ledger, named) if shows is None or shows(part.who)]
    site = [part for part in named.group if part.who == SITE and shows is None]
    episodes = [part.episode for part in (*routes, *site)]
    if not episodes:
        return None
    start, last = min(e.start for e in episodes), max(e.last for e in episodes)
    going = any(each.open for each in episodes)
    first = named.group[0]
    names = {RouteOrSite(r.label, r.rule): r.name for r in ledger.routes().values()}
    routes.sort(key=lambda part: part.who[::-1])
    return Incident(
        id=named.id,
        aliases=named.aliases,
        start=instant_of(start),
        end=None if going else instant_of(last + 1),
        recovered=None if going else True,
        last_failure=instant_of(last),
        last_request=instant_of(start - 1),
        duration_minutes=(until if going else last) + 1 - start,
        failures=0,
        valid=0,
        statuses={},
        worst=WorstMinute(instant_of(start), 0, 0),
        routes=tuple(_route(part.who, part.episode, names) for part in routes),
        anchor=IncidentAnchor(named.id, *first.who, first.episode.bad),
        kind=IncidentKind.SILENT,
        stretches=max(len(each.stretches) for each in episodes),
        final=not going and until - last > CONTINUED_MINUTES,
    )


def _silent_routes(ledger: Ledger, named: IdentifiedIncident) -> Sequence[RouteEpisode]:
    """Return the routes that were silent. If only the site was, return those that were requested before."""
    routes = [part for part in named.group if part.who != SITE]
    if routes:
        return routes
    site = named.group[0].episode
    return [RouteEpisode(who, site) for who in _asked_before(ledger, site.start)]


def _route(who: RouteOrSite, episode: Episode, names: Mapping[RouteOrSite, str]) -> AffectedRoute:
    end = None if episode.open else instant_of(episode.last + 1)
    start = instant_of(episode.start)
    return AffectedRoute(who.label, who.rule, names.get(who, ""), start, end, 0, 0, {})


def _expected_traffic(
    ledger: Ledger,
) -> Mapping[RouteOrSite, tuple[Expectation, Collection[int] | None]]:
    """Return the expectation and the route id of each route with expected traffic. The site has no id.

    An expectation for exactly the rule of a route overrides globs. If several globs match, the last one in
    alphabetical order applies.
    """
    meant: dict[RouteOrSite, tuple[Expectation, Collection[int] | None]] = {}
    every = sorted(ledger.expectations(), key=lambda each: each.rule)
    known = {number: route for number, route in ledger.routes().items() if not route.hidden}
    for each in every:
        if not each.rule:
            meant[SITE] = each, None
        for number, route in known.items():
            if fnmatchcase(route.rule, each.rule):
                meant[RouteOrSite(route.label, route.rule)] = each, [number]
    rules = {each.rule: each for each in every}
    for number, route in known.items():
        if route.rule in rules:
            meant[RouteOrSite(route.label, route.rule)] = rules[route.rule], [number]
    return meant


def _busy(
    ledger: Ledger, since: int, numbers: Collection[int] | None, *, until: int
) -> list[tuple[int, int]]:
    """Return the ranges [start, end) of epoch minutes with requests or in maintenance."""
    asked = [(minute, minute + 1) for minute in ledger.busy_minutes(since, until + 1, numbers)]
    return sorted([*asked, *_maintenance(ledger, numbers)])


def _maintenance(ledger: Ledger, numbers: Collection[int] | None) -> Iterable[tuple[int, int]]:
    windows = ledger.maintenance()
    if numbers is None:
        of_all = [each for each in windows if not each.rules]
        return [(minute_of(each.start), minute_of(each.end)) for each in of_all]
    found = excused_minutes(windows, ledger.routes())
    return [span for number in numbers if number in found for span in found[number].spans]


def _gaps(
    busy: Sequence[tuple[int, int]], since: int, minutes: int, *, until: int
) -> Iterator[Episode]:
    """Yield the gaps of at least `minutes` between busy ranges, and after the last one."""
    at = since
    for start, end in busy:
        if start - at >= minutes and start <= until:
            yield Episode(at, start - 1, at + minutes - 1, recovered=True, decided=start)
        at = max(at, end)
    if until + 1 - at >= minutes:
        yield Episode(at, until, at + minutes - 1, recovered=None, decided=until)


def _asked_before(ledger: Ledger, minute: int) -> list[RouteOrSite]:
    """Return the routes that had requests in the 24 hours before an epoch minute."""
    end = minute // MINUTES_PER_QUARTER + 1
    known = ledger.routes()
    numbers = {number for number, _, _ in ledger.requests(end - HISTORY, end)}
    return sorted(
        {
            RouteOrSite(known[number].label, known[number].rule)
            for number in numbers
            if number in known and not known[number].hidden
        }
    )
