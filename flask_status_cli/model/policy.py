"""A policy: which status codes are failures, and the thresholds of partial and major outages."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from flask_status_cli.frozen import frozen

if TYPE_CHECKING:
    from flask_status_cli.model.settings import RoutePolicy


@frozen
class Policy:
    """A policy: the status codes that are successes and failures, and the thresholds.

    A code is an integer or a class such as `"5xx"`. Shares are exact.

    Attributes:
    - `preset`: the name of the preset on which the policy is based.
    - `success`, `failure`: the codes of successes and of failures.
    - `operational`: at or above this availability a period is operational.
    - `major`: below this availability an outage is major, else it is partial.
    - `objective`: the promised availability, `None` if none is promised.
    - `incident_failure`: the codes that make an incident.
    - `slow`: a route with a 95th percentile above this is slow; with `None` no route is slow.
    - `overrides`: changes for some routes; later ones override earlier ones.
    """

    preset: str
    success: tuple[int | str, ...]
    failure: tuple[int | str, ...]
    operational: Fraction
    major: Fraction
    objective: Fraction | None = None
    incident_failure: tuple[int | str, ...] = ("5xx",)
    overrides: tuple[RoutePolicy, ...] = ()
    slow: timedelta | None = None
