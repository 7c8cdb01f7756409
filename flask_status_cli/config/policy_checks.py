"""Finds policies that would show an outage as healthy. Every command refuses them."""

from __future__ import annotations

from collections.abc import Iterator

from flask_status_cli import judgement
from flask_status_cli.errors import OptionError
from flask_status_cli.model import Outcome, Policy
from flask_status_cli.model.settings import PolicySettings

HINT_FAILURE = 'list what is a failure, for example [404, "5xx"]'
HINT_SUCCESS = 'list what is a success, for example ["2xx", "3xx"]'
HINT_LEAVE_OUT = 'list codes, or leave the routes out with exclude = ["…"]'


def hidden_outages(settings: PolicySettings) -> Iterator[tuple[str, str, str]]:
    """Yield (key, what is wrong, hint) for each part of a policy that would hide outages."""
    try:
        policy = judgement.policy(settings)
    except OptionError:  # an unknown preset is reported elsewhere
        return
    yield from _codes(policy, settings)
    if not settings.incident_failure:
        what = "no code is a failure: no outage would ever be found"
        yield "policy.incident_failure", what, 'list codes, for example ["5xx"]'
    yield from _overrides(policy)


def _codes(policy: Policy, settings: PolicySettings) -> Iterator[tuple[str, str, str]]:
    found = set(judgement.outcomes(policy).values())
    if Outcome.FAILURE not in found:
        what = "no code is a failure: an outage would show as Fully Operational"
        yield "policy.failure", what, HINT_FAILURE
    if Outcome.SUCCESS not in found:
        key = "policy.success" if settings.success is not None else "policy.failure"
        yield key, "no code is a success: nothing could ever be operational", HINT_SUCCESS


def _overrides(policy: Policy) -> Iterator[tuple[str, str, str]]:
    for place, override in enumerate(policy.overrides, 1):
        found = set(judgement.outcomes(policy, rule=override.rule).values())
        name = f"policy.routes[{place}]"
        if not found:
            yield name, "nothing is judged: no code is a success or a failure", HINT_LEAVE_OUT
        elif override.rule == "*" and Outcome.FAILURE not in found:
            what = "no code is a failure on any route: an outage would show as Fully Operational"
            yield name, what, HINT_FAILURE
