"""Counts become the one result that every medium shows; `now` is an argument."""

from __future__ import annotations

from flask_status_cli.summary.calendar import Day, day_bounds
from flask_status_cli.summary.incidents import INCIDENT_FAILURE, find_incidents
from flask_status_cli.summary.instant import newest_entry, resolve_now
from flask_status_cli.summary.ledger import Ledger
from flask_status_cli.summary.report import STALE_AFTER, summarize

__all__ = [
    "INCIDENT_FAILURE",
    "STALE_AFTER",
    "Day",
    "Ledger",
    "day_bounds",
    "find_incidents",
    "newest_entry",
    "resolve_now",
    "summarize",
]
