"""Makes the `StatusSummary` of a report from the counts. Every output format shows this one result.

The present time is an argument.
"""

from __future__ import annotations

from flask_status_cli.summary.calendar import Day, day_bounds
from flask_status_cli.summary.incidents.closed_episodes import close_episodes
from flask_status_cli.summary.incidents.find_incidents import find_incidents
from flask_status_cli.summary.incidents.frozen_incidents import freeze
from flask_status_cli.summary.ledger.failing_paths import with_failing
from flask_status_cli.summary.ledger.protocol import Ledger
from flask_status_cli.summary.maintenance import excuses, matching_no_route
from flask_status_cli.summary.report.one_deploy import one_deploy
from flask_status_cli.summary.report.row_order import ROWS, RowView
from flask_status_cli.summary.report.summarize import STALE_AFTER, summarize
from flask_status_cli.summary.report.traffic import RouteSelection, recent_of
from flask_status_cli.summary.report_time import (
    LogFreshness,
    log_freshness,
    newest_allowed,
    newest_entry,
    resolve_now,
)
from flask_status_cli.summary.time_options import instant_from, length_from, since_from

__all__ = [
    "ROWS",
    "STALE_AFTER",
    "Day",
    "Ledger",
    "LogFreshness",
    "RouteSelection",
    "RowView",
    "close_episodes",
    "day_bounds",
    "excuses",
    "find_incidents",
    "freeze",
    "instant_from",
    "length_from",
    "log_freshness",
    "matching_no_route",
    "newest_allowed",
    "newest_entry",
    "one_deploy",
    "recent_of",
    "resolve_now",
    "since_from",
    "summarize",
    "with_failing",
]
