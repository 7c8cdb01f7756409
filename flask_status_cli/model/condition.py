"""Judgements of counts: the outcome of a response, and the condition of a period."""

from __future__ import annotations

from enum import Enum


class Outcome(Enum):
    """What a response means for availability."""

    SUCCESS = "success"
    FAILURE = "failure"
    IGNORED = "ignored"


class Condition(Enum):
    """The judgement of a period, such as a day, or of the present."""

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
"""The order in which conditions are sorted, counted and named.

`NO_DATA` is last: it is not worse than others.
"""

OUTAGES = WORST_FIRST[:2]
"""The conditions that are outages, the worst first."""


class NoData(Enum):
    """Why there is nothing to judge.

    `QUIET` applies to the present: there was no judged request in the last hour. `IGNORED` applies to a day
    or an hour that had only ignored requests.
    """

    NOT_READ = "not_read"
    QUIET = "quiet"
    NO_TRAFFIC = "no_traffic"
    IGNORED = "ignored"
    NOT_KEPT = "not_kept"
    BEFORE_FIRST = "before_first"
