"""The routes of a report as components of Statuspage. Only routes with a known state are components."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

from flask_status_cli.frozen import frozen
from flask_status_cli.model import (
    UNMATCHED,
    Condition,
    GroupSummary,
    Maintenance,
    RouteSummary,
    StatusSummary,
)
from flask_status_cli.model.log.entries import RouteKey
from flask_status_cli.render.escape import encodable
from flask_status_cli.render.json.report_json import Json, instant
from flask_status_cli.render.site.file_names import digest, key

STATUSES: Mapping[Condition, str] = {
    Condition.OPERATIONAL: "operational",
    Condition.PARTIAL_OUTAGE: "partial_outage",
    Condition.MAJOR_OUTAGE: "major_outage",
}
"""Statuspage's word for the state of a component. It has none for No Data."""

AT_WORK = "under_maintenance"
"""Statuspage's word for the state of a component in maintenance."""


@frozen
class Components:
    """The components of a Statuspage by route, in order, and the groups of components."""

    by_route: Mapping[RouteKey, dict[str, Json]]
    groups: tuple[dict[str, Json], ...]

    @classmethod
    def of(cls, summary: StatusSummary, page_id: str) -> Components:
        """Return the components of a summary. A route without a known state has none."""
        group_of = {
            key(route): _group_id(group)
            for group in summary.groups
            if group.name
            for route in group.members
        }
        found: dict[RouteKey, dict[str, Json]] = {}
        for route in summary.routes:
            status = _status(route, summary)
            if status is not None and route.rule != UNMATCHED:
                found[key(route)] = {
                    "id": digest(*key(route)),
                    "name": _named(route.label, route.name or route.rule),
                    "status": status,
                    "description": encodable(route.doc or (route.rule if route.name else ""))
                    or None,
                    "group_id": group_of.get(key(route)),
                    "group": False,
                    **_common(len(found) + 1, summary, page_id),
                }
        return cls(found, tuple(_groups(found, summary, page_id)))

    def all(self) -> list[Json]:
        """Return the groups and their components, as Statuspage lists them."""
        return [*self.groups, *self.by_route.values()]

    def statuses(self) -> list[str]:
        """Return the state of every route that is a component."""
        return [str(component["status"]) for component in self.by_route.values()]


def in_progress(maintenance: Maintenance, summary: StatusSummary) -> bool:
    """Return whether a maintenance window is open at the instant of the report."""
    return maintenance.start <= summary.generated_at < maintenance.end


def maintained(maintenance: Maintenance, route: RouteSummary) -> bool:
    """Return whether a maintenance window applies to a route."""
    globs = maintenance.rules
    return not globs or any(fnmatchcase(route.rule, glob) for glob in globs)


def _status(route: RouteSummary, summary: StatusSummary) -> str | None:
    at_work = (each for each in summary.maintenance if in_progress(each, summary))
    return AT_WORK if any(maintained(each, route) for each in at_work) else STATUSES.get(route.now)


def _groups(
    found: Mapping[RouteKey, dict[str, Json]], summary: StatusSummary, page_id: str
) -> Iterator[dict[str, Json]]:
    for position, group in enumerate(summary.groups, start=1):
        inside = [found[key(route)] for route in group.members if key(route) in found]
        if group.name and inside:
            yield {
                "id": _group_id(group),
                "name": _named(group.label, group.name),
                "status": STATUSES.get(group.now, AT_WORK),
                "description": None,
                "group_id": None,
                "group": True,
                "components": [component["id"] for component in inside],
                **_common(position, summary, page_id),
            }


def _group_id(group: GroupSummary) -> str:
    return digest("group", group.label, group.name)


def _named(label: str, name: str) -> str:
    return f"{encodable(label)}: {encodable(name)}" if label else encodable(name)


def _common(position: int, summary: StatusSummary, page_id: str) -> dict[str, Json]:
    return {
        "created_at": instant(summary.data.first or summary.generated_at),
        "updated_at": instant(summary.data.last or summary.generated_at),
        "position": position,
        "showcase": True,
        "start_date": None,
        "page_id": page_id,
        "only_show_if_degraded": False,
    }
