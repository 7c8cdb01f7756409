"""Finds the incidents of a ledger in all minutes that are kept, and adds their ids and notes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import chain

from flask_status_cli import incidents
from flask_status_cli.frozen import frozen
from flask_status_cli.incidents import SITE, IdentifiedIncident, RouteOrSite
from flask_status_cli.model import MINUTE, Incident, IncidentAnchor, IncidentNote, Policy, minute_of
from flask_status_cli.summary.deploys import deploy_before
from flask_status_cli.summary.incidents import silence
from flask_status_cli.summary.incidents.closed_episodes import episodes, source_of
from flask_status_cli.summary.incidents.frozen_incidents import beside
from flask_status_cli.summary.ledger.protocol import Ledger
from flask_status_cli.summary.report_time import LogFreshness

BUFFERED = MINUTE
"""A server may buffer lines for this long before it writes them."""


@frozen
class FoundIncidents:
    """The incidents of a ledger, the latest first, and the outages of the whole site that are over.

    `site_outages` are epoch minutes. They do not depend on which routes are shown. False alarms are left out.
    """

    incidents: tuple[Incident, ...] = ()
    site_outages: tuple[range, ...] = ()


def find_incidents(
    ledger: Ledger,
    policy: Policy,
    *,
    newest: datetime | None,
    read: LogFreshness | None = None,
    shows: Callable[[str], bool] | None = None,
) -> tuple[Incident, ...]:
    """Return all incidents up to the entry `newest`, the latest first.

    Only the codes in the policy's `incident_failure` are failures. `read` says how far the log was read; the
    default is the newest entry. `shows` takes a rule and returns whether its route is shown. Other routes are
    left out, and so are incidents without a shown route.
    """
    return search_incidents(ledger, policy, newest=newest, read=read, shows=shows).incidents


def search_incidents(
    ledger: Ledger,
    policy: Policy,
    *,
    newest: datetime | None,
    read: LogFreshness | None = None,
    shows: Callable[[str], bool] | None = None,
) -> FoundIncidents:
    """Return what `find_incidents` does, with the outages of the whole site."""
    if newest is None:
        return FoundIncidents()
    until = _until(read)
    source = source_of(ledger, policy, newest=minute_of(newest), until=until)
    groups = incidents.group_episodes(
        source,
        episodes(source, ledger.closed_episodes(), major=policy.major),
        major=policy.major,
    )
    silent, anchors = _silent(ledger, until=source.until, shows=shows)
    named = tuple(incidents.identify(groups, anchors))
    notes, deploys = ledger.notes(), ledger.deploys()
    shown = None if shows is None else partial(_shown, shows)
    failing = (
        incidents.describe_incident(source, each, names=source.name, shows=shown) for each in named
    )
    computed = [_as_read(each, read) for each in (*failing, *silent) if each is not None]
    every = (*computed, *beside(_all_ids(named), ledger.frozen(), shows=shows))
    found = [
        replace(each, note=_note(each, notes), deploy=deploy_before(each, deploys))
        for each in every
    ]
    return FoundIncidents(
        tuple(sorted(found, key=lambda each: (each.start, each.id), reverse=True)),
        tuple(chain.from_iterable(_site_outages(each, notes) for each in named)),
    )


def _site_outages(named: IdentifiedIncident, notes: Mapping[str, IncidentNote]) -> Iterator[range]:
    """Yield the minutes in which the whole site failed in an incident, if its outage is over."""
    note = _note_of((named.id, *named.aliases), notes)
    if note is not None and note.false_alarm:
        return
    for part in named.group:
        if part.who == SITE and not part.episode.open:
            yield from (range(first, last + 1) for first, last in part.episode.stretches)


def _silent(
    ledger: Ledger, *, until: int, shows: Callable[[str], bool] | None
) -> tuple[list[Incident | None], Sequence[IncidentAnchor]]:
    """Return the incidents of silence, and the anchors that belong to other incidents."""
    anchors = ledger.anchors()
    groups = list(silence.silent_groups(silence.silent_episodes(ledger, until=until)))
    if not groups:
        return [], anchors
    parts = [part for group in groups for part in group]
    mine = [
        anchor
        for anchor in anchors
        if any(
            part.who == (anchor.label, anchor.rule) and part.episode.holds(anchor.minute)
            for part in parts
        )
    ]
    shown = None if shows is None else partial(_shown, shows)
    named = incidents.identify(groups, mine)
    found = [silence.describe_silent(ledger, each, until=until, shows=shown) for each in named]
    return found, [anchor for anchor in anchors if anchor not in mine]


def _until(read: LogFreshness | None) -> int | None:
    """Return the last epoch minute that was read completely.

    Lines of later minutes may still be in a buffer of the server.
    """
    return None if read is None else minute_of(read.until - BUFFERED) - 1


def _as_read(incident: Incident, read: LogFreshness | None) -> Incident:
    """Return the incident. If it is open and the log is no longer read, set when it was last known open."""
    if not incident.open or read is None or not read.stale:
        return incident
    known = max(read.until, incident.last_request)
    return replace(incident, last_known=known, duration_minutes=None, final=False)


def _all_ids(named: Iterable[IdentifiedIncident]) -> Iterator[str]:
    """Yield every id and alias of some incidents, shown or not."""
    for each in named:
        yield from (each.id, *each.aliases)


def _shown(shows: Callable[[str], bool], who: RouteOrSite) -> bool:
    return shows(who.rule)


def _note(incident: Incident, notes: Mapping[str, IncidentNote]) -> IncidentNote | None:
    """Return the note stored under the id of an incident, or else under one of its aliases."""
    return _note_of((incident.id, *incident.aliases), notes)


def _note_of(ids: Iterable[str], notes: Mapping[str, IncidentNote]) -> IncidentNote | None:
    return next((notes[each] for each in ids if each in notes), None)
