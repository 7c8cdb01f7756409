"""The nouns of flask-status: frozen data and enums that the rooms hand each other; no I/O, no clock.

Instants are aware datetimes in UTC, or integers counted from the epoch in minutes (`minute`) or in
quarters of an hour (`quarter`).

Each is imported when it is asked for: a run that finds nothing new, and `--help`, end sooner than all these
classes are made.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask_status_cli.model.budget import Burn, ErrorBudget
    from flask_status_cli.model.check import CheckResult, CheckState, Metric, Range
    from flask_status_cli.model.counts import (
        MINUTES_PER_QUARTER,
        Counts,
        MinuteCount,
        MinuteCounts,
    )
    from flask_status_cli.model.detail import (
        DayDetail,
        PathFailures,
        RouteDetail,
        SpanSummary,
        StretchSummary,
    )
    from flask_status_cli.model.entries import (
        ERROR_LOG,
        MAX_LINE,
        OTHER,
        OTHER_TEXT,
        UNMATCHED,
        GroupBy,
        LogEntry,
        Origin,
        Refused,
        Route,
        Unread,
    )
    from flask_status_cli.model.explain import Explanation, KnownFormat, LogFile, TakenApart
    from flask_status_cli.model.incidents import (
        AffectedRoute,
        Expectation,
        Frozen,
        FrozenIncident,
        Incident,
        IncidentAnchor,
        IncidentKind,
        IncidentList,
        IncidentNote,
        Maintenance,
        WorstMinute,
    )
    from flask_status_cli.model.ingest import (
        AS_LOGGED,
        FollowStatus,
        IngestResult,
        LogOutcome,
        LogResult,
    )
    from flask_status_cli.model.languages import LANGUAGES
    from flask_status_cli.model.listed import Forgotten, ListedRoute
    from flask_status_cli.model.notices import (
        Delivery,
        FailedDelivery,
        Level,
        Notice,
        Told,
        Transition,
    )
    from flask_status_cli.model.progress import (
        Checkpoint,
        DatabaseInfo,
        InputFact,
        Mark,
        Places,
        Run,
        Stream,
        StreamInfo,
    )
    from flask_status_cli.model.result import (
        WORST_FIRST,
        Condition,
        DataSpan,
        DaySummary,
        GroupSummary,
        Headline,
        NoData,
        Outcome,
        Policy,
        RouteSummary,
        Standing,
        StatusSummary,
        TotalSummary,
        Window,
    )
    from flask_status_cli.model.rules import (
        Converter,
        Declaration,
        RuleSource,
        UrlMap,
        UrlRule,
    )
    from flask_status_cli.model.times import (
        EPOCH,
        LOCAL,
        MINUTE,
        Stretch,
        instant_of,
        minute_of,
        parse_span,
        span_text,
        zone_name,
    )

__all__ = [
    "AS_LOGGED",
    "EPOCH",
    "ERROR_LOG",
    "LANGUAGES",
    "LOCAL",
    "MAX_LINE",
    "MINUTE",
    "MINUTES_PER_QUARTER",
    "OTHER",
    "OTHER_TEXT",
    "UNMATCHED",
    "WORST_FIRST",
    "AffectedRoute",
    "Burn",
    "CheckResult",
    "CheckState",
    "Checkpoint",
    "Condition",
    "Converter",
    "Counts",
    "DataSpan",
    "DatabaseInfo",
    "DayDetail",
    "DaySummary",
    "Declaration",
    "Delivery",
    "ErrorBudget",
    "Expectation",
    "Explanation",
    "FailedDelivery",
    "FollowStatus",
    "Forgotten",
    "Frozen",
    "FrozenIncident",
    "GroupBy",
    "GroupSummary",
    "Headline",
    "Incident",
    "IncidentAnchor",
    "IncidentKind",
    "IncidentList",
    "IncidentNote",
    "IngestResult",
    "InputFact",
    "KnownFormat",
    "Level",
    "ListedRoute",
    "LogEntry",
    "LogFile",
    "LogOutcome",
    "LogResult",
    "Maintenance",
    "Mark",
    "Metric",
    "MinuteCount",
    "MinuteCounts",
    "NoData",
    "Notice",
    "Origin",
    "Outcome",
    "PathFailures",
    "Places",
    "Policy",
    "Range",
    "Refused",
    "Route",
    "RouteDetail",
    "RouteSummary",
    "RuleSource",
    "Run",
    "SpanSummary",
    "Standing",
    "StatusSummary",
    "Stream",
    "StreamInfo",
    "Stretch",
    "StretchSummary",
    "TakenApart",
    "Told",
    "TotalSummary",
    "Transition",
    "Unread",
    "UrlMap",
    "UrlRule",
    "Window",
    "WorstMinute",
    "instant_of",
    "minute_of",
    "parse_span",
    "span_text",
    "zone_name",
]

_ROOMS = {
    "notices": ("Delivery", "FailedDelivery", "Level", "Notice", "Told", "Transition"),
    "check": ("CheckResult", "CheckState", "Metric", "Range"),
    "counts": (
        "MINUTES_PER_QUARTER",
        "Counts",
        "MinuteCount",
        "MinuteCounts",
    ),
    "entries": (
        "ERROR_LOG",
        "MAX_LINE",
        "OTHER",
        "OTHER_TEXT",
        "UNMATCHED",
        "GroupBy",
        "LogEntry",
        "Origin",
        "Refused",
        "Route",
        "Unread",
    ),
    "ingest": (
        "AS_LOGGED",
        "FollowStatus",
        "IngestResult",
        "LogOutcome",
        "LogResult",
    ),
    "progress": (
        "Checkpoint",
        "DatabaseInfo",
        "InputFact",
        "Mark",
        "Places",
        "Run",
        "Stream",
        "StreamInfo",
    ),
    "times": (
        "EPOCH",
        "LOCAL",
        "MINUTE",
        "Stretch",
        "instant_of",
        "minute_of",
        "parse_span",
        "span_text",
        "zone_name",
    ),
    "budget": ("Burn", "ErrorBudget"),
    "detail": ("DayDetail", "PathFailures", "RouteDetail", "SpanSummary", "StretchSummary"),
    "explain": ("Explanation", "KnownFormat", "LogFile", "TakenApart"),
    "languages": ("LANGUAGES",),
    "rules": ("Converter", "Declaration", "RuleSource", "UrlMap", "UrlRule"),
    "listed": ("Forgotten", "ListedRoute"),
    "incidents": (
        "AffectedRoute",
        "Expectation",
        "Frozen",
        "FrozenIncident",
        "Incident",
        "IncidentAnchor",
        "IncidentKind",
        "IncidentList",
        "IncidentNote",
        "Maintenance",
        "WorstMinute",
    ),
}
_LATER = {name: room for room, names in _ROOMS.items() for name in names}


def __getattr__(name: str) -> object:
    """Import a noun (PEP 562); raises `AttributeError` where there is none."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    noun = getattr(import_module(f"{__name__}.{_LATER.get(name, 'result')}"), name)
    globals()[name] = noun
    return noun
