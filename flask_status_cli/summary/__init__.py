"""Counts become the one result that every medium shows; `now` is an argument."""

from __future__ import annotations

from flask_status_cli.summary.calendar import Day, day_bounds
from flask_status_cli.summary.failing import with_failing
from flask_status_cli.summary.frozen import freeze
from flask_status_cli.summary.incidents import find_incidents
from flask_status_cli.summary.instant import (
    Reading,
    newest_allowed,
    newest_entry,
    reading,
    resolve_now,
)
from flask_status_cli.summary.ledger import Ledger
from flask_status_cli.summary.maintenance import excuses, matching_no_route
from flask_status_cli.summary.order import ROWS, View
from flask_status_cli.summary.recent import recent_of
from flask_status_cli.summary.report import STALE_AFTER, summarize
from flask_status_cli.summary.settled import settle
from flask_status_cli.summary.spoken import instant_from, length_from, since_from
from flask_status_cli.summary.traffic import Selection

__all__ = [
    "ROWS",
    "STALE_AFTER",
    "Day",
    "Ledger",
    "Reading",
    "Selection",
    "View",
    "day_bounds",
    "excuses",
    "find_incidents",
    "freeze",
    "instant_from",
    "length_from",
    "matching_no_route",
    "newest_allowed",
    "newest_entry",
    "reading",
    "recent_of",
    "resolve_now",
    "settle",
    "since_from",
    "summarize",
    "with_failing",
]
