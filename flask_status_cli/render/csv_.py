r"""A report as CSV (RFC 4180, but lines end with \n): a line a route, in the order of the table."""

from __future__ import annotations

import csv
import io

from flask_status_cli.model import RouteSummary, StatusSummary
from flask_status_cli.render.escape import cell

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


def render(summary: StatusSummary) -> str:
    """Return the routes of the report as CSV; availability is empty where there is nothing to judge."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_row(route) for route in summary.routes)
    return stream.getvalue()


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
