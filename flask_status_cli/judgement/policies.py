"""The named policies, and the policy by which each route is judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from flask_status_cli.errors import OptionError
from flask_status_cli.judgement.thresholds import MAJOR_OUTAGE, OPERATIONAL
from flask_status_cli.model import Policy
from flask_status_cli.model.settings import PolicySettings, RoutePolicy

PRESETS: Mapping[str, Policy] = MappingProxyType(
    {
        "standard": Policy("standard", ("2xx", "3xx"), (404, "5xx"), OPERATIONAL, MAJOR_OUTAGE),
        "server-errors": Policy(
            "server-errors", ("2xx", "3xx", 404), ("5xx",), OPERATIONAL, MAJOR_OUTAGE
        ),
    }
)
"""The named policies. Codes that they do not name are ignored."""

JUDGED = ("success", "failure", "operational", "major", "objective", "slow")
"""The settings of a policy that can be changed, for all routes or for the routes that match a glob."""


def policy(settings: PolicySettings) -> Policy:
    """Return the preset that the settings name, changed by their other values.

    Raises `OptionError`, which names all presets, if there is no preset with this name.
    """
    try:
        preset = PRESETS[settings.preset]
    except KeyError:
        known = ", ".join(PRESETS)
        what = f"no policy is called {settings.preset!r}"
        raise OptionError("--policy", what, f"known: {known}") from None
    return replace(
        preset,
        **_changes(settings),
        incident_failure=settings.incident_failure,
        overrides=settings.routes,
    )


def of_route(policy: Policy, rule: str) -> Policy:
    """Return the policy of a route: the policy, changed by the overrides that match its rule."""
    return _overridden(policy, rule) if policy.overrides else policy


@lru_cache(maxsize=8192)
def _overridden(policy: Policy, rule: str) -> Policy:
    own = replace(policy, overrides=())
    for override in policy.overrides:
        if fnmatchcase(rule, override.rule):
            own = replace(own, **_changes(override))
    return own


def for_incidents(policy: Policy) -> Policy:
    """Return the policy for incidents. Only the codes of `incident_failure` are failures in it."""
    overrides = tuple(replace(override, failure=None) for override in policy.overrides)
    return replace(policy, failure=policy.incident_failure, overrides=overrides)


def _changes(part: PolicySettings | RoutePolicy) -> dict[str, Any]:
    """Return the values that a part of the configuration sets, by the names they have in a policy."""
    return {name: value for name in JUDGED if (value := getattr(part, name)) is not None}
