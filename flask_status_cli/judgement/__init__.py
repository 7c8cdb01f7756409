"""What the counts mean: status codes to outcomes, outcomes to condition and availability."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from flask_status_cli.errors import OptionError
from flask_status_cli.model import UNMATCHED, Condition, Counts, Outcome, Policy
from flask_status_cli.model.settings import PolicySettings, RoutePolicy

PRESETS: Mapping[str, Policy] = MappingProxyType(
    {
        "standard": Policy("standard", success=("2xx", "3xx"), failure=(404, "5xx")),
        "server-errors": Policy("server-errors", success=("2xx", "3xx", 404), failure=("5xx",)),
    }
)
"""The policies that have a name; the codes they do not name are ignored."""

JUDGED = ("success", "failure", "operational", "major", "objective")
"""What may be set outright, for all routes or for those that a glob names."""

MAJOR_OUTAGE_FAILURES = 3
"""Fewer server errors than this are no major outage, whatever their share."""

NOW_MINUTES = 60
"""Now is judged over so many minutes where no incident is open."""

OUTAGE_MINUTES = 5
"""Now of a route in an open incident is judged over so many of its minutes with judged requests."""

BY_CODE_ONLY = frozenset({501, 505})
"""No class stands for these codes; a policy judges them only where it names them.

Any visitor can ask for them, by an HTTP version or a transfer coding that the server does not know.
"""

_CLIENT_ERRORS = range(400, 500)


def policy(settings: PolicySettings) -> Policy:
    """Return the preset of that name with what is set outright above it.

    Raises `OptionError`, which names the presets, where there is none.
    """
    try:
        preset = PRESETS[settings.preset]
    except KeyError:
        known = ", ".join(PRESETS)
        what = f"no policy is called {settings.preset!r}"
        raise OptionError("--policy", what, f"known: {known}") from None
    return replace(
        preset,
        **_set(settings),
        incident_failure=settings.incident_failure,
        overrides=settings.routes,
    )


def of_route(policy: Policy, rule: str) -> Policy:
    """Return the policy by which a route is judged: what overrides say of its rule, and the rest."""
    return _overridden(policy, rule) if policy.overrides else policy


@lru_cache(maxsize=8192)
def _overridden(policy: Policy, rule: str) -> Policy:
    own = replace(policy, overrides=())
    for override in policy.overrides:
        if fnmatchcase(rule, override.rule):
            own = replace(own, **_set(override))
    return own


def for_incidents(policy: Policy) -> Policy:
    """Return how incidents are judged: by the same successes, but only their own codes are failures."""
    overrides = tuple(replace(override, failure=None) for override in policy.overrides)
    return replace(policy, failure=policy.incident_failure, overrides=overrides)


def _set(part: PolicySettings | RoutePolicy) -> dict[str, Any]:
    """Return what is set in a part of the configuration, by the name it has in a policy."""
    return {name: value for name in JUDGED if (value := getattr(part, name)) is not None}


def outcomes(policy: Policy, *, rule: str = "") -> Mapping[int, Outcome]:
    """Return what each code means that is not ignored, as `outcome` judges it."""
    policy = of_route(policy, rule)
    return _named(policy.success, policy.failure, unmatched=rule == UNMATCHED)


def outcome(status: int, policy: Policy, *, rule: str = "") -> Outcome:
    """Judge one response; in `<unmatched>` a 4xx is always ignored: nobody promised that path."""
    return outcomes(policy, rule=rule).get(status, Outcome.IGNORED)


def judge(statuses: Mapping[int, int], policy: Policy, *, rule: str = "") -> Counts:
    """Add up requests per status code by their outcome."""
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


def availability_text(counts: Counts) -> str | None:
    """Return the share of successes in percent, floored to two decimals.

    `100%` only without any failure: 99 999 of 100 000 is `99.99%`. `None` with nothing to judge.
    """
    if not counts.valid:
        return None
    if not counts.failure:
        return "100%"
    hundredths = counts.success * 10_000 // counts.valid
    return f"{hundredths // 100}.{hundredths % 100:02}%"


@lru_cache(maxsize=16)
def _members(codes: tuple[int | str, ...]) -> frozenset[int]:
    """Return every status code of a set of codes and classes."""
    return frozenset(_named((), codes, unmatched=False))


@lru_cache(maxsize=16)
def _named(
    success: tuple[int | str, ...], failure: tuple[int | str, ...], *, unmatched: bool
) -> Mapping[int, Outcome]:
    """Return the outcome of each code that is named: a code outweighs a class, a failure a success.

    A class stands for all its codes but those of `BY_CODE_ONLY`.
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
        if not (unmatched and status in _CLIENT_ERRORS)
    }
