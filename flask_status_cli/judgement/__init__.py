"""The meaning of the counts: status codes become outcomes; outcomes become a condition and an availability.

Judgements are not stored. Each report is judged by the policy that is configured when it is made.
"""

from flask_status_cli.judgement.availability import availability_text
from flask_status_cli.judgement.conditions import condition
from flask_status_cli.judgement.outcomes import BY_CODE_ONLY, excepted, judge, outcome, outcomes
from flask_status_cli.judgement.policies import JUDGED, PRESETS, for_incidents, of_route, policy
from flask_status_cli.judgement.slowness import is_slow
from flask_status_cli.judgement.thresholds import (
    MAJOR_OUTAGE,
    MAJOR_OUTAGE_FAILURES,
    NOW_MINUTES,
    OUTAGE_MINUTES,
)

__all__ = [
    "BY_CODE_ONLY",
    "JUDGED",
    "MAJOR_OUTAGE",
    "MAJOR_OUTAGE_FAILURES",
    "NOW_MINUTES",
    "OUTAGE_MINUTES",
    "PRESETS",
    "availability_text",
    "condition",
    "excepted",
    "for_incidents",
    "is_slow",
    "judge",
    "of_route",
    "outcome",
    "outcomes",
    "policy",
]
