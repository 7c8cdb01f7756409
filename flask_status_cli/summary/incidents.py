"""The incidents of a ledger: found in all minutes that are kept, named, described, with their notes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial

from flask_status_cli import incidents
from flask_status_cli.incidents import Named, Who
from flask_status_cli.model import Incident, IncidentNote, Policy, minute_of
from flask_status_cli.summary.frozen import beside
from flask_status_cli.summary.instant import Reading
from flask_status_cli.summary.ledger import Ledger
from flask_status_cli.summary.settled import episodes, source_of


def find_incidents(
    ledger: Ledger,
    policy: Policy,
    *,
    newest: datetime | None,
    read: Reading | None = None,
    shows: Callable[[str], bool] | None = None,
) -> tuple[Incident, ...]:
    """Return all incidents up to the entry `newest`, the one that began last first.

    Successes are those of the policy, failures its `incident_failure`. `read` is how far the log was read: up
    to the newest entry unless it is given. `shows` tells by its rule whether a route is shown, where not all
    are: of an incident only these are told, and without any it is left out.
    """
    if newest is None:
        return ()
    source = source_of(ledger, policy, newest=minute_of(newest), until=_until(read))
    is_down = incidents.down(source, policy.major)
    groups = incidents.join(episodes(source, ledger.settled()), down=is_down)
    named = tuple(incidents.name(groups, ledger.anchors()))
    notes = ledger.notes()
    shown = None if shows is None else partial(_shown, shows)
    told = (incidents.describe(source, each, names=source.name, shows=shown) for each in named)
    computed = [_as_read(each, read) for each in told if each is not None]
    every = (*computed, *beside(_all_ids(named), ledger.frozen(), shows=shows))
    found = [replace(each, note=_note(each, notes)) for each in every]
    return tuple(sorted(found, key=lambda each: (each.start, each.id), reverse=True))


def _until(read: Reading | None) -> int | None:
    """Return the last minute that is known to be read whole; what came later may still be in a buffer."""
    return None if read is None else minute_of(read.until) - 1


def _as_read(incident: Incident, read: Reading | None) -> Incident:
    """Return an incident as it is known: an open one of a log that is not read was open at the end."""
    if not incident.open or read is None or not read.stale:
        return incident
    known = max(read.until, incident.last_request)
    return replace(incident, last_known=known, duration_minutes=None, final=False)


def _all_ids(named: Iterable[Named]) -> Iterator[str]:
    """Yield every id that a computed incident carries, shown or not."""
    for each in named:
        yield from (each.id, *each.aliases)


def _shown(shows: Callable[[str], bool], who: Who) -> bool:
    return shows(who.rule)


def _note(incident: Incident, notes: Mapping[str, IncidentNote]) -> IncidentNote | None:
    """Return what was written of an incident under any of its ids, the one it carries before the others."""
    return next((notes[each] for each in (incident.id, *incident.aliases) if each in notes), None)
