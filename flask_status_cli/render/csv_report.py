r"""A report as CSV (RFC 4180, but lines end with \n): one line for each route, in the order of the table."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from fractions import Fraction

from flask_status_cli.model import Incident, IncidentList, IncidentNote, RouteSummary, StatusSummary
from flask_status_cli.render.escape import cell
from flask_status_cli.render.json.report_json import instant
from flask_status_cli.render.text.words import decimal

COLUMNS = (
    "label",
    "rule",
    "name",
    "now",
    "condition",
    "availability",
    "requests",
    "success",
    "failure",
    "ignored",
)
"""The first line of the file."""

GROUP_COLUMNS = ("group", "group_now")
"""The columns that are added if the report has groups."""

LATENCY_COLUMNS = ("timed", "p50_ms", "p95_ms", "p99_ms", "slow")
"""The columns that are added if any duration was logged. `timed` is the number of requests with one."""

BUDGET_COLUMNS = ("objective", "budget_left", "burn_1h", "burn_6h", "burn_72h")
"""The columns that are added if there is an objective."""

INCIDENT_COLUMNS = (
    "id",
    "start",
    "end",
    "recovered",
    "duration_minutes",
    "failures",
    "valid",
    "statuses",
    "routes",
    "title",
    "cause",
    "post_mortem",
    "false_alarm",
    "deploy",
    "minutes_after_deploy",
)
"""The first line of a file of incidents. `end` and `recovered` are empty while an incident is open."""


def render(summary: StatusSummary) -> str:
    """Return the routes of the report as CSV. The availability is empty if there is nothing to judge.

    A group has no line of its own but a column, so that sums over lines are correct.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    groups = {(group.label, group.name): group.now.value for group in summary.groups}
    budgets = any(route.budget is not None for route in summary.routes)
    timed = summary.total.latency.n > 0
    extra = (
        (GROUP_COLUMNS if groups else ())
        + (LATENCY_COLUMNS if timed else ())
        + (BUDGET_COLUMNS if budgets else ())
    )
    writer.writerow(COLUMNS + extra)
    for route in summary.routes:
        writer.writerow(
            _row(route)
            + (_group(route, groups) if groups else ())
            + (_latency(route) if timed else ())
            + (_budget(route) if budgets else ())
        )
    return stream.getvalue()


def _group(route: RouteSummary, groups: Mapping[tuple[str, str], str]) -> tuple[str, str]:
    if route.group is None:
        return "", ""
    return cell(route.group), groups[route.label, route.group]


def _row(route: RouteSummary) -> tuple[str | int, ...]:
    return (
        cell(route.label),
        cell(route.rule),
        cell(route.name),
        route.now.value,
        route.condition.value,
        route.availability or "",
        route.counts.requests,
        route.counts.success,
        route.counts.failure,
        route.counts.ignored,
    )


def _latency(route: RouteSummary) -> tuple[str | int, ...]:
    took = route.latency
    figures = (took.p50, took.p95, took.p99)
    milliseconds = ("" if each is None else decimal(Fraction(each, 1000)) for each in figures)
    return took.n, *milliseconds, _flag(route.slow)


def incidents(found: IncidentList) -> str:
    """Return incidents as CSV, one line each.

    The codes are one cell, and so are the routes. Times are in UTC.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(INCIDENT_COLUMNS)
    writer.writerows(_incident(each) for each in found.incidents)
    return stream.getvalue()


def _incident(incident: Incident) -> tuple[str | int | None, ...]:
    note = incident.note or IncidentNote()
    routes = (f"{r.label}:{r.rule}" if r.label else r.rule for r in incident.routes)
    return (
        incident.id,
        instant(incident.start),
        instant(incident.end),
        _flag(incident.recovered),
        incident.duration_minutes,
        incident.failures,
        incident.valid,
        " ".join(f"{code}:{n}" for code, n in incident.statuses.items()),
        cell("; ".join(routes)),
        cell(note.title),
        cell(note.cause),
        cell(note.post_mortem),
        _flag(note.false_alarm),
        "" if incident.deploy is None else cell(incident.deploy.version),
        incident.minutes_after_deploy,
    )


def _flag(value: bool | None) -> str:  # noqa: FBT001 - a cell
    return "" if value is None else str(value).lower()


def _budget(route: RouteSummary) -> tuple[str, ...]:
    budget = route.budget
    if budget is None:
        return ("",) * len(BUDGET_COLUMNS)
    burns = (burn.rate or "" for burn in budget.burns)
    return decimal(budget.objective), budget.left or "", *burns
