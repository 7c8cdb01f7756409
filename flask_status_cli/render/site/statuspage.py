"""A report in the form of `/api/v2/summary.json` of Atlassian Statuspage, for its clients.

The words are those of Statuspage, the figures those of the page. Statuspage has no word for an unknown state.
So a route with No Data is not a component, and if nothing can be judged, the indicator is not `none`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from flask_status_cli.frozen import frozen
from flask_status_cli.model import (
    UNMATCHED,
    WORST_FIRST,
    Condition,
    Incident,
    Maintenance,
    StatusSummary,
)
from flask_status_cli.render.escape import encodable
from flask_status_cli.render.json.report_json import Json, instant
from flask_status_cli.render.site.components import (
    AT_WORK,
    STATUSES,
    Components,
    in_progress,
    maintained,
)
from flask_status_cli.render.site.file_names import digest, key
from flask_status_cli.render.text import headline
from flask_status_cli.render.text import incidents as incident_text
from flask_status_cli.render.text.words import ENGLISH

OUTAGES = {"partial_outage", "major_outage"}

IMPACTS: Mapping[Condition, str] = {
    Condition.OPERATIONAL: "minor",
    Condition.PARTIAL_OUTAGE: "major",
    Condition.MAJOR_OUTAGE: "critical",
    Condition.NO_DATA: "minor",
}
"""Statuspage's words for the impact of an incident, by the worst present state of its routes."""

ALL_WELL = "All Systems Operational"
MAINTAINED = "Service Under Maintenance"
"""The descriptions that clients of Statuspage know."""


@frozen
class Site:
    """The title of the page, and its address, which is empty if it is not known."""

    title: str
    url: str

    @property
    def id(self) -> str:
        """The id that the page has in the JSON."""
        return digest(self.url or self.title)

    def link(self, incident: Incident) -> str:
        """Return the address of an incident on the page, empty if the page's address is not known."""
        return f"{self.url.rstrip('/')}/#{incident_text.anchor(incident)}" if self.url else ""


def summary_json(summary: StatusSummary, site: Site) -> str:
    """Return `/api/v2/summary.json`: the page, its state, components, incidents and maintenance windows."""
    parts = Components.of(summary, site.id)
    return _line(
        {
            **_head(summary, site, parts),
            "components": parts.all(),
            "incidents": [
                _incident(each, summary, site, parts)
                for each in incident_text.without_false_alarms(summary.incidents)
                if each.going
            ],
            "scheduled_maintenances": [
                _maintenance(each, summary, site, parts)
                for each in summary.maintenance
                if each.end > summary.generated_at
            ],
        }
    )


def status_json(summary: StatusSummary, site: Site) -> str:
    """Return `/api/v2/status.json`: only the page and its state."""
    return _line(_head(summary, site, Components.of(summary, site.id)))


def _line(document: Json) -> str:
    return json.dumps(document, ensure_ascii=True) + "\n"


def _head(summary: StatusSummary, site: Site, parts: Components) -> dict[str, Json]:
    page: Json = {
        "id": site.id,
        "name": encodable(site.title),
        "url": encodable(site.url),
        "time_zone": encodable(summary.timezone),
        "updated_at": instant(summary.generated_at),
    }
    indicator, description = _blend(summary, parts)
    return {"page": page, "status": {"indicator": indicator, "description": description}}


def _blend(summary: StatusSummary, parts: Components) -> tuple[str, str]:
    """Return the indicator and the description of the whole page, by its worst part."""
    stray = (STATUSES.get(route.now) for route in summary.routes if route.rule == UNMATCHED)
    states = {*parts.statuses(), *(state for state in stray if state in OUTAGES)}
    sentence = headline.headline(summary, ENGLISH)
    if "major_outage" in states:
        return ("critical" if states <= {"major_outage", AT_WORK} else "major"), sentence
    if "partial_outage" in states or not states or headline.staleness(summary, ENGLISH):
        return "minor", sentence
    return ("maintenance", MAINTAINED) if AT_WORK in states else ("none", ALL_WELL)


def _incident(incident: Incident, summary: StatusSummary, site: Site, parts: Components) -> Json:
    keys = {(route.label, route.rule) for route in incident.routes}
    now = {route.now for route in summary.routes if key(route) in keys}
    worst = next((state for state in WORST_FIRST if state in now), Condition.NO_DATA)
    understood = incident.note is not None and incident.note.cause
    body = ". ".join(incident_text.sentences(incident, summary.zone, ENGLISH))
    return {
        **_event_keys(
            _Event(
                incident.id, incident_text.title(incident, ENGLISH), body, instant(incident.start)
            ),
            site,
            status="identified" if understood else "investigating",
            updated_at=instant(incident.last_failure),
        ),
        "impact": IMPACTS[worst],
        "shortlink": encodable(site.link(incident)),
        "components": [part for route, part in parts.by_route.items() if route in keys],
    }


def _maintenance(
    maintenance: Maintenance, summary: StatusSummary, site: Site, parts: Components
) -> Json:
    start, end = instant(maintenance.start), instant(maintenance.end)
    name = encodable(maintenance.note) or "Maintenance"
    rules = {key(route) for route in summary.routes if maintained(maintenance, route)}
    return {
        **_event_keys(
            _Event(f"m{maintenance.id}", name, name, start),
            site,
            status="in_progress" if in_progress(maintenance, summary) else "scheduled",
            updated_at=start,
        ),
        "impact": "maintenance",
        "shortlink": encodable(site.url),
        "components": [part for route, part in parts.by_route.items() if route in rules],
        "scheduled_for": start,
        "scheduled_until": end,
    }


@frozen
class _Event:
    """The common fields of an incident and a maintenance window."""

    id: str
    name: str
    body: str
    started_at: str | None


def _event_keys(
    event: _Event, site: Site, *, status: str, updated_at: str | None
) -> dict[str, Json]:
    """Return the common keys of an incident and a maintenance window. There is always one update."""
    times: dict[str, Json] = {"created_at": event.started_at, "updated_at": updated_at}
    update: Json = {
        "id": digest(event.id, "update"),
        "incident_id": event.id,
        "status": status,
        "body": encodable(event.body),
        **times,
        "display_at": updated_at,
        "affected_components": None,
        "deliver_notifications": False,
        "custom_tweet": None,
        "tweet_id": None,
    }
    return {
        "id": event.id,
        "page_id": site.id,
        "name": encodable(event.name),
        "status": status,
        **times,
        "started_at": event.started_at,
        "monitoring_at": None,
        "resolved_at": None,
        "incident_updates": [update],
        "reminder_intervals": None,
    }
