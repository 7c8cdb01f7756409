"""Whether a route is slow."""

from __future__ import annotations

from datetime import timedelta

from flask_status_cli.judgement.policies import of_route
from flask_status_cli.model import Policy
from flask_status_cli.model.latency import Latency

MICROSECOND = timedelta(microseconds=1)


def is_slow(latency: Latency, policy: Policy, *, rule: str) -> bool:
    """Return whether the 95th percentile of a route is above the limit `slow` of its policy."""
    limit, p95 = of_route(policy, rule).slow, latency.p95
    return limit is not None and p95 is not None and p95 * MICROSECOND > limit
