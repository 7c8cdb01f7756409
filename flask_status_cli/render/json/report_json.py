"""A report as JSON, version 1. Programs rely on its keys. docs/json.md documents each of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import TypeAlias

from flask_status_cli.judgement import JUDGED
from flask_status_cli.model import (
    AffectedRoute,
    Counts,
    DaySummary,
    ErrorBudget,
    GroupSummary,
    Incident,
    IncidentList,
    IncidentNote,
    Maintenance,
    NoData,
    Policy,
    ReportDays,
    RouteSummary,
    StatusSummary,
)
from flask_status_cli.model.deploys import Deploy, DeploySide, DeploySummary, ShownDeploy
from flask_status_cli.model.latency import Latency
from flask_status_cli.model.settings import RoutePolicy
from flask_status_cli.model.times import duration_text
from flask_status_cli.render.escape import encodable
from flask_status_cli.render.text.headline import headline
from flask_status_cli.render.text.problems import problems
from flask_status_cli.render.text.words import ENGLISH, decimal

SCHEMA_VERSION = 1

Json: TypeAlias = Mapping[str, "Json"] | list["Json"] | str | int | float | bool | None


def render(summary: StatusSummary) -> str:
    """Return the report as one line of JSON in ASCII, with a newline.

    The same summary gives the same text.
    """
    document: Json = {
        **opening(summary),
        "total": _total(summary),
        "routes": [route_row(route) for route in summary.routes],
        "groups": [_group(group) for group in summary.groups],
        "incidents": [incident(each) for each in summary.incidents],
        "maintenance": [maintenance(each) for each in summary.maintenance],
        "deploys": [compared_deploy(each) for each in summary.deploys],
    }
    return json.dumps(document, ensure_ascii=True) + "\n"


def opening(summary: StatusSummary) -> dict[str, Json]:
    """Return the first keys of every report: its version, period, policy and data."""
    return {
        "schema_version": SCHEMA_VERSION,
        "generated_at": instant(summary.generated_at),
        "timezone": summary.timezone,
        "window": _window(summary.window),
        "policy": _policy(summary.policy),
        "data": _data(summary),
    }


def incidents(found: IncidentList) -> str:
    """Return the JSON of `incidents list` and `incidents show`. Incidents have the keys that a report has."""
    document: Json = {
        "schema_version": SCHEMA_VERSION,
        "generated_at": instant(found.generated_at),
        "incidents": [incident(each) for each in found.incidents],
    }
    return json.dumps(document, ensure_ascii=True) + "\n"


def incident(incident: Incident) -> Json:
    """Return the JSON object of an incident, which is the same in every document."""
    note = incident.note
    return {
        "id": incident.id,
        "kind": incident.kind.value,
        "start": instant(incident.start),
        "end": instant(incident.end),
        "open": incident.open,
        "recovered": incident.recovered,
        "last_known": instant(incident.last_known),
        "stretches": incident.stretches,
        "last_failure": instant(incident.last_failure),
        "duration_minutes": incident.duration_minutes,
        "failures": incident.failures,
        "valid": incident.valid,
        "statuses": _statuses(incident.statuses),
        "note": None if note is None else _note(note),
        "deploy": _deploy_before(incident),
        "routes": [_affected(route) for route in incident.routes],
        **({"merged_into": incident.merged_into} if incident.merged_into else {}),
    }


def maintenance_windows(windows: Iterable[Maintenance]) -> str:
    """Return the JSON of `maintenance list`. Windows have the keys that a report has."""
    document: Json = {
        "schema_version": SCHEMA_VERSION,
        "maintenance": [maintenance(window) for window in windows],
    }
    return json.dumps(document, ensure_ascii=True) + "\n"


def maintenance(window: Maintenance) -> Json:
    """Return the JSON object of a maintenance window, which is the same in every document."""
    return {
        "id": window.id,
        "start": instant(window.start),
        "end": instant(window.end),
        "rules": [encodable(rule) for rule in window.rules],
        "note": encodable(window.note),
    }


def marked_deploys(deploys: Iterable[Deploy]) -> str:
    """Return the JSON of `deploy list`, without the requests before and after each deploy."""
    document: Json = {
        "schema_version": SCHEMA_VERSION,
        "deploys": [deploy(each) for each in deploys],
    }
    return json.dumps(document, ensure_ascii=True) + "\n"


def deploy(deploy: Deploy) -> dict[str, Json]:
    """Return the keys that a deploy has in every document."""
    return {
        "id": deploy.id,
        "version": encodable(deploy.version),
        "at": instant(deploy.at),
        "label": encodable(deploy.label),
        "note": encodable(deploy.note),
    }


def shown_deploy(shown: ShownDeploy) -> str:
    """Return the JSON of `deploy show`: the deploy with the keys that a report has, and its incidents."""
    document: Json = {
        "schema_version": SCHEMA_VERSION,
        "generated_at": instant(shown.generated_at),
        "deploy": compared_deploy(shown.summary),
        "incidents": [incident(each) for each in shown.incidents],
    }
    return json.dumps(document, ensure_ascii=True) + "\n"


def compared_deploy(found: DeploySummary) -> Json:
    """Return the JSON object of a deploy in a report, with the requests before and after it."""
    both = found.comparison
    return {
        **deploy(found.deploy),
        "to_come": found.to_come,
        "minutes": None if both is None else both.minutes,
        "extent": None if both is None else both.extent.value,
        "before": None if both is None else _side(both.before),
        "after": None if both is None else _side(both.after),
        "incidents": list(found.incidents),
    }


def _side(side: DeploySide) -> Json:
    return {
        "from": instant(side.start),
        "to": instant(side.end),
        **counts_keys(side.counts),
        "availability": side.availability,
        "server_errors": side.server_errors,
    }


def _deploy_before(incident: Incident) -> Json:
    """Return the deploy shortly before an incident, and the minutes between them."""
    if incident.deploy is None:
        return None
    return {**deploy(incident.deploy), "minutes_before": incident.minutes_after_deploy}


def _note(note: IncidentNote) -> Json:
    return {
        "title": encodable(note.title),
        "cause": encodable(note.cause),
        "post_mortem": encodable(note.post_mortem),
        "false_alarm": note.false_alarm,
    }


def _affected(route: AffectedRoute) -> Json:
    return {
        "label": encodable(route.label),
        "rule": encodable(route.rule),
        "start": instant(route.start),
        "end": instant(route.end),
        "failures": route.failures,
        "valid": route.valid,
    }


def _window(window: ReportDays) -> Json:
    first, last = window.first.isoformat(), window.last.isoformat()
    return {"days": window.days, "from": first, "to": last}


def _policy(policy: Policy) -> Json:
    return {
        "preset": encodable(policy.preset),
        "success": list(policy.success),
        "failure": list(policy.failure),
        "operational": decimal(policy.operational),
        "major": decimal(policy.major),
        "objective": None if policy.objective is None else decimal(policy.objective),
        "incident_failure": list(policy.incident_failure),
        "slow": None if policy.slow is None else duration_text(policy.slow),
        "routes": [_override(override) for override in policy.overrides],
    }


def _override(override: RoutePolicy) -> Json:
    """Return the settings of a policy that are different for some routes."""
    settings = {name: getattr(override, name) for name in JUDGED}
    return {"rule": encodable(override.rule)} | {
        name: _setting(value) for name, value in settings.items() if value is not None
    }


def _setting(value: Fraction | timedelta | Sequence[int | str]) -> Json:
    if isinstance(value, timedelta):
        return duration_text(value)
    return decimal(value) if isinstance(value, Fraction) else list(value)


def _data(summary: StatusSummary) -> Json:
    data = summary.data
    return {
        "first": instant(data.first),
        "last": instant(data.last),
        "ingested_at": instant(data.ingested_at),
        "entries": data.entries,
        "noise": data.noise,
        "refused": data.refused,
        "future": data.future,
        "stale": data.stale,
        "as_of": instant(data.as_of),
        "problems": list(problems(summary, ENGLISH)),
    }


def _total(summary: StatusSummary) -> Json:
    total, overall = summary.total, summary.headline
    return {
        **counts_keys(total.counts),
        "availability": total.availability,
        "condition": total.condition.value,
        "now": total.now.value,
        "no_data": no_data_key(total.no_data),
        "statuses": _statuses(total.statuses),
        "budget": _budget(total.budget),
        "latency": latency_keys(total.latency),
        "headline": headline(summary, ENGLISH),
        "since": instant(overall.since),
        "routes": {
            "down": overall.down,
            "degraded": overall.degraded,
            "operational": overall.operational,
            "quiet": overall.quiet,
        },
    }


def route_row(route: RouteSummary) -> dict[str, Json]:
    """Return the keys that a route has in every document."""
    return {
        "label": encodable(route.label),
        "rule": encodable(route.rule),
        "name": encodable(route.name),
        "doc": encodable(route.doc),
        "origin": route.origin.value,
        "group": None if route.group is None else encodable(route.group),
        "now": route.now.value,
        "since": instant(route.since),
        "no_data": no_data_key(route.no_data),
        "condition": route.condition.value,
        **counts_keys(route.counts),
        "availability": route.availability,
        "statuses": _statuses(route.statuses),
        "latency": latency_keys(route.latency),
        "slow": route.slow,
        "budget": _budget(route.budget),
        "shown": route.shown,
        "joined": route.joined,
        "busiest": encodable(route.busiest),
        "days": [_day(day) for day in route.days],
    }


def _group(group: GroupSummary) -> Json:
    return {
        "label": encodable(group.label),
        "name": encodable(group.name),
        "now": group.now.value,
        "no_data": no_data_key(group.no_data),
        "condition": group.condition.value,
        **counts_keys(group.counts),
        "availability": group.availability,
        "latency": latency_keys(group.latency),
        "slow": group.slow,
        "routes": len(group.members),
        "days": [_day(day) for day in group.days],
    }


def _day(day: DaySummary) -> Json:
    return {
        "date": day.date.isoformat(),
        "condition": day.condition.value,
        "no_data": no_data_key(day.no_data),
        **counts_keys(day.counts),
        "availability": day.availability,
    }


def _budget(budget: ErrorBudget | None) -> Json:
    if budget is None:
        return None
    return {
        "objective": decimal(budget.objective),
        "allowed": budget.allowed // 1,
        "failure": budget.failures,
        "left": budget.left,
        "burn": {f"{burn.hours}h": burn.rate for burn in budget.burns},
    }


def latency_keys(latency: Latency) -> Json:
    """Return the number of durations, and percentiles in milliseconds, `null` if no duration was logged."""
    return {
        "n": latency.n,
        "p50_ms": _milliseconds(latency.p50),
        "p95_ms": _milliseconds(latency.p95),
        "p99_ms": _milliseconds(latency.p99),
    }


def _milliseconds(microseconds: int | None) -> float | None:
    return None if microseconds is None else microseconds / 1000


def counts_keys(counts: Counts) -> dict[str, Json]:
    """Return the numbers of requests by outcome."""
    return {
        "requests": counts.requests,
        "success": counts.success,
        "failure": counts.failure,
        "ignored": counts.ignored,
    }


def _statuses(statuses: Mapping[int, int]) -> Json:
    return {str(status): requests for status, requests in statuses.items()}


def no_data_key(reason: NoData | None) -> str | None:
    """Return the key of the reason why there is nothing to judge, `None` without a reason."""
    return None if reason is None else reason.value


def instant(moment: datetime | None) -> str | None:
    """Return an aware instant as RFC 3339 in UTC: `2026-11-23T10:05:00Z`."""
    if moment is None:
        return None
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
