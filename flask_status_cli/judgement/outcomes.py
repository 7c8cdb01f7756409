"""Which status codes are successes and failures, and the sums of requests by outcome."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from flask_status_cli.judgement.policies import of_route
from flask_status_cli.model import UNMATCHED, Counts, Outcome, Policy
from flask_status_cli.model.log.entries import CLIENT_ERRORS

BY_CODE_ONLY = frozenset({501, 505})
"""Codes that belong to no class. A policy judges them only if it names them.

Any visitor can cause them with an HTTP version or a transfer coding that the server does not know.
"""


def excepted(codes: tuple[int | str, ...]) -> tuple[int, ...]:
    """Return the codes that are left out of the classes among `codes`, because `codes` do not name them."""
    return tuple(
        code for code in sorted(BY_CODE_ONLY) if f"{code // 100}xx" in codes and code not in codes
    )


def outcomes(policy: Policy, *, rule: str = "") -> Mapping[int, Outcome]:
    """Return the outcome of each code that is not ignored."""
    policy = of_route(policy, rule)
    return _named(policy.success, policy.failure, unmatched=rule == UNMATCHED)


def outcome(status: int, policy: Policy, *, rule: str = "") -> Outcome:
    """Return the outcome of one response. In `<unmatched>` a 4xx is always ignored: no route was promised."""
    return outcomes(policy, rule=rule).get(status, Outcome.IGNORED)


def judge(statuses: Mapping[int, int], policy: Policy, *, rule: str = "") -> Counts:
    """Return the sums of requests by outcome. `statuses` has the requests by status code."""
    named = outcomes(policy, rule=rule)
    severe = _members(policy.incident_failure)
    success = failure = ignored = minor = 0
    for status, requests in statuses.items():
        result = named.get(status)
        if result is Outcome.SUCCESS:
            success += requests
        elif result is Outcome.FAILURE:
            failure += requests
            minor += 0 if status in severe else requests
        else:
            ignored += requests
    return Counts(success, failure, ignored, minor)


@lru_cache(maxsize=16)
def _members(codes: tuple[int | str, ...]) -> frozenset[int]:
    """Return all status codes for which these codes and classes stand."""
    return frozenset(_named((), codes, unmatched=False))


@lru_cache(maxsize=16)
def _named(
    success: tuple[int | str, ...], failure: tuple[int | str, ...], *, unmatched: bool
) -> Mapping[int, Outcome]:
    """Return the outcome of each status code for which `success` or `failure` has the code or its class.

    A code overrides a class, and a failure overrides a success. A class stands for all its codes except those
    of `BY_CODE_ONLY`.
    """
    sets = ((Outcome.SUCCESS, success), (Outcome.FAILURE, failure))
    by_class = {
        status: result
        for result, members in sets
        for member in members
        if isinstance(member, str)
        for status in range(int(member[0]) * 100, int(member[0]) * 100 + 100)
        if status not in BY_CODE_ONLY
    }
    by_code = {
        member: result for result, members in sets for member in members if isinstance(member, int)
    }
    return {
        status: result
        for status, result in (by_class | by_code).items()
        if not (unmatched and status in CLIENT_ERRORS)
    }
