"""The incidents of a ledger: found in all minutes that are kept, named, described, with their notes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial

from flask_status_cli import incidents
from flask_status_cli.incidents import Who
from flask_status_cli.model import Incident, IncidentNote, Policy, minute_of
from flask_status_cli.summary.ledger import Ledger
from flask_status_cli.summary.settled import episodes, source_of


def find_incidents(
    ledger: Ledger,
    policy: Policy,
    *,
    newest: datetime | None,
    shows: Callable[[str], bool] | None = None,
) -> tuple[Incident, ...]:
    """Return all incidents up to the entry `newest`, the one that began last first.

    Successes are those of the policy, failures its `incident_failure`. `shows` tells by its
    rule whether a route is shown, where not all are: of an incident only these are told, and without any it
    is left out.
    """
    if newest is None:
        return ()
    source = source_of(ledger, policy, newest=minute_of(newest))
    is_down = incidents.down(source, policy.major)
    groups = incidents.join(episodes(source, ledger.settled()), down=is_down)
    named = incidents.name(groups, ledger.anchors())
    notes = ledger.notes()
    shown = None if shows is None else partial(_shown, shows)
    told = (incidents.describe(source, each, names=source.name, shows=shown) for each in named)
    found = [replace(each, note=_note(each, notes)) for each in told if each is not None]
    return tuple(sorted(found, key=lambda each: (each.start, each.id), reverse=True))


def _shown(shows: Callable[[str], bool], who: Who) -> bool:
    return shows(who.rule)


def _note(incident: Incident, notes: Mapping[str, IncidentNote]) -> IncidentNote | None:
    """Return what was written of an incident under any of its ids, the one it carries before the others."""
    return next((notes[each] for each in (incident.id, *incident.aliases) if each in notes), None)
