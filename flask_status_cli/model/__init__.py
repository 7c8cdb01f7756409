"""The nouns of flask-status: frozen data and enums that the rooms hand each other; no I/O, no clock.

Instants are aware datetimes in UTC, or integers counted from the epoch in minutes (`minute`) or in
quarters of an hour (`quarter`).
"""

from flask_status_cli.model.counts import (
    MINUTES_PER_QUARTER,
    Counts,
    MinuteCount,
    MinuteCounts,
)
from flask_status_cli.model.entries import (
    MAX_LINE,
    OTHER,
    UNMATCHED,
    LogEntry,
    Origin,
    Refused,
    Route,
    Unread,
)
from flask_status_cli.model.progress import (
    Checkpoint,
    DatabaseInfo,
    InputFact,
    Mark,
    Run,
    Stream,
    StreamInfo,
)
from flask_status_cli.model.result import (
    Condition,
    DataSpan,
    DaySummary,
    NoData,
    Outcome,
    Policy,
    RouteSummary,
    StatusSummary,
    TotalSummary,
    Window,
)

__all__ = [
    "MAX_LINE",
    "MINUTES_PER_QUARTER",
    "OTHER",
    "UNMATCHED",
    "Checkpoint",
    "Condition",
    "Counts",
    "DataSpan",
    "DatabaseInfo",
    "DaySummary",
    "InputFact",
    "LogEntry",
    "Mark",
    "MinuteCount",
    "MinuteCounts",
    "NoData",
    "Origin",
    "Outcome",
    "Policy",
    "Refused",
    "Route",
    "RouteSummary",
    "Run",
    "StatusSummary",
    "Stream",
    "StreamInfo",
    "TotalSummary",
    "Unread",
    "Window",
]
