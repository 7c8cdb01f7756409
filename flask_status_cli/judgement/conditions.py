"""The condition of a stretch of time: operational, a partial outage, a major outage, or no data."""

from __future__ import annotations

from flask_status_cli.judgement.policies import of_route
from flask_status_cli.model import Condition, Counts, Policy

MAJOR_OUTAGE_FAILURES = 3
"""Fewer server errors than this are no major outage, whatever their share."""

NOW_MINUTES = 60
"""Now is judged over so many minutes where no incident is open."""

OUTAGE_MINUTES = 5
"""Now of a route in an open incident is judged over so many of its minutes with judged requests."""


def condition(counts: Counts, policy: Policy, *, rule: str = "") -> Condition:
    """Return the state of a stretch of time, its thresholds compared as exact fractions.

    A major outage needs server errors: enough of them, and an availability below `major` with no other
    failures counted. A visitor can make 404s on every route that takes any path.
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
