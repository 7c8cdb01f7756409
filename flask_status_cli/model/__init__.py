"""The nouns of flask-status: frozen data and enums that the rooms pass to each other; no I/O, no clock.

Instants are aware datetimes in UTC, or integers that count minutes (`minute`) or quarters of an hour
(`quarter`) since the epoch.

Each name is imported when it is first used. This makes `--help` and a run without new lines faster.
"""

from typing import TYPE_CHECKING

from flask_status_cli.lazy import names_from

if TYPE_CHECKING:
    from flask_status_cli.model.condition import OUTAGES, WORST_FIRST, Condition, NoData, Outcome
    from flask_status_cli.model.counts import (
        Counts,
        Flush,
        ImportedHistory,
        LifetimeCount,
        MinuteCount,
    )
    from flask_status_cli.model.incident.incidents import (
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
    from flask_status_cli.model.incident.notifications import (
        Announcements,
        Delivery,
        FailedDelivery,
        Level,
        Notice,
        Transition,
    )
    from flask_status_cli.model.languages import LANGUAGES
    from flask_status_cli.model.log.checkpoints import (
        Checkpoint,
        InputFact,
        Mark,
        Places,
        Run,
        Stream,
    )
    from flask_status_cli.model.log.database_info import DatabaseInfo, StreamInfo
    from flask_status_cli.model.log.entries import (
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
    from flask_status_cli.model.log.explanation import Explanation, KnownFormat, LogFile, TakenApart
    from flask_status_cli.model.log.ingest_result import (
        AS_LOGGED,
        FollowStatus,
        IngestResult,
        LogOutcome,
        LogResult,
    )
    from flask_status_cli.model.log.nginx_logs import NginxLog
    from flask_status_cli.model.minute_counts import MINUTES_PER_QUARTER, MinuteCounts
    from flask_status_cli.model.policy import Policy
    from flask_status_cli.model.report.check_result import CheckResult, CheckState, Metric, Range
    from flask_status_cli.model.report.error_budget import Burn, ErrorBudget
    from flask_status_cli.model.report.phrase import Phrase
    from flask_status_cli.model.report.route_detail import (
        DayDetail,
        PathFailures,
        RouteDetail,
        SpanSummary,
        StretchSummary,
    )
    from flask_status_cli.model.report.status_summary import (
        DataSpan,
        DaySummary,
        GroupSummary,
        Headline,
        RouteSummary,
        Standing,
        StatusSummary,
        TotalSummary,
        Window,
    )
    from flask_status_cli.model.route.listed_routes import Forgotten, ListedRoute
    from flask_status_cli.model.route.rule_sources import RuleSource
    from flask_status_cli.model.route.url_rules import Converter, Declaration, UrlMap, UrlRule
    from flask_status_cli.model.times import (
        EPOCH,
        LOCAL,
        MINUTE,
        Stretch,
        instant_of,
        length_text,
        minute_of,
        parse_length,
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
    "OUTAGES",
    "UNMATCHED",
    "WORST_FIRST",
    "AffectedRoute",
    "Announcements",
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
    "Flush",
    "FollowStatus",
    "Forgotten",
    "Frozen",
    "FrozenIncident",
    "GroupBy",
    "GroupSummary",
    "Headline",
    "ImportedHistory",
    "Incident",
    "IncidentAnchor",
    "IncidentKind",
    "IncidentList",
    "IncidentNote",
    "IngestResult",
    "InputFact",
    "KnownFormat",
    "Level",
    "LifetimeCount",
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
    "NginxLog",
    "NoData",
    "Notice",
    "Origin",
    "Outcome",
    "PathFailures",
    "Phrase",
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
    "TotalSummary",
    "Transition",
    "Unread",
    "UrlMap",
    "UrlRule",
    "Window",
    "WorstMinute",
    "instant_of",
    "length_text",
    "minute_of",
    "parse_length",
    "span_text",
    "zone_name",
]

_ROOMS = {
    "incident.notifications": (
        "Delivery",
        "FailedDelivery",
        "Level",
        "Notice",
        "Announcements",
        "Transition",
    ),
    "report.check_result": ("CheckResult", "CheckState", "Metric", "Range"),
    "report.phrase": ("Phrase",),
    "condition": ("OUTAGES", "WORST_FIRST", "Condition", "NoData", "Outcome"),
    "policy": ("Policy",),
    "counts": ("Counts", "Flush", "ImportedHistory", "LifetimeCount", "MinuteCount"),
    "minute_counts": ("MINUTES_PER_QUARTER", "MinuteCounts"),
    "log.entries": (
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
    "log.ingest_result": (
        "AS_LOGGED",
        "FollowStatus",
        "IngestResult",
        "LogOutcome",
        "LogResult",
    ),
    "log.checkpoints": (
        "Checkpoint",
        "InputFact",
        "Mark",
        "Places",
        "Run",
        "Stream",
    ),
    "log.database_info": ("DatabaseInfo", "StreamInfo"),
    "times": (
        "EPOCH",
        "LOCAL",
        "MINUTE",
        "Stretch",
        "instant_of",
        "length_text",
        "minute_of",
        "parse_length",
        "span_text",
        "zone_name",
    ),
    "report.error_budget": ("Burn", "ErrorBudget"),
    "report.route_detail": (
        "DayDetail",
        "PathFailures",
        "RouteDetail",
        "SpanSummary",
        "StretchSummary",
    ),
    "log.explanation": ("Explanation", "KnownFormat", "LogFile", "TakenApart"),
    "log.nginx_logs": ("NginxLog",),
    "languages": ("LANGUAGES",),
    "route.rule_sources": ("RuleSource",),
    "route.url_rules": ("Converter", "Declaration", "UrlMap", "UrlRule"),
    "route.listed_routes": ("Forgotten", "ListedRoute"),
    "incident.incidents": (
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
__getattr__ = names_from(
    globals(),
    dict.fromkeys(__all__, "report.status_summary")
    | {name: room for room, names in _ROOMS.items() for name in names},
)
