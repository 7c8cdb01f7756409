"""The condition of a period: operational, a partial outage, a major outage, or no data."""

from __future__ import annotations

from flask_status_cli.judgement.policies import of_route
from flask_status_cli.judgement.thresholds import MAJOR_OUTAGE_FAILURES
from flask_status_cli.model import Condition, Counts, Policy


def condition(counts: Counts, policy: Policy, *, rule: str = "") -> Condition:
    """Return the condition of a period. Thresholds are compared as exact fractions.

    A major outage needs server errors: enough of them, and an availability below `major` if no other failures
    are counted. Any visitor can cause 404s on a route that takes any path.
    """
    if not counts.valid:
        return Condition.NO_DATA
    policy = of_route(policy, rule)
    operational, major = policy.operational, policy.major
    if counts.success * operational.denominator >= operational.numerator * counts.valid:
        return Condition.OPERATIONAL
    errors = counts.server_errors
    below_major = counts.success * major.denominator < major.numerator * (counts.success + errors)
    if below_major and errors >= MAJOR_OUTAGE_FAILURES:
        return Condition.MAJOR_OUTAGE
    return Condition.PARTIAL_OUTAGE
