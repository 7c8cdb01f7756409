"""A report in the shape of `/api/v2/summary.json` of Atlassian Statuspage, for the clients there are of it.

Its vocabulary is theirs, its figures are the page's. It has no word for what is not known: a route with No
Data is no component of it, and where nothing can be judged the indicator is not `none`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from flask_status_cli.model import (
    UNMATCHED,
    WORST_FIRST,
    Condition,
    Incident,
    Maintenance,
    RouteSummary,
    StatusSummary,
)
from flask_status_cli.render import incidents as told
from flask_status_cli.render import sentences
from flask_status_cli.render.escape import encodable
from flask_status_cli.render.json_ import Json, instant
from flask_status_cli.render.site.names import Key, digest, key
from flask_status_cli.render.words import ENGLISH

STATUSES: Mapping[Condition, str] = {
    Condition.OPERATIONAL: "operational",
    Condition.PARTIAL_OUTAGE: "partial_outage",
    Condition.MAJOR_OUTAGE: "major_outage",
}
"""Their word for the state of a component."""

IMPACTS: Mapping[Condition, str] = {
    Condition.OPERATIONAL: "minor",
    Condition.PARTIAL_OUTAGE: "major",
    Condition.MAJOR_OUTAGE: "critical",
    Condition.NO_DATA: "minor",
}
"""Their word for the impact of an incident, by the worst state that its routes are in now."""

ALL_WELL = "All Systems Operational"
MAINTAINED = "Service Under Maintenance"
"""Descriptions that clients look for."""


@dataclass(frozen=True, slots=True)
class Site:
    """What the shape wants to know of the page: its name, and where it is published (or nothing)."""

    title: str
    url: str

    @property
    def id(self) -> str:
        """The id of the page."""
        return digest(self.url or self.title)

    def link(self, incident: Incident) -> str:
        """Return where an incident is on the page."""
        return f"{self.url.rstrip('/')}/#{told.anchor(incident)}" if self.url else ""


def summary_json(summary: StatusSummary, site: Site) -> str:
    """Return the whole summary as one line of ASCII."""
    parts = _components(summary, site)
    return _line(
        {
            **_head(summary, site),
            "components": list(parts.values()),
            "incidents": [
                _incident(each, summary, site, parts)
                for each in told.told(summary.incidents)
                if each.open
            ],
            "scheduled_maintenances": [
                _maintenance(each, summary, site, parts)
                for each in summary.maintenance
                if each.end > summary.generated_at
            ],
        }
    )


def status_json(summary: StatusSummary, site: Site) -> str:
    """Return the page and its state alone, as `/api/v2/status.json` does."""
    return _line(_head(summary, site))


def _line(document: Json) -> str:
    return json.dumps(document, ensure_ascii=True) + "\n"


def _head(summary: StatusSummary, site: Site) -> dict[str, Json]:
    page: Json = {
        "id": site.id,
        "name": encodable(site.title),
        "url": encodable(site.url),
        "time_zone": encodable(summary.timezone),
        "updated_at": instant(summary.generated_at),
    }
    indicator, description = _blend(summary)
    return {"page": page, "status": {"indicator": indicator, "description": description}}


def _blend(summary: StatusSummary) -> tuple[str, str]:
    """Return the indicator and description of everything, as the worst of its parts."""
    known = {route.now for route in summary.routes} - {Condition.NO_DATA}
    worst = next((state for state in WORST_FIRST if state in known), None)
    headline = sentences.headline(summary, ENGLISH)
    if worst is Condition.MAJOR_OUTAGE:
        return ("critical" if known == {worst} else "major"), headline
    if worst is not Condition.OPERATIONAL or sentences.staleness(summary, ENGLISH):
        return "minor", headline
    if any(_in_progress(each, summary) for each in summary.maintenance):
        return "maintenance", MAINTAINED
    return "none", ALL_WELL


def _in_progress(maintenance: Maintenance, summary: StatusSummary) -> bool:
    return maintenance.start <= summary.generated_at < maintenance.end


def _maintained(maintenance: Maintenance, route: RouteSummary) -> bool:
    globs = maintenance.rules
    return not globs or any(fnmatchcase(route.rule, glob) for glob in globs)


def _components(summary: StatusSummary, site: Site) -> Mapping[Key, Json]:
    """Return the routes of which something is known now, in their order."""
    at_work = [each for each in summary.maintenance if _in_progress(each, summary)]
    found: dict[Key, Json] = {}
    for route in summary.routes:
        status = STATUSES.get(route.now)
        if any(_maintained(each, route) for each in at_work):
            status = "under_maintenance"
        if status is not None and route.rule != UNMATCHED:
            found[key(route)] = _component(route, status, len(found) + 1, summary, site)
    return found


def _component(
    route: RouteSummary, status: str, position: int, summary: StatusSummary, site: Site
) -> Json:
    name = encodable(route.name or route.rule)
    return {
        "id": digest(*key(route)),
        "name": f"{encodable(route.label)}: {name}" if route.label else name,
        "status": status,
        "created_at": instant(summary.data.first or summary.generated_at),
        "updated_at": instant(summary.data.last or summary.generated_at),
        "position": position,
        "description": encodable(route.doc or (route.rule if route.name else "")) or None,
        "showcase": True,
        "start_date": None,
        "group_id": None,
        "page_id": site.id,
        "group": False,
        "only_show_if_degraded": False,
    }


def _incident(
    incident: Incident, summary: StatusSummary, site: Site, parts: Mapping[Key, Json]
) -> Json:
    keys = {(route.label, route.rule) for route in incident.routes}
    now = {route.now for route in summary.routes if key(route) in keys}
    worst = next((state for state in WORST_FIRST if state in now), Condition.NO_DATA)
    understood = incident.note is not None and incident.note.cause
    body = ". ".join(told.sentences(incident, summary.zone, ENGLISH))
    return {
        **_news(
            _News(incident.id, told.title(incident, ENGLISH), body, instant(incident.start)),
            site,
            status="identified" if understood else "investigating",
            updated_at=instant(incident.last_failure),
        ),
        "impact": IMPACTS[worst],
        "shortlink": encodable(site.link(incident)),
        "components": [part for route, part in parts.items() if route in keys],
    }


def _maintenance(
    maintenance: Maintenance, summary: StatusSummary, site: Site, parts: Mapping[Key, Json]
) -> Json:
    start, end = instant(maintenance.start), instant(maintenance.end)
    name = encodable(maintenance.note) or "Maintenance"
    rules = {key(route) for route in summary.routes if _maintained(maintenance, route)}
    return {
        **_news(
            _News(f"m{maintenance.id}", name, name, start),
            site,
            status="in_progress" if _in_progress(maintenance, summary) else "scheduled",
            updated_at=start,
        ),
        "impact": "maintenance",
        "shortlink": encodable(site.url),
        "components": [part for route, part in parts.items() if route in rules],
        "scheduled_for": start,
        "scheduled_until": end,
    }


@dataclass(frozen=True, slots=True)
class _News:
    """What an incident and a maintenance have in common."""

    id: str
    name: str
    body: str
    started_at: str | None


def _news(news: _News, site: Site, *, status: str, updated_at: str | None) -> dict[str, Json]:
    """Return the keys of an incident or a maintenance, with the one update that we have of it."""
    times: dict[str, Json] = {"created_at": news.started_at, "updated_at": updated_at}
    update: Json = {
        "id": digest(news.id, "update"),
        "incident_id": news.id,
        "status": status,
        "body": encodable(news.body),
        **times,
        "display_at": updated_at,
        "affected_components": None,
        "deliver_notifications": False,
        "custom_tweet": None,
        "tweet_id": None,
    }
    return {
        "id": news.id,
        "page_id": site.id,
        "name": encodable(news.name),
        "status": status,
        **times,
        "started_at": news.started_at,
        "monitoring_at": None,
        "resolved_at": None,
        "incident_updates": [update],
        "reminder_intervals": None,
    }
