"""What counts are judged to be: the outcome of a response, and the condition of a stretch of time."""

from __future__ import annotations

from enum import Enum


class Outcome(Enum):
    """What a response means for availability."""

    SUCCESS = "success"
    FAILURE = "failure"
    IGNORED = "ignored"


class Condition(Enum):
    """The state of a stretch of time."""

    OPERATIONAL = "operational"
    PARTIAL_OUTAGE = "partial_outage"
    MAJOR_OUTAGE = "major_outage"
    NO_DATA = "no_data"


WORST_FIRST = (
    Condition.MAJOR_OUTAGE,
    Condition.PARTIAL_OUTAGE,
    Condition.OPERATIONAL,
    Condition.NO_DATA,
)
"""The order in which conditions are sorted, counted and named; of `NO_DATA` nothing bad is known."""


class NoData(Enum):
    """Why there is nothing to judge.

    `QUIET` is said of now: no judged request in the last hour. `IGNORED` is said of a day or an hour whose
    requests are all ignored: there was traffic.
    """

    NOT_READ = "not_read"
    QUIET = "quiet"
    NO_TRAFFIC = "no_traffic"
    IGNORED = "ignored"
    NOT_KEPT = "not_kept"
    BEFORE_FIRST = "before_first"
