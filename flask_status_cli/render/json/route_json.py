"""One route as JSON, for `routes show`: a report on this route, with more details."""

from __future__ import annotations

import json

from flask_status_cli.model import ListedRoute, SpanSummary, StatusSummary, StretchSummary
from flask_status_cli.render.commands import paths
from flask_status_cli.render.escape import encodable
from flask_status_cli.render.json.report_json import (
    Json,
    compared_deploy,
    counts_keys,
    incident,
    instant,
    maintenance,
    no_data_key,
    opening,
    route_row,
)


def render(listed: ListedRoute, summary: StatusSummary) -> str:
    """Return a report on one route as JSON, with details that only such a report has."""
    (row,), (detail,) = summary.routes, summary.details
    route = listed.route
    document: Json = {
        **opening(summary),
        "route": {
            **route_row(row),
            "group": encodable(route.group),
            "endpoint": encodable(route.endpoint),
            "methods": [encodable(method) for method in route.methods],
            "hidden": route.hidden,
            "left": route.retired,
            "first": instant(listed.first),
            "last": instant(listed.last),
            "spans": [_span(span) for span in detail.spans],
            "failed_days": [
                {"date": day.date.isoformat(), "hours": [_stretch(hour) for hour in day.hours]}
                for day in detail.days
            ],
            "minutes": [_stretch(minute) for minute in detail.minutes],
            "paths": paths.document(detail.paths),
        },
        "incidents": [incident(each) for each in summary.incidents],
        "maintenance": [maintenance(each) for each in summary.maintenance],
        "deploys": [compared_deploy(each) for each in summary.deploys],
    }
    return json.dumps(document, ensure_ascii=True) + "\n"


def _span(span: SpanSummary) -> Json:
    return {
        "days": span.days,
        "condition": span.condition.value,
        **counts_keys(span.counts),
        "availability": span.availability,
    }


def _stretch(stretch: StretchSummary) -> Json:
    return {
        "start": instant(stretch.start),
        "end": instant(stretch.end),
        "condition": stretch.condition.value,
        "no_data": no_data_key(stretch.no_data),
        **counts_keys(stretch.counts),
        "availability": stretch.availability,
    }
